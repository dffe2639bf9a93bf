"""Figures as open data: one tidy table, its dictionary for people and its table schema for programs, in one archive.

A row is a figure. A dimension that does not part it says ``all``. A figure that is not shown is empty and marked.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from paivand.core.rules.texts import text
from paivand.evidence.rules.outward.cells import Say, Written, csv_text
from paivand.evidence.rules.outward.facts import Fact

ALL = "all"


@dataclass(frozen=True)
class Licence:
    """Under which terms the file may be used, and how the source is to be named."""

    code: str
    title: str
    address: str


@dataclass(frozen=True)
class Described:
    """What an indicator of the file is, in words."""

    title: str
    question: str
    measure: str
    unit: str = ""


@dataclass(frozen=True)
class OpenData:
    """The content of the archive.

    Attributes:
        dimensions: by code, with the name. ``categories``: the name of each, by dimension and category.
    """

    name: str
    title: str
    facts: Sequence[Fact]
    indicators: Mapping[str, Described]
    licence: Licence
    made_at: datetime
    as_of: datetime | None = None
    dimensions: Mapping[str, str] = field(default_factory=dict)
    categories: Mapping[tuple[str, str], str] = field(default_factory=dict)
    smallest: int = 5


@dataclass(frozen=True)
class Column:
    """A column of the table, as dictionary and schema describe it."""

    name: str
    kind: str
    meaning: str
    required: bool = True


COLUMNS_BEFORE = (
    Column("indicator", "string", text("Code of the indicator. It never changes its meaning.")),
    Column("title", "string", text("Title of the indicator.")),
    Column("measure", "string", text("What is counted: unique people, families, events, contacts, or a sum or mean.")),
    Column("unit", "string", text("Unit of the figure."), required=False),
    Column("period_start", "date", text("First day of the period in which the service happened."), required=False),
    Column("period_end", "date", text("Last day of that period."), required=False),
    Column("as_of", "datetime", text("What was known then; later entries and corrections are not in the figure.")),
)
COLUMNS_AFTER = (
    Column("value", "number", text("The figure; empty where it is not shown or where there is none."), required=False),
    Column("suppressed", "boolean", text("Whether the figure is not shown because it could point at somebody.")),
    Column("reason", "string", text("Why it is not shown: a small group, or what would reveal one."), required=False),
)
_BY = text("Category of “%(name)s”; “all” where the figure is not parted by it.")


def columns(told: OpenData, say: Say = str) -> list[Column]:
    """The columns of the table in their order."""
    parted = [
        Column(code, "string", say(_BY) % {"name": name}) for code, name in told.dimensions.items()
    ]  # fmt: skip
    return [*COLUMNS_BEFORE, *parted, *COLUMNS_AFTER]


def data_csv(told: OpenData) -> bytes:
    """The tidy table."""
    rows: list[Sequence[Written]] = [[column.name for column in columns(told)]]
    as_of = (told.as_of or told.made_at).isoformat(timespec="seconds")
    for fact in told.facts:
        about, by = told.indicators[fact.indicator], fact.by
        rows.append(
            [
                fact.indicator, about.title, about.measure, about.unit, fact.first, fact.last, as_of,
                *[by.get(code, ALL) for code in told.dimensions],
                fact.cell.shown, "true" if fact.cell.hidden else "false", fact.cell.flag,
            ]
        )  # fmt: skip
    return csv_text(rows)


def dictionary_csv(told: OpenData, say: Say = str) -> bytes:
    """What each column, each indicator and each category means."""
    rows: list[list[Written]] = [["kind", "name", "type", "meaning"]]
    rows += [["column", column.name, column.kind, say(column.meaning)] for column in columns(told, say)]
    rows += [["indicator", code, one.measure, f"{one.title}. {one.question}"] for code, one in told.indicators.items()]
    rows += [["category", f"{dimension}={code}", "", name] for (dimension, code), name in _used(told).items()]
    rows.append(["licence", told.licence.code, "", f"{told.licence.title}, {told.licence.address}"])
    return csv_text(rows)


def table_schema(told: OpenData, say: Say = str) -> dict[str, Any]:
    """The Table Schema of the table (Frictionless Data), with the categories that may stand in a dimension."""
    used = _used(told)
    fields = []
    for column in columns(told, say):
        one: dict[str, Any] = {"name": column.name, "type": column.kind, "description": say(column.meaning)}
        constraints: dict[str, Any] = {"required": True} if column.required else {}
        if column.name in told.dimensions:
            constraints["enum"] = [ALL, *(code for dimension, code in used if dimension == column.name)]
        if column.name == "indicator":
            constraints["enum"] = list(told.indicators)
        fields.append({**one, "constraints": constraints} if constraints else one)
    key = ["indicator", "period_start", "period_end", *told.dimensions]
    return {"fields": fields, "primaryKey": key, "missingValues": [""]}


def data_package(told: OpenData, say: Say = str) -> dict[str, Any]:
    """The description of the archive for programs."""
    licence = {"name": told.licence.code, "title": told.licence.title, "path": told.licence.address}
    note = say(text("Figures of fewer than %(n)d people, and those that would reveal one, are empty and marked."))
    return {
        "name": told.name,
        "title": told.title,
        "description": note % {"n": told.smallest},
        "created": told.made_at.isoformat(timespec="seconds"),
        "licenses": [licence],
        "resources": [
            {
                "name": "data",
                "path": "data.csv",
                "format": "csv",
                "mediatype": "text/csv",
                "encoding": "utf-8",
                "schema": table_schema(told, say),
            }
        ],
    }


def open_data_zip(told: OpenData, say: Say = str) -> bytes:
    """The archive: table, dictionary, description, and a line about the licence."""
    into = io.BytesIO()
    licence = f"{told.title}\n{told.licence.title}\n{told.licence.address}\n"
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in (
            ("data.csv", data_csv(told)),
            ("dictionary.csv", dictionary_csv(told, say)),
            ("datapackage.json", json.dumps(data_package(told, say), ensure_ascii=False, indent=2).encode()),
            ("LICENCE.txt", licence.encode()),
        ):
            stamp = zipfile.ZipInfo(name, told.made_at.timetuple()[:6])
            stamp.compress_type = zipfile.ZIP_DEFLATED
            stamp.external_attr = 0o644 << 16
            archive.writestr(stamp, content)
    return into.getvalue()


def _used(told: OpenData) -> dict[tuple[str, str], str]:
    """The categories that stand in the table with their names, in the order of the names known, then of the table."""
    seen = {pair for fact in told.facts for pair in fact.key}
    known = {pair: name for pair, name in told.categories.items() if pair in seen}
    return {**known, **{pair: pair[1] for pair in sorted(seen - set(known))}}
