"""Invents families by chance, the same ones for the same seed.

Their make-up follows what is known of families left behind in Khatlon: most are headed by a woman whose husband works
abroad, many live with his parents, some by grandparents alone with the children. Births are known as exactly as a
register would know them: often to the day, often only the year or an age somebody said.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import yaml

from paivand.core.rules.dates import Birth
from paivand.registry.rules import ConsentMethod, ConsentPurpose, GivenBy, Relation, Sex
from paivand.registry.rules.drafts import ConsentDraft, FamilyDraft, MemberDraft, PersonDraft

SOURCE = Path(__file__).parent.parent.parent / "parameters" / "demo_names.yaml"
SEED = 20210801
"""The month in which the Joint Programme began."""

_SCRIPTS = (("tg", 80), ("ru", 11), ("latin", 5), ("dari", 4))
_SHAPES = (("left_wife", 66), ("with_in_laws", 14), ("elder", 9), ("returned", 6), ("grandparent", 5))
_ENDINGS = (("russian", 60), ("zoda", 25), ("bare", 15))
_PRECISIONS = (("day", 55), ("month", 10), ("year", 23), ("age", 12))
_PURPOSES = tuple(ConsentPurpose)[:4]


@dataclass(frozen=True)
class JamoatShare:
    """A jamoat, its district, and how many people live there."""

    code: str
    district: str
    population: int


@dataclass(frozen=True)
class InventedFamily:
    """All that a social worker would type to register one family."""

    district: str
    draft: FamilyDraft


def invented_families(n_families: int, jamoats: Sequence[JamoatShare], today: date) -> Iterator[InventedFamily]:
    """``n_families`` families spread over ``jamoats`` by population, in the order of their registration."""
    random = Random(SEED)  # noqa: S311  # chance for show, not for secrets
    names = yaml.safe_load(SOURCE.read_text(encoding="utf-8"))
    homes = [jamoat for jamoat, n in shares(n_families, jamoats) for _ in range(n)]
    random.shuffle(homes)
    days = sorted((random.randint(0, 240) for _ in homes), reverse=True)
    for jamoat, ago in zip(homes, days, strict=True):
        yield _Household(random, names, today, today - timedelta(days=ago)).family(jamoat)


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


@dataclass
class _Household:
    """One family in the making: its script and surname habit are common to its members."""

    random: Random
    names: dict[str, Any]
    today: date
    registered_on: date
    script: str = field(init=False)
    ending: str = field(init=False)
    surname: str = field(init=False)

    def __post_init__(self) -> None:
        self.script = self._one_of(_SCRIPTS)
        self.ending = self._one_of(_ENDINGS)
        self.surname = self._surname_stem()

    def family(self, jamoat: JamoatShare) -> InventedFamily:
        head, members = getattr(self, f"_{self._one_of(_SHAPES)}")()
        draft = FamilyDraft(
            family_id=uuid.UUID(int=self.random.getrandbits(128), version=4),
            jamoat=jamoat.code,
            village=self.random.choice(self.names["villages"]),
            registered_on=self.registered_on,
            head=head,
            members=tuple(members),
            consent=self._consent(),
        )
        return InventedFamily(jamoat.district, draft)

    def _left_wife(self) -> tuple[PersonDraft, list[MemberDraft]]:
        """A woman whose husband works abroad, with her children; sometimes he is still counted in."""
        age, father = self.random.randint(21, 46), self._given(Sex.MALE)
        members = self._children(age, father, Relation.CHILD)
        if self.random.random() < 0.3:
            husband = self._person(Sex.MALE, age + self.random.randint(0, 7), self._given(Sex.MALE), given=father)
            members.insert(0, MemberDraft(husband, Relation.SPOUSE))
        return self._person(Sex.FEMALE, age, self._given(Sex.MALE)), members

    def _with_in_laws(self) -> tuple[PersonDraft, list[MemberDraft]]:
        """The same, in the house of his parents, but she answers for the family."""
        head, members = self._left_wife()
        years = (head.age_years(self.today) or 30) + self.random.randint(20, 27)
        grandfather = self._given(Sex.MALE)
        members.append(MemberDraft(self._person(Sex.FEMALE, years, self._given(Sex.MALE)), Relation.PARENT_IN_LAW))
        if self.random.random() < 0.5:
            elder = self._person(Sex.MALE, years + self.random.randint(1, 6), self._given(Sex.MALE), given=grandfather)
            members.append(MemberDraft(elder, Relation.PARENT_IN_LAW))
        return head, members

    def _elder(self) -> tuple[PersonDraft, list[MemberDraft]]:
        """The husband's mother or father heads the house; his wife and children live there."""
        sex = Sex.FEMALE if self.random.random() < 0.6 else Sex.MALE
        age = self.random.randint(50, 72)
        son = self._given(Sex.MALE)
        wife_age = max(20, age - self.random.randint(24, 32))
        wife = MemberDraft(self._person(Sex.FEMALE, wife_age, self._given(Sex.MALE)), Relation.CHILD_IN_LAW)
        return (
            self._person(sex, age, self._given(Sex.MALE)),
            [wife, *self._children(wife_age, son, Relation.GRANDCHILD)],
        )

    def _returned(self) -> tuple[PersonDraft, list[MemberDraft]]:
        """A man who came back, with his wife and children."""
        age = self.random.randint(27, 52)
        head = self._person(Sex.MALE, age, self._given(Sex.MALE))
        wife_age = max(20, age - self.random.randint(0, 6))
        wife = MemberDraft(self._person(Sex.FEMALE, wife_age, self._given(Sex.MALE)), Relation.SPOUSE)
        return head, [wife, *self._children(wife_age, head.given_name, Relation.CHILD)]

    def _grandparent(self) -> tuple[PersonDraft, list[MemberDraft]]:
        """Both parents are abroad; the children live with their grandmother."""
        age = self.random.randint(52, 70)
        return (
            self._person(Sex.FEMALE, age, self._given(Sex.MALE)),
            self._children(age - 26, self._given(Sex.MALE), Relation.GRANDCHILD),
        )

    def _children(self, mother_age: int, father: str, relation: Relation) -> list[MemberDraft]:
        """Up to six, the eldest first, born from the mother's nineteenth year on."""
        oldest = max(0, min(17, mother_age - 19))
        most = min(6, oldest // 3 + 1)
        ages = sorted(self.random.sample(range(oldest + 1), self.random.randint(1, most)), reverse=True)
        return [
            MemberDraft(self._person(self.random.choice([Sex.FEMALE, Sex.MALE]), age, father), relation) for age in ages
        ]

    def _person(self, sex: Sex, age: int, father: str, given: str = "") -> PersonDraft:
        return PersonDraft(
            given_name=given or self._given(sex),
            sex=sex,
            family_name=self._surname(sex),
            father_name=father if self.random.random() < 0.85 else "",
            birth=self._birth(age),
        )

    def _birth(self, age: int) -> Birth | None:
        if age > 60 and self.random.random() < 0.08:
            return None
        day = self.today - timedelta(days=age * 365 + self.random.randint(1, 360))
        precision = "day" if age < 6 else self._one_of(_PRECISIONS)
        if precision == "day":
            return Birth.on_day(day)
        if precision == "month":
            return Birth.in_month(day.year, day.month)
        if precision == "year":
            return Birth.in_year(day.year)
        return Birth.from_age(age, asked_on=self.registered_on)

    def _consent(self) -> ConsentDraft:
        how = self.random.choices(tuple(ConsentMethod), weights=[7, 2, 1])[0]
        language = {"dari": "fa", "ru": "ru"}.get(self.script, "tg")
        purposes = _PURPOSES[: self.random.randint(1, len(_PURPOSES))]
        return ConsentDraft(GivenBy.SELF, how, language, self.registered_on, purposes)

    def _given(self, sex: Sex) -> str:
        group = "women" if sex is Sex.FEMALE else "men"
        if self.script == "dari":
            return str(self.random.choice(self.names["dari"][group]))
        return str(self.random.choice(self.names[group])[self.script])

    def _surname_stem(self) -> str:
        if self.script == "dari":
            return str(self.random.choice(self.names["dari"]["surnames"]))
        return str(self.random.choice(self.names["surnames"])[self.script])

    def _surname(self, sex: Sex) -> str:
        """The family's surname as this person bears it: Каримов and Каримова, Каримзода, or Карим."""
        if self.script == "dari":
            return self.surname
        latin = self.script == "latin"
        if self.ending == "russian":
            return self.surname + ("" if sex is Sex.MALE else "a" if latin else "а")
        stem = self.surname[:-2]
        return stem + ("zoda" if latin else "зода") if self.ending == "zoda" else stem

    def _one_of(self, choices: Sequence[tuple[str, int]]) -> str:
        words, weights = zip(*choices, strict=True)
        return str(self.random.choices(words, weights=weights)[0])
