"""The list of those who came to a small session; its counts are the contacts of the entry."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from paivand.access.actions.mechanism import action, remark
from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.core.rules.errors import Refused, WithoutRightError
from paivand.core.rules.privacy import DataClass
from paivand.outreach.actions.files import locked
from paivand.outreach.actions.filling import within, write_numbers
from paivand.outreach.models import Attendee, ReachEntry
from paivand.outreach.rules.catalogue import catalogue, channels
from paivand.outreach.rules.contacts import TOLD_PARTS, AgeGroup, Contacts, EntryState, part_of
from paivand.outreach.rules.drafts import AttendeeDraft
from paivand.outreach.rules.estimates import Way
from paivand.registry.models import Participant, Person
from paivand.registry.rules.keys import row_key
from paivand.registry.rules.people import phone_number


@action(Verb.OUTREACH_RECORD, on="entry")
def write_list(
    *, entry: ReachEntry, form_id: uuid.UUID, rows: Sequence[AttendeeDraft], agreed_on: date, by: User,
    n_others: int = 0, today: date | None = None,
) -> ReachEntry:  # fmt: skip
    """Add people to the list of a draft, all of them or none; the contacts follow from the list.

    Args:
        agreed_on: when they agreed to be written down; nobody is written down without.
        n_others: how many came besides and are not on the list; nothing is known of them.

    Raises:
        Refused: ``state``; ``channel`` where no list is kept; ``twice``; ``rows`` for nobody; ``many`` for more than
            one page; ``agreed``; ``others``; ``name`` and ``phone``, with the line.
        WithoutRightError: to who may not see the names of those who learn.
    """
    row = _for_names(entry, by)
    _demand_list(row)
    if Attendee.objects.filter(pk__in=[row_key(form_id, "line", n) for n in range(len(rows))]).exists():
        raise Refused(_("This form was saved already."), "twice")
    if agreed_on > (today or timezone.localdate()):
        raise Refused(_("The day of the agreement lies in the future. Check it."), "agreed", field="agreed_on")
    if n_others < 0:
        raise Refused(_("A number of contacts cannot be below nought. Check it."), "others", field="n_others")
    if not rows and n_others == row.n_contacts - row.n_listed:
        raise Refused(_("Write down at least one person."), "rows")
    most = catalogue().register_most
    if row.n_listed + len(rows) > most:
        raise Refused(
            _("A list holds at most %(most)s people. Count larger sessions by heads and photograph the sheet.")
            % {"most": most}, "many",
        )  # fmt: skip
    last = max(Attendee.objects.filter(entry=row).values_list("n", flat=True), default=0)
    made = [
        _line(row, one, key=row_key(form_id, "line", n), n=last + n + 1, agreed_on=agreed_on, by=by)
        for n, one in enumerate(rows)
    ]
    Attendee.objects.bulk_create(made)
    _count_anew(row, n_others)
    remark(act="list.write", n=len(made), all=row.n_listed)
    return row


@action(Verb.OUTREACH_RECORD, on="entry")
def remove_line(*, entry: ReachEntry, attendee: Attendee, by: User) -> ReachEntry:
    """Take somebody off the list of a draft.

    Raises:
        Refused: ``state`` once it is confirmed.
    """
    row = _for_names(entry, by)
    _demand_list(row)
    others = row.n_contacts - row.n_listed
    Attendee.objects.filter(pk=attendee.pk, entry=row).delete()
    _count_anew(row, others)
    remark(act="list.remove", all=row.n_listed)
    return row


@action(Verb.OUTREACH_RECORD, on="attendee")
def recognise_attendee(
    *, attendee: Attendee, by: User, person: Person | None = None, participant: Participant | None = None
) -> Attendee:  # fmt: skip
    """Say who somebody on the list is, or take it back by naming nobody. No number changes by it.

    Raises:
        Refused: ``erased`` for a line without a name; ``both`` for a member of a family and a participant at once.
    """
    row: Attendee = Attendee.objects.select_for_update(of=("self",)).select_related("entry").get(pk=attendee.pk)
    if row.erased_at:
        raise Refused(_("The name on this line was erased. Nobody can be found by it any more."), "erased")
    if person and participant:
        raise Refused(_("Choose one of the two."), "both")
    row.person, row.participant = person, participant
    row.version += 1
    row.save(update_fields=["person", "participant", "version", "changed_at"])
    remark(act="list.recognise", known=bool(person or participant))
    return row


@action(Verb.OUTREACH_RECORD, on="attendee")
def erase_line(*, attendee: Attendee, by: User, now: datetime | None = None) -> Attendee:
    """Take the name off a line because its owner asks for it. Sex and age group stay: the contacts were counted.

    Raises:
        Refused: ``erased`` when it is gone already.
    """
    row: Attendee = Attendee.objects.select_for_update(of=("self",)).select_related("entry").get(pk=attendee.pk)
    if row.erased_at:
        raise Refused(_("This form was saved already."), "erased")
    row.name, row.telephone, row.village, row.person, row.participant = "", "", "", None, None
    row.erased_at = now or timezone.now()
    row.version += 1
    row.save()
    remark(act="list.erase")
    return row


def _for_names(entry: ReachEntry, by: User) -> ReachEntry:
    if not by.reach(Verb.OUTREACH_RECORD, DataClass.LEARNING).covers(entry):
        raise WithoutRightError(Verb.OUTREACH_RECORD)
    return locked(entry)


def _demand_list(row: ReachEntry) -> None:
    channel = channels().get(row.channel)
    if channel is None or not channel.register:
        raise Refused(_("For this channel no list of names is kept."), "channel")
    if row.state != EntryState.DRAFT:
        raise Refused(
            _("This entry is confirmed and is not changed any more. Take it back, or write a correction."), "state"
        )


def _line(
    entry: ReachEntry, draft: AttendeeDraft, *, key: uuid.UUID, n: int, agreed_on: date, by: User
) -> Attendee:  # fmt: skip
    name = " ".join(draft.name.split())[:160]
    if not name:
        raise Refused(_("Write the name."), "name", field="name")
    telephone = phone_number(draft.telephone) if draft.telephone.strip() else ""
    if draft.telephone.strip() and not telephone:
        raise Refused(_("This is not a telephone number. Check it, or leave it empty."), "phone", field="telephone")
    return within(entry, Attendee(
        id=key, n=n, name=name, sex=draft.sex or "", age=draft.age, village=" ".join(draft.village.split())[:80],
        telephone=telephone, before=draft.before, agreed_on=agreed_on, person_id=draft.person,
        participant_id=draft.participant, recorded_by=by,
    ))  # fmt: skip


def _count_anew(row: ReachEntry, n_others: int) -> None:
    """Let the contacts of an entry follow its list."""
    lines = list(Attendee.objects.filter(entry=row).values_list("sex", "age", "before"))
    parts = Counter(part_of(sex, AgeGroup(age)) for sex, age, _before in lines)
    n_before = sum(before for _sex, _age, before in lines)
    row.n_listed, row.from_register, row.way = len(lines), bool(lines), Way.SIGN_IN
    row.is_estimate, row.told, row.told_source = False, {}, ""
    # Of those beside the list nobody knows whether they had been reached before.
    repeat = n_before if lines and not n_others else None
    write_numbers(row, Contacts(len(lines) + n_others, {name: parts[name] for name in TOLD_PARTS}, repeat))
    row.version += 1
    row.save()
