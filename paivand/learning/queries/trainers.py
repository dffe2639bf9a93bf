"""Whom a group may name as its trainers."""

from __future__ import annotations

from collections.abc import Iterable

from paivand.access.models import User
from paivand.learning.models import Enrolment, who_teaches
from paivand.learning.rules.course import Feature
from paivand.learning.rules.courses import courses
from paivand.learning.rules.states import EnrolmentState
from paivand.registry.models import Participant

MOST = 200


def trainers_in(by: User, districts: Iterable[str]) -> list[User]:
    """Everybody who teaches in these districts, by name; whoever asks first."""
    found = User.objects.filter(User.policy.visible(by), pk__in=who_teaches(districts)).order_by("sort_key")
    return sorted(found[:MOST], key=lambda user: user.pk != by.pk)


def graduates(by: User) -> list[Participant]:
    """Participants within reach who completed a course whose graduates may be named facilitator, by name."""
    codes = [one.code for one in courses().values() if one.has(Feature.FACILITATOR)]
    done = Enrolment.objects.seen_by(by).filter(course__in=codes, state=EnrolmentState.COMPLETED)
    keys = list(done.exclude(participant=None).values_list("participant_id", flat=True)[: MOST * 5])
    found = Participant.objects.seen_by(by).filter(pk__in=keys, same_as=None).order_by("sort_key", "id")
    return list(found[:MOST])
