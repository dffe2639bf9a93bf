"""What a cell is called, what rule it is judged by, and what comes out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

Node = tuple[str, str]
"""A dimension and one of its categories."""
Key = frozenset[Node]
"""A cell: the categories that its people have in common."""
WHOLE: Key = frozenset()
"""The cell of everybody."""


def key(**categories: str) -> Key:
    """The cell of the people who have these categories.

    >>> sorted(key(sex="f", district="TJ-KT-02"))
    [('district', 'TJ-KT-02'), ('sex', 'f')]
    """
    return frozenset(categories.items())


class Why(StrEnum):
    """Why a cell is not shown. Readers may see it: the guarantees hold against whoever knows it for every cell."""

    SMALL = "small"
    """From 1 to one below the smallest count that may be shown."""
    HELD = "held"
    """It differs from a figure that was shown earlier by so little. The earlier figure may go on standing there."""
    FURTHER = "further"
    """It is not small itself; a small one could be computed from it."""
    PART = "part"
    """It is a part of a figure that is not shown. It may be small or not."""
    LINE = "line"
    """Its row or column is not shown. It may be small, empty or neither."""
    TABLE = "table"
    """Its table is not shown. It may be small, empty or neither."""
    REFUSED = "refused"
    """The rule allows no table of this kind."""
    ALL = "all"
    """So few people are counted that nothing can be shown."""


@dataclass(frozen=True)
class Hierarchy:
    """A dimension whose categories lie within those of another, as jamoats lie in districts.

    Attributes:
        fine: the dimension of the parts.
        coarse: the dimension of what they are parts of.
        parents: for each category of ``fine`` its category of ``coarse``.
    """

    fine: str
    coarse: str
    parents: Mapping[str, str]


@dataclass(frozen=True)
class Rule:
    """What may be shown.

    Attributes:
        smallest: the smallest count above zero that may be shown.
        zeros_stay: a zero is no small count. Say False where "nobody" tells something about everybody.
        tables: the finest tables that may be shown, each as the dimensions that are crossed; tables with some of these
            dimensions are allowed with them. None: all.

    >>> violence = Rule(tables=(frozenset({"sex", "age"}), frozenset({"district"})))
    >>> violence.allows(key(sex="f")), violence.allows(key(sex="f", district="TJ-KT-02"))
    (True, False)
    """

    smallest: int = 5
    zeros_stay: bool = True
    tables: tuple[frozenset[str], ...] | None = None

    def __post_init__(self) -> None:
        if self.smallest < 1:
            raise ValueError("The smallest count that may be shown is at least 1.")

    def allows(self, cell: Key) -> bool:
        """Whether a table with this cell may be shown at all."""
        if self.tables is None or not cell:
            return True
        dimensions = {dimension for dimension, _category in cell}
        return any(dimensions <= table for table in self.tables)

    def is_small(self, count: int) -> bool:
        """Whether a count is too small to be told."""
        return (0 if not self.zeros_stay else 1) <= count < self.smallest


@dataclass(frozen=True)
class Release:
    """Figures of the same count that were shown earlier and can be compared with the new ones.

    Attributes:
        cells: as shown then; None where a figure was hidden.
        period: what was counted, in words or a code; for the page, not for the method.
        as_of: on which day they were true.
    """

    cells: Mapping[Key, int | None]
    period: str = ""
    as_of: date | None = None


@dataclass(frozen=True)
class Protected(Mapping[Key, "int | None"]):
    """Figures as they may be shown: a mapping from each cell to its count, or to None where it is hidden.

    It holds every cell that was given, and the empty cells of their tables that were left out.

    Attributes:
        cells: the figures.
        why: for each hidden cell the reason.
    """

    cells: Mapping[Key, int | None]
    why: Mapping[Key, Why] = field(default_factory=dict)

    def __getitem__(self, cell: Key) -> int | None:
        return self.cells[cell]

    def __iter__(self) -> Iterator[Key]:
        return iter(self.cells)

    def __len__(self) -> int:
        return len(self.cells)

    def is_hidden(self, cell: Key) -> bool:
        """Whether the cell is known and not shown."""
        return cell in self.why


def joined(whole: Mapping[Key, int], parts: Mapping[str, Mapping[Key, int]], dimension: str = "part") -> dict[Key, int]:
    """The cells of a count and of counts that it is made of, as one set to be protected together.

    A cell of a part carries one category more. What the parts give in one dimension becomes a table of two.

    >>> cells = joined({WHOLE: 12}, {"legal": {WHOLE: 9}, "social": {WHOLE: 3}})
    >>> cells[key(part="social")]
    3
    """
    cells = dict(whole)
    for name, counts in parts.items():
        cells |= {cell | {(dimension, name)}: count for cell, count in counts.items()}
    return cells


def in_order(cell: Key) -> tuple[int, tuple[Node, ...]]:
    """Puts cells in an order that does not depend on how they were given: coarse ones first."""
    return len(cell), tuple(sorted(cell))
