"""The section of a case with the referrals that grew out of it."""

from __future__ import annotations

from typing import Any

from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.cases.models import Case
from paivand.cases.queries.closure import referrals_of_case


def section(by: User, case: Case) -> dict[str, Any]:
    """The referrals of the case, those under way first; never one from the sealed room."""
    may = case.is_open and by.reach(Verb.REFERRAL_SEND).covers(case)
    return {"case_referrals": referrals_of_case(by, case), "may_refer": may}
