"""A session at which people were informed: how many came, by sex and age, about what and where."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from paivand.access.models import User
from paivand.access.queries.users import placement
from paivand.collect.actions.takers.parts import key_at, photo_at, said_at
from paivand.collect.models import Submission
from paivand.collect.rules.filled import Filled
from paivand.collect.rules.taking import Made, Taken
from paivand.core.models import Place
from paivand.core.rules.errors import Refused
from paivand.outreach.actions.entries import record_entry
from paivand.outreach.actions.files import SentFile
from paivand.outreach.models import ReachEntry
from paivand.outreach.rules.contacts import TOLD_PARTS
from paivand.outreach.rules.drafts import EntryDraft
from paivand.outreach.rules.estimates import Way
from paivand.registry.rules.keys import row_key

_FIELDS = {
    "channel": "channel", "topic": "topic", "way": "way", "event_on": "event_on", "place": "where/jamoat",
    "campaign": "campaign", "reference": "reference", "file": "photo", "sure": "sure", "n_repeat": "counts/n_repeat",
    "n_contacts": "counts/n_contacts", **{name: f"counts/{name}" for name in TOLD_PARTS},
}  # fmt: skip


def take(*, filled: Filled, sent: Submission, by: User, answers: Mapping[str, Any]) -> Taken:
    """Write the entry down; its contacts count at once, as on the screen.

    Raises:
        Refused: as ``record_entry``: ``unlikely`` until ``sure`` says so, ``evidence`` where nothing shows the number;
            ``place``, ``missing``.
    """
    key = row_key(sent.pk, "entry")
    if not ReachEntry.objects.filter(pk=key).exists():
        place = Place.objects.jamoats().filter(pk=filled.value("where/jamoat")).first()
        if place is None:
            raise Refused(_("Choose one from the list."), "place", field="where/jamoat")
        draft, file = entry(filled, place.pk), _file(filled, sent)
        with said_at(_FIELDS, "channel"):
            record_entry(
                scope=placement(by, str(place.parent_id)), entry_id=key, draft=draft, by=by, confirm=True, sent=file
            )
    made = Made("reach_entry", key, filled.value("event_on"), "outreach:entry-open", {"reach_id": str(key)})
    return Taken((made,))


def entry(filled: Filled, jamoat: str) -> EntryDraft:
    """What was typed.

    Raises:
        Refused: ``date``, ``way`` where it is missing; ``choose`` for a campaign that is none.
    """
    event_on = filled.day("event_on")
    if event_on is None:
        raise Refused(_("Write the day on which it was."), "date", field="event_on")
    if filled.value("way") not in {Way.HEADCOUNT, Way.SIGN_IN}:
        raise Refused(_("Choose one from the list."), "way", field="way")
    return EntryDraft(
        channel=filled.value("channel"), topic=filled.value("topic"), way=Way(filled.value("way")), event_on=event_on,
        campaign=_campaign(filled), title=filled.value("where/title"), jamoat=jamoat,
        village=filled.value("where/village"), venue=filled.value("where/venue"), partner=filled.value("partner"),
        n_contacts=filled.whole("counts/n_contacts"), n_repeat=filled.whole("counts/n_repeat"),
        parts={name: filled.whole(f"counts/{name}") for name in TOLD_PARTS}, reference=filled.value("reference"),
        note=filled.value("note"), sure=filled.value("sure") == "yes",
    )  # fmt: skip


def _campaign(filled: Filled) -> uuid.UUID | None:
    return key_at(filled, "campaign") if filled.value("campaign") else None


def _file(filled: Filled, sent: Submission) -> SentFile | None:
    content = photo_at(filled, sent, "photo")
    return None if content is None else SentFile(content, has_names=filled.value("has_names", "yes") == "yes")
