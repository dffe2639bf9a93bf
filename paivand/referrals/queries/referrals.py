"""Finding referrals and reading them, as the asking user may see them: from the sender's side and the receiver's."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils import timezone

from paivand.access.models import User
from paivand.access.models.policies import InScope
from paivand.access.rules.verbs import Verb
from paivand.core.rules.codes import number_in_code
from paivand.core.rules.pages import Page
from paivand.core.rules.privacy import DataClass
from paivand.core.rules.whole_numbers import read_whole
from paivand.referrals.models import AnswerLink, Disclosure, Notice, Preparation, Referral, ReferralStep
from paivand.referrals.models.referrals import RECEIVES, SENDS
from paivand.referrals.rules.notices import Audience
from paivand.referrals.rules.referrals import PENDING, UNANSWERED, OriginKind, ReferralState, Sensitivity
from paivand.registry.queries.people import same_person

PAGE = 25
MOST_ON_DESK = 8


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list of referrals is narrowed to; see ``rules.groups`` for the groups of states."""

    states: frozenset[str] = frozenset()
    overdue: bool = False
    mine: bool = False
    priority: str = ""
    service_type: str = ""
    district: str = ""


def referral_by_code(by: User, code: str) -> Referral | None:
    """The referral with this code, from whichever side ``by`` may see it."""
    number = number_in_code("R", code)
    if not number:
        return None
    found: Referral | None = Referral.objects.seen_by(by).filter(number=number).first()
    return found


def referral_whole(by: User, referral: Referral) -> Referral:
    """The same referral with what its page on the sender's side shows of service, people and family."""
    found = Referral.objects.seen_by(by).select_related(
        "service__district", "sender__agency", "person", "family", "receiver", "receiver_agency", "overridden_by"
    )
    whole: Referral = found.get(pk=referral.pk)
    return whole


def sends(by: User, referral: Referral) -> bool:
    """Whether ``by`` stands on the sender's side of it."""
    return SENDS.allows(by, referral, DataClass.CASE)


def sent(by: User, filters: Filters, *, after: str = "", now: datetime | None = None) -> Page[Referral]:
    """A page of the ordinary referrals of the sender's side, the newest first. Sealed ones stand in their own room."""
    found: QuerySet[Referral] = Referral.objects.filter(
        InScope(Verb.REFERRAL_SEND).q(by, DataClass.CASE), sensitivity=Sensitivity.ORDINARY
    )
    if filters.mine:
        found = found.filter(sender_id=by.pk)
    found = _narrowed(found, filters, now).select_related("service", "sender", "person", "receiver_agency")
    return _page(found, after)


def received(by: User, filters: Filters, *, after: str = "", now: datetime | None = None) -> Page[Referral]:
    """A page of the referrals sent to ``by`` or to the agency served, the newest first, with what was disclosed."""
    page = _page(_narrowed(_to(by), filters, now), after)
    shown = disclosures_shown(by, [row.pk for row in page.rows])
    for row in page.rows:
        row.shown = shown.get(row.pk)  # type: ignore[attr-defined]
    return page


def _to(by: User) -> QuerySet[Referral]:
    """What was sent to ``by``: to the account, or as ordinary to an agency served."""
    if Verb.REFERRAL_ANSWER not in by.verbs:
        return Referral.objects.none()
    agencies = by.reach(Verb.REFERRAL_ANSWER, DataClass.CASE).agencies
    whose = Q(receiver_id=by.pk)
    if agencies:
        whose |= Q(receiver_agency_id__in=agencies, sensitivity=Sensitivity.ORDINARY)
    return Referral.objects.filter(whose).exclude(state=ReferralState.DRAFTED)


def _narrowed(found: QuerySet[Referral], filters: Filters, now: datetime | None) -> QuerySet[Referral]:
    if filters.states:
        found = found.filter(state__in=sorted(filters.states))
    if filters.overdue:
        found = found.filter(state__in=sorted(PENDING), due_at__lte=now or timezone.now())
    for column, value in (
        ("priority", filters.priority),
        ("service_type", filters.service_type),
        ("district_id", filters.district),
    ):
        if value:
            found = found.filter(**{column: value})
    return found


def _page(found: QuerySet[Referral], after: str) -> Page[Referral]:
    last = read_whole(after)
    if last is not None:
        found = found.filter(number__lt=last)
    return Page.cut(list(found.order_by("-number")[: PAGE + 1]), PAGE, lambda row: str(row.number))


# --- what belongs to one ---------------------------------------------------------------------------------------------


def preparation_of(by: User, referral: Referral) -> Preparation | None:
    """What the worker chose and wrote before sending; for the sender's side."""
    found: Preparation | None = Preparation.objects.seen_by(by).filter(referral=referral).first()
    return found


def steps_of(by: User, referral: Referral) -> list[ReferralStep]:
    """The history of a referral, the latest first."""
    found = ReferralStep.objects.seen_by(by).filter(referral=referral).select_related("by__agency")
    return list(found.order_by("-id"))


def disclosures_of(by: User, referral: Referral) -> list[Disclosure]:
    """Everything that left with a referral, the latest first; for the sender's side."""
    return list(Disclosure.objects.seen_by(by).filter(referral=referral).select_related("by").order_by("-id"))


def disclosures_shown(by: User, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Disclosure]:
    """What the receiver ``by`` may read of each referral: the row that left last and is still open."""
    if not ids:
        return {}
    found = Disclosure.objects.filter(RECEIVES.q(by, DataClass.CASE), referral_id__in=list(ids), is_open=True)
    return {row.referral_id: row for row in found.order_by("id")}


def link_of(by: User, referral: Referral) -> AnswerLink | None:
    """The link that was made last; for the sender's side."""
    found: AnswerLink | None = AnswerLink.objects.seen_by(by).filter(referral=referral).order_by("-id").first()
    return found


def notices_about(by: User, referral: Referral) -> list[Notice]:
    """What ``by`` was told about this referral and has not seen yet."""
    return list(Notice.objects.seen_by(by).filter(referral=referral, seen_at=None).order_by("id"))


def notice_seen_by(by: User, news_id: uuid.UUID) -> Notice | None:
    """One notice, if it is for ``by``."""
    found: Notice | None = Notice.objects.seen_by(by).filter(pk=news_id).select_related("referral").first()
    return found


# --- for other rooms -------------------------------------------------------------------------------------------------


def referrals_of_origin(by: User, kind: str, key: uuid.UUID) -> list[Referral]:
    """The referrals that grew out of a case or a survivor's record, the newest first, as ``by`` may see them."""
    found = Referral.objects.filter(SENDS.q(by, DataClass.CASE), origin_kind=kind, origin_id=key)
    return list(found.select_related("service", "sender", "person").order_by("-number"))


def referrals_of_people(by: User, ids: Collection[uuid.UUID]) -> list[Referral]:
    """The ordinary referrals of these people, all their records taken together, the newest first."""
    records = same_person(by, ids)
    found = Referral.objects.filter(
        InScope(Verb.REFERRAL_SEND).q(by, DataClass.CASE), sensitivity=Sensitivity.ORDINARY, person_id__in=list(records)
    )
    return list(found.select_related("service", "sender", "person").order_by("-number"))


@dataclass(frozen=True, slots=True)
class ReferralDesk:
    """What waits on somebody's desk: late ones, news not seen, referrals to answer, and those that wait for others."""

    overdue: list[Referral]
    unread: list[Notice]
    to_answer: list[Referral]
    waiting: list[Referral]


def desk_of(by: User, now: datetime | None = None, *, most: int = MOST_ON_DESK) -> ReferralDesk:
    """The desk of ``by``; nothing of the sealed room on the sender's side stands there.

    A worker sees as late what she sent; a supervisor everything late within reach. Neither people nor services are
    read: a desk that others may look at shows codes only.
    """
    moment = now or timezone.now()
    overdue: list[Referral] = []
    waiting: list[Referral] = []
    if Verb.REFERRAL_SEND in by.verbs:
        own = Referral.objects.filter(
            InScope(Verb.REFERRAL_SEND).q(by, DataClass.CASE),
            sensitivity=Sensitivity.ORDINARY,
            state__in=sorted(PENDING),
        )
        whose = own if Verb.CASE_APPROVE in by.verbs else own.filter(sender_id=by.pk)
        overdue = list(whose.filter(due_at__lte=moment).order_by("due_at", "pk")[:most])
        waiting = list(own.filter(sender_id=by.pk, due_at__gt=moment).order_by("due_at", "pk")[:most])
    to_answer = list(_to(by).filter(state__in=sorted(UNANSWERED)).order_by("due_at", "pk")[:most])
    return ReferralDesk(overdue, unread_notices(by, most=most), to_answer, waiting)


def unread_notices(by: User, *, sealed: bool = False, most: int = MOST_ON_DESK) -> list[Notice]:
    """What ``by`` was told and has not seen yet, the latest first: as sender of ordinary referrals, supervisor or
    receiver; or, ``sealed``, as somebody of the sealed room."""
    found = Notice.objects.seen_by(by).filter(seen_at=None)
    if sealed:
        found = found.filter(sensitivity=Sensitivity.SEALED).exclude(audience=Audience.RECEIVER)
    else:
        found = found.filter(Q(sensitivity=Sensitivity.ORDINARY) | Q(audience=Audience.RECEIVER))
    return list(found.select_related("referral").order_by("-id")[:most])


def sealed_referrals(by: User, *, pending: bool = False) -> list[Referral]:
    """The referrals of the sealed room within reach, the newest first; for that room alone."""
    found = Referral.objects.filter(
        InScope(Verb.SURVIVOR_WORK).q(by, DataClass.CASE),
        sensitivity=Sensitivity.SEALED,
        origin_kind=OriginKind.SURVIVOR,
    )
    if pending:
        found = found.filter(state__in=sorted(PENDING))
    return list(found.select_related("service", "sender").order_by("-number"))
