"""Where a score before or after is taken, and the names of what sessions work on."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from urllib.parse import urlencode

from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language

from paivand.cases.queries.measures import Gain
from paivand.cases.rules.sessions import Flow, topic_title


def begin_address(code: str | None, flow: Flow, person: uuid.UUID, gain: Gain, back: str) -> str:
    """The address of the questionnaire to be answered next: before the help, or after it. Empty without a file."""
    if code is None:
        return ""
    try:
        address = reverse("instruments:assessment-begin", kwargs={"code": code})
    except NoReverseMatch:
        return ""
    stage = "before" if gain.before is None else "after"
    query = urlencode({"instrument": flow.instrument, "person": person, "stage": stage, "next": back})
    return f"{address}?{query}"


def topic_names(codes: Iterable[str]) -> list[str]:
    """What was worked on, in the reader's language."""
    return [topic_title(code, get_language() or "en") for code in codes]
