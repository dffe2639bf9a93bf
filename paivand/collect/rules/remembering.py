"""What was found out while a form is taken in, so that asking a rule again for its words finds out nothing twice.

A rule that refuses a form is asked once for each language that somebody may read. Whatever an attempt wrote is undone
before the next one, so the same question has the same answer all the while; and a search through the registry costs far
more than the rule that said no.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

T = TypeVar("T")

_found: ContextVar[dict[Hashable, Any] | None] = ContextVar("paivand_collect_found", default=None)


@contextmanager
def remembering() -> Iterator[None]:
    """Remember, until the end, what ``once`` finds."""
    token = _found.set({})
    try:
        yield
    finally:
        _found.reset(token)


def once(question: Hashable, ask: Callable[[], T]) -> T:
    """The answer to ``question``: asked, or remembered from an earlier attempt at the same form.

    >>> with remembering():
    ...     once("n", lambda: 1), once("n", lambda: 2)
    (1, 1)
    >>> once("n", lambda: 3)
    3
    """
    found = _found.get()
    if found is None:
        return ask()
    if question not in found:
        found[question] = ask()
    answer: T = found[question]
    return answer
