"""What was typed about tests, exams and projects of a group: one row for each learner."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from paivand.core.models import new_id
from paivand.learning.models import Enrolment, Exam, ExamResult, TestSheet
from paivand.learning.rules.assessment import ExamDraft, Examiner, Marks, Paper, ProjectDraft
from paivand.learning.rules.course import Exam as CourseExam

SEATS = 6
"""Members of a commission that the form has room for."""


def _day_widget() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def _line(**attrs: str) -> forms.TextInput:
    return forms.TextInput(attrs={"dir": "auto", "autocomplete": "off", **attrs})


@dataclass(frozen=True, slots=True)
class Line:
    """One learner's row of a form."""

    learner: Enrolment
    fields: Sequence[BoundField]
    absent: BoundField | None = None

    @property
    def errors(self) -> list[str]:
        """What has to be mended in the row."""
        return [str(error) for field in self.fields for error in field.errors]


class TestsForm(forms.Form):
    """Points of a whole group in one test, from papers or a ballot box."""

    __test__ = False

    taken_on = forms.DateField(label=_("Written on"), widget=_day_widget())

    def __init__(
        self, *args: Any, learners: Sequence[Enrolment], sheets: Mapping[uuid.UUID, TestSheet], most: Decimal, **kw: Any
    ) -> None:
        super().__init__(*args, **kw)
        self.learners = learners
        for one in learners:
            sheet = sheets.get(one.pk)
            stands = "" if sheet is None else f"{sheet.points.normalize():f}"
            self.fields[f"p_{one.pk.hex}"] = forms.DecimalField(
                label=one.name, required=False, min_value=0, max_value=most, decimal_places=0, initial=stands,
                widget=forms.TextInput(attrs={"inputmode": "numeric", "dir": "ltr", "autocomplete": "off",
                                              "maxlength": "3", "class": "input is-points"}),
            )  # fmt: skip
            self.fields[f"s_{one.pk.hex}"] = forms.CharField(
                required=False, widget=forms.HiddenInput, initial=stands, max_length=8
            )
        days = [sheet.taken_on for sheet in sheets.values()]
        self.initial.setdefault("taken_on", max(days) if days else timezone.localdate())

    def lines(self) -> list[Line]:
        """The rows of the page."""
        return [Line(one, [self[f"p_{one.pk.hex}"], self[f"s_{one.pk.hex}"]]) for one in self.learners]

    def papers(self) -> dict[uuid.UUID, Paper]:
        """What was typed, by the key of the enrolment."""
        found = {}
        for one in self.learners:
            seen = self.cleaned_data.get(f"s_{one.pk.hex}") or ""
            found[one.pk] = Paper(
                self.cleaned_data.get(f"p_{one.pk.hex}"), Decimal(seen) if seen.isdecimal() else None
            )  # fmt: skip
        return found


class AnsweredForm(forms.Form):
    """On which day one learner answered."""

    taken_on = forms.DateField(label=_("Written on"), widget=_day_widget())

    def __init__(self, *args: Any, taken_on: date | None, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.initial.setdefault("taken_on", taken_on or timezone.localdate())


class ExamForm(forms.Form):
    """An exam: day, place, commission. The first of the commission chairs it."""

    held_on = forms.DateField(label=_("Day of the exam"), widget=_day_widget())
    venue = forms.CharField(label=_("Where"), required=False, max_length=120, widget=_line())
    note = forms.CharField(
        label=_("Minutes"), required=False, max_length=2000,
        widget=forms.Textarea(attrs={"dir": "auto", "rows": 3}),
        help_text=_("What was set as a task, and anything unusual. No names of learners."),
    )  # fmt: skip
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    form_id = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, asked: CourseExam, exam: Exam | None = None, venue: str = "", **kw: Any) -> None:
        super().__init__(*args, **kw)
        for n in range(1, SEATS + 1):
            needed = n <= asked.commission
            label = gettext("Name: chair of the commission") if n == 1 else gettext("Name")
            self.fields[f"name_{n}"] = forms.CharField(label=label, required=needed, max_length=120, widget=_line())
            self.fields[f"post_{n}"] = forms.CharField(
                label=gettext("Post"), required=needed, max_length=120, widget=_line()
            )
        if not self.is_bound:
            self.initial = {**initial_exam(exam, venue), **self.initial}

    def seats(self) -> list[tuple[BoundField, BoundField]]:
        """Name and post of each member."""
        return [(self[f"name_{n}"], self[f"post_{n}"]) for n in range(1, SEATS + 1)]

    def form_key(self) -> uuid.UUID:
        """The key that makes a second sending of the same form harmless."""
        return self.cleaned_data.get("form_id") or new_id()

    def draft(self) -> ExamDraft:
        """The exam as it was typed."""
        told = self.cleaned_data
        members = [
            Examiner((told.get(f"name_{n}") or "").strip(), (told.get(f"post_{n}") or "").strip())
            for n in range(1, SEATS + 1)
        ]
        return ExamDraft(
            told["held_on"], tuple(one for one in members if one.name or one.post), told["venue"], told["note"]
        )


def initial_exam(exam: Exam | None, venue: str = "") -> dict[str, Any]:
    """What stands in an exam, or what a new one begins with."""
    if exam is None:
        return {"held_on": timezone.localdate(), "venue": venue, "form_id": new_id(), "version": 0}
    found: dict[str, Any] = {
        "held_on": exam.held_on, "venue": exam.venue, "note": exam.note, "version": exam.version,
    }  # fmt: skip
    for n, member in enumerate(exam.commission, start=1):
        found[f"name_{n}"], found[f"post_{n}"] = member["name"], member["post"]
    return found


class MarksForm(forms.Form):
    """What every learner got in an exam, by criterion."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, learners: Sequence[Enrolment], results: Mapping[uuid.UUID, ExamResult], asked: CourseExam,
        **kw: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **kw)
        self.learners, self.asked = learners, asked
        language = get_language() or "en"
        for one in learners:
            result = results.get(one.pk)
            for criterion in asked.criteria:
                stands = result.points.get(criterion.code, "") if result else ""
                self.fields[f"c_{one.pk.hex}_{criterion.code}"] = forms.DecimalField(
                    label=criterion.title_in(language), required=False, min_value=asked.lowest,
                    max_value=criterion.most, decimal_places=1, initial=stands,
                    widget=forms.TextInput(attrs={"inputmode": "decimal", "dir": "ltr", "autocomplete": "off",
                                                  "maxlength": "5", "class": "input is-points"}),
                )  # fmt: skip
            self.fields[f"a_{one.pk.hex}"] = forms.BooleanField(
                label=gettext("was not there"), required=False, initial=bool(result and result.absent)
            )

    def lines(self) -> list[Line]:
        """The rows of the page."""
        return [
            Line(one, [self[name] for name in self._names(one)], self[f"a_{one.pk.hex}"]) for one in self.learners
        ]  # fmt: skip

    def _names(self, learner: Enrolment) -> list[str]:
        return [f"c_{learner.pk.hex}_{one.code}" for one in self.asked.criteria]

    def clean(self) -> dict[str, Any]:
        """A row is whole, or empty, or somebody who was not there."""
        told = super().clean() or self.cleaned_data
        for one in self.learners:
            names = self._names(one)
            given = [name for name in names if told.get(name) is not None]
            if told.get(f"a_{one.pk.hex}"):
                if given:
                    self.add_error(given[0], gettext("She was not there, so she has no points. Empty one of the two."))
            elif given and len(given) < len(names):
                for name in names:
                    if name not in given and name not in self.errors:
                        self.add_error(name, gettext("Points are missing here. Every part of the exam needs its own."))
        return told

    def results(self) -> dict[uuid.UUID, Marks]:
        """What was typed, by the key of the enrolment; rows that are empty are left out."""
        found = {}
        for one in self.learners:
            if self.cleaned_data.get(f"a_{one.pk.hex}"):
                found[one.pk] = Marks(absent=True)
                continue
            points = {
                criterion.code: self.cleaned_data[f"c_{one.pk.hex}_{criterion.code}"]
                for criterion in self.asked.criteria
                if self.cleaned_data.get(f"c_{one.pk.hex}_{criterion.code}") is not None
            }
            if points:
                found[one.pk] = Marks(points)
        return found


DONE = [("", _("not looked at yet")), ("yes", _("done")), ("no", _("not done"))]


class ProjectsForm(forms.Form):
    """Every learner's project."""

    def __init__(self, *args: Any, learners: Sequence[Enrolment], **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.learners = learners
        for one in learners:
            key = one.pk.hex
            stands = "" if one.project_passed is None else "yes" if one.project_passed else "no"
            self.fields[f"t_{key}"] = forms.CharField(
                label=gettext("What it is"), required=False, max_length=160, widget=_line(), initial=one.project_title
            )
            self.fields[f"d_{key}"] = forms.ChoiceField(
                label=gettext("Done"), required=False, choices=DONE, initial=stands
            )
            self.fields[f"v_{key}"] = forms.IntegerField(widget=forms.HiddenInput, initial=one.version)

    def lines(self) -> list[Line]:
        """The rows of the page."""
        return [Line(one, [self[f"{letter}_{one.pk.hex}"] for letter in "tdv"]) for one in self.learners]

    def projects(self) -> dict[uuid.UUID, ProjectDraft]:
        """What was typed, by the key of the enrolment."""
        passed: Mapping[str, bool | None] = {"": None, "yes": True, "no": False}
        return {
            one.pk: ProjectDraft(
                self.cleaned_data[f"t_{one.pk.hex}"], passed[self.cleaned_data[f"d_{one.pk.hex}"]],
                self.cleaned_data[f"v_{one.pk.hex}"],
            )
            for one in self.learners
        }  # fmt: skip


def first_wrong(lines: Iterable[Line]) -> list[tuple[Enrolment, BoundField, str]]:
    """Every mistake of the rows with whom and where, for the top of the page."""
    return [
        (line.learner, field, str(error))
        for line in lines
        for field in (*line.fields, *([line.absent] if line.absent else []))
        for error in field.errors
        if not field.is_hidden
    ]
