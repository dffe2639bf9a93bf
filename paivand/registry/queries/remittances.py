"""What came home in each month, as the asking user may see it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal

from paivand.access.models import User
from paivand.core.rules.privacy import DataClass
from paivand.registry.models import Family, Remittance
from paivand.registry.queries.people import same_family, same_person

Key = tuple[uuid.UUID | None, date]
"""A sender and a month."""


def sees_money(by: User) -> bool:
    """Whether ``by`` may see what came home."""
    return by.sees(DataClass.FINANCE)


def key_of(row: Remittance) -> Key:
    """Sender and month of a row."""
    return row.sender_id, row.month


def remittances(by: User, family: Family) -> dict[Key, Remittance]:
    """All that is written down about money sent to a family and to the files joined with it.

    Where two joined files tell of the same sender and month it is the same money: the row of ``family`` counts, and of
    two others the later written one.
    """
    files = same_family(by, family)
    senders = Remittance.objects.seen_by(by).filter(family_id__in=files).exclude(sender=None)
    records = set(senders.order_by().values_list("sender_id", flat=True).distinct()) if sees_money(by) else set()
    return money(by, family, files, same_person(by, records))


def money(
    by: User, family: Family, files: Iterable[uuid.UUID], stays: Mapping[uuid.UUID, uuid.UUID]
) -> dict[Key, Remittance]:
    """As ``remittances``, where files and records of people that belong together are known already."""
    if not sees_money(by):
        return {}
    rows = list(Remittance.objects.seen_by(by).filter(family_id__in=list(files)).order_by("month", "id"))
    rows.sort(key=lambda row: row.family_id == family.pk)
    found: dict[Key, Remittance] = {}
    for row in rows:
        sender = stays.get(row.sender_id, row.sender_id) if row.sender_id else None
        found[sender, row.month] = row
    return dict(sorted(found.items(), key=lambda item: (item[0][1], str(item[0][0]))))


def received(rows: Iterable[Remittance]) -> dict[date, Decimal]:
    """The sum in somoni of each month that was asked about."""
    came: dict[date, Decimal] = {}
    for row in rows:
        came[row.month] = came.get(row.month, Decimal(0)) + row.amount_tjs
    return came
