"""The fields that forms of a programme share: days, lines, amounts, titles in four languages, and keys."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from paivand.access.forms import fields
from paivand.access.forms.fields import RecordForm, line
from paivand.programme.rules.words import LANGUAGES

NO_NAMES = _("In a few words and without names of people.")


def code_field(label: Any, **kwargs: Any) -> forms.CharField:
    """A code of Latin letters, digits and signs."""
    widget = forms.TextInput(attrs={"dir": "ltr", "autocomplete": "off", "spellcheck": "false"})
    return forms.CharField(label=label, widget=widget, **kwargs)


def lines(label: Any, *, rows: int = 3, longest: int = 2000, **kwargs: Any) -> forms.CharField:
    """A few lines in any script; shorter than elsewhere."""
    return fields.lines(label, rows=rows, longest=longest, **kwargs)


class AmountField(fields.AmountField):
    """An amount that is asked for unless told otherwise."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"required": True, **kwargs})


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


class PlanForm(RecordForm):
    """A form of a plan. ``sections`` say how the page groups it.

    Each section has a heading, which may be empty, its fields, and whether it stands open.
    """

    sections: tuple[tuple[Any, tuple[str, ...], bool], ...] = ()

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
