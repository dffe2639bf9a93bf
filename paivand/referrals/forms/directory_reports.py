"""What somebody found wrong in the directory, and the answer to it."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from paivand.core.models import new_id
from paivand.referrals.forms.directory import translated
from paivand.referrals.rules.directory_reports import REPORT_STATE_NAMES, WRONG_NAMES, ReportState, Wrong


class ReportForm(forms.Form):
    """That an entry is wrong."""

    wrong = forms.ChoiceField(label=_("What is wrong"), widget=forms.RadioSelect)
    words = forms.CharField(
        label=_("What you know"), max_length=400, widget=forms.Textarea(attrs={"dir": "auto", "rows": "3"}),
        help_text=_("For example the new number. Write no name of a person who came for help."),
    )  # fmt: skip
    form_id = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["wrong"].choices = translated(WRONG_NAMES)  # type: ignore[attr-defined]
        if not self.is_bound:
            self.initial.setdefault("form_id", new_id())

    @property
    def what(self) -> Wrong:
        """What is wrong, as chosen."""
        return Wrong(self.cleaned_data["wrong"])

    def form_key(self) -> uuid.UUID:
        """The key that makes a second sending of the same form harmless."""
        return self.cleaned_data.get("form_id") or new_id()


class AnswerForm(forms.Form):
    """What came of a report."""

    state = forms.ChoiceField(label=_("What came of it"), widget=forms.RadioSelect)
    answer = forms.CharField(
        label=_("A word to who reported it"), max_length=200,
        widget=forms.TextInput(attrs={"dir": "auto", "autocomplete": "off"}),
    )  # fmt: skip
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = {key: name for key, name in REPORT_STATE_NAMES.items() if key is not ReportState.WAITING}
        self.fields["state"].choices = translated(names)  # type: ignore[attr-defined]

    @property
    def what(self) -> ReportState:
        """What came of it, as chosen."""
        return ReportState(self.cleaned_data["state"])
