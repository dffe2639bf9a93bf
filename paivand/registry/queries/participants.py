"""Questions to the register of participants."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.db.models import Q

from paivand.access.models import User
from paivand.core.rules.pages import Page
from paivand.methods.names import sort_key
from paivand.registry.models import Participant
from paivand.registry.rules.participants import match_key
from paivand.registry.rules.people import phone_number

PAGE = 30


def participant_by_id(by: User, key: uuid.UUID) -> Participant | None:
    """One participant, as ``by`` may see her."""
    found = Participant.objects.seen_by(by).filter(pk=key).select_related("agency_of", "district", "same_as")
    row: Participant | None = found.first()
    return row


def participants(by: User, text: str = "", *, after: str = "") -> Page[Participant]:
    """A page of the register in the order of names, or those who fit ``text``; each of the joined ones once."""
    if text.strip():
        return Page(participants_found(by, text), None, more=False)
    found = Participant.objects.seen_by(by).filter(same_as=None)
    key, _mark, last = after.rpartition("~")
    if last:
        try:
            found = found.filter(Q(sort_key__gt=key) | Q(sort_key=key, pk__gt=uuid.UUID(last)), sort_key__gte=key)
        except ValueError:
            return Page([], None, more=False)
    rows = list(found.select_related("agency_of", "district").order_by("sort_key", "id")[: PAGE + 1])
    return Page.cut(rows, PAGE, lambda row: f"{row.sort_key}~{row.pk}")


def joined_with(by: User, participant: Participant) -> list[Participant]:
    """The rows that were found to be this participant."""
    return list(Participant.objects.seen_by(by).filter(same_as=participant).order_by("id"))


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
    return list(found.select_related("agency_of", "district").order_by("sort_key", "id")[:limit])


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
