"""What a person typed about a learner who is not taken in, or whose result is taken back."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from paivand.access.forms.fields import RecordForm, line
from paivand.learning.rules.states import LEFT_NAMES, LeftWhy

_DECLINED = (LeftWhy.FULL, LeftWhy.NOT_ELIGIBLE, LeftWhy.NOT_FOR_HER, LeftWhy.FAR, LeftWhy.MISTAKE, LeftWhy.OTHER)
"""Why somebody is not taken in; the other reasons are for those who leave."""


class DeclineForm(RecordForm):
    """Why somebody is not taken in."""

    why = forms.ChoiceField(label=_("Why"), widget=forms.RadioSelect)
    said = line(
        _("In a few words"), required=False,
        help_text=_("Whoever put the learner forward reads it: say what would help next time."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("why", [(str(key), gettext(LEFT_NAMES[key])) for key in _DECLINED])

    def chosen(self) -> LeftWhy:
        """The reason."""
        return LeftWhy(self.cleaned_data["why"])


class ReasonForm(RecordForm):
    """Why something that was settled is taken back."""

    reason = line(_("Why it is taken back"), help_text=_("In a few words and without names."))
