"""Writing entries down, letting them count, and taking them back. A confirmed entry is never edited."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from paivand.access.actions.mechanism import action, remark
from paivand.access.models import User
from paivand.access.rules.scopes import Scope
from paivand.access.rules.verbs import Verb
from paivand.core.models import new_id
from paivand.core.rules.errors import Refused
from paivand.outreach.actions.files import SentFile, keep_file, locked
from paivand.outreach.actions.filling import World, fill, lying, turn_confirmed
from paivand.outreach.actions.materials import Given, bring_back, give_out
from paivand.outreach.models import Attendee, ReachEntry, ReachFile
from paivand.outreach.rules.contacts import OF_UNKNOWN, PART_NAMES, EntryState
from paivand.outreach.rules.drafts import EntryDraft
from paivand.registry.actions.families import demand_fresh

_TURNED = ("n_contacts", *PART_NAMES, *OF_UNKNOWN, "n_repeat")
_SAME = (
    "campaign_id", "channel", "topic", "title", "event_on", "until_on", "n_times", "jamoat_id", "village", "venue",
    "partner_agency_id", "partner", "programme", "output", "currency", "languages", "repeat_known", "is_estimate",
    "way", "told", "told_source", "reference", "link",
)  # fmt: skip


@action(Verb.OUTREACH_RECORD, on="scope")
def record_entry(
    *, scope: Scope, entry_id: uuid.UUID, draft: EntryDraft, by: User, confirm: bool = False,
    given: Sequence[Given] = (), sent: SentFile | None = None, today: date | None = None, now: datetime | None = None,
) -> ReachEntry:  # fmt: skip
    """Write an entry down; with ``confirm`` it counts at once.

    Args:
        given: materials that were given out at it.
        sent: a file that shows it.

    Raises:
        Refused: ``twice``; as ``fill``, ``turn_confirmed``, ``give_out`` and ``keep_file``.
    """
    if ReachEntry.objects.filter(pk=entry_id).exists():
        raise Refused(_("This form was saved already."), "twice")
    world = World()
    row = lying(scope, ReachEntry(id=entry_id, recorded_by=by))
    fill(row, draft, today or timezone.localdate(), world)
    row.save(force_insert=True)
    _also(row, given, sent, by)
    if confirm:
        turn_confirmed(row, by=by, now=now or timezone.now(), sure=draft.sure, world=world)
    row.save()
    remark(act="entry.record", channel=row.channel, n=row.n_contacts, state=str(row.state))
    return row


@action(Verb.OUTREACH_RECORD, on="entry")
def edit_entry(
    *, entry: ReachEntry, version: int, draft: EntryDraft, by: User, confirm: bool = False,
    given: Sequence[Given] = (), sent: SentFile | None = None, today: date | None = None, now: datetime | None = None,
) -> ReachEntry:  # fmt: skip
    """Change a draft; with ``confirm`` it counts from now on.

    Raises:
        Refused: ``state`` for one that is confirmed; ``stale``; as ``record_entry``.
    """
    row = locked(entry)
    _demand_draft(row)
    demand_fresh(row, version)
    world = World()
    fill(row, draft, today or timezone.localdate(), world)
    _also(row, given, sent, by)
    if confirm:
        turn_confirmed(row, by=by, now=now or timezone.now(), sure=draft.sure, world=world)
    row.version += 1
    row.save()
    remark(act="entry.edit", n=row.n_contacts, state=str(row.state))
    return row


def _also(row: ReachEntry, given: Sequence[Given], sent: SentFile | None, by: User) -> None:
    give_out(row, given, by)
    if sent is not None:
        keep_file(row, new_id(), sent, by)


@action(Verb.OUTREACH_RECORD, on="entry")
def confirm_entry(
    *, entry: ReachEntry, version: int, by: User, sure: bool = False, now: datetime | None = None
) -> ReachEntry:  # fmt: skip
    """Let a draft count. From here on it is taken back, never edited.

    Raises:
        Refused: ``state``, ``stale``; as ``turn_confirmed``.
    """
    row = locked(entry)
    _demand_draft(row)
    demand_fresh(row, version)
    turn_confirmed(row, by=by, now=now or timezone.now(), sure=sure, world=World())
    row.version += 1
    row.save()
    remark(act="entry.confirm", channel=row.channel, n=row.n_contacts, doubts=list(row.doubts))
    return row


@action(Verb.OUTREACH_RECORD, on="entry")
def discard_entry(*, entry: ReachEntry, version: int, by: User) -> None:
    """Throw a draft away, with its list. Files must be taken away first, and copies given out go back.

    Raises:
        Refused: ``state``, ``stale``; ``files`` while files or copies hang on it.
    """
    row = locked(entry)
    _demand_draft(row)
    demand_fresh(row, version)
    if row.n_files or ReachFile.objects.filter(entry=row).exists() or row.moves.exists():
        raise Refused(
            _("Files or materials belong to this draft already. Confirm it and take it back, so that both are traced."),
            "files",
        )
    Attendee.objects.filter(entry=row).delete()
    channel = row.channel
    row.delete()
    remark(act="entry.discard", channel=channel)


@action(Verb.OUTREACH_RECORD, on="entry")
def reverse_entry(
    *, entry: ReachEntry, reversal_id: uuid.UUID, reason: str, by: User, now: datetime | None = None
) -> ReachEntry:  # fmt: skip
    """Take a confirmed entry back by a second row whose numbers are below nought; copies go back into the stock.

    Returns the second row.

    Raises:
        Refused: ``twice``; ``state`` for one that is no confirmed entry; ``reason``.
    """
    if ReachEntry.objects.filter(pk=reversal_id).exists():
        raise Refused(_("This form was saved already."), "twice")
    row = locked(entry)
    made = _take_back(row, reversal_id, reason, by, now or timezone.now())
    bring_back(row, by)
    remark(act="entry.reverse", channel=row.channel, n=made.n_contacts)
    return made


@action(Verb.OUTREACH_RECORD, on="entry")
def correct_entry(
    *, entry: ReachEntry, entry_id: uuid.UUID, draft: EntryDraft, reason: str, by: User, today: date | None = None,
    now: datetime | None = None,
) -> ReachEntry:  # fmt: skip
    """Take a confirmed entry back and write another one instead, at the same moment. Materials go over to it.

    Files and the list of those who came stay with the first: they show what was counted, and count for the second.

    Raises:
        Refused: as ``reverse_entry`` and ``record_entry``.
    """
    if ReachEntry.objects.filter(pk=entry_id).exists():
        raise Refused(_("This form was saved already."), "twice")
    row, moment = locked(entry), now or timezone.now()
    _take_back(row, new_id(), reason, by, moment)
    given = bring_back(row, by)
    world = World()
    made = lying(row.scope, ReachEntry(id=entry_id, recorded_by=by, corrects=row))
    fill(made, draft, today or timezone.localdate(moment), world)
    turn_confirmed(made, by=by, now=moment, sure=draft.sure, world=world)
    made.save(force_insert=True)
    give_out(made, given, by)
    remark(act="entry.correct", channel=made.channel, n=made.n_contacts, before=row.n_contacts)
    return made


def _take_back(row: ReachEntry, reversal_id: uuid.UUID, reason: str, by: User, now: datetime) -> ReachEntry:
    """The second row of a pair, saved; the only place where an entry is taken back."""
    if row.state != EntryState.CONFIRMED:
        raise Refused(_("Only a confirmed entry is taken back. Load the page anew to see where it stands."), "state")
    words = " ".join(reason.split())[:300]
    if not words:
        raise Refused(_("Say why the entry is taken back."), "reason", field="reason")
    made = lying(row.scope, ReachEntry(
        id=reversal_id, reverses=row, reason=words, recorded_by=by, state=EntryState.REVERSED, confirmed_at=now,
        confirmed_by=by, reversed_at=now, **{name: getattr(row, name) for name in _SAME},
        **{name: -getattr(row, name) for name in _TURNED},
    ))  # fmt: skip
    made.cost_amount = None if row.cost_amount is None else -row.cost_amount
    made.save(force_insert=True)
    row.state, row.reversed_at = EntryState.REVERSED, now
    row.version += 1
    row.save()
    return made


def _demand_draft(row: ReachEntry) -> None:
    if row.state != EntryState.DRAFT:
        raise Refused(
            _("This entry is confirmed and is not changed any more. Take it back, or write a correction."), "state"
        )
