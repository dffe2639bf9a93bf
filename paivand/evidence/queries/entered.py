"""What people entered beside the figures: what counts now, and every former word."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date

from django.utils.translation import get_language

from paivand.access.models import User
from paivand.evidence.models import Edition, Explanation, ExternalFigure, GoalEntry
from paivand.evidence.rules.entering import GoalKind, Goals, goals_that_count
from paivand.evidence.rules.indicators import Goal, Indicator
from paivand.programme.queries.programmes import programmes


def goals_of(by: User, indicators: Sequence[Indicator]) -> dict[str, Goals]:
    """The goals of each indicator that count now: declared ones, with later entries in their place."""
    entered: defaultdict[str, list[tuple[GoalKind, Goal]]] = defaultdict(list)
    rows = GoalEntry.objects.filter(GoalEntry.policy.visible(by), replaced_by=None, withdrawn=False)
    for row in rows.filter(indicator__in=[one.code for one in indicators]).order_by("id"):
        entered[row.indicator].append((GoalKind(row.kind), Goal(row.on, row.value, row.note)))
    began = {programme.code: programme.starts_on for programme in programmes(by)}
    return {one.code: goals_that_count(one, entered[one.code], began.get(one.programme)) for one in indicators}


def goal_entries(by: User, indicator: Indicator) -> list[GoalEntry]:
    """Every goal that was entered for an indicator, the newest first; replaced ones too."""
    rows = GoalEntry.objects.filter(GoalEntry.policy.visible(by), indicator=indicator.code)
    return list(rows.select_related("entered_by", "replaced_by").order_by("-id"))


def external_figures(by: User, indicators: Sequence[Indicator]) -> dict[str, list[ExternalFigure]]:
    """The figures of other sources that count now, by indicator, the latest as-of day first."""
    found: dict[str, list[ExternalFigure]] = {one.code: [] for one in indicators}
    rows = ExternalFigure.objects.filter(ExternalFigure.policy.visible(by), replaced_by=None, withdrawn=False)
    for row in rows.filter(indicator__in=list(found)).order_by("-as_of_on", "-id"):
        found[row.indicator].append(row)
    return found


def external_history(by: User, indicator: Indicator) -> list[ExternalFigure]:
    """Every figure of other sources that was ever entered for an indicator, the newest entry first."""
    rows = ExternalFigure.objects.filter(ExternalFigure.policy.visible(by), indicator=indicator.code)
    return list(rows.select_related("entered_by", "replaced_by").order_by("-id"))


def explanations(
    by: User, indicators: Iterable[Indicator], last_on: date | None = None
) -> dict[str, list[Explanation]]:
    """What explains the differences, by indicator: the latest period first, and in it the reader's language.

    Args:
        last_on: the last day to which an explanation may refer.
    """
    found: dict[str, list[Explanation]] = {one.code: [] for one in indicators}
    rows = Explanation.objects.filter(Explanation.policy.visible(by), replaced_by=None, withdrawn=False)
    if last_on:
        rows = rows.filter(last_on__lte=last_on)
    for row in rows.filter(indicator__in=list(found)).select_related("entered_by").order_by("-last_on", "-id"):
        found[row.indicator].append(row)
    language = (get_language() or "en")[:2]
    for told in found.values():
        told.sort(key=lambda row: (row.last_on, row.language == language), reverse=True)
    return found


def editions(by: User, programme: str = "") -> list[Edition]:
    """The published editions, the newest first, without their cells."""
    rows = Edition.objects.filter(Edition.policy.visible(by))
    if programme:
        rows = rows.filter(programme=programme)
    return list(rows.defer("cells").select_related("published_by").order_by("-number"))


def edition(by: User, number: int) -> Edition | None:
    """One edition with its cells."""
    found: Edition | None = Edition.objects.filter(Edition.policy.visible(by), number=number).first()
    return found
