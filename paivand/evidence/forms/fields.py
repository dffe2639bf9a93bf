"""The fields that forms of reports share, and the keys that make a second sending harmless."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext

from paivand.core.models import new_id


def day(label: Any, **kwargs: Any) -> forms.DateField:
    """A day, by the browser's own calendar."""
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, **kwargs)


def line(label: Any, *, longest: int = 300, **kwargs: Any) -> forms.CharField:
    """A line in any script."""
    widget = forms.TextInput(attrs={"dir": "auto", "autocomplete": "off"})
    return forms.CharField(label=label, max_length=longest, widget=widget, **kwargs)


def lines(label: Any, *, rows: int = 4, longest: int = 5000, **kwargs: Any) -> forms.CharField:
    """A few lines in any script."""
    widget = forms.Textarea(attrs={"rows": rows, "dir": "auto"})
    return forms.CharField(label=label, max_length=longest, widget=widget, **kwargs)


def translated(names: Mapping[Any, str]) -> list[tuple[str, str]]:
    """Choices with their names in the reader's language."""
    return [(str(key), gettext(name)) for key, name in names.items()]


class RecordForm(forms.Form):
    """A form that knows the version it was opened with, and its own key."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    form_id = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.is_bound:
            self.initial.setdefault("form_id", new_id())

    def offer(self, name: str, choices: Iterable[tuple[str, str]]) -> None:
        """Set what a field offers."""
        field: Any = self.fields[name]
        field.choices = list(choices)

    def form_key(self) -> uuid.UUID:
        """The key that makes a second sending of the same form harmless."""
        return self.cleaned_data.get("form_id") or new_id()

    def typed_version(self) -> int:
        """The version of the row when the form was opened."""
        return self.cleaned_data.get("version") or 0
