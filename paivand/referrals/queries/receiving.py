"""Whether somebody is the receiver of a referral."""

from __future__ import annotations

from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.core.rules.privacy import DataClass
from paivand.referrals.models import Referral


def is_receiver(by: User, referral: Referral) -> bool:
    """Whether the referral was sent to ``by``: to the account, or, unless it is sealed, to the agency served."""
    if referral.is_draft or Verb.REFERRAL_ANSWER not in by.verbs:
        return False
    if referral.receiver_id == by.pk:
        return True
    agencies = by.reach(Verb.REFERRAL_ANSWER, DataClass.CASE).agencies
    return not referral.is_sealed and referral.receiver_agency_id in agencies
