"""The filters of the family list: which there are, how they are kept, and which go together with the alphabet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum
from typing import Any

from paivand.core.rules.texts import text
from paivand.registry.rules.families import FamilyState
from paivand.registry.rules.migration import ABSENCE_NAMES, RESTRICTED, AbsenceStatus


class Order(StrEnum):
    """In which order families stand."""

    NAME = "name"
    NEW = "new"


ORDER_NAMES = {Order.NAME: text("By name"), Order.NEW: text("Newest first")}


class FoundBy(StrEnum):
    """By what the search found a family."""

    CODE = "code"
    TELEPHONE = "telephone"
    PAPER = "paper"
    NAME = "name"
    FORMER = "former"


FOUND_BY_NAMES = {
    FoundBy.TELEPHONE: text("found by telephone"),
    FoundBy.PAPER: text("found by the number of a paper"),
    FoundBy.FORMER: text("found by a spelling of an earlier record"),
}
"""What is said beside a hit; a code or a name that was typed shows itself."""

PUBLIC_ABSENCES = {status: name for status, name in ABSENCE_NAMES.items() if status not in RESTRICTED}
"""The absence statuses that lists and exports may show, with their names."""

MOST_VIEWS = 20
"""How many views one person may keep."""

IN_THE_ALPHABET = frozenset({"district", "jamoat", "worker", "mine", "order"})
"""The filters whose answer comes from an index in alphabetical order. With any other, the newest stand first."""

NAMELESS = frozenset({FamilyState.WITHDRAWN})
"""States in which a list shows the code only: who withdrew consent was told that nobody finds them in a list."""


@dataclass(frozen=True, slots=True)
class Filters:
    """What somebody asked of the family list. Empty values ask nothing; only open files unless ``state`` says other."""

    district: str = ""
    jamoat: str = ""
    worker: str = ""
    mine: bool = False
    absence: str = ""
    signal: str = ""
    origin: str = ""
    state: str = FamilyState.ACTIVE
    since: date | None = None
    until: date | None = None
    order: str = Order.NAME

    @property
    def chosen(self) -> dict[str, Any]:
        """The filters that narrow the list, by name; the order is none of them."""
        return {name: value for name, value in self._different().items() if name != "order"}

    @property
    def by_name(self) -> bool:
        """Whether the alphabet was asked for and can be had with these filters.

        >>> Filters(jamoat="TJ-KT-02-01").by_name, Filters(absence="missing").by_name, Filters(order="new").by_name
        (True, False, False)
        """
        return self.order == Order.NAME and not set(self.chosen) - IN_THE_ALPHABET

    @property
    def is_open_only(self) -> bool:
        """Whether only active files are asked for."""
        return self.state == FamilyState.ACTIVE

    def kept(self) -> dict[str, str]:
        """The filters as plain texts: the query of an address, and what a saved view holds.

        >>> Filters(mine=True, since=date(2026, 11, 1)).kept()
        {'mine': '1', 'since': '2026-11-01'}
        """
        return {
            name: "1" if value is True else value.isoformat() if isinstance(value, date) else str(value)
            for name, value in self._different().items()
        }

    def _different(self) -> dict[str, Any]:
        return {one.name: getattr(self, one.name) for one in fields(self) if getattr(self, one.name) != one.default}


def filters_of(values: Mapping[str, Any]) -> Filters:
    """Filters from values that a form has checked; what is absent or empty asks nothing.

    A status that lists may not show is no filter.

    >>> filters_of({"absence": "conscripted", "jamoat": "TJ-KT-02-01", "state": ""}).kept()
    {'jamoat': 'TJ-KT-02-01'}
    """
    names = {one.name for one in fields(Filters)}
    given = {name: value for name, value in values.items() if name in names and value not in {None, ""}}
    if given.get("absence") in {str(status) for status in RESTRICTED} or given.get("absence") not in set(AbsenceStatus):
        given.pop("absence", None)
    return Filters(**given)
