"""The few words in which the engines differ, so that every statement is written once.

Whatever comes from a declaration or a reader goes through ``literal``: nothing else is quoted, and nothing is left
bare. Statements hold no parameters, so that the page that opens a figure shows exactly what ran.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime

from paivand.evidence.rules.relations import Dialect


def literal(value: str, dialect: Dialect) -> str:
    """``value`` as a text of this engine.

    >>> literal("o'clock", Dialect.DUCKDB), literal("o'clock", Dialect.SPARK)
    ("'o''clock'", "'o\\\\'clock'")
    """
    if any(ord(sign) < 32 for sign in value):
        raise ValueError("A code holds a control character.")
    if dialect is Dialect.SPARK:
        return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
    return "'" + value.replace("'", "''") + "'"


def literals(values: Iterable[str], dialect: Dialect) -> str:
    """The values as a list in brackets, in one order whatever the order given.

    >>> literals({"b", "a"}, Dialect.POSTGRES)
    "('a', 'b')"
    """
    return "(" + ", ".join(literal(value, dialect) for value in sorted(set(values))) + ")"


def day(value: date) -> str:
    """A day, the same in every engine.

    >>> day(date(2023, 11, 3))
    "date '2023-11-03'"
    """
    return f"date '{value:%Y-%m-%d}'" if value.year >= 1000 else f"date '{value.isoformat()}'"


def moment(value: datetime, dialect: Dialect) -> str:
    """A moment in UTC, without a zone; one without a zone is taken as UTC.

    >>> moment(datetime(2023, 11, 3, 12, tzinfo=UTC), Dialect.POSTGRES)
    "timestamp '2023-11-03 12:00:00.000000'"
    """
    utc = value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value
    kind = "timestamp_ntz" if dialect is Dialect.SPARK else "timestamp"
    return f"{kind} '{utc.isoformat(sep=' ', timespec='microseconds')}'"


def in_order(column: str, dialect: Dialect) -> str:
    """A text that is compared by its code points; only PostgreSQL has to be told.

    >>> in_order("f.step", Dialect.POSTGRES)
    'f.step collate "C"'
    """
    return f'{column} collate "C"' if dialect is Dialect.POSTGRES else column


def number_of_day(column: str) -> str:
    """A day as year, month and day in one number: the difference of two holds the completed years in its front digits.

    A birthday of 29 February completes its year on 1 March by itself: 20260228 - 20160229 is below 100000.
    """
    return (
        f"cast(extract(year from {column}) * 10000 + extract(month from {column}) * 100 "
        f"+ extract(day from {column}) as integer)"
    )


def month(column: str, dialect: Dialect) -> str:
    """The month of a day as YYYY-MM."""
    pattern = {
        Dialect.DUCKDB: f"strftime({column}, '%Y-%m')",
        Dialect.POSTGRES: f"to_char({column}, 'YYYY-MM')",
        Dialect.SPARK: f"date_format({column}, 'yyyy-MM')",
    }
    return pattern[dialect]


def first(texts: Sequence[str], order: Sequence[str], condition: str, dialect: Dialect) -> str:
    """An aggregate: these texts of the first row in ``order`` for which ``condition`` holds, as a list."""
    if dialect is Dialect.DUCKDB:
        return f"arg_min([{', '.join(texts)}], row({', '.join(order)})) filter (where {condition})"
    if dialect is Dialect.SPARK:
        return f"min_by(array({', '.join(texts)}), struct({', '.join(order)})) filter (where {condition})"
    by = ", ".join(order)
    return f"(array_agg(array[{', '.join(texts)}] order by {by}) filter (where {condition}))[1:1]"


def item(column: str, place: int, dialect: Dialect) -> str:
    """The text at ``place`` (from 1) of what ``first`` gave."""
    pattern = {
        Dialect.DUCKDB: f"{column}[{place}]",
        Dialect.POSTGRES: f"{column}[1][{place}]",
        Dialect.SPARK: f"element_at({column}, {place})",
    }
    return pattern[dialect]


def exact(expression: str) -> str:
    """A number with two places, without rounding: what is added up is never a float."""
    return f"cast({expression} as decimal(38, 2))"


def whole_number(value: int) -> str:
    """A number of 64 bits, so that each bit can stand for one condition."""
    return f"cast({value} as bigint)"
