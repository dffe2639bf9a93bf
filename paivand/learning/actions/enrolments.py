"""Who learns: put forward, taken in, set on the waiting list, declined, gone."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from paivand.access.actions.mechanism import action, remark
from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.core.rules.dates import Age
from paivand.core.rules.errors import Refused
from paivand.learning.actions.inside import (
    about,
    course_of,
    demand_not_over,
    locked_group,
    move,
    move_all,
    save_counts,
    turned,
)
from paivand.learning.actions.steps import give_part
from paivand.learning.models import Enrolment, EnrolmentMove, FollowUp, Group
from paivand.learning.rules.course import Course, Feature, Who
from paivand.learning.rules.drafts import LearnerDraft
from paivand.learning.rules.eligibility import Candidate, refusals
from paivand.learning.rules.states import TAKES_IN, EnrolmentState, FollowState, LeftWhy
from paivand.registry.actions.families import demand_fresh
from paivand.registry.actions.journey import demand_agreed
from paivand.registry.models import Family, FamilyMember, Participant, Person
from paivand.registry.queries.consents import grounds
from paivand.registry.queries.journey import completed_services
from paivand.registry.queries.people import same_family, same_person
from paivand.registry.rules.participants import CHILD_UNTIL


@dataclass(frozen=True, slots=True)
class Joining:
    """A participant who is enrolled, under the key that the form made for it."""

    enrolment_id: uuid.UUID
    participant: Participant
    draft: LearnerDraft = field(default_factory=LearnerDraft)


# --- members of families ---------------------------------------------------------------------------------------------


@action(Verb.LEARNING_ENROL, on="person")
def put_forward(
    *, person: Person, group: Group, enrolment_id: uuid.UUID, draft: LearnerDraft, by: User, today: date | None = None
) -> Enrolment:  # fmt: skip
    """Put a member of a family forward for a group; whoever teaches it takes her in.

    Raises:
        Refused: ``twice``; ``state`` when the group takes nobody in; ``listed`` when she is in it already;
            ``not_eligible`` with the reasons of the course; ``consent``, ``registration``, ``closed``; ``guardian``.
    """
    [row] = _put_forward(group, [(enrolment_id, person, draft)], by, today or timezone.localdate())
    return row


@action(Verb.LEARNING_ENROL, on="group")
def put_forward_many(
    *, group: Group, people: Sequence[tuple[uuid.UUID, Person, LearnerDraft]], by: User, today: date | None = None
) -> list[Enrolment]:  # fmt: skip
    """Put several members of families forward for one group, all of them or none; see ``put_forward``."""
    return _put_forward(group, people, by, today or timezone.localdate())


@action(Verb.LEARNING_ENROL, on="family")
def put_members_forward(
    *, family: Family, group: Group, people: Sequence[tuple[uuid.UUID, Person, LearnerDraft]], by: User,
    today: date | None = None,
) -> list[Enrolment]:  # fmt: skip
    """Put several members of one family forward, all of them or none; see ``put_forward``.

    The family is what ``by`` must reach: whoever works within a team or an agency sends people to the groups of others.

    Raises:
        Refused: as ``put_forward``; ``people`` for nobody, or for somebody who is no present member of the family.
    """
    theirs = set(
        FamilyMember.objects.filter(family_id__in=same_family(by, family), until_on=None).values_list(
            "person_id", flat=True
        )
    )
    records = same_person(by, theirs)
    if not people or any(person.pk not in records for _key, person, _draft in people):
        raise Refused(_("Choose somebody of the family."), "people", field="people")
    return _put_forward(group, people, by, today or timezone.localdate())


def _put_forward(
    group: Group, people: Sequence[tuple[uuid.UUID, Person, LearnerDraft]], by: User, day: date
) -> list[Enrolment]:
    row = locked_group(group)
    asked = [person for _key, person, _draft in people]
    if Enrolment.objects.filter(pk__in=[key for key, _person, _draft in people]).exists():
        raise Refused(_("This form was saved already."), "twice")
    _demand_takes_in(row)
    course = course_of(row)
    _demand_new(row, asked, by)
    ground = grounds(by, [person.pk for person in asked], day)
    done = completed_services(by, [person.pk for person in asked])
    enrolments, moves = [], []
    for key, person, draft in people:
        demand_agreed(person, ground[person.pk])
        age = person.age_on(day)
        demand_eligible(course, Candidate(Who.FAMILY, person.sex, age, "", done[person.pk]))
        _demand_guardian(course, age, draft)
        one = _filled(Enrolment(id=key, group=row, person=person, course=row.course, asked_by=by, asked_on=day), draft)
        one.name, one.sex = person.full_name, person.sex
        one.birth_year = person.birth_on.year if person.birth_on else None
        one.home_district_id, one.home_agency_id = person.district_id, person.agency_id
        one.home_team_id, one.home_owner_id = person.team_id, person.owner_id
        about(one, one)
        moves.append(turned(one, EnrolmentState.APPLIED, row, by=by, on=day))
        enrolments.append(one)
    _write(enrolments, moves, row)
    remark(act="learner.put_forward", group=row.code, n=len(enrolments))
    return enrolments


def _demand_new(group: Group, people: Sequence[Person], by: User) -> None:
    """Raise a Refused when somebody, or another record of hers, is in the group already."""
    records = same_person(by, [person.pk for person in people])
    there = {
        records[pk]
        for pk in Enrolment.objects.filter(group=group, person_id__in=list(records)).values_list("person_id", flat=True)
    }
    for person in people:
        if records[person.pk] in there:
            raise Refused(
                _("%(name)s is in this group already, or was. Look at the group.") % {"name": person.full_name},
                "listed", field="person",
            )  # fmt: skip
    if len({records[person.pk] for person in people}) < len(people):
        raise Refused(_("Somebody is named twice."), "listed", field="person")


# --- participants outside families' files ----------------------------------------------------------------------------


@action(Verb.LEARNING_TEACH, on="group")
def enrol_participants(
    *, group: Group, joining: Sequence[Joining], by: User, today: date | None = None, on: date | None = None
) -> list[Enrolment]:  # fmt: skip
    """Take participants of the register into a group at once; those for whom there is no place wait.

    Raises:
        Refused: ``twice``, ``state``, ``listed``, ``not_eligible``, ``guardian``.
    """
    day = on or today or timezone.localdate()
    row = locked_group(group)
    if Enrolment.objects.filter(pk__in=[one.enrolment_id for one in joining]).exists():
        raise Refused(_("This form was saved already."), "twice")
    _demand_takes_in(row)
    course = course_of(row)
    _demand_new_participants(row, [one.participant for one in joining])
    enrolments, moves = [], []
    for one in joining:
        who, age = one.participant, one.participant.age_on(day)
        demand_eligible(course, Candidate(Who(who.kind), who.sex, age, who.post, frozenset()))
        _demand_guardian(course, age, one.draft)
        new = Enrolment(
            id=one.enrolment_id, group=row, participant=who, course=row.course, asked_by=by, asked_on=day,
            name=who.name, sex=who.sex, birth_year=who.birth_year, home_district_id=who.district_id,
            home_agency_id=who.agency_id, home_team_id=who.team_id, home_owner_id=who.owner_id,
        )  # fmt: skip
        about(_filled(new, one.draft), new)
        there_is_room = row.n_enrolled < row.capacity
        moves.append(
            turned(new, EnrolmentState.ENROLLED if there_is_room else EnrolmentState.WAITING, row, by=by, on=day)
        )
        enrolments.append(new)
    _write(enrolments, moves, row)
    remark(act="learner.enrol", group=row.code, n=len(enrolments))
    return enrolments


def _demand_new_participants(group: Group, people: Sequence[Participant]) -> None:
    keys = {who.same_as_id or who.pk for who in people}
    if len(keys) < len(people):
        raise Refused(_("Somebody is named twice."), "listed")
    found = Enrolment.objects.filter(group=group, participant_id__in=keys).select_related("participant").first()
    if found:
        raise Refused(
            _("%(name)s is in this group already, or was. Look at the group.") % {"name": found.name}, "listed"
        )


# --- answers of those who teach --------------------------------------------------------------------------------------


@action(Verb.LEARNING_TEACH, on="group")
def admit(
    *, group: Group, enrolments: Sequence[Enrolment], by: User, on: date | None = None
) -> list[Enrolment]:  # fmt: skip
    """Take those who were put forward, or wait, into the group.

    Raises:
        Refused: ``full`` when there are fewer places than people; ``state``.
    """
    day = on or timezone.localdate()
    row = locked_group(group)
    _demand_takes_in(row)
    rows = _locked_rows(row, enrolments)
    if row.n_enrolled + len(rows) > row.capacity:
        raise Refused(
            _("%(people)s people are chosen, and %(places)s places are left. Choose fewer, or make the group larger.")
            % {"places": row.n_places_left, "people": len(rows)}, "full",
        )  # fmt: skip
    move_all(rows, EnrolmentState.ENROLLED, row, by=by, on=day)
    save_counts(row)
    remark(act="learner.admit", n=len(rows))
    return rows


@action(Verb.LEARNING_TEACH, on="group")
def let_wait(*, group: Group, enrolments: Sequence[Enrolment], by: User, on: date | None = None) -> list[Enrolment]:
    """Set those who were put forward on the waiting list."""
    day = on or timezone.localdate()
    row = locked_group(group)
    rows = _locked_rows(row, enrolments)
    move_all(rows, EnrolmentState.WAITING, row, by=by, on=day)
    save_counts(row)
    remark(act="learner.wait", n=len(rows))
    return rows


@action(Verb.LEARNING_TEACH, on="group")
def decline(
    *, group: Group, enrolments: Sequence[Enrolment], why: LeftWhy, by: User, said: str = "", on: date | None = None
) -> list[Enrolment]:  # fmt: skip
    """Say that somebody is not taken in, and why; whoever put her forward reads it."""
    day = on or timezone.localdate()
    row = locked_group(group)
    rows = _locked_rows(row, enrolments)
    move_all(rows, EnrolmentState.DECLINED, row, by=by, on=day, why=why, reason=said)
    save_counts(row)
    remark(act="learner.decline", n=len(rows), why=why)
    return rows


# --- leaving ---------------------------------------------------------------------------------------------------------


@action(Verb.LEARNING_ENROL, on="enrolment")
def leave(
    *, enrolment: Enrolment, version: int, why: LeftWhy, by: User, said: str = "", on: date | None = None
) -> Enrolment:  # fmt: skip
    """Write down that somebody left before the end, or does not wish to come, and why.

    What she attended is kept, and written on her journey as help that reached her in part.

    Raises:
        Refused: ``stale``, ``state``, ``date``.
    """
    day = on or timezone.localdate()
    group = locked_group(enrolment.group)
    demand_not_over(group)
    [row] = _locked_rows(group, [enrolment])
    demand_fresh(row, version)
    if day > timezone.localdate():
        raise Refused(_("The day lies in the future. Check it."), "date", field="on")
    let_go(row, group, why=why, by=by, on=day, said=said)
    save_counts(group)
    remark(act="learner.leave", why=why)
    return row


def let_go(
    row: Enrolment, group: Group, *, why: LeftWhy, by: User, on: date, said: str = "", counted: bool = True
) -> None:
    """Bring a locked enrolment out of the group. ``counted`` False writes nothing on the journey."""
    was_in = row.state == EnrolmentState.ENROLLED
    move(row, EnrolmentState.LEFT, group, by=by, on=on, why=why, reason=said)
    if was_in and counted and row.hours > 0:
        give_part(row, by=by)
    FollowUp.objects.filter(enrolment=row, state=FollowState.DUE).update(state=FollowState.OFF)


# --- shared ----------------------------------------------------------------------------------------------------------


def demand_eligible(course: Course, candidate: Candidate) -> None:
    """Raise a Refused with the course's own reasons unless ``candidate`` may join.

    Raises:
        Refused: ``not_eligible``.
    """
    against = refusals(course, candidate, get_language() or "en")
    if against:
        raise Refused(" ".join(one.said(_) for one in against), "not_eligible", field="person")


def _demand_guardian(course: Course, age: Age | None, draft: LearnerDraft) -> None:
    """Raise a Refused unless a child's guardian agreed, and for a junior school the child too."""
    is_child = age is not None and age.years < CHILD_UNTIL
    if is_child and not (draft.guardian_name.strip() and draft.guardian_agreed_on):
        raise Refused(
            _("This is a child. Write down which parent or guardian agreed, and when."), "guardian",
            field="guardian_name",
        )  # fmt: skip
    if course.has(Feature.JUNIOR) and is_child and draft.child_agreed_on is None:
        raise Refused(_("Ask the child too, and write down when it agreed."), "guardian", field="child_agreed_on")


def _demand_takes_in(group: Group) -> None:
    if group.state not in TAKES_IN:
        raise Refused(_("This group takes nobody in now. Choose another one, or ask the trainer to open it."), "state")


def _filled(row: Enrolment, draft: LearnerDraft) -> Enrolment:
    row.said, row.destination = draft.said.strip()[:300], draft.destination
    row.child_agreed_on, row.guardian_name = draft.child_agreed_on, draft.guardian_name.strip()
    row.guardian_agreed_on, row.calls_agreed_on = draft.guardian_agreed_on, draft.calls_agreed_on
    row.materials = list(draft.materials)
    return row


def _locked_rows(group: Group, enrolments: Sequence[Enrolment]) -> list[Enrolment]:
    """The enrolments of this group, locked, in the order in which they were put forward."""
    if not enrolments:
        raise Refused(_("Choose somebody from the list."), "people")
    keys = [one.pk for one in enrolments]
    rows = list(Enrolment.objects.select_for_update(of=("self",)).filter(group=group, pk__in=keys).order_by("id"))
    if len(rows) != len(set(keys)):
        raise Refused(_("Somebody does not belong to this group. Load the page anew."), "people")
    for row in rows:
        row.group = group
    return rows


def _write(enrolments: list[Enrolment], moves: list[EnrolmentMove], group: Group) -> None:
    Enrolment.objects.bulk_create(enrolments, batch_size=1000)
    EnrolmentMove.objects.bulk_create(moves, batch_size=1000)
    save_counts(group)
