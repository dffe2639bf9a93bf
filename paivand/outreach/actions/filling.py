"""How an entry is filled from what was typed, with every check; what several actions share."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import TypeVar

from django.utils.translation import gettext as _

from paivand.access.models import User
from paivand.access.rules.scopes import Scope
from paivand.core.models import Place
from paivand.core.rules.errors import Refused
from paivand.core.rules.texts import text
from paivand.outreach.models import Campaign, ReachEntry
from paivand.outreach.models.campaigns import ReachRecord
from paivand.outreach.models.entries import EntryRecord
from paivand.outreach.rules.catalogue import Channel, Demand, PlaceAsked, catalogue, channels, topics
from paivand.outreach.rules.contacts import (
    DOUBT_NAMES,
    Contacts,
    ContactsError,
    EntryState,
    Setting,
    contacts,
    doubts,
    is_impossible,
)
from paivand.outreach.rules.drafts import EntryDraft
from paivand.outreach.rules.estimates import COUNTINGS, NUMBERS, NumberError, Way, estimate
from paivand.registry.rules.people import SpokenLanguage
from paivand.registry.rules.remittances import Currency

R = TypeVar("R", bound=ReachRecord)
E = TypeVar("E", bound=EntryRecord)

FIRST_YEAR = 2000


@dataclass
class World:
    """Places and campaigns that entries name, read once."""

    places: dict[str, Place | None] = field(default_factory=dict)
    campaigns: dict[uuid.UUID, Campaign | None] = field(default_factory=dict)

    @classmethod
    def of(cls, drafts: Iterable[tuple[str | None, EntryDraft]]) -> World:
        """What many entries name, read with two statements; each with the district in which it lies."""
        rows = list(drafts)
        codes = {code for district, draft in rows for code in (district, draft.jamoat) if code}
        keys = {draft.campaign for _district, draft in rows if draft.campaign}
        found = cls(dict.fromkeys(codes), dict.fromkeys(keys))
        found.places |= {place.pk: place for place in Place.objects.filter(pk__in=codes)}
        found.campaigns |= {one.pk: one for one in Campaign.objects.filter(pk__in=keys)}
        return found

    def place(self, code: str | None) -> Place | None:
        """The place with this code."""
        if not code:
            return None
        if code not in self.places:
            self.places[code] = Place.objects.filter(pk=code).first()
        return self.places[code]

    def campaign(self, key: uuid.UUID | None) -> Campaign | None:
        """The campaign with this key."""
        if key is None:
            return None
        if key not in self.campaigns:
            self.campaigns[key] = Campaign.objects.filter(pk=key).first()
        return self.campaigns[key]


def lying(scope: Scope, row: R) -> R:
    """``row``, put where ``scope`` says; what reaches the whole programme lies in no district."""
    row.district_id, row.agency_id = scope.district_id, scope.agency_id
    row.team_id, row.owner_id = scope.team_id, scope.owner_id
    return row


def within(entry: ReachEntry, row: E) -> E:
    """``row``, lying where its entry lies."""
    row.entry = entry
    row.district_id, row.agency_id = entry.district_id, entry.agency_id
    row.team_id, row.owner_id = entry.team_id, entry.owner_id
    return row


def fill(row: ReachEntry, draft: EntryDraft, today: date, world: World) -> None:
    """Write what was typed into an entry that is not confirmed.

    Raises:
        Refused: ``channel``, ``topic``, ``way``, ``date``, ``times``, ``campaign``, ``place``, ``language``, ``cost``,
            ``currency``, ``link``, ``number`` for what an estimate is computed from, or a word of ``ContactsError``.
    """
    channel = _channel(draft)
    _demand_days(draft, today)
    campaign = world.campaign(draft.campaign)
    if draft.campaign and campaign is None:
        raise Refused(_("This campaign is not there any more. Choose another."), "campaign", field="campaign")
    if row.n_listed and not channel.register:
        raise Refused(_("For this channel no list of names is kept."), "channel", field="channel")
    row.channel, row.topic, row.campaign = channel.code, draft.topic, campaign
    row.way = Way.SIGN_IN if row.n_listed else draft.way
    row.event_on, row.until_on, row.n_times = draft.event_on, draft.until_on, draft.n_times
    _place(row, draft, channel, world)
    row.title, row.venue = _words(draft.title, 160), _words(draft.venue, 120)
    row.partner_agency_id, row.partner = draft.partner_agency, _words(draft.partner, 160)
    row.programme = draft.programme.strip() or (campaign.programme if campaign else "")
    row.output = draft.output.strip() or (campaign.output if campaign else "")
    row.cost_amount, row.currency = money(draft.cost_amount, draft.currency, "cost_amount")
    row.languages = list(spoken(draft.languages))
    row.reference, row.link, row.note = _words(draft.reference, 120), _link(draft.link), draft.note.strip()[:300]
    if not row.n_listed:
        _count(row, draft, channel)


def _channel(draft: EntryDraft) -> Channel:
    channel = channels().get(draft.channel)
    if channel is None or not channel.is_offered(draft.event_on):
        raise Refused(_("This channel is not offered for that day. Choose another."), "channel", field="channel")
    topic = topics().get(draft.topic)
    if topic is None or not topic.is_offered(draft.event_on):
        raise Refused(_("Choose the topic from the list."), "topic", field="topic")
    if draft.way not in channel.ways:
        raise Refused(_("Contacts of this channel are not counted in that way. Choose another."), "way", field="way")
    return channel


def _demand_days(draft: EntryDraft, today: date) -> None:
    if draft.event_on > today or (draft.until_on and draft.until_on > today):
        raise Refused(
            _("The day lies in the future. Contacts are written down when they were made."), "date", field="event_on"
        )
    if draft.event_on.year < FIRST_YEAR:
        raise Refused(_("This day lies very far back. Check the year."), "date", field="event_on")
    if draft.until_on and draft.until_on < draft.event_on:
        raise Refused(_("The last day lies before the first. Check both."), "date", field="until_on")
    if draft.n_times < 1:
        raise Refused(_("It was held or broadcast at least once. Write how often."), "times", field="n_times")


def _place(row: ReachEntry, draft: EntryDraft, channel: Channel, world: World) -> None:
    if channel.place is not PlaceAsked.FREE and not row.district_id:
        raise Refused(_("Say in which district it was."), "place", field="place")
    jamoat = world.place(draft.jamoat)
    if draft.jamoat and (jamoat is None or jamoat.parent_id != row.district_id):
        raise Refused(_("This jamoat does not lie in the district. Choose another."), "place", field="place")
    row.jamoat, row.village = jamoat, _words(draft.village, 80)


def money(amount: Decimal | None, currency: str, field_name: str) -> tuple[Decimal | None, str]:
    """An amount with its currency, both or none.

    Raises:
        Refused: ``cost`` below nought; ``currency`` without one of the list.
    """
    if amount is None:
        return None, ""
    if amount < 0:
        raise Refused(_("An amount cannot be below nought. Check it."), "cost", field=field_name)
    if currency not in set(Currency):
        raise Refused(_("Say in which currency the amount is."), "currency", field="currency")
    return amount, currency


def spoken(languages: Iterable[str]) -> tuple[str, ...]:
    """Languages of the list, each once.

    Raises:
        Refused: ``language`` for another word.
    """
    found = tuple(dict.fromkeys(languages))
    if not set(found) <= set(SpokenLanguage):
        raise Refused(_("Choose the languages from the list."), "language", field="languages")
    return found


def _link(typed: str) -> str:
    link = typed.strip()
    if link and not link.startswith(("https://", "http://")):
        raise Refused(_("Write the link as the browser shows it: it begins with https://."), "link", field="link")
    return link[:300]


def _words(typed: str, longest: int) -> str:
    return " ".join(typed.split())[:longest]


# --- the numbers -----------------------------------------------------------------------------------------------------


def _count(row: ReachEntry, draft: EntryDraft, channel: Channel) -> None:
    """Write the contacts: computed where the way of counting computes them, otherwise as they were typed."""
    counting = COUNTINGS[draft.way]
    total = _estimated(draft.way, draft.told) if counting.compute else draft.n_contacts
    row.is_estimate = counting.estimate
    row.told = {key: str(draft.told[key]) for key in counting.asks if draft.told.get(key) is not None}
    row.told_source = _words(draft.told_source, 200) if counting.asks else ""
    if total is None and channel.register and draft.way is Way.SIGN_IN and not any(draft.parts.values()):
        # The list of those who came will tell the number.
        write_numbers(row, Contacts(0, {}))
        return
    try:
        write_numbers(
            row, contacts(total, draft.parts, repeat=draft.n_repeat, repeat_share=draft.repeat_share)
        )  # fmt: skip
    except ContactsError as error:
        raise Refused(_(_WRONG[error.why]), error.why, field=error.field) from None


def _estimated(way: Way, told: Mapping[str, Decimal | None]) -> int:
    try:
        return estimate(way, told)
    except NumberError as error:
        number = NUMBERS[error.asked]
        if error.missing:
            message = _("The estimate needs this number: %(name)s.") % {"name": _(number.name)}
        else:
            message = _("This number cannot be: %(name)s. Check it.") % {"name": _(number.name)}
        raise Refused(message, "number", field=f"told_{error.asked}") from None


_WRONG = {
    "none": text("Write how many contacts there were."),
    "negative": text("A number of contacts cannot be below nought. Check it."),
    "many": text("These are more contacts than there are people in the country. Check the number."),
    "parts": text("The parts together are more than all contacts. Check the numbers."),
    "repeat": text("More were reached before than were reached at all. Check both numbers."),
    "share": text("Write the share in per cent, from 0 to 100."),
    "twice": text("Write the number of those reached before, or their share, not both."),
}


def write_numbers(row: ReachEntry, found: Contacts) -> None:
    """Put the contacts into the columns of an entry."""
    for name, value in found.columns().items():
        setattr(row, name, value)
    row.repeat_known = found.repeat is not None


def turn_confirmed(row: ReachEntry, *, by: User, now: datetime, sure: bool, world: World) -> None:
    """Let a draft count, in memory: the only place where it happens.

    Raises:
        Refused: ``none`` without contacts; ``evidence`` where the channel demands it and there is none; ``impossible``
            and ``unlikely`` for what cannot be, or is not meant so.
    """
    channel = channels().get(row.channel)
    if channel is None:
        raise Refused(_("This channel is not offered any more. Choose another."), "channel", field="channel")
    if row.n_contacts < 1:
        raise Refused(_(_WRONG["none"]), "none", field="n_contacts")
    shown = row.has_evidence or bool(row.corrects and row.corrects.has_evidence)
    if channel.demand is Demand.NEEDED and not shown:
        raise Refused(
            _("Something has to show these contacts: a file, a link, or the number of a paper that is kept."),
            "evidence", field="reference",
        )  # fmt: skip
    _demand_likely(row, channel, sure=sure, world=world)
    row.state, row.confirmed_at, row.confirmed_by = EntryState.CONFIRMED, now, by


def _demand_likely(row: ReachEntry, channel: Channel, *, sure: bool, world: World) -> None:
    place = world.place(row.jamoat_id) or world.place(row.district_id)
    population = place.population if place else None
    if population is None and row.jamoat_id:
        district = world.place(row.district_id)
        population = district.population if district else None
    limits, campaign = catalogue(), world.campaign(row.campaign_id)
    if is_impossible(row.n_contacts, row.n_times, population, limits.population_times):
        raise Refused(
            _("So many contacts cannot be made at one time where %(people)s people live. Check the numbers.")
            % {"people": population}, "impossible", field="n_contacts",
        )  # fmt: skip
    setting = Setting(
        population, limits.population_share, campaign.starts_on if campaign else None,
        campaign.ends_on if campaign else None,
    )  # fmt: skip
    found = doubts(channel, row.n_contacts, row.n_times, row.event_on, setting)
    if found and not sure:
        told = " ".join(_(DOUBT_NAMES[one]) for one in found)
        raise Refused(
            _("%(doubts)s If it is really so, tick the box below and save again.") % {"doubts": told}, "unlikely",
            field="sure", detail={"doubts": [str(one) for one in found]},
        )  # fmt: skip
    row.doubts = [str(one) for one in found]
