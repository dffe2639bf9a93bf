"""Somebody who wants to know: computes with a solver of whole numbers what a reader can conclude of hidden figures.

Knows every shown figure, every total and what lies in what, that people are whole and never fewer than none, for every
hidden figure why it is hidden, and the figures that were shown earlier. Written from docs/methods/disclosure.md alone
and without anything of the method: equations come from the names of the cells.
"""

from __future__ import annotations

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_matrix

MOST = 1000
"""As far as the attacker looks upwards."""


def equations(cells, hierarchies=()):
    """Each whole with the parts that make it up, in one dimension; also wholes that nobody gave."""
    above = {(one.fine, part): (one.coarse, whole) for one in hierarchies for part, whole in one.parents.items()}
    parts, waiting, seen = {}, list(cells), set(cells)
    while waiting:
        cell = waiting.pop()
        for node in cell:
            whole = cell - {node} | ({above[node]} if node in above else set())
            parts.setdefault((whole, node[0]), []).append(cell)
            if whole not in seen:
                seen.add(whole)
                waiting.append(whole)
    return [(whole, found) for (whole, _dimension), found in parts.items()]


class Attacker:
    """Looks at published figures: ``figures`` has None where one is hidden, and ``why`` tells the reasons."""

    def __init__(self, figures, why, *, hierarchies=(), smallest=5, least=1, earlier=None):
        sums = equations(figures, hierarchies)
        self.cells = sorted({*figures, *(whole for whole, _parts in sums)}, key=lambda cell: (len(cell), sorted(cell)))
        self.number = {cell: index for index, cell in enumerate(self.cells)}
        self.smallest, self.least, self.earlier = smallest, least, earlier or {}
        self.low, self.high = np.zeros(len(self.cells)), np.full(len(self.cells), float(MOST))
        for cell, index in self.number.items():
            if figures.get(cell) is not None:
                self.low[index] = self.high[index] = figures[cell]
            else:
                self.low[index] = self.earlier.get(cell) or 0
        self.blind_low, self.blind_high = self.low.copy(), self.high.copy()
        for cell, index in self.number.items():
            if figures.get(cell) is None:
                self._read(index, self.earlier.get(cell), why.get(cell))
        rows, columns, signs = [], [], []
        for row, (whole, parts) in enumerate(sums):
            rows += [row] * (len(parts) + 1)
            columns += [self.number[whole], *(self.number[part] for part in parts)]
            signs += [1, *[-1] * len(parts)]
        self.sums = csr_matrix((signs, (rows, columns)), shape=(max(rows, default=-1) + 1, len(self.cells)))

    def _read(self, index, earlier, reason):
        """What a reason says about a value."""
        if reason == "small":
            self.low[index], self.high[index] = self.least, self.smallest - 1
        elif reason == "held":
            self.low[index], self.high[index] = earlier + 1, earlier + self.smallest - 1
        elif reason == "further":
            self.low[index] = (earlier or 0) + self.smallest

    def range(self, cell, *, with_reasons=True):
        """The least and the greatest value of a cell; ``with_reasons=False``: without knowing why cells are hidden."""
        index = self.number[cell]
        low, high = (self.low, self.high) if with_reasons else (self.blind_low, self.blind_high)
        aim = np.zeros(len(self.cells))
        aim[index] = 1
        found = []
        for sign in (1, -1):
            answer = milp(
                sign * aim, bounds=Bounds(low, high), integrality=np.ones(len(self.cells)),
                constraints=[LinearConstraint(self.sums, 0, 0)] if self.sums.shape[0] else [],
            )  # fmt: skip
            if answer.status != 0:
                raise AssertionError(f"No figures fit what was published: {answer.message}")
            found.append(round(sign * answer.fun))
        return tuple(found)

    def broken(self, cells, *, wanted=None):
        """Which small cells are known more exactly than the rule allows, with what is known of them."""
        found = {}
        for cell in cells:
            low, high = (wanted or {}).get(cell, (self.least, self.smallest - 1))
            told, untold = self.range(cell), self.range(cell, with_reasons=False)
            if told[0] > low or told[1] < high or untold[1] - untold[0] < self.smallest - 1:
                found[cell] = told, untold
        return found
