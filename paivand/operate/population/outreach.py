"""Writes the demonstration's campaigns and what reached people, through the room's own actions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any
from uuid import UUID

import yaml
from django.utils import timezone

from paivand.access.models import User
from paivand.access.models.identity import acting_as
from paivand.access.queries.users import placement
from paivand.access.rules.scopes import Scope
from paivand.core.models import Place
from paivand.operate.population.cohorts import evenly
from paivand.operate.population.telling import share
from paivand.outreach.actions.bulk import ManyEntry, record_many
from paivand.outreach.actions.campaigns import plan_campaign
from paivand.outreach.actions.entries import confirm_entry, record_entry, reverse_entry
from paivand.outreach.models import Campaign
from paivand.outreach.rules.contacts import TOLD_PARTS
from paivand.outreach.rules.drafts import CampaignDraft, EntryDraft
from paivand.outreach.rules.estimates import Asked, Way
from paivand.registry.rules.keys import row_key

SOURCE = Path(__file__).parent.parent.parent / "parameters" / "demo_outreach.yaml"
ROOT = UUID("019a0000-0000-7000-8000-00000007eac4")
PROGRAMME, OUTPUT = "JP-2021", "3.3"
LONGEST = 660
"""How many days ago the first entries were made."""


@lru_cache(maxsize=1)
def told() -> dict[str, Any]:
    """What is declared."""
    declared: dict[str, Any] = yaml.safe_load(SOURCE.read_text(encoding="utf-8"))
    return declared


def outreach_written(manager: User) -> bool:
    """Whether there are campaigns already."""
    with acting_as(manager):
        return Campaign.objects.exists()


def sizes(n_families: int) -> list[tuple[Mapping[str, Any], list[int]]]:
    """For each line the contacts of its entries, which together are the share of the published figure."""
    lines, whole = told()["lines"], share("contacts", n_families, told())
    declared = told()["figures"]["contacts"]
    part = min(1, n_families / told()["families"])
    found, given, meant = [], 0, 0
    for line in lines:
        meant += line["contacts"]
        size = round(whole * meant / declared) - given
        given += size
        found.append((line, evenly(size, max(1, min(size, round(line["times"] * part))))))
    return found


def write_outreach(users: Mapping[str, User], n_families: int, today: date) -> None:
    """Plan the campaigns, write what they reached, and one entry that was wrong and one that is not ready."""
    manager, worker = users["manager"], users["social.kulob"]
    with acting_as(manager):
        for row in told()["campaigns"]:
            plan_campaign(
                scope=_whole(manager), campaign_id=_campaign(row["code"]), draft=_plan(row, today), by=manager
            )
        rows = list(_entries(manager, n_families, today))
        for start in range(0, len(rows), 500):
            record_many(rows=rows[start : start + 500], by=manager, today=today)
    with acting_as(worker):
        _by_hand(worker, today)


def _whole(by: User) -> Scope:
    return Scope(None, by.agency_id, None, None)


def _campaign(code: str) -> UUID:
    return row_key(ROOT, "campaign", code)


def _plan(row: Mapping[str, Any], today: date) -> CampaignDraft:
    return CampaignDraft(
        code=row["code"], title=row["title"], topics=tuple(row["topics"]), aim=row["aim"],
        programme=PROGRAMME, output=row["output"],
        starts_on=today - timedelta(days=row["began"]), ends_on=today - timedelta(days=row["ended"]),
        budget_amount=Decimal(row["budget"]), currency="USD", languages=("tg",), n_aimed=row["n_aimed"],
    )  # fmt: skip


def _entries(by: User, n_families: int, today: date) -> Iterator[ManyEntry]:
    jamoats = list(Place.objects.jamoats().filter(parent_id__in=["TJ-KT-02", "TJ-KT-20"]).order_by("pk"))
    number = 0
    for line, contacts in sizes(n_families):
        for n, size in enumerate(contacts):
            number += 1
            place = jamoats[(number * 5) % len(jamoats)]
            day = _day(line, n, len(contacts), today)
            scope = Scope(place.parent_id, by.agency_id, None, None)
            draft = _draft(line, size, day, number, place)
            yield ManyEntry(row_key(ROOT, "entry", number), scope, draft, _confirmed(day))
    for line in told()["broadcasts"]:
        for n in range(line["times"]):
            number += 1
            day = _day(line, n, line["times"], today)
            yield ManyEntry(row_key(ROOT, "entry", number), _whole(by), _broadcast(line, day, number), _confirmed(day))


def _day(line: Mapping[str, Any], n: int, of: int, today: date) -> date:
    campaign = next(row for row in told()["campaigns"] if row["code"] == line["campaign"])
    first, last = min(campaign["began"], LONGEST), campaign["ended"]
    return today - timedelta(days=first - (first - last) * (2 * n + 1) // (2 * of))


def _confirmed(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day + timedelta(days=2), time(16, 30)))


def _draft(line: Mapping[str, Any], size: int, day: date, number: int, place: Place) -> EntryDraft:
    named = {name: size * line.get("parts", {}).get(name, 0) // 100 for name in TOLD_PARTS}
    free = line["channel"] == "print"
    way = Way(line["way"])
    return EntryDraft(
        channel=line["channel"], topic=line["topic"], way=way, event_on=day, campaign=_campaign(line["campaign"]),
        title=line.get("title", ""), jamoat=None if free else place.pk, venue=line.get("venue", ""),
        programme=PROGRAMME, output=OUTPUT,
        cost_amount=Decimal(line["cost"]), currency="USD", languages=("tg",), n_contacts=None if free else size,
        parts={name: value for name, value in named.items() if value},
        repeat_share=Decimal(line["repeat"]) if "repeat" in line else None,
        told={Asked.COPIES: Decimal(size), Asked.READERS: Decimal(1)} if way is Way.COPIES else {},
        told_source="борхат" if way is Way.COPIES else "",
        reference=told()["reference"].format(n=number), sure=True,
    )  # fmt: skip


def _broadcast(line: Mapping[str, Any], day: date, number: int) -> EntryDraft:
    told_of = {Asked.POPULATION: "population", Asked.COVERAGE: "coverage", Asked.LISTENING: "listening"}
    return EntryDraft(
        channel=line["channel"], topic=line["topic"], way=Way.BROADCAST, event_on=day, title=line["title"],
        campaign=_campaign(line["campaign"]), programme=PROGRAMME, output=OUTPUT, cost_amount=Decimal(line["cost"]),
        currency="USD",
        languages=("tg",), told={asked: Decimal(line[name]) for asked, name in told_of.items()},
        told_source=line["told_source"], reference=told()["reference"].format(n=number), sure=True,
    )  # fmt: skip


def _by_hand(by: User, today: date) -> None:
    """An entry that was confirmed and taken back, and one that is still a draft."""
    place = Place.objects.jamoats().filter(parent_id="TJ-KT-02").order_by("pk").first()
    for name in ("mistaken", "draft"):
        row = told()[name]
        draft = EntryDraft(
            channel=row["channel"], topic=row["topic"], way=Way(row["way"]), jamoat=place.pk if place else None,
            event_on=today - timedelta(days=row["days_ago"]), n_contacts=row["contacts"], venue=row.get("venue", ""),
            reference=told()["reference"].format(n=name), languages=("tg",),
        )  # fmt: skip
        entry = record_entry(
            scope=placement(by, "TJ-KT-02"), entry_id=row_key(ROOT, name), draft=draft, by=by, today=today
        )
        if name == "mistaken":
            confirmed = confirm_entry(entry=entry, version=entry.version, by=by)
            reverse_entry(entry=confirmed, reversal_id=row_key(ROOT, name, "back"), reason=row["why"], by=by)
