"""The fields that forms of every room share: days, lines, numbers, and the keys that make a second sending harmless."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext

from paivand.core.models import new_id
from paivand.core.rules.amounts import read_amount

NOT_SAID = [("", "—")]
"""The first choice where nothing was chosen."""

__all__ = ["NOT_SAID", "AmountField", "RecordForm", "WholeField", "count", "day", "line", "lines", "translated"]


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


def count(label: Any, *, least: int = 0, most: int = 10_000, **kwargs: Any) -> forms.IntegerField:
    """A small whole number, typed on a phone's number keys."""
    widget = forms.NumberInput(attrs={"inputmode": "numeric", "dir": "ltr", "autocomplete": "off"})
    return forms.IntegerField(label=label, min_value=least, max_value=most, widget=widget, **kwargs)


class WholeField(forms.CharField):
    """A whole number as people write it on a phone: 12500 or 12 500, in any digits; empty gives None.

    A number below nought is read as such, so that the rule can say what is wrong with it.
    """

    def __init__(self, **kwargs: Any) -> None:
        attributes = {"inputmode": "numeric", "autocomplete": "off", "dir": "ltr", "enterkeyhint": "next"}
        kwargs.setdefault("required", False)
        super().__init__(max_length=16, widget=forms.TextInput(attrs=attributes), **kwargs)

    def clean(self, value: Any) -> int | None:
        typed = str(super().clean(value) or "").strip()
        if not typed:
            return None
        below = typed.startswith(("-", "\u2212"))
        amount = read_amount(typed.lstrip("-\u2212"))
        if amount is None or amount % 1:
            raise forms.ValidationError(gettext("Write a whole number with digits only, such as 120."), code="number")
        return -int(amount) if below else int(amount)


class AmountField(forms.CharField):
    """An amount, a measure or a share as people write it: 12500, 12 500, 12.500 or 12500,50; empty gives None."""

    def __init__(self, **kwargs: Any) -> None:
        attributes = {"inputmode": "decimal", "autocomplete": "off", "dir": "ltr", "enterkeyhint": "next"}
        kwargs.setdefault("required", False)
        super().__init__(**{"max_length": 20, "widget": forms.TextInput(attrs=attributes), **kwargs})

    def clean(self, value: Any) -> Decimal | None:
        typed = str(super().clean(value) or "")
        if not typed.strip():
            return None
        amount = read_amount(typed)
        if amount is None:
            raise forms.ValidationError(
                gettext("Write the amount with digits only, such as 12500 or 12500,50."), code="amount"
            )
        return amount


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

    def offer(self, name: str, choices: Iterable[Any]) -> None:
        """Set what a field offers."""
        field: Any = self.fields[name]
        field.choices = list(choices)

    def without(self, *names: str) -> None:
        """Leave fields away."""
        for name in names:
            del self.fields[name]

    def form_key(self) -> uuid.UUID:
        """The key that makes a second sending of the same form harmless."""
        return self.cleaned_data.get("form_id") or new_id()

    def typed_version(self) -> int:
        """The version of the row when the form was opened."""
        return self.cleaned_data.get("version") or 0
