"""The fields that forms of a programme share: days, lines, amounts, titles in four languages, and keys."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from paivand.core.models import new_id
from paivand.core.rules.amounts import read_amount
from paivand.programme.rules.words import LANGUAGES

NOT_SAID = [("", "—")]
NO_NAMES = _("In a few words and without names of people.")


def day(label: Any, **kwargs: Any) -> forms.DateField:
    """A day, by the browser's own calendar."""
    return forms.DateField(
        label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **kwargs
    )  # fmt: skip


def line(label: Any, *, longest: int = 300, **kwargs: Any) -> forms.CharField:
    """A line in any script."""
    widget = forms.TextInput(attrs={"dir": "auto", "autocomplete": "off"})
    return forms.CharField(label=label, max_length=longest, widget=widget, **kwargs)


def lines(label: Any, *, rows: int = 3, longest: int = 2000, **kwargs: Any) -> forms.CharField:
    """A few lines in any script."""
    widget = forms.Textarea(attrs={"rows": rows, "dir": "auto"})
    return forms.CharField(label=label, max_length=longest, widget=widget, **kwargs)


def code_field(label: Any, **kwargs: Any) -> forms.CharField:
    """A code of Latin letters, digits and signs."""
    widget = forms.TextInput(attrs={"dir": "ltr", "autocomplete": "off", "spellcheck": "false"})
    return forms.CharField(label=label, widget=widget, **kwargs)


def translated(names: Mapping[Any, str]) -> list[tuple[str, str]]:
    """Choices with their names in the reader's language."""
    return [(str(key), gettext(name)) for key, name in names.items()]


class AmountField(forms.CharField):
    """An amount as people write it: 12500, 12 500 or 12500.50; empty gives None."""

    def __init__(self, **kwargs: Any) -> None:
        attributes = {"inputmode": "decimal", "autocomplete": "off", "dir": "ltr"}
        super().__init__(**{"max_length": 20, "widget": forms.TextInput(attrs=attributes), **kwargs})

    def clean(self, value: Any) -> Any:
        typed = str(super().clean(value) or "")
        if not typed.strip():
            return None
        amount = read_amount(typed)
        if amount is None:
            raise forms.ValidationError(
                gettext("Write the amount with digits only, such as 12500 or 12500,50."), code="amount"
            )
        return amount


class RateField(forms.CharField):
    """A rate with up to ten decimals; empty gives None."""

    def clean(self, value: Any) -> Any:
        typed = str(super().clean(value) or "").strip().replace(",", ".")
        if not typed:
            return None
        if not re.fullmatch(r"\d{1,5}(?:\.\d{1,10})?", typed):
            raise forms.ValidationError(gettext("Write the rate as a number, such as 0.0915."), code="rate")
        return Decimal(typed)


class ListField(forms.CharField):
    """Several codes, parted by commas, spaces or lines."""

    def clean(self, value: Any) -> Any:
        return tuple(dict.fromkeys(re.split(r"[\s,;]+", str(super().clean(value) or "").strip()))) if value else ()


class PlanForm(forms.Form):
    """A form that knows the version it was opened with, and its own key. ``sections`` say how the page groups it.

    Each section has a heading, which may be empty, its fields, and whether it stands open.
    """

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    form_id = forms.UUIDField(widget=forms.HiddenInput, required=False)

    sections: tuple[tuple[Any, tuple[str, ...], bool], ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.is_bound:
            self.initial.setdefault("form_id", new_id())

    def offer(self, name: str, choices: Iterable[Any]) -> None:
        """Set what a field offers."""
        field: Any = self.fields[name]
        field.choices = list(choices)

    def form_key(self) -> uuid.UUID:
        """The key that makes a second sending of the same form harmless."""
        return self.cleaned_data.get("form_id") or new_id()

    def typed_version(self) -> int:
        """The version of the row when the form was opened."""
        return self.cleaned_data.get("version") or 0

    def grouped(self) -> list[dict[str, Any]]:
        """The sections with their fields; a folded one that holds an error stands open."""
        told = self.sections or (("", tuple(name for name in self.fields if not self[name].is_hidden), True),)
        return [
            {
                "title": title,
                "fields": [self[name] for name in names if name in self.fields],
                "open": opened or any(self.errors.get(name) for name in names),
            }
            for title, names, opened in told
        ]


TITLE_HELP = _("English is needed; another language shows it until it has its own.")


class TitledForm(PlanForm):
    """A form with a title in four languages."""

    title_en = line(_("Title in English"), help_text=TITLE_HELP)
    title_tg = line(_("Title in Tajik"), required=False)
    title_ru = line(_("Title in Russian"), required=False)
    title_fa = line(_("Title in Dari"), required=False)

    OTHER_TITLES = (_("Title in other languages"), ("title_tg", "title_ru", "title_fa"), False)

    def titles(self, stem: str = "title") -> dict[str, str]:
        """What was typed, by language."""
        return {language: self.cleaned_data.get(f"{stem}_{language}") or "" for language in LANGUAGES}


def in_languages(titles: Mapping[str, str], stem: str = "title") -> dict[str, str]:
    """Titles as the fields of a form begin with them."""
    return {f"{stem}_{language}": titles.get(language, "") for language in LANGUAGES}
