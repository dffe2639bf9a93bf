"""The questions by which all cuts of indicators are asked for, in as few passes as there are kinds of cuts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

from paivand.evidence.rules.asking import Ask
from paivand.evidence.rules.indicators import Dimension, Indicator
from paivand.evidence.rules.telling import tables_of

Question = tuple[list[Indicator], Ask]


def questions(asked: Iterable[Indicator], ask: Ask | None = None) -> list[Question]:
    """The questions for all cuts of each indicator; a pair brings the cuts by each of its dimensions."""
    groups: defaultdict[tuple[Dimension, ...], list[Indicator]] = defaultdict(list)
    for one in asked:
        tables = tables_of(one)
        pairs = [table for table in tables if len(table) > 1]
        covered = {dimension for pair in pairs for dimension in pair}
        for table in (*pairs, *(table for table in tables if len(table) == 1 and table[0] not in covered)) or ((),):
            groups[table].append(one)
    return [(theirs, replace(ask or Ask(), by=table)) for table, theirs in groups.items()]
