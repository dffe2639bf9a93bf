"""Whether writing is allowed just now: only inside an action, or in a named task of the system itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_allowed_by: ContextVar[str] = ContextVar("paivand_writing", default="")


@contextmanager
def writing(reason: str) -> Iterator[None]:
    """Allow records to be written inside the block; ``reason`` is the action's name."""
    token = _allowed_by.set(reason)
    try:
        yield
    finally:
        _allowed_by.reset(token)


def writing_allowed_by() -> str:
    """The action that allows writing now, or an empty text."""
    return _allowed_by.get()
