"""What the person tells after a referral."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from paivand.access.forms.fields import RecordForm, day, lines
from paivand.referrals.forms.referrals import translated
from paivand.referrals.rules.feedback import (
    HELPED_NAMES,
    LONGEST_WORDS,
    RECEIVED_NAMES,
    TROUBLE_NAMES,
    FeedbackDraft,
    Helped,
    Received,
    Trouble,
)


class FeedbackForm(RecordForm):
    """Whether the help came, whether it helped, and what was wrong."""

    asked_on = day(_("Asked on"))
    received = forms.ChoiceField(label=_("Did the person get the help?"), widget=forms.RadioSelect)
    helped_on = day(_("On which day"), required=False)
    helped = forms.ChoiceField(label=_("Did it help?"), widget=forms.RadioSelect, required=False)
    troubles = forms.MultipleChoiceField(
        label=_("Was anything hard or wrong?"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("The service never sees this answer."),
    )  # fmt: skip
    more_needed = forms.BooleanField(label=_("More help is needed"), required=False)
    words = lines(
        _("In the person's own words"), rows=3, longest=LONGEST_WORDS, required=False,
        help_text=_("Short; nothing that could harm the person."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("received", translated(RECEIVED_NAMES))
        self.offer("helped", translated(HELPED_NAMES))
        self.offer("troubles", translated(TROUBLE_NAMES))
        self.initial.setdefault("asked_on", timezone.localdate())

    def draft(self) -> FeedbackDraft:
        """What was told."""
        clean = self.cleaned_data
        return FeedbackDraft(
            asked_on=clean["asked_on"], received=Received(clean["received"]),
            helped=Helped(clean["helped"]) if clean["helped"] else None, helped_on=clean["helped_on"],
            troubles=tuple(Trouble(one) for one in clean["troubles"]), more_needed=clean["more_needed"],
            words=clean["words"],
        )  # fmt: skip
