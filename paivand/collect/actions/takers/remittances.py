"""Money sent home, written down on a phone month by month."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from paivand.access.models import User
from paivand.collect.actions.takers.answers import chosen, family_at, key_of, needed, read_at
from paivand.collect.models import Submission
from paivand.collect.rules.filled import Filled, Row
from paivand.collect.rules.taking import Made, Taken
from paivand.core.rules.errors import Refused
from paivand.registry.actions.remittances import record_remittances
from paivand.registry.queries.people import same_person
from paivand.registry.rules.drafts import RemittanceDraft
from paivand.registry.rules.remittances import Channel, Currency

_FIELDS = {"month": "month", "amount": "amount", "currency": "currency", "cost_amount": "cost"}


def take(*, filled: Filled, sent: Submission, by: User, answers: Mapping[str, Any]) -> Taken:
    """Write the months down as the grid of the screen does; a month that stands there already gives way."""
    family = family_at(filled, "family", by)
    told = key_of(filled, "sender")
    sender = same_person(by, [told])[told] if told else None
    rows = [_month(row, sender, f"months[{place}]/") for place, row in enumerate(filled.repeats("months"), 1)]
    needed(rows or None, "months")
    try:
        record_remittances(family=family, rows=rows, by=by)
    except Refused as refused:
        raise Refused(refused.message, refused.code, field=_path(refused), detail=refused.detail) from refused
    made = Made("remittances", family.pk, family.code, "registry:family-open", {"code": family.code})
    return Taken((made,), families=(family.pk,))


def _month(row: Row, sender: uuid.UUID | None, at: str) -> RemittanceDraft:
    amount = needed(read_at(at, row.number, "amount"), f"{at}amount")
    return RemittanceDraft(
        month=needed(read_at(at, row.day, "month"), f"{at}month").replace(day=1),
        amount=amount, currency=needed(chosen(row, "currency", Currency, at=at), f"{at}currency"),
        channel=chosen(row, "channel", Channel, at=at) or Channel.NOT_KNOWN, sender_id=sender,
        cost_amount=read_at(at, row.number, "cost"),
    )  # fmt: skip


def _path(refused: Refused) -> str:
    """The question of what the action refused: of a month, of the sender, or of the whole family."""
    if refused.field == "sender":
        return "sender"
    place = refused.detail.get("row")
    if isinstance(place, int):
        return f"months[{place + 1}]/{_FIELDS.get(refused.field or '', 'amount')}"
    return "family"
