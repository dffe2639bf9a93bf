"""Tests before and after a course, the exam before a commission, and projects: written down, and corrected.

What counts for completion stands in the enrolment too, and is written with every change here. Only learners who are
enrolled are changed: whoever completed a course, or did not, is taken back first.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from paivand.access.actions.mechanism import action, remark
from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.core.rules.errors import Refused
from paivand.instruments.rules.answers import Answer
from paivand.instruments.rules.catalogue import instrument
from paivand.instruments.rules.instruments import Instrument
from paivand.learning.actions.inside import course_of, demand_day, locked_group, within
from paivand.learning.models import Enrolment, Exam, ExamResult, Group, TestSheet
from paivand.learning.rules.assessment import ExamDraft, Marks, Paper, ProjectDraft, most_points, points_of
from paivand.learning.rules.course import Exam as CourseExam
from paivand.learning.rules.course import Stage, Test
from paivand.learning.rules.states import EnrolmentState, GroupState
from paivand.registry.actions.families import demand_fresh

_COLUMN = {Stage.BEFORE: "before_points", Stage.AFTER: "after_points"}


# --- tests -----------------------------------------------------------------------------------------------------------


@action(Verb.LEARNING_TEACH, on="group")
def write_tests(
    *, group: Group, stage: Stage, taken_on: date, papers: Mapping[uuid.UUID, Paper], by: User,
    today: date | None = None,
) -> int:  # fmt: skip
    """Write down how many points learners got in a test on paper or at a ballot box; returns how many changed.

    A second sending of the same points changes nothing.

    Raises:
        Refused: ``test`` where the course has none at this stage; ``state``, ``date``, ``people``; ``points``
            (``field`` is the key of the enrolment) for more than the test gives; ``stale`` where somebody else wrote
            other points meanwhile.
    """
    demand_day(taken_on, today, "taken_on")
    row = _group_in_use(group)
    test, declared = _test_of(row, stage)
    most = most_points(declared, test.scale)
    learners = _enrolled(row, list(papers))
    sheets = {
        one.enrolment_id: one
        for one in TestSheet.objects.select_for_update(of=("self",)).filter(
            group=row, instrument=test.instrument, stage=stage, enrolment__in=list(papers)
        )
    }
    changed: list[Enrolment] = []
    new: list[TestSheet] = []
    for key, paper in papers.items():
        _demand_points(key, paper.points, most)
        sheet = sheets.get(key)
        stands = sheet.points if sheet else None
        if paper.points == stands:
            continue
        if paper.seen != stands:
            raise Refused(
                _("Somebody else wrote down other points for %(name)s meanwhile. Load the page anew and compare.")
                % {"name": learners[key].name}, "stale",
            )  # fmt: skip
        if paper.points is None and sheet is not None:
            sheet.delete()
        elif paper.points is not None:
            written = sheet or within(row, TestSheet(enrolment_id=key, stage=stage))
            _fill(written, declared, test, taken_on, by)
            written.points, written.most, written.answers, written.from_paper = paper.points, most, {}, True
            if sheet is None:
                new.append(written)
            else:
                written.version += 1
                written.save()
        changed.append(_with_points(learners[key], stage, paper.points, most))
    TestSheet.objects.bulk_create(new)
    Enrolment.objects.bulk_update(changed, [_COLUMN[stage], "most_points", "version"])
    remark(act="test.write", stage=stage, n=len(changed))
    return len(changed)


@action(Verb.LEARNING_TEACH, on="group")
def answer_test(
    *, group: Group, enrolment: Enrolment, stage: Stage, answers: Mapping[str, Answer], taken_on: date, version: int,
    by: User, today: date | None = None,
) -> TestSheet:  # fmt: skip
    """Write down one learner's test question by question. What was left open gives no point.

    Args:
        version: of the sheet that the form was opened with; 0 where there was none.

    Raises:
        Refused: ``test``, ``state``, ``date``, ``people``, ``stale``; ``answer`` (``field`` is the question) for what
            cannot be an answer; ``empty`` where nothing is answered.
    """
    demand_day(taken_on, today, "taken_on")
    row = _group_in_use(group)
    test, declared = _test_of(row, stage)
    learner = _enrolled(row, [enrolment.pk])[enrolment.pk]
    for code, answer in answers.items():
        item = declared.item(code)
        if item is None or item.option(answer.value) is None:
            raise Refused(_("This cannot be an answer to the question. Choose one of the list."), "answer", field=code)
    if not answers:
        raise Refused(_("Nothing is answered yet. Answer at least one question."), "empty")
    found = TestSheet.objects.select_for_update(of=("self",)).filter(
        enrolment=learner, instrument=test.instrument, stage=stage
    )
    sheet = found.first()
    stored = {code: answer.stored() for code, answer in answers.items()}
    if sheet is not None and sheet.answers == stored and sheet.taken_on == taken_on:
        return sheet
    if (sheet.version if sheet else 0) != version:
        raise Refused(
            _("Somebody else wrote this test down meanwhile. Compare with what stands now and save again."), "stale"
        )
    most = most_points(declared, test.scale)
    if sheet is None:
        sheet = within(row, TestSheet(enrolment=learner, stage=stage))
    else:
        sheet.version += 1
    _fill(sheet, declared, test, taken_on, by)
    sheet.points, sheet.most = points_of(declared, test.scale, answers), most
    sheet.answers, sheet.from_paper = stored, False
    sheet.save()
    Enrolment.objects.bulk_update(
        [_with_points(learner, stage, sheet.points, most)], [_COLUMN[stage], "most_points", "version"]
    )
    remark(act="test.answer", stage=stage, answered=len(stored))
    return sheet


def _fill(sheet: TestSheet, declared: Instrument, test: Test, taken_on: date, by: User) -> None:
    sheet.instrument, sheet.instrument_version = test.instrument, declared.version
    sheet.taken_on, sheet.recorded_by = taken_on, by


def _with_points(learner: Enrolment, stage: Stage, points: Decimal | None, most: Decimal) -> Enrolment:
    setattr(learner, _COLUMN[stage], points)
    learner.most_points = most
    learner.version += 1
    return learner


def _test_of(group: Group, stage: Stage) -> tuple[Test, Instrument]:
    test = course_of(group).test
    declared = instrument(test.instrument) if test else None
    if test is None or declared is None or stage not in test.stages:
        raise Refused(_("This course has no such test."), "test")
    return test, declared


def _demand_points(key: uuid.UUID, points: Decimal | None, most: Decimal) -> None:
    if points is None:
        return
    if not 0 <= points <= most or points != points.to_integral_value():
        raise Refused(
            _("Write a whole number from 0 to %(most)s.") % {"most": f"{most:f}"}, "points", field=f"p_{key.hex}"
        )


# --- exams -----------------------------------------------------------------------------------------------------------


@action(Verb.LEARNING_TEACH, on="group")
def add_exam(*, group: Group, exam_id: uuid.UUID, draft: ExamDraft, by: User, today: date | None = None) -> Exam:
    """Write down that an exam is held: the day, the place, and who sits in the commission.

    Raises:
        Refused: ``twice``; ``exam`` where the course has none; ``state``, ``date``; ``commission`` with too few members
            or one without a name or a post; ``day`` where another exam of the group was on that day.
    """
    row = _group_in_use(group)
    asked = _exam_of(row)
    if Exam.objects.filter(pk=exam_id).exists():
        raise Refused(_("This form was saved already."), "twice")
    _demand_exam(row, draft, asked, today)
    exam = within(row, Exam(id=exam_id))
    _tell(exam, draft, by)
    exam.save(force_insert=True)
    remark(act="exam.add", members=len(draft.commission))
    return exam


@action(Verb.LEARNING_TEACH, on="group")
def change_exam(
    *, group: Group, exam: Exam, version: int, draft: ExamDraft, by: User, today: date | None = None
) -> Exam:  # fmt: skip
    """Correct the day, the place or the commission of an exam.

    Raises:
        Refused: as ``add_exam``, and ``stale``.
    """
    row = _group_in_use(group)
    found = _locked_exam(row, exam)
    demand_fresh(found, version)
    _demand_exam(row, draft, _exam_of(row), today, found)
    _tell(found, draft, by)
    found.version += 1
    found.save()
    _write_results(row, found)
    remark(act="exam.change", members=len(draft.commission))
    return found


@action(Verb.LEARNING_TEACH, on="group")
def mark_exam(
    *, group: Group, exam: Exam, version: int, results: Mapping[uuid.UUID, Marks], by: User
) -> Exam:  # fmt: skip
    """Write down what learners got in an exam, criterion by criterion, or that they were not there.

    Whoever is not named keeps what stands. The latest exam at which somebody was counts for her.

    Raises:
        Refused: ``stale``, ``state``, ``people``; ``marks`` (``field`` is the key of the enrolment) for a
            criterion that is missing, or for more than the commission can give.
    """
    row = _group_in_use(group)
    asked = _exam_of(row)
    found = _locked_exam(row, exam)
    demand_fresh(found, version)
    learners = _enrolled(row, list(results))
    for key, marks in results.items():
        _demand_marks(learners[key], marks, asked)
    there = {one.enrolment_id: one for one in ExamResult.objects.select_for_update(of=("self",)).filter(exam=found)}
    for key, marks in results.items():
        one = there.get(key) or within(row, ExamResult(exam=found, enrolment=learners[key]))
        one.absent = marks.absent
        one.points = {} if marks.absent else {code: str(value) for code, value in marks.points.items()}
        one.total = None if marks.absent else asked.result(marks.points)
        one.passed = None if marks.absent else asked.passes(one.total)
        one.save()
    found.version += 1
    found.save(update_fields=["version", "changed_at"])
    _write_results(row, found, learners)
    remark(act="exam.mark", n=len(results), absent=sum(marks.absent for marks in results.values()))
    return found


def _write_results(group: Group, exam: Exam, learners: Mapping[uuid.UUID, Enrolment] | None = None) -> None:
    """What the latest exam of each learner was, into her enrolment."""
    if learners is None:
        keys = list(ExamResult.objects.filter(exam=exam).values_list("enrolment_id", flat=True))
        enrolled = Enrolment.objects.select_for_update(of=("self",)).filter(
            group=group, pk__in=keys, state=EnrolmentState.ENROLLED
        )
        learners = {one.pk: one for one in enrolled}
    found = ExamResult.objects.filter(group=group, enrolment__in=list(learners), absent=False).select_related("exam")
    latest: dict[uuid.UUID, ExamResult] = {}
    for result in found.order_by("exam__held_on", "exam_id"):
        latest[result.enrolment_id] = result
    for key, learner in learners.items():
        last = latest.get(key)
        learner.exam_points, learner.exam_passed = (last.total, last.passed) if last else (None, None)
        learner.version += 1
    Enrolment.objects.bulk_update(list(learners.values()), ["exam_points", "exam_passed", "version"])


def _demand_marks(learner: Enrolment, marks: Marks, asked: CourseExam) -> None:
    if marks.absent:
        return
    field = f"c_{learner.pk.hex}"
    if set(marks.points) != {one.code for one in asked.criteria}:
        raise Refused(
            _("%(name)s: every part of the exam needs its points, or mark that she was not there.")
            % {"name": learner.name}, "marks", field=field,
        )  # fmt: skip
    for one in asked.criteria:
        if not asked.lowest <= marks.points[one.code] <= one.most:
            raise Refused(
                _("%(name)s: the points lie between %(least)s and %(most)s.")
                % {"name": learner.name, "least": f"{asked.lowest:f}", "most": f"{one.most:f}"}, "marks", field=field,
            )  # fmt: skip


def _demand_exam(
    group: Group, draft: ExamDraft, asked: CourseExam, today: date | None, own: Exam | None = None
) -> None:
    demand_day(draft.held_on, today, "held_on")
    if group.started_on and draft.held_on < group.started_on:
        raise Refused(_("The exam cannot be before the group began. Check the day."), "date", field="held_on")
    if any(not one.name.strip() or not one.post.strip() for one in draft.commission):
        raise Refused(_("Write name and post of each member of the commission."), "commission", field="name_1")
    if len(draft.commission) < asked.commission:
        raise Refused(
            _("The commission has at least %(n)s members. Write down each with name and post.")
            % {"n": asked.commission}, "commission", field="name_1",
        )  # fmt: skip
    others = Exam.objects.filter(group=group, held_on=draft.held_on)
    if own is not None:
        others = others.exclude(pk=own.pk)
    if others.exists():
        raise Refused(_("The group has an exam on this day already. Open that one."), "day", field="held_on")


def _tell(exam: Exam, draft: ExamDraft, by: User) -> None:
    exam.held_on, exam.venue, exam.note = draft.held_on, draft.venue.strip(), draft.note.strip()
    exam.commission = [one.plain(chair=n == 0) for n, one in enumerate(draft.commission)]
    exam.recorded_by = by


def _exam_of(group: Group) -> CourseExam:
    found = course_of(group).exam
    if found is None:
        raise Refused(_("This course has no exam."), "exam")
    return found


def _locked_exam(group: Group, exam: Exam) -> Exam:
    found = Exam.objects.select_for_update(of=("self",)).filter(group=group, pk=exam.pk).first()
    if found is None:
        raise Refused(_("This exam does not belong to the group. Load the page anew."), "exam")
    found.group = group
    return found


# --- projects --------------------------------------------------------------------------------------------------------


@action(Verb.LEARNING_TEACH, on="group")
def write_projects(*, group: Group, projects: Mapping[uuid.UUID, ProjectDraft], by: User) -> int:
    """Write down learners' projects and whether they are done; returns how many changed.

    Raises:
        Refused: ``project`` where the course has none; ``state``, ``people``; ``stale``.
    """
    row = _group_in_use(group)
    if not course_of(row).project:
        raise Refused(_("This course has no project."), "project")
    learners = _enrolled(row, list(projects))
    changed = []
    for key, draft in projects.items():
        learner = learners[key]
        title = draft.title.strip()[:160]
        if (learner.project_title, learner.project_passed) == (title, draft.passed):
            continue
        demand_fresh(learner, draft.version)
        learner.project_title, learner.project_passed = title, draft.passed
        learner.version += 1
        changed.append(learner)
    Enrolment.objects.bulk_update(changed, ["project_title", "project_passed", "version"])
    remark(act="project.write", n=len(changed))
    return len(changed)


# --- shared ----------------------------------------------------------------------------------------------------------


def _group_in_use(group: Group) -> Group:
    """The locked group, in which tests may be written down: it takes people in, runs, or is finished.

    In a finished group it concerns only those whose result was taken back.
    """
    row = locked_group(group)
    if row.state not in {GroupState.OPEN, GroupState.RUNNING, GroupState.FINISHED}:
        raise Refused(_("This cannot be done with the group now. Load the page anew to see where it stands."), "state")
    return row


def _enrolled(group: Group, keys: Sequence[uuid.UUID]) -> dict[uuid.UUID, Enrolment]:
    found = Enrolment.objects.select_for_update(of=("self",)).filter(
        group=group, pk__in=keys, state=EnrolmentState.ENROLLED
    )
    rows = {one.pk: one for one in found.order_by("id")}
    if set(rows) != set(keys):
        raise Refused(
            _("Somebody does not learn in this group any more, or has her result already. Load the page anew."),
            "people",
        )
    for one in rows.values():
        one.group = group
    return rows
