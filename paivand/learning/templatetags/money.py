"""How amounts, months, debts and words of care of a household are told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from babel.dates import format_date
from babel.numbers import format_decimal
from django import template
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from paivand.core.templatetags.paivand import comma, digits, locale, number
from paivand.learning.rules.course import say
from paivand.learning.rules.fields import (
    MEASURE_NAMES,
    UNITS,
    WAY_NAMES,
    WHEN_NAMES,
    EntryKind,
    Way,
    When,
    kinds,
)
from paivand.learning.rules.household import CARE_TEXTS, NEVER_TEXTS, Household, Owed, Per, Stuck, Word, household_rules
from paivand.methods.debts import month_of

register = template.Library()


@register.filter
def money(amount: Decimal | None) -> str:
    """An amount in somoni: whole where it is whole, else with both digits of the dirams."""
    if amount is None:
        return "—"
    pattern = "#,##0" if amount == amount.to_integral_value() else "#,##0.00"
    return digits(format_decimal(amount, format=pattern, locale=locale(), numbering_system="default"))


@register.filter
def signed_money(amount: Decimal) -> str:
    """An amount that may lie below zero, with its sign kept in front."""
    return f"\u2066−{money(-amount)}\u2069" if amount < 0 else money(amount)


@register.filter
def measure(value: Decimal | None) -> str:
    """A measured number, or a dash where nobody measured."""
    return "—" if value is None else number(value.normalize() if value else Decimal(0))


@register.filter
def more(value: Decimal | None) -> str:
    """A difference with its sign, or a dash where it is not known."""
    if value is None:
        return "—"
    sign = "+" if value > 0 else "−" if value < 0 else ""
    return f"\u2066{sign}{measure(abs(value))}\u2069"


@register.filter
def signed_measure(value: Decimal | None) -> str:
    """A measured number that may lie below zero, such as a margin."""
    return f"\u2066−{measure(-value)}\u2069" if value is not None and value < 0 else measure(value)


@register.filter
def measure_name(code: str) -> str:
    """What is compared, with its unit."""
    return _(MEASURE_NAMES[code])


@register.filter
def way_name(way: str) -> str:
    """How a plot is grown."""
    return _(WAY_NAMES[Way(way)])


@register.filter
def when_name(when: str) -> str:
    """When practices are asked about."""
    return _(WHEN_NAMES[When(when)])


@register.filter
def unit_of(kind: str) -> str:
    """The unit of an entry."""
    return _(UNITS[EntryKind(kind)])


@register.filter
def of(found: Mapping[Any, Any], key: Any) -> Any:
    """What a mapping holds under a key."""
    return found.get(key, ())


@register.filter
def nth(found: Sequence[Any], index: int) -> Any:
    """One of several things by its place."""
    return found[index]


@register.filter
def month_year(on: date) -> str:
    """A month and its year, as in November 2026."""
    told = str(format_date(on, "LLLL y", locale=locale()))
    return told.lower() if locale().language == "tg" else digits(told)


@register.filter
def month_short(on: date) -> str:
    """A month, short, with its year, as in Nov 26."""
    told = str(format_date(on, "LLL yy", locale=locale()))
    return told.lower() if locale().language == "tg" else digits(told)


@register.filter
def months(n: int) -> str:
    """So many months, told in years where it is long."""
    years, rest = divmod(n, 12)
    in_years = ngettext("%(n)s year", "%(n)s years", years) % {"n": number(years)}
    in_months = ngettext("%(n)s month", "%(n)s months", rest) % {"n": number(rest)}
    if not years:
        return in_months
    return in_years if not rest else _("%(years)s and %(months)s") % {"years": in_years, "months": in_months}


@register.simple_tag
def plan_month(household: Household, n: int) -> str:
    """The month with this number in the plan of a household."""
    return month_year(month_of(household.first_month, n))


@register.simple_tag
def nth_month(found: Sequence[date], index: int) -> str:
    """One of several months, short."""
    return month_short(found[index])


@register.filter
def debt_name(debt: Owed) -> str:
    """What the family calls a debt, or who lent it."""
    return debt.who or lender_name(debt)


@register.filter
def lender_name(debt: Owed) -> str:
    """Who lent it."""
    return say(household_rules().lenders[debt.lender], get_language() or "en")


@register.filter
def rate(debt: Owed) -> str:
    """The interest as it was told: so much a year, or a month."""
    told = {"percent": measure(debt.percent)}
    return _("%(percent)s %% a month") % told if debt.per is Per.MONTH else _("%(percent)s %% a year") % told


@register.simple_tag
def category_name(code: str) -> str:
    """What a line of the budget is called."""
    return say(household_rules().categories[code].title, get_language() or "en")


@register.filter
def stuck_words(stuck: Stuck) -> str:
    """Why there is no way out at this amount."""
    return _(NEVER_TEXTS[stuck.why]) % {"needed": money(stuck.needed)}


@register.simple_tag
def care_words(word: Word, household: Household) -> str:
    """A word of care as a sentence."""
    return _(CARE_TEXTS[word.care]) % {
        "months": named_months(word.months),
        "percent": "" if word.percent is None else number(word.percent),
        "limit": "" if word.limit is None else number(word.limit),
        "n": "" if word.n is None else number(word.n),
        "who": "" if word.debt is None else debt_name(household.debts[word.debt]),
    }


def named_months(found: Iterable[date]) -> str:
    """Months by name; three at most, then how many more, or that it is all twelve."""
    rows = list(found)
    if len(rows) == 12:
        return _("every month")
    named = comma().join(month_short(row) for row in rows[:3])
    if len(rows) <= 3:
        return named
    left = len(rows) - 3
    words = ngettext("%(months)s and %(n)s more month", "%(months)s and %(n)s more months", left)
    return words % {"months": named, "n": number(left)}


@register.simple_tag
def kind_name(group: str, code: str) -> str:
    """A row of the lists of field schools, in the reader's language; an unknown code stands for itself."""
    found = kinds(group).get(code)
    return found.title_in(get_language() or "en") if found else code
