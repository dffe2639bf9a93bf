"""Finds the districts and jamoats that a list names: by any name, former names and other spellings included."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from paivand.collect.rules.columns import plain
from paivand.methods.names import name_keys

_WORDS = re.compile(
    r"\b(?:джамоати?|чамоати?|чамоати дехоти?|чдм|сельский|сельсовет|нохияи?|шахри?|район|город|г|дж|"
    r"jamoati?|district|rayon|city|town|jamoat of|нохия|шахр)\b"
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class KnownPlace:
    """A district or jamoat with all its names; ``parent`` is the district of a jamoat, empty for a district."""

    code: str
    name: str
    names: tuple[str, ...]
    former: tuple[str, ...] = ()
    parent: str = ""


@dataclass(slots=True)
class Gazetteer:
    """Places by what they are called."""

    places: dict[str, KnownPlace] = field(default_factory=dict)
    by_name: dict[str, list[str]] = field(default_factory=dict)
    by_sound: dict[str, list[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, places: Iterable[KnownPlace]) -> Gazetteer:
        """A gazetteer of these places."""
        found = cls()
        for place in places:
            found.places[place.code] = place
            for name in (*place.names, *place.former):
                _add(found.by_name, bare(name), place.code)
                _add(found.by_sound, sound(name), place.code)
        return found

    def find(self, words: str) -> tuple[list[str], bool]:
        """The codes of places that may be meant, and whether one of their present names was written."""
        name = bare(words)
        codes = self.by_name.get(name, [])
        if codes:
            return codes, any(name in map(bare, self.places[code].names) for code in codes)
        return self.by_sound.get(sound(words), []), False


def _add(index: dict[str, list[str]], key: str, code: str) -> None:
    if key and code not in index.setdefault(key, []):
        index[key].append(code)


@lru_cache(maxsize=4096)
def bare(words: str) -> str:
    """A place's name without the word for what kind of place it is.

    >>> bare("Ҷамоати Дахана"), bare("г. Куляб"), bare("Дангаринский район")
    ('дахана', 'куляб', 'дангаринский')
    """
    name = plain(words)
    return " ".join(_WORDS.sub(" ", name).split()) or name


@lru_cache(maxsize=4096)
def sound(words: str) -> str:
    """A key that the spellings of a place's name in Cyrillic and Latin share.

    >>> sound("Зираки") == sound("Ziraki")
    True
    """
    return name_keys(bare(words), "father").k1
