"""One page of a list without a count."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Page(Generic[T]):
    """The rows of a page, the key after which the next one begins, and whether there is a next one."""

    rows: Sequence[T]
    after: str | None
    more: bool

    @classmethod
    def cut(cls, found: Sequence[T], size: int, key: Callable[[T], str]) -> Page[T]:
        """The page of ``size`` rows from rows of which one more was asked for than fits.

        >>> Page.cut([1, 2, 3], 2, str)
        Page(rows=[1, 2], after='2', more=True)
        """
        rows = found[:size]
        return cls(rows, key(rows[-1]) if rows else None, len(found) > size)
