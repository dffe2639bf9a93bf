"""What a person typed about a group: its place, days, trainers; and who teaches besides."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from paivand.access.forms.fields import NOT_SAID, RecordForm, count, day, line, lines, translated
from paivand.core.templatetags.paivand import locale
from paivand.learning.models import Group, GroupTrainer
from paivand.learning.rules.course import Course, say
from paivand.learning.rules.drafts import GroupDraft, TrainerDraft
from paivand.learning.rules.states import TRAINER_ROLE_NAMES, TrainerRole
from paivand.learning.rules.timetable import Pause, Plan
from paivand.registry.models import Participant
from paivand.registry.rules.people import LANGUAGE_NAMES

Choices = Sequence[tuple[str, str]]


def _weekdays() -> list[tuple[str, str]]:
    names = locale().days["stand-alone"]["wide"]
    return [(str(n), str(names[n])) for n in range(7)]


class GroupForm(RecordForm):
    """A group of one course as it is planned."""

    name = line(_("Name of the group"), longest=120, help_text=_("As people will call it: Seamstresses of Ziraki, 2."))
    language = forms.ChoiceField(label=_("Language"))
    place = forms.ChoiceField(label=_("Jamoat"))
    venue = line(_("House, school or field"), longest=120, required=False)
    room = line(_("Room"), longest=60, required=False)
    starts_on = day(_("Begins on"))
    weekdays = forms.MultipleChoiceField(label=_("Days of the week"), widget=forms.CheckboxSelectMultiple)
    every_weeks = count(_("Every how many weeks"), least=1, most=12, initial=1)
    starts_at = forms.TimeField(
        label=_("From what time"), widget=forms.TimeInput(attrs={"type": "time", "dir": "ltr"}, format="%H:%M")
    )
    session_hours = forms.DecimalField(
        label=_("Hours of a session"), min_value=0, max_digits=4, decimal_places=2,
        widget=forms.NumberInput(attrs={"step": "0.25", "inputmode": "decimal", "dir": "ltr"}),
    )  # fmt: skip
    pause_from = day(_("Pause from"), required=False, help_text=_("Harvest, school holidays: no sessions then."))
    pause_until = day(_("Pause until"), required=False, help_text=_("Both days belong to it."))
    capacity = count(_("How many places"), least=1)
    lead = forms.ChoiceField(label=_("Who leads it"))
    qualification = line(
        _("What entitles the trainer to teach this"), longest=200,
        help_text=_("A diploma, a training, years of practice."),
    )  # fmt: skip
    second = forms.ChoiceField(label=_("Second trainer"), required=False)
    second_qualification = line(_("What entitles the second trainer"), longest=200, required=False)
    child_care = forms.BooleanField(label=_("Somebody looks after the children"), required=False)
    transport = forms.BooleanField(label=_("The way is paid, or a bus comes"), required=False)
    note = lines(
        _("To know beforehand"), rows=3, required=False, help_text=_("What to bring, whom to ask, where the door is.")
    )
    anyway = forms.BooleanField(label=_("It is meant so, although somebody or the room is taken"), required=False)

    def __init__(
        self, *args: Any, course: Course, places: Choices, trainers: Choices, planned: bool = True, **kwargs: Any
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        self.course = course
        self.offer("language", translated(LANGUAGE_NAMES))
        self.offer("place", places if len(places) == 1 else [*NOT_SAID, *places])
        self.offer("weekdays", _weekdays())
        self.offer("lead", trainers)
        self.offer("second", [*NOT_SAID, *trainers])
        hint = say(course.size.qualification, get_language() or "en")
        if hint:
            self.fields["qualification"].help_text = hint
        self.fields["capacity"].help_text = gettext("%(least)s to %(most)s are the rule for this course.") % {
            "least": course.size.least, "most": course.size.most,
        }  # fmt: skip
        if planned:
            self._propose(course)

    def _propose(self, course: Course) -> None:
        """What the course proposes for a new group."""
        rhythm = course.rhythm
        for name, value in (
            ("weekdays", [str(n) for n in rhythm.weekdays]), ("every_weeks", rhythm.every_weeks),
            ("starts_at", rhythm.at), ("session_hours", rhythm.hours), ("capacity", course.size.most),
            ("starts_on", timezone.localdate()), ("language", "tg"),
        ):  # fmt: skip
            self.initial.setdefault(name, value)

    @staticmethod
    def initial_of(group: Group, trainers: Sequence[GroupTrainer]) -> dict[str, Any]:
        """The present values of a group."""
        names = (
            "name", "language", "venue", "room", "starts_on", "every_weeks", "starts_at", "session_hours", "capacity",
            "child_care", "transport", "note", "version",
        )  # fmt: skip
        stands = {row.user_id: row.qualification for row in trainers if row.user_id and not row.until_on}
        return {
            **{name: getattr(group, name) for name in names},
            "place": group.place_id, "weekdays": [str(n) for n in group.weekdays], "lead": str(group.owner_id),
            "second": str(group.second_id or ""),
            "qualification": stands.get(group.owner_id, "") if group.owner_id else "",
            "second_qualification": stands.get(group.second_id, "") if group.second_id else "",
        }  # fmt: skip

    def clean(self) -> dict[str, Any]:
        clean: dict[str, Any] = super().clean() or {}
        first, last = clean.get("pause_from"), clean.get("pause_until")
        if bool(first) != bool(last) or (first and last and last < first):
            self.add_error(
                "pause_until", forms.ValidationError(gettext("Write the first and the last day of the pause."))
            )
        return clean

    def pauses(self) -> tuple[Pause, ...]:
        """The days on which the group does not meet."""
        first, last = self.cleaned_data.get("pause_from"), self.cleaned_data.get("pause_until")
        return (Pause(first, last),) if first and last else ()

    def plan(self) -> Plan:
        """When the group meets.

        Raises:
            ValueError: for a plan that cannot be.
        """
        clean = self.cleaned_data
        return Plan(
            clean["starts_on"], tuple(int(n) for n in clean["weekdays"]), clean["starts_at"], clean["session_hours"],
            clean["every_weeks"], self.pauses(),
        )  # fmt: skip

    def draft(self) -> GroupDraft:
        """The group as typed."""
        clean = self.cleaned_data
        same = (
            "name", "language", "place", "starts_on", "starts_at", "session_hours", "capacity", "qualification",
            "second_qualification", "every_weeks", "venue", "room", "child_care", "transport", "note",
        )  # fmt: skip
        return GroupDraft(
            course=self.course.code, weekdays=tuple(int(n) for n in clean["weekdays"]), lead=uuid.UUID(clean["lead"]),
            second=uuid.UUID(clean["second"]) if clean["second"] else None, **{name: clean[name] for name in same},
        )  # fmt: skip


class TrainerForm(RecordForm):
    """Somebody who teaches besides the lead and the second trainer."""

    role = forms.ChoiceField(label=_("Part"), widget=forms.RadioSelect)
    graduate = forms.ChoiceField(
        label=_("Graduate of a training of trainers"), required=False,
        help_text=_("Or write the name below, for somebody who is not in the register."),
    )  # fmt: skip
    name = line(_("Name"), longest=160, required=False)
    qualification = line(
        _("What entitles the trainer to teach this"), longest=200,
        help_text=_("A diploma, a training, years of practice."),
    )  # fmt: skip
    from_on = day(_("From"))

    def __init__(self, *args: Any, graduates: Sequence[Participant], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        roles = (TrainerRole.FACILITATOR, TrainerRole.GUEST)
        self.offer("role", [(str(key), gettext(TRAINER_ROLE_NAMES[key])) for key in roles])
        self.offer("graduate", [*NOT_SAID, *((str(one.pk), one.name) for one in graduates)])
        self.initial.setdefault("role", TrainerRole.FACILITATOR)
        self.initial.setdefault("from_on", timezone.localdate())

    def draft(self) -> TrainerDraft:
        """The trainer as typed."""
        clean = self.cleaned_data
        return TrainerDraft(
            name=clean["name"], qualification=clean["qualification"], role=TrainerRole(clean["role"]),
            from_on=clean["from_on"], participant=uuid.UUID(clean["graduate"]) if clean["graduate"] else None,
        )  # fmt: skip
