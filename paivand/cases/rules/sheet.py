"""The plan on a sheet of paper that the family takes home: what stands on it, and what is left off.

Others in the house read it too. So it names given names only, no kind of case, no risk, no agency, nothing of safety;
and a line with a word that could betray somebody is left off, in whatever language it was written.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

SOURCE = Path(__file__).parent.parent.parent / "parameters" / "sensitive_words.yaml"

LANGUAGES = ("tg", "ru", "fa", "en")
"""The languages in which a sheet can be printed, in the order in which they are tried."""


@dataclass(frozen=True)
class Sensitive:
    """The beginnings of words that a sheet must not hold, and the parts of life that never stand on it."""

    areas: frozenset[str]
    pattern: re.Pattern[str]

    def betrays(self, *texts: str) -> bool:
        """Whether one of ``texts`` holds such a word.

        >>> sensitive().betrays("Ask about the sewing course"), sensitive().betrays("", "Call the shelter")
        (False, True)
        >>> sensitive().betrays("Зуроварӣ"), sensitive().betrays("Латиф ба мактаб меравад, билет")
        (True, False)
        """
        return any(self.pattern.search(_folded(one)) for one in texts if one)


def _folded(text: str) -> str:
    return unicodedata.normalize("NFC", text).casefold().replace("\u200c", " ")


def read_sensitive(declared: Mapping[str, Any]) -> Sensitive:
    """The list of a declaration."""
    beginnings = sorted({_folded(word) for words in declared["beginnings"].values() for word in words})
    pattern = re.compile(r"(?<!\w)(?:" + "|".join(re.escape(word) for word in beginnings) + ")")
    return Sensitive(frozenset(declared["areas"]), pattern)


@lru_cache(maxsize=1)
def sensitive() -> Sensitive:
    """The list of ``parameters/sensitive_words.yaml``."""
    return read_sensitive(yaml.safe_load(SOURCE.read_text(encoding="utf-8")))


@dataclass(frozen=True, slots=True)
class SheetStep:
    """One step on the sheet: what, who, until when (an ISO date)."""

    what: str
    who: str
    by: str


@dataclass(frozen=True, slots=True)
class SheetGoal:
    """One goal on the sheet with its steps."""

    statement: str
    steps: tuple[SheetStep, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """What stands on the sheet, and how many lines were left off."""

    own_words: str
    goals: tuple[SheetGoal, ...]
    left_off: int


def sheet_of(content: Mapping[str, Any], who: Mapping[str, str], words: Sensitive | None = None) -> Sheet:
    """The sheet of a plan.

    Args:
        content: the whole plan, as ``queries.plans.content_of`` gives it.
        who: what to call who does a step, by the key of the step.
        words: the list of sensitive words.
    """
    words = words or sensitive()
    goals: list[SheetGoal] = []
    left_off = 0
    for need in content["needs"]:
        for goal in need["goals"]:
            hidden = need["area"] in words.areas or words.betrays(goal["statement"])
            told = [_step(step, who) for step in goal["steps"]]
            kept = tuple(step for step in told if not hidden and not words.betrays(step.what, step.who))
            left_off += len(told) - len(kept)
            if hidden:
                left_off += 1
            else:
                goals.append(SheetGoal(goal["statement"], kept))
    own = content["own_words"]
    if words.betrays(own):
        own, left_off = "", left_off + 1
    return Sheet(own, tuple(goals), left_off)


def _step(step: Mapping[str, Any], who: Mapping[str, str]) -> SheetStep:
    return SheetStep(step["what"], who.get(step["key"], ""), step["by"])


def sheet_language(spoken: Iterable[str], chosen: str = "") -> str:
    """The language of the sheet: the chosen one, or the first that the person speaks and that it can be printed in.

    >>> sheet_language(["uz", "ru"]), sheet_language(["pamiri"]), sheet_language(["ru"], "fa")
    ('ru', 'tg', 'fa')
    """
    if chosen in LANGUAGES:
        return chosen
    return next((language for language in spoken if language in LANGUAGES), LANGUAGES[0])
