"""The five relations that every engine counts from, and the types of their columns in each engine.

Whoever extracts writes these columns, whoever counts reads them; nothing else passes between the two. A person, a
family, an entry and a group are opaque: a text where the figure is live, a number in files, so that a file that is lost
names nobody. A missing category is '' and comes out as unknown; a missing date, age or bound is null.

``facts``: steps of the journey that a later step reversed are in it with the moment of the reversal; steps that reverse
are not. ``who`` of a coded step is its pseudonym, which is nobody's key in ``people``. ``alias``: only records that
stand for somebody else, each pointing straight to the one that stands for all. ``reach``: reversing entries are in it
with negative counts and with the day, place, channel and topic of what they reverse. ``people``: ``aged_from`` is the
day from which completed years are counted, as ``core.rules.dates.Birth.age`` does it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Dialect(StrEnum):
    """The engines that a statement can be written for."""

    DUCKDB = "duckdb"
    POSTGRES = "postgres"
    SPARK = "spark"


class Kind(StrEnum):
    """What a column holds. An opaque one is a number in files and a text where the figure is live."""

    TEXT = "text"
    OPAQUE = "opaque"
    YES = "yes"
    COUNT = "count"
    YEARS = "years"
    QUANTITY = "quantity"
    DAY = "day"
    MOMENT = "moment"


_TYPES: dict[Kind, tuple[str, str, str]] = {
    Kind.TEXT: ("varchar", "text", "string"),
    Kind.OPAQUE: ("bigint", "text", "bigint"),
    Kind.YES: ("boolean", "boolean", "boolean"),
    Kind.COUNT: ("integer", "integer", "int"),
    Kind.YEARS: ("smallint", "smallint", "smallint"),
    Kind.QUANTITY: ("decimal(12,2)", "numeric(12,2)", "decimal(12,2)"),
    Kind.DAY: ("date", "date", "date"),
    # Always UTC, and without a zone, so that no setting of a session moves a day. Parquet: microseconds.
    Kind.MOMENT: ("timestamp", "timestamp", "timestamp_ntz"),
}

_PLACE = {"district": Kind.TEXT, "jamoat": Kind.TEXT, "agency": Kind.TEXT}

RELATIONS: Mapping[str, Mapping[str, Kind]] = {
    "facts": {
        "step": Kind.TEXT,
        "who": Kind.OPAQUE,
        "coded": Kind.YES,
        "service": Kind.TEXT,
        "outcome": Kind.TEXT,
        "quantity": Kind.QUANTITY,
        "happened_on": Kind.DAY,
        "recorded_at": Kind.MOMENT,
        "reversed_at": Kind.MOMENT,
        **_PLACE,
        "sex": Kind.TEXT,
        "age_low": Kind.YEARS,
        "age_high": Kind.YEARS,
    },
    "people": {
        "who": Kind.OPAQUE,
        "sex": Kind.TEXT,
        "aged_from": Kind.DAY,
        "disability": Kind.TEXT,
        "tie": Kind.TEXT,
        "family": Kind.OPAQUE,
        "district": Kind.TEXT,
        "jamoat": Kind.TEXT,
    },
    "alias": {"who": Kind.OPAQUE, "one": Kind.OPAQUE},
    "reach": {
        "entry": Kind.OPAQUE,
        "channel": Kind.TEXT,
        "topic": Kind.TEXT,
        "campaign": Kind.TEXT,
        **_PLACE,
        "happened_on": Kind.DAY,
        "recorded_at": Kind.MOMENT,
        "n_contacts": Kind.COUNT,
        "n_women": Kind.COUNT,
        "n_men": Kind.COUNT,
        "n_girls": Kind.COUNT,
        "n_boys": Kind.COUNT,
        "n_unknown": Kind.COUNT,
        "n_repeat": Kind.COUNT,
    },
    "groups": {
        "grp": Kind.OPAQUE,
        "service": Kind.TEXT,
        "course": Kind.TEXT,
        "state": Kind.TEXT,
        "happened_on": Kind.DAY,
        "recorded_at": Kind.MOMENT,
        **_PLACE,
        "n_learners": Kind.COUNT,
        "n_sessions": Kind.COUNT,
    },
}
"""Columns of each relation in their order. ``people.family`` of somebody without a family is null."""

NULLABLE = frozenset({"reversed_at", "age_low", "age_high", "aged_from", "family"})
"""Columns that can be null; all others hold a value."""


@dataclass(frozen=True)
class Names:
    """What the five relations are called where a statement runs: names of tables, views or common table expressions."""

    facts: str = "facts"
    people: str = "people"
    alias: str = "alias"
    reach: str = "reach"
    groups: str = "groups"


def column_type(kind: Kind, dialect: Dialect) -> str:
    """The type of a column of this kind.

    >>> column_type(Kind.OPAQUE, Dialect.DUCKDB), column_type(Kind.OPAQUE, Dialect.POSTGRES)
    ('bigint', 'text')
    """
    return _TYPES[kind][list(Dialect).index(dialect)]


def columns(relation: str, dialect: Dialect) -> str:
    """The columns of a relation as a list of definitions, for ``create table`` or a schema.

    >>> columns("alias", Dialect.POSTGRES)
    'who text, one text'
    """
    return ", ".join(f"{name} {column_type(kind, dialect)}" for name, kind in RELATIONS[relation].items())
