"""What a person says about a survey: its workbook and files, its title, where and when it is open, which answers."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy
from django.utils.translation import gettext_lazy as _

from paivand.collect.models import Form
from paivand.collect.queries.surveys import agency_choices, district_choices
from paivand.collect.rules.flattening import Question, choices_of
from paivand.collect.rules.survey_drafts import LONGEST_TITLE
from paivand.collect.rules.survey_export import FILE_NAMES, SHORTEST_REASON, WORDS_NAMES, FileKind, Words
from paivand.collect.rules.survey_files import LARGEST_ALL
from paivand.collect.rules.survey_filters import AnswerFilter, choosing, label_of
from paivand.collect.rules.tables import LANGUAGES
from paivand.core.models.record import new_id
from paivand.core.templatetags.paivand import number

_TITLES = {
    "tg": gettext_lazy("Title in Tajik"), "ru": gettext_lazy("Title in Russian"),
    "en": gettext_lazy("Title in English"), "fa": gettext_lazy("Title in Dari"),
}  # fmt: skip
MOST_FILES = 40


class SeveralFiles(forms.ClearableFileInput):
    """An input that takes several files."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files at once."""

    widget = SeveralFiles

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        """All of them, or none."""
        given = data if isinstance(data, list | tuple) else [data] if data else []
        return [super(FilesField, self).clean(one, initial) for one in given]


class WorkbookForm(forms.Form):
    """The workbook, and the files that it shows."""

    form_id = forms.UUIDField(widget=forms.HiddenInput, required=False)
    file = forms.FileField(
        label=_("Workbook (XLSForm)"),
        help_text=_("XLSX, XLS or ODS with the sheets survey, choices and settings; at most 4 MB."),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.xls,.ods"}),
    )
    beside = FilesField(
        label=_("Pictures and lists of choices"), required=False,
        help_text=_("Only if the workbook names them: JPEG, PNG, WebP or CSV, at most 3 MB each and 20 MB together."),
        widget=SeveralFiles(attrs={"accept": ".jpg,.jpeg,.png,.webp,.csv"}),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("form_id", new_id())

    def clean_beside(self) -> list[Any]:
        """Refuse more than a phone should load, before it is read."""
        files: list[Any] = self.cleaned_data["beside"]
        if len(files) > MOST_FILES or sum(file.size for file in files) > LARGEST_ALL:
            raise forms.ValidationError(
                gettext("These are too many files, or too large ones. At most 40 files and 20 MB together."),
                code="too_large",
            )
        return files

    def key(self) -> uuid.UUID:
        """The key of the survey to be: a second sending has the same."""
        return self.cleaned_data["form_id"] or new_id()

    def given(self) -> dict[str, bytes]:
        """The files by their names."""
        return {file.name: file.read() for file in self.cleaned_data["beside"]}


class SurveyForm(forms.Form):
    """What a survey is called, where it is offered, from when and until when."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    districts = forms.MultipleChoiceField(
        label=_("Districts"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("Workers of these districts are offered it. If you choose no district, all are."),
    )  # fmt: skip
    opens_on = forms.DateField(
        label=_("First day"), required=False, help_text=_("Empty: at once."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )  # fmt: skip
    closes_on = forms.DateField(
        label=_("Last day"), required=False,
        help_text=_("After it, phones are no longer offered it; what was filled in before still arrives."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )  # fmt: skip

    agency = forms.ChoiceField(
        label=_("Whose workers are offered it"), required=False,
        help_text=_("All who fill in forms for this agency, in the districts below."),
    )  # fmt: skip

    def __init__(self, *args: Any, every_agency: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["districts"].choices = district_choices()
        if every_agency:
            fields["agency"].choices = [("", gettext("all agencies")), *agency_choices()]
        else:
            del fields["agency"]
        for language, label in _TITLES.items():
            fields[f"title_{language}"] = forms.CharField(
                label=label, max_length=LONGEST_TITLE, required=False,
                widget=forms.TextInput(attrs={"dir": "auto", "autocomplete": "off"}),
            )  # fmt: skip
        self.order_fields(
            ["version", *(f"title_{one}" for one in _TITLES), "agency", "districts", "opens_on", "closes_on"]
        )

    @staticmethod
    def initial_of(survey: Form) -> dict[str, Any]:
        """How it stands now."""
        titles = {f"title_{language}": survey.titles.get(language, "") for language in LANGUAGES}
        return titles | {
            "version": survey.version, "districts": survey.districts, "opens_on": survey.opens_on,
            "closes_on": survey.closes_on, "agency": str(survey.agency_id or ""),
        }  # fmt: skip

    def titles(self) -> dict[str, str]:
        """The titles by language."""
        return {language: self.cleaned_data[f"title_{language}"] for language in LANGUAGES}


_LONGEST_SAID = 40
_NO_DAY = {"invalid": _("This is no day. Choose one, or write it as 2026-03-31.")}
_NO_CHOICE = {"invalid_choice": _("This cannot be chosen here, or not any more. Choose again.")}


class AnswersForm(forms.Form):
    """Which answers; everything may be left out."""

    since = forms.DateField(
        label=_("From"), required=False, error_messages=_NO_DAY,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )  # fmt: skip
    until = forms.DateField(
        label=_("To"), required=False, error_messages=_NO_DAY,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )  # fmt: skip
    district = forms.ChoiceField(label=_("District"), required=False, error_messages=_NO_CHOICE)
    worker = forms.ChoiceField(label=_("Worker"), required=False, error_messages=_NO_CHOICE)
    version = forms.ChoiceField(label=_("Version"), required=False, error_messages=_NO_CHOICE)
    choice = forms.ChoiceField(label=_("Answer"), required=False, error_messages=_NO_CHOICE)

    def __init__(
        self, data: Any, *, districts: Any, workers: Any, versions: Any, questions: list[Question], language: str
    ) -> None:
        super().__init__(data)
        fields: dict[str, Any] = self.fields
        fields["district"].choices = [("", gettext("all")), *((code, place.name) for code, place in districts)]
        fields["worker"].choices = [("", gettext("all")), *((str(key), name) for key, name in workers)]
        fields["version"].choices = [("", gettext("all")), *((str(row.pk), row.name) for row in versions)]
        fields["choice"].choices = [
            ("", gettext("any")),
            *((label_of(one["label"], language, one["name"]), _answers(one, language)) for one in choosing(questions)),
        ]

    def clean(self) -> dict[str, Any]:
        """Days in the order of the calendar."""
        clean: dict[str, Any] = self.cleaned_data
        since, until = clean.get("since"), clean.get("until")
        if since and until and until < since:
            self.add_error("until", gettext("The last day lies before the first one."))
        return clean

    @property
    def unread(self) -> list[str]:
        """The filters that cannot be read, each with what stands in it: they filter nothing, and the page says so."""
        self.is_valid()
        return [f"{self.fields[name].label} “{str(self.data.get(name, ''))[:_LONGEST_SAID]}”" for name in self.errors]

    @property
    def asked(self) -> AnswerFilter:
        """The filters; what cannot be read filters nothing: see ``unread``."""
        self.is_valid()
        clean: dict[str, Any] = self.cleaned_data
        question, _mark, answer = (clean.get("choice") or "").partition("=")
        return AnswerFilter(
            clean.get("since"), clean.get("until"), clean.get("district") or "", _key(clean.get("worker")),
            _key(clean.get("version")), question, answer,
        )  # fmt: skip


def _answers(question: Question, language: str) -> list[tuple[str, str]]:
    choices = choices_of(question)
    return [(f"{question['path']}={code}", label_of(said, language, code)) for code, said in choices]


def _key(said: Any) -> uuid.UUID | None:
    return uuid.UUID(said) if said else None


class AnswersExportForm(forms.Form):
    """The kind of file, how choices stand in it, and why it is taken out."""

    form_id = forms.UUIDField(widget=forms.HiddenInput, required=False)
    kind = forms.ChoiceField(label=_("Kind of file"), widget=forms.RadioSelect, initial=FileKind.XLSX)
    words = forms.ChoiceField(label=_("Choices and headings"), widget=forms.RadioSelect, initial=Words.LABELS)
    language = forms.ChoiceField(label=_("Language of the words"), required=False)
    reason = forms.CharField(
        label=_("What the file is for, and who receives it"), max_length=300,
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
    )  # fmt: skip

    def __init__(self, data: Any = None, *, languages: list[str], language: str) -> None:
        super().__init__(data, initial={"form_id": new_id()})
        fields: dict[str, Any] = self.fields
        fields["reason"].help_text = " ".join(
            (
                gettext("At least %(number)s letters.") % {"number": number(SHORTEST_REASON)},
                gettext("It is kept in the audit and written into the file."),
            )
        )
        fields["kind"].choices = [(key.value, gettext(name)) for key, name in FILE_NAMES.items()]
        fields["words"].choices = [(key.value, gettext(name)) for key, name in WORDS_NAMES.items()]
        fields["language"].choices = [(one, LANGUAGES.get(one, one)) for one in languages or ["en"]]
        fields["language"].initial = language if language in languages else next(iter(languages), "en")

    def key(self) -> uuid.UUID:
        """The key of the file to be: a second sending has the same."""
        return self.cleaned_data["form_id"] or new_id()
