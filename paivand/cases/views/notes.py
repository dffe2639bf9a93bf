"""Pages on notes: all that one may read, writing one, changing, adding, taking away."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from paivand.access.rules.verbs import Verb
from paivand.access.views.gate import conflict, refuse
from paivand.cases.actions import notes as actions
from paivand.cases.forms.notes import NoteForm, StrikeForm, WordsForm
from paivand.cases.models import Note
from paivand.cases.queries import records as queries
from paivand.cases.rules.records import may_change_note
from paivand.cases.views.found import Asked, cursor, once, or_404


@require_GET
def note_list(request: HttpRequest, case_code: str) -> HttpResponse:
    """The notes of a case that one may read, the latest first."""
    asked = Asked.of(request, case_code, Verb.CASE_VIEW)
    notes = queries.notes_of(asked.by, asked.case, limit=queries.PAGE + 1, before=cursor(request))
    shown, more = notes[: queries.PAGE], len(notes) > queries.PAGE
    return asked.page(
        request, "note_list", notes=shown, before=str(shown[-1].pk) if more else None,
        guides=asked.by.reach(Verb.CASE_APPROVE).covers(asked.case),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def note_write(request: HttpRequest, case_code: str) -> HttpResponse:
    """Write a note."""
    asked = Asked.of(request, case_code)
    form = NoteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            once(
                lambda: actions.write_note(
                    case=asked.case, note_id=form.form_key(), kind=form.chosen_kind(),
                    text=form.cleaned_data["text"], by=asked.by,
                )
            )  # fmt: skip
            messages.success(request, _("The note is written down."))
            return asked.back("notes")
    return asked.page(request, "note_form", form)


@require_http_methods(["GET", "POST"])
def note_change(request: HttpRequest, case_code: str, note_id: uuid.UUID) -> HttpResponse:
    """Change one's own note on its first day; later, and for a note of somebody else, words are added."""
    asked = Asked.of(request, case_code)
    note = _note(asked, note_id)
    own = note.written_by_id == asked.by.pk and may_change_note(note.written_at, timezone.now())
    initial = {"text": note.text, "version": note.version} if own else {"version": note.version}
    form = WordsForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        text = form.cleaned_data["text"]
        with refuse(form):
            if own:
                actions.change_note(note=note, version=form.typed_version(), text=text, by=asked.by)
            else:
                once(lambda: actions.add_to_note(note=note, note_id=form.form_key(), text=text, by=asked.by))
            messages.success(request, _("Saved."))
            return asked.to("note-list")
    present = conflict(form, initial) if own else []
    return asked.page(request, "note_change", form, note=note, own=own, present=present)


@require_http_methods(["GET", "POST"])
def note_strike(request: HttpRequest, case_code: str, note_id: uuid.UUID) -> HttpResponse:
    """Take away the words of a note that must not stand here."""
    asked = Asked.of(request, case_code)
    note = _note(asked, note_id)
    form = StrikeForm(request.POST or None, initial={"version": note.version})
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            actions.strike_note(note=note, version=form.typed_version(), why=form.chosen(), by=asked.by)
            messages.success(request, _("The words are gone. That a note was written, and why they went, stays."))
            return asked.to("note-list")
    return asked.page(request, "note_strike", form, note=note)


def _note(asked: Asked, note_id: uuid.UUID) -> Note:
    note: Note = or_404(queries.note_by_id(asked.by, asked.case, note_id))
    return note
