"""Contacts and their parts, what cannot be and what is unlikely; the states of an entry.

A contact is one time that a message reached somebody. It is never a person: whoever heard it twice made two contacts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from paivand.core.rules.texts import text
from paivand.outreach.rules.catalogue import Channel
from paivand.outreach.rules.estimates import whole

MOST_CONTACTS = 100_000_000
"""More than anybody in the country could be reached: a slip of the finger."""


class EntryState(StrEnum):
    """Where an entry stands. Keys are stored.

    ``reversed`` holds for the two rows of a pair: the entry that was taken back and the row with its numbers below
    nought that takes it back. So the sum over confirmed entries is what is known now, and the sum over every row that
    was confirmed until a moment is what was reported then.
    """

    DRAFT = "draft"
    CONFIRMED = "confirmed"
    REVERSED = "reversed"


STATE_NAMES = {
    EntryState.DRAFT: text("draft"),
    EntryState.CONFIRMED: text("confirmed"),
    EntryState.REVERSED: text("taken back"),
}


class AgeGroup(StrEnum):
    """The age groups of contacts: below 18, and 18 and more."""

    CHILD = "child"
    ADULT = "adult"
    UNKNOWN = "unknown"


AGE_NAMES = {
    AgeGroup.CHILD: text("below 18"),
    AgeGroup.ADULT: text("18 and over"),
    AgeGroup.UNKNOWN: text("age not known"),
}

PART_NAMES: Mapping[str, str] = {
    "n_women": text("women"),
    "n_men": text("men"),
    "n_girls": text("girls"),
    "n_boys": text("boys"),
    "n_unknown": text("sex not known"),
}
"""The parts of the contacts by the columns that hold them; together they are all contacts."""

OF_UNKNOWN: Mapping[str, str] = {
    "n_adults": text("adults, sex not known"),
    "n_children": text("children, sex not known"),
}
"""What may be known of those whose sex is not known."""

SEXED = tuple(name for name in PART_NAMES if name != "n_unknown")
TOLD_PARTS = (*SEXED, *OF_UNKNOWN)
"""The parts as somebody tells them; those of whom nothing is known follow."""


class ContactsError(ValueError):
    """The numbers do not fit together; ``why`` is a stable word, ``field`` what it is about."""

    def __init__(self, why: str, field: str) -> None:
        super().__init__(why)
        self.why, self.field = why, field


@dataclass(frozen=True, slots=True)
class Contacts:
    """All contacts of an entry and what is known of them.

    Args:
        total: all of them.
        parts: by the columns of ``TOLD_PARTS``; what is missing is not known.
        repeat: those who had been reached before, None where nobody knows.
    """

    total: int
    parts: Mapping[str, int]
    repeat: int | None = None

    @property
    def unknown(self) -> int:
        """Those whose sex is not known, whether their age is or not."""
        return self.total - sum(self.parts.get(name, 0) for name in SEXED)

    @property
    def first(self) -> int | None:
        """First contacts, where it is known how many had been reached before."""
        return None if self.repeat is None else self.total - self.repeat

    def columns(self) -> dict[str, int]:
        """The number columns of the entry."""
        return {
            "n_contacts": self.total,
            **{name: self.parts.get(name, 0) for name in TOLD_PARTS},
            "n_unknown": self.unknown,
            "n_repeat": self.repeat or 0,
        }


def contacts(
    total: int | None,
    parts: Mapping[str, int | None],
    *,
    repeat: int | None = None,
    repeat_share: Decimal | None = None,
) -> Contacts:
    """The contacts as told, checked. Without a total they are the sum of the parts.

    >>> contacts(None, {"n_women": 20, "n_girls": 4}).total
    24
    >>> found = contacts(100, {"n_women": 60}, repeat_share=Decimal(25))
    >>> found.unknown, found.repeat, found.first
    (40, 25, 75)

    Raises:
        ContactsError: ``none`` when nothing is told; ``negative``; ``parts`` when they are more than all; ``many``;
            ``repeat`` when more were reached before than at all; ``share`` for a share beyond 0 to 100.
    """
    known = {name: value for name in TOLD_PARTS if (value := parts.get(name)) is not None}
    for name, value in known.items():
        if value < 0:
            raise ContactsError("negative", name)
    if total is None:
        if not known:
            raise ContactsError("none", "n_contacts")
        total = sum(known.values())
    if total < 0:
        raise ContactsError("negative", "n_contacts")
    if total == 0:
        raise ContactsError("none", "n_contacts")
    if total > MOST_CONTACTS:
        raise ContactsError("many", "n_contacts")
    if sum(known.values()) > total:
        raise ContactsError("parts", "n_contacts")
    return Contacts(total, known, _repeat(total, repeat, repeat_share))


def _repeat(total: int, number: int | None, share: Decimal | None) -> int | None:
    if number is not None and share is not None:
        raise ContactsError("twice", "repeat_share")
    if share is not None:
        if not 0 <= share <= 100:
            raise ContactsError("share", "repeat_share")
        return whole(total * share / 100)
    if number is None:
        return None
    if number < 0:
        raise ContactsError("negative", "n_repeat")
    if number > total:
        raise ContactsError("repeat", "n_repeat")
    return number


class Doubt(StrEnum):
    """Why an entry is unlikely. Keys are stored with an entry that was confirmed nevertheless."""

    POPULATION = "population"
    CROWD = "crowd"
    DATES = "dates"


DOUBT_NAMES = {
    Doubt.POPULATION: text("These are more contacts at one time than people live there."),
    Doubt.CROWD: text("These are more contacts than one such meeting usually makes."),
    Doubt.DATES: text("The day lies outside the dates of the campaign."),
}


@dataclass(frozen=True, slots=True)
class Setting:
    """What is known of the place and the campaign of an entry; ``share``: the part of the population that is likely."""

    population: int | None = None
    share: Decimal = Decimal(1)
    starts_on: date | None = None
    ends_on: date | None = None


def is_impossible(total: int, times: int, population: int | None, limit: Decimal) -> bool:
    """Whether so many contacts at one time cannot be where so many people live.

    >>> is_impossible(20_000, 1, 1_000, Decimal(10)), is_impossible(20_000, 4, 1_000, Decimal(10))
    (True, False)
    """
    return population is not None and Decimal(total) / max(times, 1) > population * limit


def doubts(channel: Channel, total: int, times: int, day: date, setting: Setting) -> tuple[Doubt, ...]:
    """What is unlikely about an entry: it is asked whether it is really so.

    Args:
        times: how often the message was given; the contacts of one time are compared.
    """
    found = []
    at_once = Decimal(total) / max(times, 1)
    if setting.population is not None and at_once > setting.population * setting.share:
        found.append(Doubt.POPULATION)
    if channel.most is not None and at_once > channel.most:
        found.append(Doubt.CROWD)
    if (setting.starts_on and day < setting.starts_on) or (setting.ends_on and day > setting.ends_on):
        found.append(Doubt.DATES)
    return tuple(found)


def part_of(sex: str, age: AgeGroup) -> str:
    """The column in which somebody of a list of those who came is counted.

    >>> part_of("female", AgeGroup.CHILD), part_of("male", AgeGroup.UNKNOWN), part_of("", AgeGroup.ADULT)
    ('n_girls', 'n_unknown', 'n_adults')
    """
    if age is AgeGroup.UNKNOWN:
        return "n_unknown"
    by_sex = {
        AgeGroup.ADULT: {"female": "n_women", "male": "n_men", "": "n_adults"},
        AgeGroup.CHILD: {"female": "n_girls", "male": "n_boys", "": "n_children"},
    }
    return by_sex[age][sex]
