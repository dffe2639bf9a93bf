"""Likenesses planted among the invented people, and their truth: who is the same person, who only looks it.

Duplicates come into a registry in two ways: a person is told of in two families (a wife in her husband's and again in
her parents' house; a migrant by his wife and by his mother), or a family is registered twice, by two people.
The second record is spelt as another clerk would spell it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from paivand.core.rules.dates import Birth, Precision
from paivand.operate.population.people import Being, Household
from paivand.operate.population.profile import Chance, declared
from paivand.registry.rules import Relation, Sex

_WIVES = ("left_wife", "with_in_laws")
_HOSTS = ("elder", "returned", "with_in_laws")
_ENDINGS = {"russian": "zoda", "zoda": "russian", "bare": "russian", "i": "russian"}


class Kind(StrEnum):
    """What two planted records are to each other."""

    SAME = "same"
    TWINS = "twins"
    COUSINS = "cousins"


@dataclass(frozen=True, slots=True)
class Likeness:
    """Two planted records: each by the index of its family and its place among the members."""

    kind: Kind
    one: tuple[int, int]
    other: tuple[int, int]


def plant(chance: Chance, houses: Sequence[Household], today: date) -> list[Likeness]:
    """Change some families so that they hold likenesses, and tell which."""
    planting = _Planting(chance, houses, today)
    found = [*planting.families_twice(), *planting.people_twice(), *planting.cousins()]
    return [*found, *_twins(houses)]


def _twins(houses: Sequence[Household]) -> Iterator[Likeness]:
    for house in houses:
        for place, being in enumerate(house.members):
            if being.is_twin:
                yield Likeness(Kind.TWINS, (house.index, place - 1), (house.index, place))


class _Planting:
    def __init__(self, chance: Chance, houses: Sequence[Household], today: date) -> None:
        self.chance, self.houses, self.today = chance, houses, today
        self.used: set[int] = set()
        self.n_pairs = round(len(houses) * declared("duplicate_pairs"))
        self.n_of_families = round(self.n_pairs * declared("family_registered_twice"))

    def families_twice(self) -> Iterator[Likeness]:
        """Families registered a second time, in the place of others."""
        n_pairs = 0
        for house in self._shuffled(_WIVES):
            if n_pairs >= self.n_of_families:
                return
            second = self._neighbour(house, _WIVES)
            if second is None or len(house.members) < 3:
                continue
            n_members = min(3, len(house.members), self.n_of_families - n_pairs)
            self.used |= {house.index, second.index}
            second.members = [self._respelt(being) for being in house.members[:n_members]]
            for being in second.members:
                being.is_twin = False
            second.shape, second.status, second.village = house.shape, house.status, house.village
            for place in range(n_members):
                yield Likeness(Kind.SAME, (house.index, place), (second.index, place))
            n_pairs += n_members

    def people_twice(self) -> Iterator[Likeness]:
        """Wives and husbands who stand in the file of another family as well."""
        n_pairs = 0
        for house in self._shuffled(_WIVES):
            if n_pairs >= self.n_pairs - self.n_of_families:
                return
            host = self._neighbour(house, _HOSTS)
            if host is None:
                continue
            self.used |= {house.index, host.index}
            place = 1 if self.chance.happens(0.25) else 0
            second = self._respelt(house.members[place])
            second.relation, second.is_migrant = Relation.OTHER_RELATIVE, False
            host.members.append(second)
            yield Likeness(Kind.SAME, (house.index, place), (host.index, len(host.members) - 1))
            n_pairs += 1

    def cousins(self) -> Iterator[Likeness]:
        """Children of two families who come to bear the same three names."""
        n_pairs, wanted = 0, round(len(self.houses) * declared("cousins"))
        for house in self._shuffled((*_WIVES, "returned", "elder")):
            if n_pairs >= wanted:
                return
            other = self._neighbour(house, (*_WIVES, "returned", "elder"))
            pair = _children_alike(house, other) if other else None
            if other is None or pair is None:
                continue
            self.used |= {house.index, other.index}
            _name_alike(house.members[pair[0]], other.members[pair[1]], other)
            yield Likeness(Kind.COUSINS, (house.index, pair[0]), (other.index, pair[1]))
            n_pairs += 1

    def _shuffled(self, shapes: Sequence[str]) -> Iterator[Household]:
        order = [house for house in self.houses if house.shape in shapes]
        self.chance.random.shuffle(order)
        return (house for house in order if house.index not in self.used)

    def _neighbour(self, house: Household, shapes: Sequence[str]) -> Household | None:
        """Another family, mostly of the same jamoat, sometimes of the other district, not planted yet."""
        if self.chance.happens(0.15):
            near = [one for one in self.houses if one.jamoat != house.jamoat]
        else:
            near = [one for one in self.houses if one.jamoat == house.jamoat]
        free = [
            one for one in near
            if one.shape in shapes and one.index not in self.used and one is not house
            and (one.script == "dari") == (house.script == "dari")
        ]  # fmt: skip
        return self.chance.one(free) if free else None

    def _respelt(self, being: Being) -> Being:
        """The same person as another clerk wrote her down: one slip, or two."""
        second = being.copy(known_as="", phone=None)
        first = self.chance.of("duplicate_spellings")
        slips = [first]
        if self.chance.happens(0.5):
            slips.append(next(slip for slip in self._slips() if slip != first))
        less_exact = self.chance.happens(0.4)
        for slip in slips:
            getattr(self, f"_{slip}")(second)
        if less_exact and second.birth and second.birth.precision is Precision.DAY:
            second.birth = Birth.in_year(second.birth.on.year)
        return second

    def _slips(self) -> Iterator[str]:
        while True:
            yield self.chance.of("duplicate_spellings")

    def _other_script(self, being: Being) -> None:
        latin = self.chance.happens(0.35)
        if being.script == "dari":
            self._year_off(being)
        elif being.script == "tg":
            being.script = "latin" if latin else "ru"
        else:
            being.script = "tg"

    def _che(self, being: Being) -> None:
        """ҷ is not on a Russian keyboard: ч or ж is typed for it."""
        for_it = self.chance.one(["чЧ", "жЖ", "чЧ"])
        draft = being.draft()
        slips = {
            field: text.replace("ҷ", for_it[0]).replace("Ҷ", for_it[1])
            for field, text in (("given_name", draft.given_name), ("family_name", draft.family_name),
                                ("father_name", draft.father_name))
            if "ҷ" in text.lower()
        }  # fmt: skip
        if slips:
            being.written |= slips
        else:
            self._other_script(being)

    def _dropped_father(self, being: Being) -> None:
        being.father_form = "bare" if being.father_form == "missing" else "missing"
        being.written.pop("father_name", None)

    def _year_off(self, being: Being) -> None:
        years = self.chance.one([-1, 1])
        born = being.birth.on.year if being.birth else self.today.year - being.age
        being.birth = Birth.in_year(min(born + years, self.today.year - 1))

    def _maiden_name(self, being: Being) -> None:
        if being.maiden and being.maiden != being.stem:
            being.stem = being.maiden
            being.written.pop("family_name", None)
        else:
            self._other_ending(being)

    def _other_ending(self, being: Being) -> None:
        being.ending = _ENDINGS[being.ending]
        being.written.pop("family_name", None)


def _children_alike(house: Household, other: Household) -> tuple[int, int] | None:
    """The places of two children of one sex, one to four years apart."""
    for place, one in enumerate(house.members):
        for other_place, two in enumerate(other.members):
            if (
                _is_child_of_house(one) and _is_child_of_house(two) and one.sex is two.sex
                and 1 <= abs(one.age - two.age) <= 4
            ):  # fmt: skip
                return place, other_place
    return None


def _is_child_of_house(being: Being) -> bool:
    return being.relation in (Relation.CHILD, Relation.GRANDCHILD) and 2 <= being.age < 18 and not being.is_twin


def _name_alike(child: Being, cousin: Being, house: Household) -> None:
    """Give ``cousin``'s family the surname and the father of ``child``, so that all three names agree."""
    stem, father = cousin.stem, cousin.father
    for being in house.members:
        if being.stem == stem:
            being.stem = child.stem
        if being.sex is Sex.MALE and being.given == father and being.age > cousin.age:
            being.given = child.father
        if being.father == father:
            being.father = child.father
    cousin.given = child.given
    cousin.ending, cousin.father_form = child.ending, child.father_form
