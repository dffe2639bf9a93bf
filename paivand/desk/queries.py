"""What lies on somebody's desk today."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from django.utils import timezone

from paivand.access.models import AuditEvent, BreakGlass, RoleAssignment, User
from paivand.access.queries.audit import recent_refusals
from paivand.access.queries.users import expiring_roles, glass_to_review
from paivand.access.rules.verbs import Verb
from paivand.cases.queries.desk import Decision, Worklist, to_decide, worklist
from paivand.collect.queries.inbox import FieldDesk, field_desk
from paivand.instruments.models import RedFlag
from paivand.instruments.queries.flags import open_flags
from paivand.learning.models import FollowUp
from paivand.learning.queries.follow_ups import due_on_desk
from paivand.learning.queries.teaching import TeachingDay, teaching_day
from paivand.referrals.queries.referrals import ReferralDesk, desk_of
from paivand.registry.models import Family
from paivand.registry.queries.families import recently_opened
from paivand.registry.queries.lists import families
from paivand.registry.rules.lists import Filters, Order

FLAGS = 6
REGISTERED = 6


@dataclass(frozen=True)
class Desk:
    """The parts of the desk; those that a role has no right to stay empty."""

    work: Worklist | None = None
    flags: list[RedFlag] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    referrals: ReferralDesk | None = None
    opened: list[Family] = field(default_factory=list)
    registered: list[Family] = field(default_factory=list)
    teaching: TeachingDay | None = None
    asked_after: list[FollowUp] = field(default_factory=list)
    from_field: FieldDesk | None = None
    reviews: list[BreakGlass] = field(default_factory=list)
    refusals: list[AuditEvent] = field(default_factory=list)
    expiring: list[RoleAssignment] = field(default_factory=list)

    @property
    def has_work(self) -> bool:
        """Whether something is due in the coming week."""
        return self.work is not None and bool(self.work.overdue.rows or self.work.today.rows or self.work.week.rows)


def desk(by: User, *, now: datetime | None = None) -> Desk:
    """The desk of ``by``."""
    verbs = by.verbs
    return Desk(
        work=worklist(by, now=now) if Verb.CASE_WORK in verbs else None,
        flags=open_flags(by, FLAGS) if Verb.ASSESSMENT_RECORD in verbs else [],
        decisions=to_decide(by) if Verb.CASE_APPROVE in verbs else [],
        referrals=desk_of(by, now) if Verb.REFERRAL_ANSWER in verbs else None,
        teaching=teaching_day(by, today=timezone.localdate(now)) if Verb.LEARNING_TEACH in verbs else None,
        asked_after=due_on_desk(by, timezone.localdate(now)) if Verb.LEARNING_ENROL in verbs else [],
        from_field=field_desk(by) if Verb.FORM_FILL in verbs else None,
        opened=recently_opened(by) if Verb.FAMILY_OPEN in verbs else [],
        registered=list(
            families(by, Filters(order=Order.NEW, mine=Verb.FAMILY_REGISTER in verbs), size=REGISTERED).rows
        )
        if Verb.FAMILY_OPEN in verbs
        else [],
        reviews=glass_to_review(by, open_only=True)[:6] if Verb.GLASS_REVIEW in verbs else [],
        refusals=recent_refusals(by) if Verb.AUDIT_VIEW in verbs else [],
        expiring=expiring_roles(by) if Verb.USER_VIEW in verbs else [],
    )
