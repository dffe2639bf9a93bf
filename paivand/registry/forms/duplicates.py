"""What a person typed about somebody who may be registered already, and what a reviewer decides about a pair."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from paivand.core.models import Place
from paivand.registry.forms.families import BirthField, NameField, translated
from paivand.registry.forms.particulars import PhoneNumberField, free_text
from paivand.registry.rules import SEX_NAMES, Sex
from paivand.registry.rules.drafts import PersonDraft, PhoneDraft
from paivand.registry.rules.duplicates import VERDICT_NAMES, Verdict


class SoughtForm(forms.Form):
    """What is typed so far about a person. Whatever cannot be read yet is left out, and nothing is complained about."""

    given_name = NameField(max_length=80, required=False)
    family_name = NameField(max_length=80, required=False)
    father_name = NameField(max_length=80, required=False)
    known_as = NameField(max_length=80, required=False)
    sex = forms.ChoiceField(required=False)
    birth = BirthField(required=False, max_length=12)
    phone = PhoneNumberField(required=False, max_length=30)
    jamoat = forms.CharField(required=False, max_length=12)
    village = forms.CharField(required=False, max_length=120)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sex"].choices = translated(SEX_NAMES)  # type: ignore[attr-defined]
        self.full_clean()

    def person(self) -> PersonDraft:
        """The person as far as she is told."""
        clean = self.cleaned_data
        return PersonDraft(
            given_name=clean.get("given_name", ""), family_name=clean.get("family_name", ""),
            father_name=clean.get("father_name", ""), known_as=clean.get("known_as", ""),
            sex=Sex(clean["sex"]) if clean.get("sex") else None,  # type: ignore[arg-type]
            birth=clean.get("birth"), phone=PhoneDraft(clean["phone"]) if clean.get("phone") else None,
        )  # fmt: skip


class VerdictForm(forms.Form):
    """Whether two records are one person, and what one goes by."""

    verdict = forms.ChoiceField(label=_("Is it one person"), widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("What you go by"), max_length=300, widget=free_text(),
        help_text=_("For example: I spoke with her; I saw the birth certificate; the neighbour knows both"),
    )  # fmt: skip
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = {key: name for key, name in VERDICT_NAMES.items() if key is not Verdict.OPEN}
        self.fields["verdict"].choices = translated(names)  # type: ignore[attr-defined]


class MergeForm(forms.Form):
    """Which of two records stays, whether their files are joined, and why."""

    kept = forms.ChoiceField(label=_("Which record stays"), widget=forms.RadioSelect)
    join = forms.BooleanField(label=_("Join the two files as well"), required=False)
    reason = forms.CharField(
        label=_("What you go by"), max_length=300, widget=free_text(),
        help_text=_("For example: I spoke with her; I saw the birth certificate; the neighbour knows both"),
    )  # fmt: skip

    def __init__(self, *args: Any, records: list[tuple[str, str]], joinable: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kept"].choices = records  # type: ignore[attr-defined]
        if not joinable:
            del self.fields["join"]


class UndoForm(forms.Form):
    """Why two merged records are two people after all."""

    reason = forms.CharField(label=_("Why they are two people"), max_length=300, widget=free_text())


class LookForm(forms.Form):
    """In which district to look for duplicates, and where to go on."""

    district: forms.ModelChoiceField[Place] = forms.ModelChoiceField(None, label=_("District"), empty_label=None)
    after = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, districts: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["district"]
        field.queryset = districts
