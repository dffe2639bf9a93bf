"""Who completed a course: judged by its rule alone, written on the journey, and taken back with a reason."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _

from paivand.access.actions.mechanism import action, remark
from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.core.rules.errors import Refused
from paivand.learning.actions.attendance import asked_of
from paivand.learning.actions.inside import (
    STATE_FIELDS,
    about,
    course_of,
    demand_running,
    locked_group,
    move,
    move_all,
    save_counts,
    turned,
)
from paivand.learning.actions.steps import PARTLY, give_steps, take_step_back
from paivand.learning.models import Enrolment, EnrolmentMove, FollowUp, Group, Session
from paivand.learning.rules.completion import Progress, Verdict, verdict
from paivand.learning.rules.course import Course, Feature
from paivand.learning.rules.following import months_later
from paivand.learning.rules.states import (
    ASKING,
    EnrolmentState,
    FollowKind,
    FollowState,
    GroupState,
    LeftWhy,
    SessionState,
)
from paivand.registry.actions.families import demand_fresh
from paivand.registry.rules.catalogue import COMPLETED

BEFORE_TAKING_BACK: list[Callable[[Enrolment], None]] = []
"""What is asked before a completion is taken back: each raises a Refused while something hangs on it."""


def progress(row: Enrolment, group: Group) -> Progress:
    """What a learner did: attendance over all sessions that the group held, hours, tests, exam and project."""
    return Progress(
        n_held=group.n_held, n_there=row.n_there, hours=row.hours, practical_hours=row.practical_hours,
        before=row.before_points, after=row.after_points, most=row.most_points or Decimal(0), exam=row.exam_points,
        project=row.project_passed,
    )  # fmt: skip


def judged(row: Enrolment, group: Group, course: Course) -> Verdict:
    """Whether a learner fulfils what her course asks for."""
    return verdict(course.rule, progress(row, group))


@action(Verb.LEARNING_TEACH, on="group")
def finish_group(*, group: Group, version: int, by: User, on: date | None = None) -> Group:
    """Finish a group: everybody enrolled completes it or does not, by the rule of the course alone.

    Those who complete it get their step of the journey with the hours they attended, and dates on which somebody asks
    what became of it. Those who do not get the reasons, and a step as help that reached them in part.

    Raises:
        Refused: ``stale``; ``state`` unless it runs; ``sessions`` while one is to come or was not written down.
    """
    day = on or timezone.localdate()
    row = locked_group(group)
    demand_fresh(row, version)
    demand_running(row)
    coming = Session.objects.filter(group=row, state=SessionState.PLANNED).order_by("on_day").first()
    if coming:
        raise Refused(
            _("%(n)s sessions are still to come or not written down. Take their attendance, or cancel them.")
            % {"n": Session.objects.filter(group=row, state=SessionState.PLANNED).count()}, "sessions",
        )  # fmt: skip
    rows = _locked(row, state=EnrolmentState.ENROLLED)
    done = judge(row, rows, by=by, on=day)
    move_all(_locked(row, state__in=ASKING), EnrolmentState.LEFT, row, by=by, on=day, why=LeftWhy.FULL)
    row.state, row.finished_on, row.next_on = GroupState.FINISHED, day, None
    save_counts(row)
    row.save(update_fields=["state", "finished_on", "next_on"])
    remark(act="group.finished", completed=done, failed=len(rows) - done)
    return row


def judge(group: Group, rows: Sequence[Enrolment], *, by: User, on: date) -> int:
    """Judge these locked learners; returns how many completed. Counters of ``group`` change in memory."""
    course = course_of(group)
    done: list[Enrolment] = []
    not_done: list[Enrolment] = []
    moves = []
    for one in rows:
        found = judged(one, group, course)
        end = EnrolmentState.COMPLETED if found.passed else EnrolmentState.FAILED
        moves.append(turned(one, end, group, by=by, on=on))
        one.lacks = [lack.plain() for lack in found.lacks]
        one.version += 1
        (done if found.passed else not_done).append(one)
    give_steps(done, COMPLETED, by=by)
    give_steps([one for one in not_done if one.hours > 0], PARTLY, by=by)
    Enrolment.objects.bulk_update([*done, *not_done], [*STATE_FIELDS, "step"], batch_size=500)
    EnrolmentMove.objects.bulk_create(moves, batch_size=1000)
    FollowUp.objects.filter(enrolment__in=rows, kind=FollowKind.MISSED, state=FollowState.DUE).update(
        state=FollowState.OFF
    )
    _ask_afterwards(course, done, on)
    return len(done)


@action(Verb.LEARNING_TEACH, on="group")
def judge_again(*, group: Group, enrolment: Enrolment, version: int, by: User, on: date | None = None) -> Enrolment:
    """Judge a learner once more whose result was taken back, or who repeated the exam, in a group that is over or runs.

    Raises:
        Refused: ``stale``; ``state`` unless she is enrolled.
    """
    day = on or timezone.localdate()
    row = locked_group(group)
    one = next(iter(_locked(row, pk=enrolment.pk)), None)
    if one is None or one.state != EnrolmentState.ENROLLED:
        raise Refused(_("Only somebody who is enrolled can be judged. Load the page anew."), "state")
    demand_fresh(one, version)
    judge(row, [one], by=by, on=day)
    save_counts(row)
    remark(act="learner.judge", state=one.state)
    return one


@action(Verb.LEARNING_TEACH, on="group")
def take_back(
    *, group: Group, enrolment: Enrolment, version: int, reason: str, by: User, on: date | None = None
) -> Enrolment:  # fmt: skip
    """Take back that somebody completed, failed or left: she is enrolled again, and what was counted is reversed.

    Raises:
        Refused: ``stale``, ``state``, ``reason``; ``full`` when no place is left in a group that runs; what
            ``BEFORE_TAKING_BACK`` says, for one a certificate that is still valid.
    """
    day = on or timezone.localdate()
    row = locked_group(group)
    one = next(iter(_locked(row, pk=enrolment.pk)), None)
    if one is None:
        raise Refused(_("Somebody does not belong to this group. Load the page anew."), "people")
    demand_fresh(one, version)
    if one.state not in {EnrolmentState.COMPLETED, EnrolmentState.FAILED, EnrolmentState.LEFT}:
        raise Refused(_("There is nothing to take back. Load the page anew to see where she stands."), "state")
    if not reason.strip():
        raise Refused(_("Say why it is taken back, in a few words and without names."), "reason", field="reason")
    if one.left_why == LeftWhy.CONSENT:
        raise Refused(
            _("She withdrew her consent. She can only be put forward anew, when she agrees again."), "consent"
        )
    for ask in BEFORE_TAKING_BACK:
        ask(one)
    if row.state == GroupState.RUNNING and row.n_enrolled >= row.capacity:
        raise Refused(_("The group is full. Make it larger, or let somebody wait."), "full")
    take_step_back(one, by=by, reason=reason)
    move(one, EnrolmentState.ENROLLED, row, by=by, on=day, reason=reason)
    save_counts(row)
    FollowUp.objects.filter(enrolment=one, kind=FollowKind.AFTER, state=FollowState.DUE).update(state=FollowState.OFF)
    remark(act="learner.take_back")
    return one


@action(Verb.LEARNING_TEACH, on="group")
def reopen_group(*, group: Group, version: int, reason: str, by: User) -> Group:
    """Let a finished group run again, to add a session or correct one; results stand until they are taken back.

    Raises:
        Refused: ``stale``, ``state``, ``reason``.
    """
    row = locked_group(group)
    demand_fresh(row, version)
    if row.state != GroupState.FINISHED:
        raise Refused(_("This cannot be done with the group now. Load the page anew to see where it stands."), "state")
    if not reason.strip():
        raise Refused(_("Say why the group runs again, in a few words."), "reason", field="reason")
    row.state, row.finished_on = GroupState.RUNNING, None
    row.version += 1
    row.save(update_fields=["state", "finished_on", "version", "changed_at"])
    remark(act="group.reopen")
    return row


def _locked(group: Group, **asked: object) -> list[Enrolment]:
    rows = list(Enrolment.objects.select_for_update(of=("self",)).filter(group=group, **asked).order_by("id"))
    for row in rows:
        row.group = group
    return rows


def _ask_afterwards(course: Course, done: Sequence[Enrolment], on: date) -> None:
    """The days on which somebody asks what became of it; who completed twice is asked once.

    Whoever goes abroad is called there, and only when she agreed to it.
    """
    if course.follow_up is None:
        return
    if course.has(Feature.DEPARTURE):
        done = [one for one in done if one.calls_agreed_on]
    FollowUp.objects.bulk_create(
        [
            about(
                one,
                FollowUp(
                    enrolment=one, kind=FollowKind.AFTER, months=months, due_on=months_later(on, months),
                    for_user_id=asked_of(one),
                ),
            )
            for one in done
            for months in course.follow_up.months
        ],
        batch_size=1000, update_conflicts=True, unique_fields=["enrolment", "kind", "months"],
        update_fields=["due_on", "state"],
    )  # fmt: skip
