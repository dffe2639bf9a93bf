"""The file that an address names: found within the reach of who asks, or a 404."""

from __future__ import annotations

import uuid

from django.http import Http404

from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.access.views.gate import demand, lose
from paivand.registry.models import Family, FamilyMember
from paivand.registry.queries import families as queries


def family_of(by: User, code: str, *, withdrawn: bool = False) -> Family:
    """The family with this code, or a 404 that leaves a refusal in the audit.

    A file whose head withdrew the consent to registration shows nobody's name any more: only a page that says
    ``withdrawn``, because it knows that, gets it.
    """
    demand(by, Verb.FAMILY_OPEN)
    family = queries.family_by_code(by, code)
    if family is None:
        lose(by, Verb.FAMILY_OPEN, code)
    if family.is_withdrawn and not withdrawn:
        raise Http404
    return family


def member_of(by: User, code: str, member_id: uuid.UUID) -> tuple[Family, FamilyMember]:
    """The family with this code and one of its present members, or a 404."""
    family = family_of(by, code)
    member = queries.member(by, family, member_id)
    if member is None:
        raise Http404
    return family, member
