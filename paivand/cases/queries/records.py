"""What is written down within a case, as the asking user may read it."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Prefetch, prefetch_related_objects

from paivand.access.models import User
from paivand.cases.models import (
    Case,
    CaseDocument,
    Conference,
    ConferenceDecision,
    ConferencePresence,
    FormerVersion,
    Note,
    Plan,
    PlanGoal,
    Visit,
    VisitPerson,
    VisitProgress,
)
from paivand.cases.rules.plans import PlanState
from paivand.cases.rules.records import PROGRESS_NAMES, Progress, VisitState
from paivand.registry.models import Person
from paivand.registry.queries.people import same_person

PAGE = 20
Names = Mapping[uuid.UUID, str]


def names_of(by: User, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, str]:
    """The full name of the person behind each key, as far as ``by`` may see her; merged records have one name."""
    stays = same_person(by, set(ids))
    kept = {person.pk: person.full_name for person in Person.objects.seen_by(by).filter(pk__in=set(stays.values()))}
    return {pk: kept[stay] for pk, stay in stays.items() if stay in kept}


# --- visits ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class GoalTold:
    """How far a goal had come at a visit."""

    statement: str
    progress: str
    note: str


@dataclass(frozen=True, slots=True)
class VisitTold:
    """A visit with those who were met and the goals that were spoken about."""

    visit: Visit
    met: tuple[str, ...]
    unnamed: int
    goals: tuple[GoalTold, ...]


def visit_by_id(by: User, case: Case, visit_id: uuid.UUID) -> Visit | None:
    """One visit of a case."""
    found: Visit | None = _visits(by, case).filter(pk=visit_id).first()
    return found


def visits_of(by: User, case: Case, *, limit: int = PAGE, before: uuid.UUID | None = None) -> list[Visit]:
    """The visits of a case, the latest written down first."""
    found = _visits(by, case)
    if before:
        found = found.filter(pk__lt=before)
    return list(found.order_by("-id")[:limit])


def _visits(by: User, case: Case) -> Any:
    found = Visit.objects.seen_by(by).filter(case=case).select_related("written_by", "case")
    return found.prefetch_related(*_inside_visits(by))


def _inside_visits(by: User) -> list[Prefetch]:  # type: ignore[type-arg]
    """Who was met at visits, and which goals were spoken about."""
    met: Any = VisitPerson.objects.seen_by(by).filter(was_met=True).order_by("id")
    goals: Any = (
        VisitProgress.objects.seen_by(by).exclude(progress="").select_related("goal").order_by("goal__position")
    )
    return [Prefetch("people", met, to_attr="met"), Prefetch("progress", goals, to_attr="judged")]


def told(visits: Sequence[Visit], names: Names) -> list[VisitTold]:
    """Visits as a page shows them."""
    rows = []
    for visit in visits:
        met = [names.get(row.person_id) for row in visit.met]  # type: ignore[attr-defined]
        goals = tuple(
            GoalTold(row.goal.statement, PROGRESS_NAMES[Progress(row.progress)], row.note)
            for row in visit.judged  # type: ignore[attr-defined]
        )
        rows.append(VisitTold(visit, tuple(name for name in met if name), met.count(None), goals))
    return rows


def people_met(visits: Iterable[Visit]) -> set[uuid.UUID]:
    """The keys of those who were met."""
    return {row.person_id for visit in visits for row in visit.met}  # type: ignore[attr-defined]


def goals_in_force(by: User, case: Case) -> list[PlanGoal]:
    """The goals of the plan that is in force, in its order."""
    found = PlanGoal.objects.seen_by(by).filter(case=case, need__plan__state=PlanState.APPROVED)
    return list(found.order_by("need__position", "position", "id"))


def goals_by_id(by: User, case: Case, ids: Iterable[uuid.UUID]) -> list[PlanGoal]:
    """Goals of any version of the plan of a case."""
    return list(PlanGoal.objects.seen_by(by).filter(case=case, pk__in=list(ids)).order_by("position", "id"))


def former_of(by: User, about: Iterable[uuid.UUID]) -> list[FormerVersion]:
    """The former wordings of these records, the latest first."""
    found = FormerVersion.objects.seen_by(by).filter(about__in=list(about)).select_related("written_by")
    return list(found.order_by("-n", "-id"))


# --- notes -----------------------------------------------------------------------------------------------------------


def note_by_id(by: User, case: Case, note_id: uuid.UUID) -> Note | None:
    """One note of a case that ``by`` may read."""
    found = Note.objects.seen_by(by).filter(case=case, pk=note_id).select_related("written_by", "case", "amends")
    note: Note | None = found.first()
    return note


def notes_of(by: User, case: Case, *, limit: int = PAGE, before: uuid.UUID | None = None) -> list[Note]:
    """The notes of a case that ``by`` may read, the latest first, each with what was added to it."""
    added = Note.objects.seen_by(by).select_related("written_by").order_by("id")
    found = (
        Note.objects.seen_by(by)
        .filter(case=case, amends=None)
        .select_related("written_by", "struck_by")
        .prefetch_related(Prefetch("amendments", added, to_attr="added"))
    )
    if before:
        found = found.filter(pk__lt=before)
    return list(found.order_by("-id")[:limit])


# --- conferences -----------------------------------------------------------------------------------------------------


def conference_by_id(by: User, case: Case, conference_id: uuid.UUID) -> Conference | None:
    """One conference of a case."""
    found: Conference | None = _conferences(by, case).filter(pk=conference_id).first()
    return found


def conferences_of(by: User, case: Case, *, limit: int = PAGE) -> list[Conference]:
    """The conferences of a case, the latest first, with who took part and what was decided."""
    return list(_conferences(by, case).order_by("-held_on", "-id")[:limit])


def _conferences(by: User, case: Case) -> Any:
    present: Any = ConferencePresence.objects.seen_by(by).filter(was_there=True).select_related("user").order_by("id")
    decided: Any = ConferenceDecision.objects.seen_by(by).select_related("doer").order_by("position")
    return (
        Conference.objects.seen_by(by)
        .filter(case=case)
        .select_related("written_by", "case")
        .prefetch_related(Prefetch("presences", present, to_attr="present"))
        .prefetch_related(Prefetch("decisions", decided, to_attr="decided"))
    )


def decision_by_id(by: User, case: Case, decision_id: uuid.UUID) -> ConferenceDecision | None:
    """One decision of a conference of a case."""
    found = ConferenceDecision.objects.seen_by(by).filter(case=case, pk=decision_id)
    row: ConferenceDecision | None = found.select_related("conference", "case", "doer").first()
    return row


def open_decisions(by: User, case: Case) -> list[ConferenceDecision]:
    """What conferences decided and nobody has answered yet, the soonest first."""
    found = ConferenceDecision.objects.seen_by(by).filter(case=case, done_on=None).select_related("doer")
    return sorted(found, key=lambda row: (row.due_on or date.max, row.pk))


# --- documents -------------------------------------------------------------------------------------------------------


def document_by_id(by: User, case: Case, document_id: uuid.UUID) -> CaseDocument | None:
    """One document of a case, those that were taken away included."""
    found = CaseDocument.objects.seen_by(by).filter(case=case, pk=document_id)
    row: CaseDocument | None = found.select_related("case", "written_by", "removed_by").first()
    return row


def documents_of(by: User, case: Case) -> list[CaseDocument]:
    """The documents of a case, the latest first; those that were taken away stand last."""
    found = CaseDocument.objects.seen_by(by).filter(case=case).select_related("written_by", "removed_by")
    return sorted(found.order_by("-id"), key=lambda row: row.removed_at is not None)


# --- the case page ---------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Book:
    """What the page of a case shows of its records: the latest of each kind, and everything that waits."""

    planned: list[VisitTold] = field(default_factory=list)
    visits: list[VisitTold] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    conferences: list[Conference] = field(default_factory=list)
    decisions: list[ConferenceDecision] = field(default_factory=list)
    documents: list[CaseDocument] = field(default_factory=list)


LATEST = 3
"""How many visits and notes the page of a case shows."""


def book_of(by: User, case: Case, there: Container[type]) -> Book:
    """The records of a case for its page, without the names of those who were met.

    Args:
        there: the kinds of which something lies in the case; see ``contents.kinds_in``.
    """
    planned, past = _latest_visits(by, case) if Visit in there else ([], [])
    return Book(
        planned=told(planned, {}),
        visits=told(past, {}),
        notes=notes_of(by, case, limit=LATEST) if Note in there else [],
        conferences=conferences_of(by, case, limit=2) if Conference in there else [],
        decisions=open_decisions(by, case) if ConferenceDecision in there else [],
        documents=[row for row in documents_of(by, case) if row.removed_at is None] if CaseDocument in there else [],
    )


def _latest_visits(by: User, case: Case) -> tuple[list[Visit], list[Visit]]:
    """The visits that are agreed, the soonest first, and the latest of the others, the latest written down first."""
    found = Visit.objects.seen_by(by).filter(case=case).select_related("written_by")
    latest = found.exclude(state=VisitState.PLANNED).order_by("-id")[:LATEST]
    rows = list(found.filter(state=VisitState.PLANNED).union(latest, all=True))
    for row in rows:
        row.case = case
    prefetch_related_objects(rows, *_inside_visits(by))
    planned = [row for row in rows if row.state == VisitState.PLANNED]
    past = [row for row in rows if row.state != VisitState.PLANNED]
    return (
        sorted(planned, key=lambda row: (row.planned_on or date.max, row.pk)),
        sorted(past, key=lambda row: row.pk, reverse=True),
    )


def grouped(rows: Iterable[Any], key: str) -> dict[Any, list[Any]]:
    """Rows by the value of one of their fields, in their order."""
    found: defaultdict[Any, list[Any]] = defaultdict(list)
    for row in rows:
        found[getattr(row, key)].append(row)
    return dict(found)


def plan_in_force(by: User, case: Case) -> Plan | None:
    """The plan that is in force, if there is one."""
    found: Plan | None = Plan.objects.seen_by(by).filter(case=case, state=PlanState.APPROVED).first()
    return found
