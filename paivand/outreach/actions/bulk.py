"""Many entries at once: from a list of the programme, or of another system."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from paivand.access.actions.mechanism import action, remark
from paivand.access.models import User
from paivand.access.rules.scopes import Scope
from paivand.access.rules.verbs import Verb
from paivand.core.rules.errors import Refused
from paivand.outreach.actions.filling import World, fill, lying, turn_confirmed
from paivand.outreach.models import ReachEntry
from paivand.outreach.rules.drafts import EntryDraft


@dataclass(frozen=True, slots=True)
class ManyEntry:
    """One of many entries. ``confirmed_at``: since when it counts; never later than now."""

    entry_id: uuid.UUID
    scope: Scope
    draft: EntryDraft
    confirmed_at: datetime | None = None


@action(Verb.OUTREACH_RECORD)
def record_many(
    *, rows: Sequence[ManyEntry], by: User, today: date | None = None, now: datetime | None = None
) -> list[ReachEntry]:  # fmt: skip
    """Write many confirmed entries, all of them or none, with the checks of a single one.

    It asks for the right in the whole programme. Rows whose keys are there already are left as they are.

    Raises:
        Refused: as ``record_entry``, with the number of the row before the sentence.
    """
    moment, day = now or timezone.now(), today or timezone.localdate()
    there = set(ReachEntry.objects.filter(pk__in=[one.entry_id for one in rows]).values_list("pk", flat=True))
    world = World.of((one.scope.district_id, one.draft) for one in rows)
    made = []
    for n, one in enumerate(rows, 1):
        if one.entry_id in there:
            continue
        row = lying(one.scope, ReachEntry(id=one.entry_id, recorded_by=by))
        try:
            fill(row, one.draft, day, world)
            since = min(one.confirmed_at or moment, moment)
            turn_confirmed(row, by=by, now=since, sure=one.draft.sure, world=world)
        except Refused as refused:
            message = _("Row %(n)s: %(message)s") % {"n": n, "message": refused.message}
            raise Refused(message, refused.code, field=refused.field, detail={"row": n}) from None
        made.append(row)
    ReachEntry.objects.bulk_create(made, batch_size=1000)
    remark(act="entry.many", n=len(made), contacts=sum(row.n_contacts for row in made))
    return made
