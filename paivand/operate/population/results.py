"""What the demonstration's learners knew before and after, and how their exams went."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from paivand.access.models import User
from paivand.instruments.rules.catalogue import instrument
from paivand.learning.actions.assessment import add_exam, mark_exam, write_projects, write_tests
from paivand.learning.actions.following import answer_round
from paivand.learning.models import Enrolment, FollowUp, Group
from paivand.learning.rules.assessment import ExamDraft, Examiner, Marks, Paper, ProjectDraft, most_points
from paivand.learning.rules.course import Asked, Exam, ExamScale, Stage, say
from paivand.learning.rules.drafts import FollowDraft
from paivand.learning.rules.states import FollowKind, FollowState
from paivand.operate.population.cohorts import GroupPlan, told

LEARNT = 55
"""Of a hundred points, how many everybody reaches who learnt the whole course."""

Ends = dict[str, list[Enrolment]]


def tell_results(plan: GroupPlan, group: Group, ends: Ends, lead: User, stage: Stage) -> None:
    """Write the test of a group before or after; at the end its exam and projects too.

    Who completes reaches what the course asks for; who does not may still know as much, and fails by attendance.
    """
    there = [*ends["complete"], *ends["failed"]]
    everybody = [*there, *ends["left"]] if stage is Stage.BEFORE else there
    if plan.course.test and stage in plan.course.test.stages and everybody:
        day = group.starts_on if stage is Stage.BEFORE else group.ends_on or group.starts_on
        papers = {row.pk: Paper(_points(plan, row, stage)) for row in everybody}
        write_tests(group=group, stage=stage, taken_on=day, papers=papers, by=lead)
    if stage is Stage.AFTER:
        if plan.course.exam:
            _exam(plan, group, plan.course.exam, there, lead)
        if plan.course.project:
            _projects(plan, group, there, lead)


def _points(plan: GroupPlan, row: Enrolment, stage: Stage) -> Decimal:
    """Points that grow with the course: from a third before to most of them after, enough for the rule."""
    test, rule, chance = plan.course.test, plan.course.rule, plan.seeds
    declared = instrument(test.instrument) if test else None
    most = int(most_points(declared, test.scale)) if declared and test else 0
    before = _known_before(plan, row, most)
    if stage is Stage.BEFORE:
        return Decimal(before)
    needed = max(before + (rule.gain or 0), -(-most * max(rule.right or 0, LEARNT) // 100))
    return Decimal(min(most, needed + chance.randint(0, max(1, most // 3))))


def _known_before(plan: GroupPlan, row: Enrolment, most: int) -> int:
    """The same for a learner whenever it is asked."""
    return row.pk.int % 7 % max(1, most // 2 + 1)


def _exam(plan: GroupPlan, group: Group, asked: Exam, rows: Sequence[Enrolment], lead: User) -> None:
    posts = [say(post, "tg") for post in plan.course.certificate.signatories] if plan.course.certificate else []
    posts += told()["examiners"]["posts"]
    names = told()["examiners"]["names"]
    draft = ExamDraft(
        held_on=group.ends_on or group.starts_on, venue=group.venue,
        commission=tuple(Examiner(names[n % len(names)], posts[n % len(posts)]) for n in range(asked.commission)),
    )  # fmt: skip
    exam = add_exam(group=group, exam_id=plan.id_of("exam"), draft=draft, by=lead)
    results = {row.pk: Marks(_given(plan, asked)) for row in rows}
    mark_exam(group=group, exam=exam, version=exam.version, results=results, by=lead)


def _given(plan: GroupPlan, asked: Exam) -> dict[str, Decimal]:
    """What the commission gives for each part: enough for the pass mark, and seldom everything."""
    if asked.scale is ExamScale.MARKS:
        return {part.code: Decimal(plan.seeds.choice((4, 4, 5))) for part in asked.criteria}
    return {
        part.code: Decimal(int(part.most) - plan.seeds.randint(0, int(part.most) // 4)) for part in asked.criteria
    }  # fmt: skip


def _projects(plan: GroupPlan, group: Group, rows: Sequence[Enrolment], lead: User) -> None:
    title = say(plan.course.project, "tg")[:160]
    stands: dict[Any, int] = dict(
        Enrolment.objects.filter(pk__in=[row.pk for row in rows]).values_list("pk", "version")
    )
    drafts = {row.pk: ProjectDraft(title, True, stands[row.pk]) for row in rows}
    write_projects(group=group, projects=drafts, by=lead)


def tell_afterwards(plan: GroupPlan, group: Group, lead: User, today: date) -> None:
    """Write down what most of those answered whom somebody had to ask by now; a few were not reached, a few wait."""
    asked = plan.course.follow_up
    if asked is None:
        return
    chance, told_rows = plan.seeds, []
    due = FollowUp.objects.filter(group=group, kind=FollowKind.AFTER, state=FollowState.DUE, due_on__lt=today)
    for row in due.order_by("id"):
        if chance.random() < 0.04:
            continue
        on = min(today, row.due_on + timedelta(days=chance.randint(0, 9)))
        told_rows.append((row, _answer(plan, asked.asked, on) if chance.random() < 0.93 else FollowDraft(False, on)))
    if told_rows:
        answer_round(group=group, told=told_rows, by=lead)


def _answer(plan: GroupPlan, asked: Sequence[Asked], on: date) -> FollowDraft:
    chance = plan.seeds
    works = chance.random() < 0.55
    before = Decimal(chance.randrange(0, 900, 50))
    known = [one.code for one in plan.course.practices]
    return FollowDraft(
        reached=True, on=on, working=works if Asked.WORKING in asked else None,
        own_business=works and chance.random() < 0.4 if Asked.OWN_BUSINESS in asked else None,
        income_before=before if Asked.INCOME in asked else None,
        income_after=before + chance.randrange(0, 1200 if works else 200, 50) if Asked.INCOME in asked else None,
        practices=tuple(code for code in known if chance.random() < 0.6) if Asked.PRACTICES in asked else (),
    )  # fmt: skip
