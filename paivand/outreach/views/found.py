"""What an address names in the room of reach: found for who asks, or refused."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _

from paivand.access.models import User
from paivand.access.queries.users import agencies
from paivand.access.rules.scopes import Scope
from paivand.access.rules.verbs import Verb
from paivand.access.views.gate import asking, demand, forbid, lose
from paivand.core.rules.errors import Refused
from paivand.core.rules.privacy import DataClass
from paivand.outreach.models import Campaign, Material, ReachEntry
from paivand.outreach.queries.campaigns import campaign_by_code, material_by_id
from paivand.outreach.queries.entries import entry_by_id
from paivand.registry.queries.families import jamoats
from paivand.registry.queries.places import districts_within


def records(by: User, row: Any) -> bool:
    """Whether ``by`` may write what lies where ``row`` lies."""
    return by.reach(Verb.OUTREACH_RECORD).covers(row)


def entry_of(request: HttpRequest, key: uuid.UUID, verb: Verb = Verb.RESULTS_VIEW) -> tuple[User, ReachEntry]:
    """Who asks, and the entry: figures are seen wherever they lie, and written within reach only."""
    by = asking(request)
    demand(by, verb)
    row = entry_by_id(by, key)
    if row is None:
        lose(by, verb)
    if verb is Verb.OUTREACH_RECORD and not records(by, row):
        forbid(by, verb, row)
    return by, row


def entry_with_names(request: HttpRequest, key: uuid.UUID) -> tuple[User, ReachEntry]:
    """The entry, for who may see the names of those who came."""
    by, row = entry_of(request, key, Verb.OUTREACH_RECORD)
    if not by.reach(Verb.OUTREACH_RECORD, DataClass.LEARNING).covers(row):
        forbid(by, Verb.OUTREACH_RECORD, row)
    return by, row


def campaign_of(request: HttpRequest, code: str, verb: Verb = Verb.RESULTS_VIEW) -> tuple[User, Campaign]:
    """Who asks, and the campaign."""
    by = asking(request)
    demand(by, verb)
    row = campaign_by_code(by, code)
    if row is None:
        lose(by, verb, code)
    if verb is Verb.OUTREACH_RECORD and not records(by, row):
        forbid(by, verb, row)
    return by, row


def material_of(request: HttpRequest, key: uuid.UUID, verb: Verb = Verb.RESULTS_VIEW) -> tuple[User, Material]:
    """Who asks, and the material."""
    by = asking(request)
    demand(by, verb)
    row = material_by_id(by, key)
    if row is None:
        lose(by, verb)
    if verb is Verb.OUTREACH_RECORD and not records(by, row):
        forbid(by, verb, row)
    return by, row


def or_404(found: Any) -> Any:
    """What was found.

    Raises:
        Http404: where there is nothing.
    """
    if found is None:
        raise Http404
    return found


def once(run: Callable[[], Any]) -> None:
    """Do it; a second sending of the same form changes nothing and is no error."""
    try:
        run()
    except Refused as refused:
        if refused.code != "twice":
            raise


def agency_choices(by: User) -> list[tuple[str, str]]:
    """The agencies as choices."""
    return [(str(one.pk), one.name) for one in agencies(by)]


def place_choices(by: User, district: str | None = None, *, free: bool = False) -> list[tuple[str, str]]:
    """Where ``by`` may record: jamoats and whole districts; all of one district where it is given.

    Args:
        free: offer "the whole programme" too, where ``by`` reaches it.
    """
    districts = [one for one in districts_within(by, Verb.OUTREACH_RECORD) if district in {None, one.pk}]
    parts: dict[str, list[tuple[str, str]]] = {}
    for jamoat in jamoats(by, Verb.OUTREACH_RECORD):
        label = jamoat.name if len(districts) == 1 else f"{jamoat.parent.name} · {jamoat.name}"  # type: ignore[union-attr]
        parts.setdefault(str(jamoat.parent_id), []).append((jamoat.pk, label))
    found = []
    if free and by.reach(Verb.OUTREACH_RECORD).covers(everywhere(by)):
        found.append(("", _("the whole programme")))
    for one in districts:
        found += [*parts.get(one.pk, []), (one.pk, _("%(district)s, the whole district") % {"district": one.name})]
    return found


def everywhere(by: User) -> Scope:
    """Where lies what ``by`` writes down for the whole programme."""
    return Scope(None, by.agency_id, by.team_id, by.pk)
