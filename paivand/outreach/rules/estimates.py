"""How contacts are told: the ways of counting, and the estimates with their formula and where it comes from.

Every way takes a few numbers, which are kept with the entry, and gives whole contacts. A half is rounded up.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from paivand.core.rules.texts import text

Numbers = Mapping[str, Decimal]


class Way(StrEnum):
    """By what the number of contacts is known. Keys are stored."""

    HEADCOUNT = "headcount"
    SIGN_IN = "sign_in"
    LOG = "log"
    DELIVERED = "delivered"
    DOORS = "doors"
    COPIES = "copies"
    BROADCAST = "broadcast"
    PLATFORM_REACH = "platform_reach"
    PLATFORM_IMPRESSIONS = "platform_impressions"


class Asked(StrEnum):
    """A number that a way of counting asks for. Keys are stored."""

    DOORS = "doors"
    PER_DOOR = "per_door"
    COPIES = "copies"
    READERS = "readers"
    POPULATION = "population"
    COVERAGE = "coverage"
    LISTENING = "listening"
    REACH = "reach"
    IMPRESSIONS = "impressions"
    FREQUENCY = "frequency"


@dataclass(frozen=True, slots=True)
class Number:
    """One number as it is asked: between ``least`` and ``most``; ``whole`` for things, a share in per cent."""

    name: str
    least: Decimal
    most: Decimal
    whole: bool = True
    share: bool = False
    usual: Decimal | None = None


_MANY = Decimal(100_000_000)
NUMBERS: Mapping[Asked, Number] = {
    Asked.DOORS: Number(text("doors that were opened"), Decimal(1), Decimal(100_000)),
    Asked.PER_DOOR: Number(
        text("people spoken with at a door, on average"), Decimal("0.1"), Decimal(30), whole=False, usual=Decimal(1)
    ),
    Asked.COPIES: Number(text("copies given out"), Decimal(1), _MANY),
    Asked.READERS: Number(
        text("readers of a copy, on average"), Decimal("0.1"), Decimal(20), whole=False, usual=Decimal(1)
    ),
    Asked.POPULATION: Number(text("people who live where it is broadcast"), Decimal(1), _MANY),
    Asked.COVERAGE: Number(
        text("of them can receive it, in per cent"), Decimal(0), Decimal(100), whole=False, share=True
    ),
    Asked.LISTENING: Number(
        text("of those listened or watched, in per cent"), Decimal(0), Decimal(100), whole=False, share=True
    ),
    Asked.REACH: Number(text("accounts reached, as the platform tells"), Decimal(0), _MANY),
    Asked.IMPRESSIONS: Number(text("times it was shown, as the platform tells"), Decimal(0), Decimal(10) * _MANY),
    Asked.FREQUENCY: Number(
        text("times one account saw it, on average"), Decimal(1), Decimal(1000), whole=False, usual=Decimal(1)
    ),
}


@dataclass(frozen=True, slots=True)
class Counting:
    """A way of counting: what it is called, its formula in words, where the formula comes from.

    Args:
        asks: the numbers it is computed from; without any, the contacts themselves are counted and typed.
        compute: from these numbers to contacts, not rounded yet; None where they are counted.
        estimate: whether the result is an estimate.
    """

    way: Way
    name: str
    formula: str
    source: str
    asks: tuple[Asked, ...] = ()
    compute: Callable[[Numbers], Decimal] | None = None
    estimate: bool = False


_PERCENT = Decimal(100)


def _broadcast(told: Numbers) -> Decimal:
    return told[Asked.POPULATION] * told[Asked.COVERAGE] / _PERCENT * told[Asked.LISTENING] / _PERCENT


COUNTINGS: Mapping[Way, Counting] = {
    one.way: one
    for one in (
        Counting(
            Way.HEADCOUNT,
            text("counted by heads"),
            text("everybody who was there, counted once at this session"),
            text("counted on the spot by who ran the session"),
        ),
        Counting(
            Way.SIGN_IN,
            text("counted from the sign-in sheet"),
            text("the names on the sheet"),
            text("the sheet of the session"),
        ),
        Counting(
            Way.LOG,
            text("counted from a log"),
            text("the lines of the log"),
            text("the log of calls or visits"),
        ),
        Counting(
            Way.DELIVERED,
            text("messages delivered"),
            text("messages that the operator or the messenger reports as delivered"),
            text("the operator's or messenger's own report"),
        ),
        Counting(
            Way.DOORS,
            text("doors by people at a door"),
            text("doors opened × people spoken with at a door"),
            text("the route sheet for the doors; the average from the visits that were counted"),
            (Asked.DOORS, Asked.PER_DOOR),
            lambda told: told[Asked.DOORS] * told[Asked.PER_DOOR],
            estimate=True,
        ),
        Counting(
            Way.COPIES,
            text("copies by readers"),
            text("copies given out × readers of a copy"),
            text("readers per copy, as readership surveys use them; 1 where nobody asked"),
            (Asked.COPIES, Asked.READERS),
            lambda told: told[Asked.COPIES] * told[Asked.READERS],
            estimate=True,
        ),
        Counting(
            Way.BROADCAST,
            text("audience of a broadcast"),
            text("population × share that can receive it × share of those that listened or watched"),
            text("reach as audience research defines it; population from the census, both shares from a named survey"),
            (Asked.POPULATION, Asked.COVERAGE, Asked.LISTENING),
            _broadcast,
            estimate=True,
        ),
        Counting(
            Way.PLATFORM_REACH,
            text("reach that the platform reports"),
            text("accounts that saw it at least once; an account is no person"),
            text("the platform's own statistics"),
            (Asked.REACH,),
            lambda told: told[Asked.REACH],
            estimate=True,
        ),
        Counting(
            Way.PLATFORM_IMPRESSIONS,
            text("impressions of the platform by frequency"),
            text("times shown ÷ times one account saw it"),
            text("the platform's own statistics: reach = impressions ÷ frequency"),
            (Asked.IMPRESSIONS, Asked.FREQUENCY),
            lambda told: told[Asked.IMPRESSIONS] / told[Asked.FREQUENCY],
            estimate=True,
        ),
    )
}


class NumberError(ValueError):
    """A number is missing or cannot be; ``asked`` says which one."""

    def __init__(self, asked: Asked, *, missing: bool) -> None:
        super().__init__(asked.value)
        self.asked, self.missing = asked, missing


def whole(amount: Decimal) -> int:
    """``amount`` as a whole number; a half is rounded up.

    >>> whole(Decimal("2.5")), whole(Decimal("2.49"))
    (3, 2)
    """
    return int(amount.quantize(Decimal(1), ROUND_HALF_UP))


def estimate(way: Way, told: Mapping[str, Decimal | None]) -> int:
    """The contacts that follow from the numbers of a way of counting.

    >>> estimate(Way.BROADCAST, {"population": Decimal(204895), "coverage": Decimal(60), "listening": Decimal("7.5")})
    9220
    >>> estimate(Way.PLATFORM_IMPRESSIONS, {"impressions": Decimal(1000), "frequency": Decimal(3)})
    333

    Raises:
        NumberError: when one of the numbers is missing or out of its bounds.
        ValueError: for a way by which contacts are counted, not computed.
    """
    counting = COUNTINGS[way]
    if counting.compute is None:
        raise ValueError(f"{way} computes nothing.")
    return whole(counting.compute({asked: _checked(asked, told.get(asked)) for asked in counting.asks}))


def _checked(asked: Asked, value: Decimal | None) -> Decimal:
    number = NUMBERS[asked]
    if value is None:
        if number.usual is None:
            raise NumberError(asked, missing=True)
        return number.usual
    if not number.least <= value <= number.most or (number.whole and value != value.to_integral_value()):
        raise NumberError(asked, missing=False)
    return value
