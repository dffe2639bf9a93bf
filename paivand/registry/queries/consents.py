"""Questions to the consent ledger, as the asking user may see it; merged records count as one person."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from django.utils import timezone

from paivand.access.models import User
from paivand.registry.models import Consent
from paivand.registry.queries.people import same_person
from paivand.registry.rules import ConsentPurpose
from paivand.registry.rules.consents import Standing, standing

AT_ONCE = 5000
"""How many people one question to the database names."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One purpose in one person's ledger: where it stands, and every row about it, the latest first."""

    purpose: ConsentPurpose
    standing: Standing[Consent]
    rows: tuple[Consent, ...] = ()


def ledger(by: User, people: Sequence[uuid.UUID], day: date | None = None) -> dict[uuid.UUID, list[Entry]]:
    """Every purpose for each of ``people``, in the order of the purposes, never asked ones included."""
    asked = list(people)
    records = same_person(by, asked)
    on = day or timezone.localdate()
    grouped = _by_purpose(by, records)
    return {
        person: [
            Entry(purpose, standing(rows, on), tuple(rows))
            for purpose in ConsentPurpose
            for rows in [grouped[records[person], purpose]]
        ]
        for person in asked
    }


def has_live_consent(by: User, person: uuid.UUID, purpose: ConsentPurpose, day: date | None = None) -> bool:
    """Whether a consent that this person gave for this purpose counts on ``day`` (today unless told).

    It asks for a row of the person's own. Whether something may be done for the purpose is told by ``covers``.
    """
    [entry] = [entry for entry in ledger(by, [person], day)[person] if entry.purpose is purpose]
    return entry.standing.state == "given"


def withdrawn_people(
    by: User, purpose: ConsentPurpose, ids: Iterable[uuid.UUID], day: date | None = None
) -> set[uuid.UUID]:
    """Those of ``ids`` who withdrew this purpose, or gave it only until a day that is over. For lists of any length.

    Never asked is not withdrawn: for such purposes as an export see ``rules.consents.INCLUDED``.
    """
    on = day or timezone.localdate()
    asked, found = list(ids), set()
    for start in range(0, len(asked), AT_ONCE):
        part = asked[start : start + AT_ONCE]
        records = same_person(by, part)
        over = Q(withdrawn_on__lte=on) | Q(valid_until__lt=on)
        doubtful = {
            records[pk]
            for pk in Consent.objects.seen_by(by)
            .filter(over, person_id__in=list(records), purpose=purpose)
            .values_list("person_id", flat=True)
        }
        if not doubtful:
            continue
        theirs = {pk: stays for pk, stays in records.items() if stays in doubtful}
        grouped = _by_purpose(by, theirs, purpose)
        refused = {stays for stays in doubtful if standing(grouped[stays, purpose], on).is_refused}
        found |= {pk for pk in part if records[pk] in refused}
    return found


def _by_purpose(
    by: User, records: Mapping[uuid.UUID, uuid.UUID], purpose: ConsentPurpose | None = None
) -> defaultdict[tuple[uuid.UUID, ConsentPurpose], list[Consent]]:
    """The rows of these records under the record that stays for the person and the purpose, the latest first."""
    found = Consent.objects.seen_by(by).filter(person_id__in=list(records))
    if purpose:
        found = found.filter(purpose=purpose)
    grouped: defaultdict[tuple[uuid.UUID, ConsentPurpose], list[Consent]] = defaultdict(list)
    for row in found.order_by("-given_on", "-id"):
        grouped[records[row.person_id], ConsentPurpose(row.purpose)].append(row)
    return grouped
