"""Reading the audit within one's reach."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from paivand.access.models import AuditEvent, BreakGlass, User
from paivand.access.rules.verbs import Verb
from paivand.core.rules.pages import Page

PAGE = 50


def events(
    by: User, *, event: str = "", outcome: str = "", person: uuid.UUID | None = None, since: date | None = None,
    until: date | None = None, after: str = "",
) -> Page[AuditEvent]:  # fmt: skip
    """A page of audit events, the latest first.

    Args:
        event: one event's name, or a noun such as ``family`` for all of its events.
        outcome: ``done`` or ``refused``.
        person: who acted.
        since: first day, in the time zone of the program.
        until: last day.
    """
    found = AuditEvent.objects.filter(AuditEvent.policy.visible(by))
    if event:
        found = (
            found.filter(event=event) if "." in event else found.filter(event__gte=f"{event}.", event__lt=f"{event}/")
        )
    if outcome:
        found = found.filter(outcome=outcome)
    if person:
        found = found.filter(actor_id=person)
    if since:
        found = found.filter(at__gte=_start(since))
    if until:
        found = found.filter(at__lt=_start(until + timedelta(days=1)))
    if after:
        try:
            found = found.filter(pk__lt=uuid.UUID(after))
        except ValueError:
            return Page([], None, more=False)
    return Page.cut(list(found.order_by("-id")[: PAGE + 1]), PAGE, lambda row: str(row.pk))


def recent_refusals(by: User, *, limit: int = 8) -> list[AuditEvent]:
    """What was refused lately, within reach."""
    found = AuditEvent.objects.filter(AuditEvent.policy.visible(by), outcome="refused").exclude(actor_id=by.pk)
    return list(found.order_by("-id")[:limit])


def opened_by_glass(by: User, glasses: Sequence[BreakGlass]) -> dict[uuid.UUID, list[AuditEvent]]:
    """For each break-glass the files that were opened through it, each once, as far as ``by`` may read the audit."""
    opened: dict[uuid.UUID, list[AuditEvent]] = {glass.pk: [] for glass in glasses}
    if not glasses:
        return opened
    found = AuditEvent.objects.filter(
        AuditEvent.policy.visible(by),
        event=Verb.FAMILY_OPEN,
        outcome="done",
        actor_id__in={glass.user_id for glass in glasses},
        district_id__in={glass.district_id for glass in glasses},
        at__gte=min(glass.created_at for glass in glasses),
    )
    for event in found.order_by("id")[:500]:
        for glass in glasses:
            rows = opened[glass.pk]
            if (
                event.detail.get("glass")
                and (event.actor_id, event.district_id) == (glass.user_id, glass.district_id)
                and glass.created_at <= event.at <= glass.expires_at
                and event.subject_id not in {row.subject_id for row in rows}
            ):
                rows.append(event)
    return opened


def _start(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
