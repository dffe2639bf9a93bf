"""Notes: written, changed on their first day, added to afterwards, and taken away where they must not stand."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from paivand.access.actions.mechanism import action, remark
from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.cases.actions.inside import locked_case, within
from paivand.cases.models import Case, Note
from paivand.cases.rules.records import NoteKind, StruckWhy, may_change_note
from paivand.core.rules.errors import OutsideScopeError, Refused
from paivand.registry.actions.families import demand_fresh


@action(Verb.CASE_WORK, on="case")
def write_note(
    *, case: Case, note_id: uuid.UUID, kind: NoteKind, text: str, by: User, now: datetime | None = None
) -> Note:  # fmt: skip
    """Write a note; ``note_id`` is made by the form, so that a double tap writes one.

    Raises:
        Refused: ``twice``, ``closed``; ``text`` without words.
    """
    locked = locked_case(case)
    remark(act="note.write", kind=kind)
    return _write(locked, Note(id=note_id, kind=kind, written_at=now or timezone.now()), text, by)


@action(Verb.CASE_WORK, on="note")
def add_to_note(*, note: Note, note_id: uuid.UUID, text: str, by: User, now: datetime | None = None) -> Note:
    """Add words to a note; the former ones stay. The addition is read by whoever reads the note.

    Raises:
        Refused: ``twice``, ``closed``, ``text``; ``struck`` where the words were taken away.
    """
    if not note.policy.shows(by, note):
        raise OutsideScopeError(Verb.CASE_WORK)
    locked = locked_case(note.case)
    if note.struck_at:
        raise Refused(_("The words of this note were taken away. Write a new one."), "struck")
    first = note.amends or note
    remark(act="note.add", kind=first.kind)
    added = Note(id=note_id, kind=first.kind, amends=first, begun_by=first.written_by, written_at=now or timezone.now())
    return _write(locked, added, text, by)


def _write(case: Case, note: Note, text: str, by: User) -> Note:
    if Note.objects.filter(pk=note.pk).exists():
        raise Refused(_("This form was saved already."), "twice")
    note.text = _words(text)
    within(case, note, by).save(force_insert=True)
    return note


@action(Verb.CASE_WORK, on="note")
def change_note(*, note: Note, version: int, text: str, by: User, now: datetime | None = None) -> Note:
    """Change the words of one's own note on its first day.

    Raises:
        Refused: ``author`` for somebody else's, ``late`` after a day, ``struck``, ``stale``, ``closed``, ``text``.
    """
    moment = now or timezone.now()
    if note.written_by_id != by.pk:
        raise Refused(_("Only who wrote a note changes it. Add your words to it instead."), "author")
    locked_case(note.case)
    row = _locked(note)
    demand_fresh(row, version)
    if row.struck_at:
        raise Refused(_("The words of this note were taken away. Write a new one."), "struck")
    if not may_change_note(row.written_at, moment):
        raise Refused(_("A note is changed on its first day only. Add your words to it instead."), "late")
    row.text, row.edited_at = _words(text), moment
    row.version += 1
    row.save()
    remark(act="note.change", kind=row.kind)
    return row


@action(Verb.CASE_WORK, on="note")
def strike_note(*, note: Note, version: int, why: StruckWhy, by: User, now: datetime | None = None) -> Note:
    """Take away the words of a note that must not stand here; that it was written, and why it went, stays.

    Its author may always do so, a supervisor with every note that is not private; in a closed case too.

    Raises:
        Refused: ``author`` for who is neither; ``already``, ``stale``.
    """
    if not note.policy.shows(by, note):
        raise OutsideScopeError(Verb.CASE_WORK)
    guides = note.kind != NoteKind.PRIVATE and by.reach(Verb.CASE_APPROVE).covers(note)
    if note.written_by_id != by.pk and not guides:
        raise Refused(_("Only who wrote a note, or a supervisor, takes its words away."), "author")
    row = _locked(note)
    demand_fresh(row, version)
    if row.struck_at:
        raise Refused(_("The words of this note were taken away already."), "already")
    row.text, row.struck_why, row.struck_by, row.struck_at = "", why, by, now or timezone.now()
    row.version += 1
    row.save()
    remark(act="note.strike", kind=row.kind, why=why)
    return row


def _locked(note: Note) -> Note:
    row: Note = Note.objects.select_for_update(of=("self",)).select_related("case").get(pk=note.pk)
    return row


def _words(text: str) -> str:
    words = text.strip()
    if not words:
        raise Refused(_("Write a few words."), "text", field="text")
    return words
