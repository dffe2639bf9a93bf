"""Occupations by ISCO-08: all two-digit groups, and the four-digit ones that migrants name."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

import yaml

from paivand.core.rules.texts import text

SOURCE = Path(__file__).parent.parent.parent / "parameters" / "isco08.yaml"
LANGUAGES = ("tg", "ru", "en", "fa")


class Field(StrEnum):
    """A field of work, under which occupations stand together in a list to choose from."""

    CONSTRUCTION = "construction"
    TRANSPORT = "transport"
    TRADE = "trade"
    MAKING = "making"
    REPAIR = "repair"
    FOOD = "food"
    HOUSEHOLD = "household"
    CARE = "care"
    OFFICE = "office"
    FARMING = "farming"


FIELD_NAMES = {
    Field.CONSTRUCTION: text("construction"),
    Field.TRANSPORT: text("transport and delivery"),
    Field.TRADE: text("trade and storage"),
    Field.MAKING: text("factories, workshops and mines"),
    Field.REPAIR: text("repair"),
    Field.FOOD: text("kitchens and food"),
    Field.HOUSEHOLD: text("cleaning, guarding and odd jobs"),
    Field.CARE: text("care and personal services"),
    Field.OFFICE: text("office work"),
    Field.FARMING: text("farming"),
}
OTHER_WORK = text("other work, by groups")


@dataclass(frozen=True, slots=True)
class Occupation:
    """One group of ISCO-08; ``field`` is set for those that migrants name."""

    code: str
    titles: tuple[str, ...]
    field: Field | None

    def title(self, language: str) -> str:
        """The title in one of the four languages; in English for any other."""
        return self.titles[LANGUAGES.index(language if language in LANGUAGES else "en")]


@lru_cache(maxsize=1)
def occupations() -> dict[str, Occupation]:
    """Every occupation of the list by its code."""
    content = yaml.safe_load(SOURCE.read_text(encoding="utf-8"))
    return {
        row["code"]: Occupation(
            row["code"], tuple(row[language] for language in LANGUAGES), Field(row["field"]) if "field" in row else None
        )
        for row in (*content["units"], *content["groups"])
    }


def is_occupation(code: str) -> bool:
    """Whether the list has this code.

    >>> is_occupation("7112"), is_occupation("71"), is_occupation("7199")
    (True, True, False)
    """
    return code in occupations()


def occupation_title(code: str, language: str) -> str:
    """The title of a code; that of its two-digit group where the code is none of the list; else the code itself.

    >>> occupation_title("7112", "en"), occupation_title("7199", "en")
    ('Bricklayers', 'Building and related trades workers, excluding electricians')
    """
    found = occupations().get(code) or occupations().get(code[:2])
    return found.title(language) if found else code


def occupation_choices(language: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """Code and title under the name of each field of work, construction first; the two-digit groups last."""
    grouped: dict[str, list[tuple[str, str]]] = {name: [] for name in (*FIELD_NAMES.values(), OTHER_WORK)}
    for row in occupations().values():
        grouped[FIELD_NAMES[row.field] if row.field else OTHER_WORK].append((row.code, row.title(language)))
    return list(grouped.items())
