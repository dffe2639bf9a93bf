"""A supervisor's board: what stands about one worker, and who needs the supervisor most."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from paivand.cases.rules.caseload import Caseload, caseload_rules


@dataclass(frozen=True, slots=True)
class Standing:
    """What lies with one worker, in numbers.

    Args:
        load: her open cases, all of them.
        n_here: how many of these lie within the reach of who looks at the board.
        supervised_on: the day of the last supervision session; None for never.
    """

    load: Caseload
    n_here: int = 0
    overdue: int = 0
    plans: int = 0
    closures: int = 0
    flags: int = 0
    escalated: int = 0
    handing_over: int = 0
    taking_over: int = 0
    supervised_on: date | None = None
    next_session_on: date | None = None

    @property
    def n_elsewhere(self) -> int:
        """Open cases beyond the reach of who looks."""
        return max(0, self.load.n_open - self.n_here)

    @property
    def waiting(self) -> int:
        """What waits for the supervisor's own word."""
        return self.plans + self.closures

    def is_long_without_supervision(self, today: date) -> bool:
        """Whether the last session is too long ago; somebody without an open case needs none."""
        if not self.load.n_open:
            return False
        days = timedelta(days=caseload_rules().supervision_days)
        return self.supervised_on is None or today - self.supervised_on > days

    def trouble(self, today: date) -> tuple[int, int, int, int, int, int, int]:
        """How much this worker needs the supervisor, for sorting: the first thing that differs decides.

        People in danger first (red flags), then what nobody answered (escalated referrals), a load above the limit,
        what is overdue, what waits for the supervisor, transfers, and a long time without supervision.

        >>> from decimal import Decimal
        >>> calm, full = (Caseload.of({"high": n}, Decimal(25)) for n in (2, 13))
        >>> today = date(2026, 11, 22)
        >>> Standing(full).trouble(today) > Standing(calm, overdue=9).trouble(today)
        True
        """
        return (
            self.flags,
            self.escalated,
            int(self.load.is_over),
            self.overdue,
            self.waiting,
            self.handing_over + self.taking_over,
            int(self.is_long_without_supervision(today)),
        )
