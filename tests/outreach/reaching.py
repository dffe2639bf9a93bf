"""Campaigns and entries as the tests need them, made through the actions."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from paivand.access.models.identity import acting_as
from paivand.access.queries.users import placement
from paivand.access.rules.scopes import Scope
from paivand.core.models import new_id
from paivand.outreach.actions.campaigns import plan_campaign
from paivand.outreach.actions.entries import record_entry
from paivand.outreach.models import Campaign, ReachEntry
from paivand.outreach.rules.drafts import CampaignDraft, EntryDraft
from paivand.outreach.rules.estimates import Way
from tests.cast import KULOB, fresh

DAHANA = "TJ-KT-02-02"


def day(back: int = 3) -> date:
    """A day not long ago."""
    return timezone.localdate() - timedelta(days=back)


def session_of(**changes: Any) -> EntryDraft:
    """An information session in Dahana with a paper sheet: 24 women, 6 men, 10 of whom were there before."""
    values: dict[str, Any] = {
        "channel": "information_session", "topic": "safe_migration", "way": Way.SIGN_IN, "event_on": day(),
        "jamoat": DAHANA, "parts": {"n_women": 24, "n_men": 6}, "n_repeat": 10, "reference": "sheet 14",
    }  # fmt: skip
    return EntryDraft(**{**values, **changes})


def wide(by: Any) -> Scope:
    """Where lies what reaches the whole programme."""
    return Scope(None, by.agency_id, by.team_id, by.pk)


def recorded(by: Any, draft: EntryDraft | None = None, **more: Any) -> ReachEntry:
    """An entry of Kulob, confirmed unless told otherwise."""
    values = {"scope": placement(by, KULOB), "entry_id": new_id(), "confirm": True, **more}
    with acting_as(by):
        return record_entry(draft=draft or session_of(), by=fresh(by), **values)


def planned(by: Any, *, code: str = "SAFE-2022", scope: Scope | None = None, **changes: Any) -> Campaign:
    """A campaign of Kulob."""
    values: dict[str, Any] = {
        "code": code, "title": "Муҳоҷирати бехатар", "starts_on": day(60), "topics": ("safe_migration", "rights"),
    }  # fmt: skip
    with acting_as(by):
        return plan_campaign(
            scope=scope or placement(by, KULOB), campaign_id=new_id(), draft=CampaignDraft(**{**values, **changes}),
            by=fresh(by),
        )  # fmt: skip
