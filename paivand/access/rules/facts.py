"""The name of the role that reads for figures."""

from __future__ import annotations

ENDING = "_facts"


def facts_role(database: str) -> str:
    """The name of the role: one for each database, so that installations on one server stay apart.

    >>> facts_role("paivand")
    'paivand_facts'
    """
    return f"{database}{ENDING}"[:63]
