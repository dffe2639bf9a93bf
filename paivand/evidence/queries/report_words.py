"""The words that stand on the paper of every report, and how figures, days and money are written there."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from babel.numbers import format_decimal
from django.utils.translation import gettext as _
from django.utils.translation import override

from paivand.core.templatetags.paivand import day, locale, number
from paivand.evidence.rules.indicators import UNKNOWN, Dimension
from paivand.evidence.rules.telling import HIDDEN_WORDS, Hidden, Told

NOTHING = "—"
HIDDEN_MARK = "†"
"""Stands where a figure is left out; the note of the table says why."""


def paper_words(language: str) -> dict[str, str]:
    """Headings and labels in one language, by the names that the templates use."""
    with override(language):
        return {
            "contents": _("Contents"),
            "written_by": _("Written by"),
            "progress": _("Progress towards the targets"),
            "progress_note": _("Each bar shows how much of the way from the baseline to the target is done."),
            "months": _("Month by month"),
            "months_note": _(
                "Each person is counted once, in the month in which she was first reached. A short line at the foot "
                "marks a month whose figure is left out to protect people."
            ),
            "stories": _("Stories"),
            "stories_note": _("Told and shown with the consent of the people themselves, without their names."),
            "results": _("Results"),
            "results_note": _(
                "Unique people are counted once, however often they were helped. The sign † stands where a figure is "
                "left out so that nobody can be recognised; the annex says how."
            ),
            "col_result": _("Result and indicator"),
            "col_by": _("Disaggregation"),
            "col_baseline": _("Baseline"),
            "col_milestone": _("Milestone"),
            "col_target": _("End target"),
            "col_period": _("This period"),
            "col_cumulative": _("Cumulative"),
            "col_variance": _("Reached, and what explains a difference"),
            "col_means": _("Means of verification"),
            "col_agency": _("Responsible agency"),
            "everybody": _("Total"),
            "money": _("Financial table"),
            "col_category": _("Category"),
            "col_budget": _("Budget"),
            "col_spent": _("Expenditure"),
            "col_committed": _("Commitments"),
            "col_delivery": _("Delivery"),
            "annex": _("Annex: how the figures were made"),
        }


def category_words(dimension: Dimension, category: str) -> str:
    """A category of the results table in the present language."""
    if category == UNKNOWN:
        return {
            Dimension.SEX: _("Sex not known"),
            Dimension.AGE: _("Age not known"),
            Dimension.DISABILITY: _("Disability not known"),
        }.get(dimension, _("Not known"))
    if dimension is Dimension.SEX:
        return {"female": _("Women and girls"), "male": _("Men and boys")}.get(category, category)
    if dimension is Dimension.DISABILITY:
        return {"yes": _("With a disability"), "no": _("Without a disability")}.get(category, category)
    if dimension is Dimension.AGE:
        return _("%(years)s years") % {"years": category.replace("-", "–")}
    return category


def figure_words(told: Told) -> str:
    """A figure as it stands in a table: the value, the sign that one is left out, or that there is none."""
    if told.hidden is Hidden.NOTHING:
        return NOTHING
    if told.hidden:
        return HIDDEN_MARK
    return number(told.value) if told.value is not None else NOTHING


def why_hidden(told: Told) -> str:
    """Why a figure is left out; empty where it is not."""
    return _(HIDDEN_WORDS[told.hidden]) if told.hidden else ""


def money_words(amount: Decimal) -> str:
    """An amount to the cent."""
    return format_decimal(amount, format="#,##0.00", locale=locale())


def percent_words(percent: Decimal | int | None) -> str:
    """A per cent; a line where there is none."""
    return NOTHING if percent is None else _("%(percent)s %%") % {"percent": number(percent)}


def period_words(first: date, last: date) -> str:
    """A period as it stands below the title."""
    return f"{day(first)} – {day(last)}"


def month_words(month: str) -> str:
    """A month as it stands below a column.

    >>> month_words("2026-11")
    '11.2026'
    """
    year, _dash, number_of = month.partition("-")
    return f"{number_of}.{year}"
