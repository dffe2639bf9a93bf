"""Which cells of linked tables are hidden: each small one with a proof that nobody can tell it.

A cell is proven by two other sets of figures that a reader cannot tell from the true ones: in one the cell has the
greatest value that a small cell can have, in the other the least. Both are reached from the true figures
in steps that leave every shown cell, every total and every mark of a hidden cell as they are, so that all values
between are possible too. Cells that a step needs and that are shown yet are hidden. As hiding more leaves every step
possible, a cell that was proven once stays proven, and one pass is enough.

A step is a way through the network of a table, so only that table is looked at. What it changes in the other tables are
parts of margins that are hidden, and all parts of what is hidden are hidden: people are moved between them within the
same row or column, which is always possible (the lemma in docs/methods/disclosure.md).
"""

from __future__ import annotations

import heapq
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import partial

from paivand.methods.disclosure.keys import WHOLE, Hierarchy, Key, Protected, Release, Rule, Why, in_order
from paivand.methods.disclosure.tables import GROUND, REST, Link, Network, System, Trees

_ENDLESS = 1 << 60
_State = tuple[int, int]
_FREE = (Why.PART, Why.LINE, Why.TABLE)
"""Reasons that say nothing about the value."""


def protect(
    cells: Mapping[Key, int],
    *,
    hierarchies: Iterable[Hierarchy] = (),
    rule: Rule | None = None,
    earlier: Sequence[Release] = (),
) -> Protected:
    """The figures of one count that may be shown beside one another.

    Args:
        cells: the count of people for every cell that shall be shown, in all tables. Each person has exactly one
            category of a dimension; people without one may be left out, they are a category of their own then. An
            empty cell may be left out.
        hierarchies: which dimensions are nested.
        rule: what is small, and which tables may be shown.
        earlier: figures of the same cells that were shown before, for a stretch of time that overlaps with this one.

    Raises:
        ValueError: for a negative count, parts that are more than their whole, a table that does not add up, or a
            category whose place in a hierarchy is unknown.
    """
    rule = rule or Rule()
    if any(count < 0 for count in cells.values()):
        raise ValueError("A count is never negative.")
    trees = Trees(hierarchies)
    plain = {cell: trees.plain(cell) for cell in cells}
    counts = {plain[cell]: count for cell, count in cells.items() if rule.allows(plain[cell])}
    if any(count != counts.get(plain[cell], count) for cell, count in cells.items()):
        raise ValueError("Two counts are given for the same people.")
    deep = _deep(counts, trees)
    before = [{trees.plain(cell): count for cell, count in release.cells.items()} for release in earlier]
    system = System({cell: count for cell, count in counts.items() if cell not in deep}, trees)
    pages = _Pages(system, rule, before)
    pages.hide_small()
    pages.prove_all()
    levels = {frozenset(dimension for dimension, _category in cell) for cell in counts}
    found: dict[Key, int] = {}
    why: dict[Key, Why] = {}
    for index, cell in enumerate(system.keys):
        if frozenset(dimension for dimension, _category in cell) in levels and not _is_rest(cell):
            found[cell] = system.values[index]
        if index in pages.marks:
            why[cell] = pages.marks[index]
    for table in _deep_tables(deep, trees):
        # A table that is no network is shown wholly or not at all: when nothing in it is small, all its totals are
        # given and shown, and nothing is hidden in the tables of fewer of its dimensions.
        forest = _forest(table[0], trees)
        is_safe = pages.is_large(table, counts) and not any(_forest(cell, trees) <= forest for cell in why)
        is_safe = is_safe and _adds_up(table, counts, found, trees)
        found |= {cell: counts[cell] for cell in table}
        why |= {} if is_safe else dict.fromkeys(table, Why.TABLE)
    for cell in cells:
        if plain[cell] not in found:
            found[plain[cell]], why[plain[cell]] = cells[cell], Why.REFUSED
    names = {cell: cell for cell in found} | {plain[cell]: cell for cell in cells}
    told = [(names[cell], cell) for cell in sorted(found, key=in_order)]
    return Protected(
        {name: None if cell in why else found[cell] for name, cell in told},
        {name: why[cell] for name, cell in told if cell in why},
    )


class Reach(IntEnum):
    """Which cells a step may change that are not hidden yet, and are hidden for it."""

    HIDDEN = 0
    INNER = 1
    MARGINS = 2


def _deep(counts: Iterable[Key], trees: Trees) -> set[Key]:
    """The cells of tables that are no networks: of three dimensions, or of two that are both nested."""
    nested: dict[frozenset[str], set[str]] = defaultdict(set)
    for cell in counts:
        if len(cell) == 2:
            for node in cell:
                if trees.parent(node) is not None:
                    nested[_forest(cell, trees)].add(trees.tree(node[0]))
    return {
        cell for cell in counts
        if len(cell) > 2 or (len(cell) == 2 and len(nested[_forest(cell, trees)]) == 2
                             and any(trees.parent(node) is not None for node in cell))
    }  # fmt: skip


def _forest(cell: Key, trees: Trees) -> frozenset[str]:
    return frozenset(trees.tree(dimension) for dimension, _category in cell)


class _Pages:
    """What readers see: which cells are hidden and with which mark, and what they can conclude from it."""

    def __init__(self, system: System, rule: Rule, before: Sequence[Mapping[Key, int | None]]) -> None:
        self._system, self._rule = system, rule
        self.marks: dict[int, Why] = {}
        self._networks_of: list[list[Network]] = [[] for _cell in system.keys]
        for network in system.networks:
            for cell in network.cells:
                self._networks_of[cell].append(network)
        self.wanted: dict[int, tuple[int, int]] = {}
        self._held: set[int] = set()
        self._low = [0] * len(system.keys)
        self._base = [0] * len(system.keys)
        self._high = [_ENDLESS] * len(system.keys)
        self._once_hidden: set[int] = set()
        self._sizes: dict[int, int] = {}
        self._before = before
        self._compare()

    # What is small

    def _compare(self) -> None:
        """Find the cells that are small, and those that differ by so little from what was shown earlier."""
        smallest = self._rule.smallest
        falls, before = False, self._before
        for index, (cell, value) in enumerate(zip(self._system.keys, self._system.values, strict=True)):
            told = [count for one in before if (count := one.get(cell)) is not None]
            self._base[index] = max((count for count in told if count <= value), default=0)
            above = [count for count in told if count > value]
            falls = falls or bool(above)
            if above:
                self._high[index] = min(above) - smallest
            if any(one.get(cell, 0) is None for one in before):
                self._once_hidden.add(index)
            is_rest = _is_rest(cell)
            is_unchanged_zero = value == 0 and (0 in told or is_rest)
            if self._rule.is_small(value) and not is_unchanged_zero:
                self.wanted[index] = (1 if self._rule.zeros_stay else 0, smallest - 1)
            elif 0 < value - self._base[index] < smallest and self._base[index] in told:
                self.wanted[index] = (self._base[index] + 1, self._base[index] + smallest - 1)
                self._held.add(index)
            elif above and min(above) - value < smallest:
                self.wanted[index] = (min(above) - smallest + 1, min(above) - 1)
                self._held.add(index)
        self._low = [0 if falls else base for base in self._base]
        self._floor = [base + smallest for base in self._base]
        self._ceiling = list(self._high)

    def hide_small(self) -> None:
        """Hide what is small, and what is a part of it."""
        for index, cell in enumerate(self._system.keys):
            if _is_rest(cell):
                self.hide(index, Why.TABLE)
            elif index in self.wanted:
                self.hide(index, Why.HELD if index in self._held else Why.SMALL)

    def hide(self, cell: int, mark: Why) -> None:
        """Hide a cell and all of its parts; a mark that says less stays."""
        former = self.marks.get(cell)
        if former in _FREE:
            return
        self.marks[cell] = mark
        self._floor[cell], self._ceiling[cell] = self._bounds(cell, mark)
        if former is not None:
            return
        for network in self._networks_of[cell]:
            network.hide(cell)
        for part in self._system.parts[cell]:
            self.hide(part, Why.PART)

    def is_large(self, cells: Iterable[Key], counts: Mapping[Key, int]) -> bool:
        """Whether none of these cells is small, or close to what was shown earlier."""
        return not any(
            self._rule.is_small(counts[cell]) or any(
                0 < abs(counts[cell] - count) < self._rule.smallest
                for one in self._before if (count := one.get(cell)) is not None
            )
            for cell in cells
        )  # fmt: skip

    def hide_all(self) -> None:
        """Show nothing at all."""
        self.marks = dict.fromkeys(range(len(self._system.keys)), Why.ALL)

    # What is proven

    def prove_all(self) -> None:
        """Hide further cells until every cell that is small is proven to be safe."""
        values = self._system.values
        home = self._system.home
        for cell in sorted(self.wanted, key=lambda one: (home.get(one, -1), values[one], one)):
            if self._system.number[WHOLE] in self.marks:
                return  # nothing is shown: any number of people of any kind fits
            for stage in self._stages(cell):
                found = [hidden for trial, reach in stage if (hidden := self._proof(cell, trial, reach)) is not None]
                if found:
                    for one, mark in min(found, key=self._loss).items():
                        self.hide(one, mark)
                    break
            else:
                self.hide_all()
                return

    def _loss(self, hidden: Mapping[int, Why]) -> int:
        return sum(self._cost(cell) for cell in hidden if cell not in self.marks)

    def _cost(self, cell: int) -> int:
        """What is lost when the cell is hidden: it and its parts, a little less for small figures and old secrets."""
        if cell not in self._sizes:
            beneath, waiting = {cell}, [cell]
            while waiting:
                new = [part for part in self._system.parts[waiting.pop()] if part not in beneath]
                beneath.update(new)
                waiting += new
            self._sizes[cell] = len(beneath)
        cost = 32 * self._sizes[cell] + min(31, self._system.values[cell].bit_length())
        return cost // 4 if cell in self._once_hidden else cost

    def _stages(self, cell: int) -> Iterator[list[tuple[dict[int, Why], Reach]]]:
        """What may be hidden for the sake of a cell, from little to much."""
        network = self._system.networks[self._system.home[cell]]
        edge = network.edge_of[cell]
        yield [({}, Reach.HIDDEN)]
        yield [({}, Reach.INNER)]
        ends = network.ends[edge]
        lines = [dict.fromkeys(line, Why.LINE) for end in reversed(ends) if (line := network.line(end.other))]
        lines = [line for line in lines if cell in line]
        yield [(line, Reach.INNER) for line in lines]
        if len(lines) > 1:
            yield [(lines[0] | lines[1], Reach.INNER)]
        inner = [one for one, is_inner in enumerate(network.inner) if is_inner]
        block = [network.cells[one] for one in inner if network.blocks[one] == network.blocks[edge]]
        yield [(dict.fromkeys(block, Why.TABLE), Reach.INNER)]
        table = dict.fromkeys((network.cells[one] for one in inner), Why.TABLE)
        yield [(table, Reach.INNER)]
        yield [(table, Reach.MARGINS)]

    def _proof(self, cell: int, trial: dict[int, Why], reach: Reach) -> dict[int, Why] | None:
        """What is hidden so that the cell is safe, or None where that does not make it safe."""
        low, high = self.wanted[cell]
        value = self._system.values[cell]
        hidden = {one: mark for one, mark in trial.items() if self.marks.get(one) not in _FREE}
        if self._push(cell, 1, high - value, hidden, reach) < high - value:
            return None
        if self._push(cell, -1, value - low, hidden, reach) < value - low:
            return None
        wider = [(1, high + 1 - value), (-1, value - low + 1)] if high - low < self._rule.smallest - 1 else []
        if wider and not any(self._push(cell, sign, need, hidden, reach, blind=True) == need for sign, need in wider):
            return None
        return hidden

    def _push(
        self, cell: int, sign: int, need: int, hidden: dict[int, Why], reach: Reach, *, blind: bool = False
    ) -> int:
        """Raise (or lower) a cell step by step as far as ``need``; says how far. Adds to what is hidden for that.

        Args:
            blind: for a reader who does not know why cells are hidden.
        """
        trial = self._trial(cell, sign, hidden, blind=blind)
        done = 0
        while done < need:
            found = self._step(trial, need - done, reach)
            if found is None:
                break
            amount, way = found
            for one, change in way:
                trial.values[one] += change * amount
                if one not in self.marks and one not in hidden:
                    hidden[one] = Why.FURTHER
            done += amount
        return done

    def _trial(self, cell: int, sign: int, hidden: dict[int, Why], *, blind: bool) -> _Trial:
        """The true figures, before the cell is pushed, and how far each hidden one may go."""
        network = self._system.networks[self._system.home[cell]]
        link, back = network.ends[network.edge_of[cell]]
        if back.other == GROUND:
            link, back = back, link
        floor, ceiling = (self._low, [_ENDLESS] * len(self._low)) if blind else (self._floor, self._ceiling)
        free = [one for one, mark in hidden.items() if mark in _FREE]
        if free and not blind:
            floor, ceiling = floor.copy(), ceiling.copy()
            for one in free:
                floor[one], ceiling[one] = self._low[one], _ENDLESS
        return _Trial(
            network=network, start=link.edge, first=(back.other, link.here * sign), last=link.other,
            carried=-link.there * sign, hidden=hidden, marks=self.marks,
            values=self._system.values.copy(), floor=floor, ceiling=ceiling,
        )  # fmt: skip

    def _bounds(self, cell: int, mark: Why) -> tuple[int, int]:
        """The values that a reader thinks possible who knows why the cell is hidden."""
        if mark in _FREE:
            return self._low[cell], _ENDLESS
        if mark is Why.FURTHER:
            return self._base[cell] + self._rule.smallest, self._high[cell]
        return self.wanted[cell]

    def _step(self, trial: _Trial, need: int, reach: Reach) -> tuple[int, list[tuple[int, int]]] | None:
        """The next step: over what is hidden already if there is one, and as large as possible."""
        way = (trial.rectangle(need) if need > 1 else None) or trial.short_way()
        for kind in sorted({Reach.HIDDEN, reach} if trial.hidden else {reach} - {Reach.HIDDEN}):
            for amount in sorted({need, 1}, reverse=True):
                way = way or trial.cheap_way(amount, partial(self._links, trial, reach=kind))
        return (min(need, *(trial.room(cell, change) for cell, change in way)), way) if way else None

    def _links(self, trial: _Trial, node: int, *, reach: Reach) -> Iterator[tuple[Link, int]]:
        """What may change in an equation, with what it costs to hide it."""
        network, marks, hidden = trial.network, self.marks, trial.hidden
        for link in network.links[node]:
            cell = link.cell
            if cell in marks or cell in hidden:
                yield link, 0
            elif reach >= (Reach.INNER if network.inner[link.edge] else Reach.MARGINS) and self._may_hide(cell):
                yield link, self._cost(cell)

    def _may_hide(self, cell: int) -> bool:
        """Whether the cell can be hidden for another; without the total nothing would be left."""
        value = self._system.values[cell]
        return self._system.keys[cell] != WHOLE and self._base[cell] + self._rule.smallest <= value <= self._high[cell]


@dataclass
class _Trial:
    """What is tried for one cell: an edge of a network changes, and others have to balance it.

    A state is an equation with the sign by which it is out of balance.

    Attributes:
        start: the edge that changes.
        first: the state to begin with.
        last: the equation at which a way ends.
        carried: the sign with which it has to arrive there.
        hidden: what is hidden for the cell, with the reasons.
        marks: what is hidden already.
        values: the figures after the steps taken so far.
        floor: the least value that each may have.
        ceiling: the greatest.
    """

    network: Network
    start: int
    first: _State
    last: int
    carried: int
    hidden: dict[int, Why]
    marks: Mapping[int, Why]
    values: list[int]
    floor: list[int]
    ceiling: list[int]

    def room(self, cell: int, change: int) -> int:
        """How far a cell can rise or fall before a reader would know better."""
        return self.ceiling[cell] - self.values[cell] if change > 0 else self.values[cell] - self.floor[cell]

    def rectangle(self, need: int) -> list[tuple[int, int]] | None:
        """Three hidden cells that make a rectangle with the one that changes and balance it, as far as possible.

        Most cells are proven by one: it is worth a look before anything else.
        """
        node, carried = self.first
        between, room = self.network.between, self.room
        ends = []
        for link in self.network.hidden[self.last] if self.last != GROUND else ():
            change = self.carried * link.here
            if link.edge != self.start and link.other != GROUND and (most := room(link.cell, change)) > 0:
                ends.append((link, change, most))
        best, widest = None, 0
        for link in self.network.hidden[node]:
            change = -carried * link.here
            most = room(link.cell, change)
            if link.edge == self.start or link.other == GROUND or most <= widest:
                continue
            for end, end_change, end_most in ends:
                middle = between.get((link.other, end.other))
                if middle is None or end_most <= widest or middle.cell not in self.marks:
                    continue
                middle_change = -change * link.there * middle.here
                if middle_change * middle.there != -end_change * end.there:
                    continue
                found = min(most, end_most, room(middle.cell, middle_change))
                if found > widest:
                    best = [(link.cell, change), (middle.cell, middle_change), (end.cell, end_change)]
                    widest = found
                    if found >= need:
                        return best
        return best

    def short_way(self) -> list[tuple[int, int]] | None:
        """The shortest way over hidden cells that balances a change, as cells and their changes."""
        hidden, values, floor, ceiling = self.network.hidden, self.values, self.floor, self.ceiling
        came: dict[_State, tuple[_State, Link, int] | None] = {self.first: None}
        queue = deque([self.first])
        while queue:
            state = queue.popleft()
            node, carried = state
            for turn in (1, -1) if node == GROUND else (carried,):
                for link in hidden[node]:
                    change = -turn * link.here
                    after = (link.other, change * link.there)
                    if after in came or link.edge == self.start:
                        continue
                    cell = link.cell
                    if (ceiling[cell] - values[cell] if change > 0 else values[cell] - floor[cell]) < 1:
                        continue
                    came[after] = state, link, change
                    if self._is_there(after):
                        return _steps(came, after)
                    queue.append(after)
        return None

    def cheap_way(
        self, amount: int, links: Callable[[int], Iterable[tuple[Link, int]]]
    ) -> list[tuple[int, int]] | None:
        """The cheapest way over cells that are or may be hidden (after Dijkstra)."""
        values, floor, ceiling = self.values, self.floor, self.ceiling
        best: dict[_State, int] = {self.first: 0}
        came: dict[_State, tuple[_State, Link, int] | None] = {self.first: None}
        queue = [(0, 0, self.first)]
        while queue:
            cost, _order, state = heapq.heappop(queue)
            if cost > best[state]:
                continue
            if state != self.first and self._is_there(state):
                return _steps(came, state)
            node, carried = state
            for link, price in links(node):
                if link.edge == self.start:
                    continue
                cell = link.cell
                for turn in (1, -1) if node == GROUND else (carried,):
                    change = -turn * link.here
                    after = (link.other, change * link.there)
                    if cost + price >= best.get(after, _ENDLESS):
                        continue
                    if (ceiling[cell] - values[cell] if change > 0 else values[cell] - floor[cell]) >= amount:
                        best[after] = cost + price
                        came[after] = state, link, change
                        heapq.heappush(queue, (cost + price, len(came), after))
        return None

    def _is_there(self, state: _State) -> bool:
        return state[0] == self.last and (self.last == GROUND or state[1] == self.carried)


def _steps(came: Mapping[_State, tuple[_State, Link, int] | None], last: _State) -> list[tuple[int, int]] | None:
    """The way to the last state; None where it takes a cell twice."""
    way: list[tuple[int, int]] = []
    step = came[last]
    while step is not None:
        state, link, change = step
        way.append((link.cell, change))
        step = came[state]
    return way if len({cell for cell, _change in way}) == len(way) else None


def _is_rest(cell: Key) -> bool:
    return any(category.startswith(REST) for _dimension, category in cell)


def _deep_tables(deep: Iterable[Key], trees: Trees) -> list[list[Key]]:
    """The cells of each table that is no network, coarse tables first."""
    tables: dict[frozenset[str], list[Key]] = defaultdict(list)
    for cell in deep:
        tables[frozenset(dimension for dimension, _category in cell)].append(cell)
    return [tables[one] for one in sorted(tables, key=lambda one: (len(one), sum(map(trees.depth, one)), sorted(one)))]


def _adds_up(cells: Iterable[Key], counts: Mapping[Key, int], found: Mapping[Key, int], trees: Trees) -> bool:
    """Whether all totals of a table are shown, and are its sums."""
    sums: dict[tuple[Key, str], int] = defaultdict(int)
    for cell in cells:
        for dimension, category in cell:
            above = trees.parent((dimension, category))
            sums[cell - {(dimension, category)} | ({above} if above else set()), dimension] += counts[cell]
    return all(found.get(whole) == total for (whole, _dimension), total in sums.items())
