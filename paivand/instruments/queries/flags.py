"""Red flags, as the asking user may see them: supervisors those within reach, everyone else what they wrote down."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from django.db.models import QuerySet

from paivand.access.models import User
from paivand.core.rules.pages import Page
from paivand.instruments.models import Assessment, RedFlag
from paivand.instruments.rules.states import Urgency

PAGE = 25
_ORDER = {Urgency.AT_ONCE: 0, Urgency.TODAY: 1, Urgency.SOON: 2}


def open_flags(by: User, limit: int) -> list[RedFlag]:
    """Flags that nobody has answered: the most urgent first, and of those the oldest."""
    found = list(_told(by).filter(answered_at=None).order_by("raised_at")[: max(limit * 4, 100)])
    found.sort(key=lambda flag: (_ORDER[Urgency(flag.urgency)], flag.raised_at))
    return found[:limit]


def answered_flags(by: User, after: str = "") -> Page[RedFlag]:
    """Flags that were answered, the latest first; a page, and the key after which the next one begins."""
    found = _told(by).exclude(answered_at=None).select_related("answered_by").order_by("-id")
    key = _key(after)
    if key:
        found = found.filter(id__lt=key)
    return Page.cut(list(found[: PAGE + 1]), PAGE, lambda flag: str(flag.pk))


def flag(by: User, flag_id: uuid.UUID) -> RedFlag | None:
    """One flag."""
    found: RedFlag | None = _told(by).filter(pk=flag_id).select_related("answered_by").first()
    return found


def flags_of(by: User, rows: Sequence[Assessment]) -> list[RedFlag]:
    """The flags of these questionnaires, open ones first."""
    found = RedFlag.objects.seen_by(by).filter(assessment__in=[row.pk for row in rows])
    flags = list(found.select_related("answered_by", "assessment", "recorded_by"))
    return sorted(flags, key=lambda flag: (not flag.is_open, _ORDER[Urgency(flag.urgency)], flag.raised_at))


def _told(by: User) -> QuerySet[RedFlag]:
    found: QuerySet[RedFlag] = RedFlag.objects.seen_by(by)
    return found.select_related(
        "assessment__family__jamoat", "assessment__family__head", "assessment__person", "recorded_by"
    )


def _key(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
