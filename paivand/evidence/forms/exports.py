"""The questions of the page on which results are taken out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time
from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from paivand.evidence.rules.indicators import DIMENSION_NAMES, Dimension
from paivand.evidence.rules.outward.facts import MONTHLY, QUARTERLY, periods
from paivand.evidence.rules.outward.wanted import ABOUT, MOST_DIMENSIONS, MOST_PERIODS, PARTED_BY, Format, Wanted
from paivand.programme.models import Programme

_DAY = {"type": "date"}


class ExportForm(forms.Form):
    """Format, programme, time, dimensions and language of a file."""

    format = forms.ChoiceField(label=gettext_lazy("Kind of file"), widget=forms.RadioSelect)
    programme = forms.ChoiceField(label=gettext_lazy("Programme"), required=False)
    first = forms.DateField(
        label=gettext_lazy("From"), required=False, widget=forms.DateInput(attrs=_DAY, format="%Y-%m-%d")
    )
    last = forms.DateField(
        label=gettext_lazy("Until"), required=False, widget=forms.DateInput(attrs=_DAY, format="%Y-%m-%d")
    )
    by = forms.MultipleChoiceField(
        label=gettext_lazy("Parted by"),
        help_text=gettext_lazy("At most three. The more parts, the more of them are too small to be shown."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    months = forms.ChoiceField(label=gettext_lazy("Length of the periods, for DHIS2"), required=False)
    language = forms.ChoiceField(label=gettext_lazy("Language of the file"), required=False)
    as_of = forms.DateField(
        label=gettext_lazy("As known at the end of"),
        help_text=gettext_lazy("Leave empty for what is known now."),
        required=False,
        widget=forms.DateInput(attrs=_DAY, format="%Y-%m-%d"),
    )

    def __init__(self, *args: Any, programmes: Sequence[Programme], language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._choose("format", [(str(one), _(about.name)) for one, about in ABOUT.items()])
        self._choose("programme", [("", _("all programmes")), *((one.code, str(one)) for one in programmes)])
        self._choose("by", [(str(one), _(DIMENSION_NAMES[one])) for one in PARTED_BY])
        self._choose("months", [(str(MONTHLY), _("one month")), (str(QUARTERLY), _("three months"))])
        self._choose("language", settings.LANGUAGES)
        self.initial.setdefault("language", language)
        self.initial.setdefault("format", str(Format.WORKBOOK))
        if len(programmes) == 1:
            self.initial.setdefault("programme", programmes[0].code)

    def _choose(self, name: str, choices: Sequence[tuple[str, str]]) -> None:
        field: Any = self.fields[name]
        field.choices = choices

    def clean_by(self) -> list[str]:
        """The dimensions, not too many at once."""
        chosen: list[str] = self.cleaned_data["by"]
        if len(chosen) > MOST_DIMENSIONS:
            raise forms.ValidationError(
                _("Choose at most %(n)d. With more, nearly every part is too small to be shown.")
                % {"n": MOST_DIMENSIONS}
            )
        return chosen

    def clean(self) -> dict[str, Any]:
        """What the chosen format needs besides."""
        clean: dict[str, Any] = super().clean() or self.cleaned_data
        about = ABOUT.get(clean.get("format", ""))
        first, last = clean.get("first"), clean.get("last")
        if first and last and first > last:
            self.add_error("last", _("The time ends before it begins. Look at both days."))
        elif about and about.by_periods:
            self._check_periods(clean)
        if about and about.of_one and not clean.get("programme"):
            self.add_error("programme", _("This kind of file is about one programme. Choose it."))
        if clean.get("as_of") and clean["as_of"] > timezone.localdate():
            self.add_error("as_of", _("What will be known in the future is not known yet. Choose a day that is over."))
        return clean

    def _check_periods(self, clean: dict[str, Any]) -> None:
        first, last = clean.get("first"), clean.get("last")
        if not first or not last:
            self.add_error("first", _("DHIS2 takes whole months. Say from which day until which."))
            return
        found = len(periods(first, last, int(clean.get("months") or MONTHLY)))
        if not found:
            self.add_error("last", _("No whole period lies between these days. Begin on the first of a month."))
        elif found > MOST_PERIODS:
            self.add_error(
                "last", _("That is %(n)d periods. Choose at most %(most)d.") % {"n": found, "most": MOST_PERIODS}
            )

    def repeated(self) -> list[tuple[str, str]]:
        """Names and values of the question, for the button that takes the file."""
        data: Any = self.data
        return [(name, value) for name in self.fields for value in data.getlist(name)]

    @property
    def wanted(self) -> Wanted:
        """The whole question; for a form that is valid."""
        clean = self.cleaned_data
        format_ = Format(clean["format"])
        zone = timezone.get_current_timezone()
        as_of = datetime.combine(clean["as_of"], time.max, zone) if clean["as_of"] else None
        return Wanted(
            format=format_,
            programme=clean["programme"],
            first=clean["first"],
            last=clean["last"],
            by=tuple(Dimension(one) for one in clean["by"]) if ABOUT[format_].parted else (),
            language=clean["language"] or self.initial["language"],
            as_of=as_of,
            months=int(clean["months"] or MONTHLY),
        )
