"""What a supervisor chose when giving cases, and what was typed when one is handed over."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from paivand.cases.queries.workers import Candidate
from paivand.core.models import new_id


def words(label: Any, *, rows: int = 3, longest: int = 2000, **kwargs: Any) -> forms.CharField:
    """A few lines in any script."""
    return forms.CharField(
        label=label, max_length=longest, widget=forms.Textarea(attrs={"rows": rows, "dir": "auto"}), **kwargs
    )  # fmt: skip


class WorkerForm(forms.Form):
    """A form on which one worker is chosen among those who may take a case; each is drawn with what she carries.

    ``field_name`` names the field; ``choices_drawn`` is what a template loops over.
    """

    field_name = "owner"
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, candidates: Sequence[Candidate], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.candidates = candidates
        chosen: Any = self.fields[self.field_name]
        chosen.choices = [(str(one.user.pk), one.user.full_name) for one in candidates]

    @property
    def choices_drawn(self) -> list[tuple[Candidate, bool]]:
        """The candidates, and which of them is chosen."""
        chosen = str(self[self.field_name].value() or "")
        return [(one, str(one.user.pk) == chosen) for one in self.candidates]

    def worker(self) -> Any:
        """The chosen worker."""
        chosen = self.cleaned_data[self.field_name]
        return next(one.user for one in self.candidates if str(one.user.pk) == chosen)

    @property
    def is_warned(self) -> bool:
        """Whether the worker was found to carry too much, or somebody said to give it nevertheless."""
        too_much = [*self.errors.as_data().get("nevertheless", []), *self.non_field_errors().as_data()]
        return any(error.code == "over_limit" for error in too_much) or bool(self["nevertheless"].value())


class AssignForm(WorkerForm):
    """To whom a case goes, and why."""

    owner = forms.ChoiceField(label=_("To whom"), widget=forms.RadioSelect)
    reason = words(_("Why"), help_text=_("The new and the former worker read it in the history of the case."))
    nevertheless = forms.BooleanField(label=_("Give it nevertheless; the reason above says why"), required=False)


class TransferForm(WorkerForm):
    """Whom a worker asks to take a case over."""

    field_name = "receiver"
    receiver = forms.ChoiceField(label=_("Whom do you ask"), widget=forms.RadioSelect)
    reason = words(_("Why"), rows=2)
    note = words(
        _("What the next worker should know"), required=False,
        help_text=_("It is read before the answer: write no names, no place and nothing that must stay in the case."),
    )  # fmt: skip
    nevertheless = forms.BooleanField(required=False, widget=forms.HiddenInput)
    form_id = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["form_id"].initial = new_id

    def form_key(self) -> uuid.UUID:
        """The key under which one sending of the form is kept."""
        return self.cleaned_data.get("form_id") or new_id()


class AnswerForm(forms.Form):
    """Yes or no to a transfer."""

    answer = words(
        _("Your words"), rows=2, required=False,
        help_text=_("Needed if you say no, or if you take it although you carry more than the limit then."),
    )  # fmt: skip
    nevertheless = forms.BooleanField(label=_("I take it nevertheless; my words say why"), required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)

    @property
    def is_warned(self) -> bool:
        """Whether one would carry too much, or said to take it nevertheless."""
        found = [error for errors in self.errors.as_data().values() for error in errors]
        return any(error.code == "over_limit" for error in found) or bool(self["nevertheless"].value())


class AssignManyForm(WorkerForm):
    """Which cases go to whom, and why."""

    cases = forms.MultipleChoiceField(label=_("Cases"), widget=forms.CheckboxSelectMultiple)
    owner = forms.ChoiceField(label=_("To whom"), widget=forms.RadioSelect)
    reason = words(_("Why"), rows=2, help_text=_("It stands in the history of each case."))
    nevertheless = forms.BooleanField(
        label=_("Give them nevertheless if she or he carries more than the limit then; the reason says why"),
        required=False,
    )

    def __init__(self, *args: Any, codes: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["cases"].choices = [(code, code) for code in codes]  # type: ignore[attr-defined]
