"""What every list is made of: a statement, and how its rows are written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.postgres.aggregates import StringAgg
from django.db.models import F, Func, QuerySet, TextField, Value
from django.db.models.functions import MD5, Cast

from paivand.access.models import User
from paivand.collect.queries.carried import Carried

Rows = QuerySet[Any, Any]


@dataclass(frozen=True)
class Asked:
    """Who asks for lists, on which day, and which families are hers."""

    by: User
    carried: Carried
    today: date


def _nothing_shared(_asked: Asked) -> str:
    return ""


@dataclass(frozen=True)
class Source:
    """One list.

    Args:
        columns: its heading. ``name`` is the key and ``label`` what is read; an entity list has ``__version`` besides.
        fields: everything that the rows are written from.
        found: the records, in the order of the list.
        shape: writes the rows of the list from the ``fields`` of the records.
        is_entity: whether a device keeps its rows as entities.
        shared: what the rows depend on beside the statement.
        known: all records that a filled form may name and that a reader sees, also those that are on nobody's list any
            more: a session that was held, a referral that was answered.
    """

    columns: tuple[str, ...]
    fields: tuple[str, ...]
    found: Callable[[Asked], Rows]
    shape: Callable[[Asked, Iterable[Any]], Iterable[tuple[object, ...]]]
    is_entity: bool = False
    shared: Callable[[Asked], str] = _nothing_shared
    known: Callable[[User], Rows] | None = None


def digest_of(found: Rows, fields: Sequence[str]) -> str:
    """What the database makes of these fields of all records, without handing them over."""
    row = Cast(Func(*map(F, fields), function="row", output_field=TextField()), TextField())
    lines = StringAgg(row, Value("\n"), order_by="pk")
    return str(found.order_by().aggregate(digest=MD5(lines))["digest"] or "")
