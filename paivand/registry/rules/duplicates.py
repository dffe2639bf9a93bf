"""Two records that may be one person: what was decided, and by which rules a pair is shown."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from paivand.core.rules.texts import text
from paivand.methods.linkage import FIELDS, MISSING, Level, Model
from paivand.methods.names import Part, name_keys

SOURCE = Path(__file__).parent.parent.parent / "parameters" / "linkage.yaml"


class Verdict(StrEnum):
    """What a person decided about a pair. Nothing is merged by itself."""

    OPEN = "open"
    SAME = "same"
    DIFFERENT = "different"
    UNSURE = "unsure"


VERDICT_NAMES = {
    Verdict.OPEN: text("waits for a decision"),
    Verdict.SAME: text("the same person"),
    Verdict.DIFFERENT: text("two different people"),
    Verdict.UNSURE: text("not sure"),
}

FIELD_NAMES = {
    "given": text("given name"),
    "family": text("surname"),
    "father": text("father's name"),
    "sex": text("sex"),
    "birth": text("birth"),
    "phone": text("telephone"),
    "document": text("paper"),
    "place": text("place"),
    "mother": text("mother's name"),
}
"""The comparisons of two records, as people call them."""

LEVEL_NAMES = {
    "spelling": text("the same"),
    "likely": text("the same, spelt differently"),
    "swapped": text("given name and surname change places"),
    "known_as": text("known by that name"),
    "near": text("nearly the same"),
    "same": text("the same"),
    "day": text("the same day"),
    "month": text("the same month, or day and month change places"),
    "year": text("the same year"),
    "other_day": text("the same year, another day"),
    "close_year": text("one year apart"),
    "guessed": text("close, one of them guessed"),
    "village": text("the same village"),
    "jamoat": text("the same jamoat"),
    "different": text("different"),
    MISSING: text("not known of both"),
}
"""How a comparison can come out."""

KEPT_APART_NAMES = {
    "twins": text("Brothers and sisters, or twins: the same family and birth, another given name."),
    "namesakes": text("Namesakes, such as cousins: the same name, another parent or another birth."),
    "household": text("Listed in one family under two given names."),
}
"""The rules that keep two records apart, in a sentence each."""


@lru_cache(maxsize=1)
def model() -> Model:
    """The weights of comparisons, as ``parameters/linkage.yaml`` declares them."""
    declared: dict[str, Any] = yaml.safe_load(SOURCE.read_text(encoding="utf-8"))
    parts: tuple[Part, ...] = ("given", "family", "father")
    frequent = declared["frequent"]["value"]
    return Model(
        levels={
            name: {level: Level(**chances) for level, chances in declared["levels"][name]["value"].items()}
            for name in FIELDS
        },
        shares={part: {name_keys(name, part).k2: share for name, share in frequent[part].items()} for part in parts},
        rare=declared["rare"]["value"],
        likely=declared["likely"]["value"],
        possible=declared["possible"]["value"],
        most=declared["most"]["value"],
    )


def arrows(merges: Iterable[tuple[uuid.UUID, uuid.UUID]]) -> dict[uuid.UUID, uuid.UUID]:
    """Where each absorbed record points to, when these merges (absorbed, kept) count and no other.

    The answer does not depend on the order in which merges were made or undone, so that undoing one leaves the others
    as they would be without it.

    >>> a, b, c = (uuid.UUID(int=n) for n in (1, 2, 3))
    >>> arrows([(a, b), (b, c)]) == {a: c, b: c}
    True
    """
    next_one = dict(merges)
    found = {}
    for record in next_one:
        last = record
        while last in next_one:
            last = next_one[last]
        found[record] = last
    return found
