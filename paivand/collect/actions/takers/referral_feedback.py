"""What the person told after a referral; for a service without account, its answer follows from it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from paivand.access.models import User
from paivand.access.models.policies import InScope
from paivand.access.rules.verbs import Verb
from paivand.collect.actions.takers.parts import found_at, said_at
from paivand.collect.models import Submission
from paivand.collect.rules.filled import Filled
from paivand.collect.rules.taking import Made, Taken
from paivand.core.rules.errors import Refused
from paivand.core.rules.privacy import DataClass
from paivand.referrals.actions.feedback import hear_from_person
from paivand.referrals.actions.sending import tell_answer
from paivand.referrals.models import Referral, ReferralFeedback
from paivand.referrals.rules.feedback import ACT_OF, CAME, FeedbackDraft, Helped, Received, Trouble
from paivand.referrals.rules.referrals import UNANSWERED, Act, Outcome, Sensitivity, Way, step
from paivand.registry.rules.keys import row_key

_FIELDS = {
    "asked_on": "asked_on", "helped_on": "told/helped_on", "happened_on": "told/helped_on",
    "helped": "told/helped", "words": "told/words", "reason": "told/received",
}  # fmt: skip


def take(*, filled: Filled, sent: Submission, by: User, answers: Mapping[str, Any]) -> Taken:
    """Write down what was told; who did not want to tell leaves no trace but the form itself.

    Raises:
        Refused: as ``hear_from_person`` and ``tell_answer``; ``choose``, ``gone``, ``date``, ``received``.
    """
    if filled.value("may_ask") != "yes":
        return Taken()
    rows = Referral.objects.filter(InScope(Verb.REFERRAL_SEND).q(by, DataClass.CASE), sensitivity=Sensitivity.ORDINARY)
    referral: Referral = found_at(filled, "referral", rows)
    key = row_key(sent.pk, "feedback")
    if not ReferralFeedback.objects.filter(pk=key).exists():
        draft = told(filled)
        with said_at(_FIELDS, "referral"):
            hear_from_person(referral=referral, feedback_id=key, draft=draft, by=by)
            _answer(referral, draft, _why(filled), by)
    families = (referral.family_id,) if referral.family_id else ()
    made = Made("referral", referral.pk, referral.code, "referrals:referral-open", {"referral_code": referral.code})
    return Taken((made,), families)


def told(filled: Filled) -> FeedbackDraft:
    """What the person told.

    Raises:
        Refused: ``date`` or ``received`` where it is missing.
    """
    asked_on = filled.day("asked_on")
    if asked_on is None:
        raise Refused(_("Write the day on which it was asked."), "date", field="asked_on")
    if filled.value("told/received") not in set(Received):
        raise Refused(_("Choose one from the list."), "received", field="told/received")
    received = Received(filled.value("told/received"))
    came = received in CAME
    return FeedbackDraft(
        asked_on=asked_on, received=received,
        helped=Helped(filled.value("told/helped"))
        if (came or received is Received.BEGUN) and filled.value("told/helped") else None,
        helped_on=filled.day("told/helped_on") if came else None,
        troubles=tuple(Trouble(one) for one in filled.values("told/problems") if one in set(Trouble)),
        more_needed=filled.value("told/more_needed") == "yes", words=filled.value("told/words"),
    )  # fmt: skip


def _why(filled: Filled) -> str:
    return filled.value("told/why_declined") or filled.value("told/why_failed")


def _answer(referral: Referral, draft: FeedbackDraft, why: str, by: User) -> None:
    """Close the loop of a service that answers by telephone or on paper, as far as the referral stands before it.

    Whoever has an account or holds a link answers alone. What the service told already stays.
    """
    act = ACT_OF.get(draft.received)
    if act is None or referral.way in {Way.ACCOUNT, Way.LINK}:
        return
    if act not in {Act.DECLINE, Act.ACCEPT} and referral.state in UNANSWERED:
        referral = _tell(referral, Act.ACCEPT, by)
    if step(referral.state, act) is None:
        return
    _tell(
        referral, act, by, reason=why if act in {Act.DECLINE, Act.NOT_COMPLETE} else "",
        outcome=(Outcome.COMPLETED if draft.received is Received.COMPLETED else Outcome.PARTLY)
        if act is Act.COMPLETE else "",
        happened_on=(draft.helped_on or draft.asked_on) if act is Act.COMPLETE else None,
    )  # fmt: skip


def _tell(
    referral: Referral, act: Act, by: User, *, reason: str = "", outcome: str = "", happened_on: date | None = None
) -> Referral:
    return tell_answer(
        referral=referral, act=act, version=referral.version, by=by, reason=reason, outcome=outcome,
        happened_on=happened_on, note=_("Told by the person."),
    )  # fmt: skip
