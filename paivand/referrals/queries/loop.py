"""How many referrals came back with an answer: the loop is closed when the receiver told how it ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q

from paivand.access.models import User
from paivand.access.models.policies import InScope
from paivand.access.rules.verbs import Verb
from paivand.core.models import Place
from paivand.core.rules.privacy import DataClass
from paivand.referrals.models import Referral
from paivand.referrals.rules.clock import fewest_for_a_share
from paivand.referrals.rules.referrals import CLOSING, PENDING, ReferralState, Sensitivity


@dataclass(frozen=True, slots=True)
class Loop:
    """What became of the referrals of one period to one provider in one district, or of all.

    Args:
        n_sent: sent in the period, without those that the sender took back: nobody waits for their answer.
        n_closed: those of them that came back with an end: helped, not helped, or not taken.
        n_helped: those of them in which help was given.
        n_waiting: those of them that are under way still.
        n_silent: those of them that ended without any answer.
    """

    provider: str
    district: str
    n_sent: int
    n_closed: int
    n_helped: int
    n_waiting: int
    n_silent: int

    @property
    def share(self) -> float | None:
        """The share that came back; None for so few that it says nothing.

        >>> Loop("", "", 4, 4, 4, 0, 0).share, Loop("", "", 8, 6, 4, 2, 0).share
        (None, 0.75)
        """
        return self.n_closed / self.n_sent if self.n_sent >= fewest_for_a_share() else None


_COUNTS = {
    "n_sent": Count("pk"),
    "n_closed": Count("pk", filter=Q(state__in=sorted(CLOSING))),
    "n_helped": Count("pk", filter=Q(state=ReferralState.COMPLETED)),
    "n_waiting": Count("pk", filter=Q(state__in=sorted(PENDING))),
    "n_silent": Count("pk", filter=Q(state=ReferralState.EXPIRED)),
}


def loop_closed(by: User, since: datetime, until: datetime | None = None) -> list[Loop]:
    """Per provider and district, as far as ``by`` reaches, the most referrals first; nothing of the sealed room.

    Providers that are told only to those who refer stand together without their names.
    """
    found = Referral.objects.filter(
        InScope(Verb.REFERRAL_SEND).q(by, DataClass.CASE), sensitivity=Sensitivity.ORDINARY, sent_at__gte=since
    ).exclude(state=ReferralState.WITHDRAWN)
    if until:
        found = found.filter(sent_at__lt=until)
    named: Any = found.filter(is_discreet=False).values("service__provider_name", "district_id").annotate(**_COUNTS)
    discreet: Any = found.filter(is_discreet=True).values("district_id").annotate(**_COUNTS)
    rows: list[dict[str, Any]] = [
        *named.order_by("-n_sent", "service__provider_name"),
        *discreet.order_by("-n_sent", "district_id"),
    ]
    places = Place.objects.in_bulk({row["district_id"] for row in rows})
    return [Loop(row.pop("service__provider_name", ""), places[row.pop("district_id")].name, **row) for row in rows]


def together(rows: list[Loop]) -> Loop:
    """All rows added up."""
    sums = {name: sum(getattr(row, name) for row in rows) for name in _COUNTS}
    return Loop("", "", **sums)
