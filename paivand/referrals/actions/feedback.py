"""Asking the person how a referral went."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from paivand.access.actions.mechanism import action, remark
from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.core.rules.errors import Refused
from paivand.referrals.actions.moving import locked
from paivand.referrals.models import Referral, ReferralFeedback
from paivand.referrals.rules.feedback import FeedbackDraft


@action(Verb.REFERRAL_SEND, on="referral")
def hear_from_person(
    *, referral: Referral, feedback_id: uuid.UUID, draft: FeedbackDraft, by: User, now: datetime | None = None
) -> ReferralFeedback:
    """Write down what the person told; the service never sees it, and the referral stays where it stands.

    Raises:
        Refused: ``twice``; ``draft`` before it was sent; as ``FeedbackDraft.demand``.
    """
    row = locked(by, referral)
    if ReferralFeedback.objects.filter(pk=feedback_id).exists():
        raise Refused(_("This form was saved already."), "twice")
    if row.sent_at is None:
        raise Refused(_("Nothing was sent yet. Ask the person once the service has answered."), "draft")
    try:
        draft.demand(timezone.localdate(row.sent_at), timezone.localdate(now or timezone.now()))
    except Refused as refused:
        raise Refused(_(refused.message), refused.code, field=refused.field) from None
    made: ReferralFeedback = ReferralFeedback.about(
        row, id=feedback_id, asked_on=draft.asked_on, received=draft.received.value, helped=draft.helped or "",
        helped_on=draft.helped_on, troubles=sorted(one.value for one in draft.troubles),
        more_needed=draft.more_needed, words=draft.words.strip(), heard_by=by,
    )  # fmt: skip
    made.save(force_insert=True)
    remark(act="hear", received=made.received, grave=made.is_grave)
    return made
