"""What became of each learner of a field school: practices taken up, and days at the ordinary school."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _

from paivand.access.actions.mechanism import action, remark
from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.core.rules.errors import Refused
from paivand.learning.actions.inside import about, course_of, demand_day, locked_group
from paivand.learning.actions.seasons import demand_not_cancelled, said
from paivand.learning.models import Enrolment, Group, PracticeAdoption, SchoolMonth
from paivand.learning.rules.course import Feature
from paivand.learning.rules.fields import SchoolMonthDraft, Taken, When
from paivand.learning.rules.states import TOOK_PART

Answers = Mapping[uuid.UUID, Mapping[str, Taken]]
"""By enrolment and practice of the course."""


@action(Verb.LEARNING_TEACH, on="group")
def ask_practices(
    *, group: Group, asked: When, asked_on: date, answers: Answers, by: User, today: date | None = None
) -> int:  # fmt: skip
    """Write down which practices learners use at home; an answer that is given again replaces the former one.

    Returns how many answers were written or changed.

    Raises:
        Refused: ``date``; ``practice`` for one that the course does not have; ``learner`` for somebody else.
    """
    locked = locked_group(group)
    demand_not_cancelled(locked)
    demand_day(asked_on, today, field="asked_on")
    known = {practice.code for practice in course_of(locked).practices}
    if any(set(given) - known for given in answers.values()):
        raise Refused(_("The course has no such practice. Open the page again."), "practice")
    learners = _learners(locked, answers)
    rows = {
        (row.enrolment_id, row.practice): row
        for row in PracticeAdoption.objects.select_for_update(of=("self",)).filter(group=locked, asked=asked.value)
    }
    n = 0
    new = []
    for key, given in answers.items():
        for practice, taken in given.items():
            row = rows.get((key, practice))
            if row is None:
                row = about(learners[key], PracticeAdoption(
                    enrolment=learners[key], practice=practice, asked=asked.value, version=0,
                ))  # fmt: skip
            elif row.taken == taken.value and row.asked_on == asked_on:
                continue
            row.taken, row.asked_on, row.recorded_by = taken.value, asked_on, by
            row.version += 1
            if row._state.adding:
                new.append(row)
            else:
                row.save()
            n += 1
    PracticeAdoption.objects.bulk_create(new, batch_size=1000)
    remark(act="practices.ask", asked=asked.value, answers=n)
    return n


@action(Verb.LEARNING_TEACH, on="group")
def write_school_month(
    *, group: Group, month: date, held: int, attended: Mapping[uuid.UUID, int], by: User, today: date | None = None
) -> int:  # fmt: skip
    """Write down on how many days of a month each child was at school; what is written again replaces it.

    Returns how many rows were written or changed.

    Raises:
        Refused: ``junior`` for a school of farmers; ``learner``; as ``SchoolMonthDraft.demand``.
    """
    locked = locked_group(group)
    demand_not_cancelled(locked)
    if not course_of(locked).has(Feature.JUNIOR):
        raise Refused(_("Only a junior field school asks about days at school."), "junior")
    first = month.replace(day=1)
    day = today or timezone.localdate()
    for days in attended.values():
        draft = SchoolMonthDraft(first, held, days)
        said(lambda draft=draft: draft.demand(day))  # type: ignore[misc]
    learners = _learners(locked, attended)
    rows = {
        row.enrolment_id: row
        for row in SchoolMonth.objects.select_for_update(of=("self",)).filter(group=locked, month=first)
    }
    n = 0
    for key, days in attended.items():
        row = rows.get(key)
        if row is None:
            row = about(learners[key], SchoolMonth(enrolment=learners[key], month=first, version=0))
        elif (row.held, row.attended) == (held, days):
            continue
        row.held, row.attended, row.recorded_by = held, days, by
        row.version += 1
        row.save()
        n += 1
    remark(act="school.month", rows=n)
    return n


def _learners(group: Group, asked: Mapping[uuid.UUID, object]) -> dict[uuid.UUID, Enrolment]:
    found = {
        row.pk: row
        for row in Enrolment.objects.select_related("group").filter(pk__in=asked, group=group, state__in=TOOK_PART)
    }
    if len(found) != len(asked):
        raise Refused(_("Somebody of the list is not in the group any more. Open the page again."), "learner")
    return found
