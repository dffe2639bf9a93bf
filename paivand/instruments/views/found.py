"""What an address names: found within the reach of who asks, or a 404 that leaves a refusal in the audit."""

from __future__ import annotations

import uuid
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.access.views.gate import demand, lose
from paivand.instruments.models import Assessment
from paivand.instruments.queries import assessments as queries
from paivand.instruments.rules.catalogue import instrument
from paivand.instruments.rules.instruments import Instrument
from paivand.registry.models import Family
from paivand.registry.queries.families import family_by_code


def family_of(by: User, code: str, verb: Verb) -> Family:
    """The family with this code, or a 404; 403 for a role that does not hold ``verb``."""
    demand(by, verb)
    family = family_by_code(by, code)
    if family is None or family.is_withdrawn or not by.reach(Verb.CASE_VIEW).covers(family):
        lose(by, verb, code)
    return family


def assessment_of(by: User, assessment_id: uuid.UUID, verb: Verb = Verb.CASE_VIEW) -> tuple[Assessment, Instrument]:
    """One questionnaire with the version that was asked, or a 404."""
    demand(by, verb)
    row = queries.assessment(by, assessment_id)
    declared = instrument(row.instrument, row.instrument_version) if row else None
    if row is None or declared is None:
        lose(by, verb)
    return row, declared


def next_of(request: HttpRequest) -> str:
    """Where the page was come from and should be gone back to; empty unless it is an address of this program."""
    asked = request.GET.get("next", "")
    safe = url_has_allowed_host_and_scheme(asked, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return asked if safe and asked.startswith("/") else ""


def address(request: HttpRequest, name: str, *, more: dict[str, str] | None = None, **kwargs: Any) -> str:
    """The address of a page of this room, with the way back kept in it."""
    query = {key: value for key, value in {**(more or {}), "next": next_of(request)}.items() if value}
    return reverse(f"instruments:{name}", kwargs=kwargs) + (f"?{urlencode(query)}" if query else "")
