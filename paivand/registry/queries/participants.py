"""Questions to the register of participants."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence

from paivand.access.models import User
from paivand.methods.names import sort_key
from paivand.registry.models import Participant
from paivand.registry.rules.participants import match_key
from paivand.registry.rules.people import phone_number


def participant_by_id(by: User, key: uuid.UUID) -> Participant | None:
    """One participant, as ``by`` may see her."""
    row: Participant | None = Participant.objects.seen_by(by).filter(pk=key).select_related("agency_of").first()
    return row


def participants_found(by: User, text: str, *, limit: int = 20) -> list[Participant]:
    """Participants by the beginning of the name, or by telephone; each of the joined ones once."""
    words = " ".join(text.split())
    if not words:
        return []
    found = Participant.objects.seen_by(by).filter(same_as=None)
    number = phone_number(words) if any(character.isdigit() for character in words) else None
    if number:
        found = found.filter(telephone=number)
    else:
        key = sort_key(words)
        found = found.filter(sort_key__gte=key, sort_key__lt=key + "\x7f")
    return list(found.select_related("agency_of").order_by("sort_key", "id")[:limit])


def alike(by: User, drafts: Sequence[tuple[str, str, int | None]]) -> dict[int, list[Participant]]:
    """For each name, sex and year of birth, those who may be the same person, by the place in ``drafts``."""
    keys = [match_key(name, sex, year) for name, sex, year in drafts]
    there: defaultdict[str, list[Participant]] = defaultdict(list)
    for row in Participant.objects.seen_by(by).filter(match_key__in=set(keys), same_as=None).order_by("id"):
        there[row.match_key].append(row)
    return {n: there[key] for n, key in enumerate(keys) if there[key]}


def kept_participants(by: User, keys: Iterable[uuid.UUID]) -> dict[uuid.UUID, uuid.UUID]:
    """The row that stays for each participant: itself, or the one it was joined with."""
    rows = Participant.objects.seen_by(by).filter(pk__in=set(keys)).values_list("pk", "same_as_id")
    return {pk: same or pk for pk, same in rows}
