"""What a referral needs to know of the case that it grows out of."""

from __future__ import annotations

import uuid

from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.cases.queries.cases import case_by_key, case_people
from paivand.referrals.queries.origins import Origin
from paivand.referrals.rules.referrals import OriginKind


def case_origin(by: User, key: uuid.UUID) -> Origin | None:
    """The open case with this key, where ``by`` works in it: its code and its people, never why it was opened."""
    case = case_by_key(by, key)
    if case is None or not case.is_open or not by.reach(Verb.CASE_WORK).covers(case):
        return None
    people = [row.shown.pk for row in case_people(by, case) if row.shown]  # type: ignore[attr-defined]
    return Origin(OriginKind.CASE, case.pk, case.family_id, case.code, tuple(people))
