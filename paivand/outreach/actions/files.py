"""Evidence of an entry: files that lie sealed beside the database."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from paivand.access.actions.mechanism import action, remark
from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.core.models.files import forget, store
from paivand.core.rules.errors import Refused, WithoutRightError
from paivand.core.rules.privacy import DataClass
from paivand.core.rules.uploads import UNFIT_NAMES, UnfitFileError, fit
from paivand.outreach.actions.filling import within
from paivand.outreach.models import ReachEntry, ReachFile

MOST_FILES = 12
"""Files of one entry; more show nothing more, and fill the disk."""


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file as it came in. ``has_names``: names stand on it, or faces are seen."""

    content: bytes
    caption: str = ""
    has_names: bool = True


@action(Verb.OUTREACH_RECORD, on="entry")
def add_file(*, entry: ReachEntry, file_id: uuid.UUID, sent: SentFile, by: User) -> ReachFile:
    """Keep a file that shows an entry. It may come later: evidence of a confirmed entry changes no number.

    Raises:
        Refused: ``twice``; ``reversed``; ``many``; one of ``Unfit`` for a file that is not taken.
        WithoutRightError: for a file with names, to who may not see them.
    """
    row = locked(entry)
    if ReachFile.objects.filter(pk=file_id).exists():
        raise Refused(_("This form was saved already."), "twice")
    made = keep_file(row, file_id, sent, by)
    row.version += 1
    row.save(update_fields=["n_files", "version", "changed_at"])
    remark(act="file.add")
    return made


def keep_file(entry: ReachEntry, file_id: uuid.UUID, sent: SentFile, by: User) -> ReachFile:
    """Write the row of a file and the file itself; a part of two actions. The entry's count is saved by the caller."""
    if entry.reversed_at:
        raise Refused(_("This entry was taken back. Files belong to the one that stands."), "reversed")
    if sent.has_names and not by.reach(Verb.OUTREACH_RECORD, DataClass.LEARNING).covers(entry):
        raise WithoutRightError(Verb.OUTREACH_RECORD)
    if entry.n_files >= MOST_FILES:
        raise Refused(
            _("There are %(most)s files already. Take one away first.") % {"most": MOST_FILES}, "many", field="file"
        )
    try:
        taken = fit(sent.content)
    except UnfitFileError as error:
        raise Refused(_(UNFIT_NAMES[error.why]), error.why.value, field="file") from None
    made = within(entry, ReachFile(
        id=file_id, has_names=sent.has_names, caption=" ".join(sent.caption.split())[:160],
        media_type=taken.kind.media_type, n_bytes=len(taken.content),
        sha256=hashlib.sha256(taken.content).hexdigest(), recorded_by=by,
    ))  # fmt: skip
    made.save(force_insert=True)
    store(made.pk, taken.content)
    entry.n_files += 1
    return made


@action(Verb.OUTREACH_RECORD, on="entry")
def remove_file(*, entry: ReachEntry, file: ReachFile, by: User, now: datetime | None = None) -> ReachFile:
    """Take a file away: it goes for good, the row says when and by whom.

    Raises:
        Refused: ``twice`` when it is gone already.
    """
    row = locked(entry)
    kept: ReachFile = ReachFile.objects.select_for_update(of=("self",)).get(pk=file.pk, entry=row)
    if kept.removed_at:
        raise Refused(_("This form was saved already."), "twice")
    kept.entry = row
    kept.removed_at, kept.removed_by, kept.caption = now or timezone.now(), by, ""
    kept.version += 1
    kept.save()
    row.n_files -= 1
    row.version += 1
    row.save(update_fields=["n_files", "version", "changed_at"])
    transaction.on_commit(lambda: forget(kept.pk))
    remark(act="file.remove")
    return kept


def locked(entry: ReachEntry) -> ReachEntry:
    """The entry's row, locked until the end of the transaction."""
    row: ReachEntry = (
        ReachEntry.objects.select_for_update(of=("self",)).select_related("corrects", "campaign").get(pk=entry.pk)
    )
    return row
