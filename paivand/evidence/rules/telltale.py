"""What in a text of a report may name somebody: the writer is asked to look again before it is printed.

It is a reminder and no wall: a rare name passes, and a street that is called after somebody is met.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

from paivand.core.rules.parts import Part
from paivand.core.rules.texts import text

SOURCE = Path(__file__).parent.parent.parent / "parameters" / "name_signs.yaml"

_WORD = re.compile(r"[^\W\d_]+(?:[-’'][^\W\d_]+)*")
_PHONE = re.compile(
    r"\+992[\s-]?\d{2}[\s-]?\d{3}[\s-]?\d{2}[\s-]?\d{2}(?!\d)"
    r"|(?<![\d.,])\d{2,3}[\s-]\d{3}[\s-]?\d{2}[\s-]?\d{2}(?!\d|[.,]\d)"
    r"|(?<!\d)\d{9}(?!\d)"
)
_CODE = re.compile(r"\b[FPC]-\d{3}-\d{4}\b")
MOST = 5
"""So many words are shown; more would be read by nobody."""


class Telltale(StrEnum):
    """What kind of word was met."""

    NAME = "name"
    PHONE = "phone"
    CODE = "code"


TELLTALE_NAMES: dict[Telltale, str] = {
    Telltale.NAME: text("This looks like the name of somebody:"),
    Telltale.PHONE: text("This looks like a telephone number:"),
    Telltale.CODE: text("This looks like the number of a file:"),
}


@dataclass(frozen=True)
class Met:
    """Words of one kind that were met in a text, each once, in their order."""

    kind: Telltale
    words: tuple[str, ...]


@dataclass(frozen=True)
class Signs:
    """Given names, endings of family names, and words before a name."""

    given: frozenset[str]
    endings: tuple[str, ...]
    before: frozenset[str]
    never: frozenset[str]


@lru_cache(maxsize=1)
def signs() -> Signs:
    """The list of ``parameters/name_signs.yaml``."""
    parts = Part.of(SOURCE.name, SOURCE.read_text(encoding="utf-8")).fields(
        "source from note given endings before never"
    )
    given, endings, before, never = (
        [_folded(one.text()) for one in parts[name]] for name in ("given", "endings", "before", "never")
    )
    return Signs(frozenset(given), tuple(endings), frozenset(before), frozenset(never))


def telltales(typed: str) -> list[Met]:
    """What may name somebody in a text.

    >>> [(met.kind.value, met.words) for met in telltales("Ҷамила Раҳимова told us to call 93 555 12 12.")]
    [('name', ('Ҷамила Раҳимова',)), ('phone', ('93 555 12 12',))]
    >>> telltales("In 2022 the programme reached 2,263 people in Kulob and Dusti.")
    []
    """
    found = (
        Met(Telltale.NAME, _once(_names(typed))),
        Met(Telltale.PHONE, _once(match.group().strip() for match in _PHONE.finditer(typed))),
        Met(Telltale.CODE, _once(match.group() for match in _CODE.finditer(typed))),
    )
    return [met for met in found if met.words]


def _names(typed: str) -> list[str]:
    """Runs of neighbouring words with capitals of which one is known as a name or ends like one, or after a title."""
    known, found = signs(), []
    words = list(_WORD.finditer(typed))
    at = 0
    while at < len(words):
        end = at
        while end < len(words) and words[end].group()[0].isupper() and (end == at or _beside(typed, words, end)):
            end += 1
        run = [match.group() for match in words[at:end]]
        titled = bool(run) and at > 0 and _folded(words[at - 1].group()) in known.before
        titled = titled or (len(run) > 1 and _folded(run[0]) in known.before)
        if run and (titled or any(_is_name(word, known) for word in run)):
            found.append(" ".join(run))
        at = max(end, at + 1)
    return found


def _beside(typed: str, words: list[re.Match[str]], at: int) -> bool:
    """Whether a word follows the one before it with nothing but a space, or the point of a title, between them."""
    return typed[words[at - 1].end() : words[at].start()] in {" ", ". "} and (
        typed[words[at - 1].end()] == " " or len(words[at - 1].group()) <= len("Mrs")
    )


def _is_name(word: str, known: Signs) -> bool:
    folded = _folded(word)
    if folded in known.never:
        return False
    return folded in known.given or (len(folded) > 5 and folded.endswith(known.endings))


def _folded(word: str) -> str:
    return unicodedata.normalize("NFC", word).casefold().rstrip(".")


def _once(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(words))[:MOST]
