"""What a coordinator asks of the board, and how its shares are made."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Filters:
    """Which groups are shown; empty asks nothing."""

    state: str = ""
    course: str = ""
    district: str = ""
    agency: str = ""

    @property
    def chosen(self) -> bool:
        """Whether anything is asked."""
        return bool(self.state or self.course or self.district or self.agency)


@dataclass(frozen=True, slots=True)
class Figures:
    """The counters of some groups together."""

    places: int = 0
    asking: int = 0
    enrolled: int = 0
    completed: int = 0
    failed: int = 0
    left: int = 0

    def __add__(self, other: Figures) -> Figures:
        return Figures(
            self.places + other.places, self.asking + other.asking, self.enrolled + other.enrolled,
            self.completed + other.completed, self.failed + other.failed, self.left + other.left,
        )  # fmt: skip

    @property
    def took_part(self) -> int:
        """Everybody who was ever enrolled."""
        return self.enrolled + self.completed + self.failed + self.left

    @property
    def drop_out(self) -> int | None:
        """The percentage of those ever enrolled who left before the end, to the nearest; None where nobody was.

        >>> Figures(enrolled=10, completed=8, left=2).drop_out, Figures().drop_out
        (10, None)
        """
        return _percent(self.left, self.took_part)

    @property
    def completion(self) -> int | None:
        """The percentage of those who came to an end who completed; None where nobody has yet.

        Those still enrolled count neither way.

        >>> Figures(enrolled=10, completed=8, failed=1, left=1).completion, Figures(enrolled=4).completion
        (80, None)
        """
        return _percent(self.completed, self.completed + self.failed + self.left)


def _percent(part: int, whole: int) -> int | None:
    return (200 * part + whole) // (2 * whole) if whole else None
