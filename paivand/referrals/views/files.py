"""What several pages of referrals begin with: the referral that an address names, seen from either side."""

from __future__ import annotations

from django.http import HttpRequest

from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.access.views.gate import asking, demand, lose
from paivand.referrals.models import Referral
from paivand.referrals.queries import referrals as queries
from paivand.registry.models import Family
from paivand.registry.queries.families import family_by_code


def family_asked(by: User, code: str) -> Family:
    """The open file with this code, or a 404."""
    family = family_by_code(by, code)
    if family is None or family.is_withdrawn:
        lose(by, Verb.REFERRAL_SEND)
    return family


def referral_asked(request: HttpRequest, code: str, verb: Verb = Verb.REFERRAL_SEND) -> tuple[User, Referral]:
    """Who asks, and the referral with this code as far as she may see it: 403 without the verb, 404 beyond.

    On the sender's side a sealed one has its pages in the sealed room, and none here.
    """
    by = asking(request)
    demand(by, verb)
    found = queries.referral_by_code(by, code)
    if found is None or (verb is not Verb.REFERRAL_ANSWER and (found.is_sealed or not queries.sends(by, found))):
        lose(by, verb)
    return by, found
