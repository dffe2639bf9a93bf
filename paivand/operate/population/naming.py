"""Names as people bear and write them: one name in several scripts, surnames by sex and habit, fathers' names."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import yaml

from paivand.operate.population.profile import FOLDER, Chance
from paivand.registry.rules import Sex

NAMES = FOLDER / "demo_names.yaml"
_VOWELS = "аеёиӣоуӯэюяaeiou"
_PATRONYMICS = {
    (False, Sex.MALE): ("ович", "евич"), (False, Sex.FEMALE): ("овна", "евна"),
    (True, Sex.MALE): ("ovich", "evich"), (True, Sex.FEMALE): ("ovna", "evna"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Name:
    """One name, or the stem of a surname, as each script writes it."""

    tg: str
    ru: str
    latin: str

    def written(self, script: str) -> str:
        """The name in ``script``; Dari names have one form only."""
        return {"ru": self.ru, "latin": self.latin}.get(script, self.tg)


@cache
def lists() -> dict[str, Any]:
    """The lists of names, villages, places of work and words about calling."""
    read: dict[str, Any] = yaml.safe_load(NAMES.read_text(encoding="utf-8"))
    return read


@cache
def names(kind: str, *, dari: bool) -> tuple[list[Name], list[float]]:
    """The names of a kind (``women``, ``men``, ``surnames``), and how frequent each is: a few are borne by many."""
    rows = lists()["dari"][kind] if dari else lists()[kind]
    found = [Name(row, row, row) if isinstance(row, str) else Name(**row) for row in rows]
    Chance("frequency", kind).random.shuffle(found)
    return found, [1 / (rank + 8) ** 0.7 for rank in range(len(found))]


def drawn(chance: Chance, kind: str, *, dari: bool) -> Name:
    """One name of a kind, the frequent ones more often."""
    found, frequencies = names(kind, dari=dari)
    return chance.random.choices(found, weights=frequencies)[0]


def surname(stem: Name, ending: str, sex: Sex, script: str) -> str:
    """A surname as this person bears it.

    >>> karim = Name("Каримов", "Каримов", "Karimov")
    >>> [surname(karim, ending, Sex.FEMALE, "tg") for ending in ("russian", "zoda", "i", "bare")]
    ['Каримова', 'Каримзода', 'Каримӣ', 'Карим']
    """
    text = stem.written(script)
    if script == "dari":
        return text
    latin, root = script == "latin", text[:-2]
    if ending == "russian":
        return text + ("" if sex is Sex.MALE else "a" if latin else "а")
    if ending == "bare" and len(root) > 2:
        return root
    if ending == "i" and root[-1].lower() not in _VOWELS:
        return root + ("i" if latin else "и" if script == "ru" else "ӣ")
    return root + ("zoda" if latin else "зода")


def fathers_name(name: Name, form: str, sex: Sex, script: str) -> str:
    """The father's name as a patronymic, bare, or missing.

    >>> fathers_name(Name("Имомалӣ", "Имомали", "Imomali"), "patronymic", Sex.FEMALE, "tg")
    'Имомалиевна'
    """
    text = name.written(script)
    if form == "missing":
        return ""
    if form == "bare" or script == "dari":
        return text
    hard, soft = _PATRONYMICS[script == "latin", sex]
    text = text[:-1] + "и" if text.endswith("ӣ") else text
    return text + (soft if text[-1].lower() in _VOWELS else hard)
