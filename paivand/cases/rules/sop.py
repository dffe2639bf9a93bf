"""How soon a worker must act: the table of ``parameters/case_sop.yaml`` turned into days on which something is due."""

from __future__ import annotations

import calendar
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from paivand.cases.rules.cases import CaseState, Risk
from paivand.core.rules.texts import text

SOURCE = Path(__file__).parent.parent.parent / "parameters" / "case_sop.yaml"


class DueKind(StrEnum):
    """What is due in a case. Of each kind at most one waits, or one about each thing (see ``Due.about``)."""

    FIRST_CONTACT = "first_contact"
    ASSESSMENT = "assessment"
    PLAN = "plan"
    CONTACT = "contact"
    REVIEW = "review"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    VISIT = "visit"
    DECISION = "decision"
    LEGAL_STEP = "legal_step"
    SESSION = "session"
    SCHOOL_CHECK = "school_check"
    CORRECTION = "correction"


DUE_NAMES = {
    DueKind.FIRST_CONTACT: text("First contact"),
    DueKind.ASSESSMENT: text("Assessment"),
    DueKind.PLAN: text("Plan"),
    DueKind.CONTACT: text("Next contact"),
    DueKind.REVIEW: text("Review of the plan"),
    DueKind.CONSENT_WITHDRAWN: text("Consent withdrawn: speak with the person, and close the case"),
    DueKind.VISIT: text("Agreed visit"),
    DueKind.DECISION: text("Decision of a case conference"),
    DueKind.LEGAL_STEP: text("Next step of a legal matter"),
    DueKind.SESSION: text("Psychosocial session"),
    DueKind.SCHOOL_CHECK: text("Is the child still at school"),
    DueKind.CORRECTION: text("To be put right in the file"),
}

ABOUT_ONE_THING = frozenset(
    {
        DueKind.VISIT,
        DueKind.DECISION,
        DueKind.LEGAL_STEP,
        DueKind.SESSION,
        DueKind.SCHOOL_CHECK,
        DueKind.CORRECTION,
    }
)
"""Kinds that somebody set for one thing in the case; the table of risks neither makes, moves nor cancels them."""


class Cancelled(StrEnum):
    """Why something is not due any more without having been done."""

    RECOMPUTED = "recomputed"
    CLOSED = "closed"
    NOT_NEEDED = "not_needed"


CANCELLED_NAMES = {
    Cancelled.RECOMPUTED: text("moved to another day"),
    Cancelled.CLOSED: text("the case was closed"),
    Cancelled.NOT_NEEDED: text("not needed any more"),
}


FROM_THE_TABLE = (DueKind.FIRST_CONTACT, DueKind.ASSESSMENT, DueKind.PLAN, DueKind.CONTACT, DueKind.REVIEW)
"""The kinds whose days follow from the risk of the case and what happened in it."""


@dataclass(frozen=True, slots=True)
class Span:
    """A length of time as people say it: hours run by the clock, days and months end in the evening."""

    hours: int = 0
    days: int = 0
    months: int = 0

    def after(self, moment: datetime, zone: tzinfo) -> datetime:
        """The moment until which this span, begun at ``moment``, lasts.

        >>> from zoneinfo import ZoneInfo
        >>> zone = ZoneInfo("Asia/Dushanbe")
        >>> noon = datetime(2026, 1, 31, 12, tzinfo=zone)
        >>> [str(span.after(noon, zone)) for span in (Span(hours=24), Span(days=3), Span(months=1))]
        ['2026-02-01 12:00:00+05:00', '2026-02-03 23:59:00+05:00', '2026-02-28 23:59:00+05:00']
        """
        if self.hours:
            return moment + timedelta(hours=self.hours)
        day = moment.astimezone(zone).date()
        return evening(_months_later(day, self.months) + timedelta(days=self.days), zone)


def evening(day: date, zone: tzinfo) -> datetime:
    """The last minute of ``day``: until then something that is due on it is in time."""
    return datetime.combine(day, time(23, 59), zone)


def _months_later(day: date, months: int) -> date:
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


@dataclass(frozen=True)
class Table:
    """One version of the table: how soon each thing must happen, by risk."""

    since: date
    spans: Mapping[Risk, Mapping[DueKind, Span]]

    def basis(self, risk: Risk) -> str:
        """The name under which a day computed from this version for this risk is remembered."""
        return f"{self.since.isoformat()}/{risk}"


@lru_cache(maxsize=1)
def tables() -> tuple[Table, ...]:
    """Every version of the table, the earliest first."""
    declared = yaml.safe_load(SOURCE.read_text(encoding="utf-8"))["versions"]
    return tuple(sorted((_table(version) for version in declared), key=lambda table: table.since))


def _table(version: Mapping[str, Any]) -> Table:
    spans = {}
    for risk, row in version["risks"].items():
        found = {DueKind(kind): Span(**span) for kind, span in row.items()}
        # An assessment comes before the plan that rests on it.
        found[DueKind.ASSESSMENT] = min(Span(**version["assessment"]), found[DueKind.PLAN], key=lambda span: span.days)
        spans[Risk(risk)] = found
    return Table(version["from"], spans)


def table_on(day: date, versions: Sequence[Table] | None = None) -> Table:
    """The version that counts on ``day``; before the first one, the first."""
    known = versions or tables()
    return max((table for table in known if table.since <= day), default=known[0], key=lambda table: table.since)


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a case that its days follow from.

    Args:
        risk: how near harm is.
        lowest_risk: the lowest risk that it had since it started.
        risk_at: when the risk was raised last; the start where it never was.
        started_at: the moment of opening, or of the last reopening.
        state: where the case stands.
        contact_on: the day of the last contact since it started, if there was one.
        planned: whether a plan is in force or waits for approval.
        reviewed_on: the day on which the plan in force was approved or reviewed last; None without one.
    """

    risk: Risk
    lowest_risk: Risk
    risk_at: datetime
    started_at: datetime
    state: CaseState
    contact_on: date | None = None
    planned: bool = False
    reviewed_on: date | None = None


def days_due(facts: Facts, table: Table, zone: tzinfo) -> dict[DueKind, datetime]:
    """What is due in a case, and until when.

    Guarantees: nothing is due in a closed case; the same facts give the same days; a higher risk is never due later;
    whatever happens later is never due sooner for it. A risk that is raised late sets days that can still be met: they
    are counted from the raising, but are never later than the lower risk had set them. Lowering the risk does not make
    something overdue vanish that is overdue by the lower risk too.
    """
    if facts.state is CaseState.CLOSED:
        return {}
    begins: dict[DueKind, datetime] = {}
    if facts.contact_on is None:
        begins[DueKind.FIRST_CONTACT] = facts.started_at
    else:
        begins[DueKind.CONTACT] = _noon(facts.contact_on, zone)
    if facts.state in {CaseState.OPENED, CaseState.REOPENED}:
        begins[DueKind.ASSESSMENT] = facts.started_at
    if not facts.planned:
        begins[DueKind.PLAN] = facts.started_at
    elif facts.reviewed_on is not None:
        begins[DueKind.REVIEW] = _noon(facts.reviewed_on, zone)
    return {kind: _due(kind, begin, facts, table, zone) for kind, begin in begins.items()}


def _due(kind: DueKind, begin: datetime, facts: Facts, table: Table, zone: tzinfo) -> datetime:
    by_this_risk = table.spans[facts.risk][kind].after(max(begin, facts.risk_at), zone)
    by_the_lowest = table.spans[facts.lowest_risk][kind].after(begin, zone)
    return min(by_this_risk, by_the_lowest)


def _noon(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time(12), zone)
