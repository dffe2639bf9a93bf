"""What a person typed about psychosocial sessions, groups and their meetings."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from paivand.access.forms.fields import NOT_SAID, RecordForm, day, line, lines, translated
from paivand.cases.models import GroupMeeting, GroupMember, PsychosocialGroup, PsychosocialSession
from paivand.cases.rules.records import WAY_NAMES, Way
from paivand.cases.rules.sessions import (
    LARGEST_GROUP,
    LEFT_NAMES,
    SESSION_OUTCOME_NAMES,
    GroupDraft,
    LeftWhy,
    MeetingDraft,
    SessionDraft,
    SessionOutcome,
    SessionWay,
    flows,
    topics,
)
from paivand.core.rules.attendance import MARK_NAMES, Mark
from paivand.registry.rules.people import LANGUAGE_NAMES

Choices = Sequence[tuple[str, str]]


def _topics(first: Sequence[str] = ()) -> list[tuple[str, str]]:
    """Everything that can be worked on, beginning with what the order of sessions names."""
    language = get_language() or "en"
    codes = [*first, *(code for code in topics() if code not in first)]
    return [(code, topics()[code].title(language)) for code in codes]


def _flows() -> list[tuple[str, str]]:
    return [(flow.code, flow.title(get_language() or "en")) for flow in flows().values()]


class SessionForm(RecordForm):
    """A single session."""

    person = forms.ChoiceField(label=_("With whom"), widget=forms.RadioSelect)
    happened_on = day(_("Day"))
    way = forms.ChoiceField(label=_("Where"), widget=forms.RadioSelect)
    outcome = forms.ChoiceField(label=_("How it came out"), widget=forms.RadioSelect)
    flow = forms.ChoiceField(label=_("Order of sessions"), required=False)
    worked_on = forms.MultipleChoiceField(
        label=_("What was worked on"), required=False, widget=forms.CheckboxSelectMultiple
    )
    note = lines(
        _("For the next session"), rows=3, required=False,
        help_text=_("What to begin with next time. What was confided stays out."),
    )  # fmt: skip
    next_on = day(_("Next session"), required=False)
    reason = line(_("Why it is corrected"), required=False, help_text=_("In a few words and without names."))

    def __init__(self, *args: Any, people: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("person", people)
        self.offer("way", [(str(key), gettext(WAY_NAMES[Way(key.value)])) for key in SessionWay])
        self.offer("outcome", translated(SESSION_OUTCOME_NAMES))
        self.offer("flow", [*NOT_SAID, *_flows()])
        self.offer("worked_on", _topics())
        self.initial.setdefault("happened_on", timezone.localdate())
        self.initial.setdefault("way", SessionWay.OFFICE)
        self.initial.setdefault("outcome", SessionOutcome.COMPLETED)
        if len(people) == 1:
            self.initial.setdefault("person", people[0][0])

    @staticmethod
    def initial_of(session: PsychosocialSession) -> dict[str, Any]:
        """The present values of a session."""
        names = ("happened_on", "way", "outcome", "flow", "worked_on", "note", "next_on", "version")
        return {"person": str(session.person_id), **{name: getattr(session, name) for name in names}}

    def draft(self) -> SessionDraft:
        """The session as typed."""
        clean = self.cleaned_data
        return SessionDraft(
            person=uuid.UUID(clean["person"]), happened_on=clean["happened_on"], way=SessionWay(clean["way"]),
            outcome=SessionOutcome(clean["outcome"]), worked_on=tuple(clean["worked_on"]), note=clean["note"],
            next_on=clean["next_on"], flow=clean["flow"],
        )  # fmt: skip


class GroupForm(RecordForm):
    """A group as it is planned."""

    name = line(_("Name of the group"), longest=120, help_text=_("One that tells nothing: women of the vineyard."))
    place = forms.ChoiceField(label=_("Jamoat"))
    venue = line(_("House or room"), longest=120, required=False)
    facilitator = forms.ChoiceField(label=_("Who leads it"))
    flow = forms.ChoiceField(label=_("Order of sessions"))
    language = forms.ChoiceField(label=_("Language"))
    capacity = forms.IntegerField(
        label=_("How many people"), min_value=2, max_value=LARGEST_GROUP, initial=12,
        widget=forms.NumberInput(attrs={"dir": "ltr", "inputmode": "numeric"}), help_text=_("8 to 12 are the rule."),
    )  # fmt: skip
    starts_on = day(_("First meeting"))

    def __init__(self, *args: Any, places: Choices, staff: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("place", places if len(places) == 1 else [*NOT_SAID, *places])
        self.offer("facilitator", staff)
        self.offer("flow", _flows())
        self.offer("language", translated(LANGUAGE_NAMES))
        self.initial.setdefault("starts_on", timezone.localdate())

    @staticmethod
    def initial_of(group: PsychosocialGroup) -> dict[str, Any]:
        """The present values of a group."""
        names = ("name", "venue", "flow", "language", "capacity", "starts_on", "version")
        return {
            "place": group.place_id, "facilitator": str(group.facilitator_id),
            **{name: getattr(group, name) for name in names},
        }  # fmt: skip

    def draft(self) -> GroupDraft:
        """The group as typed."""
        clean = self.cleaned_data
        return GroupDraft(
            name=clean["name"], facilitator=uuid.UUID(clean["facilitator"]), flow=clean["flow"],
            language=clean["language"], place=clean["place"], starts_on=clean["starts_on"],
            capacity=clean["capacity"], venue=clean["venue"],
        )  # fmt: skip


class LeaveGroupForm(RecordForm):
    """Why somebody left a group before its end."""

    why = forms.ChoiceField(label=_("Why"), widget=forms.RadioSelect)
    left_on = day(_("Day"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("why", translated(LEFT_NAMES))
        self.initial.setdefault("left_on", timezone.localdate())

    def chosen(self) -> LeftWhy:
        """The reason."""
        return LeftWhy(self.cleaned_data["why"])


class MeetingForm(RecordForm):
    """A meeting of a group: a mark for each member, what was worked on, and when the next one is."""

    held_on = day(_("Day"))
    worked_on = forms.MultipleChoiceField(
        label=_("What was worked on"), required=False, widget=forms.CheckboxSelectMultiple
    )
    note = lines(
        _("For the next meeting"), rows=3, required=False,
        help_text=_("What to begin with next time. What was confided stays out."),
    )  # fmt: skip
    next_on = day(_("Next meeting"), required=False)
    reason = line(_("Why it is corrected"), required=False, help_text=_("In a few words and without names."))

    def __init__(
        self, *args: Any, group: PsychosocialGroup, members: Sequence[tuple[GroupMember, str]], **kwargs: Any
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        flow = flows().get(group.flow)
        self.offer("worked_on", _topics(flow.topics if flow else ()))
        self._members = list(members)
        for member, name in self._members:
            self.fields[f"mark_{member.pk}"] = forms.ChoiceField(
                label=name, choices=translated(MARK_NAMES), widget=forms.RadioSelect
            )
        self.initial.setdefault("held_on", timezone.localdate())

    @property
    def mark_fields(self) -> list[Any]:
        """The field of each member's mark."""
        return [self[f"mark_{member.pk}"] for member, _name in self._members]

    @staticmethod
    def initial_of(meeting: GroupMeeting) -> dict[str, Any]:
        """The present values of a meeting with ``marks``."""
        names = ("held_on", "worked_on", "note", "version")
        found = {name: getattr(meeting, name) for name in names}
        return found | {f"mark_{one.member_id}": one.mark for one in meeting.marks}  # type: ignore[attr-defined]

    def draft(self) -> MeetingDraft:
        """The meeting as typed."""
        clean = self.cleaned_data
        marks = {member.pk: Mark(clean[f"mark_{member.pk}"]) for member, _name in self._members}
        return MeetingDraft(
            held_on=clean["held_on"], marks=marks, worked_on=tuple(clean["worked_on"]), note=clean["note"],
            next_on=clean["next_on"],
        )  # fmt: skip
