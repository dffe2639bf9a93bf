"""Money sent home, written down on a phone month by month.

On the screen she sees what stands in a month before she writes over it; on a phone she does not. So where other amounts
stand already, a person compares before either is kept.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from paivand.access.models import User
from paivand.collect.actions.takers.answers import chosen, family_at, key_of, needed, read_at
from paivand.collect.models import Submission
from paivand.collect.rules.deciding import standing_decision
from paivand.collect.rules.filled import Filled, Row
from paivand.collect.rules.taking import Made, Taken, Undecided
from paivand.core.rules.amounts import write_amount
from paivand.core.rules.errors import Refused
from paivand.registry.actions.remittances import record_remittances
from paivand.registry.models import Remittance
from paivand.registry.queries.people import same_person
from paivand.registry.queries.remittances import remittances
from paivand.registry.rules.drafts import RemittanceDraft
from paivand.registry.rules.remittances import Channel, Currency

SENT, KEPT = "sent", "kept"
"""Which of two amounts counts: the one of the form, or the one that stands."""

_CENT = Decimal("0.01")
_FIELDS = {"month": "month", "amount": "amount", "currency": "currency", "cost_amount": "cost"}


def take(*, filled: Filled, sent: Submission, by: User, answers: Mapping[str, Any]) -> Taken:
    """Write the months down as the grid of the screen does.

    Raises:
        Undecided: ``conflict`` where other amounts stand already; ``answers["conflict"]`` is ``sent`` or ``kept``.
    """
    family = family_at(filled, "family", by)
    told = key_of(filled, "sender")
    sender = same_person(by, [told])[told] if told else None
    rows = [_month(row, sender, f"months[{place}]/") for place, row in enumerate(filled.repeats("months"), 1)]
    needed(rows or None, "months")
    standing = remittances(by, family)
    differing = [place for place, row in enumerate(rows) if _differs(standing.get((row.sender_id, row.month)), row)]
    found = [_told(standing[rows[n].sender_id, rows[n].month], rows[n], n) for n in differing]
    decided = standing_decision(answers, "conflict", found)
    if differing and decided not in {SENT, KEPT}:
        raise Undecided("conflict", found)
    if decided == KEPT:
        # What is left out is put back by what stands, so that the places of the rows stay those of the form.
        rows = [_as_it_stands(standing[row.sender_id, row.month], row) if n in differing else row
                for n, row in enumerate(rows)]  # fmt: skip
    try:
        record_remittances(family=family, rows=rows, by=by)
    except Refused as refused:
        raise Refused(refused.message, refused.code, field=_path(refused), detail=refused.detail) from refused
    made = Made("remittances", family.pk, family.code, "registry:family-open", {"code": family.code})
    return Taken((made,), families=(family.pk,))


def _month(row: Row, sender: uuid.UUID | None, at: str) -> RemittanceDraft:
    amount = needed(read_at(at, row.number, "amount"), f"{at}amount").quantize(_CENT)
    cost = read_at(at, row.number, "cost")
    return RemittanceDraft(
        month=needed(read_at(at, row.day, "month"), f"{at}month").replace(day=1),
        amount=amount, currency=needed(chosen(row, "currency", Currency, at=at), f"{at}currency"),
        channel=chosen(row, "channel", Channel, at=at) or Channel.NOT_KNOWN, sender_id=sender,
        cost_amount=cost.quantize(_CENT) if cost is not None else None,
    )  # fmt: skip


def _differs(standing: Remittance | None, row: RemittanceDraft) -> bool:
    return standing is not None and (standing.amount, standing.currency) != (row.amount, row.currency)


def _told(standing: Remittance, row: RemittanceDraft, place: int) -> dict[str, Any]:
    """A month of which two different things are said."""
    return {
        "path": f"months[{place + 1}]/amount", "month": row.month.isoformat(),
        "kept": write_amount(standing.amount), "kept_more": str(standing.currency),
        "sent": write_amount(row.amount), "sent_more": str(row.currency),
    }  # fmt: skip


def _as_it_stands(standing: Remittance, row: RemittanceDraft) -> RemittanceDraft:
    return replace(
        row, amount=standing.amount, currency=Currency(standing.currency), channel=Channel(standing.channel),
        cost_amount=standing.cost_amount,
    )  # fmt: skip


def _path(refused: Refused) -> str:
    """The question of what the action refused: of a month, of the sender, or of the whole family."""
    if refused.field == "sender":
        return "sender"
    place = refused.detail.get("row")
    if isinstance(place, int):
        return f"months[{place + 1}]/{_FIELDS.get(refused.field or '', 'amount')}"
    return "family"
