"""Rows of the database as columns in memory, by the million."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa
from django.db import connection
from pyarrow import csv

AT_ONCE = 64_000_000
"""Bytes of text that are turned into columns together: some hundred thousand steps."""

STEPS = {
    "step": pa.string(), "who": pa.string(), "coded": pa.bool_(), "service": pa.string(), "outcome": pa.string(),
    "quantity": pa.decimal128(12, 2), "happened_on": pa.date32(), "recorded_at": pa.timestamp("us"),
    "reversed_at": pa.timestamp("us"), "district": pa.string(), "jamoat": pa.string(), "agency": pa.string(),
    "sex": pa.string(), "age_low": pa.int16(), "age_high": pa.int16(),
}  # fmt: skip
REVERSALS = {"step": pa.string(), "who": pa.string(), "reversed_at": pa.timestamp("us")}
PEOPLE = {
    "who": pa.string(), "sex": pa.string(), "aged_from": pa.date32(), "disability": pa.string(), "tie": pa.string(),
    "family": pa.string(), "district": pa.string(), "jamoat": pa.string(),
}  # fmt: skip
MERGES = {"absorbed": pa.string(), "kept": pa.string(), "from_at": pa.timestamp("us"), "until_at": pa.timestamp("us")}
JOINED = {"absorbed": pa.string(), "kept": pa.string()}
GROUPS = {
    "grp": pa.string(), "service": pa.string(), "course": pa.string(), "state": pa.string(),
    "happened_on": pa.date32(), "recorded_at": pa.timestamp("us"), "district": pa.string(), "jamoat": pa.string(),
    "agency": pa.string(), "n_learners": pa.int32(), "n_sessions": pa.int32(),
}  # fmt: skip
REACH = {
    "entry": pa.string(), "channel": pa.string(), "topic": pa.string(), "campaign": pa.string(),
    "district": pa.string(), "jamoat": pa.string(), "agency": pa.string(), "happened_on": pa.date32(),
    "recorded_at": pa.timestamp("us"), "n_contacts": pa.int32(), "n_women": pa.int32(), "n_men": pa.int32(),
    "n_girls": pa.int32(), "n_boys": pa.int32(), "n_unknown": pa.int32(), "n_repeat": pa.int32(),
}  # fmt: skip


def tables(statement: str, columns: dict[str, pa.DataType], at_once: int = AT_ONCE) -> Iterator[pa.Table]:
    """What a statement finds, piece by piece; at least one piece, which may be empty.

    It goes over as the text of COPY, which is a tenth of the work of rows. No column holds a line break.
    """
    waiting: list[bytes] = []
    size, told = 0, False
    with connection.cursor() as cursor:
        cursor.execute("select set_config('datestyle', 'ISO', true)")
        with cursor.copy(f"copy ({statement}) to stdout (format csv)") as rows:
            for block in rows:
                waiting.append(bytes(block))
                size += len(block)
                # PostgreSQL sends whole lines.
                if size >= at_once:
                    yield _table(waiting, columns)
                    waiting, size, told = [], 0, True
    if waiting or not told:
        yield _table(waiting, columns)


def table(statement: str, columns: dict[str, pa.DataType]) -> pa.Table:
    """All that a statement finds at once."""
    return pa.concat_tables(tables(statement, columns))


def _table(blocks: list[bytes], columns: dict[str, pa.DataType]) -> pa.Table:
    if not blocks:
        return pa.schema(columns.items()).empty_table()
    return csv.read_csv(
        pa.BufferReader(b"".join(blocks)),
        read_options=csv.ReadOptions(column_names=list(columns), block_size=16_000_000),
        parse_options=csv.ParseOptions(newlines_in_values=False),
        convert_options=csv.ConvertOptions(
            column_types=columns, null_values=[""], strings_can_be_null=False, true_values=["t"], false_values=["f"]
        ),
    )
