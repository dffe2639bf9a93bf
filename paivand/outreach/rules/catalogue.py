"""Channels, topics and kinds of material, as ``parameters/outreach_*.yaml`` declare them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

from paivand.core.rules.parts import Part
from paivand.outreach.rules.estimates import Way

_FOLDER = Path(__file__).parent.parent.parent / "parameters"
CHANNELS, TOPICS = _FOLDER / "outreach_channels.yaml", _FOLDER / "outreach_topics.yaml"
LANGUAGES = "tg ru en fa"


class PlaceAsked(StrEnum):
    """How exactly the place of a channel is asked."""

    JAMOAT = "jamoat"
    DISTRICT = "district"
    FREE = "free"


class Field(StrEnum):
    """A further field of a channel's form."""

    TITLE = "title"
    TIMES = "times"
    VENUE = "venue"


class Demand(StrEnum):
    """Whether an entry is confirmed without evidence."""

    NEEDED = "needed"
    OPTIONAL = "optional"


@dataclass(frozen=True, slots=True)
class Named:
    """Something with a code and a title in each language, offered from a day, and for some until another."""

    code: str
    titles: Mapping[str, str]
    since: date
    until: date | None = None

    def title_in(self, language: str) -> str:
        """What it is called in ``language``, or in English."""
        return self.titles.get(language[:2], self.titles["en"])

    def is_offered(self, day: date) -> bool:
        """Whether it may be chosen for something of that day; what is older than the list is never refused."""
        return self.until is None or day <= self.until


@dataclass(frozen=True, slots=True)
class Channel(Named):
    """A way in which a message reaches people; see the head of the file for what each field means."""

    ways: tuple[Way, ...] = ()
    place: PlaceAsked = PlaceAsked.DISTRICT
    asks: frozenset[Field] = frozenset()
    register: bool = False
    most: int | None = None
    demand: Demand = Demand.NEEDED
    words: Mapping[str, str] | None = None

    @property
    def is_local(self) -> bool:
        """Whether people are met in one place."""
        return self.place is PlaceAsked.JAMOAT

    def evidence_in(self, language: str) -> str:
        """What is kept as evidence, in words."""
        words = self.words or {}
        return words.get(language[:2], words.get("en", ""))


@dataclass(frozen=True)
class Catalogue:
    """What the file of channels declares."""

    channels: Mapping[str, Channel]
    materials: Mapping[str, Named]
    register_most: int
    population_share: Decimal
    population_times: Decimal


def _named(part: Part) -> dict[str, str]:
    return {name: one.text() for name, one in part.fields(LANGUAGES).items()}


def _several(parts: list[tuple[Part, Named]]) -> None:
    seen: set[str] = set()
    for part, one in parts:
        if one.code in seen:
            part.fail(f"{one.code!r} stands here twice")
        seen.add(one.code)


def read_topics(file: str, content: str) -> Mapping[str, Named]:
    """The topics that ``content`` declares, in the order in which they are offered.

    Raises:
        DeclarationError: with file, line, path and reason of the first thing that is wrong.
    """
    whole = Part.of(file, content).fields("source from topics", "note")
    whole["source"].text()
    found = [(part, _plain(part, whole["from"].day())) for part in whole["topics"]]
    _several(found)
    return {one.code: one for _part, one in found}


def _plain(part: Part, since: date) -> Named:
    row = part.fields("code title", "from until")
    return Named(
        row["code"].code(), _named(row["title"]), row["from"].day() if "from" in row else since,
        row["until"].day() if "until" in row else None,
    )  # fmt: skip


def _channel(part: Part, since: date) -> Channel:
    row = part.fields("code title methods place asks register evidence words", "most from until")
    ways = tuple(one.one_of(Way) for one in row["methods"])
    if not ways:
        row["methods"].fail("name at least one way of counting")
    return Channel(
        row["code"].code(), _named(row["title"]), row["from"].day() if "from" in row else since,
        row["until"].day() if "until" in row else None, ways, row["place"].one_of(PlaceAsked),
        frozenset(one.one_of(Field) for one in row["asks"]), row["register"].flag(),
        row["most"].whole() if "most" in row else None, row["evidence"].one_of(Demand), _named(row["words"]),
    )  # fmt: skip


def read_channels(file: str, content: str) -> Catalogue:
    """The channels and kinds of material that ``content`` declares.

    Raises:
        DeclarationError: with file, line, path and reason of the first thing that is wrong.
    """
    whole = Part.of(file, content).fields(
        "source from register_most population_share population_times channels materials", "note"
    )
    whole["source"].text()
    since = whole["from"].day()
    channels = [(part, _channel(part, since)) for part in whole["channels"]]
    materials = [(part, _plain(part, since)) for part in whole["materials"]]
    _several([*channels])
    _several(materials)
    share, times = whole["population_share"].number(), whole["population_times"].number()
    return Catalogue(
        {one.code: one for _part, one in channels}, {one.code: one for _part, one in materials},
        whole["register_most"].whole(), Decimal(share.numerator) / share.denominator,
        Decimal(times.numerator) / times.denominator,
    )  # fmt: skip


@lru_cache(maxsize=1)
def catalogue() -> Catalogue:
    """The programme's channels and kinds of material.

    >>> radio = catalogue().channels["radio"]
    >>> radio.title_in("ru"), radio.ways, radio.is_local
    ('радио', (<Way.BROADCAST: 'broadcast'>,), False)
    """
    return read_channels(CHANNELS.name, CHANNELS.read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def topics() -> Mapping[str, Named]:
    """The programme's topics.

    >>> topics()["rights"].title_in("en")
    'rights and free legal help'
    """
    return read_topics(TOPICS.name, TOPICS.read_text(encoding="utf-8"))


def channels() -> Mapping[str, Channel]:
    """The channels by their code."""
    return catalogue().channels
