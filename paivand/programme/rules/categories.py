"""The harmonised budget categories of the United Nations, as ``parameters/budget_categories.yaml`` declares them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from pathlib import Path

from paivand.core.rules.parts import Part
from paivand.programme.rules.words import LANGUAGES, Titles, said

SOURCE = Path(__file__).parent.parent.parent / "parameters" / "budget_categories.yaml"
CENT = Decimal("0.01")


@dataclass(frozen=True)
class Category:
    """A category of a budget: ``n`` is its number in reports."""

    code: str
    n: int
    titles: Titles

    def title(self, language: str) -> str:
        """What it is called in ``language``."""
        return said(self.titles, language)


@dataclass(frozen=True)
class Scheme:
    """The categories that hold from a day on: the direct ones, and the indirect support cost in per cent of them."""

    since: date
    direct: tuple[Category, ...]
    indirect: Category
    percent: Decimal

    @property
    def categories(self) -> tuple[Category, ...]:
        """All of them, the indirect cost last."""
        return (*self.direct, self.indirect)

    @property
    def codes(self) -> frozenset[str]:
        """The codes of the direct categories."""
        return frozenset(category.code for category in self.direct)

    def indirect_of(self, direct: Decimal) -> Decimal:
        """The indirect cost of a sum of direct costs, to the cent; a half is rounded up.

        >>> scheme(date(2021, 8, 1)).indirect_of(Decimal("1000.50"))
        Decimal('70.04')
        """
        return (direct * self.percent / 100).quantize(CENT, ROUND_HALF_UP)

    def category(self, code: str) -> Category | None:
        """The category of this code."""
        return next((category for category in self.categories if category.code == code), None)


@lru_cache(maxsize=1)
def schemes() -> tuple[Scheme, ...]:
    """Every period of the file, the earliest first."""
    found = read_schemes(SOURCE.name, SOURCE.read_text(encoding="utf-8"))
    return tuple(sorted(found, key=lambda one: one.since))


def scheme(on: date) -> Scheme:
    """The categories that held on a day; before the first period, those of the first.

    >>> [category.code for category in scheme(date(2021, 8, 1)).direct]
    ['staff', 'supplies', 'equipment', 'contracts', 'travel', 'transfers', 'operating']
    """
    found = [one for one in schemes() if one.since <= on]
    return found[-1] if found else schemes()[0]


def read_schemes(file: str, content: str) -> list[Scheme]:
    """The periods of a file.

    Raises:
        DeclarationError: for the first thing that is wrong with it.
    """
    whole = Part.of(file, content).fields("source periods")
    whole["source"].text()
    return [_scheme(part) for part in whole["periods"]]


def _scheme(part: Part) -> Scheme:
    fields = part.fields("from indirect categories")
    direct = tuple(_category(one.fields("code n title")) for one in fields["categories"])
    indirect = fields["indirect"].fields("code n percent title")
    last = _category(indirect)
    codes = [category.code for category in (*direct, last)]
    if len(set(codes)) != len(codes):
        fields["categories"].fail("two categories have the same code")
    if [category.n for category in direct] != list(range(1, len(direct) + 1)):
        fields["categories"].fail("the categories are numbered 1, 2, 3 and so on")
    return Scheme(fields["from"].day(), direct, last, Decimal(indirect["percent"].text()))


def _category(fields: dict[str, Part]) -> Category:
    titles = {language: part.text() for language, part in fields["title"].fields(" ".join(LANGUAGES)).items()}
    return Category(fields["code"].code(), fields["n"].whole(), titles)
