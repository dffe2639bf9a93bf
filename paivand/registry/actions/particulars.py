"""Writing down what is known of a person beside the name: schooling, marriage, papers, and how to reach her safely."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from paivand.access.actions.mechanism import action, remark
from paivand.access.models import ScopedRecord, User
from paivand.access.rules.verbs import Verb
from paivand.core.rules.errors import Refused
from paivand.registry.actions.families import demand_fresh, keep_changed, standing
from paivand.registry.actions.people import demand_safe_number, phone_row
from paivand.registry.models import Document, FamilyMember, Particulars, Person, Phone
from paivand.registry.rules.drafts import DocumentDraft, ParticularsDraft, PhoneDraft
from paivand.registry.rules.families import FamilyState
from paivand.registry.rules.people import DocumentStatus, School, document_key, long_enough, says_how_married


@action(Verb.FAMILY_EDIT, on="person")
def write_particulars(*, person: Person, version: int, draft: ParticularsDraft, by: User) -> Particulars:
    """Write down schooling, marriage and languages.

    Args:
        version: of the particulars as the form was opened; 0 where nothing was written down yet.

    Raises:
        Refused: ``stale``, ``closed``, or ``marriage``, ``school``, ``date`` when the facts contradict each other.
    """
    locked = _open_person(person)
    demand_sound(draft)
    row = Particulars.objects.select_for_update().filter(person=locked).first()
    if row is None:
        row = Particulars(person=locked, version=0, **_lying_as(locked))
    demand_fresh(row, version)
    before = standing(row)
    changed = _fill(
        row,
        education=draft.education, school=draft.school, out_of_school_since=draft.out_of_school_since,
        out_of_school_reason=draft.out_of_school_reason, marital=draft.marital, marriage=draft.marriage,
        languages=list(draft.languages),
    )  # fmt: skip
    keep_changed(row, before)
    remark(person=str(locked.pk), changed=changed)
    return row


@action(Verb.FAMILY_EDIT, on="person")
def add_document(*, person: Person, document_id: uuid.UUID, draft: DocumentDraft, by: User) -> Document:
    """Write down a paper; ``document_id`` is made by the form, so that a double tap writes one."""
    locked = _open_person(person)
    if Document.objects.filter(pk=document_id).exists():
        raise Refused(_("This form was saved already."), "twice")
    demand_possible_paper(draft)
    row = Document(id=document_id, person=locked, **_lying_as(locked))
    changed = fill_document(row, draft)
    row.save(force_insert=True)
    remark(person=str(locked.pk), changed=changed)
    return row


@action(Verb.FAMILY_EDIT, on="document")
def edit_document(*, document: Document, version: int, draft: DocumentDraft, by: User) -> Document:
    """Change what is known of a paper."""
    _open_person(document.person, of_old=True)
    row = _locked_document(document)
    demand_fresh(row, version)
    demand_possible_paper(draft)
    before = standing(row)
    changed = fill_document(row, draft)
    keep_changed(row, before)
    remark(person=str(row.person_id), changed=changed)
    return row


@action(Verb.FAMILY_EDIT, on="document")
def remove_document(*, document: Document, version: int, by: User) -> Person:
    """Take away a paper that was written down by mistake."""
    person = _open_person(document.person, of_old=True)
    row = _locked_document(document)
    demand_fresh(row, version)
    remark(person=str(person.pk), removed=row.kind)
    row.delete()
    return person


@action(Verb.FAMILY_EDIT, on="person")
def add_phone(*, person: Person, phone_id: uuid.UUID, draft: PhoneDraft, by: User) -> Phone:
    """Write down a number with what was agreed about calling it.

    Raises:
        Refused: ``twice`` for a double tap, ``phone`` for what cannot be, ``listed`` when she has the number already.
    """
    locked = _open_person(person)
    if Phone.objects.filter(pk=phone_id).exists():
        raise Refused(_("This form was saved already."), "twice")
    demand_safe_number(draft, timezone.localdate())
    _demand_unlisted(locked, draft.number)
    row = phone_row(locked, draft)
    row.id = phone_id
    row.save(force_insert=True)
    remark(person=str(locked.pk))
    return row


@action(Verb.FAMILY_EDIT, on="phone")
def edit_phone(*, phone: Phone, version: int, draft: PhoneDraft, by: User) -> Phone:
    """Change a number, or what was agreed about calling it."""
    person = _open_person(phone.person, of_old=True)
    row = _locked_phone(phone)
    demand_fresh(row, version)
    demand_safe_number(draft, timezone.localdate())
    if draft.number != row.number:
        _demand_unlisted(person, draft.number)
    before = standing(row)
    changed = _fill(
        row,
        number=draft.number, belongs_to=draft.belongs_to, may_call=str(draft.may_call), hours=draft.hours,
        who_may_answer=draft.who_may_answer, say_what=draft.say_what, agreed_on=draft.agreed_on,
    )  # fmt: skip
    keep_changed(row, before)
    remark(person=str(person.pk), changed=changed)
    return row


@action(Verb.FAMILY_EDIT, on="phone")
def end_phone(*, phone: Phone, version: int, ended_on: date, by: User) -> Phone:
    """Note that a number is not used any more; nobody is shown it from then on."""
    _open_person(phone.person, of_old=True)
    row = _locked_phone(phone)
    demand_fresh(row, version)
    if ended_on > timezone.localdate():
        raise Refused(_("The day lies in the future. Check it."), "date", field="ended_on")
    row.ended_on = ended_on
    row.version += 1
    row.save()
    remark(person=str(row.person_id))
    return row


def _open_person(person: Person, *, of_old: bool = False) -> Person:
    """The person's row, locked until the end of the transaction.

    Args:
        of_old: whether what is changed may be written on a record that was joined with another: it stays there.

    Raises:
        Refused: ``closed`` when no file that she belongs to is active, ``joined`` when another record stands for her.
    """
    locked: Person = Person.objects.select_for_update().get(pk=person.pk)
    if locked.merged_into_id and not of_old:
        raise Refused(_("This record was joined with another one of the same person. Change that one."), "joined")
    kept = locked.merged_into_id or locked.pk
    belongs = FamilyMember.objects.filter(Q(person=kept) | Q(person__merged_into=kept), until_on=None)
    if not belongs.filter(family__state=FamilyState.ACTIVE).exists():
        raise Refused(_("The file of this person is closed. Nothing can be changed in it."), "closed")
    return locked


def _locked_document(document: Document) -> Document:
    row: Document | None = Document.objects.select_for_update().filter(pk=document.pk).first()
    if row is None:
        raise Refused(_("Somebody else took this paper away meanwhile."), "gone")
    return row


def _locked_phone(phone: Phone) -> Phone:
    row: Phone | None = Phone.objects.select_for_update().filter(pk=phone.pk, ended_on=None).first()
    if row is None:
        raise Refused(_("Somebody else noted meanwhile that this number is not used any more."), "gone")
    return row


def demand_sound(draft: ParticularsDraft) -> None:
    """Raise a Refused that names the first contradiction."""
    if not says_how_married(draft.marital, draft.marriage):
        raise Refused(
            _("How a marriage was made belongs to somebody who is or was married. Choose the marital status."),
            "marriage", field="marital",
        )  # fmt: skip
    if draft.school != School.OUT and (draft.out_of_school_since or draft.out_of_school_reason):
        raise Refused(
            _("Since when and why belongs to a child out of school. Choose “out of school”, or empty these fields."),
            "school", field="school",
        )  # fmt: skip
    if draft.out_of_school_since and draft.out_of_school_since > timezone.localdate():
        raise Refused(_("The day lies in the future. Check it."), "date", field="out_of_school_since")


def demand_possible_paper(draft: DocumentDraft) -> None:
    """Raise a Refused that names the first thing about a paper that cannot be."""
    if draft.status is DocumentStatus.NEVER_HAD and draft.number:
        raise Refused(_("A paper that somebody never had has no number. Empty the number."), "number", field="number")
    if not long_enough(draft.number):
        raise Refused(
            _("The number is too short: at least four letters or digits. Check it."), "number", field="number"
        )
    if draft.issued_on and draft.issued_on > timezone.localdate():
        raise Refused(_("The day of issue lies in the future. Check it."), "date", field="issued_on")
    if draft.issued_on and draft.valid_until and draft.valid_until < draft.issued_on:
        raise Refused(_("The paper ends before it is issued. Check both days."), "date", field="valid_until")


def _demand_unlisted(person: Person, number: str) -> None:
    if Phone.objects.filter(person=person, number=number, ended_on=None).exists():
        raise Refused(_("This number is written down for this person already."), "listed", field="phone")


def fill_document(row: Document, draft: DocumentDraft) -> list[str]:
    """Copy the draft onto the paper; returns the names of the fields that changed."""
    return _fill(
        row,
        kind=str(draft.kind), status=str(draft.status), number=draft.number, number_key=document_key(draft.number),
        issued_on=draft.issued_on, valid_until=draft.valid_until, note=draft.note,
    )  # fmt: skip


def _fill(row: ScopedRecord, **values: Any) -> list[str]:
    """Copy the values onto the row; returns the names of the fields that changed."""
    changed = [name for name, value in values.items() if getattr(row, name) != value]
    for name, value in values.items():
        setattr(row, name, value)
    return changed


def _lying_as(person: Person) -> Mapping[str, Any]:
    return {name: getattr(person, name) for name in ("district_id", "agency_id", "team_id", "owner_id")}
