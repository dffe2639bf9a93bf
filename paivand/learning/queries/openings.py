"""The groups that take people in, held against who might join them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from paivand.access.models import User
from paivand.learning.models import Enrolment, Group, Session
from paivand.learning.rules.course import Course, Who
from paivand.learning.rules.courses import course as course_of
from paivand.learning.rules.eligibility import Candidate, refusals
from paivand.learning.rules.sentences import Sentence
from paivand.learning.rules.states import TAKES_IN, SessionState
from paivand.registry.models import Participant, Person
from paivand.registry.queries.journey import completed_services
from paivand.registry.queries.people import same_person
from paivand.registry.rules.participants import CHILD_UNTIL

PAST_SESSIONS = 5
MOST = 60
"""How many open groups one page shows."""


@dataclass(frozen=True, slots=True)
class Learner:
    """Somebody who may be put forward.

    Args:
        person: the record that stands for her.
        stopped: why nothing can be written down for her at all; empty if it can.
    """

    person: Person
    candidate: Candidate
    stopped: str = ""

    @property
    def is_child(self) -> bool:
        """Whether a guardian is asked."""
        return self.candidate.age is not None and self.candidate.age.years < CHILD_UNTIL


@dataclass(frozen=True, slots=True)
class Answer:
    """What a group says to one person: she is in it already, she may join, or the reasons why not."""

    learner: Learner
    against: tuple[Sentence, ...] = ()
    listed: Enrolment | None = None

    @property
    def may_join(self) -> bool:
        """Whether she can be put forward."""
        return not self.against and self.listed is None and not self.learner.stopped


@dataclass(frozen=True, slots=True)
class Offer:
    """A group that takes people in, and what it says to each person asked about."""

    group: Group
    course: Course
    answers: tuple[Answer, ...]

    @property
    def fitting(self) -> list[Answer]:
        """Those who may join."""
        return [one for one in self.answers if one.may_join]

    @property
    def others(self) -> list[Answer]:
        """Those who may not, and those who are in it; nobody who is stopped anyway."""
        return [one for one in self.answers if not one.may_join and (one.listed or not one.learner.stopped)]


def open_groups(by: User, district: str) -> list[Group]:
    """The groups of a district that take people in, those that begin soonest first."""
    found = Group.objects.seen_by(by).filter(district_id=district, state__in=sorted(TAKES_IN))
    return list(found.select_related("place", "owner").order_by("starts_on", "id")[:MOST])


def learners(by: User, people: Sequence[Person], day: date, stopped: Mapping[uuid.UUID, str]) -> list[Learner]:
    """Each of ``people`` with what courses ask about: age, sex, what she completed; ``stopped`` as in ``Learner``."""
    done = completed_services(by, [person.pk for person in people])
    return [
        Learner(
            person, Candidate(Who.FAMILY, person.sex, person.age_on(day), "", done[person.pk]),
            stopped.get(person.pk, ""),
        )
        for person in people
    ]  # fmt: skip


def offers(by: User, groups: Sequence[Group], asked: Sequence[Learner], language: str) -> list[Offer]:
    """What each group says to each of those asked about; groups that somebody may join come first."""
    there = _listed(by, groups, asked)
    found = []
    for group in groups:
        course = course_of(group.course)
        if course is None:
            continue
        answers = tuple(
            Answer(one, refusals(course, one.candidate, language), there.get((group.pk, one.person.pk)))
            for one in asked
        )
        found.append(Offer(group, course, answers))
    return sorted(found, key=lambda one: not one.fitting)


def _listed(
    by: User, groups: Sequence[Group], asked: Sequence[Learner]
) -> dict[tuple[uuid.UUID, uuid.UUID], Enrolment]:
    """Who is, or was, in which of these groups, by group and person; other records of hers count."""
    records = same_person(by, [one.person.pk for one in asked])
    keys = {records[one.person.pk]: one.person.pk for one in asked}
    rows = Enrolment.objects.seen_by(by).filter(group__in=[group.pk for group in groups], person_id__in=list(records))
    return {(row.group_id, keys[records[row.person_id]]): row for row in rows if row.person_id}


def participants_asked(group: Group, people: Sequence[Participant], day: date, language: str) -> list[
    tuple[Participant, tuple[Sentence, ...]]
]:  # fmt: skip
    """Each participant with the reasons why she may not join this group; none if she may."""
    course = course_of(group.course)
    if course is None:
        return []
    return [
        (who, refusals(course, Candidate(Who(who.kind), who.sex, who.age_on(day), who.post), language))
        for who in people
    ]


def sessions_for_register(by: User, group: Group, today: date) -> list[Session]:
    """The sessions at which people may be marked as they are written down: today's first, then those just past."""
    found = Session.objects.seen_by(by).filter(group=group, on_day__lte=today).exclude(state=SessionState.CANCELLED)
    return list(found.order_by("-on_day", "-n")[:PAST_SESSIONS])
