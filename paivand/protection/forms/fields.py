"""Questions that may be declined, and the few other fields of the sealed room.

An empty answer means that a question was not asked; "prefers not to say" is an answer, and is kept as one.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, ClassVar

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from paivand.core.models import new_id

DECLINED = "declined"
Group = tuple[Any, Any, tuple[str, ...]]
YES, NO = "yes", "no"
_YES_OR_NO = {YES: _("yes"), NO: _("no")}


def translated(names: Mapping[Any, Any]) -> list[tuple[str, str]]:
    """Choices with their names in the reader's language."""
    return [(str(key), gettext(name)) for key, name in names.items()]


def line(**attrs: str) -> forms.TextInput:
    """A line in any script that no browser keeps."""
    return forms.TextInput(attrs={"dir": "auto", "autocomplete": "off", **attrs})


def lines(rows: int = 3) -> forms.Textarea:
    """Several lines in any script that no browser keeps."""
    return forms.Textarea(attrs={"rows": rows, "dir": "auto", "autocomplete": "off"})


def day_widget() -> forms.DateInput:
    """A day, by the browser's own calendar."""
    return forms.DateInput(attrs={"type": "date", "autocomplete": "off"}, format="%Y-%m-%d")


class Choice(forms.ChoiceField):
    """One of a vocabulary; where it may be declined, that is one of the choices."""

    def __init__(self, names: Mapping[Any, Any], *, may_decline: bool = False, **kwargs: Any) -> None:
        self.names, self.may_decline = names, may_decline
        kwargs.setdefault("required", False)
        super().__init__(**kwargs)

    def in_words(self) -> list[tuple[str, str]]:
        """The choices in the reader's language."""
        first = [] if self.required and isinstance(self.widget, forms.RadioSelect) else [("", gettext("— not asked"))]
        if self.required and not isinstance(self.widget, forms.RadioSelect):
            first = [("", "—")]
        last = [(DECLINED, gettext("prefers not to say"))] if self.may_decline else []
        return [*first, *translated(self.names), *last]


class YesOrNo(Choice):
    """Yes, no, not asked, or declined."""

    def __init__(self, *, may_decline: bool = True, **kwargs: Any) -> None:
        super().__init__(_YES_OR_NO, may_decline=may_decline, **kwargs)


def answer(value: str) -> bool | None:
    """Yes or no as a value; None for what was not asked or declined."""
    return {YES: True, NO: False}.get(value)


def chosen(value: bool | None) -> str:
    """The other way round."""
    return "" if value is None else YES if value else NO


class SealedForm(forms.Form):
    """A form of the room: its groups for the screen, the key of its rows, and the version it was opened with."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    form_id = forms.UUIDField(widget=forms.HiddenInput, required=False)

    GROUPS: ClassVar[tuple[Group, ...]] = ()
    """Title, note and names of fields of each part of the form."""
    TICKS: ClassVar[tuple[str, ...]] = ()
    """Fields of free words that may be declined by a tick of their own."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.TICKS:
            self.fields[f"declined_{name}"] = forms.BooleanField(label=_("prefers not to say"), required=False)
        for field in self.fields.values():
            if isinstance(field, Choice):
                field.choices = field.in_words()
            if isinstance(field, forms.DateField):
                field.widget = day_widget()
        if not self.is_bound:
            self.initial.setdefault("form_id", new_id())

    @property
    def groups(self) -> list[dict[str, Any]]:
        """The parts of the form, each field with the tick that declines it."""
        return [
            {
                "title": title,
                "note": note,
                "fields": [
                    {"field": self[name], "tick": self[f"declined_{name}"] if name in self.TICKS else None}
                    for name in names
                    if name in self.fields
                ],
            }
            for title, note, names in self.GROUPS
            if any(name in self.fields for name in names)
        ]

    def form_key(self) -> uuid.UUID:
        """The key that makes a second sending of the same form harmless."""
        return self.cleaned_data.get("form_id") or new_id()

    def opened_with(self) -> int:
        """The version that the form was opened with."""
        return int(self.cleaned_data.get("version") or 0)

    def declined(self, names: Iterable[str]) -> frozenset[str]:
        """The questions among ``names`` that were declined, by a choice or by a tick."""
        clean = self.cleaned_data
        return frozenset(name for name in names if clean.get(name) == DECLINED or clean.get(f"declined_{name}") is True)

    def told(self, name: str) -> str:
        """The answer to a question; empty where it was declined."""
        value = self.cleaned_data.get(name) or ""
        return "" if value == DECLINED else str(value)

    @staticmethod
    def with_declined(initial: dict[str, Any], declined: Iterable[str], ticks: Iterable[str]) -> dict[str, Any]:
        """Initial values in which declined questions say so."""
        ticks = set(ticks)
        for name in declined:
            initial[f"declined_{name}" if name in ticks else name] = True if name in ticks else DECLINED
        return initial


def today() -> date:
    """Today, where the programme works."""
    return timezone.localdate()
