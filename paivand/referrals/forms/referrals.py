"""What a worker types about a referral: the draft, what leaves, notes, and why it is taken back."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from paivand.core.models import new_id
from paivand.referrals.rules.lenses import Lens
from paivand.referrals.rules.referrals import (
    WAY_NAMES,
    Priority,
    Way,
)
from paivand.registry.models import Person

LONGEST_NEEDS = 1500
_AUTO = {"dir": "auto"}


def translated(names: Mapping[Any, str]) -> list[tuple[str, str]]:
    """Choices with their names in the reader's language."""
    return [(str(key), gettext(name)) for key, name in names.items()]


class NeedsField(forms.CharField):
    """What is needed, in words that the service reads."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            label=_("What is needed"), max_length=LONGEST_NEEDS, widget=forms.Textarea(attrs={"rows": 3, **_AUTO}),
            help_text=_("The service reads this. Only what it needs to help, and no names."), **kwargs,
        )  # fmt: skip


class PriorityField(forms.ChoiceField):
    """How soon an answer is needed."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(label=_("How soon"), widget=forms.RadioSelect, initial=Priority.NORMAL, **kwargs)


class DraftForm(forms.Form):
    """Who is referred, how soon, and what for."""

    form_id = forms.UUIDField(widget=forms.HiddenInput)
    person = forms.ChoiceField(label=_("Who is referred"), widget=forms.RadioSelect)
    priority = PriorityField()
    needs = NeedsField()

    def __init__(self, *args: Any, people: Sequence[Person], priorities: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._people = {str(person.pk): person for person in people}
        self.fields["person"].choices = [(key, one.full_name) for key, one in self._people.items()]  # type: ignore[attr-defined]
        self.fields["priority"].choices = list(priorities.items())  # type: ignore[attr-defined]
        self.initial.setdefault("form_id", new_id())
        if len(self._people) == 1:
            self.initial.setdefault("person", next(iter(self._people)))

    def who(self) -> Person:
        """The chosen person."""
        return self._people[self.cleaned_data["person"]]

    def form_key(self) -> uuid.UUID:
        """The key that makes a second sending of the same form harmless."""
        key: uuid.UUID = self.cleaned_data["form_id"]
        return key


class PrepareForm(forms.Form):
    """A draft: how soon, what for, through which lens, which of its fields leave, and by which way."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    priority = PriorityField()
    needs = NeedsField(required=False)
    lens = forms.ChoiceField(label=_("What the service is told"), widget=forms.RadioSelect)
    fields_ = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)
    way = forms.ChoiceField(label=_("How it reaches the service"), widget=forms.RadioSelect)
    names_agreed = forms.BooleanField(
        label=_("The person agreed that name, telephone and address leave by a link or a PDF too"), required=False,
        help_text=_("Without this tick the link and the PDF show a code only."),
    )  # fmt: skip

    def __init__(
        self, *args: Any, lenses: Sequence[Lens], ways: Sequence[Way], priorities: Mapping[str, str], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        language = get_language() or "en"
        self.fields["priority"].choices = list(priorities.items())  # type: ignore[attr-defined]
        self.fields["lens"].choices = [(one.code, one.title(language)) for one in lenses]  # type: ignore[attr-defined]
        self.fields["way"].choices = translated({way: WAY_NAMES[way] for way in ways})  # type: ignore[attr-defined]
        codes = dict.fromkeys(code for one in lenses for code in one.places)
        self.fields["fields_"].choices = [(code, code) for code in codes]  # type: ignore[attr-defined]
        self.initial.setdefault("way", ways[0])


class VersionForm(forms.Form):
    """The version that a single button brings."""

    version = forms.IntegerField(widget=forms.HiddenInput)


class NoteForm(forms.Form):
    """A few words to the other side."""

    note = forms.CharField(
        label=_("Your words"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3, **_AUTO}),
        help_text=_("The other side reads this."),
    )  # fmt: skip


class WithdrawForm(forms.Form):
    """Why a referral is taken back."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.ChoiceField(label=_("Why"), widget=forms.RadioSelect)
    note = forms.CharField(
        label=_("What the service should know"), max_length=1000, required=False,
        widget=forms.Textarea(attrs={"rows": 2, **_AUTO}),
    )  # fmt: skip

    def __init__(self, *args: Any, reasons: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].choices = translated(reasons)  # type: ignore[attr-defined]


class OverrideForm(forms.Form):
    """Why something is passed on without a consent."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("Why it cannot wait for a consent"), max_length=500, widget=forms.Textarea(attrs={"rows": 3, **_AUTO}),
        help_text=_("What danger, or which duty. Supervisors read this; write no names."),
    )  # fmt: skip
    understood = forms.BooleanField(
        label=_("I know that this goes against or past the person's own decision, and I answer for it."),
        error_messages={"required": _("Tick here, or go back: nothing is decided without.")},
    )


class OutsideForm(forms.Form):
    """How something leaves by a link or a PDF: in which language, whom one calls, and whether with the name."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    language = forms.ChoiceField(label=_("In which language"), widget=forms.RadioSelect)
    call_whom = forms.CharField(
        label=_("Whom the service calls with a question"), max_length=160, widget=forms.TextInput(attrs=_AUTO),
        help_text=_("A name and a telephone number. They are shown even when the link does not open any more."),
    )  # fmt: skip
    names_agreed = forms.BooleanField(
        label=_("The person agreed that name, telephone and address leave like this"), required=False,
        help_text=_("Without this tick a code stands there, and the service asks you."),
    )  # fmt: skip

    def __init__(self, *args: Any, languages: Sequence[tuple[str, str]], names: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"].choices = list(languages)  # type: ignore[attr-defined]
        if not names:
            del self.fields["names_agreed"]
