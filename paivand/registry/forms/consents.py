"""What a person typed about consents: one talk with several members, and a withdrawal."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from paivand.core.models import new_id
from paivand.registry.forms.families import ConsentFields, NameField, translated
from paivand.registry.models import FamilyMember, Person
from paivand.registry.rules import GIVEN_BY_NAMES, PURPOSE_NAMES, ConsentMethod, ConsentPurpose, GivenBy
from paivand.registry.rules.consents import assent_is_asked, may_give
from paivand.registry.rules.drafts import ConsentDraft

PURPOSE_MEANINGS = {
    ConsentPurpose.REGISTRATION: _("their names and what they tell are written down here"),
    ConsentPurpose.SERVICES: _("visits, advice, courses and other help of the programme"),
    ConsentPurpose.REFERRAL: _("what is needed is passed on to another agency"),
    ConsentPurpose.REPORTING: _("they stand in lists that leave the programme"),
    ConsentPurpose.TRACING: _("a missing relative is looked for, here and abroad"),
    ConsentPurpose.RESEARCH: _("their answers are used to learn, without the name"),
    ConsentPurpose.PHOTO: _("a photo is taken and shown"),
}
_DAY = {"type": "date"}


class WhoAgrees:
    """One member on the form: ticked or not, what counts already, who may give the consent, and what a child says."""

    def __init__(self, form: ConsentTalkForm, member: FamilyMember, person: Person, given: Sequence[str]) -> None:
        self.member, self.person, self.given = member, person, given
        self.may = may_give(person.age)
        self.asks_child = assent_is_asked(person.age, GivenBy.GUARDIAN)
        self.given_by_name, self.assent_name = f"by_{person.pk.hex}", f"assent_{person.pk.hex}"
        self._form = form
        if len(self.may) > 1:
            form.fields[self.given_by_name] = forms.ChoiceField(
                label=_("Who gives it"), choices=translated(GIVEN_BY_NAMES), required=False, initial=GivenBy.SELF
            )
        if self.asks_child and GivenBy.GUARDIAN in self.may:
            form.fields[self.assent_name] = forms.ChoiceField(
                label=_("What the child says"),
                choices=[("", "—"), ("yes", gettext("agrees")), ("no", gettext("does not agree"))],
                required=False,
            )

    @property
    def key(self) -> str:
        """The value of the tick."""
        return str(self.person.pk)

    @property
    def is_chosen(self) -> bool:
        """Whether the member is ticked."""
        return self.key in (self._form["people"].value() or [])

    @property
    def given_by_field(self) -> Any:
        """The choice between the person and a guardian, where both may be."""
        return self._form[self.given_by_name] if self.given_by_name in self._form.fields else None

    @property
    def assent_field(self) -> Any:
        """What a child says, where it is asked."""
        return self._form[self.assent_name] if self.assent_name in self._form.fields else None

    @property
    def needs_guardian(self) -> bool:
        """Whether only a guardian may agree."""
        return self.may == {GivenBy.GUARDIAN}

    def given_by(self) -> GivenBy:
        """Who gives it, as typed, or as the age says."""
        if len(self.may) == 1:
            return next(iter(self.may))
        return GivenBy(self._form.cleaned_data.get(self.given_by_name) or GivenBy.SELF)

    def assent(self) -> bool | None:
        """What the child says, as typed."""
        return {"yes": True, "no": False}.get(self._form.cleaned_data.get(self.assent_name, ""))


class ConsentTalkForm(ConsentFields):
    """One talk: who agrees to what, how it was given, and until when."""

    form_id = forms.UUIDField(widget=forms.HiddenInput)
    people = forms.MultipleChoiceField(label=_("Who agrees"), widget=forms.CheckboxSelectMultiple)
    purposes = forms.MultipleChoiceField(label=_("To what"), widget=forms.CheckboxSelectMultiple)
    guardian_name = NameField(
        label=_("Parent or guardian who answers for the children"), max_length=120, required=False,
        widget=forms.TextInput(attrs={"dir": "auto", "list": "grown-ups", "autocomplete": "off"}),
    )  # fmt: skip
    valid_until = forms.DateField(
        label=_("Until"), required=False, widget=forms.DateInput(attrs=_DAY, format="%Y-%m-%d"),
        help_text=_("Empty: until it is withdrawn."),
    )  # fmt: skip
    extent = forms.CharField(
        label=_("Limited to"), max_length=200, required=False, widget=forms.TextInput(attrs={"dir": "auto"}),
        help_text=_("One agency, one kind of help. Empty: the purpose as a whole."),
    )  # fmt: skip
    agreed = forms.BooleanField(
        label=_("I explained what it means, that no is an answer too, and that it may be withdrawn on any day."),
        error_messages={"required": _("Explain it and tick here, or stop: nothing is written down without.")},
    )

    field_order = ("form_id", "people", "purposes", "guardian_name", "consent_method", "consent_language",
                   "consent_on", "valid_until", "extent", "agreed")  # fmt: skip

    def __init__(
        self,
        *args: Any,
        members: Sequence[tuple[FamilyMember, Person]],
        given: Mapping[uuid.UUID, Sequence[str]],
        reopens: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["consent_given_by"]
        purposes = (ConsentPurpose.REGISTRATION,) if reopens else tuple(ConsentPurpose)
        self.who = [WhoAgrees(self, member, person, given.get(person.pk, ())) for member, person in members]
        self.meanings = [(purpose, PURPOSE_NAMES[purpose], PURPOSE_MEANINGS[purpose]) for purpose in purposes]
        # A closed file shows nobody's name.
        names = {one.key: one.member.relation_name if reopens else one.person.full_name for one in self.who}
        self.fields["people"].choices = list(names.items())  # type: ignore[attr-defined]
        self.fields["purposes"].choices = translated({p: PURPOSE_NAMES[p] for p in purposes})  # type: ignore[attr-defined]
        self.grown_ups = [one.person.full_name for one in self.who if not one.needs_guardian and not reopens]
        if len(self.who) == 1:
            self.initial.setdefault("people", [self.who[0].key])
        if reopens:
            self.initial.setdefault("purposes", [ConsentPurpose.REGISTRATION])
        self.initial.setdefault("form_id", new_id())

    @property
    def has_children(self) -> bool:
        """Whether somebody is or may be a child, so that a guardian is asked for."""
        return any(GivenBy.GUARDIAN in one.may for one in self.who)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        for one in self.chosen():
            if one.given_by() is not GivenBy.GUARDIAN:
                continue
            if not cleaned.get("guardian_name") and not self.has_error("guardian_name"):
                self.add_error("guardian_name", gettext("Write who answers for the child."))
            if one.assent_field and one.assent() is None:
                self.add_error(one.assent_name, gettext("Write down what the child says."))
        return cleaned

    def chosen(self) -> list[WhoAgrees]:
        """The members that are ticked."""
        ticked = set(self.cleaned_data.get("people") or [])
        return [one for one in self.who if one.key in ticked]

    def given(self) -> list[tuple[Person, ConsentDraft]]:
        """The consents as typed, one draft for each member."""
        clean = self.cleaned_data
        return [
            (
                one.person,
                ConsentDraft(
                    given_by=by, method=ConsentMethod(clean["consent_method"]), language=clean["consent_language"],
                    given_on=clean["consent_on"], purposes=tuple(ConsentPurpose(key) for key in clean["purposes"]),
                    guardian_name=clean["guardian_name"] if by is GivenBy.GUARDIAN else "",
                    assent=one.assent() if by is GivenBy.GUARDIAN else None, extent=clean["extent"],
                    valid_until=clean["valid_until"],
                ),
            )
            for one in self.chosen()
            for by in [one.given_by()]
        ]  # fmt: skip

    def form_key(self) -> uuid.UUID:
        """The key that makes a second sending of the same form harmless."""
        key: uuid.UUID = self.cleaned_data["form_id"]
        return key


class WithdrawalForm(forms.Form):
    """When and why a consent is withdrawn; nothing is carried out without the tick."""

    on = forms.DateField(label=_("Withdrawn on"), widget=forms.DateInput(attrs=_DAY, format="%Y-%m-%d"))
    reason = forms.CharField(
        label=pgettext_lazy("withdrawal", "Reason"), max_length=300, widget=forms.TextInput(attrs={"dir": "auto"}),
        help_text=_("In a few words and without names. Nobody has to give a reason: then write that."),
    )  # fmt: skip
    understood = forms.BooleanField(
        label=_("I told the person what follows, and this is what the person wants."),
        error_messages={"required": _("Talk it over and tick here, or leave the consent as it is.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("on", timezone.localdate())
