"""Figures about incidents that were told to us, put together and hidden so that nobody can be read from them.

They say what was reported to those who help, and never how frequent violence is. Rules that hold for every edition:

- only whole quarters count, so that two looks on two days are not subtracted from one another;
- groups that are small are put together until their totals are not, and totals are always shown: each table is then
  safe by itself, and several of them side by side too, because they share nothing but totals that everybody sees;
- within a table small figures are hidden, and those from which they could be computed: ``methods.suppression``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from paivand.core.rules.texts import text
from paivand.methods.suppression import Figures, groups, suppressed
from paivand.protection.rules.feedback import quarter_of
from paivand.protection.rules.parameters import smallest_figure
from paivand.protection.rules.people import AGE_NAMES
from paivand.protection.rules.sectors import INCIDENT_SECTORS, SECTOR_NAMES, SERVICE_ANSWER_NAMES
from paivand.protection.rules.violence import COUNTED, VIOLENCE_NAMES, is_domestic
from paivand.registry.rules import SEX_NAMES

NOT_TOLD = text("not told")
DOMESTIC_NAMES = {True: text("by husband, wife or partner"), False: text("by somebody else, or not told")}


@dataclass(frozen=True, slots=True)
class Fact:
    """One incident that may be counted, in what is counted of it."""

    violence: str
    sex: str
    age_group: str
    tie: str
    reported_on: date
    services: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a table."""

    names: tuple[str, ...]
    values: tuple[int | None, ...]
    total: int | None


@dataclass(frozen=True)
class Table:
    """A table for the screen: its words, and its figures with None where one is hidden.

    Labels are lists, because groups that were put together carry the names of all of them.
    """

    key: str
    title: str
    rows: tuple[tuple[str, ...], ...]
    columns: tuple[tuple[str, ...], ...]
    figures: Figures

    @property
    def lines(self) -> list[Line]:
        """The rows, each with its words and its total."""
        told = zip(self.rows, self.figures.cells, self.figures.row_totals, strict=True)
        return [Line(names, values, total) for names, values, total in told]


@dataclass(frozen=True)
class Edition:
    """The figures of one year until the end of its last whole quarter.

    Attributes:
        until: the last day that counts.
        total: how many incidents; None where there are too few to say so.
        months: the incidents of stretches of months; neighbours are put together where one would be small.
        tables: incidents by type and one thing more; empty where there are too few.
    """

    year: int
    until: date
    total: int | None
    months: tuple[tuple[date, date, int], ...] = ()
    tables: tuple[Table, ...] = ()


def last_day_counted(year: int, today: date) -> date | None:
    """The last day of the last whole quarter of the year; None while there is none.

    >>> last_day_counted(2026, date(2026, 8, 1)), last_day_counted(2026, date(2026, 2, 1))
    (datetime.date(2026, 6, 30), None)
    """
    until = min(quarter_of(today) - timedelta(days=1), date(year, 12, 31))
    return until if until.year == year else None


def edition(year: int, until: date, facts: Sequence[Fact]) -> Edition:
    """The figures of these incidents, all of them told in the year until that day."""
    if len(facts) < smallest_figure():
        return Edition(year, until, None)
    by_violence = {str(one): VIOLENCE_NAMES[one] for one in COUNTED}
    told = [
        _table("age", text("By age"), facts, lambda fact: fact.age_group, {str(k): v for k, v in AGE_NAMES.items()}),
        _table("sex", text("By sex"), facts, lambda fact: fact.sex, {str(k): v for k, v in SEX_NAMES.items()}),
        _table("quarter", text("By quarter"), facts, lambda fact: f"Q{(fact.reported_on.month + 2) // 3}",
               {f"Q{n}": f"Q{n}" for n in range(1, (until.month + 2) // 3 + 1)}),
        _table("domestic", text("By who did it"), facts,
               lambda fact: str(is_domestic(fact.violence, fact.tie)),
               {str(k): v for k, v in DOMESTIC_NAMES.items()}),
    ]  # fmt: skip
    tables = [_drawn(key, title, counts, by_violence, columns) for key, title, counts, columns in told]
    return Edition(year, until, len(facts), _months(until, facts), tuple(filter(None, (*tables, _services(facts)))))


_Told = tuple[str, str, list[list[int]], Mapping[str, str]]


def _table(
    key: str, title: str, facts: Sequence[Fact], of: Callable[[Fact], str], names: Mapping[str, str]
) -> _Told:  # fmt: skip
    """The counts of types by something; what has no name counts as not told, in a last column of its own."""
    columns = dict(names)
    found = Counter((fact.violence, of(fact) if of(fact) in names else "") for fact in facts)
    if any(column == "" for _violence, column in found):
        columns[""] = NOT_TOLD
    return key, title, [[found[str(one), column] for column in columns] for one in COUNTED], columns


def _drawn(
    key: str, title: str, counts: list[list[int]], rows: Mapping[str, str], columns: Mapping[str, str]
) -> Table | None:  # fmt: skip
    """The table with its small groups put together and its small figures hidden; None where nothing can be shown."""
    least = smallest_figure()
    down = groups([sum(row) for row in counts], smallest=least)
    across = groups([sum(column) for column in zip(*counts, strict=True)], smallest=least, in_order=True)
    joined = [
        [sum(counts[i][j] for i in row for j in column) for column in across]
        for row in down
    ]  # fmt: skip
    totals = [*map(sum, joined), *map(sum, zip(*joined, strict=True))]
    if any(0 < total < least for total in totals):
        return None
    names, heads = list(rows.values()), list(columns.values())
    return Table(
        key, title, tuple(tuple(names[i] for i in row) for row in down),
        tuple(tuple(heads[j] for j in column) for column in across),
        suppressed(joined, smallest=least, totals_stay=True),
    )  # fmt: skip


def _services(facts: Sequence[Fact]) -> Table | None:
    """What became of each sector, over all types."""
    found = Counter((sector, answer) for fact in facts for sector, answer in fact.services.items())
    counts = [[found[str(sector), str(answer)] for answer in SERVICE_ANSWER_NAMES] for sector in INCIDENT_SECTORS]
    if not any(map(sum, counts)):
        return None
    rows = {str(sector): SECTOR_NAMES[sector] for sector in INCIDENT_SECTORS}
    columns = {str(answer): name for answer, name in SERVICE_ANSWER_NAMES.items()}
    return _drawn("services", text("Help that was given or sought, by sector"), counts, rows, columns)


def _months(until: date, facts: Sequence[Fact]) -> tuple[tuple[date, date, int], ...]:
    """Stretches of months, within the quarters that the table of quarters shows together."""
    found = Counter(fact.reported_on.month for fact in facts)
    quarters = [sum(found[month] for month in range(first, first + 3)) for first in range(1, until.month, 3)]
    stretches = []
    for together in groups(quarters, smallest=smallest_figure(), in_order=True):
        months = [month for quarter in together for month in range(3 * quarter + 1, 3 * quarter + 4)]
        for part in groups([found[month] for month in months], smallest=smallest_figure(), in_order=True):
            chosen = [months[index] for index in part]
            stretches.append(
                (date(until.year, chosen[0], 1), date(until.year, chosen[-1], 1), sum(found[m] for m in chosen))
            )
    return tuple(stretches)
