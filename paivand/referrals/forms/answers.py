"""What a receiver answers, one small form for each answer; and the PIN of a link."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from paivand.referrals.forms.referrals import translated
from paivand.referrals.rules.referrals import OUTCOME_NAMES, REASONS_OF, Act

_DAY = {"type": "date"}


class AnswerForm(forms.Form):
    """One answer: its reason, or the help that was given, and a few words."""

    act = forms.CharField(widget=forms.HiddenInput)
    version = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.ChoiceField(label=_("Why"), widget=forms.RadioSelect)
    outcome = forms.ChoiceField(label=_("How the help was given"), widget=forms.RadioSelect)
    happened_on = forms.DateField(label=_("On which day"), widget=forms.DateInput(attrs=_DAY, format="%Y-%m-%d"))
    note = forms.CharField(
        label=_("A few words to who referred"), max_length=1000, required=False,
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
    )  # fmt: skip

    def __init__(self, act: Act, data: Mapping[str, Any] | None = None, *, version: int, about: str = "") -> None:
        super().__init__(data, auto_id=f"id_{act}_%s", initial={"act": act, "version": version})
        self.kind = act
        if act in REASONS_OF:
            self.fields["reason"].choices = translated(REASONS_OF[act])  # type: ignore[attr-defined]
        else:
            del self.fields["reason"]
        if act is Act.COMPLETE:
            self.fields["outcome"].choices = translated(OUTCOME_NAMES)  # type: ignore[attr-defined]
            self.initial["happened_on"] = timezone.localdate()
        else:
            del self.fields["outcome"], self.fields["happened_on"]
        self.about = about

    def values(self) -> dict[str, Any]:
        """What an answering action takes besides the referral."""
        clean = self.cleaned_data
        found: dict[str, Any] = {"version": clean["version"], "note": clean["note"]}
        for name in ("reason", "outcome", "happened_on"):
            if name in self.fields:
                found[name] = clean[name]
        return found


ANSWER_WORDS = {
    Act.ACCEPT: _("We take the person on"),
    Act.DECLINE: _("We cannot take the person on"),
    Act.BEGIN: _("The help has begun"),
    Act.COMPLETE: _("The help was given"),
    Act.NOT_COMPLETE: _("The help did not come about"),
}
"""The answers in the receiver's own words."""
TOLD_WORDS = {
    Act.ACCEPT: _("The service takes the person on"),
    Act.DECLINE: _("The service cannot take the person on"),
    Act.BEGIN: _("The help has begun"),
    Act.COMPLETE: _("The help was given"),
    Act.NOT_COMPLETE: _("The help did not come about"),
}
"""The same, as the sender writes them down."""


class PinForm(forms.Form):
    """The PIN of a one-time link."""

    pin = forms.CharField(
        label=_("PIN"), max_length=20,
        widget=forms.TextInput(attrs={
            "inputmode": "numeric", "autocomplete": "one-time-code", "dir": "ltr", "class": "pin", "autofocus": True,
        }),
        error_messages={"required": _("Write the six digits that you were told.")},
    )  # fmt: skip
