"""The cells of linked tables with what ties them together, and each table of two dimensions as a network.

A dimension with its hierarchies is a *tree* whose root is everybody; a cell is a place in one tree, or in two that are
crossed. Margins that were not given are summed up, people without a category are a category of their own, and cells of
a crossed table that were left out are empty.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from paivand.methods.disclosure.keys import WHOLE, Hierarchy, Key, Node, in_order

REST = "(others)"
"""The category of those who have none in a table."""
GROUND = 0
"""The node of a network that takes whatever comes: where an edge ends whose other equation follows from the rest."""


class Trees:
    """Which node lies in which."""

    def __init__(self, hierarchies: Iterable[Hierarchy]) -> None:
        self._above: dict[str, Hierarchy] = {}
        for one in hierarchies:
            if one.fine in self._above:
                raise ValueError(f"Two hierarchies say what {one.fine} lies in.")
            if any(one.coarse == other.coarse for other in self._above.values()):
                raise ValueError(f"Two dimensions lie in {one.coarse}. Protect them in two steps, or leave one out.")
            self._above[one.fine] = one
        for start in self._above:
            seen, dimension = {start}, start
            while dimension in self._above:
                dimension = self._above[dimension].coarse
                if dimension in seen:
                    raise ValueError(f"{start} lies in itself.")
                seen.add(dimension)

    def parent(self, node: Node) -> Node | None:
        """What the node lies in; None: everybody."""
        dimension, category = node
        above = self._above.get(dimension)
        if above is None:
            return None
        if category.startswith(REST):
            coarse = category.removeprefix(REST)
            return (above.coarse, coarse) if coarse else None
        if category not in above.parents:
            raise ValueError(f"Nothing says which {above.coarse} the {dimension} {category} lies in.")
        return above.coarse, above.parents[category]

    def tree(self, dimension: str) -> str:
        """The coarsest dimension that this one lies in: the name of its tree."""
        while dimension in self._above:
            dimension = self._above[dimension].coarse
        return dimension

    def depth(self, dimension: str) -> int:
        """How many dimensions it lies in."""
        above = self._above.get(dimension)
        return 1 + self.depth(above.coarse) if above else 0

    def line(self, node: Node) -> Iterator[Node]:
        """What it lies in, from near to far."""
        above = self.parent(node)
        while above is not None:
            yield above
            above = self.parent(above)

    def plain(self, cell: Key) -> Key:
        """The cell without categories that follow from finer ones (the district beside its jamoat)."""
        implied = {above for node in cell for above in self.line(node)}
        left = frozenset(node for node in cell if node not in implied)
        if len({self.tree(dimension) for dimension, _category in left}) < len(left):
            raise ValueError(f"Nobody has all of these categories: {sorted(cell)}.")
        return left

    def order(self, cell: Key) -> tuple[int, int, tuple[Node, ...]]:
        """Coarse cells before their parts, and never by chance."""
        n_nodes, nodes = in_order(cell)
        return n_nodes, sum(self.depth(dimension) for dimension, _category in cell), nodes


class Link(NamedTuple):
    """A cell as it stands in an equation: its edge, its number, its sign here and in its other equation, and that."""

    edge: int
    cell: int
    here: int
    there: int
    other: int


@dataclass
class Network:
    """A table of two dimensions, or of one, as equations (nodes) joined by the cells (edges) that stand in two of them.

    Attributes:
        cells: the number of each edge's cell in the whole system.
        ends: for each edge how it stands in its two equations.
        links: what stands in each equation.
        hidden: what of it readers do not see.
        between: what joins two equations, as it stands in the first.
        inner: whether the edge is a cell of the table itself and no margin of it.
        blocks: for each edge in which category the one of its column lies.
        edge_of: the edge of each cell.
    """

    cells: list[int] = field(default_factory=list)
    ends: list[tuple[Link, Link]] = field(default_factory=list)
    links: list[list[Link]] = field(default_factory=lambda: [[]])
    hidden: list[list[Link]] = field(default_factory=lambda: [[]])
    between: dict[tuple[int, int], Link] = field(default_factory=dict)
    inner: list[bool] = field(default_factory=list)
    blocks: list[Node | None] = field(default_factory=list)
    edge_of: dict[int, int] = field(default_factory=dict)

    def add(self, cell: int, one: tuple[int, int], other: tuple[int, int], *, inner: bool, block: Node | None) -> None:
        """One more edge, between two equations, each with its sign."""
        edge = len(self.cells)
        self.cells.append(cell)
        self.inner.append(inner)
        self.blocks.append(block)
        self.edge_of[cell] = edge
        ends = Link(edge, cell, one[1], other[1], other[0]), Link(edge, cell, other[1], one[1], one[0])
        self.ends.append(ends)
        self.between[one[0], other[0]], self.between[other[0], one[0]] = ends
        for (node, _sign), link in zip((one, other), ends, strict=True):
            while len(self.links) <= node:
                self.links.append([])
                self.hidden.append([])
            self.links[node].append(link)

    def hide(self, cell: int) -> None:
        """Say that readers do not see the cell."""
        link, back = self.ends[self.edge_of[cell]]
        self.hidden[back.other].append(link)
        self.hidden[link.other].append(back)

    def line(self, node: int) -> list[int]:
        """The cells that an equation sums up, as far as they are no margins."""
        return [one.cell for one in self.links[node] if node != GROUND and self.inner[one.edge] and one.here < 0]


class System:
    """All cells of one and of two dimensions, numbered, with their values, parts and networks.

    Attributes:
        keys: the cells by number, coarse ones first.
        values: their counts.
        parts: for each cell the cells right beneath it, in every table.
        networks: one for each table and level of its nested dimension.
        home: for each cell but that of everybody the number of the network that its table is.
    """

    def __init__(self, cells: Mapping[Key, int], trees: Trees) -> None:
        self._trees = trees
        self._known = dict(cells)
        self._close()
        self._add_rest_of_lines()
        self._nodes: dict[str, list[Node]] = defaultdict(list)
        for one in sorted(self._known, key=trees.order):
            if len(one) == 1:
                (node,) = one
                self._nodes[trees.tree(node[0])].append(node)
        crossed: dict[tuple[str, str], list[Key]] = defaultdict(list)
        for one in self._known:
            if len(one) == 2:
                crossed[self._table(one)].append(one)
        plans = [self._plan(*names, crossed[names]) for names in sorted(crossed)]
        self.keys = sorted(self._known, key=trees.order)
        self.number = {one: index for index, one in enumerate(self.keys)}
        self.values = [self._known[one] for one in self.keys]
        self.parts = self._parts()
        self.networks: list[Network] = []
        self.home: dict[int, int] = {}
        for tree in sorted(self._nodes):
            self._draw_levels([None], [None, *self._nodes[tree]])
        for rows, columns in plans:
            self._draw_levels(rows, columns)

    def _table(self, cell: Key) -> tuple[str, str]:
        first, second = sorted(self._trees.tree(dimension) for dimension, _category in cell)
        return first, second

    def above(self, cell: Key) -> list[Key]:
        """What the cell is a part of, one for each of its nodes."""
        found = []
        for node in sorted(cell):
            parent = self._trees.parent(node)
            found.append(cell - {node} | ({parent} if parent is not None else set()))
        return found

    def _close(self) -> None:
        """Sum up margins that were not given."""
        depth = {one: self._trees.order(one)[:2] for one in self._known}
        levels: dict[tuple[int, int], set[Key]] = defaultdict(set)
        for one, level in depth.items():
            levels[level].add(one)
        sums: dict[Key, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        while levels:
            level = max(levels)
            for one in sorted(levels.pop(level), key=in_order):
                if one not in self._known:
                    self._known[one] = max(sums[one].values(), default=0)
                value = self._known[one]
                if any(total > value for total in sums[one].values()):
                    raise ValueError(f"The parts of {sorted(one)} are more than it: people are counted twice.")
                for node, parent in zip(sorted(one), self.above(one), strict=True):
                    sums[parent][node[0]] += value
                    if parent not in self._known:
                        levels[self._trees.order(parent)[:2]].add(parent)
        self._known.setdefault(WHOLE, 0)

    def _add_rest_of_lines(self) -> None:
        """Make those who are in a figure and in none of its parts a category of their own, in one dimension."""
        told: dict[tuple[Key, str], int] = defaultdict(int)
        for one, value in self._known.items():
            if len(one) == 1:
                ((dimension, _category),) = one
                told[self.above(one)[0], dimension] += value
        for (whole, dimension), total in told.items():
            left = self._known[whole] - total
            if left:
                coarse = next((category for _dimension, category in whole), "")
                self._known[frozenset({(dimension, REST + coarse)})] = left

    def _plan(self, first: str, second: str, crossed: Iterable[Key]) -> tuple[list[Node | None], list[Node | None]]:
        """The rows and columns of a crossed table, whose left-out cells are added; only columns are nested."""
        trees, nodes = self._trees, self._nodes
        split = {
            name: {node for one in crossed for node in one if trees.tree(node[0]) == name and trees.parent(node)}
            for name in (first, second)
        }
        rows_of, columns_of = (second, first) if split[first] else (first, second)
        rows: list[Node | None] = [None, *(node for node in nodes[rows_of] if trees.parent(node) is None)]
        opened = {trees.parent(node) for node in split[columns_of]} | {None}
        columns: list[Node | None] = [None]
        columns += [node for node in nodes[columns_of] if trees.parent(node) in opened]
        self._fill(rows, columns)
        return rows, columns

    def _fill(self, rows: Sequence[Node | None], columns: Sequence[Node | None]) -> None:
        """Write zeros where a cell was left out, and in the left-over categories what is left."""
        known, parent = self._known, self._trees.parent
        is_rest = {node: node is not None and node[1].startswith(REST) for node in (*rows, *columns)}
        for column in columns:
            row_rest = [row for row in rows if is_rest[row]]
            for row in rows:
                if not is_rest[row]:
                    known.setdefault(at(row, column), 0)
            if row_rest and not is_rest[column]:
                rest = known[at(None, column)] - sum(known[at(row, column)] for row in rows if row and not is_rest[row])
                known[at(row_rest[0], column)] = rest
        for column in columns:
            if column and is_rest[column]:
                for row in rows:
                    if row is not None:
                        beside = [other for other in columns if other and other != column
                                  and parent(other) == parent(column)]  # fmt: skip
                        known[at(row, column)] = known[at(row, parent(column))] - sum(
                            known[at(row, other)] for other in beside
                        )
        self._check(rows, columns)

    def _check(self, rows: Sequence[Node | None], columns: Sequence[Node | None]) -> None:
        known, parent = self._known, self._trees.parent
        beneath: dict[Node | None, list[Node]] = defaultdict(list)
        for column in columns:
            if column is not None:
                beneath[parent(column)].append(column)
        adds_up = all(
            known[at(None, column)] == sum(known[at(row, column)] for row in rows if row) for column in columns
        ) and all(
            known[at(row, whole)] == sum(known[at(row, column)] for column in parts)
            for row in rows for whole, parts in beneath.items()
        )  # fmt: skip
        if not adds_up or any(known[at(row, column)] < 0 for row in rows for column in columns):
            names = sorted({node[0] for node in (*rows, *columns) if node})
            raise ValueError(f"The table of {', '.join(names)} does not add up to its totals. Give all its cells.")

    def _parts(self) -> list[list[int]]:
        parts: list[list[int]] = [[] for _one in self.keys]
        for index, one in enumerate(self.keys):
            for whole in self.above(one):
                parts[self.number[whole]].append(index)
        return parts

    def _draw_levels(self, rows: Sequence[Node | None], columns: Sequence[Node | None]) -> None:
        """Make the networks of a table: one for each level of its columns, down to that level."""
        depths = {column: self._trees.depth(column[0]) if column else -1 for column in columns}
        for depth in range(max(depths.values()) + 1):
            self._draw(rows, [column for column in columns if depths[column] <= depth], depths, depth)

    def _draw(
        self, rows: Sequence[Node | None], columns: Sequence[Node | None], depths: Mapping[Node | None, int], depth: int
    ) -> None:
        """Make a network; the first row and the first column are the totals."""
        parent = self._trees.parent
        opened = {parent(column) for column in columns if column is not None}
        equations: dict[tuple[str, Node | None, Node | None], int] = {}

        def equation(kind: str, row: Node | None, column: Node | None) -> int:
            return equations.setdefault((kind, row, column), len(equations) + 1)

        network = Network()
        for row in rows:
            for column in columns:
                one = (GROUND, 1) if column is None else (equation("row", row, parent(column)), -1)
                if column in opened:
                    other = (equation("row", row, column), 1)
                elif len(rows) == 1:
                    other = (GROUND, 1)
                else:
                    other = (equation("column", None, column), 1 if row is None else -1)
                cell = self.number[at(row, column)]
                inner = column is not None and (row is not None or len(rows) == 1)
                block = parent(column) if column is not None else None
                network.add(cell, one, other, inner=inner, block=block)
                if inner and depths[column] == depth:
                    self.home[cell] = len(self.networks)
        self.networks.append(network)


def at(row: Node | None, column: Node | None) -> Key:
    """The cell of a row and a column; None stands for all."""
    return frozenset(node for node in (row, column) if node is not None)
