"""The search of the whole registry: by code, telephone, paper, name in any script, and name of a place.

Row security lets PostgreSQL use an index only for equality and ranges of keys, so that is all that is asked here.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable
from functools import reduce
from operator import or_

from django.db.models import Exists, OuterRef, Q

from paivand.access.models import User
from paivand.core.models import Place, PlaceName
from paivand.core.rules.codes import family_number
from paivand.core.rules.privacy import DataClass
from paivand.methods.names import PARTS, is_arabic, name_keys
from paivand.methods.places import place_key
from paivand.registry.models import Document, Family, FamilyMember, NameKey, Person, Phone
from paivand.registry.queries.families import SHORTEST, sees_names, with_heads
from paivand.registry.queries.people import same_person
from paivand.registry.rules.families import FamilyState
from paivand.registry.rules.lists import FoundBy
from paivand.registry.rules.people import document_key, phone_number

LIMIT = 20
MOST_WORDS = 4
SHORTEST_PAPER = 4
SHORTEST_PLACE = 3
MOST_PLACES = 4
_DIGITS = str.maketrans("۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩", "01234567890123456789")
_TELEPHONE = re.compile(r"^[+0-9()./\s-]{9,24}$")

People = dict[uuid.UUID, FoundBy]


def search(by: User, text: str, *, limit: int = LIMIT) -> list[Family]:
    """Open files that fit ``text``: at most ``limit``, never counted.

    A code gives its file in whatever state it is. Otherwise the text is read as a telephone number in use, the number
    of a paper, and names: each word must begin a name as it is spelt, or be likely the same name. Each family says by
    what it was found (``found_by``) and which of its members were (``found_people``).
    """
    typed = " ".join(text.translate(_DIGITS).split())
    number = family_number(typed)
    found: list[Family] = []
    if number:
        found = list(with_heads(by, Family.objects.seen_by(by).filter(number=number)).select_related("jamoat"))
        for family in found:
            family.found_by, family.found_people = FoundBy.CODE, []  # type: ignore[attr-defined]
    people = _by_telephone(by, typed, limit) | _by_paper(by, typed, limit)
    if sees_names(by):
        people |= {one: how for one, how in _by_names(by, text, limit).items() if one not in people}
    taken = {family.pk for family in found}
    return (found + [family for family in _files(by, people) if family.pk not in taken])[:limit]


def places_named(by: User, text: str) -> list[PlaceName]:
    """Places one of whose present or former names begins with ``text``: at most ``MOST_PLACES``, the largest first."""
    key = place_key(text)
    if len(key.removeprefix("ar:")) < SHORTEST_PLACE or re.search(r"\d", text):
        return []
    names = PlaceName.objects.filter(key__gte=key, key__lt=f"{key}\U0010ffff").select_related("place__parent__parent")
    order = list(Place.Level)
    rows = sorted(
        names[:100], key=lambda row: (row.key != key, order.index(Place.Level(row.place.level)), row.place.pk)
    )
    once: dict[str, PlaceName] = {}
    for row in rows:
        once.setdefault(row.place_id, row)
    return list(once.values())[:MOST_PLACES]


def _by_telephone(by: User, typed: str, limit: int) -> People:
    """Who has this number, as long as it is in use."""
    number = phone_number(typed) if _TELEPHONE.match(typed) else ""
    if not number or not by.sees(DataClass.CONTACT):
        return {}
    found = Phone.objects.seen_by(by).filter(number=number, ended_on=None)
    return dict.fromkeys(found.values_list("person_id", flat=True)[: limit * 2], FoundBy.TELEPHONE)


def _by_paper(by: User, typed: str, limit: int) -> People:
    """Whose paper has this number."""
    key = document_key(typed)
    if len(key) < SHORTEST_PAPER or not any(letter.isdigit() for letter in key) or not sees_names(by):
        return {}
    found = Document.objects.seen_by(by).filter(number_key=key)
    return dict.fromkeys(found.values_list("person_id", flat=True)[: limit * 2], FoundBy.PAPER)


def _by_names(by: User, text: str, limit: int) -> People:
    """Who has these names, exact spellings first."""
    words = [word for word in text.split() if len(word) >= SHORTEST and not re.search(r"\d", word)][:MOST_WORDS]
    words.sort(key=len, reverse=True)
    people: People = {}
    for spelling in _spellings(words[0]) if words else []:
        keys = NameKey.objects.seen_by(by).filter(spelling)
        for word in words[1:]:
            other = NameKey.objects.filter(person=OuterRef("person")).filter(_any(_spellings(word)))
            keys = keys.filter(Exists(other))
        people |= dict.fromkeys(
            keys.order_by("key", "person_id").values_list("person_id", flat=True)[: limit * 2], FoundBy.NAME
        )
        if len(people) >= limit * 2:
            break
    return people


def _files(by: User, people: People) -> list[Family]:
    """The open files of these people, each with those found in it; what was joined is met under what stays."""
    named = sees_names(by)
    stays = same_person(by, people)
    hows: People = {}
    for person, how in people.items():
        former = how is FoundBy.NAME and stays[person] != person and stays[person] not in people
        hows.setdefault(stays[person], FoundBy.FORMER if former else how)
    present = FamilyMember.objects.seen_by(by).filter(person_id__in=stays, until_on=None)
    homes: dict[uuid.UUID, dict[uuid.UUID, None]] = {}
    for person, lives_in, joined_with in present.values_list("person_id", "family_id", "family__merged_into"):
        homes.setdefault(stays[person], {})[joined_with or lives_in] = None
    wanted = {family for home in homes.values() for family in home}
    open_files = Family.objects.seen_by(by).filter(pk__in=wanted, state=FamilyState.ACTIVE).select_related("jamoat")
    files = {family.pk: family for family in with_heads(by, open_files)}
    shown = {one.pk: one for one in Person.objects.seen_by(by).filter(pk__in=hows)} if named else {}
    found: dict[uuid.UUID, Family] = {}
    for person, how in hows.items():
        for file in (files[key] for key in homes.get(person, {}) if key in files):
            family = found.setdefault(file.pk, file)
            family.found_by = getattr(family, "found_by", how)  # type: ignore[attr-defined]
            others = getattr(family, "found_people", [])
            family.found_people = [*others, *([shown[person]] if person in shown else [])]  # type: ignore[attr-defined]
    return list(found.values())


def _spellings(word: str) -> list[Q]:
    """The keys that a typed word meets: spelt so far, then likely the same name in any of the three parts.

    Two conditions rather than one, so that each is a plain range of one index.
    """
    found = []
    first = name_keys(word, "given")
    if len(first.k1) >= SHORTEST:
        found.append(Q(kind="k1", key__gte=first.k1, key__lt=f"{first.k1}\U0010ffff"))
    likely = sorted({name_keys(word, part).k2 for part in PARTS})
    if not is_arabic(word):
        found.append(Q(kind="k2", key__in=[key for key in likely if len(key) > 2]))
    return found


def _any(conditions: Iterable[Q]) -> Q:
    return reduce(or_, conditions, Q(pk__in=[]))
