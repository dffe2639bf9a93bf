"""Numbers and lists of codes of a selection, as ``parameters/selection.yaml`` declares them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

SOURCE = Path(__file__).parent.parent.parent / "parameters" / "selection.yaml"


@dataclass(frozen=True)
class Code:
    """One entry of a list: what it is called in each language, and whether it must be said in words as well."""

    code: str
    titles: Mapping[str, str]
    words: bool = False

    def title(self, language: str) -> str:
        """What it is called in ``language``, or in English."""
        return self.titles.get(language[:2]) or self.titles["en"]


@dataclass(frozen=True)
class Numbers:
    """The numbers by which a selection is made."""

    assessment_months: int
    signers: int
    appeal_days: int
    answer_days: int
    most_families: int
    review_confidence: float
    review_margin: float
    review_expected: float
    smallest_cell: int


@lru_cache(maxsize=1)
def _declared() -> dict[str, Any]:
    declared: dict[str, Any] = yaml.safe_load(SOURCE.read_text(encoding="utf-8"))
    return declared


@lru_cache(maxsize=1)
def numbers() -> Numbers:
    """The numbers as they stand.

    Raises:
        ValueError: when fewer than two signers are declared: one person alone never selects.
    """
    found = Numbers(**{name: entry["value"] for name, entry in _declared()["numbers"].items()})
    if found.signers < 2:
        raise ValueError("parameters/selection.yaml: signers is at least two. One person alone never selects.")
    return found


@lru_cache(maxsize=1)
def need_bands() -> frozenset[str]:
    """The bands of the vulnerability profile that count as need."""
    return frozenset(_declared()["need_bands"]["value"])


def _codes(rows: list[dict[str, Any]]) -> dict[str, Code]:
    return {row["code"]: Code(row["code"], row["title"], row.get("words", False)) for row in rows}


@lru_cache(maxsize=8)
def codes(name: str) -> Mapping[str, Code]:
    """The entries of a list by their codes, in the order of the file: ``programmes``, ``functions``, ``elsewhere`` or
    ``brought_by``.

    >>> codes("programmes")["casework"].title("en")
    'Casework'
    """
    return _codes(_declared()[name])


@lru_cache(maxsize=8)
def reasons(outcome: str) -> Mapping[str, Code]:
    """The reasons for one outcome by their codes; none for an unknown outcome.

    >>> list(reasons("reserve"))[0], reasons("reserve")["places_full"].words
    ('places_full', False)
    """
    return _codes(_declared()["reasons"].get(outcome, []))


def title(name: str, code: str, language: str) -> str:
    """What an entry of a list is called; a code that is not listed any more stands for itself.

    >>> title("elsewhere", "health", "ru"), title("elsewhere", "gone", "ru")
    ('медицинская помощь', 'gone')
    """
    found = codes(name).get(code)
    return found.title(language) if found else code


def reason_title(outcome: str, code: str, language: str) -> str:
    """What a reason is called; a code that is not listed any more stands for itself."""
    found = reasons(outcome).get(code)
    return found.title(language) if found else code
