"""What a person says about a list: the file, how consent was taken, and what the columns mean."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from paivand.access.models import User
from paivand.collect.actions.lists import Declaration
from paivand.collect.models import ImportBatch
from paivand.collect.queries.lists import own_districts
from paivand.collect.rules.columns import COLUMN_NAMES, letter
from paivand.collect.rules.lists import LARGEST_FILE
from paivand.registry.rules import METHOD_NAMES, ConsentMethod

_KINDS = ".xlsx,.xls,.ods,.csv,.tsv,.txt"


class UploadForm(forms.Form):
    """A file, the district it is for, and how consent was taken."""

    file = forms.FileField(
        label=_("File of the list"),
        help_text=_(
            "XLSX, XLS, ODS or CSV, at most 20 MB and 20,000 rows. Headings in Tajik, Russian, English or Dari."
        ),
        widget=forms.ClearableFileInput(attrs={"accept": _KINDS}),
    )
    district = forms.ChoiceField(label=_("District"), help_text=_("All families of one list live in one district."))
    consent_for_all = forms.ChoiceField(label=_("Who agreed"), widget=forms.RadioSelect)
    consent_method = forms.ChoiceField(label=_("How consent was given"), widget=forms.RadioSelect)
    consent_language = forms.ChoiceField(label=_("In which language it was explained"), choices=settings.LANGUAGES)
    consent_on = forms.DateField(
        label=_("Given on"),
        help_text=_("Where the list has a column with the day, that day counts."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    consent_by = forms.CharField(
        label=_("Who took the consent"), max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"}),
    )  # fmt: skip
    consent_note = forms.CharField(
        label=_("Where the proof is kept"), max_length=300,
        help_text=_("For example: signed forms in the folder of the jamoat, November 2026"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"}),
    )  # fmt: skip

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        districts = [(place.code, place.name) for place in own_districts(by)]
        fields["district"].choices = districts if len(districts) == 1 else [("", "—"), *districts]
        fields["consent_method"].choices = [(str(key), gettext(name)) for key, name in METHOD_NAMES.items()]
        fields["consent_for_all"].choices = [
            ("column", gettext("A column of the list says who agreed")),
            ("all", gettext("Every family in the list agreed")),
        ]
        self.initial.setdefault("consent_on", timezone.localdate())
        self.initial.setdefault("consent_language", (get_language() or "tg")[:2])

    def clean_file(self) -> Any:
        """Refuse a file that is too large before it is read."""
        file = self.cleaned_data["file"]
        if file.size > LARGEST_FILE:
            raise forms.ValidationError(
                gettext("The file is larger than %(limit)s MB. Divide the list, or remove pictures from it.")
                % {"limit": LARGEST_FILE // 1_000_000},
                code="too_large",
            )
        return file

    def declared(self) -> Declaration:
        """How consent was taken."""
        clean = self.cleaned_data
        return Declaration(
            for_all=clean["consent_for_all"] == "all", method=ConsentMethod(clean["consent_method"]),
            language=clean["consent_language"], on=clean["consent_on"], by=clean["consent_by"],
            note=clean["consent_note"],
        )  # fmt: skip


class ColumnsForm(forms.Form):
    """What each column of the sheet means."""

    def __init__(self, *args: Any, batch: ImportBatch, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = [(str(key), gettext(name)) for key, name in COLUMN_NAMES.items()]
        for index, heading in enumerate(batch.headers):
            self.fields[f"column_{index}"] = forms.ChoiceField(
                label=f"{letter(index)} {heading}".strip(), choices=[("", gettext("not used")), *names], required=False,
                initial=batch.mapping[index] if index < len(batch.mapping) else "",
            )  # fmt: skip

    def mapping(self) -> list[str]:
        """The meaning of each column, in their order."""
        return [self.cleaned_data[name] for name in self.fields]
