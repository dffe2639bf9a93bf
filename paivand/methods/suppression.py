"""Tables of counts in which no small count can be read, and none can be computed from what is left.

A count of one or two in a table can point at a person. Leaving such a cell empty (*primary* suppression) is not enough:
with the total of its row it is computed in a second. So further cells are left empty (*secondary* suppression), until
whoever knows every published figure, every total, and that no count is negative, still cannot tell.

Guarantees, for every cell that is hidden because it is small:

1. Every value that a small cell can have (1 to one below the threshold) remains possible, as far as the totals that are
   published allow it at all.
2. The values that remain possible span at least the threshold minus one, as far as the totals allow it at all.
3. Both are computed exactly and not estimated: the table with its totals is a network, a set of figures that fits what
   is published is a flow in it, and the least and the greatest value of a cell are two maximal flows (whose capacities
   are whole numbers, so the bounds are reached by whole numbers).

Not guaranteed: protection against somebody who also knows figures from outside the table, such as one of the counted
people, or another table of the same people cut differently. Publish one edition, with the same groups, for the same
stretch of time. Which further cells are hidden is chosen cell by cell, by the rectangles of a table (after the
hypercube method of Repsilber), so that few and small figures are lost; it is not proven that no smaller choice exists.

Sources: Willenborg and de Waal, *Elements of Statistical Disclosure Control* (2001), chapters 6 and 9; Hundepool and
others, *Statistical Disclosure Control* (2012), chapter 4; Gusfield, *A graph theoretic approach to statistical data
security*, SIAM Journal on Computing 17 (1988), for cells as edges and figures as flows.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

Cell = tuple[int, int]
_MOST = 1 << 40
"""Stands for a capacity without end."""


@dataclass(frozen=True)
class Figures:
    """A table as it may be shown: None stands where a figure is hidden.

    Attributes:
        cells: row by row.
        row_totals: one for each row.
        column_totals: one for each column.
        total: of all.
        small: the positions that were hidden because they are small; row and column count from 0, and the number of
            rows or columns stands for the totals.
        further: the positions that were hidden so that those cannot be computed.
    """

    cells: tuple[tuple[int | None, ...], ...]
    row_totals: tuple[int | None, ...]
    column_totals: tuple[int | None, ...]
    total: int | None
    small: frozenset[Cell] = field(default=frozenset())
    further: frozenset[Cell] = field(default=frozenset())


def suppressed(
    counts: Sequence[Sequence[int]], *, smallest: int = 5, totals_stay: bool = False, zeros_stay: bool = True
) -> Figures:
    """The table of ``counts`` without small counts and without what they could be computed from.

    Args:
        counts: whole numbers from 0, row by row; all rows have the same length. A list of one row is a table too.
        smallest: the smallest count above zero that may be shown.
        totals_stay: totals are always shown. Then none of them may be small: put small groups together before, with
            ``groups``. Needed where several tables share totals: each is then safe by itself, whoever lays them side by
            side.
        zeros_stay: a zero is no small count. Say False where "nobody" tells something about everybody.

    Raises:
        ValueError: for a negative count, rows of different length, or a small total where totals stay.

    >>> table = suppressed([[12, 2], [9, 20]])
    >>> table.cells, table.row_totals
    (((None, None), (None, None)), (14, 29))
    >>> suppressed([[12, 0], [9, 20]]).cells
    ((12, 0), (9, 20))
    """
    grid = _Grid(counts, totals_stay=totals_stay)
    least = 1 if zeros_stay else 0
    small = frozenset(at for at in grid.positions() if least <= grid.value(at) < smallest)
    if totals_stay and any(grid.is_total(at) for at in small):
        raise ValueError("A total is small. Put small groups together first, or let totals be hidden.")
    hidden = set(small)
    if small:
        widest = frozenset(at for at in grid.positions() if grid.may_hide(at))
        for at in sorted(small, key=lambda at: (grid.value(at), at)):
            _protect(grid, at, hidden, _wanted(grid.interval(at, widest), least, smallest))
    return grid.shown(small, frozenset(hidden) - small)


def interval(
    counts: Sequence[Sequence[int]], hidden: Iterable[Cell], at: Cell, *, totals_stay: bool = False
) -> tuple[int, int | None]:
    """The least and the greatest value that somebody can give to a hidden cell who sees all others; None: no greatest.

    Args:
        counts: the true table.
        hidden: the positions that are not shown.
        at: the position that is asked about.

    >>> interval([[12, 2], [9, 20]], {(0, 1)}, (0, 1))
    (2, 2)
    >>> interval([[12, 2], [9, 20]], {(0, 0), (0, 1), (1, 0), (1, 1)}, (0, 1))
    (0, 14)
    """
    low, high = _Grid(counts, totals_stay=totals_stay).interval(at, frozenset(hidden))
    return low, None if high >= _MOST else high


def groups(totals: Sequence[int], *, smallest: int = 5, in_order: bool = False) -> list[tuple[int, ...]]:
    """Which groups are put together, so that no total is small; each as the positions it is made of.

    Empty groups stay by themselves unless they lie between two that are joined in order. Where all together are fewer
    than ``smallest``, one group remains that is small still: show nothing then.

    Args:
        totals: the total of each group.
        smallest: the smallest total above zero that may be shown.
        in_order: only neighbours are put together, as for ages and months.

    >>> groups([20, 3, 0, 9, 1])
    [(0,), (1, 3, 4), (2,)]
    >>> groups([3, 4, 20, 1], in_order=True)
    [(0, 1), (2, 3)]
    """
    return _neighbours(totals, smallest) if in_order else _small_together(totals, smallest)


def _small_together(totals: Sequence[int], smallest: int) -> list[tuple[int, ...]]:
    together = [index for index, total in enumerate(totals) if 0 < total < smallest]
    rest = sorted((index for index, total in enumerate(totals) if total >= smallest), key=lambda index: totals[index])
    if together and sum(totals[index] for index in together) < smallest and rest:
        together.append(rest[0])
    alone = [(index,) for index in range(len(totals)) if index not in together]
    return sorted([*alone, *([tuple(sorted(together))] if together else [])])


def _neighbours(totals: Sequence[int], smallest: int) -> list[tuple[int, ...]]:
    found: list[list[int]] = []
    waiting: list[int] = []
    for index, total in enumerate(totals):
        if not waiting and total == 0:
            found.append([index])
            continue
        waiting.append(index)
        if sum(totals[one] for one in waiting) >= smallest:
            found.append(waiting)
            waiting = []
    if waiting:
        while found and sum(totals[one] for one in waiting) < smallest:
            waiting = [*found.pop(), *waiting]
        found.append(waiting)
    return [tuple(group) for group in found]


def _wanted(widest: tuple[int, int], least: int, smallest: int) -> tuple[int, int, int]:
    """What must remain possible for a small cell: the least, the greatest, and how far apart they are."""
    low, high = widest
    return max(least, low), min(smallest - 1, high), min(smallest - 1, high - low)


def _is_protected(found: tuple[int, int], wanted: tuple[int, int, int]) -> bool:
    low, high = found
    return low <= wanted[0] and high >= wanted[1] and high - low >= wanted[2]


def _protect(grid: _Grid, at: Cell, hidden: set[Cell], wanted: tuple[int, int, int]) -> None:
    """Hide further cells until the one at ``at`` cannot be told."""
    while not _is_protected(grid.interval(at, frozenset(hidden)), wanted):
        best: tuple[tuple[bool, int, int], set[Cell]] | None = None
        for rectangle in grid.rectangles(at):
            lost = rectangle - hidden
            if not lost:
                continue
            found = grid.interval(at, frozenset({at, *rectangle}))
            width = min(found[1] - found[0], wanted[2])
            cost = sum(grid.value(one) + 1 for one in lost)
            rank = (not _is_protected(found, wanted), cost if _is_protected(found, wanted) else -width, cost)
            if best is None or rank < best[0]:
                best = rank, lost
        if best is None:
            return  # everything that may be hidden is hidden
        hidden |= best[1]


class _Grid:
    """A table with its totals as a network: lines and columns are nodes, cells are edges.

    The totals form one more row and one more column. Along every line the cells minus its total make zero, and so along
    every column, when a total counts with the other sign; the total of all counts as a cell.
    """

    def __init__(self, counts: Sequence[Sequence[int]], *, totals_stay: bool) -> None:
        rows = [list(row) for row in counts]
        if not rows or not rows[0] or any(len(row) != len(rows[0]) for row in rows):
            raise ValueError("A table has rows of the same length, at least one of each.")
        if any(count < 0 for row in rows for count in row):
            raise ValueError("A count is never negative.")
        self.n_rows, self.n_columns = len(rows), len(rows[0])
        for row in rows:
            row.append(sum(row))
        rows.append([sum(column) for column in zip(*rows, strict=True)])
        self._values = rows
        self._totals_stay = totals_stay

    def value(self, at: Cell) -> int:
        return self._values[at[0]][at[1]]

    def positions(self) -> Iterator[Cell]:
        return ((row, column) for row in range(self.n_rows + 1) for column in range(self.n_columns + 1))

    def is_total(self, at: Cell) -> bool:
        return at[0] == self.n_rows or at[1] == self.n_columns

    def may_hide(self, at: Cell) -> bool:
        return not (self._totals_stay and self.is_total(at))

    def rectangles(self, at: Cell) -> Iterator[set[Cell]]:
        """For each rectangle with a corner at ``at``, the three other corners, if they may be hidden."""
        row, column = at
        for other_row in range(self.n_rows + 1):
            for other_column in range(self.n_columns + 1):
                if other_row == row or other_column == column:
                    continue
                corners = {(row, other_column), (other_row, column), (other_row, other_column)}
                if all(self.may_hide(one) for one in corners):
                    yield corners

    def interval(self, at: Cell, hidden: frozenset[Cell]) -> tuple[int, int]:
        """The least and the greatest value that fits all cells that are not hidden."""
        value = self.value(at)
        if at not in hidden:
            return value, value
        line, column = at[0], self.n_rows + 1 + at[1]
        more, less = (line, column) if self._counts_negative(at) else (column, line)
        rest = hidden - {at}
        up = self._flow(more, less, rest)
        down = min(value, self._flow(less, more, rest, enough=value))
        return value - down, min(_MOST, value + up)

    def _counts_negative(self, at: Cell) -> bool:
        return (at[0] == self.n_rows) is not (at[1] == self.n_columns)

    def _flow(self, source: int, sink: int, edges: frozenset[Cell], enough: int = _MOST) -> int:
        """The greatest flow from one node to another over the hidden cells, as far as ``enough`` (Edmonds and Karp)."""
        room: dict[int, dict[int, int]] = {}
        for at in edges:
            line, column = at[0], self.n_rows + 1 + at[1]
            value = self.value(at)
            rises, falls = (value, _MOST) if self._counts_negative(at) else (_MOST, value)
            room.setdefault(line, {})[column] = rises
            room.setdefault(column, {})[line] = falls
        flow = 0
        while flow < enough:
            way = _way(room, source, sink)
            if way is None:
                break
            step = min(room[one][other] for one, other in way)
            for one, other in way:
                room[one][other] -= step
                room[other][one] += step
            flow += step
        return min(flow, _MOST)

    def shown(self, small: frozenset[Cell], further: frozenset[Cell]) -> Figures:
        hidden = small | further

        def told(at: Cell) -> int | None:
            return None if at in hidden else self.value(at)

        return Figures(
            cells=tuple(
                tuple(told((row, column)) for column in range(self.n_columns)) for row in range(self.n_rows)
            ),
            row_totals=tuple(told((row, self.n_columns)) for row in range(self.n_rows)),
            column_totals=tuple(told((self.n_rows, column)) for column in range(self.n_columns)),
            total=told((self.n_rows, self.n_columns)),
            small=small,
            further=further,
        )  # fmt: skip


def _way(room: dict[int, dict[int, int]], source: int, sink: int) -> list[tuple[int, int]] | None:
    """The shortest way with room on it, as pairs of nodes; None where there is none."""
    came_from: dict[int, int] = {source: source}
    queue = deque([source])
    while queue:
        node = queue.popleft()
        for other, capacity in room.get(node, {}).items():
            if capacity > 0 and other not in came_from:
                came_from[other] = node
                queue.append(other)
    if sink not in came_from:
        return None
    way, node = [], sink
    while node != source:
        way.append((came_from[node], node))
        node = came_from[node]
    return way
