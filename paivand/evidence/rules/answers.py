"""Makes figures of the rows that statements give back, exactly: what is divided is divided here, in decimals."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from itertools import combinations
from typing import Any

from paivand.evidence.rules.asking import WHOLE, Ask, Figure, Key, Value
from paivand.evidence.rules.indicators import AgeSet, Indicator, Measure, Source
from paivand.evidence.rules.relations import Dialect, Names
from paivand.evidence.rules.statements import Reading, Statement, statements

Run = Callable[[str], Iterable[Sequence[Any]]]
"""Runs a statement without parameters and gives its rows."""

_CENT = Decimal("0.01")


def figures(
    indicators: Sequence[Indicator],
    ask: Ask,
    run: Run,
    *,
    dialect: Dialect,
    ages: Mapping[str, AgeSet],
    names: Names = Names(),  # noqa: B008 - it is frozen
) -> dict[str, Figure]:
    """The answers by the code of the indicator, in the order given."""
    asked = statements(indicators, ask, dialect=dialect, ages=ages, names=names)
    read = figures_of((one, run(one.text)) for one in asked)
    return {one.code: read[one.code] for one in indicators}


def figures_of(answers: Iterable[tuple[Statement, Iterable[Sequence[Any]]]]) -> dict[str, Figure]:
    """The figures of statements and their rows; several statements may speak of one indicator."""
    counted: dict[str, _Counted] = {}
    for statement, rows in answers:
        for one in statement.indicators:
            counted.setdefault(one.code, _Counted(one))
        _read(statement, rows, counted)
    return {code: one.figure() for code, one in counted.items()}


@dataclass
class _Cell:
    total: Decimal = Decimal(0)
    n: int = 0
    people: int = 0


@dataclass
class _Counted:
    """What was read of one indicator so far."""

    indicator: Indicator
    cells: dict[Key, _Cell] = field(default_factory=lambda: defaultdict(_Cell))

    def add(self, key: Key, total: object, n: object, people: object) -> None:
        cell = self.cells[key]
        cell.total += Decimal(str(total or 0))
        cell.n += int(str(n or 0))
        cell.people += int(str(people or 0))

    def figure(self) -> Figure:
        measure = self.indicator.measure
        values = {WHOLE: self._value(self.cells.get(WHOLE, _Cell()))}
        values |= {key: self._value(cell) for key, cell in self.cells.items() if self._is_there(cell)}
        if self.indicator.source is not Source.JOURNEY:
            return Figure(self.indicator.code, values)
        people = {WHOLE: 0} | {key: self.cells[key].people for key in values if key in self.cells}
        hits = {key: self.cells[key].n if key in self.cells else 0 for key in values}
        return Figure(self.indicator.code, values, people, hits if measure is Measure.SHARE else {})

    def _is_there(self, cell: _Cell) -> bool:
        """Whether a cell is shown: one in which everything was taken back is 0, as one that never was."""
        match self.indicator.measure:
            case Measure.PEOPLE | Measure.FAMILIES | Measure.SHARE:
                return cell.people > 0
            case Measure.CONTACTS:
                return cell.total != 0
            case _:
                return cell.n != 0

    def _value(self, cell: _Cell) -> Value:
        match self.indicator.measure:
            case Measure.PEOPLE | Measure.FAMILIES:
                return cell.people
            case Measure.EVENTS:
                return cell.n
            case Measure.CONTACTS:
                return int(cell.total)
            case Measure.SUM:
                return cell.total.quantize(_CENT)
            case Measure.SHARE:
                return _rounded(Decimal(100 * cell.n), cell.people)
            case Measure.MEAN | Measure.MEDIAN:
                return _rounded(cell.total, cell.n if self._over_records else cell.people)

    @property
    def _over_records(self) -> bool:
        return not self.indicator.per_person or self.indicator.measure is Measure.MEDIAN


def _rounded(total: Decimal, n: int) -> Decimal | None:
    """``total`` by ``n`` to two places, half away from zero; None of nothing.

    >>> _rounded(Decimal("0.25"), 50), _rounded(Decimal(1), 0)
    (Decimal('0.01'), None)
    """
    return (total / n).quantize(_CENT, ROUND_HALF_UP) if n else None


def _read(statement: Statement, rows: Iterable[Sequence[Any]], counted: Mapping[str, _Counted]) -> None:
    n_cats = len(statement.by)
    subsets = [chosen for size in range(n_cats + 1) for chosen in combinations(range(n_cats), size)]
    if statement.reading is Reading.MASKS:
        for row in rows:
            mask, cats, n = int(row[0]), row[1:-1], int(row[-1])
            keys = [_key(statement, cats, chosen) for chosen in (subsets if cats else [()])]
            for one, bits in zip(statement.indicators, statement.bits, strict=True):
                if mask & bits.whole:
                    for key in keys:
                        counted[one.code].add(key, 0, n if mask & bits.hit else 0, n)
        return
    for number, *cats, total, n, people in rows:
        one = statement.indicators[int(number)]
        if statement.reading is Reading.CUBE:
            chosen = tuple(place for place, category in enumerate(cats) if category is not None)
            counted[one.code].add(_key(statement, cats, chosen), total, n, people)
            continue
        for chosen in subsets:
            counted[one.code].add(_key(statement, cats, chosen), total, n, people)


def _key(statement: Statement, cats: Sequence[Any], chosen: Sequence[int]) -> Key:
    return tuple((statement.by[place].value, str(cats[place])) for place in chosen)
