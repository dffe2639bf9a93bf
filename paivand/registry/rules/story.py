"""A family's story: what happened, of which kind, and the turns that months of money tell."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from paivand.core.rules.dates import Precision
from paivand.core.rules.texts import text
from paivand.registry.rules.remittances import Signal, money_signals, month_before


class StoryKind(StrEnum):
    """By what the story can be narrowed down."""

    MIGRATION = "migration"
    MONEY = "money"
    HELP = "help"
    CONSENTS = "consents"
    FAMILY = "family"


class Happening(StrEnum):
    """One thing that a story tells."""

    STEP = "step"
    STEP_REVERSED = "step_reversed"
    REVERSAL = "reversal"
    LEFT = "left"
    RETURNED = "returned"
    TIE = "tie"
    FIRST_MONEY = "first_money"
    NO_MONEY = "no_money"
    MONEY_FELL = "money_fell"
    MONEY_AGAIN = "money_again"
    AGREED = "agreed"
    WITHDRAWN = "withdrawn"
    JOINED = "joined"
    LEFT_FAMILY = "left_family"
    MERGED = "merged"
    UNMERGED = "unmerged"


KIND_NAMES = {
    StoryKind.MIGRATION: text("migration"),
    StoryKind.MONEY: text("money"),
    StoryKind.HELP: text("help"),
    StoryKind.CONSENTS: text("consents"),
    StoryKind.FAMILY: text("family"),
}
_H = Happening
KIND_OF = {
    **dict.fromkeys((_H.STEP, _H.STEP_REVERSED, _H.REVERSAL), StoryKind.HELP),
    **dict.fromkeys((_H.LEFT, _H.RETURNED, _H.TIE), StoryKind.MIGRATION),
    **dict.fromkeys((_H.FIRST_MONEY, _H.NO_MONEY, _H.MONEY_FELL, _H.MONEY_AGAIN), StoryKind.MONEY),
    **dict.fromkeys((_H.AGREED, _H.WITHDRAWN), StoryKind.CONSENTS),
    **dict.fromkeys((_H.JOINED, _H.LEFT_FAMILY, _H.MERGED, _H.UNMERGED), StoryKind.FAMILY),
}
"""To which kind each thing belongs."""

TURN_OF = {Signal.NONE_3_MONTHS: Happening.NO_MONEY, Signal.FELL_40_PERCENT: Happening.MONEY_FELL}


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the story.

    Args:
        on: the day, or the first day of the month or year.
        people: whom it is about, by the record that stays for each; empty for the family as a whole.
        row: the record that tells it.
        more: further records told in the same line.
    """

    on: date
    happening: Happening
    people: tuple[uuid.UUID, ...] = ()
    precision: Precision = Precision.DAY
    row: Any = None
    more: tuple[Any, ...] = ()

    @property
    def kind(self) -> StoryKind:
        """By what the story can be narrowed down to it."""
        return KIND_OF[self.happening]


def money_turns(received: Mapping[date, Decimal], today: date) -> list[tuple[date, Happening]]:
    """The months in which the money turned: the first that came, each month that raised a signal, and its coming again.

    Every month is read as if it were the latest that was asked about. The running month is not judged.

    >>> silent = {date(2026, month, 1): Decimal(0) for month in (3, 4, 5)}
    >>> [str(turn) for _, turn in money_turns({date(2026, 2, 1): Decimal(9), **silent}, date(2026, 11, 22))]
    ['first_money', 'no_money']
    """
    turns: list[tuple[date, Happening]] = []
    told: dict[date, Decimal] = {}
    raised: frozenset[Signal] = frozenset()
    came = False
    for month in sorted(month for month in received if month < today.replace(day=1)):
        told[month] = received[month]
        if received[month] > 0:
            if not came:
                turns.append((month, Happening.FIRST_MONEY))
            elif Signal.NONE_3_MONTHS in raised:
                turns.append((month, Happening.MONEY_AGAIN))
            came = True
        found = money_signals(told, month_before(month, -1))
        turns += [(month, TURN_OF[signal]) for signal in Signal if signal in found - raised]
        raised = found
    return turns
