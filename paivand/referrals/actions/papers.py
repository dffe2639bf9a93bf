"""A PDF with a password for a receiver without account: what leaves is written down when it is made."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from paivand.access.actions.mechanism import action, remark
from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.referrals.actions.disclosing import disclose, leaving
from paivand.referrals.actions.links import demand_ground, demand_open_way
from paivand.referrals.actions.moving import locked
from paivand.referrals.actions.sending import receiver_label
from paivand.referrals.models import Disclosure, Preparation, Referral
from paivand.referrals.rules.referrals import Way


@action(Verb.REFERRAL_SEND, on="referral")
def issue_pdf(
    *, referral: Referral, version: int, by: User, names_agreed: bool = False, now: datetime | None = None
) -> Disclosure:
    """Write down what leaves as a PDF; the document itself is typeset from this row and kept nowhere.

    Raises:
        Refused: ``ended`` or ``state`` unless it is under way, ``stale``, ``account`` where the receiver answers in the
            program, ``consent`` when nothing allows it any more.
    """
    row = locked(by, referral)
    moment = now or timezone.now()
    demand_open_way(row, version)
    demand_ground(by, row, moment)
    values = leaving(by, row, Way.PDF, moment, names_agreed=names_agreed)
    lens = Preparation.objects.get(referral=row).lens
    shown = disclose(row, lens, values, way=Way.PDF, receiver=receiver_label(row.service), by=by, now=moment,
                     names_agreed=names_agreed)  # fmt: skip
    remark(act="pdf.issue", fields=len(values))
    return shown
