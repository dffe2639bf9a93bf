"""What a person chooses in the inbox, and the answers of a form as she mends them."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from paivand.access.models import User
from paivand.collect.models import Form
from paivand.collect.queries.entities import Side
from paivand.collect.queries.inbox import Filters
from paivand.collect.rules.answered import SEVERAL, Line
from paivand.collect.rules.entities import Resolution
from paivand.collect.rules.members import CARRIED
from paivand.collect.rules.submissions import STATE_NAMES, SubmissionState
from paivand.registry.rules.families import HOUSING_NAMES, LAND_NAMES
from paivand.registry.rules.migration import ABSENCE_NAMES

MOST_TYPED = 10_000
_NUMBERS = {"integer": "numeric", "decimal": "decimal"}


class InboxForm(forms.Form):
    """The choice of forms, senders and day."""

    state = forms.ChoiceField(required=False, widget=forms.HiddenInput)
    form = forms.ChoiceField(label=_("Form"), required=False)
    sender = forms.ChoiceField(label=_("Sent by"), required=False)
    on = forms.DateField(
        label=_("Arrived on"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, *args: Any, kinds: Sequence[Form], senders: Sequence[User], language: str, **more: Any) -> None:
        super().__init__(*args, **more)
        fields: dict[str, Any] = self.fields
        fields["state"].choices = [(str(key), gettext(name)) for key, name in STATE_NAMES.items()]
        fields["form"].choices = [("", gettext("all")), *((one.code, one.title(language)) for one in kinds)]
        fields["sender"].choices = [("", gettext("all")), *((str(one.pk), one.full_name) for one in senders)]

    def filters(self) -> Filters:
        """What is chosen; what cannot be understood counts as not chosen."""
        self.is_valid()
        clean = self.cleaned_data
        sender = clean.get("sender") or ""
        return Filters(
            clean.get("state") or "", clean.get("form") or "", uuid.UUID(sender) if sender else None, clean.get("on")
        )


class MendForm(forms.Form):
    """The answers of a filled form, each as a field. Files stay as they came; one that never came may be given up.

    Args:
        lines: all questions with their answers as they are now.
        offered: for a list the entries to choose from.
        arrived: the names of the files that are here.
    """

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, lines: Sequence[Line], offered: Callable[[str], Sequence[tuple[str, str]]],
        arrived: Collection[str] = (), **more: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **more)
        self.paths: dict[str, Line] = {}
        asked = (line for line in lines if line.is_answer and not (line.is_file and line.value in {"", *arrived}))
        for n, line in enumerate(asked):
            name = f"q{n}"
            self.paths[name] = line
            if line.is_file:
                without = gettext("%(question)s: take the form in without this file") % {"question": line.label}
                self.fields[name] = forms.BooleanField(label=without, required=False)
                continue
            self.fields[name] = _field(line, offered)
            several = isinstance(self.fields[name], forms.MultipleChoiceField)
            self.initial.setdefault(name, line.value.split() if several else line.value)

    def values(self) -> dict[str, str]:
        """All answers by the paths of their questions."""
        found = {}
        for name, line in self.paths.items():
            said = self.cleaned_data.get(name)
            if line.is_file:
                said = "" if said else line.value
            words = " ".join(said) if isinstance(said, list) else str(said or "")
            found[line.path] = words.replace("\r\n", "\n")
        return found

    def bound(self, line: Line) -> forms.BoundField | None:
        """The field of a line."""
        return next((self[name] for name, one in self.paths.items() if one.path == line.path), None)


def _field(line: Line, offered: Callable[[str], Sequence[tuple[str, str]]]) -> forms.Field:
    choices = list(line.choices or (offered(line.list) if line.list else ()))
    shown: dict[str, Any] = {"label": line.label, "required": False}
    if choices or line.list:  # a list of which nothing is offered is one of choices too, and no text to be typed
        known = {key for key, _words in choices}
        now = line.value.split() if line.type in SEVERAL else [line.value] if line.value else []
        told = dict(zip(now, line.told, strict=False))
        choices += [(value, told.get(value, value)) for value in now if value not in known]
        if line.type in SEVERAL:
            return forms.MultipleChoiceField(choices=choices, widget=forms.CheckboxSelectMultiple, **shown)
        return forms.ChoiceField(choices=[("", "—"), *choices], **shown)
    return forms.CharField(max_length=MOST_TYPED, widget=_widget(line), **shown)


def _widget(line: Line) -> forms.Widget:
    if line.type == "date" and (not line.value or _is_day(line.value)):
        return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    if line.type in _NUMBERS:
        return forms.TextInput(attrs={"inputmode": _NUMBERS[line.type], "autocomplete": "off", "dir": "ltr"})
    if line.type == "text" and (len(line.value) > 80 or "\n" in line.value):
        return forms.Textarea(attrs={"rows": 4, "dir": "auto"})
    return forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"})


def _is_day(value: str) -> bool:
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return len(value) == 10  # 2026-11-29: what a field for days can show


class AsideForm(forms.Form):
    """Why a form is set aside."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(max_length=300, required=False)


class DecisionForm(forms.Form):
    """An answer to what is held."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    answer = forms.CharField(max_length=40)
    reason = forms.CharField(max_length=300, required=False)


class VersionForm(forms.Form):
    """How far the page was that somebody acts on."""

    version = forms.IntegerField(widget=forms.HiddenInput)


class ConflictForm(forms.Form):
    """How a conflict is settled; the values count only where something else is written.

    Args:
        sides: the properties that are disputed. Where somebody is cannot be written here, only chosen between the two.
        now: the values as they stand; the fields begin with them.
    """

    version = forms.IntegerField(widget=forms.HiddenInput)
    seen = forms.IntegerField(widget=forms.HiddenInput)
    keeps = forms.ChoiceField(label=_("What counts"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, sides: Sequence[Side], now: Mapping[str, str], **more: Any) -> None:
        super().__init__(*args, **more)
        fields: dict[str, Any] = self.fields
        writable = [side for side in sides if side.name != "lives"]
        fields["keeps"].choices = [
            (str(Resolution.SENT), gettext("What was sent")),
            (str(Resolution.FORMER), gettext("What stood there before")),
            *([(str(Resolution.OTHER), gettext("Something else, written below"))] if writable else []),
        ]
        names: dict[str, Mapping[Any, str]] = {
            "housing": HOUSING_NAMES, "land": LAND_NAMES, "absence": {one: ABSENCE_NAMES[one] for one in CARRIED},
        }  # fmt: skip
        for side in writable:
            if side.name in names:
                choices = [("", gettext("not known")), *((str(k), gettext(n)) for k, n in names[side.name].items())]
                self.fields[side.name] = forms.ChoiceField(label=side.label, choices=choices, required=False)
            else:
                self.fields[side.name] = forms.CharField(
                    label=side.label, max_length=120, required=False,
                    widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"}),
                )  # fmt: skip
            self.initial.setdefault(side.name, now.get(side.name, ""))
        self.own = [side.name for side in writable]

    def values(self) -> dict[str, str]:
        """What is written instead."""
        if self.cleaned_data["keeps"] != Resolution.OTHER:
            return {}
        return {name: self.cleaned_data[name] for name in self.own}

    def others(self) -> list[forms.BoundField]:
        """The fields for something else."""
        return [self[name] for name in self.own]


def states(counts: Mapping[str, int]) -> list[tuple[str, str, int | None]]:
    """The states to choose from, each with its name and how many there are, where that is counted."""
    order = (SubmissionState.MEND, SubmissionState.HELD, SubmissionState.WAITING, SubmissionState.ASIDE)
    return [(str(key), STATE_NAMES[key], counts.get(key)) for key in (*order, SubmissionState.TAKEN)]
