"""Whole numbers that an address, a header or a hidden field tells."""

from __future__ import annotations

_MOST_DIGITS = 18
"""As many always fit into a number of the database."""


def read_whole(said: str) -> int | None:
    """The whole number, zero or above; None for anything else that a stranger may write there.

    Python counts "²" among the digits and refuses to read thousands of them, so neither may come as far as ``int``.

    >>> [read_whole(said) for said in ("42", "", "-1", "²", "9" * 5000)]
    [42, None, None, None, None]
    """
    return int(said) if said.isascii() and said.isdigit() and len(said) <= _MOST_DIGITS else None
