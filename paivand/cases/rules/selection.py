"""Selecting families for help of which there is not enough for all: states, places, decisions, who may take them."""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar

from paivand.core.rules.texts import text

K = TypeVar("K")


class RoundState(StrEnum):
    """How far a selection has come."""

    PREPARING = "preparing"
    COMMISSION = "commission"
    DECIDED = "decided"
    APPEALS = "appeals"
    CLOSED = "closed"
    CALLED_OFF = "called_off"


EDGES: Mapping[RoundState, frozenset[RoundState]] = {
    RoundState.PREPARING: frozenset({RoundState.COMMISSION, RoundState.CALLED_OFF}),
    RoundState.COMMISSION: frozenset({RoundState.DECIDED, RoundState.CALLED_OFF}),
    RoundState.DECIDED: frozenset({RoundState.APPEALS, RoundState.CLOSED}),
    RoundState.APPEALS: frozenset({RoundState.CLOSED}),
    RoundState.CLOSED: frozenset(),
    RoundState.CALLED_OFF: frozenset(),
}
"""Where a round may go from each state. Nothing leads back: a list with mistakes is called off while it is not signed;
what changes after signing is an appeal, a family's own no, or a place that became free, and stands beside it."""

SIGNED = frozenset({RoundState.DECIDED, RoundState.APPEALS, RoundState.CLOSED})
"""States of a round whose list was signed."""
STILL_OPEN = frozenset({RoundState.DECIDED, RoundState.APPEALS})
"""States in which a signed round still takes appeals and fills places that become free."""

STATE_NAMES = {
    RoundState.PREPARING: text("being prepared"),
    RoundState.COMMISSION: text("in the commission"),
    RoundState.DECIDED: text("decided"),
    RoundState.APPEALS: text("appeals are heard"),
    RoundState.CLOSED: text("closed"),
    RoundState.CALLED_OFF: text("called off"),
}


class Part(StrEnum):
    """The part of the list in which a family stands: in the order of need, or apart while its need is not known."""

    LISTED = "listed"
    TO_ASSESS = "to_assess"


PART_NAMES = {Part.LISTED: text("on the list"), Part.TO_ASSESS: text("to be assessed")}


class Unassessed(StrEnum):
    """Why a family's need of today is not known."""

    NEVER = "never"
    OUTDATED = "outdated"
    INCOMPLETE = "incomplete"


UNASSESSED_NAMES = {
    Unassessed.NEVER: text("never assessed"),
    Unassessed.OUTDATED: text("the assessment is outdated"),
    Unassessed.INCOMPLETE: text("the assessment is not complete enough"),
}


class Outcome(StrEnum):
    """What is decided about a family."""

    SELECTED = "selected"
    RESERVE = "reserve"
    REFERRED = "referred"
    NOT_ELIGIBLE = "not_eligible"
    REFUSED = "refused"


OUTCOME_NAMES = {
    Outcome.SELECTED: text("selected"),
    Outcome.RESERVE: text("reserve"),
    Outcome.REFERRED: text("referred elsewhere"),
    Outcome.NOT_ELIGIBLE: text("not eligible"),
    Outcome.REFUSED: text("refused by the family"),
}
OUTCOME_TONES = {
    Outcome.SELECTED: "ok",
    Outcome.RESERVE: "info",
    Outcome.REFERRED: "primary",
    Outcome.NOT_ELIGIBLE: "quiet",
    Outcome.REFUSED: "quiet",
}


@dataclass(frozen=True, slots=True)
class Choice:
    """What somebody decides about a family, and why."""

    outcome: Outcome
    reason_code: str
    words: str = ""
    referred_to: str = ""


NEEDS_PROFILE = frozenset({Outcome.SELECTED, Outcome.RESERVE})
"""What nobody decides about a family whose need of today is not known."""

APPEALED_TO = (Outcome.SELECTED, Outcome.RESERVE)
"""Where an appeal that is upheld may move a family."""


class Basis(StrEnum):
    """On what a decision rests. Only the commission's are signed; the others come after and stand beside it."""

    COMMISSION = "commission"
    APPEAL = "appeal"
    FAMILY = "family"
    PLACE_FREED = "place_freed"


BASIS_NAMES = {
    Basis.COMMISSION: text("the commission"),
    Basis.APPEAL: text("an appeal"),
    Basis.FAMILY: text("the family's own wish"),
    Basis.PLACE_FREED: text("a place that became free"),
}


class Added(StrEnum):
    """How a family came onto the list."""

    DRAWN = "drawn"
    BY_HAND = "by_hand"
    BY_APPEAL = "by_appeal"


class MemberKind(StrEnum):
    """A signer has an account and decides; an outside member is heard."""

    SIGNER = "signer"
    OUTSIDE = "outside"


class ConflictKind(StrEnum):
    """Why a member of the commission does not decide about a family."""

    RELATIVE = "relative"
    NEIGHBOUR = "neighbour"
    OTHER = "other"


CONFLICT_NAMES = {
    ConflictKind.RELATIVE: text("a relative"),
    ConflictKind.NEIGHBOUR: text("a neighbour or friend"),
    ConflictKind.OTHER: text("another tie"),
}


class AppealState(StrEnum):
    """How far an appeal has come."""

    OPEN = "open"
    UPHELD = "upheld"
    REJECTED = "rejected"


APPEAL_NAMES = {
    AppealState.OPEN: text("waits for a decision"),
    AppealState.UPHELD: text("upheld"),
    AppealState.REJECTED: text("rejected"),
}


class Void(StrEnum):
    """What changed a list after it was signed."""

    DECISION = "decision"
    CONFLICT = "conflict"
    PLACES = "places"
    SEATS = "seats"
    FAMILIES = "families"


VOID_NAMES = {
    Void.DECISION: text("a decision changed"),
    Void.CONFLICT: text("somebody stepped aside, or came back"),
    Void.PLACES: text("the number of places changed"),
    Void.SEATS: text("the commission changed"),
    Void.FAMILIES: text("a family was added or assessed"),
}


class Group(StrEnum):
    """The two groups from which families are revisited."""

    SELECTED = "selected"
    OTHERS = "others"


GROUP_NAMES = {Group.SELECTED: text("selected"), Group.OTHERS: text("not selected")}


class Finding(StrEnum):
    """What a revisit found: whether the family belonged into the group in which it stands."""

    RIGHT = "right"
    WRONG = "wrong"
    NOT_FOUND = "not_found"


class How(StrEnum):
    """How a family was looked at again."""

    HOME_VISIT = "home_visit"
    ASSESSMENT = "assessment"


HOW_NAMES = {How.HOME_VISIT: text("home visit"), How.ASSESSMENT: text("new assessment")}


def may_move(state: RoundState, to: RoundState) -> bool:
    """Whether a round may go from ``state`` to ``to``.

    >>> may_move(RoundState.PREPARING, RoundState.DECIDED), may_move(RoundState.DECIDED, RoundState.APPEALS)
    (False, True)
    """
    return to in EDGES[state]


def months_before(day: date, months: int) -> date:
    """The same day of an earlier month, or its last day where that month is shorter.

    >>> months_before(date(2026, 8, 31), 6)
    datetime.date(2026, 2, 28)
    """
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def unassessed(severity: Decimal | None, answered_on: date | None, today: date, months: int) -> Unassessed | None:
    """Why the need of a family is not known on ``today``; None when it is.

    A profile asked exactly ``months`` ago still counts.

    >>> unassessed(Decimal(60), date(2026, 5, 24), date(2026, 11, 24), 6) is None
    True
    >>> unassessed(Decimal(60), date(2026, 5, 23), date(2026, 11, 24), 6)
    <Unassessed.OUTDATED: 'outdated'>
    """
    if answered_on is None:
        return Unassessed.NEVER
    if severity is None:
        return Unassessed.INCOMPLETE
    return Unassessed.OUTDATED if answered_on < months_before(today, months) else None


def proposals(in_order: Sequence[tuple[K, bool]], quota: int) -> dict[K, Outcome]:
    """What is proposed for the families of one jamoat, given in the order of need with whether they are in need.

    Those in need get the places in their order, the others of them the reserve; whoever is not in need is not eligible.

    >>> [str(found) for found in proposals([("a", True), ("b", False), ("c", True)], 1).values()]
    ['selected', 'not_eligible', 'reserve']
    """
    found, left = {}, quota
    for key, in_need in in_order:
        if not in_need:
            found[key] = Outcome.NOT_ELIGIBLE
        elif left > 0:
            found[key], left = Outcome.SELECTED, left - 1
        else:
            found[key] = Outcome.RESERVE
    return found


PROPOSED_REASONS = {
    Outcome.SELECTED: "greatest_need",
    Outcome.RESERVE: "others_in_greater_need",
    Outcome.NOT_ELIGIBLE: "need_below",
}
"""The reason with which a proposal is taken over as it stands."""


def departs(outcome: Outcome, proposal: str) -> bool:
    """Whether a decision departs from the order of need, and so must be explained in words.

    What the family itself wants, a referral and a condition of the programme that is not met have reasons of their own.

    >>> departs(Outcome.SELECTED, "reserve"), departs(Outcome.RESERVE, "selected"), departs(Outcome.REFUSED, "selected")
    (True, True, False)
    """
    return outcome in NEEDS_PROFILE and outcome != proposal


def appeal_until(decided_on: date, told_on: date | None, days: int) -> date:
    """The last day on which a family may appeal: counted from the day on which it was told, if that came later.

    >>> appeal_until(date(2026, 11, 1), date(2026, 11, 10), 15)
    datetime.date(2026, 11, 25)
    """
    return max(decided_on, told_on or decided_on) + timedelta(days=days)


@dataclass(frozen=True, slots=True)
class Line:
    """One family on the list as it is signed. ``aside`` are the seats of members who do not decide about it."""

    family: str
    jamoat: str
    part: str
    rank: int | None
    severity: str
    urgent: bool
    outcome: str
    reason: str
    words: str
    referred_to: str
    aside: tuple[str, ...] = ()


def list_content(
    *, round_code: str, programme: str, seed: str, quotas: Mapping[str, int], seats: Iterable[tuple[str, str, str]],
    lines: Iterable[Line],
) -> dict[str, object]:  # fmt: skip
    """What a signature covers, in one order that is always the same: places, seats, and every family with what was
    decided, why, and who stepped aside. Its fingerprint is what is signed.

    Args:
        seats: for each seat its key, the function, and whether it signs or is heard.
    """
    return {
        "round": round_code,
        "programme": programme,
        "seed": seed,
        "places": dict(sorted(quotas.items())),
        "seats": sorted([list(seat) for seat in seats]),
        "families": [
            [
                line.family, line.jamoat, line.part, line.rank, line.severity, line.urgent, line.outcome, line.reason,
                line.words, line.referred_to, sorted(line.aside),
            ]
            for line in sorted(lines, key=lambda line: line.family)
        ],
    }  # fmt: skip


def short_of_signers(
    aside: Mapping[K, frozenset[str]], signed: Iterable[str], needed: int
) -> dict[K, int]:  # fmt: skip
    """The families for which fewer than ``needed`` of those who signed may speak, and how many are missing.

    Args:
        aside: for each family the seats that stepped aside from it.
        signed: the seats that signed.

    >>> short_of_signers({"F-1": frozenset({"a"}), "F-2": frozenset()}, ["a", "b"], 2)
    {'F-1': 1}
    """
    seats = set(signed)
    counted = {family: len(seats - out) for family, out in aside.items()}
    return {family: needed - n for family, n in counted.items() if n < needed}
