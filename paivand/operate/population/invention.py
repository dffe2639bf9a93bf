"""Invents families by chance, the same ones for the same seed and day.

Their make-up is declared in ``parameters/demo_profile.yaml``: who lives together, who left, what became of him, what he
sent. Each family has a run of chance of its own, so that a change in one leaves the others as they are; who is in which
family, and who is planted twice, does not depend on the day at all.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from paivand.operate.population.facts import Facts
from paivand.operate.population.households import Builder
from paivand.operate.population.likenesses import Kind, Likeness, plant
from paivand.operate.population.money import remittances
from paivand.operate.population.naming import lists
from paivand.operate.population.people import Being, Household
from paivand.operate.population.profile import Chance, declared
from paivand.operate.population.stays import TOGETHER, Away, Traveller, second_status, status_of
from paivand.registry.rules import ConsentPurpose
from paivand.registry.rules.drafts import (
    AbsenceDraft,
    BanDraft,
    ConsentDraft,
    DocumentDraft,
    FamilyDraft,
    MemberDraft,
    ParticularsDraft,
    PhoneDraft,
    RemittanceDraft,
)
from paivand.registry.rules.migration import AbsenceStatus

SEED = 20210801
"""The month in which the Joint Programme began."""

_NAMESPACE = uuid.UUID("8c6f1f0e-5d0b-4c41-9a26-6f1c1b0f7a10")
_OUTCOMES = {"completed": 84, "partly": 10, "declined": 6}
_SERVICES = {"visit.made": 68, "information.given": 32}
_WHY = {"tg": "худаш дархост кард", "ru": "по её просьбе", "latin": "khudash darkhost kard", "dari": "خودش خواست"}


@dataclass(frozen=True)
class JamoatShare:
    """A jamoat, its district, and how many people live there."""

    code: str
    district: str
    population: int


@dataclass(frozen=True, slots=True)
class Visit:
    """A service that reached a member."""

    place: int
    service: str
    outcome: str
    happened_on: date


@dataclass(frozen=True, slots=True)
class InventedPerson:
    """What is written down about one member after the registration."""

    particulars: ParticularsDraft | None
    documents: tuple[DocumentDraft, ...]
    away: Away | None = None
    remittances: tuple[RemittanceDraft, ...] = ()

    @property
    def absences(self) -> tuple[AbsenceDraft, ...]:
        """The statuses of a migrant, the present one last."""
        return self.away.absences if self.away else ()

    @property
    def bans(self) -> tuple[BanDraft, ...]:
        """The re-entry bans of a migrant."""
        return self.away.bans if self.away else ()


@dataclass(frozen=True, slots=True)
class InventedFamily:
    """All that a social worker would type about one family; ``people`` in the order of the draft."""

    district: str
    draft: FamilyDraft
    people: tuple[InventedPerson, ...]
    consents: tuple[tuple[int, ConsentDraft], ...] = ()
    visits: tuple[Visit, ...] = ()
    withdrawn: ConsentPurpose | None = None
    withdrawn_on: date | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class PlantedPair:
    """Two planted records and the truth about them, by family and place among its members."""

    kind: Kind
    one: tuple[uuid.UUID, int]
    other: tuple[uuid.UUID, int]


def invented_families(n_families: int, jamoats: Sequence[JamoatShare], today: date) -> Iterator[InventedFamily]:
    """``n_families`` families spread over ``jamoats`` by population, in the order of their registration."""
    houses, likenesses = _houses(n_families, jamoats, today)
    doubled = {pair.other: pair.one for pair in likenesses if pair.kind is Kind.SAME}
    families = [_family(house, today) for house in houses]
    for (index, place), (first, first_place) in doubled.items():
        families[index] = _with_marks_of(families[index], place, families[first], first_place, index)
    yield from families


def planted_truth(n_families: int, jamoats: Sequence[JamoatShare], today: date) -> list[PlantedPair]:
    """The likenesses planted among the same families: who is one person twice, who only looks like another."""
    _made, likenesses = _houses(n_families, jamoats, today)
    return [
        PlantedPair(pair.kind, (family_id(pair.one[0]), pair.one[1]), (family_id(pair.other[0]), pair.other[1]))
        for pair in likenesses
    ]


def family_id(index: int) -> uuid.UUID:
    """The key of the family with this index, the same on every day."""
    return uuid.uuid5(_NAMESPACE, f"{SEED}/{index}")


def shares(n_families: int, jamoats: Sequence[JamoatShare]) -> list[tuple[JamoatShare, int]]:
    """How many families each jamoat gets, by largest remainder, so that the sum is exact.

    >>> one, two = JamoatShare("a", "d", 2), JamoatShare("b", "d", 1)
    >>> [n for _jamoat, n in shares(10, [one, two])]
    [7, 3]
    """
    total = sum(jamoat.population for jamoat in jamoats)
    exact = [n_families * jamoat.population / total for jamoat in jamoats]
    given = [int(share) for share in exact]
    order = sorted(range(len(jamoats)), key=lambda index: given[index] - exact[index])
    for index in order[: n_families - sum(given)]:
        given[index] += 1
    return list(zip(jamoats, given, strict=True))


def _houses(n_families: int, jamoats: Sequence[JamoatShare], today: date) -> tuple[list[Household], list[Likeness]]:
    """The families with their people, likenesses planted."""
    chance = Chance(SEED, "places")
    homes = [jamoat for jamoat, n in shares(n_families, jamoats) for _ in range(n)]
    chance.random.shuffle(homes)
    days = sorted((chance.between(0, declared("registered_days_ago")) for _ in homes), reverse=True)
    houses = []
    for index, (jamoat, ago) in enumerate(zip(homes, days, strict=True)):
        own = Chance(SEED, "house", index)
        house = Household(
            index=index, shape=own.of("shapes"), script=own.of("scripts"), jamoat=jamoat.code, district=jamoat.district,
            village=own.one(lists()["villages"]), registered_on=today - timedelta(days=ago),
        )  # fmt: skip
        if house.shape != "no_migrant":
            house.status = str(status_of(own, house))
        houses.append(Builder(own, house, today).build())
    return houses, plant(Chance(SEED, "likenesses"), houses, today)


def _family(house: Household, today: date) -> InventedFamily:
    chance = Chance(SEED, "story", house.index)
    facts = Facts(chance, house, today)
    if chance.happens("has_phone"):
        house.head.phone = facts.phone()
    people = tuple(_person(chance, facts, house, being, today) for being in house.members)
    consent, consents = facts.consent(), facts.children_consents()
    people_drafts = [being.draft() for being in house.members]
    draft = FamilyDraft(
        family_id=family_id(house.index), jamoat=house.jamoat, village=house.village,
        registered_on=house.registered_on, head=people_drafts[0], consent=consent, housing=house.housing,
        land=house.land, members=tuple(
            MemberDraft(person, being.relation)
            for person, being in zip(people_drafts[1:], house.members[1:], strict=True)
        ),
    )  # fmt: skip
    purpose, day = _withdrawal(chance, consent, today)
    until = day if day and purpose is not ConsentPurpose.PHOTO else today
    visits = tuple(_visits(chance, house, until)) if ConsentPurpose.SERVICES in consent.purposes else ()
    return InventedFamily(house.district, draft, people, tuple(consents), visits, purpose, day, _WHY[house.script])


def _person(chance: Chance, facts: Facts, house: Household, being: Being, today: date) -> InventedPerson:
    particulars, documents = facts.particulars(being), facts.documents(being)
    if not being.is_migrant:
        return InventedPerson(particulars, documents)
    is_first = house.members[house.migrants[0]] is being
    together = house.shape == "grandparent" and house.status in TOGETHER
    status = AbsenceStatus(house.status) if is_first or together else second_status(chance, being)
    away = Traveller(chance, house, being, today).away(status)
    return InventedPerson(particulars, documents, away, remittances(chance, house, away, today))


def _withdrawal(chance: Chance, consent: ConsentDraft, today: date) -> tuple[ConsentPurpose | None, date | None]:
    everything, one = chance.happens("withdrawn_registration"), chance.happens("withdrawn_purpose")
    others = consent.purposes[1:]
    which = chance.one(others or consent.purposes)
    day = consent.given_on + timedelta(days=int((today - consent.given_on).days * chance.random.random()))
    if everything:
        return ConsentPurpose.REGISTRATION, day
    return (which, day) if one and others else (None, None)


def _visits(chance: Chance, house: Household, until: date) -> Iterator[Visit]:
    """Visits since the registration, most of them to the head."""
    for _ in range(int(chance.of("visits"))):
        days = int((until - house.registered_on).days * chance.random.random())
        service, outcome = chance.among(_SERVICES), chance.among(_OUTCOMES)
        place = chance.between(0, len(house.members) - 1) if chance.happens(0.2) else 0
        if not house.members[place].is_migrant:
            yield Visit(place, service, outcome, house.registered_on + timedelta(days=days))


def _with_marks_of(
    family: InventedFamily, place: int, first: InventedFamily, first_place: int, index: int
) -> InventedFamily:
    """The family, its member at ``place`` showing the telephone or a paper of the record that she also has."""
    chance = Chance(SEED, "marks", index, place)
    same_phone, same_papers = chance.happens(0.35), chance.happens(0.3)
    people, original = list(family.people), first.people[first_place]
    people[place] = replace(
        people[place], documents=original.documents if same_papers else people[place].documents[:0]
    )  # fmt: skip
    phone = first.draft.people[first_place].phone
    if not (same_phone and phone):
        return replace(family, people=tuple(people))
    told = replace(phone, agreed_on=family.draft.registered_on if phone.agreed_on else None)
    return replace(family, people=tuple(people), draft=_with_phone(family.draft, place, told))


def _with_phone(draft: FamilyDraft, place: int, phone: PhoneDraft) -> FamilyDraft:
    if place == 0:
        return replace(draft, head=replace(draft.head, phone=phone))
    members = list(draft.members)
    member = members[place - 1]
    members[place - 1] = replace(member, person=replace(member.person, phone=phone))
    return replace(draft, members=tuple(members))
