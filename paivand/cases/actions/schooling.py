"""The way back to school: begun, tried, reached, asked about again; the registry's particulars go with it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from paivand.access.actions.mechanism import action, remark
from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.cases.actions.dues import cancel_due, note_done, set_due
from paivand.cases.actions.inside import locked_case, within
from paivand.cases.actions.reached import (
    agreeing,
    demand_day,
    demand_people,
    give_step,
    keep_former,
    take_back,
    wording,
)
from paivand.cases.models import Case, SchoolCheck, Schooling, SchoolTry
from paivand.cases.rules.records import FormerOf
from paivand.cases.rules.schooling import (
    CHECKS,
    RETURNED,
    EndedWhy,
    SchoolingState,
    SchoolTryKind,
    Still,
    months_later,
)
from paivand.cases.rules.sop import DueKind, evening
from paivand.core.rules.errors import Refused
from paivand.registry.actions.families import demand_fresh
from paivand.registry.actions.journey import Help
from paivand.registry.actions.particulars import write_particulars
from paivand.registry.models import Particulars, Person
from paivand.registry.queries.particulars import particulars
from paivand.registry.queries.people import same_person
from paivand.registry.rules.catalogue import COMPLETED
from paivand.registry.rules.drafts import ParticularsDraft
from paivand.registry.rules.keys import row_key
from paivand.registry.rules.people import OutOfSchoolReason, School

OF_AGE = 18


@dataclass(frozen=True, slots=True)
class SchoolingDraft:
    """A time out of school as it is told."""

    person: uuid.UUID
    out_since: date
    reason: OutOfSchoolReason
    reason_note: str = ""


@dataclass(frozen=True, slots=True)
class ReturnDraft:
    """A return to school as it is told: since when, where to, and what made the difference."""

    back_on: date
    school: str = ""
    helped: tuple[SchoolTryKind, ...] = ()
    helped_note: str = ""


@action(Verb.CASE_WORK, on="case")
def open_schooling(
    *, case: Case, schooling_id: uuid.UUID, draft: SchoolingDraft, by: User, now: datetime | None = None
) -> Schooling:  # fmt: skip
    """Begin the way back to school of a child of the case; ``schooling_id`` is made by the form.

    Raises:
        Refused: ``twice``, ``closed``, ``people``; ``age`` for a grown-up; ``date``; ``listed`` while one is open.
    """
    locked = locked_case(case)
    if Schooling.objects.filter(pk=schooling_id).exists():
        raise Refused(_("This form was saved already."), "twice")
    today = timezone.localdate(now)
    [person] = demand_people(locked, [draft.person], by, field="person")
    age = person.age_on(today)
    if age and age.years >= OF_AGE:
        raise Refused(_("This is for children under 18. Choose the child."), "age", field="person")
    if draft.out_since > today or (person.birth_on and draft.out_since < person.birth_on):
        raise Refused(_("The day lies before the birth or in the future. Check it."), "date", field="out_since")
    records = same_person(by, [person.pk])
    if Schooling.objects.filter(person_id__in=list(records), state=SchoolingState.OUT).exists():
        raise Refused(_("The way back to school of this child is open already. Go on with it."), "listed",
                      field="person")  # fmt: skip
    row = Schooling(
        id=schooling_id, person=person, out_since=draft.out_since, reason=draft.reason,
        reason_note=draft.reason_note.strip(),
    )  # fmt: skip
    within(locked, row, by).save(force_insert=True)
    _tell_registry(person, by, School.OUT, since=draft.out_since, reason=draft.reason)
    remark(act="schooling.open", reason=draft.reason)
    return row


def _tell_registry(
    person: Person, by: User, school: School, *, since: date | None = None, reason: str = ""
) -> None:  # fmt: skip
    """Write into the person's particulars whether she goes to school; everything else in them stays."""
    row: Particulars | None = particulars(by, same_person(by, [person.pk]))
    draft = ParticularsDraft(
        education=row.education if row else "", school=school, out_of_school_since=since, out_of_school_reason=reason,
        marital=row.marital if row else "", marriage=row.marriage if row else "",
        languages=tuple(row.languages) if row else (),
    )  # fmt: skip
    version = row.version if row and row.person_id == person.pk else 0
    write_particulars(person=person, version=version, draft=draft, by=by)


@action(Verb.CASE_WORK, on="schooling")
def note_try(
    *, schooling: Schooling, try_id: uuid.UUID, what: SchoolTryKind, tried_on: date, note: str, by: User,
    now: datetime | None = None,
) -> SchoolTry:  # fmt: skip
    """Write down something that was done so that the child comes back; ``try_id`` is made by the form."""
    case, row = _locked(schooling)
    if SchoolTry.objects.filter(pk=try_id).exists():
        raise Refused(_("This form was saved already."), "twice")
    _demand_state(row, SchoolingState.OUT)
    demand_day(case, tried_on, timezone.localdate(now), "tried_on")
    done = SchoolTry(id=try_id, schooling=row, what=what, tried_on=tried_on, note=note.strip())
    within(case, done, by).save(force_insert=True)
    remark(act="schooling.try", what=what)
    return done


@action(Verb.CASE_WORK, on="schooling")
def return_to_school(
    *, schooling: Schooling, version: int, draft: ReturnDraft, by: User, now: datetime | None = None
) -> Schooling:  # fmt: skip
    """Write down that the child is back; one asks again after three and six months.

    Raises:
        Refused: ``twice``, ``stale``, ``closed``, ``state``; ``date``; ``helped`` when nobody says what made the
            difference.
    """
    case, row = _locked(schooling)
    if row.state == SchoolingState.BACK and row.back_on == draft.back_on:
        raise Refused(_("This form was saved already."), "twice")
    demand_fresh(row, version)
    _demand_state(row, SchoolingState.OUT)
    if not max(row.out_since, case.opened_on) <= draft.back_on <= timezone.localdate(now):
        raise Refused(_("The day lies before the case was opened, or in the future. Check it."), "date",
                      field="back_on")  # fmt: skip
    if not draft.helped and not draft.helped_note.strip():
        raise Refused(_("Say what made the difference: others learn from it."), "helped", field="helped")
    row.state, row.back_on, row.school = SchoolingState.BACK, draft.back_on, draft.school.strip()
    row.helped, row.helped_note = [str(one) for one in draft.helped], draft.helped_note.strip()
    row.version += 1
    if agreeing(by, [row.person]):
        given = Help(RETURNED, COMPLETED, draft.back_on, case.family.jamoat)
        row.step = give_step(row.person, given, by, row_key(row.pk, "step", row.version))
    row.save()
    _agree_on_checks(case, row, by)
    _tell_registry(row.person, by, School.ATTENDING)
    remark(act="schooling.return", helped=row.helped)
    return row


def _agree_on_checks(case: Case, row: Schooling, by: User) -> None:
    if row.back_on is None:
        raise RuntimeError("Nobody asks again before the child is back.")
    zone = timezone.get_current_timezone()
    rows = {check.months: check for check in row.checks.all()}
    for months in CHECKS:
        check = rows.get(months) or within(case, SchoolCheck(schooling=row, months=months), by)
        check.due_on = months_later(row.back_on, months)
        check.checked_on, check.still, check.note = None, "", ""
        check.version += 0 if check._state.adding else 1
        check.save()
        set_due(case, DueKind.SCHOOL_CHECK, evening(check.due_on, zone), by=by, about=check.pk)


@action(Verb.CASE_WORK, on="check")
def answer_check(
    *, check: SchoolCheck, version: int, still: Still, checked_on: date, note: str, by: User,
    now: datetime | None = None,
) -> SchoolCheck:  # fmt: skip
    """Write down what was found when somebody asked again. A child that is out again begins a new way back.

    Raises:
        Refused: ``already``, ``stale``, ``closed``, ``state``; ``date``.
    """
    case, row = _locked(check.schooling)
    answer: SchoolCheck = SchoolCheck.objects.select_for_update(of=("self",)).select_related("case").get(pk=check.pk)
    demand_fresh(answer, version)
    _demand_state(row, SchoolingState.BACK)
    if answer.checked_on:
        raise Refused(_("This was answered already."), "already")
    if row.back_on is None or not row.back_on < checked_on <= timezone.localdate(now):
        raise Refused(_("The day lies before the return to school, or in the future. Check it."), "date",
                      field="checked_on")  # fmt: skip
    answer.checked_on, answer.still, answer.note = checked_on, still, note.strip()
    answer.version += 1
    answer.save()
    if not note_done(case, DueKind.SCHOOL_CHECK, by=by, at=now or timezone.now(), about=answer.pk):
        cancel_due(case, DueKind.SCHOOL_CHECK, about=answer.pk)
    if still is Still.NO:
        for later in row.checks.filter(checked_on=None):
            cancel_due(case, DueKind.SCHOOL_CHECK, about=later.pk)
        _begin_again(case, row, checked_on, by)
    remark(act="schooling.check", months=answer.months, still=still)
    return answer


def _begin_again(case: Case, row: Schooling, since: date, by: User) -> None:
    again = Schooling(
        id=row_key(row.pk, "again", since), person=row.person, out_since=since, reason=row.reason, school=row.school
    )
    within(case, again, by).save(force_insert=True)
    _tell_registry(row.person, by, School.OUT, since=since, reason=row.reason)


@action(Verb.CASE_WORK, on="schooling")
def end_schooling(
    *, schooling: Schooling, version: int, why: EndedWhy, by: User, on: date | None = None
) -> Schooling:  # fmt: skip
    """End the way back without a return, and say why."""
    _case, row = _locked(schooling)
    demand_fresh(row, version)
    _demand_state(row, SchoolingState.OUT)
    row.state, row.ended_on, row.ended_why = SchoolingState.ENDED, on or timezone.localdate(), why
    row.version += 1
    row.save()
    remark(act="schooling.end", why=why)
    return row


@action(Verb.CASE_WORK, on="schooling")
def take_back_return(*, schooling: Schooling, version: int, reason: str, by: User) -> Schooling:
    """Take back a return that was written down wrongly: the child is still out of school, and nothing is counted."""
    case, row = _locked(schooling)
    demand_fresh(row, version)
    _demand_state(row, SchoolingState.BACK)
    former = wording(row, "back_on", "school", "helped", "helped_note")
    keep_former(row, FormerOf.SCHOOLING, former, reason=reason, by=by)
    step, row.step = row.step, None
    row.state, row.back_on, row.helped, row.helped_note = SchoolingState.OUT, None, [], ""
    row.version += 1
    row.save()
    take_back(step, reason, by)
    for check in row.checks.all():
        cancel_due(case, DueKind.SCHOOL_CHECK, about=check.pk)
    _tell_registry(row.person, by, School.OUT, since=row.out_since, reason=row.reason)
    remark(act="schooling.take_back")
    return row


def _locked(schooling: Schooling) -> tuple[Case, Schooling]:
    case = locked_case(schooling.case)
    row: Schooling = (
        Schooling.objects.select_for_update(of=("self",)).select_related("case", "person", "step").get(pk=schooling.pk)
    )  # fmt: skip
    return case, row


def _demand_state(row: Schooling, state: SchoolingState) -> None:
    if row.state != state:
        raise Refused(_("This cannot be done any more. Load the page anew to see where it stands."), "state")
