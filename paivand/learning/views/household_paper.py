"""The household plan as plain words and numbers for paper, in the language of the paper."""

from __future__ import annotations

from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from paivand.core.templatetags.paivand import number
from paivand.learning.rules.household import METHOD_NAMES, METHOD_TEXTS, Household, Side, Stuck, household_rules
from paivand.learning.templatetags.money import (
    care_words,
    category_name,
    debt_name,
    lender_name,
    money,
    month_short,
    month_year,
    months,
    rate,
    stuck_words,
)
from paivand.methods.debts import MONTHS_A_YEAR, Plan, month_of

MOST_ROWS = 60
"""Months of the way out on paper: five years. The page on the screen shows all of them."""


def household_paper(household: Household, name: str, language: str) -> dict[str, Any]:
    """What the template ``household`` is filled with."""
    with translation.override(language):
        return {
            "title": _("Household budget and way out of debt"),
            "name": name,
            "since": _("Twelve months from %(month)s") % {"month": month_year(household.first_month)},
            "unit": _("All amounts in somoni."),
            "budget": _budget(household),
            "lines": _lines(household),
            "words": [care_words(word, household) for word in household.words()],
            "words_title": _("To think about together"),
            "debts": _debts(household),
            "ways": _ways(household),
            "way": _way(household),
            "care": _("This paper belongs to the family. Keep it where nobody reads it by chance."),
        }


def _budget(household: Household) -> dict[str, Any]:
    return {
        "title": _("Month by month"),
        "head": [_("Month"), _("Comes in"), _("Spent"), _("Put aside"), _("Debts"), _("Left")],
        "rows": [
            [month_short(row.month), *(money(value) for value in (
                row.coming, row.spending, row.saving, row.debts, row.left
            ))]
            for row in household.year
        ],
        "short": [row.left < 0 for row in household.year],
    }  # fmt: skip


def _lines(household: Household) -> dict[str, Any]:
    kinds = household_rules().categories
    order = {side: place for place, side in enumerate(Side)}
    rows = sorted(household.lines, key=lambda row: order[kinds[row.category].side])
    return {
        "title": _("Where it comes from and goes to"),
        "head": ["", _("Typical month"), _("Year")],
        "rows": [
            [category_name(row.category), money(row.typical),
             money(sum((row.amount(index) for index in range(MONTHS_A_YEAR)), row.typical * 0))]
            for row in rows
        ],
    }  # fmt: skip


def _debts(household: Household) -> dict[str, Any]:
    return {
        "title": _("Debts"),
        "none": _("No debts are written down."),
        "head": [_("Debt"), _("Owed today"), _("Interest"), _("Agreed a month")],
        "rows": [
            [
                f"{debt_name(debt)} ({lender_name(debt)})" if debt.who else lender_name(debt),
                money(debt.balance),
                rate(debt) if debt.percent else "—",
                money(debt.agreed),
            ]
            for debt in household.debts
        ],
    }


def _ways(household: Household) -> list[dict[str, Any]]:
    if not household.debts:
        return []
    found = []
    for method, way in household.ways.items():
        told: dict[str, Any] = {
            "title": _(METHOD_NAMES[method]), "text": _(METHOD_TEXTS[method]), "chosen": method is household.method,
            "mark": _("chosen by the family"), "facts": [], "stuck": "",
        }  # fmt: skip
        if isinstance(way, Stuck):
            told["stuck"] = stuck_words(way)
        else:
            told["facts"] = [[_("Free after"), months(way.n_months)], [_("Interest in all"), money(way.interest)]]
        found.append(told)
    return found


def _way(household: Household) -> dict[str, Any]:
    plan = household.chosen
    if not isinstance(plan, Plan) or not plan.months:
        return {"rows": []}
    first = household.first_month
    return {
        "title": _("The way out: %(amount)s somoni each month") % {"amount": money(household.monthly)},
        "order": [
            _("%(n)s. %(debt)s: paid off in %(month)s") % {
                "n": number(place), "debt": debt_name(household.debts[int(key)]),
                "month": month_year(month_of(first, plan.free_after[key])),
            }
            for place, key in enumerate(plan.order, 1)
        ],
        "head": [_("Month"), _("Paid"), _("of it interest"), _("Still owed")],
        "rows": [
            [month_short(month_of(first, row.number)), money(row.paid), money(row.interest), money(row.balance)]
            for row in plan.months[:MOST_ROWS]
        ],
        "more": _("And so on, until %(month)s.") % {"month": month_year(month_of(first, plan.n_months))}
        if plan.n_months > MOST_ROWS else "",
    }  # fmt: skip
