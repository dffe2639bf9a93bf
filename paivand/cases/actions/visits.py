"""Contacts with the people of a case: agreed, made, missed, corrected. Each one made is a step of the journey."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from paivand.access.actions.mechanism import action, remark
from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.cases.actions.dues import cancel_due, note_contact, note_done, set_due
from paivand.cases.actions.inside import locked_case, within
from paivand.cases.actions.reached import (
    agreeing,
    demand_day,
    demand_people,
    give_step,
    keep_former,
    recount_contact,
    take_back,
    wording,
)
from paivand.cases.models import Case, PlanGoal, Visit, VisitPerson, VisitProgress
from paivand.cases.rules.records import (
    FormerOf,
    MissedDraft,
    MissedWhy,
    NextVisit,
    VisitDraft,
    VisitState,
    Way,
    may_become,
    visit_service,
)
from paivand.cases.rules.sop import DueKind, evening
from paivand.core.rules.errors import Refused
from paivand.registry.actions.families import demand_fresh
from paivand.registry.actions.journey import Help
from paivand.registry.models import Person
from paivand.registry.rules.keys import row_key

_TOLD = ("way", "happened_on", "outcome", "others_met", "seen", "agreed")


@action(Verb.CASE_WORK, on="case")
def plan_visit(
    *, case: Case, visit_id: uuid.UUID, agreed: NextVisit, by: User, now: datetime | None = None
) -> Visit:  # fmt: skip
    """Agree on a contact for a day; ``visit_id`` is made by the form.

    Raises:
        Refused: ``twice``, ``closed``; ``date`` for a day that is over.
    """
    locked = locked_case(case)
    if Visit.objects.filter(pk=visit_id).exists():
        raise Refused(_("This form was saved already."), "twice")
    remark(act="visit.plan", way=agreed.way)
    return _agree(locked, Visit(id=visit_id), agreed, by=by, now=now or timezone.now())


def _agree(case: Case, visit: Visit, agreed: NextVisit, *, by: User, now: datetime) -> Visit:
    """A planned visit with its due; a part of agreeing on one, and of writing down another."""
    if agreed.on < timezone.localdate(now):
        raise Refused(_("This day is over. Agree on a day from today on."), "date", field="next_on")
    visit.state = VisitState.PLANNED
    visit.way, visit.planned_on, visit.purpose = agreed.way, agreed.on, agreed.purpose.strip()
    within(case, visit, by).save(force_insert=True)
    set_due(case, DueKind.VISIT, evening(agreed.on, timezone.get_current_timezone()), by=by, about=visit.pk)
    return visit


@action(Verb.CASE_WORK, on="case")
def note_visit(
    *, case: Case, visit_id: uuid.UUID, draft: VisitDraft, by: User, now: datetime | None = None
) -> Visit:  # fmt: skip
    """Write down a contact that was not agreed before; ``visit_id`` is made by the form.

    Raises:
        Refused: ``twice``, ``closed``; ``people`` when nobody was met, or somebody is not of the case; ``date``,
            ``goal``.
    """
    locked = locked_case(case)
    if Visit.objects.filter(pk=visit_id).exists():
        raise Refused(_("This form was saved already."), "twice")
    return _make(locked, Visit(id=visit_id), draft, by, now or timezone.now())


@action(Verb.CASE_WORK, on="visit")
def make_visit(*, visit: Visit, version: int, draft: VisitDraft, by: User, now: datetime | None = None) -> Visit:
    """Write down that an agreed contact was made, even one that was first written down as missed."""
    case, row = _locked(visit)
    if row.state == VisitState.MADE:
        raise Refused(_("This form was saved already."), "twice")
    demand_fresh(row, version)
    if not may_become(row.state, VisitState.MADE):
        raise Refused(_("Somebody else wrote down how this visit came out. Load the page anew to see it."), "state")
    moment = now or timezone.now()
    row.missed_why = row.missed_note = ""
    note_done(case, DueKind.VISIT, by=by, at=moment, about=row.pk)
    return _make(case, row, draft, by, moment)


def _make(case: Case, visit: Visit, draft: VisitDraft, by: User, now: datetime) -> Visit:
    people = _demand_possible(case, draft, by, timezone.localdate(now))
    is_new = visit._state.adding
    _fill(visit, draft)
    visit.state = VisitState.MADE
    if is_new:
        within(case, visit, by)
    else:
        visit.version += 1
    visit.save(force_insert=is_new)
    n_steps = _meet(case, visit, people, by)
    _judge_goals(case, visit, draft, by)
    if people:
        note_contact(case, draft.happened_on, by=by, now=now)
    if draft.next:
        _agree(case, Visit(id=row_key(visit.pk, "next"), after=visit), draft.next, by=by, now=now)
    remark(act="visit.make", way=draft.way, people=len(people), steps=n_steps)
    return visit


def _demand_possible(case: Case, draft: VisitDraft, by: User, today: date) -> list[Person]:
    if not draft.people and not draft.others_met.strip():
        raise Refused(_("Say who was met: somebody of the case, or who else."), "people", field="people")
    demand_day(case, draft.happened_on, today, "happened_on")
    return demand_people(case, draft.people, by)


def _fill(visit: Visit, draft: VisitDraft) -> None:
    visit.way, visit.happened_on, visit.outcome = draft.way, draft.happened_on, draft.outcome
    visit.others_met, visit.seen, visit.agreed = draft.others_met.strip(), draft.seen.strip(), draft.agreed.strip()


def _meet(case: Case, visit: Visit, people: Iterable[Person], by: User) -> int:
    """Note who was met, with a step for each who agrees to services; returns how many steps were given."""
    met = list(people)
    agree = agreeing(by, met)
    if visit.happened_on is None:
        raise RuntimeError("Only a visit that was made reaches somebody.")
    given = Help(visit_service(visit.way), visit.outcome, visit.happened_on, case.family.jamoat)
    rows = {row.person_id: row for row in visit.people.all()}
    for person in met:
        row = rows.get(person.pk) or within(case, VisitPerson(visit=visit, person=person), by)
        if row.was_met and row.step_id:
            continue
        row.was_met = True
        if person.pk in agree:
            row.step = give_step(person, given, by, row_key(visit.pk, "step", person.pk, visit.version))
        row.save()
    return len(agree)


def _judge_goals(case: Case, visit: Visit, draft: VisitDraft, by: User) -> None:
    goals = PlanGoal.objects.filter(case=case, pk__in=[one.goal for one in draft.goals])
    if goals.count() != len({one.goal for one in draft.goals}):
        raise Refused(_("This goal does not belong to the plan any more. Load the page anew."), "goal")
    rows = {row.goal_id: row for row in visit.progress.all()}
    told = {one.goal: one for one in draft.goals}
    for goal in {*rows, *told}:
        row = rows.get(goal) or within(case, VisitProgress(visit=visit, goal_id=goal), by)
        one = told.get(goal)
        new = (str(one.progress), one.note.strip()) if one else ("", "")
        if (row.progress, row.note) != new:
            row.progress, row.note = new
            row.version += 0 if row._state.adding else 1
            row.save()


@action(Verb.CASE_WORK, on="visit")
def miss_visit(*, visit: Visit, version: int, draft: MissedDraft, by: User, now: datetime | None = None) -> Visit:
    """Write down that an agreed contact did not come about, and why.

    Raises:
        Refused: ``early`` before its day; ``twice``, ``stale``, ``state``, ``closed``; ``date`` of the next one.
    """
    case, row = _waiting(visit, version, VisitState.MISSED)
    moment = now or timezone.now()
    if row.planned_on and row.planned_on > timezone.localdate(moment):
        raise Refused(_("Its day has not come yet. Call it off instead."), "early")
    return _end(case, row, draft, by=by, now=moment)


@action(Verb.CASE_WORK, on="visit")
def call_off_visit(*, visit: Visit, version: int, draft: MissedDraft, by: User, now: datetime | None = None) -> Visit:
    """Call off an agreed contact, and say why."""
    case, row = _waiting(visit, version, VisitState.CALLED_OFF)
    return _end(case, row, draft, by=by, now=now or timezone.now())


def _waiting(visit: Visit, version: int, end: VisitState) -> tuple[Case, Visit]:
    """The visit as it waits, about to end so."""
    case, row = _locked(visit)
    if row.state == end:
        raise Refused(_("This form was saved already."), "twice")
    demand_fresh(row, version)
    if row.state != VisitState.PLANNED:
        raise Refused(_("Somebody else wrote down how this visit came out. Load the page anew to see it."), "state")
    row.state = end
    return case, row


def _end(case: Case, visit: Visit, draft: MissedDraft, *, by: User, now: datetime) -> Visit:
    visit.missed_why, visit.missed_note = draft.why, draft.note.strip()
    visit.version += 1
    visit.save()
    cancel_due(case, DueKind.VISIT, about=visit.pk, now=now)
    if draft.again:
        _agree(case, Visit(id=row_key(visit.pk, "again"), after=visit), draft.again, by=by, now=now)
    remark(act=f"visit.{visit.state}", why=draft.why)
    return visit


@action(Verb.CASE_WORK, on="visit")
def correct_visit(
    *, visit: Visit, version: int, draft: VisitDraft, reason: str, by: User, now: datetime | None = None
) -> Visit:  # fmt: skip
    """Correct a contact: the former wording stays, steps that were wrong are reversed, and right ones are given.

    ``draft.next`` is not looked at: another day is agreed by itself.
    """
    case, row = _locked(visit)
    demand_fresh(row, version)
    if row.state != VisitState.MADE:
        raise Refused(_("Only a visit that was made is corrected."), "state")
    moment = now or timezone.now()
    people = _demand_possible(case, draft, by, timezone.localdate(moment))
    _keep(row, reason, by)
    before = (row.way, row.happened_on, row.outcome)
    _fill(row, draft)
    row.version += 1
    row.save()
    same = before == (row.way, row.happened_on, row.outcome)
    kept = {person.pk for person in people}
    _unmeet([one for one in row.people.all() if not same or one.person_id not in kept], kept, reason, by)
    n_steps = _meet(case, row, people, by)
    _judge_goals(case, row, draft, by)
    recount_contact(case, by=by, now=moment)
    remark(act="visit.correct", people=len(people), steps=n_steps)
    return row


@action(Verb.CASE_WORK, on="visit")
def take_back_visit(*, visit: Visit, version: int, reason: str, by: User, now: datetime | None = None) -> Visit:
    """Take back a contact that never was, or belongs elsewhere: it does not count any more; its wording is kept."""
    case, row = _locked(visit)
    demand_fresh(row, version)
    if row.state != VisitState.MADE:
        raise Refused(_("Only a visit that was made is taken back."), "state")
    _keep(row, reason, by)
    _unmeet(list(row.people.all()), set(), reason, by)
    for progress in row.progress.all():
        progress.progress = progress.note = ""
        progress.version += 1
        progress.save()
    row.planned_on = row.planned_on or row.happened_on
    row.state, row.missed_why, row.happened_on = VisitState.CALLED_OFF, MissedWhy.MISTAKE, None
    row.outcome = row.others_met = row.seen = row.agreed = ""
    row.version += 1
    row.save()
    recount_contact(case, by=by, now=now or timezone.now())
    remark(act="visit.take_back")
    return row


def _keep(visit: Visit, reason: str, by: User) -> None:
    values = wording(visit, *_TOLD)
    values["people"] = [str(row.person_id) for row in visit.people.all() if row.was_met]
    values["goals"] = {str(row.goal_id): [row.progress, row.note] for row in visit.progress.all() if row.progress}
    keep_former(visit, FormerOf.VISIT, values, reason=reason, by=by)


def _unmeet(rows: Iterable[VisitPerson], kept: set[uuid.UUID], reason: str, by: User) -> None:
    """Reverse the steps of these; who is not among ``kept`` was not met after all."""
    for row in rows:
        step, row.step = row.step, None
        row.was_met = row.person_id in kept
        row.version += 1
        row.save()
        take_back(step, reason, by)


def _locked(visit: Visit) -> tuple[Case, Visit]:
    case = locked_case(visit.case)
    row: Visit = Visit.objects.select_for_update(of=("self",)).select_related("case").get(pk=visit.pk)
    return case, row


def next_visit(on: date | None, way: str, purpose: str = "") -> NextVisit | None:
    """An agreement as a form tells it; none without a day."""
    return NextVisit(on, Way(way), purpose.strip()) if on else None
