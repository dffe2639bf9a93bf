"""What a trainer takes to her groups: sessions, learners by the name that is called in class, and plots."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from datetime import timedelta
from functools import cache
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import translation

from paivand.access.rules.verbs import Verb
from paivand.collect.queries.field_rows.source import Asked, Rows, Source
from paivand.core.rules.privacy import DataClass
from paivand.learning.models import Enrolment, Group, GroupTrainer, Plot, Session
from paivand.learning.models.records import TEACHES
from paivand.learning.rules.course import Feature
from paivand.learning.rules.courses import course, courses
from paivand.learning.rules.states import EnrolmentState, GroupState, SessionState

BEFORE = timedelta(days=45)
"""How long a session is still offered after its day, for lists that were kept on paper."""
AFTER = timedelta(days=30)


def _own(asked: Asked) -> QuerySet[Group]:
    """The groups that she leads, assists in or teaches, as long as something is held."""
    by = asked.by
    if Verb.FORM_FILL not in by.verbs or not by.sees(DataClass.LEARNING):
        none: QuerySet[Group] = Group.objects.none()
        return none
    named = GroupTrainer.objects.seen_by(by).filter(user_id=by.pk, until_on=None).values_list("group_id", flat=True)
    found: QuerySet[Group] = (
        Group.objects.seen_by(by)
        .filter(TEACHES.q(by, DataClass.LEARNING))
        .filter(Q(owner_id=by.pk) | Q(second_id=by.pk) | Q(pk__in=list(named)))
        .filter(state__in=[GroupState.PLANNED, GroupState.OPEN, GroupState.RUNNING])
    )
    return found


def _groups(asked: Asked) -> Rows:
    return _own(asked).order_by("name", "number")


def _written_groups(asked: Asked, rows: Iterable[Any]) -> Iterator[tuple[object, ...]]:
    for pk, name, number, code in rows:
        readable = Group(number=number).code
        yield pk, f"{name} · {readable}", readable, code, kind_of(code)


def kind_of(code: str) -> str:
    """What sort of group learns this course: ``junior`` or ``field_school``, which have plots, or ``course``."""
    found = course(code)
    if found is None:
        return "course"
    if found.has(Feature.JUNIOR):
        return "junior"
    return "field_school" if found.has(Feature.PLOTS) else "course"


GROUPS = Source(
    ("name", "label", "code", "course", "kind"), ("pk", "name", "number", "course"), _groups, _written_groups,
    known=Group.objects.seen_by,
)  # fmt: skip


def _sessions(asked: Asked) -> Rows:
    """Sessions that are not written down yet."""
    groups = list(_own(asked).values_list("pk", flat=True))
    return (
        Session.objects.seen_by(asked.by)
        .filter(group_id__in=groups, on_day__gte=asked.today - BEFORE, on_day__lte=asked.today + AFTER)
        .filter(state=SessionState.PLANNED)
        .order_by("on_day", "n", "pk")
    )


def _written_sessions(asked: Asked, rows: Iterable[Any]) -> Iterator[tuple[object, ...]]:
    language = translation.get_language() or "en"
    for pk, group, day, n, module, code in rows:
        found = course(code)
        title = next((one.title_in(language) for one in found.modules if one.code == module), "") if found else ""
        yield pk, " · ".join(part for part in (f"{day:%d.%m.%Y}", f"№ {n}", title) if part), group, day.isoformat()


SESSIONS = Source(
    ("name", "label", "group", "day"),
    ("pk", "group_id", "on_day", "n", "module", "group__course"),
    _sessions,
    _written_sessions,
    known=Session.objects.seen_by,
)


def _learners(asked: Asked) -> Rows:
    groups = list(_own(asked).values_list("pk", flat=True))
    return (
        Enrolment.objects.seen_by(asked.by)
        .filter(group_id__in=groups, state=EnrolmentState.ENROLLED)
        .order_by("name", "pk")
    )


LEARNERS = Source(
    ("name", "label", "group"), ("pk", "name", "group_id"), _learners, lambda _asked, rows: rows,
    known=Enrolment.objects.seen_by,
)  # fmt: skip


def _plots(asked: Asked) -> Rows:
    groups = list(_own(asked).values_list("pk", flat=True))
    return Plot.objects.seen_by(asked.by).filter(group_id__in=groups, season__ends_on=None).order_by("name", "pk")


PLOTS = Source(
    ("name", "label", "group", "crop"),
    ("pk", "name", "group_id", "season__commodity"),
    _plots,
    lambda _asked, rows: rows,
    known=Plot.objects.seen_by,
)


def _taught(asked: Asked) -> Rows:
    return _own(asked).order_by("course", "pk")


def _written_topics(asked: Asked, rows: Iterable[Any]) -> Iterator[tuple[object, ...]]:
    """The topics of the courses that she teaches; ``life`` is 1 for a life skill."""
    language = translation.get_language() or "en"
    for code in dict.fromkeys(row[0] for row in rows):
        found = course(code)
        for module, topic in found.topics() if found else ():
            yield topic.code, topic.title_in(language), code, "1" if module.life_skill else ""


@cache
def _declared() -> str:
    """A digest of what the courses declare: a mended title is a new list."""
    told = [
        (code, [(topic.code, dict(topic.title)) for _module, topic in one.topics()],
         [(practice.code, dict(practice.title)) for practice in one.practices],
         sorted(one.follow_up.asked) if one.follow_up else [])
        for code, one in sorted(courses().items())
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def declared(_asked: Asked) -> str:
    """What lists of topics and practices depend on beside the statement."""
    return _declared()


TOPICS = Source(("name", "label", "course", "life"), ("course",), _taught, _written_topics, shared=declared)
