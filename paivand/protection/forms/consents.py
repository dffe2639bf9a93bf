"""What a survivor agrees to, and withdraws."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from paivand.core.templatetags.paivand import apart
from paivand.protection.forms.fields import Choice, SealedForm, YesOrNo, answer, lines, today
from paivand.protection.rules.consents import CAREGIVER_NAMES, KIND_NAMES, METHOD_NAMES, Caregiver, Given, Kind, Method
from paivand.protection.rules.drafts import ConsentDraft
from paivand.protection.rules.sectors import sector_of
from paivand.referrals.models import DirectoryService


class GivenFields(SealedForm):
    """How a consent is given; the last three are for children."""

    given_on = forms.DateField(label=_("Agreed on"))
    method = Choice(METHOD_NAMES, label=_("How"), required=True, widget=forms.RadioSelect)
    assent = YesOrNo(label=_("The child agrees"), may_decline=False)
    caregiver = Choice(CAREGIVER_NAMES, label=_("The caregiver"))
    caregiver_reason = forms.CharField(
        label=_("If no caregiver was asked: why, and who stands by the child"), required=False, max_length=500,
        widget=lines(2),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.is_bound:
            self.initial.setdefault("given_on", today())
            self.initial.setdefault("method", Method.SPOKEN)

    def given(self) -> Given:
        """The consent as typed."""
        clean = self.cleaned_data
        caregiver = clean["caregiver"]
        return Given(
            given_on=clean["given_on"], method=Method(clean["method"]), assent=answer(clean["assent"]),
            caregiver=Caregiver(caregiver) if caregiver else None, caregiver_reason=clean["caregiver_reason"],
        )  # fmt: skip


class ConsentForm(GivenFields):
    """One consent; that to a referral names a service of the directory, and by it the organisation and the sector."""

    kind = Choice(KIND_NAMES, label=_("Agrees"), required=True, widget=forms.RadioSelect)
    service = forms.ChoiceField(
        label=_("Which organisation"), required=False,
        help_text=_("Only what is open in the directory of the district. She or he chooses."),
    )  # fmt: skip
    may_tell = forms.CharField(
        label=_("What may be told to it"), required=False, max_length=500, widget=lines(2),
        help_text=_("In her or his words. Nothing else leaves."),
    )  # fmt: skip
    valid_until = forms.DateField(label=_("Until"), required=False, help_text=_("Empty: until it is withdrawn."))

    GROUPS = (
        (_("To what"), _("One thing at a time. A no changes nothing in our help."), ("kind",)),
        (_("If it is a referral"), "", ("service", "may_tell", "valid_until")),
        (_("How it was given"), "", ("given_on", "method")),
        (_("If it is a child"), "", ("assent", "caregiver", "caregiver_reason")),
    )

    def __init__(self, *args: Any, services: list[DirectoryService], minor: bool, **kwargs: Any) -> None:
        """Offer these services; what is asked about children is left out where it is none."""
        super().__init__(*args, **kwargs)
        self.services = {str(service.pk): service for service in services}
        self.fields["service"].choices = [  # type: ignore[attr-defined]
            ("", "—"),
            *(
                (key, f"{apart(service.provider_name)} · {apart(service.title)}")
                for key, service in self.services.items()
            ),
        ]
        if not minor:
            for name in ("assent", "caregiver", "caregiver_reason"):
                del self.fields[name]

    def given(self) -> Given:
        """The consent as typed; for a grown-up without what is asked of children."""
        for name in ("assent", "caregiver", "caregiver_reason"):
            self.cleaned_data.setdefault(name, "")
        return super().given()

    def clean(self) -> dict[str, Any]:
        clean: dict[str, Any] = super().clean() or {}
        if clean.get("kind") == Kind.REFERRAL and not clean.get("service"):
            self.add_error("service", gettext("Choose the organisation that she or he named."))
        return clean

    @property
    def chosen_service(self) -> DirectoryService | None:
        """The chosen service of a consent to a referral."""
        return self.services.get(self.cleaned_data["service"]) if self.cleaned_data["kind"] == Kind.REFERRAL else None

    def draft(self) -> ConsentDraft:
        """The consent as typed."""
        clean, service = self.cleaned_data, self.chosen_service
        return ConsentDraft(
            kind=Kind(clean["kind"]), given=self.given(), sector=sector_of(service.type) if service else None,
            organisation=service.provider_name if service else "", may_tell=clean["may_tell"] if service else "",
            valid_until=clean["valid_until"] if service else None,
        )  # fmt: skip


class WithdrawForm(SealedForm):
    """From which day on a consent does not count any more. Nobody is asked why."""

    on = forms.DateField(label=_("From"))
    GROUPS = ((_("Withdraw the consent"), "", ("on",)),)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.is_bound:
            self.initial.setdefault("on", today())
