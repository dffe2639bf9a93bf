"""The results table as plain values, and how it is written for a terminal, for programs and for a spreadsheet.

What may be shown was decided before: a hidden cell has no value here, only the reason. It is written as nothing with a
flag beside it, never as nought.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from paivand.core.rules.texts import text
from paivand.evidence.rules.asking import WHOLE, Key
from paivand.evidence.rules.outward.cells import Cell, Say, Written, csv_text

HIDDEN_NAMES: Mapping[str, str] = {
    "small": text("not shown: a small group of people"),
    "further": text("not shown: from it a small figure could be computed"),
    "child": text("not shown: part of a figure that is not shown"),
    "not_shown": text("not shown: too detailed for what it counts"),
    "held": text("as in the last edition: it has changed by too few people since"),
}
"""Why a figure is missing, or not that of today, in words."""


@dataclass(frozen=True)
class ResultRow:
    """One indicator in the results table.

    Attributes:
        output: the code of the output or outcome that it hangs under. ``output_title``: its name.
        progress: the per cent of the way from baseline to target, where it can be said.
        trend: months or years with their figures, earliest first.
        cells: every part that was asked for, by dimensions and categories; ``actual`` is the whole.
        note: what explains a difference, or where a target comes from.
    """

    code: str
    title: str
    actual: Cell
    unit: str = ""
    measure: str = "people"
    level: str = "output"
    output: str = ""
    output_title: str = ""
    baseline: Decimal | None = None
    baseline_on: date | None = None
    target: Decimal | None = None
    target_on: date | None = None
    progress: Decimal | None = None
    trend: tuple[tuple[str, Cell], ...] = ()
    cells: Mapping[Key, Cell] = field(default_factory=dict)
    note: str = ""


@dataclass(frozen=True)
class ExternalRow:
    """A figure that somebody else published, beside ours."""

    code: str
    title: str
    source: str
    value: Decimal
    unit: str = ""
    as_of: date | None = None
    method: str = ""
    document: str = ""


@dataclass(frozen=True)
class Results:
    """Everything that a results file holds.

    Attributes:
        first, last: the period, both days included; None without an end.
        as_of: what was known then; None: at the time of ``fresh_at``.
        dimensions: by what the figures are parted: code and name, in the order of the keys.
        categories: the names of categories, by dimension and category, in the order they stand in.
        smallest: the smallest count that is shown.
    """

    rows: tuple[ResultRow, ...]
    fresh_at: datetime
    language: str = "en"
    programme: str = ""
    programme_title: str = ""
    first: date | None = None
    last: date | None = None
    as_of: datetime | None = None
    dimensions: tuple[tuple[str, str], ...] = ()
    categories: Mapping[tuple[str, str], str] = field(default_factory=dict)
    external: tuple[ExternalRow, ...] = ()
    smallest: int = 5

    @property
    def is_right_to_left(self) -> bool:
        """Whether its language is written from the right."""
        return self.language == "fa"

    def category(self, dimension: str, category: str) -> str:
        """The name of a category, or its code."""
        return self.categories.get((dimension, category), category)

    def label(self, key: Key) -> str:
        """A cell in words, such as ``female · Kulob``."""
        return " · ".join(self.category(dimension, category) for dimension, category in key)

    def keys(self, row: ResultRow) -> list[Key]:
        """The parts of a row in the order of dimensions and categories; without the whole."""
        order = {pair: place for place, pair in enumerate(self.categories)}
        names = [code for code, _name in self.dimensions]

        def place(key: Key) -> tuple[Any, ...]:
            at = [names.index(dimension) if dimension in names else len(names) for dimension, _category in key]
            return (len(key), at, [(order.get(pair, len(order)), pair[1]) for pair in key])

        return sorted((key for key in row.cells if key != WHOLE), key=place)

    @property
    def n_rows(self) -> int:
        """How many figures it holds, the hidden ones included."""
        return sum(1 + len([key for key in row.cells if key != WHOLE]) for row in self.rows)

    @property
    def n_hidden(self) -> int:
        """How many of them are not shown."""
        parts = [cell for row in self.rows for key, cell in row.cells.items() if key != WHOLE]
        return sum(bool(cell.hidden) for cell in [*parts, *(row.actual for row in self.rows)])


def said(cell: Cell) -> str:
    """A cell for a terminal: its figure with spaces between thousands, a mark where it is hidden, a dash for none.

    >>> said(Cell(125750)), said(Cell(3, "small")), said(Cell()), said(Cell(Decimal("33.30")))
    ('125 750', '···', '–', '33.3')
    """
    if cell.hidden:
        return "···"
    return number(cell.value)


def number(value: int | Decimal | None) -> str:
    """A number for people, without needless noughts."""
    if value is None:
        return "–"
    plain = f"{Decimal(value):,f}".replace(",", " ")
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def results_table(told: Results, say: Say = str) -> str:
    """The table for a terminal: one line for each indicator, its parts indented below it."""
    heads = [say(name) for name in (text("Code"), text("Indicator"), text("Baseline"), text("Target"))]
    heads += [say(name) for name in (text("Actual"), text("Progress"))]
    lines = [heads]
    for row in told.rows:
        progress = "–" if row.progress is None else f"{number(row.progress)} %"
        lines.append([row.code, row.title, number(row.baseline), number(row.target), said(row.actual), progress])
        lines += [["", f"  {told.label(key)}", "", "", said(row.cells[key]), ""] for key in told.keys(row)]
    widths = [max(len(line[place]) for line in lines) for place in range(len(heads))]
    out = [_line(line, widths) for line in lines]
    out.insert(1, "─" * (sum(widths) + 2 * (len(widths) - 1)))
    if told.n_hidden:
        note = say(text("··· is not shown: fewer than %(n)d people, or a figure from which that could be computed."))
        out += ["", note % {"n": told.smallest}]
    return "\n".join(out) + "\n"


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    left = [cell.ljust(width) for cell, width in zip(cells[:2], widths[:2], strict=True)]
    right = [cell.rjust(width) for cell, width in zip(cells[2:], widths[2:], strict=True)]
    return "  ".join([*left, *right]).rstrip()


def results_json(told: Results) -> str:
    """The table for programs. A hidden figure is null with ``hidden`` saying why."""
    whole = {
        "programme": told.programme,
        "period": {"first": _day(told.first), "last": _day(told.last)},
        "as_of": told.as_of.isoformat() if told.as_of else None,
        "fresh_at": told.fresh_at.isoformat(),
        "smallest_shown": told.smallest,
        "indicators": [
            {
                "code": row.code,
                "title": row.title,
                "unit": row.unit,
                "measure": row.measure,
                "output": row.output,
                "baseline": _plain(row.baseline),
                "target": _plain(row.target),
                "target_on": _day(row.target_on),
                "actual": _plain(row.actual.shown),
                "hidden": row.actual.flag or None,
                "progress_percent": _plain(row.progress),
                "cells": [
                    {"by": dict(key), "value": _plain(row.cells[key].shown), "hidden": row.cells[key].flag or None}
                    for key in told.keys(row)
                ],
            }
            for row in told.rows
        ],
    }
    return json.dumps(whole, ensure_ascii=False, indent=2) + "\n"


def results_csv(told: Results) -> bytes:
    """The table as CSV: a row for each figure, with a column for each dimension; ``all`` stands for the whole."""
    names = [code for code, _name in told.dimensions]
    rows: list[list[Written]] = [
        ["code", "title", "unit", *names, "baseline", "target", "actual", "progress_percent", "hidden"]
    ]
    for row in told.rows:
        rows.append(
            [row.code, row.title, row.unit, *["all"] * len(names), row.baseline, row.target, row.actual.shown,
             row.progress, row.actual.flag]
        )  # fmt: skip
        for key in told.keys(row):
            by, cell = dict(key), row.cells[key]
            rows.append(
                [row.code, row.title, row.unit, *[by.get(name, "all") for name in names], None, None, cell.shown, None,
                 cell.flag]
            )  # fmt: skip
    return csv_text(rows)


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _plain(value: int | Decimal | None) -> int | float | None:
    """A number of JSON: whole ones without a point."""
    if value is None or isinstance(value, int):
        return value
    return int(value) if value == value.to_integral_value() else float(value)
