"""What is typed about an indicator: a figure of another source, a goal, an explanation; and a title of an edition."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from paivand.core.models import new_id
from paivand.evidence.models import Entered
from paivand.evidence.rules.entering import GOAL_NAMES, ExternalDraft, GoalDraft, GoalKind


def _day_widget() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def _line() -> forms.TextInput:
    return forms.TextInput(attrs={"dir": "auto", "autocomplete": "off"})


def _number() -> forms.TextInput:
    return forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "dir": "ltr"})


class EnteredForm(forms.Form):
    """What these forms share. One that puts an entry right begins with its words, and asks what was wrong."""

    form_id = forms.UUIDField(widget=forms.HiddenInput, required=False)
    why = forms.CharField(
        label=_("What was wrong"), max_length=300, widget=_line(),
        help_text=_("Others read it beside the former entry, which stays."),
    )  # fmt: skip

    def __init__(self, *args: Any, replaces: Entered | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("form_id", new_id())
        if replaces is None:
            del self.fields["why"]
        else:
            self.order_fields(["why"])
            for name in self.fields:
                if hasattr(replaces, name) and name not in {"why", "form_id"}:
                    self.initial.setdefault(name, getattr(replaces, name))

    def once(self) -> dict[str, Any]:
        """What every action of these takes besides."""
        key: uuid.UUID = self.cleaned_data.get("form_id") or new_id()
        return {"form_id": key, "why": self.cleaned_data.get("why", "")}


class ExternalForm(EnteredForm):
    """A figure that another source gives."""

    source = forms.CharField(label=_("Who says so"), max_length=160, widget=_line())
    document = forms.CharField(
        label=_("Document"), max_length=300, widget=_line(), help_text=_("Its title, and the page if it is long.")
    )
    link = forms.URLField(
        label=_("Where it can be read"), max_length=300, required=False, assume_scheme="https",
        widget=forms.URLInput(attrs={"dir": "ltr"}),
    )  # fmt: skip
    method = forms.CharField(
        label=_("How it was counted"), max_length=300, widget=_line(),
        help_text=_("As far as the source says: people or contacts, a register or an estimate."),
    )  # fmt: skip
    value = forms.DecimalField(
        label=_("Figure"), min_value=0, max_digits=16, decimal_places=2, localize=True, widget=_number()
    )
    as_of_on = forms.DateField(
        label=_("As of"), widget=_day_widget(), help_text=_("The day of which the source speaks.")
    )
    first_on = forms.DateField(label=_("Period from"), widget=_day_widget(), required=False)
    last_on = forms.DateField(label=_("Period until"), widget=_day_widget(), required=False)
    note = forms.CharField(
        label=_("Note"), max_length=300, required=False, widget=_line(),
        help_text=_("For example: over 500 was written, no exact figure."),
    )  # fmt: skip

    def draft(self) -> ExternalDraft:
        """The figure as typed."""
        names = ("source", "document", "method", "value", "as_of_on", "first_on", "last_on", "link", "note")
        return ExternalDraft(**{name: self.cleaned_data[name] for name in names})


class GoalForm(EnteredForm):
    """A baseline, a milestone or a target."""

    kind = forms.ChoiceField(label=_("What it is"), choices=[(key.value, GOAL_NAMES[key]) for key in GoalKind])
    value = forms.DecimalField(
        label=_("Value"), min_value=0, max_digits=16, decimal_places=2, localize=True, widget=_number()
    )
    on = forms.DateField(label=_("By which day"), widget=_day_widget())
    note = forms.CharField(
        label=_("Where it was agreed"), max_length=300, widget=_line(),
        help_text=_("A document, or a meeting with its day."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(key.value, _(GOAL_NAMES[key])) for key in GoalKind]  # type: ignore[attr-defined]

    def draft(self) -> GoalDraft:
        """The goal as typed."""
        told = self.cleaned_data
        return GoalDraft(GoalKind(told["kind"]), told["on"], told["value"], told["note"])


class ExplanationForm(EnteredForm):
    """What explains a difference."""

    words = forms.CharField(
        label=_("What explains the difference"), max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5, "dir": "auto"}),
        help_text=_("For those who read the results: no name, and nothing by which a person could be recognised."),
    )  # fmt: skip
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    first_on = forms.DateField(label=_("Period from"), widget=_day_widget(), required=False)
    last_on = forms.DateField(label=_("Period until"), widget=_day_widget())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("language", (get_language() or "en")[:2])
        self.initial.setdefault("last_on", timezone.localdate())


class WithdrawForm(forms.Form):
    """Why an entry is taken back."""

    why = forms.CharField(
        label=_("Why it is taken back"), max_length=300, widget=_line(),
        help_text=_("The entry stays to be read, with these words."),
    )  # fmt: skip


class EditionForm(forms.Form):
    """The title of an edition, and its period."""

    form_id = forms.UUIDField(widget=forms.HiddenInput, required=False)
    title = forms.CharField(
        label=_("Title"), max_length=160, widget=_line(), help_text=_("For example a month, or the name of a report.")
    )
    first_on = forms.DateField(label=_("Period from"), widget=_day_widget(), required=False)
    last_on = forms.DateField(label=_("Period until"), widget=_day_widget(), required=False)
    note = forms.CharField(label=_("Note"), max_length=300, required=False, widget=_line())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("form_id", new_id())

    def clean(self) -> dict[str, Any]:
        """The period in order."""
        told = super().clean() or {}
        if told.get("first_on") and told.get("last_on") and told["last_on"] < told["first_on"]:
            self.add_error("last_on", _("The period ends before it begins. Look at both days."))
        return told
