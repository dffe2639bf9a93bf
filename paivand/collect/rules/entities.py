"""Changes of registered families that devices made, also without a signal: in which order, on which version, and
whether somebody else changed the same meanwhile.

A device numbers what it does by itself: each change of one entry raises the version that it keeps by one, all changes
made without the server belong to one branch, and ``trunk`` is the server's version that the branch grew from. The
server's version is that of the registry's row, which rises with the changes of screens too. So the first change of a
branch names a version of the server; each later one names one that only the branch knows, and what it stands on is
what the change before it became here.

The last write is always applied. What is flagged is that it did not know of another one: ``soft`` when the two touch
different properties, ``hard`` when one property was changed by both to different values; then a person decides.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from paivand.collect.rules.filled import EntityWrite
from paivand.core.rules.errors import Refused
from paivand.core.rules.texts import text

AWAITED = timedelta(days=5)
"""How long a change waits for the one before it in its branch; then it is applied without."""

UPDATABLE: Mapping[str, frozenset[str]] = {
    "families": frozenset({"village", "housing", "land"}),
    "people": frozenset({"lives", "absence"}),
}
"""The properties of each list of entries that a form may change."""

CREATABLE = frozenset({"families", "people"})
"""Lists to which a form may add; the registration of a family makes them."""


class Conflict(StrEnum):
    """Whether a change met another one that it did not know of."""

    NONE = ""
    SOFT = "soft"
    HARD = "hard"


CONFLICT_NAMES = {
    Conflict.NONE: text("no conflict"),
    Conflict.SOFT: text("changed beside another change"),
    Conflict.HARD: text("the same was changed twice"),
}


class ChangeKind(StrEnum):
    """What a form did with an entry."""

    CREATE = "create"
    UPDATE = "update"


class Resolution(StrEnum):
    """How a person settled a conflict."""

    OPEN = ""
    SENT = "sent"
    FORMER = "former"
    OTHER = "other"


RESOLUTION_NAMES = {
    Resolution.OPEN: text("not decided yet"),
    Resolution.SENT: text("what the device sent stays"),
    Resolution.FORMER: text("what stood here before comes back"),
    Resolution.OTHER: text("something else was written"),
}


@dataclass(frozen=True)
class Declared:
    """What a form version says of itself that it does with the entries of one list.

    Args:
        within: the parts of the form that do it, without positions: empty for the whole form, or such as ``members/``.
    """

    creates: bool = False
    updates: bool = False
    within: frozenset[str] = frozenset({""})


@dataclass(frozen=True)
class Standing:
    """A registered row as it stands.

    Args:
        changed_in: for each property the version in which it changed last; what is missing never did.
        known: whether versions named by the device are versions of this row. False for a row with which the device's
            own was joined.
    """

    version: int
    values: Mapping[str, str]
    changed_in: Mapping[str, int] = field(default_factory=dict)
    known: bool = True


@dataclass(frozen=True)
class Step:
    """An earlier change of the same entry.

    Args:
        base: the version that the device named.
        version: what the registry's row had afterwards.
    """

    branch: uuid.UUID | None
    base: int | None
    version: int


@dataclass(frozen=True)
class Verdict:
    """What becomes of a change.

    Args:
        waits: the change before it in its branch is not here yet.
        base: the version of the registry's row that the device had seen; None when it cannot be known.
        values: the properties that differ from what stands there, with their new values.
        disputed: those of them that somebody else changed since ``base``.
    """

    waits: bool = False
    base: int | None = None
    conflict: Conflict = Conflict.NONE
    values: Mapping[str, str] = field(default_factory=dict)
    disputed: tuple[str, ...] = ()
    forced: bool = False


def demand_sound(write: EntityWrite, declared: Mapping[str, Declared]) -> None:
    """Raise unless a change is one that its form declares and that this list allows.

    Raises:
        Refused: ``undeclared`` or ``branch``.
    """
    said = declared.get(write.dataset, Declared())
    is_declared = (said.creates or not write.creates) and (said.updates or not write.updates)
    if not is_declared or write.path not in said.within:
        raise Refused(
            text("This form does something with a list of families that it does not declare. Use a newer form."),
            "undeclared",
        )
    if write.updates and not write.creates:
        strange = set(write.values) - UPDATABLE.get(write.dataset, frozenset())
        if strange or write.dataset not in UPDATABLE:
            raise Refused(
                text("This form changes something that no form may change. Change it in the family's file."),
                "undeclared", detail={"properties": sorted(strange)},
            )  # fmt: skip
    if write.creates and write.dataset not in CREATABLE:
        raise Refused(text("This form adds to a list to which no form may add."), "undeclared")
    if write.trunk_version is not None and write.branch_id is None:
        raise Refused(
            text("The app did not say to which row of changes this one belongs. Send the form again."), "branch"
        )
    if write.updates and not write.creates and write.base_version is None:
        raise Refused(text("The app did not say which version of the family it changed. Fill it in again."), "branch")


def demand_once(writes: Iterable[EntityWrite]) -> None:
    """Raise when a form does something with one entry twice: which of the two counts, nobody could tell.

    Raises:
        Refused: ``twice``, at the part of the form that says it again.
    """
    seen: set[tuple[str, uuid.UUID]] = set()
    for write in writes:
        if (write.dataset, write.entity_id) in seen:
            raise Refused(
                text("This form says something about the same person or family twice. Leave one of the two."), "twice",
                field=write.at.rstrip("/"),
            )  # fmt: skip
        seen.add((write.dataset, write.entity_id))


def judge(write: EntityWrite, standing: Standing, steps: Iterable[Step], *, may_wait: bool) -> Verdict:
    """What becomes of an update of a row that is here.

    Args:
        steps: earlier changes of the same entry, in the order in which they were applied.
        may_wait: whether there is still time for the change before it to arrive.
    """
    base, is_here = _base(write, list(steps))
    if not is_here and may_wait:
        return Verdict(waits=True)
    if not standing.known or (base is not None and base > standing.version):
        base = None
    new = {name: value for name, value in write.values.items() if standing.values.get(name, "") != value}
    if base is None:
        disputed = tuple(sorted(new))
    else:
        disputed = tuple(sorted(name for name in new if standing.changed_in.get(name, 0) > base))
    conflict = Conflict.HARD if disputed else Conflict.NONE
    if not disputed and base != standing.version:
        conflict = Conflict.SOFT
    return Verdict(base=base, conflict=conflict, values=new, disputed=disputed, forced=not is_here)


def _base(write: EntityWrite, steps: list[Step]) -> tuple[int | None, bool]:
    """The registry's version on which a change stands, and whether what it stands on is here.

    Without the change before it, the trunk is what the device is known to have seen; an entry that it made itself and
    never saw again has the version of its registration, 1.
    """
    said, trunk = write.base_version, write.trunk_version
    if write.branch_id is None:
        return said, True
    if said == trunk or (trunk is None and said == 1):
        return said, True
    before = [step for step in steps if step.branch == write.branch_id and step.base == (said or 0) - 1]
    if before:
        return before[-1].version, True
    return (trunk if trunk is not None else 1), False
