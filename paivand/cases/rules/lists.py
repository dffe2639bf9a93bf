"""The filters of the list of cases: which there are, and how they are kept in an address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Any

from paivand.core.rules.texts import text


class Whose(StrEnum):
    """Whose cases are asked for."""

    MINE = "mine"
    TEAM = "team"
    ALL = "all"
    FORMER = "former"


WHOSE_NAMES = {
    Whose.MINE: text("My cases"),
    Whose.TEAM: text("My team's"),
    Whose.ALL: text("All in my reach"),
    Whose.FORMER: text("Once mine"),
}


class When(StrEnum):
    """When something is due."""

    OVERDUE = "overdue"
    TODAY = "today"
    WEEK = "week"


WHEN_NAMES = {
    When.OVERDUE: text("overdue"),
    When.TODAY: text("until this evening"),
    When.WEEK: text("within a week"),
}


class Order(StrEnum):
    """In which order cases stand."""

    DUE = "due"
    NEW = "new"


ORDER_NAMES = {Order.DUE: text("What is due first"), Order.NEW: text("Newest first")}


@dataclass(frozen=True, slots=True)
class Filters:
    """What somebody asked of the list of cases. Empty values ask nothing; without a state, open cases only."""

    whose: Whose = Whose.MINE
    kind: str = ""
    risk: str = ""
    state: str = ""
    due: str = ""
    order: Order = Order.DUE

    @property
    def chosen(self) -> dict[str, str]:
        """The filters that narrow the list, by name."""
        names = ("kind", "risk", "state", "due")
        return {name: str(getattr(self, name)) for name in names if getattr(self, name)}

    def kept(self) -> dict[str, str]:
        """The filters as plain texts: the query of an address.

        >>> Filters(Whose.ALL, risk="high").kept()
        {'whose': 'all', 'risk': 'high'}
        """
        found = {one.name: str(getattr(self, one.name)) for one in fields(self)}
        return {name: value for name, value in found.items() if value and (name != "order" or value != Order.DUE)}

    def due_before(self, now: datetime) -> datetime | None:
        """The moment before which something must be due to fit; ``now`` is in the time of the place.

        >>> from datetime import UTC
        >>> str(Filters(due="today").due_before(datetime(2026, 12, 3, 9, tzinfo=UTC)))
        '2026-12-04 00:00:00+00:00'
        """
        if self.due == When.OVERDUE:
            return now
        if self.due in {When.TODAY, When.WEEK}:
            days = 1 if self.due == When.TODAY else 8
            return datetime.combine(now.date() + timedelta(days=days), time(0), now.tzinfo)
        return None


def filters_of(values: Mapping[str, Any], whose: Whose) -> Filters:
    """Filters from values that a form has checked; closed cases have nothing due and stand the newest first."""
    given = {name: value for name, value in values.items() if value and name in {one.name for one in fields(Filters)}}
    given["whose"] = Whose(given.get("whose") or whose)
    closed = given.get("state") == "closed" or given["whose"] is Whose.FORMER
    given["order"] = Order.NEW if closed else Order(given.get("order") or Order.DUE)
    if given.get("state") == "closed":
        given.pop("due", None)
    return Filters(**given)
