"""What was published of an indicator."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models.fields.json import KeyTransform

from paivand.access.models import User
from paivand.evidence.models import Edition
from paivand.evidence.rules.indicators import Indicator
from paivand.evidence.rules.telling import Hidden

MOST_EDITIONS = 24


@dataclass(frozen=True)
class Published:
    """What an edition said of an indicator as a whole."""

    number: int
    title: str
    as_of: datetime
    first_on: date | None
    last_on: date | None
    value: str
    hidden: str


def published(by: User, indicator: Indicator) -> list[Published]:
    """What the editions said of this indicator, the newest first; those that left it out are not among them."""
    rows = Edition.objects.filter(Edition.policy.visible(by), cells__has_key=indicator.code)
    asked = rows.annotate(own=KeyTransform(indicator.code, "cells")).order_by("-number")[:MOST_EDITIONS]
    found = []
    columns = asked.values_list("number", "title", "as_of", "first_on", "last_on", "own")
    for number, title, as_of, first_on, last_on, own in columns:
        whole = next((one for one in own if not one[0]), None)
        if whole is not None:
            value, hidden = whole[1] or "", whole[2] or ""
            found.append(Published(number, title, as_of, first_on, last_on, value, hidden))
    return found


def hidden_of(code: str) -> Hidden | None:
    """The reason that an edition wrote down."""
    return Hidden(code) if code in set(Hidden) else None
