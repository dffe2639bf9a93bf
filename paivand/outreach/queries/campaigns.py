"""Campaigns and their materials, as the asking user may see them."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date

from django.db.models import Q, QuerySet, Sum

from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.core.rules.pages import Page
from paivand.outreach.models import Campaign, Material, MaterialMove, ReachEntry
from paivand.outreach.rules.contacts import EntryState
from paivand.programme.models import Activity, Output

PAGE = 25
MOST_OFFERED = 60


def campaigns(by: User, *, after: str = "", size: int = PAGE) -> Page[Campaign]:
    """A page of campaigns, the latest first."""
    found = _seen(by).order_by("-starts_on", "-id")
    if after:
        day, _dash, key = after.partition("_")
        try:
            on, pk = date.fromisoformat(day), uuid.UUID(key)
        except ValueError:
            return Page([], None, more=False)
        found = found.filter(Q(starts_on__lt=on) | Q(starts_on=on, id__lt=pk))
    return Page.cut(list(found[: size + 1]), size, lambda row: f"{row.starts_on}_{row.pk}")


def campaign_by_code(by: User, code: str) -> Campaign | None:
    """The campaign with this code."""
    return _seen(by).filter(code=code.upper()).first()


def open_campaigns(by: User, day: date) -> list[Campaign]:
    """The campaigns that an entry of ``day`` may belong to; those that are over lately are offered too."""
    found = _seen(by).filter(starts_on__lte=day).order_by("-starts_on", "-id")
    return list(found[:MOST_OFFERED])


def contacts_of(by: User, rows: Sequence[Campaign]) -> dict[uuid.UUID, int]:
    """The contacts of each of these campaigns, as known now."""
    found = ReachEntry.objects.seen_by(by).filter(campaign__in=[row.pk for row in rows], state=EntryState.CONFIRMED)
    return dict(found.order_by().values_list("campaign_id").annotate(n=Sum("n_contacts")))


def plan_parts(by: User) -> list[tuple[str, str, str]]:
    """Outputs and activities of every programme: programme code, code of the part, title."""
    found = []
    for model in (Output, Activity):
        rows = model.objects.seen_by(by).select_related("programme").order_by("programme__code", "code")
        found += [(row.programme.code, row.code, str(row.title)) for row in rows]
    return sorted(found)


def materials_of(by: User, campaign: Campaign) -> list[Material]:
    """The materials of a campaign, the latest first."""
    found = Material.objects.seen_by(by).filter(campaign=campaign)
    return list(found.select_related("district", "agency").order_by("-id")[:MOST_OFFERED])


def material_by_id(by: User, key: uuid.UUID) -> Material | None:
    """One material."""
    row: Material | None = (
        Material.objects.seen_by(by).filter(pk=key).select_related("campaign", "district", "agency").first()
    )
    return row


def moves_of(by: User, material: Material) -> list[MaterialMove]:
    """How the copies of a material came and went, the latest first."""
    found = MaterialMove.objects.seen_by(by).filter(material=material)
    return list(found.select_related("entry", "recorded_by").order_by("-id")[:MOST_OFFERED])


def materials_at_hand(by: User) -> list[Material]:
    """The materials within reach of ``by`` of which copies are left."""
    reach = by.reach(Verb.OUTREACH_RECORD)
    found = Material.objects.seen_by(by).filter(Material.policy.add.q(by, None)) if reach else Material.objects.none()
    return [row for row in found.order_by("-id")[:MOST_OFFERED] if row.n_left > 0]


def materials_given_at(by: User, entry: ReachEntry) -> list[tuple[Material, int]]:
    """What was given out at an entry, with how many copies."""
    found = MaterialMove.objects.seen_by(by).filter(entry=entry).select_related("material").order_by("id")
    given: dict[uuid.UUID, tuple[Material, int]] = {}
    for move in found:
        _row, n = given.get(move.material_id, (move.material, 0))
        given[move.material_id] = (move.material, n + move.n_copies)
    return [(row, n) for row, n in given.values() if n]


def _seen(by: User) -> QuerySet[Campaign]:
    found: QuerySet[Campaign] = Campaign.objects.seen_by(by)
    return found.select_related("district", "agency", "partner_agency")
