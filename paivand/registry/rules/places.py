"""Villages as somebody typed them, and how a number of families is shown."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from paivand.core.rules.texts import text

MOST_COUNTED = 1000
"""Families are counted up to here and no further: "more than 1,000" is known at once, the rest would take long."""

SMALL = 5
"""Below this a number could point to one family; who sees no names reads "fewer than 5"."""

SHADES = (0, SMALL, 25, 100, 500)
"""From which number on a district takes the next darker tint; none at all leaves it white."""

BY_HAND = text("added by an administrator")
"""The source of a village that was entered on the screen."""


@dataclass(frozen=True, slots=True)
class FamilyCount:
    """How many families somebody sees in a place, at most ``MOST_COUNTED`` + 1.

    >>> FamilyCount(1001, exact=True).is_more
    True
    >>> FamilyCount(3, exact=False).is_hidden, FamilyCount(3, exact=True).is_hidden
    (True, False)
    """

    n: int
    exact: bool

    @property
    def is_more(self) -> bool:
        """Whether there are more than were counted."""
        return self.n > MOST_COUNTED

    @property
    def is_hidden(self) -> bool:
        """Whether the number is too small to be shown to this user."""
        return not self.exact and 0 < self.n < SMALL

    @property
    def shade(self) -> int:
        """The tint on the map, 0 for none to 5.

        >>> [FamilyCount(n, exact=True).shade for n in (0, 1, 4, 5, 24, 25, 100, 1001)]
        [0, 1, 1, 2, 2, 3, 4, 5]
        """
        return 0 if not self.n else sum(self.n >= edge for edge in SHADES)


@dataclass(frozen=True, slots=True)
class VillageDraft:
    """A village as typed: its Tajik name, what it is called in other languages, and where it lies."""

    name_tg: str
    name_ru: str = ""
    name_en: str = ""
    name_fa: str = ""
    latitude: Decimal | None = None
    longitude: Decimal | None = None

    @property
    def names(self) -> dict[str, str]:
        """The names that were given, by language."""
        given = {"tg": self.name_tg, "ru": self.name_ru, "en": self.name_en, "fa": self.name_fa}
        return {language: name for language, name in given.items() if name}


def village_code(jamoat: str, number: int) -> str:
    """The code of a village, made from its jamoat's and short enough for the same columns.

    >>> village_code("TJ-KT-02-02", 7)
    'KT0202-007'
    """
    return f"{jamoat.removeprefix('TJ-').replace('-', '')}-{number:03d}"
