"""Referrals that grew out of a survivor's file. They are sealed, and lie in the room of referrals."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.utils import timezone

from paivand.access.models import User
from paivand.protection.models import Survivor
from paivand.referrals.models import AnswerLink, DirectoryService, Disclosure, Notice, Referral, ReferralStep
from paivand.referrals.queries import referrals as queries
from paivand.referrals.rules.referrals import PENDING, OriginKind, Sensitivity


def referrals_of(by: User, survivor: Survivor) -> list[Referral]:
    """All referrals of a file, the latest first."""
    found = Referral.objects.seen_by(by).filter(origin_kind=OriginKind.SURVIVOR, origin_id=survivor.pk)
    return list(found.filter(sensitivity=Sensitivity.SEALED).select_related("service").order_by("-number"))


def under_way(by: User, survivor: Survivor, consents: Iterable[uuid.UUID] | None = None) -> list[Referral]:
    """The referrals of a file that wait for something; of these consents only, if they are named."""
    rows = [row for row in referrals_of(by, survivor) if row.state in PENDING]
    return rows if consents is None else [row for row in rows if row.consent_ref in set(consents)]


@dataclass
class Opened:
    """One referral with everything that belongs to it."""

    referral: Referral
    steps: list[ReferralStep] = field(default_factory=list)
    disclosures: list[Disclosure] = field(default_factory=list)
    link: AnswerLink | None = None
    notices: list[Notice] = field(default_factory=list)


def referral_of(by: User, survivor: Survivor, referral_id: uuid.UUID) -> Opened | None:
    """One referral of a file."""
    row = next((row for row in referrals_of(by, survivor) if row.pk == referral_id), None)
    if row is None:
        return None
    return Opened(
        row, queries.steps_of(by, row), queries.disclosures_of(by, row), queries.link_of(by, row),
        queries.notices_about(by, row),
    )  # fmt: skip


@dataclass
class Desk:
    """What came back from services, and what is late."""

    news: Sequence[Notice]
    late: Sequence[Referral]


def desk(by: User) -> Desk:
    """Answers that nobody of the room has seen yet, and referrals whose answer is overdue."""
    now = timezone.now()
    pending = queries.sealed_referrals(by, pending=True)
    return Desk(queries.unread_notices(by, sealed=True), [row for row in pending if row.is_overdue(now)])


def notice_seen_by(by: User, notice_id: uuid.UUID) -> Notice | None:
    """One of the room's notices."""
    found = Notice.objects.seen_by(by).filter(pk=notice_id, sensitivity=Sensitivity.SEALED)
    row: Notice | None = found.select_related("referral").first()
    return row


def answers_in_program(service: DirectoryService) -> User | None:
    """The account that answers for a service; nobody where it answers by a link or by telephone.

    A sealed referral goes to one named account, never to all of an agency.
    """
    user = service.focal_user
    return user if user and user.is_active else None
