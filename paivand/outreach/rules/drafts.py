"""What somebody typed about a campaign, an entry, a material or a list of those who came."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from paivand.outreach.rules.contacts import AgeGroup
from paivand.outreach.rules.estimates import Way
from paivand.registry.rules import Sex


@dataclass(frozen=True, slots=True)
class CampaignDraft:
    """A campaign as planned. ``district`` is empty for one of the whole programme."""

    code: str
    title: str
    starts_on: date
    topics: tuple[str, ...] = ()
    aim: str = ""
    ends_on: date | None = None
    partner_agency: uuid.UUID | None = None
    partner: str = ""
    programme: str = ""
    output: str = ""
    budget_amount: Decimal | None = None
    currency: str = ""
    languages: tuple[str, ...] = ()
    n_aimed: int | None = None


@dataclass(frozen=True, slots=True)
class EntryDraft:
    """One entry as told: what was done, where and when, and whom it reached.

    Args:
        n_contacts: all contacts; left out where they follow from the parts, or from the numbers of the way of counting.
        parts: by the columns ``n_women``, ``n_men``, ``n_girls``, ``n_boys``, ``n_adults``, ``n_children``.
        told: the numbers of the way of counting, by ``Asked``.
        told_source: where the shares and averages come from.
        n_repeat: how many had been reached before; or ``repeat_share`` in per cent; neither where nobody knows.
        reference: the number of a paper that is kept elsewhere; with ``link`` the evidence that needs no file.
        sure: it is meant so, although it is unlikely.
    """

    channel: str
    topic: str
    way: Way
    event_on: date
    until_on: date | None = None
    n_times: int = 1
    campaign: uuid.UUID | None = None
    title: str = ""
    jamoat: str | None = None
    village: str = ""
    venue: str = ""
    partner_agency: uuid.UUID | None = None
    partner: str = ""
    programme: str = ""
    output: str = ""
    cost_amount: Decimal | None = None
    currency: str = ""
    languages: tuple[str, ...] = ()
    n_contacts: int | None = None
    parts: Mapping[str, int | None] = field(default_factory=dict)
    n_repeat: int | None = None
    repeat_share: Decimal | None = None
    told: Mapping[str, Decimal | None] = field(default_factory=dict)
    told_source: str = ""
    reference: str = ""
    link: str = ""
    note: str = ""
    sure: bool = False


@dataclass(frozen=True, slots=True)
class MaterialDraft:
    """A material with how many copies there are of it."""

    kind: str
    title: str
    language: str = ""
    n_printed: int = 0
    on: date | None = None


@dataclass(frozen=True, slots=True)
class AttendeeDraft:
    """Somebody on the list of those who came to a small session."""

    name: str
    sex: Sex | None
    age: AgeGroup
    village: str = ""
    telephone: str = ""
    person: uuid.UUID | None = None
    participant: uuid.UUID | None = None
    before: bool = False
