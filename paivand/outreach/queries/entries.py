"""Entries and their contacts, as the asking user may see them. Sums are of contacts, never of people."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Max, Min, Q, QuerySet, Sum
from django.db.models.functions import TruncMonth

from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.core.models import Place
from paivand.core.rules.pages import Page
from paivand.core.rules.privacy import DataClass
from paivand.outreach.models import Attendee, Campaign, ReachEntry, ReachFile
from paivand.outreach.rules.contacts import OF_UNKNOWN, PART_NAMES, EntryState

PAGE = 25
_SUMS = ("n_contacts", *PART_NAMES, *OF_UNKNOWN, "n_repeat")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries are asked for; empty where everything is."""

    channel: str = ""
    topic: str = ""
    district: str = ""
    month: date | None = None
    campaign: uuid.UUID | None = None
    drafts: bool = False

    @property
    def is_all(self) -> bool:
        """Whether nothing narrows it."""
        return not (self.channel or self.topic or self.district or self.month or self.campaign)


@dataclass(frozen=True, slots=True)
class Totals:
    """What confirmed entries add up to, as known now."""

    n_contacts: int = 0
    parts: Mapping[str, int] = field(default_factory=dict)
    n_repeat: int = 0
    # Contacts of entries that tell how many were reached before.
    n_told: int = 0
    n_estimated: int = 0

    @property
    def n_first(self) -> int:
        """First contacts among those of whom it is known."""
        return self.n_told - self.n_repeat

    @property
    def n_counted(self) -> int:
        """Contacts that were counted, not estimated."""
        return self.n_contacts - self.n_estimated


def entries(by: User, wanted: Wanted, *, after: str = "", size: int = PAGE) -> Page[ReachEntry]:
    """A page of entries, the latest day first; rows that take others back stand among them."""
    found = _narrowed(_seen(by), wanted)
    found = found.filter(state=EntryState.DRAFT) if wanted.drafts else found.exclude(state=EntryState.DRAFT)
    if after:
        day, _dash, key = after.partition("_")
        try:
            on, pk = date.fromisoformat(day), uuid.UUID(key)
        except ValueError:
            return Page([], None, more=False)
        found = found.filter(event_on__lte=on).filter(Q(event_on__lt=on) | Q(event_on=on, id__lt=pk))
    rows = list(found.order_by("-event_on", "-id")[: size + 1])
    return Page.cut(rows, size, lambda row: f"{row.event_on}_{row.pk}")


def drafts_of(by: User) -> list[ReachEntry]:
    """The drafts that ``by`` left unfinished."""
    return list(_seen(by).filter(owner_id=by.pk, state=EntryState.DRAFT).order_by("-id")[:PAGE])


def entry_by_id(by: User, key: uuid.UUID) -> ReachEntry | None:
    """One entry, with the row that takes it back or that it takes back, and its correction."""
    found = _seen(by).select_related(
        "reverses", "reversed_by__recorded_by", "corrects", "corrected_by", "recorded_by", "confirmed_by",
        "partner_agency",
    )  # fmt: skip
    return found.filter(pk=key).first()


def totals(by: User, wanted: Wanted) -> Totals:
    """What the entries add up to."""
    found = _narrowed(ReachEntry.objects.seen_by(by), wanted).filter(state=EntryState.CONFIRMED)
    sums = found.aggregate(
        **{f"sum_{name}": Sum(name) for name in _SUMS},
        told=Sum("n_contacts", filter=Q(repeat_known=True)),
        estimated=Sum("n_contacts", filter=Q(is_estimate=True)),
    )
    return Totals(
        sums["sum_n_contacts"] or 0, {name: sums[f"sum_{name}"] or 0 for name in (*PART_NAMES, *OF_UNKNOWN)},
        sums["sum_n_repeat"] or 0, sums["told"] or 0, sums["estimated"] or 0,
    )  # fmt: skip


def by_month_and_channel(by: User, campaign: Campaign) -> dict[date, dict[str, int]]:
    """The contacts of a campaign for each month and channel in which there were any, as known now."""
    found = ReachEntry.objects.seen_by(by).filter(campaign=campaign, state=EntryState.CONFIRMED).order_by()
    told: defaultdict[date, dict[str, int]] = defaultdict(dict)
    rows = found.annotate(month=TruncMonth("event_on")).values_list("month", "channel")
    for month, channel, n in rows.annotate(n=Sum("n_contacts")):
        told[month][channel] = n
    return dict(sorted(told.items()))


def cost_of(by: User, campaign: Campaign) -> list[tuple[str, Any]]:
    """What the confirmed entries of a campaign cost, in each currency."""
    found = ReachEntry.objects.seen_by(by).filter(campaign=campaign, state=EntryState.CONFIRMED)
    rows = found.exclude(cost_amount=None).order_by("currency").values_list("currency")
    return list(rows.annotate(amount=Sum("cost_amount")))


def months_of(by: User) -> tuple[date, date] | None:
    """The months of the first and the last entry; None where there is none."""
    span = ReachEntry.objects.seen_by(by).aggregate(first=Min("event_on"), last=Max("event_on"))
    return (span["first"], span["last"]) if span["first"] else None


def districts_reached(by: User) -> list[Place]:
    """All districts, for the filter."""
    return list(Place.objects.districts().order_by("sort_key"))


# --- what belongs to one entry ---------------------------------------------------------------------------------------


def sees_lists(by: User, entry: ReachEntry) -> bool:
    """Whether ``by`` may see the names of those who came."""
    return by.reach(Verb.OUTREACH_RECORD, DataClass.LEARNING).covers(entry)


def lines_of(by: User, entry: ReachEntry) -> list[Attendee]:
    """The list of those who came, in the order of its lines."""
    found = Attendee.objects.seen_by(by).filter(entry=entry).select_related("person", "participant")
    return list(found.order_by("n"))


def line_by_id(by: User, entry: ReachEntry, key: uuid.UUID) -> Attendee | None:
    """One line of a list."""
    row: Attendee | None = (
        Attendee.objects.seen_by(by).filter(entry=entry, pk=key).select_related("person", "participant").first()
    )
    if row is not None:
        row.entry = entry
    return row


def files_of(by: User, entry: ReachEntry) -> list[ReachFile]:
    """The files of an entry that ``by`` may look at; with those of the entry that it corrects."""
    keys = [entry.pk, *([entry.corrects_id] if entry.corrects_id else [])]
    found = ReachFile.objects.seen_by(by).filter(entry__in=keys, removed_at=None)
    return list(found.select_related("entry").order_by("id"))


def file_by_id(by: User, entry: ReachEntry, key: uuid.UUID) -> ReachFile | None:
    """One file of an entry, or of the one that it corrects, that was not taken away."""
    return next((row for row in files_of(by, entry) if row.pk == key), None)


def _seen(by: User) -> QuerySet[ReachEntry]:
    found: QuerySet[ReachEntry] = ReachEntry.objects.seen_by(by)
    return found.select_related("district", "jamoat", "campaign", "agency")


def _narrowed(found: QuerySet[ReachEntry], wanted: Wanted) -> QuerySet[ReachEntry]:
    same = {"channel": wanted.channel, "topic": wanted.topic, "district": wanted.district, "campaign": wanted.campaign}
    found = found.filter(**{name: value for name, value in same.items() if value})
    if wanted.month:
        first = wanted.month.replace(day=1)
        after = first.replace(year=first.year + first.month // 12, month=first.month % 12 + 1)
        found = found.filter(event_on__gte=first, event_on__lt=after)
    return found
