"""What a person typed about a family, turned into drafts."""

from __future__ import annotations

import re
import uuid
from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.core.models import Place, new_id
from paivand.core.rules.dates import Birth, Precision
from paivand.registry.models import Person
from paivand.registry.queries.families import jamoats
from paivand.registry.rules import (
    GIVEN_BY_NAMES,
    METHOD_NAMES,
    OLDEST,
    RELATION_NAMES,
    SEX_NAMES,
    ConsentMethod,
    ConsentPurpose,
    GivenBy,
    Relation,
    Sex,
)
from paivand.registry.rules.drafts import ConsentDraft, MemberDraft, PersonDraft
from paivand.registry.rules.families import HOUSING_NAMES, LAND_NAMES

_DIGITS = str.maketrans("۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩", "01234567890123456789")
_LETTER = re.compile(r"[^\W\d_]")


def translated(names: dict[Any, str]) -> list[tuple[str, str]]:
    """Choices with their names in the reader's language."""
    return [(str(key), gettext(name)) for key, name in names.items()]


class NameField(forms.CharField):
    """A part of a name, in any script: at least one letter, no digits."""

    def clean(self, value: Any) -> str:
        text = " ".join(str(super().clean(value) or "").split())
        if text and (not _LETTER.search(text) or re.search(r"\d", text)):
            raise forms.ValidationError(gettext("A name is written with letters only. Check it."), code="name")
        return text


class BirthField(forms.CharField):
    """A date of birth as people tell it: 12.03.1984, 03.1984, 1984, or an age such as 42."""

    def clean(self, value: Any) -> Birth | None:
        text = str(super().clean(value) or "").translate(_DIGITS).strip()
        if not text:
            return None
        birth = read_birth(text, timezone.localdate())
        if birth is None:
            raise forms.ValidationError(
                gettext("Write the date as 12.03.1984, the month as 03.1984, the year as 1984, or an age such as 42."),
                code="birth",
            )
        return birth


def read_birth(text: str, today: date) -> Birth | None:
    """The birth that ``text`` tells, or None when it cannot be read.

    >>> read_birth("12.03.1984", date(2026, 11, 22)).precision.value
    'day'
    >>> read_birth("42", date(2026, 11, 22)).on.year
    1984
    """
    parts = [part for part in re.split(r"[.\-/\s]+", text) if part]
    if not 1 <= len(parts) <= 3 or not all(part.isdecimal() and len(part) <= 4 for part in parts):
        return None
    numbers = [int(part) for part in parts]
    try:
        if len(numbers) == 3:
            first, month, last = numbers
            return Birth.on_day(date(first, month, last) if first > 31 else date(last, month, first))
        if len(numbers) == 2:
            month, year = numbers if numbers[1] > 31 else reversed(numbers)
            return Birth.in_month(year, month)
        if numbers[0] <= OLDEST:
            return Birth.from_age(numbers[0], asked_on=today)
        return Birth.in_year(numbers[0]) if 1000 < numbers[0] < 10000 else None
    except ValueError:
        return None


def write_birth(birth: Birth | None, today: date) -> str:
    """How a birth is shown in the field, so that reading it again gives the same."""
    if birth is None:
        return ""
    if birth.precision is Precision.DAY:
        return birth.on.strftime("%d.%m.%Y")
    if birth.precision is Precision.MONTH:
        return birth.on.strftime("%m.%Y")
    return str(birth.on.year) if birth.precision is Precision.YEAR else str(today.year - birth.on.year)


class PersonFields(forms.Form):
    """The particulars of one person."""

    family_name = NameField(label=_("Surname"), max_length=80, required=False)
    given_name = NameField(label=_("Given name"), max_length=80)
    father_name = NameField(label=_("Father's name"), max_length=80, required=False)
    known_as = NameField(label=_("Known as, if by another name"), max_length=80, required=False)
    sex = forms.ChoiceField(label=_("Sex"), widget=forms.RadioSelect)
    birth = BirthField(
        label=_("Date of birth or age"),
        required=False,
        max_length=12,
        help_text=_("12.03.1984, or 03.1984, or 1984, or an age such as 42"),
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "dir": "ltr"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sex"].choices = translated(SEX_NAMES)  # type: ignore[attr-defined]
        for name in ("family_name", "given_name", "father_name", "known_as"):
            self.fields[name].widget.attrs |= {"autocomplete": "off", "spellcheck": "false", "dir": "auto"}

    def person(self) -> PersonDraft:
        """The person as typed."""
        clean = self.cleaned_data
        return PersonDraft(
            given_name=clean["given_name"],
            family_name=clean["family_name"],
            father_name=clean["father_name"],
            known_as=clean["known_as"],
            sex=Sex(clean["sex"]),
            birth=clean["birth"],
        )


class MemberForm(PersonFields):
    """A member of a family. ``version`` notices a change made meanwhile by somebody else."""

    relation = forms.ChoiceField(label=_("Relation to the head of the family"))
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    form_id = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, head: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = {key: name for key, name in RELATION_NAMES.items() if (key is Relation.HEAD) == head}
        choices = translated(names)
        self.fields["relation"].choices = choices if head else [("", "—"), *choices]  # type: ignore[attr-defined]
        if not self.is_bound:
            self.initial.setdefault("form_id", new_id())

    @staticmethod
    def initial_of(person: Person, relation: str) -> dict[str, Any]:
        """The present values of a member."""
        return {
            "family_name": person.family_name,
            "given_name": person.given_name,
            "father_name": person.father_name,
            "known_as": person.known_as,
            "sex": person.sex,
            "birth": write_birth(person.birth, timezone.localdate()),
            "relation": relation,
            "version": person.version,
        }

    def member(self) -> MemberDraft:
        """The member as typed."""
        return MemberDraft(self.person(), Relation(self.cleaned_data["relation"]))

    def form_key(self) -> uuid.UUID:
        """The key that makes a second sending of the same form harmless."""
        return self.cleaned_data.get("form_id") or new_id()


class ConsentFields(forms.Form):
    """How a consent was given."""

    consent_given_by = forms.ChoiceField(label=_("Who gives it"), widget=forms.RadioSelect)
    consent_method = forms.ChoiceField(label=_("How it is given"), widget=forms.RadioSelect)
    consent_language = forms.ChoiceField(label=_("In which language it was explained"), choices=settings.LANGUAGES)
    consent_on = forms.DateField(label=_("Given on"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["consent_given_by"].choices = translated(GIVEN_BY_NAMES)  # type: ignore[attr-defined]
        self.fields["consent_method"].choices = translated(METHOD_NAMES)  # type: ignore[attr-defined]
        self.initial.setdefault("consent_on", timezone.localdate())
        self.initial.setdefault("consent_language", (get_language() or "tg")[:2])

    def consent(self, purposes: tuple[ConsentPurpose, ...] = (ConsentPurpose.REGISTRATION,)) -> ConsentDraft:
        """The consent as typed."""
        clean = self.cleaned_data
        return ConsentDraft(
            GivenBy(clean["consent_given_by"]),
            ConsentMethod(clean["consent_method"]),
            clean["consent_language"],
            clean["consent_on"],
            purposes,
        )


class FamilyForm(forms.Form):
    """Where a family lives, and the house and land it lives from."""

    jamoat: forms.ModelChoiceField[Place] = forms.ModelChoiceField(None, label=_("Jamoat"), empty_label="—")
    village = forms.CharField(
        label=_("Village or street"), max_length=120, required=False,
        widget=forms.TextInput(attrs={"dir": "auto", "data-villages": True}),
    )  # fmt: skip
    housing = forms.ChoiceField(label=_("House"), required=False)
    land = forms.ChoiceField(label=_("Land"), required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, by: User, verb: Verb, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, names in (("housing", HOUSING_NAMES), ("land", LAND_NAMES)):
            self.fields[name].choices = [("", "—"), *translated(names)]  # type: ignore[attr-defined]
        field: Any = self.fields["jamoat"]
        field.queryset = jamoats(by, verb)
        field.label_from_instance = lambda place: f"{place.parent.name} · {place.name}"


class LeaveForm(forms.Form):
    """When and why somebody left the family."""

    until_on = forms.DateField(label=_("Since"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    reason = forms.CharField(label=_("Reason"), max_length=300)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("until_on", timezone.localdate())
