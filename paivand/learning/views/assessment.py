"""Pages of tests, exams and projects: what the group gained, the grids in which it is written down."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import get_language_bidi
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from paivand.access.rules.verbs import Verb
from paivand.access.views.gate import conflict, refuse
from paivand.core.rules.errors import Refused
from paivand.instruments.forms.answers import SectionForm
from paivand.instruments.rules.answers import read_answers
from paivand.instruments.rules.catalogue import instrument
from paivand.instruments.rules.instruments import Instrument
from paivand.learning.actions import assessment as actions
from paivand.learning.forms.assessment import (
    AnsweredForm,
    ExamForm,
    MarksForm,
    ProjectsForm,
    TestsForm,
    first_wrong,
    initial_exam,
)
from paivand.learning.models import Enrolment, Exam, ExamResult
from paivand.learning.queries import assessment as queries
from paivand.learning.rules.assessment import gain_picture, gained, most_points
from paivand.learning.rules.course import Course, Stage, Test
from paivand.learning.rules.course import Exam as CourseExam
from paivand.learning.rules.states import EnrolmentState
from paivand.learning.views.found import InGroup, once, or_404


@dataclass(frozen=True)
class Tested(InGroup):
    """A group whose course has a test."""

    @property
    def test(self) -> Test:
        """The test of the course, or a 404 where it has none."""
        found: Test = or_404(self.course and self.course.test)
        return found

    @property
    def declared(self) -> Instrument:
        """The questionnaire of the test."""
        found: Instrument = or_404(instrument(self.test.instrument))
        return found

    @property
    def most(self) -> Decimal:
        """The most points that it gives."""
        return most_points(self.declared, self.test.scale)

    def stage(self, word: str) -> Stage:
        """The stage of the address, or a 404."""
        if word not in set(self.test.stages):
            raise Http404
        return Stage(word)


@require_GET
def group_tests(request: HttpRequest, group_code: str) -> HttpResponse:
    """What each learner and the group gained between the two tests."""
    asked = Tested.of(request, group_code)
    learners = queries.learners(asked.by, asked.group)
    pairs = [(one.before_points, one.after_points) for one in learners]
    return asked.page(
        request, "group_tests", here="tests", learners=learners, test=asked.test, declared=asked.declared,
        most=asked.most, gained=gained(pairs), picture=gain_picture(pairs, asked.most, mirrored=get_language_bidi()),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def test_write(request: HttpRequest, group_code: str, stage: str) -> HttpResponse:
    """Points of the whole group, from papers or a ballot box."""
    asked = Tested.of(request, group_code, Verb.LEARNING_TEACH)
    when = asked.stage(stage)
    learners = queries.enrolled(asked.by, asked.group)
    form = TestsForm(
        request.POST or None, learners=learners, sheets=queries.sheets(asked.by, asked.group, when), most=asked.most
    )
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            actions.write_tests(
                group=asked.group, stage=when, taken_on=form.cleaned_data["taken_on"], papers=form.papers(),
                by=asked.by,
            )  # fmt: skip
            messages.success(request, _("Saved."))
            return asked.back("group-tests")
    lines = form.lines()
    return asked.page(
        request, "test_write", form, stage=when, most=asked.most, declared=asked.declared, lines=lines,
        wrong=first_wrong(lines),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def test_answer(request: HttpRequest, group_code: str, stage: str, enrolment_id: uuid.UUID) -> HttpResponse:
    """One learner's test, question by question: read aloud where she does not read."""
    asked = Tested.of(request, group_code, Verb.LEARNING_TEACH)
    when, declared = asked.stage(stage), asked.declared
    learner: Enrolment = or_404(
        next((one for one in queries.enrolled(asked.by, asked.group) if one.pk == enrolment_id), None)
    )
    sheet = queries.sheet_of(asked.by, learner, when)
    initial = {"version": sheet.version if sheet else 0}
    form = SectionForm(
        request.POST or None, items=list(declared.items()), answers=read_answers(sheet.answers) if sheet else {},
        initial=initial,
    )  # fmt: skip
    day = AnsweredForm(request.POST or None, taken_on=sheet.taken_on if sheet else None)
    if request.method == "POST" and form.is_valid() and not day.is_valid():
        form.add_error(None, _("Write the day on which the test was taken."))
    elif request.method == "POST" and form.is_valid():
        try:
            actions.answer_test(
                group=asked.group, enrolment=learner, stage=when, answers=form.answers(),
                taken_on=day.cleaned_data["taken_on"], version=form.cleaned_data["version"] or 0, by=asked.by,
            )  # fmt: skip
            messages.success(request, _("Saved."))
            return asked.back("test-write", stage=when)
        except Refused as refused:
            field = f"q_{refused.field}"
            form.add_error(field if field in form.fields else None, refused.message)
            if refused.code == "stale":
                form.data = form.data.copy()  # type: ignore[attr-defined]
                form.data["version"] = str(initial["version"])  # type: ignore[index]
    questions = {one.item.code: one for one in form.questions()}
    parts = [(part, [questions[item.code] for item in part.items]) for part in declared.sections]
    return asked.page(
        request, "test_answer", form, stage=when, learner=learner, declared=declared, parts=parts, day=day, sheet=sheet
    )


# --- exams -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Examined(InGroup):
    """A group whose course has an exam or a project."""

    @property
    def exam(self) -> CourseExam:
        """The exam of the course, or a 404 where it has none."""
        found: CourseExam = or_404(self.course and self.course.exam)
        return found

    @property
    def declared(self) -> Course:
        """The course, or a 404 where it is not declared any more."""
        found: Course = or_404(self.course)
        return found

    def held(self, exam_id: uuid.UUID) -> Exam:
        """The exam of the address."""
        found: Exam = or_404(queries.exam_by_id(self.by, self.group, exam_id))
        return found


@dataclass(frozen=True, slots=True)
class Held:
    """An exam with the results of those who learn in the group."""

    exam: Exam
    rows: Sequence[tuple[Enrolment, ExamResult | None]]

    @property
    def n_passed(self) -> int:
        """How many passed."""
        return sum(bool(result and result.passed) for _learner, result in self.rows)

    @property
    def n_there(self) -> int:
        """How many were examined."""
        return sum(bool(result and not result.absent) for _learner, result in self.rows)


@require_GET
def group_exams(request: HttpRequest, group_code: str) -> HttpResponse:
    """The exams of a group with their results, and the projects."""
    asked = Examined.of(request, group_code)
    course = asked.declared
    if course.exam is None and not course.project:
        raise Http404
    learners = queries.learners(asked.by, asked.group)
    results = queries.results_of_group(asked.by, asked.group)
    held = [
        Held(exam, [(one, results.get(exam.pk, {}).get(one.pk)) for one in learners])
        for exam in queries.exams(asked.by, asked.group)
    ]  # fmt: skip
    return asked.page(
        request, "group_exams", here="exams", held=held, learners=learners, exam=course.exam,
        n_done=sum(one.project_passed is True for one in learners),
        anybody=any(one.state == EnrolmentState.ENROLLED for one in learners),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def exam_add(request: HttpRequest, group_code: str) -> HttpResponse:
    """A new exam with its commission."""
    asked = Examined.of(request, group_code, Verb.LEARNING_TEACH)
    form = ExamForm(request.POST or None, asked=asked.exam, venue=asked.group.venue)
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            key = form.form_key()
            once(lambda: actions.add_exam(group=asked.group, exam_id=key, draft=form.draft(), by=asked.by))
            return asked.back("exam-mark", exam_id=key)
    return asked.page(request, "exam_form", form, exam=asked.exam)


@require_http_methods(["GET", "POST"])
def exam_edit(request: HttpRequest, group_code: str, exam_id: uuid.UUID) -> HttpResponse:
    """Day, place and commission of an exam."""
    asked = Examined.of(request, group_code, Verb.LEARNING_TEACH)
    row = asked.held(exam_id)
    form = ExamForm(request.POST or None, asked=asked.exam, exam=row)
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            actions.change_exam(
                group=asked.group, exam=row, version=form.cleaned_data["version"] or 0, draft=form.draft(), by=asked.by
            )
            messages.success(request, _("Saved."))
            return asked.back("group-exams")
    return asked.page(request, "exam_form", form, exam=asked.exam, row=row, present=conflict(form, initial_exam(row)))


@require_http_methods(["GET", "POST"])
def exam_mark(request: HttpRequest, group_code: str, exam_id: uuid.UUID) -> HttpResponse:
    """What every learner got, criterion by criterion."""
    asked = Examined.of(request, group_code, Verb.LEARNING_TEACH)
    row = asked.held(exam_id)
    learners = queries.enrolled(asked.by, asked.group)
    form = MarksForm(
        request.POST or None, learners=learners, results=queries.results(asked.by, row), asked=asked.exam,
        initial={"version": row.version},
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            actions.mark_exam(
                group=asked.group, exam=row, version=form.cleaned_data["version"], results=form.results(), by=asked.by
            )
            messages.success(request, _("Saved."))
            return asked.back("group-exams")
    lines = form.lines()
    return asked.page(request, "exam_mark", form, exam=asked.exam, row=row, lines=lines, wrong=first_wrong(lines))


@require_http_methods(["GET", "POST"])
def project_write(request: HttpRequest, group_code: str) -> HttpResponse:
    """Every learner's project, and whether it is done."""
    asked = Examined.of(request, group_code, Verb.LEARNING_TEACH)
    if not asked.declared.project:
        raise Http404
    form = ProjectsForm(request.POST or None, learners=queries.enrolled(asked.by, asked.group))
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            actions.write_projects(group=asked.group, projects=form.projects(), by=asked.by)
            messages.success(request, _("Saved."))
            return asked.back("group-exams")
    lines = form.lines()
    return asked.page(request, "project_write", form, lines=lines, wrong=first_wrong(lines))
