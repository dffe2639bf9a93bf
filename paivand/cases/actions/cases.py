"""Opening cases and moving them from state to state; ``move_case`` is the only place that writes a state."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from paivand.access.actions.mechanism import action, remark
from paivand.access.models import User
from paivand.access.queries.users import placement
from paivand.access.rules.verbs import Verb
from paivand.cases.actions.dues import note_done, recompute
from paivand.cases.actions.inside import locked_case, within
from paivand.cases.models import Case, CasePerson, CaseTransition, Plan, PlanAction
from paivand.cases.models.cases import NUMBERS
from paivand.cases.queries.cases import people_in_case, similar_cases
from paivand.cases.rules.cases import GOES_BACK, Act, CaseRole, CaseState, Risk, end_of
from paivand.cases.rules.kinds import CaseKind, MainPerson, case_kinds
from paivand.cases.rules.plans import PlanState
from paivand.cases.rules.sop import DueKind
from paivand.core.rules.errors import Refused
from paivand.instruments.models import Assessment
from paivand.registry.actions.families import demand_fresh, locked_family
from paivand.registry.actions.journey import Help, demand_agreed, step_row
from paivand.registry.models import Family, FamilyMember, JourneyStep, Person
from paivand.registry.queries.consents import grounds
from paivand.registry.queries.people import same_family, same_person
from paivand.registry.rules.catalogue import COMPLETED
from paivand.registry.rules.keys import row_key

# --- states ---------------------------------------------------------------------------------------------------------


def move_case(
    case: Case, act: Act, *, by: User, now: datetime, reason: str = "", assessment: Assessment | None = None
) -> CaseTransition:
    """Walk along an edge of the machine: writes the state, and the transition, and names the edge in the audit.

    ``case`` is locked and its other fields are set; a part of an action, which has demanded what the edge demands.

    Raises:
        Refused: ``edge`` where no such edge leaves the state in which the case stands.
    """
    start = CaseState(case.state)
    end = end_of(start, act, _stood_before(case) if act in GOES_BACK else None)
    if end is None:
        raise Refused(
            _("The case is “%(state)s”: this cannot be done now. Load the page anew to see where it stands.")
            % {"state": _(case.get_state_display())}, "edge",
        )  # fmt: skip
    case.state, case.state_at = end, now
    case.version += 1
    case.save()
    return _note_edge(case, act, start, end, by=by, now=now, reason=reason, assessment=assessment)


def _note_edge(
    case: Case, act: Act, start: CaseState | str, end: CaseState, *, by: User, now: datetime, reason: str = "",
    assessment: Assessment | None = None,
) -> CaseTransition:  # fmt: skip
    row = CaseTransition(act=act, start=start, end=end, at=now, reason=reason, assessment=assessment)
    within(case, row, by).save()
    remark(edge=f"{start}>{end}")
    return row


def _stood_before(case: Case) -> CaseState | None:
    """Where the case stood before it came to the state in which it is."""
    came = case.casetransitions.filter(end=case.state).exclude(start=case.state).order_by("-at", "-id").first()
    return CaseState(came.start) if came and came.start else None


# --- opening --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Concerned:
    """Somebody whom a case is about, and what she is in it."""

    person: Person
    role: CaseRole


@action(Verb.CASE_WORK, on="family")
def open_case(
    *, case_id: uuid.UUID, family: Family, people: Sequence[Concerned], kind: str, risk: Risk, reason: str, by: User,
    on: date | None = None, second: str = "", now: datetime | None = None,
) -> Case:  # fmt: skip
    """Open a case for members of a family; ``case_id`` is made by the form, so that a double tap opens one.

    Args:
        people: exactly one of them is the main person.
        on: the day of opening, today unless told; days are counted from its evening where it is past.
        second: why a second case of this kind is opened for the same main person, where one is open.

    Raises:
        Refused: ``twice``, ``closed`` for a closed file, ``kind``, ``people``, ``main``, ``member``, ``reason``,
            ``date``; ``consent`` or ``registration`` without agreement; ``similar`` where an open case of this kind
            exists and ``second`` is empty (``detail`` names the codes).
    """
    moment = now or timezone.now()
    if Case.objects.filter(pk=case_id).exists():
        raise Refused(_("This form was saved already."), "twice")
    locked = locked_family(family)
    day = on or timezone.localdate(moment)
    chosen = _demand_possible_case(kind, day, timezone.localdate(moment), reason)
    main = _demand_main_person(people, chosen, day)
    _demand_members(by, locked, people)
    ground = grounds(by, [one.person.pk for one in people])
    for one in sorted(people, key=lambda one: one is not main):
        demand_agreed(one.person, ground[one.person.pk])
    _demand_answer(by, main.person, kind, second)
    started = moment if day == timezone.localdate(moment) else _end_of(day)
    case = Case(
        id=case_id, number=_next_number(), family=locked, kind=kind, risk=risk, lowest_risk=risk, risk_at=started,
        state_at=moment, started_at=started, reason=reason.strip(), opened_on=day, opened_by=by,
    )  # fmt: skip
    lies = placement(by, locked.district_id)
    case.district_id, case.agency_id = locked.district_id, lies.agency_id
    case.team_id, case.owner_id = lies.team_id, lies.owner_id
    case.save(force_insert=True)
    for one in people:
        place = CasePerson(id=row_key(case_id, one.person.pk), person=one.person, role=one.role, from_on=day)
        within(case, place, by).save()
    _note_edge(case, Act.OPEN, "", CaseState.OPENED, by=by, now=moment, reason=second.strip())
    given = Help(chosen.opening_service, COMPLETED, day, locked.jamoat)
    JourneyStep.objects.bulk_create(_steps(case_id, people, given, by))
    recompute(case, by=by, now=moment)
    remark(kind=kind, risk=risk, people=len(people), second=bool(second.strip()))
    return case


def _next_number() -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"select nextval('{NUMBERS}')")
        return int(cursor.fetchone()[0])


def _end_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, datetime.max.time().replace(microsecond=0)))


def _steps(case_id: uuid.UUID, people: Sequence[Concerned], given: Help, by: User) -> list[JourneyStep]:
    steps = []
    for one in people:
        step = step_row(one.person, given, by)
        step.id = row_key(case_id, "step", one.person.pk)
        steps.append(step)
    return steps


def _demand_possible_case(kind: str, day: date, today: date, reason: str) -> CaseKind:
    found = case_kinds().get(kind)
    if found is None or not found.is_open_on(day):
        raise Refused(_("Choose the kind of case from the list."), "kind", field="kind")
    if not reason.strip():
        raise Refused(_("Say why the case is opened, in a few words."), "reason", field="reason")
    if day > today:
        raise Refused(_("The day lies in the future. Check it."), "date", field="on")
    return found


def _demand_main_person(people: Sequence[Concerned], kind: CaseKind, day: date) -> Concerned:
    main = [one for one in people if one.role is CaseRole.MAIN]
    if len(main) != 1:
        raise Refused(_("Choose one main person."), "main", field="main")
    if len({one.person.pk for one in people}) != len(people):
        raise Refused(_("Somebody is named twice. Choose each person once."), "people", field="people")
    age = main[0].person.age_on(day)
    if not kind.fits(age.years if age else None):
        message = (
            _("The main person of such a case is a child under 18. Choose the child, or write down the age first.")
            if kind.main_person is MainPerson.CHILD
            else _("The main person of such a case is 18 or older. Choose somebody else, or write down the age first.")
        )
        raise Refused(message, "main", field="main")
    return main[0]


def _demand_members(by: User, family: Family, people: Sequence[Concerned]) -> None:
    """Raise a Refused when somebody does not belong to the family now."""
    records = same_person(by, [one.person.pk for one in people])
    present = FamilyMember.objects.filter(
        family_id__in=same_family(by, family), until_on=None, person_id__in=list(records)
    )
    here = {records[pk] for pk in present.values_list("person_id", flat=True)}
    for one in people:
        if records[one.person.pk] not in here:
            raise Refused(_("Somebody does not belong to this family. Choose from its members."), "member",
                          field="people")  # fmt: skip


def _demand_answer(by: User, main: Person, kind: str, second: str) -> None:
    """Raise a Refused where such a case is open for her already and nobody said why there is a second one."""
    if second.strip():
        return
    similar = similar_cases(by, main, kind)
    if similar:
        raise Refused(
            _("An open case of this kind exists for this person. Go on with it, or say why a second one is needed."),
            "similar", field="second", detail={"codes": [case.code for case in similar]},
        )  # fmt: skip


# --- the case itself ------------------------------------------------------------------------------------------------


@action(Verb.CASE_VIEW, on="case")
def view_case(*, case: Case, by: User) -> Case:
    """Note that ``by`` looked into the case."""
    return case


@action(Verb.CASE_WORK, on="case")
def edit_case(*, case: Case, version: int, reason: str, by: User) -> Case:
    """Correct why the case was opened."""
    locked = locked_case(case)
    demand_fresh(locked, version)
    if not reason.strip():
        raise Refused(_("Say why the case is opened, in a few words."), "reason", field="reason")
    locked.reason = reason.strip()
    locked.version += 1
    locked.save()
    remark(act="edit")
    return locked


@action(Verb.CASE_WORK, on="case")
def change_risk(
    *, case: Case, version: int, risk: Risk, reason: str, by: User, now: datetime | None = None
) -> Case:  # fmt: skip
    """Raise or lower the risk; what is due is computed anew.

    Raises:
        Refused: ``closed``, ``stale``; ``same`` where nothing changes; ``reason``.
    """
    locked, moment = locked_case(case), now or timezone.now()
    demand_fresh(locked, version)
    if locked.risk == risk:
        raise Refused(_("The case has this risk already. Choose another."), "same", field="risk")
    if not reason.strip():
        raise Refused(_("Say why, in a few words."), "reason", field="reason")
    remark(act="risk", was=locked.risk, now=risk)
    if risk.is_above(Risk(locked.risk)):
        locked.risk_at = moment
    if Risk(locked.lowest_risk).is_above(risk):
        locked.lowest_risk = risk
    locked.risk = risk
    locked.version += 1
    locked.save()
    recompute(locked, by=by, now=moment)
    return locked


@action(Verb.CASE_WORK, on="case")
def note_assessed(
    *, case: Case, version: int, assessment: Assessment, by: User, now: datetime | None = None
) -> Case:  # fmt: skip
    """Say which complete assessment of one of its people the work rests on: the case becomes assessed.

    Raises:
        Refused: ``assessment`` when it is not complete, or of nobody in the case; ``edge``, ``stale``, ``closed``.
    """
    locked, moment = locked_case(case), now or timezone.now()
    demand_fresh(locked, version)
    records = set(same_person(by, people_in_case(locked)))
    if not assessment.is_completed:
        raise Refused(_("This questionnaire is not complete yet. Complete it first."), "assessment",
                      field="assessment")  # fmt: skip
    if assessment.person_id not in records and assessment.family_id not in same_family(by, locked.family):
        raise Refused(_("This questionnaire is about nobody in the case. Choose another."), "assessment",
                      field="assessment")  # fmt: skip
    locked.assessment = assessment
    move_case(locked, Act.ASSESS, by=by, now=moment, assessment=assessment)
    note_done(locked, DueKind.ASSESSMENT, by=by, at=moment)
    recompute(locked, by=by, now=moment)
    return locked


@action(Verb.CASE_WORK, on="case")
def begin_work(*, case: Case, version: int, by: User, now: datetime | None = None) -> Case:
    """Say that the work on the plan began."""
    locked, moment = locked_case(case), now or timezone.now()
    demand_fresh(locked, version)
    move_case(locked, Act.BEGIN, by=by, now=moment)
    return locked


@action(Verb.CASE_WORK, on="case")
def take_up_case(*, case: Case, version: int, by: User, now: datetime | None = None) -> Case:
    """Go on with a case that was handed over, where it stood."""
    locked, moment = locked_case(case), now or timezone.now()
    demand_fresh(locked, version)
    move_case(locked, Act.TAKE_UP, by=by, now=moment)
    recompute(locked, by=by, now=moment)
    return locked


@action(Verb.CASE_WORK, on="case")
def reopen_case(*, case: Case, version: int, reason: str, by: User, now: datetime | None = None) -> Case:
    """Open a closed case again: days are counted anew, a plan is made anew, what came of it stays told.

    Raises:
        Refused: ``edge`` for a case that is open; ``reason``, ``stale``; ``consent`` without agreement.
    """
    moment = now or timezone.now()
    locked: Case = Case.objects.select_for_update(of=("self",)).select_related("family").get(pk=case.pk)
    demand_fresh(locked, version)
    if not reason.strip():
        raise Refused(_("Say why, in a few words."), "reason", field="reason")
    if locked.is_open:
        raise Refused(_("This case is open already."), "edge")
    main = locked.casepersons.select_related("person").get(role=CaseRole.MAIN, until_on=None)
    demand_agreed(main.person, grounds(by, [main.person_id])[main.person_id])
    locked.closed_on, locked.closing_reason = None, ""
    locked.started_at = locked.risk_at = moment
    locked.lowest_risk = locked.risk
    locked.assessment = locked.last_contact_on = locked.last_review_on = None
    move_case(locked, Act.REOPEN, by=by, now=moment, reason=reason.strip())
    for plan in Plan.objects.filter(case=locked, state=PlanState.APPROVED):
        plan.state = PlanState.REPLACED
        plan.version += 1
        plan.save()
    PlanAction.objects.filter(case=locked, in_force=True).update(in_force=False)
    recompute(locked, by=by, now=moment)
    return locked


# --- who belongs to it ----------------------------------------------------------------------------------------------


@action(Verb.CASE_WORK, on="case")
def add_person(*, case: Case, place_id: uuid.UUID, one: Concerned, by: User, on: date | None = None) -> CasePerson:
    """Take another member of the family into the case."""
    locked = locked_case(case)
    if CasePerson.objects.filter(pk=place_id).exists():
        raise Refused(_("This form was saved already."), "twice")
    if one.role is CaseRole.MAIN:
        raise Refused(_("The case has a main person already. Choose another part."), "main", field="role")
    _demand_members(by, locked.family, [one])
    demand_agreed(one.person, grounds(by, [one.person.pk])[one.person.pk])
    if one.person.pk in same_person(by, people_in_case(locked)):
        raise Refused(_("This person belongs to the case already."), "listed", field="person")
    row = CasePerson(id=place_id, person=one.person, role=one.role, from_on=on or timezone.localdate())
    within(locked, row, by).save(force_insert=True)
    remark(act="person.add", role=one.role)
    return row


@action(Verb.CASE_WORK, on="place")
def end_person(*, place: CasePerson, by: User, on: date | None = None) -> CasePerson:
    """Note that somebody does not belong to the case any more; the main person stays."""
    locked_case(place.case)
    row: CasePerson = CasePerson.objects.select_for_update(of=("self",)).select_related("case").get(pk=place.pk)
    if row.role == CaseRole.MAIN:
        raise Refused(_("The main person cannot leave the case. Close it instead."), "main")
    if row.until_on:
        raise Refused(_("This person has left the case already."), "already")
    row.until_on = max(on or timezone.localdate(), row.from_on)
    row.version += 1
    row.save()
    remark(act="person.end", role=row.role)
    return row
