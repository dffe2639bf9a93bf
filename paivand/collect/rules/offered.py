"""To whom a survey is offered, and when; and why an answer that came does not count by itself.

Who may answer is told by how the survey stands when an answer is taken in: its agency and its districts, held against
those of the sender. When it was open is told by its first and last day: an answer that arrived within them was given
within them, because nothing is older than its arrival. Of one that arrived later, the telephone alone knows when it was
begun; its word is taken if the day can be: within the days of the survey, not before the version was there, not after
the arrival. Whatever cannot be known, a person decides.

Whether a survey is closed plays no part: the door takes nothing for one that is closed, and what had arrived before
was let in.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from paivand.core.rules.texts import text


class Unoffered(StrEnum):
    """Why an answer does not count by itself."""

    AGENCY = "agency"
    DISTRICT = "district"
    EARLY = "early"
    OVER = "over"
    VERSION = "version"


UNOFFERED_WORDS: dict[Unoffered, str] = {
    Unoffered.AGENCY: text("The survey is offered to the workers of another agency."),
    Unoffered.DISTRICT: text("The survey is not offered in any district in which the sender works."),
    Unoffered.EARLY: text("It arrived before the first day of the survey."),
    Unoffered.OVER: text("It arrived after the last day of the survey, and nothing shows that it was begun in time."),
    Unoffered.VERSION: text("It was filled in on a version of the survey that was never put to use."),
}


@dataclass(frozen=True, slots=True)
class Offer:
    """To whom a survey is offered, and when. Without an agency: to all; without districts: everywhere."""

    agency: uuid.UUID | None = None
    districts: frozenset[str] = frozenset()
    opens_on: date | None = None
    closes_on: date | None = None

    def hinders_on(self, day: date) -> Unoffered | None:
        """What speaks against a day.

        >>> Offer(opens_on=date(2026, 11, 1)).hinders_on(date(2026, 10, 31))
        <Unoffered.EARLY: 'early'>
        """
        if self.opens_on is not None and day < self.opens_on:
            return Unoffered.EARLY
        if self.closes_on is not None and day > self.closes_on:
            return Unoffered.OVER
        return None


@dataclass(frozen=True, slots=True)
class Filler:
    """Who fills in: her agency, and the districts that her roles name; ``everywhere`` if they do not bind her."""

    agency: uuid.UUID | None = None
    districts: frozenset[str] = frozenset()
    everywhere: bool = False


@dataclass(frozen=True, slots=True)
class Given:
    """When an answer was given, as far as that is known.

    Args:
        received_on: the day of its arrival.
        begun_on: the day on which it was begun as the telephone says; None where it does not say.
        published_on: the day on which the version came that it was filled in on.
        version_in_use: whether that version ever was given to telephones.
    """

    received_on: date
    begun_on: date | None = None
    published_on: date | None = None
    version_in_use: bool = True


def hindered_for(offer: Offer, who: Filler) -> tuple[Unoffered, ...]:
    """What speaks against somebody.

    >>> hindered_for(Offer(districts=frozenset({"TJ-KT-02"})), Filler(districts=frozenset({"TJ-KT-09"})))
    (<Unoffered.DISTRICT: 'district'>,)
    """
    found = []
    if offer.agency is not None and offer.agency != who.agency:
        found.append(Unoffered.AGENCY)
    if offer.districts and not who.everywhere and not offer.districts & who.districts:
        found.append(Unoffered.DISTRICT)
    return tuple(found)


def unoffered(offer: Offer, who: Filler, given: Given) -> tuple[Unoffered, ...]:
    """Why an answer does not count by itself; empty where it does.

    >>> offer = Offer(closes_on=date(2026, 11, 20))
    >>> unoffered(offer, Filler(), Given(date(2026, 11, 25), begun_on=date(2026, 11, 19)))
    ()
    >>> unoffered(offer, Filler(), Given(date(2026, 11, 25)))
    (<Unoffered.OVER: 'over'>,)
    """
    found = list(hindered_for(offer, who))
    if not given.version_in_use:
        found.append(Unoffered.VERSION)
    hindrance = offer.hinders_on(given.received_on)
    if hindrance is not None and not (_is_known(given) and offer.hinders_on(given.begun_on or date.max) is None):
        found.append(hindrance)
    return tuple(found)


def _is_known(given: Given) -> bool:
    if given.begun_on is None or given.begun_on > given.received_on:
        return False
    return given.published_on is None or given.begun_on >= given.published_on


BEGINNINGS = ("start", "today", "end")
"""Kinds of questions that a telephone answers by itself with the day, the earliest first."""


def begun_on(answers: Iterable[tuple[str, str]]) -> date | None:
    """The earliest day that a form itself tells, of the kinds and answers of its questions.

    >>> begun_on([("today", "2026-11-20"), ("start", "2026-11-19T09:00:00.000+05:00"), ("text", "1999-01-01")])
    datetime.date(2026, 11, 19)
    """
    days = []
    for kind, said in answers:
        if kind in BEGINNINGS:
            try:
                days.append(date.fromisoformat(said[:10]))
            except ValueError:
                continue
    return min(days, default=None)


def told(found: Collection[Unoffered]) -> list[dict[str, str]]:
    """The reasons as they are kept with the answer."""
    return [{"unoffered": str(one)} for one in found]


def reasons(kept: Iterable[Mapping[str, Any]]) -> list[Unoffered]:
    """The reasons that were kept."""
    return [Unoffered(one["unoffered"]) for one in kept if one.get("unoffered") in set(Unoffered)]
