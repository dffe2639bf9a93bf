"""Red flags: raised with the answer that asks for help, and answered by a supervisor."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from paivand.access.actions.mechanism import action, remark
from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.core.rules.errors import Refused
from paivand.instruments.models import Assessment, RedFlag
from paivand.instruments.rules.instruments import Flag
from paivand.registry.actions.families import demand_fresh
from paivand.registry.rules.keys import row_key


def flag_rows(
    assessment: Assessment, flags: Iterable[Flag], by: User, now: datetime | None = None
) -> list[RedFlag]:  # fmt: skip
    """The unsaved rows of red flags. Their keys are always the same, so that a flag is written once.

    A flag that was raised stays, also when the answer is changed afterwards: a supervisor closes it, not a second tap.
    Another worker's flag cannot be seen here; its key decides whether it is there.
    """
    return [
        RedFlag(
            id=row_key(assessment.pk, "flag", flag.code), assessment=assessment, code=flag.code, urgency=flag.urgency,
            raised_at=now or timezone.now(), recorded_by=by, district_id=assessment.district_id,
            agency_id=assessment.agency_id, team_id=assessment.team_id, owner_id=assessment.owner_id,
        )
        for flag in flags
    ]  # fmt: skip


@action(Verb.CASE_APPROVE, on="flag")
def answer_flag(*, flag: RedFlag, note: str, version: int, by: User, now: datetime | None = None) -> RedFlag:
    """Say what was done about a red flag, and close it.

    Raises:
        Refused: ``answered`` when somebody answered it already, ``note`` without a word, ``stale``.
    """
    locked: RedFlag = RedFlag.objects.select_for_update().get(pk=flag.pk)
    if not locked.is_open:
        raise Refused(_("This flag was answered already."), "answered")
    demand_fresh(locked, version)
    if not note.strip():
        raise Refused(_("Write what was done, so that the next reader knows."), "note", field="note")
    locked.answered_at = now or timezone.now()
    locked.answered_by = by
    locked.note = note.strip()
    locked.version += 1
    locked.save()
    remark(act="flag.answer", urgency=locked.urgency, late=locked.answered_at > locked.due_at)
    return locked
