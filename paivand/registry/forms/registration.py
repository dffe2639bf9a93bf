"""The form of registration: a family with its head and her consent, and a row for each member."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from paivand.core.models import new_id
from paivand.registry.forms.families import ConsentFields, FamilyForm, MemberForm, PersonFields
from paivand.registry.rules.drafts import FamilyDraft

MOST_MEMBERS = 20


class RegistrationForm(FamilyForm, PersonFields, ConsentFields):
    """A family with its head and her consent; the members come in a form each."""

    form_id = forms.UUIDField(widget=forms.HiddenInput)
    registered_on = forms.DateField(
        label=_("Registered on"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    agreed = forms.BooleanField(
        label=_("I explained what is written down, why, who sees it and that it may be withdrawn; the answer was yes."),
        error_messages={"required": _("Without consent nobody is registered. Explain it and tick here, or stop.")},
    )

    field_order = (
        "form_id", "jamoat", "village", "registered_on", "family_name", "given_name", "father_name", "sex", "birth",
        "consent_given_by", "consent_method", "consent_language", "consent_on", "agreed",
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("registered_on", timezone.localdate())
        if not self.is_bound:
            self.initial.setdefault("form_id", new_id())

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
        )


class MemberRowForm(MemberForm):
    """One row of the members' list on the registration page; an empty row is no member."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["empty_permitted"] = True
        kwargs["use_required_attribute"] = False
        super().__init__(*args, **kwargs)
        del self.fields["form_id"], self.fields["version"]

    def has_changed(self) -> bool:
        """A row counts when a name, a relation, a sex or a birth was entered."""
        return any(self[name].data for name in ("given_name", "family_name", "father_name", "birth", "relation", "sex"))


MemberRows = forms.formset_factory(
    MemberRowForm, extra=0, max_num=MOST_MEMBERS, absolute_max=MOST_MEMBERS, validate_max=True
)
