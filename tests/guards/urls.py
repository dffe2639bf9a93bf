"""Every address of the program, found by walking the resolver, the sign-in library's included ones too."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.urls import URLPattern, URLResolver, get_resolver


@dataclass(frozen=True)
class Address:
    """One address: its name with its namespace, and the parameters it needs."""

    name: str
    parameters: tuple[str, ...]
    view: Callable[..., Any]


def addresses() -> list[Address]:
    """All addresses in the order of the resolver."""
    return list(_walk(get_resolver(), "", ()))


def _walk(resolver: URLResolver, space: str, parameters: tuple[str, ...]) -> Iterator[Address]:
    for pattern in resolver.url_patterns:
        named = (*parameters, *pattern.pattern.regex.groupindex, *getattr(pattern.pattern, "converters", {}))
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from _walk(pattern, inner, named)
        elif isinstance(pattern, URLPattern):
            name = f"{space}{pattern.name}" if pattern.name else f"{space}({pattern.pattern})"
            yield Address(name, tuple(dict.fromkeys(named)), pattern.callback)


def shelves(names: Iterable[str], size: int = 12) -> dict[str, list[str]]:
    """Addresses (or pages, named after them) in groups of one room that share a world: building it takes longest.

    >>> shelves(["cases:case-open", "desk:home", "cases:case-list"], size=1)
    {'cases-1': ['cases:case-open'], 'cases-2': ['cases:case-list'], 'desk-1': ['desk:home']}
    """
    rooms: dict[str, list[str]] = {}
    for name in names:
        rooms.setdefault(re.split("[:_]", name)[0], []).append(name)
    return {
        f"{room}-{start // size + 1}": theirs[start : start + size]
        for room, theirs in rooms.items()
        for start in range(0, len(theirs), size)
    }


@contextmanager
def undone() -> Iterator[None]:
    """Take back whatever the block writes."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def without_row(names: Collection[str], rows: Collection[str]) -> list[str]:
    """Addresses whose access nobody declared, and rows whose address is gone."""
    found = [
        f"{name}: who may open it? Add a row to ROWS in tests/guards/matrix.py."
        for name in sorted(set(names) - set(rows))
    ]
    return found + [
        f"{name}: no such address. Take its row out of tests/guards/matrix.py."
        for name in sorted(set(rows) - set(names))
    ]
