"""How services are searched for: what is asked, and the keys under which words in any script meet."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any

from paivand.methods.places import place_key
from paivand.referrals.rules.directory import service_types

EVERYWHERE = "all"
"""The filter that asks for all districts; none at all asks for one's own."""

MOST_WORDS = 4
SHORTEST_WORD = 2
SHORTEST_OF_TYPE = 3
LONGEST_KEY = 100
_SEPARATORS = re.compile(r"[\s\-‐‑–—/,.;:()«»\"“”„'’№#]+")


@dataclass(frozen=True)
class ServiceFilters:
    """What somebody asks of the directory; everything empty asks for the services of one's own districts."""

    words: str = ""
    district: str = ""
    type: str = ""
    language: str = ""
    access: str = ""
    free: bool = False
    women_only: bool = False
    stopped: bool = False

    @property
    def further(self) -> dict[str, Any]:
        """The filters in force beside words, district and type."""
        return {
            one.name: getattr(self, one.name)
            for one in fields(self)
            if one.name not in {"words", "district", "type"} and getattr(self, one.name)
        }

    @property
    def narrows(self) -> bool:
        """Whether something is asked for beside the district."""
        return bool(self.words or self.type or self.further)


def word_keys(*texts: str) -> list[str]:
    """The keys of the words of some texts, each once: equal for one word in Cyrillic and Latin.

    >>> word_keys("Маркази «Умед»", "Markaz") == [*word_keys("Markazi Umed"), "markaz"]
    True
    """
    words = (word for text in texts for word in _SEPARATORS.split(text) if word)
    keys = (place_key(word)[:LONGEST_KEY] for word in words)
    return list(dict.fromkeys(key for key in keys if len(key.removeprefix("ar:")) >= SHORTEST_WORD))


def asked_keys(text: str) -> list[str]:
    """The keys of what somebody typed: at most ``MOST_WORDS``, the longest first, because they narrow most."""
    return sorted(word_keys(text), key=len, reverse=True)[:MOST_WORDS]


@lru_cache(maxsize=1)
def _type_words() -> tuple[tuple[str, str], ...]:
    """Each word by which a type is called or explained in any language, with the code of the type."""
    return tuple(
        (key, code)
        for code, one in service_types().items()
        for key in word_keys(*one.titles.values(), *one.meanings.values())
    )


def types_called(key: str) -> frozenset[str]:
    """The types one of whose words begins with the key of a typed word.

    >>> sorted(types_called(word_keys("мактаб")[0])), sorted(types_called(word_keys("алимент")[0]))
    (['education'], ['legal'])
    """
    if len(key.removeprefix("ar:")) < SHORTEST_OF_TYPE:
        return frozenset()
    return frozenset(code for word, code in _type_words() if word.startswith(key))


def filters_of(values: Any) -> ServiceFilters:
    """Filters from values that a form has checked; what is absent or empty asks nothing."""
    names: Iterable[str] = (one.name for one in fields(ServiceFilters))
    return ServiceFilters(**{name: values[name] for name in names if values.get(name)})
