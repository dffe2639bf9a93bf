"""Telephones without a signal as ODK Collect keeps them, and a naive judge of what they sent.

A telephone keeps its own copy of a family: each change made on it raises the copy's version by one, all changes since
the last reading of the server's list belong to one branch, and the trunk is the server's version that the branch grew
from. The judge reads the whole history each time, so it knows nothing of how the house decides.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from paivand.collect.rules.entities import Conflict
from paivand.collect.rules.filled import EntityWrite

NAMES = ("village", "housing", "land")


@dataclass(frozen=True)
class Sent:
    """A form on its way.

    Args:
        after: the number of the change before it on the same telephone and branch.
        seen: the server's version that the telephone had read.
    """

    number: int
    write: EntityWrite
    after: int | None
    seen: int = field(compare=False)


class Device:
    """What one telephone knows of the family, and how it numbers its own changes.

    Args:
        trunk: none where it registered the family itself and has not seen it come back.
    """

    def __init__(self, family: uuid.UUID, trunk: int | None, new_branch: Callable[[], uuid.UUID]) -> None:
        self.family, self.trunk, self._new_branch = family, trunk, new_branch
        self.version, self.is_offline = 1, False
        self.branch, self.last = new_branch(), None
        self.last: int | None

    def fills_in(self, number: int, values: Mapping[str, str]) -> Sent:
        """A worker changes something, with or without a signal."""
        write = EntityWrite(
            "families", self.family, False, True, self.version, self.trunk, self.branch, "", dict(values)
        )
        form = Sent(number, write, self.last, self.trunk or 1)
        self.version += 1
        self.is_offline, self.last = True, number
        return form

    def reads(self, version: int) -> None:
        """It reads the server's list: what is not older than its own copy wins, and begins another branch."""
        if version > self.version or (version == self.version and self.is_offline):
            self.version = self.trunk = version
            self.branch, self.last, self.is_offline = self._new_branch(), None, False


@dataclass(frozen=True)
class Applied:
    """One entry of the history: the whole row after it; ``number`` is that of the form, none for a screen."""

    version: int
    values: Mapping[str, str]
    touched: frozenset[str]
    number: int | None


class History:
    """What became of the family's row, one change after the other."""

    def __init__(self, values: Mapping[str, str], version: int = 1) -> None:
        self.rows = [Applied(version, dict(values), frozenset(), None)]

    @property
    def stands(self) -> Applied:
        """The row now."""
        return self.rows[-1]

    def write(self, values: Mapping[str, str], number: int | None = None) -> frozenset[str]:
        """Somebody writes these values. Returns what changed; what is there already leaves the version as it is."""
        before = self.stands
        touched = frozenset(name for name, value in values.items() if before.values[name] != value)
        self.rows.append(Applied(before.version + bool(touched), {**before.values, **values}, touched, number))
        return touched

    def judge(self, form: Sent, *, forced: bool) -> tuple[Conflict, tuple[str, ...]]:
        """What the change met, from who wrote what between what the telephone had seen and what it wrote."""
        at = next(i for i, row in enumerate(self.rows) if row.number == form.number)
        if form.after is None or forced:
            seen = max(i for i, row in enumerate(self.rows[:at]) if row.version == form.seen)
        else:
            seen = next(i for i, row in enumerate(self.rows) if row.number == form.after)
        between, stood = self.rows[seen + 1 : at], self.rows[at - 1].values
        differ = {name for name, value in form.write.values.items() if stood[name] != value}
        disputed = sorted(name for name in differ if any(name in row.touched for row in between))
        if disputed:
            return Conflict.HARD, tuple(disputed)
        is_beside = self.rows[at - 1].version > self.rows[seen].version
        return (Conflict.SOFT if is_beside else Conflict.NONE), ()

    def applied(self) -> list[int]:
        """The numbers of the forms that were applied, in their order."""
        return [row.number for row in self.rows if row.number is not None]


def in_order(forms: Iterable[Sent]) -> list[Sent]:
    """Forms as they were filled in."""
    return sorted(forms, key=lambda form: form.number)
