"""What a person typed about a session: who was there, what was done, when and where it is to be held."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from paivand.access.forms.fields import RecordForm, day, line, lines, translated
from paivand.core.rules.attendance import MARK_NAMES, Mark
from paivand.learning.models import Attendance, Enrolment, Group, Session
from paivand.learning.rules.course import Course, Feature
from paivand.learning.rules.drafts import Marked, SessionDraft, SlotDraft

Choices = Sequence[tuple[str, str]]


def topic_choices(course: Course | None, *, life_skills: bool, first: Iterable[str] = ()) -> list[tuple[str, str]]:
    """The topics of a course, or its life skills, as a form offers them: those of ``first`` before the others."""
    if course is None:
        return []
    language = get_language() or "en"
    rows = {
        topic.code: topic.title_in(language) for module, topic in course.topics() if module.life_skill is life_skills
    }
    front = [code for code in first if code in rows]
    return [(code, rows[code]) for code in [*front, *(code for code in rows if code not in front)]]


class AttendanceForm(RecordForm):
    """A session that was held: a mark for each learner, everybody there unless it is said otherwise."""

    on_day = day(_("Day"))
    topics = forms.MultipleChoiceField(
        label=_("What was taught"), required=False, widget=forms.CheckboxSelectMultiple
    )  # fmt: skip
    life_topics = forms.MultipleChoiceField(
        label=_("Life skills"), required=False, widget=forms.CheckboxSelectMultiple
    )  # fmt: skip
    energiser = line(_("Game or song between"), longest=120, required=False)
    note = lines(
        _("Notes on the session"), rows=3, required=False,
        help_text=_("What went well and what to repeat. Names of learners stay out."),
    )  # fmt: skip
    reason = line(_("Why it is corrected"), required=False, help_text=_("In a few words and without names."))

    def __init__(
        self, *args: Any, group: Group, session: Session, course: Course | None, learners: Sequence[Enrolment],
        correcting: bool = False, **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        self._learners = list(learners)
        self._correcting = correcting
        self.offer("topics", topic_choices(course, life_skills=False, first=session.topics))
        life_skills = topic_choices(course, life_skills=True, first=session.life_topics)
        if course is None or not course.has(Feature.JUNIOR) or not life_skills:
            del self.fields["life_topics"]
        else:
            self.offer("life_topics", life_skills)
        if course is None or not course.has(Feature.JUNIOR):
            del self.fields["energiser"]
        if not correcting:
            del self.fields["reason"]
        else:
            self.fields["reason"].required = True
        for row in self._learners:
            self.fields[f"mark_{row.pk}"] = forms.ChoiceField(
                label=row.name, choices=translated(MARK_NAMES), widget=forms.RadioSelect, required=not correcting
            )
            self.fields[f"note_{row.pk}"] = line(
                gettext("Note on %(name)s") % {"name": row.name}, longest=200, required=False
            )

    @property
    def rows(self) -> list[tuple[Any, Any]]:
        """The fields of mark and note of each learner."""
        return [(self[f"mark_{row.pk}"], self[f"note_{row.pk}"]) for row in self._learners]

    @property
    def n_planned(self) -> int:
        """How many topics stand before the others, because they are planned or were taught."""
        return len(self.initial.get("topics") or [])

    @staticmethod
    def initial_of(
        session: Session, learners: Iterable[Enrolment], marks: Mapping[uuid.UUID, Attendance], *, preset: bool
    ) -> dict[str, Any]:
        """What stands now; with ``preset`` everybody without a mark was there."""
        names = ("on_day", "topics", "life_topics", "energiser", "note", "version")
        found: dict[str, Any] = {name: getattr(session, name) for name in names}
        for row in learners:
            mark = marks.get(row.pk)
            found[f"mark_{row.pk}"] = mark.mark if mark else (Mark.PRESENT if preset else "")
            found[f"note_{row.pk}"] = mark.note if mark else ""
        return found

    def draft(self) -> SessionDraft:
        """The session as typed. In a correction whoever has no mark and is given none stays without."""
        clean = self.cleaned_data
        marks = {
            row.pk: Marked(Mark(clean[f"mark_{row.pk}"]), clean.get(f"note_{row.pk}", ""))
            for row in self._learners
            if clean.get(f"mark_{row.pk}")
        }
        return SessionDraft(
            on_day=clean["on_day"], marks=marks, topics=tuple(clean["topics"]), note=clean["note"],
            life_topics=tuple(clean.get("life_topics", ())), energiser=clean.get("energiser", ""),
            reason=clean.get("reason", ""),
        )  # fmt: skip

    def says_what_stands(self, session: Session, marks: Mapping[uuid.UUID, Attendance]) -> bool:
        """Whether everything that was typed stands already: the same form, sent a second time."""
        draft = self.draft()
        there = {key: (row.mark, row.note) for key, row in marks.items()}
        typed = {key: (str(one.mark), one.note.strip()) for key, one in draft.marks.items()}
        return (
            typed == there
            and draft.on_day == session.on_day
            and draft.note.strip() == session.note
            and (not draft.topics or list(draft.topics) == session.topics)
        )


class SlotForm(RecordForm):
    """When and where a session is to be held, and what it is about."""

    on_day = day(_("Day"))
    starts_at = forms.TimeField(
        label=_("Begins at"), widget=forms.TimeInput(attrs={"type": "time", "dir": "ltr"}, format="%H:%M")
    )
    hours = forms.DecimalField(
        label=_("Hours"), min_value=0, max_digits=4, decimal_places=2,
        widget=forms.NumberInput(attrs={"step": "0.25", "inputmode": "decimal", "dir": "ltr"}),
    )  # fmt: skip
    room = line(_("Room"), longest=60, required=False)
    trainer = forms.ChoiceField(label=_("Who teaches it"), required=False)
    topics = forms.MultipleChoiceField(label=_("Topics"), required=False, widget=forms.CheckboxSelectMultiple)
    practical = forms.BooleanField(label=_("Its hours count as practice"), required=False)
    anyway = forms.BooleanField(label=_("It is meant so, although somebody or the room is taken"), required=False)

    def __init__(
        self, *args: Any, course: Course | None, trainers: Choices, session: Session | None = None, **kwargs: Any
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        self.offer("topics", topic_choices(course, life_skills=False, first=session.topics if session else ()))
        self.offer("trainer", trainers)
        if session is not None:
            del self.fields["practical"]

    @property
    def n_planned(self) -> int:
        """How many topics stand before the others, because they are planned."""
        return len(self.initial.get("topics") or [])

    @staticmethod
    def initial_of(session: Session) -> dict[str, Any]:
        """What is planned now."""
        names = ("on_day", "starts_at", "hours", "room", "topics", "version")
        return {"trainer": str(session.trainer_id or ""), **{name: getattr(session, name) for name in names}}

    def draft(self) -> SlotDraft:
        """The session as typed."""
        clean = self.cleaned_data
        return SlotDraft(
            on_day=clean["on_day"], starts_at=clean["starts_at"], hours=clean["hours"], room=clean["room"],
            topics=tuple(clean["topics"]), trainer=uuid.UUID(clean["trainer"]) if clean["trainer"] else None,
        )  # fmt: skip


class WhyForm(RecordForm):
    """Why something is done that others will ask about: a session struck out, a group cancelled."""

    why = line(_("Why"), help_text=_("In a few words and without names."))
