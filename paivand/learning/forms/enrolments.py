"""What a person typed when somebody is put forward for a group, or leaves it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from paivand.access.forms.fields import RecordForm, day, line, lines, translated
from paivand.learning.queries.openings import Answer
from paivand.learning.rules.course import Course, Feature
from paivand.learning.rules.drafts import LearnerDraft
from paivand.learning.rules.states import BY_HAND, LEFT_NAMES, LeftWhy
from paivand.registry.models import Person
from paivand.registry.rules.keys import row_key

Choices = Sequence[tuple[str, Any]]

GONE = tuple(why for why in BY_HAND if why not in {LeftWhy.FULL, LeftWhy.NOT_ELIGIBLE})
"""Why somebody leaves by herself; the others are answers of those who teach."""


class PutForwardForm(RecordForm):
    """Who of a family is put forward for a group, what they say to it, and who agreed for a child.

    Args:
        answers: those who may join.
        course: what is asked depends on it.
        countries: to choose from, where people leave for another country.
    """

    people = forms.MultipleChoiceField(
        label=_("Who is put forward"), widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one person.")},
    )  # fmt: skip
    said = lines(
        _("What she or he says to it"), rows=2, longest=300, required=False,
        help_text=_("The trainer reads it. Nothing about the family's troubles."),
    )  # fmt: skip
    guardian_name = line(_("Which parent or guardian agreed"), longest=160, required=False)
    guardian_agreed_on = day(_("The guardian agreed on"), required=False)
    child_agreed_on = day(_("The child agreed on"), required=False)
    destination = forms.ChoiceField(label=_("Where to"), required=False)
    calls_agreed_on = day(
        _("Agreed to be called afterwards on"), required=False,
        help_text=_("Leave it empty if the answer was no."),
    )  # fmt: skip

    def __init__(
        self, *args: Any, answers: Sequence[Answer], course: Course, countries: Choices, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.answers = {str(one.learner.person.pk): one for one in answers}
        self.course = course
        self.offer("people", [(key, one.learner.person.full_name) for key, one in self.answers.items()])
        self.children = {key for key, one in self.answers.items() if one.learner.is_child}
        if not self.children:
            for name in ("guardian_name", "guardian_agreed_on", "child_agreed_on"):
                del self.fields[name]
        if course.has(Feature.DEPARTURE):
            self.offer("destination", countries)
        else:
            del self.fields["destination"], self.fields["calls_agreed_on"]

    def clean(self) -> dict[str, Any]:
        """For a child the guardian agreed, and where the course asks for it the child too."""
        clean: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.children.intersection(clean.get("people") or ()):
            return clean
        if not (clean.get("guardian_name") and clean.get("guardian_agreed_on")):
            self.add_error(
                "guardian_name", gettext("This is a child. Write down which parent or guardian agreed, and when.")
            )
        if self.course.has(Feature.JUNIOR) and not clean.get("child_agreed_on"):
            self.add_error("child_agreed_on", gettext("Ask the child too, and write down when it agreed."))
        return clean

    def chosen(self) -> list[tuple[uuid.UUID, Person, LearnerDraft]]:
        """Those who are put forward, each with the key of the enrolment and what was told."""
        clean = self.cleaned_data
        rows = []
        for key in clean["people"]:
            child = key in self.children
            draft = LearnerDraft(
                said=clean["said"], destination=clean.get("destination") or "",
                calls_agreed_on=clean.get("calls_agreed_on"),
                guardian_name=clean.get("guardian_name", "") if child else "",
                guardian_agreed_on=clean.get("guardian_agreed_on") if child else None,
                child_agreed_on=clean.get("child_agreed_on") if child else None,
            )  # fmt: skip
            person = self.answers[key].learner.person
            rows.append((row_key(self.form_key(), person.pk), person, draft))
        return rows


class LeaveForm(RecordForm):
    """Why somebody left before the end, or does not wish to come."""

    why = forms.ChoiceField(label=_("Why"), widget=forms.RadioSelect)
    said = line(_("In a few words"), required=False, help_text=_("The trainer and those who follow her read it."))
    on = day(_("Since"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("why", translated({why: LEFT_NAMES[why] for why in GONE}))
        self.initial.setdefault("on", timezone.localdate())
