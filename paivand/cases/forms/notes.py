"""What a person typed as a note, and why words are taken away."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from paivand.access.forms.fields import RecordForm, lines, translated
from paivand.cases.rules.records import NOTE_NAMES, STRUCK_NAMES, NoteKind, StruckWhy


class NoteForm(RecordForm):
    """A note, and who reads it."""

    text = lines(_("Note"), rows=6)
    kind = forms.ChoiceField(label=_("Who reads it"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("kind", translated(NOTE_NAMES))
        self.initial.setdefault("kind", NoteKind.CASE)

    def chosen_kind(self) -> NoteKind:
        """Who reads it."""
        return NoteKind(self.cleaned_data["kind"])


class WordsForm(RecordForm):
    """Words that are added to a note, or put over those of the first day."""

    text = lines(_("Note"), rows=6)


class StrikeForm(RecordForm):
    """Why the words of a note are taken away."""

    why = forms.ChoiceField(label=_("Why the words are taken away"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("why", translated(STRUCK_NAMES))

    def chosen(self) -> StruckWhy:
        """The reason."""
        return StruckWhy(self.cleaned_data["why"])
