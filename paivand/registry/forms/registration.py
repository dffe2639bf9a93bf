"""The form of registration: a family with its head and her consent, and a row for each member."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from paivand.core.models import new_id
from paivand.registry.forms.families import ConsentFields, FamilyForm, MemberForm, PersonFields, translated
from paivand.registry.forms.particulars import AwayFields, PhoneFields, day_widget, free_text
from paivand.registry.rules import PURPOSE_NAMES, ConsentPurpose, GivenBy
from paivand.registry.rules.drafts import ConsentDraft, FamilyDraft, MemberDraft, PersonDraft
from paivand.registry.rules.families import Housing, LandTenure

MOST_MEMBERS = 20
ASSENTS = {"yes": True, "no": False, "": None}


class RegistrationForm(FamilyForm, PersonFields, PhoneFields, ConsentFields):
    """A family with its head and her consent; the members come in a form each."""

    form_id = forms.UUIDField(widget=forms.HiddenInput)
    registered_on = forms.DateField(label=_("Registered on"), widget=day_widget())
    guardian_name = forms.CharField(label=_("Name of the parent or guardian"), max_length=120, required=False,
                                    widget=free_text())  # fmt: skip
    assent = forms.ChoiceField(label=_("Does the child agree too"), required=False)
    purposes = forms.MultipleChoiceField(
        label=_("She or he also agrees to"), required=False, widget=forms.CheckboxSelectMultiple
    )
    extent = forms.CharField(
        label=_("Limited to"), max_length=200, required=False, widget=free_text(),
        help_text=_("An agency, a service, some of the facts. Empty: not limited"),
    )  # fmt: skip
    valid_until = forms.DateField(
        label=_("Valid until"), required=False, widget=day_widget(), help_text=_("Empty: until it is withdrawn")
    )
    agreed = forms.BooleanField(
        label=_("I explained what is written down, why, who sees it and that it may be withdrawn; the answer was yes."),
        error_messages={"required": _("Without consent nobody is registered. Explain it and tick here, or stop.")},
    )

    field_order = (
        "form_id", "jamoat", "village", "registered_on", "given_name", "family_name", "father_name", "known_as", "sex",
        "birth", "phone", "belongs_to", "may_call", "hours", "who_may_answer", "say_what", "agreed_on", "housing",
        "land", "consent_given_by", "guardian_name", "assent", "consent_method", "consent_language", "consent_on",
        "purposes", "extent", "valid_until", "agreed",
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        more = {key: name for key, name in PURPOSE_NAMES.items() if key is not ConsentPurpose.REGISTRATION}
        self.fields["purposes"].choices = translated(more)  # type: ignore[attr-defined]
        self.fields["assent"].choices = [  # type: ignore[attr-defined]
            ("", gettext("too young to be asked")), ("yes", gettext("yes")), ("no", gettext("no")),
        ]  # fmt: skip
        del self.fields["agreed_on"]  # what is agreed on the telephone is agreed on the day of registration
        self.initial.setdefault("registered_on", timezone.localdate())
        if not self.is_bound:
            self.initial.setdefault("form_id", new_id())

    def clean(self) -> dict[str, Any]:
        """A child is answered for by somebody with a name, and is not overruled."""
        clean: dict[str, Any] = super().clean() or self.cleaned_data
        if clean.get("consent_given_by") == GivenBy.GUARDIAN:
            if not clean.get("guardian_name") and "guardian_name" not in self.errors:
                self.add_error("guardian_name", gettext("Write down who gives the consent."))
            if clean.get("assent") == "no":
                self.add_error("assent", gettext("A child who says no is not registered as the head of a family."))
        given, ends = clean.get("consent_on"), clean.get("valid_until")
        if given and ends and ends < given:
            self.add_error("valid_until", gettext("The consent ends before it is given. Check both days."))
        return clean

    def person(self) -> PersonDraft:
        """The head, with the telephone."""
        phone = self.phone_draft()
        if phone and phone.agreed_on:
            phone = replace(phone, agreed_on=self.cleaned_data["registered_on"])
        return replace(super().person(), phone=phone)

    def consent(self, purposes: tuple[ConsentPurpose, ...] = (ConsentPurpose.REGISTRATION,)) -> ConsentDraft:
        """The consent as typed: registration, and what else was agreed to."""
        clean = self.cleaned_data
        by_guardian = clean["consent_given_by"] == GivenBy.GUARDIAN
        also = tuple(ConsentPurpose(key) for key in clean["purposes"])
        return replace(
            super().consent((*purposes, *also)),
            guardian_name=clean["guardian_name"] if by_guardian else "",
            assent=ASSENTS[clean["assent"]] if by_guardian else None,
            extent=clean["extent"], valid_until=clean["valid_until"],
        )  # fmt: skip

    def draft(self, rows: Iterable[MemberRowForm]) -> FamilyDraft:
        """The family as typed, with the members of the rows that are filled in."""
        clean = self.cleaned_data
        return FamilyDraft(
            family_id=clean["form_id"],
            jamoat=clean["jamoat"].pk,
            village=clean["village"],
            registered_on=clean["registered_on"],
            head=self.person(),
            members=tuple(row.member() for row in rows if row.has_changed()),
            consent=self.consent(),
            housing=Housing(clean["housing"]) if clean["housing"] else None,
            land=LandTenure(clean["land"]) if clean["land"] else None,
        )


class NewMemberForm(AwayFields, MemberForm):
    """A member who is added, and whether she or he is abroad."""

    def member(self) -> MemberDraft:
        """The member as typed."""
        return replace(super().member(), away=self.away())


class MemberRowForm(NewMemberForm):
    """One row of the members' list on the registration page; an empty row is no member."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["empty_permitted"] = True
        kwargs["use_required_attribute"] = False
        super().__init__(*args, **kwargs)
        del self.fields["form_id"], self.fields["version"]

    def has_changed(self) -> bool:
        """A row counts when anything was entered in it."""
        return any(self[name].data for name in self.fields)


MemberRows = forms.formset_factory(
    MemberRowForm, extra=0, max_num=MOST_MEMBERS, absolute_max=MOST_MEMBERS, validate_max=True
)
