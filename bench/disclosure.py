"""How long the protection of linked tables takes, and how much of them is lost: ``python -m bench.disclosure``.

Ten counts of invented people, each in the cuts of a results page: alone and crossed, districts with their jamoats,
months with districts. Needs no server.
"""

from __future__ import annotations

import random
import time
from collections import Counter

from paivand.methods.disclosure import WHOLE, Hierarchy, Key, Protected, Rule, protect

PEOPLE = (45, 200, 290, 300, 450, 728, 851, 2_263, 12_000, 100_000)
AIM = 1.0
"""Seconds of one processor for the slowest count."""
_CATEGORIES: dict[str, list[str]] = {
    "sex": ["f", "m", "not told"],
    "age": ["0-5", "6-17", "18-29", "30-59", "60+"],
    "disability": ["yes", "no", "not told"],
    "agency": ["iom", "unw", "unicef", "fao"],
    "migrant": ["head", "returned", "none"],
    "month": [f"{2021 + (7 + n) // 12}-{(7 + n) % 12 + 1:02d}" for n in range(28)],
}
_CUTS = (
    ("sex",), ("age",), ("disability",), ("agency",), ("migrant",), ("month",), ("district",), ("jamoat",),
    ("sex", "age"), ("sex", "disability"), ("sex", "district"), ("age", "district"), ("disability", "district"),
    ("agency", "district"), ("district", "month"), ("agency", "month"), ("sex", "month"), ("sex", "jamoat"),
)  # fmt: skip


def cells(n_people: int, n_districts: int, n_jamoats: int, seed: int = 7) -> tuple[dict[Key, int], Hierarchy]:
    """The cells of all cuts of so many invented people, without the empty ones, and which jamoat lies where."""
    chance = random.Random(seed + n_people)
    lies_in = {f"j{n}": f"d{n % n_districts}" for n in range(n_jamoats)}
    categories = _CATEGORIES | {"jamoat": list(lies_in)}
    weights = {name: [chance.gammavariate(1.5, 1) for _one in of] for name, of in categories.items()}
    counted: Counter[Key] = Counter({WHOLE: n_people})
    for _number in range(n_people):
        person = {name: chance.choices(of, weights[name])[0] for name, of in categories.items()}
        person["district"] = lies_in[person["jamoat"]]
        for cut in _CUTS:
            counted[frozenset((name, person[name]) for name in cut)] += 1
    return dict(counted), Hierarchy("jamoat", "district", lies_in)


def kept(figures: Protected, cut: tuple[str, ...], given: dict[Key, int]) -> float:
    """The part of the people in a table whose figures are shown."""
    table = [cell for cell in given if {name for name, _category in cell} == set(cut)]
    return sum(figures[cell] or 0 for cell in table) / max(1, sum(given[cell] for cell in table))


def show() -> None:
    """Measure and print."""
    heads = ("cells", "small", "hidden", "ms")
    for n_districts, n_jamoats in ((2, 20), (30, 100)):
        seconds, slowest = 0.0, 0.0
        print(f"\n{f'disclosure: {n_districts} districts':30} " + " ".join(f"{head:>8}" for head in heads)
              + "   shown by sex, age, district, month, jamoat, district x month")  # fmt: skip
        for n_people in PEOPLE:
            given, places = cells(n_people, n_districts, n_jamoats)
            began = time.process_time()
            figures = protect(given, hierarchies=[places])
            took = time.process_time() - began
            seconds, slowest = seconds + took, max(slowest, took)
            n_small = sum(Rule().is_small(count) for count in given.values())
            cuts = (("sex",), ("age",), ("district",), ("month",), ("jamoat",), ("district", "month"))
            shown = " ".join(f"{kept(figures, cut, given):7.0%}" for cut in cuts)
            n_hidden = sum(one in figures.why for one in given)
            counts = " ".join(f"{one:8,}" for one in (len(given), n_small, n_hidden, round(took * 1000)))
            print(f"{f'{n_people:,} people':30} {counts}   {shown}")
        print(f"{'all ten counts':30} {seconds:35.2f} s")
        print(f"{'the slowest':30} {slowest:35.2f} s   {slowest / AIM:5.2f} of the aim of {AIM:g} s")


if __name__ == "__main__":
    show()
