"""What a person typed about telephones, papers, schooling, marriage and absence, turned into drafts."""

from __future__ import annotations

import re
import uuid
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from paivand.core.models import new_id
from paivand.core.rules.dates import Birth, Precision
from paivand.registry.forms.countries import country_choices
from paivand.registry.forms.families import read_birth, translated
from paivand.registry.models import Document, Particulars, Phone
from paivand.registry.rules.drafts import AwayDraft, DocumentDraft, ParticularsDraft, PhoneDraft
from paivand.registry.rules.migration import ABSENCE_NAMES, RETURNED, AbsenceStatus
from paivand.registry.rules.people import (
    DOCUMENT_NAMES,
    DOCUMENT_STATUS_NAMES,
    EDUCATION_NAMES,
    LANGUAGE_NAMES,
    MARITAL_NAMES,
    MARRIAGE_NAMES,
    MAY_CALL_NAMES,
    OUT_OF_SCHOOL_NAMES,
    SCHOOL_NAMES,
    DocumentKind,
    DocumentStatus,
    MayCall,
    phone_number,
)

NOT_SAID = [("", "—")]
_DAY = "%Y-%m-%d"


def day_widget() -> forms.DateInput:
    """A day, by the browser's own calendar."""
    return forms.DateInput(attrs={"type": "date"}, format=_DAY)


def free_text(**attrs: str) -> forms.TextInput:
    """A line in any script."""
    return forms.TextInput(attrs={"dir": "auto", "autocomplete": "off", **attrs})


class PhoneNumberField(forms.CharField):
    """A telephone number however it is typed, as ``+`` and digits."""

    def clean(self, value: Any) -> str:
        text = str(super().clean(value) or "")
        number = phone_number(text)
        if text and (not number or re.search(r"[^\d\s()+.\-/]", text)):
            raise forms.ValidationError(
                gettext(
                    "This is no telephone number. Write nine digits, as in 918 12 34 56, or begin with + and "
                    "the country."
                ),
                code="phone",
            )
        return number


class PhoneFields(forms.Form):
    """A telephone number, and what must be known before it is called."""

    phone = PhoneNumberField(
        label=_("Telephone number"), required=False, max_length=30,
        widget=forms.TextInput(
            attrs={
                "type": "tel", "inputmode": "tel", "autocomplete": "off", "dir": "ltr", "placeholder": "918 12 34 56",
            }
        ),
    )  # fmt: skip
    belongs_to = forms.CharField(
        label=_("Whose telephone it is"), required=False, max_length=80, widget=free_text(),
        help_text=_("Only if it is not the person's own"),
    )  # fmt: skip
    may_call = forms.ChoiceField(label=_("May we call"), required=False)
    hours = forms.CharField(
        label=_("When"), required=False, max_length=120, widget=free_text(),
        help_text=_("For example: on weekdays before noon"),
    )  # fmt: skip
    who_may_answer = forms.CharField(
        label=_("Who may answer"), required=False, max_length=120, widget=free_text(),
        help_text=_("For example: only she herself"),
    )  # fmt: skip
    say_what = forms.CharField(
        label=_("What to say"), required=False, max_length=200, widget=free_text(),
        help_text=_("For example: I call about the sewing course"),
    )  # fmt: skip
    agreed_on = forms.DateField(label=_("Agreed on"), required=False, widget=day_widget())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["may_call"].choices = translated(MAY_CALL_NAMES)  # type: ignore[attr-defined]
        self.initial.setdefault("may_call", MayCall.NOT_ASKED)

    def phone_draft(self) -> PhoneDraft | None:
        """The number as typed, if one was typed; without a day of its own, the agreement is of today."""
        clean = self.cleaned_data
        if not clean["phone"]:
            return None
        may_call = MayCall(clean["may_call"] or MayCall.NOT_ASKED)
        agreed_on = clean.get("agreed_on") or timezone.localdate()
        return PhoneDraft(
            number=clean["phone"], may_call=may_call, hours=clean["hours"], who_may_answer=clean["who_may_answer"],
            say_what=clean["say_what"], belongs_to=clean["belongs_to"],
            agreed_on=None if may_call is MayCall.NOT_ASKED else agreed_on,
        )  # fmt: skip


class PhoneForm(PhoneFields):
    """One number of a person."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    form_id = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["phone"].required = True
        if not self.is_bound:
            self.initial.setdefault("form_id", new_id())
            self.initial.setdefault("agreed_on", timezone.localdate())

    @staticmethod
    def initial_of(phone: Phone) -> dict[str, Any]:
        """The present values of a number."""
        return {
            "phone": phone.number, "belongs_to": phone.belongs_to, "may_call": phone.may_call, "hours": phone.hours,
            "who_may_answer": phone.who_may_answer, "say_what": phone.say_what,
            "agreed_on": phone.agreed_on or timezone.localdate(), "version": phone.version,
        }  # fmt: skip

    def draft(self) -> PhoneDraft:
        """The number as typed; here it is required."""
        return self.phone_draft() or PhoneDraft("")

    def form_key(self) -> uuid.UUID:
        """The key that makes a second sending of the same form harmless."""
        return self.cleaned_data.get("form_id") or new_id()


class EndPhoneForm(forms.Form):
    """Since when a number is not used any more."""

    ended_on = forms.DateField(label=_("Since"), widget=day_widget())
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("ended_on", timezone.localdate())


class DocumentForm(forms.Form):
    """One paper of a person."""

    kind = forms.ChoiceField(label=_("Paper"))
    status = forms.ChoiceField(label=_("Status"))
    number = forms.CharField(
        label=_("Number"), required=False, max_length=40,
        widget=forms.TextInput(attrs={"dir": "ltr", "autocomplete": "off", "spellcheck": "false"}),
        help_text=_("As it stands on the paper, with its letters"),
    )  # fmt: skip
    issued_on = forms.DateField(label=_("Issued on"), required=False, widget=day_widget())
    valid_until = forms.DateField(label=_("Valid until"), required=False, widget=day_widget())
    note = forms.CharField(label=_("Note"), required=False, max_length=200, widget=free_text())
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    form_id = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [*NOT_SAID, *translated(DOCUMENT_NAMES)]  # type: ignore[attr-defined]
        self.fields["status"].choices = [*NOT_SAID, *translated(DOCUMENT_STATUS_NAMES)]  # type: ignore[attr-defined]
        if not self.is_bound:
            self.initial.setdefault("form_id", new_id())

    @staticmethod
    def initial_of(document: Document) -> dict[str, Any]:
        """The present values of a paper."""
        return {
            "kind": document.kind, "status": document.status, "number": document.number,
            "issued_on": document.issued_on, "valid_until": document.valid_until, "note": document.note,
            "version": document.version,
        }  # fmt: skip

    def draft(self) -> DocumentDraft:
        """The paper as typed."""
        clean = self.cleaned_data
        return DocumentDraft(
            kind=DocumentKind(clean["kind"]), status=DocumentStatus(clean["status"]),
            number=" ".join(clean["number"].split()), issued_on=clean["issued_on"], valid_until=clean["valid_until"],
            note=clean["note"],
        )  # fmt: skip

    def form_key(self) -> uuid.UUID:
        """The key that makes a second sending of the same form harmless."""
        return self.cleaned_data.get("form_id") or new_id()


class ParticularsForm(forms.Form):
    """Schooling, marriage and languages; the questions about school are for children."""

    school = forms.ChoiceField(label=_("School"), required=False)
    out_of_school_since = forms.DateField(label=_("Out of school since"), required=False, widget=day_widget())
    out_of_school_reason = forms.ChoiceField(label=_("Why"), required=False)
    education = forms.ChoiceField(label=_("Schooling completed"), required=False)
    marital = forms.ChoiceField(label=_("Marital status"), required=False)
    marriage = forms.ChoiceField(
        label=_("How the marriage was made"), required=False,
        help_text=_("Only a marriage registered with the state gives a claim before the law."),
    )  # fmt: skip
    languages = forms.MultipleChoiceField(
        label=_("Languages she or he can be spoken to in"), required=False, widget=forms.CheckboxSelectMultiple
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    CHOICES = (
        ("school", SCHOOL_NAMES), ("out_of_school_reason", OUT_OF_SCHOOL_NAMES), ("education", EDUCATION_NAMES),
        ("marital", MARITAL_NAMES), ("marriage", MARRIAGE_NAMES),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, names in self.CHOICES:
            self.fields[name].choices = [*NOT_SAID, *translated(names)]  # type: ignore[attr-defined]
        self.fields["languages"].choices = translated(LANGUAGE_NAMES)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Something is written down, or something was."""
        clean: dict[str, Any] = super().clean() or self.cleaned_data
        if not clean.get("version") and not any(value for name, value in clean.items() if name != "version"):
            raise forms.ValidationError(gettext("Nothing is filled in yet."), code="empty")
        return clean

    @staticmethod
    def initial_of(row: Particulars | None) -> dict[str, Any]:
        """The present values; version 0 where nothing is written down yet."""
        if row is None:
            return {"version": 0}
        names = ("school", "out_of_school_since", "out_of_school_reason", "education", "marital", "marriage",
                 "languages", "version")  # fmt: skip
        return {name: getattr(row, name) for name in names}

    def draft(self) -> ParticularsDraft:
        """The particulars as typed."""
        clean = self.cleaned_data
        return ParticularsDraft(
            education=clean["education"], school=clean["school"], out_of_school_since=clean["out_of_school_since"],
            out_of_school_reason=clean["out_of_school_reason"], marital=clean["marital"], marriage=clean["marriage"],
            languages=tuple(clean["languages"]),
        )  # fmt: skip


class DepartureField(forms.CharField):
    """When somebody left, as people tell it: 12.03.2024, 03.2024 or 2024."""

    def clean(self, value: Any) -> Birth | None:
        text = str(super().clean(value) or "").strip()
        if not text:
            return None
        told = read_birth(text, timezone.localdate())
        if told is None or told.precision is Precision.ESTIMATE:
            raise forms.ValidationError(
                gettext("Write the month as 03.2024, the year as 2024, or the day as 12.03.2024."), code="departed_on"
            )
        return told


class AwayFields(forms.Form):
    """Whether a member is abroad: where, since when, and what became of his tie to the family."""

    abroad = forms.BooleanField(label=_("Is abroad"), required=False)
    country = forms.ChoiceField(label=_("Country"), required=False)
    departed_on = DepartureField(
        label=_("Left in"), required=False, max_length=12, help_text=_("03.2024, or 2024"),
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "dir": "ltr"}),
    )  # fmt: skip
    absence = forms.ChoiceField(label=_("Contact and money"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["country"].choices = country_choices()  # type: ignore[attr-defined]
        names = {key: name for key, name in ABSENCE_NAMES.items() if key not in AT_HOME}
        self.fields["absence"].choices = [*NOT_SAID, *translated(names)]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Whoever is abroad is somewhere, since some time; the tie may be asked later."""
        clean: dict[str, Any] = super().clean() or self.cleaned_data
        if clean.get("abroad"):
            if not clean.get("country") and "country" not in self.errors:
                self.add_error("country", gettext("Say in which country."))
            if not clean.get("departed_on") and "departed_on" not in self.errors:
                self.add_error("departed_on", gettext("Say since which month or year. A guess is better than nothing."))
        return clean

    def away(self) -> AwayDraft | None:
        """The absence as typed, if there is one."""
        clean = self.cleaned_data
        if not clean.get("abroad"):
            return None
        left: Birth = clean["departed_on"]
        return AwayDraft(
            country=clean["country"], departed_on=left.on, departed_precision=left.precision,
            status=AbsenceStatus(clean["absence"]) if clean["absence"] else None,
        )  # fmt: skip


AT_HOME = RETURNED | {AbsenceStatus.DEPORTED}
"""What is not said of somebody who is abroad."""
