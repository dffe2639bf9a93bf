"""Survivors' files, as those see them who work in the sealed room. Lists are by code; a name is in none."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

from django.utils import timezone

from paivand.access.models import User
from paivand.core.models.sealed import keyed_digest
from paivand.core.rules.codes import number_in_code
from paivand.core.rules.pages import Page
from paivand.protection.models import (
    FollowUp,
    Incident,
    NeedsAssessment,
    PlannedAction,
    SafetyPlan,
    Survivor,
    SurvivorConsent,
    SurvivorKey,
    SurvivorTransition,
)
from paivand.protection.models.room import SealedRecord
from paivand.protection.rules.consents import Kind
from paivand.protection.rules.drafts import Name
from paivand.protection.rules.states import AT_WORK, FileState, urgent_domains
from paivand.protection.rules.violence import Window, health_windows

PAGE = 40
MOST_FOUND = 20
_PURPOSE = "survivor-name"
R = TypeVar("R", bound=SealedRecord)


@dataclass
class Row:
    """One line of the list."""

    survivor: Survivor
    windows: list[Window] = field(default_factory=list)
    urgent: list[str] = field(default_factory=list)


def survivors(by: User, *, state: str = "", due: bool = False, after: str = "") -> Page[Row]:
    """A page of files, the latest first.

    Args:
        state: ``closed``, or empty for those at work.
        due: only those whose next contact is today or overdue.
    """
    found = Survivor.objects.seen_by(by)
    found = found.filter(state=FileState.CLOSED) if state == FileState.CLOSED else found.filter(state__in=AT_WORK)
    if due:
        found = found.filter(next_on__lte=timezone.localdate())
    if after:
        try:
            found = found.filter(pk__lt=uuid.UUID(after))
        except ValueError:
            return Page([], None, more=False)
    rows = list(found.order_by("-id")[: PAGE + 1])
    page = Page.cut(rows, PAGE, lambda row: str(row.pk))
    return Page(_with_alerts(by, list(page.rows)), page.after, page.more)


def _with_alerts(by: User, rows: list[Survivor]) -> list[Row]:
    """The rows with what cannot wait: health help whose time runs, and urgent needs."""
    now, keys = timezone.localtime(), [row.pk for row in rows]
    windows: dict[uuid.UUID, list[Window]] = {}
    for incident in Incident.objects.seen_by(by).filter(survivor__in=keys).order_by("incident_on"):
        running = health_windows(incident.violence, incident.incident_on, now)
        if running and "health" not in incident.settled_sectors:
            windows[incident.survivor_id] = running
    needs: dict[uuid.UUID, list[str]] = {}
    for row in NeedsAssessment.objects.seen_by(by).filter(survivor__in=keys).defer("notes").order_by("id"):
        needs[row.survivor_id] = [str(domain) for domain in urgent_domains(row.needs)]
    return [Row(row, windows.get(row.pk, []), needs.get(row.pk, []) if row.is_at_work else []) for row in rows]


def survivor_seen_by(by: User, survivor_id: uuid.UUID) -> Survivor | None:
    """One file."""
    return Survivor.objects.seen_by(by).select_related("district", "owner").filter(pk=survivor_id).first()


def survivors_found(by: User, text: str) -> list[Survivor]:
    """The files with this code, or under two or three parts of this name, in any order and any script.

    The name is never compared: keyed digests of its parts, two by two, are. So one part alone finds nothing.
    """
    number = number_in_code("S", text)
    if number:
        return list(Survivor.objects.seen_by(by).filter(number=number))
    digests: set[str] = set()
    for name in _readings(text.split()):
        digests |= digests_of(name)
    if not digests:
        return []
    keys = SurvivorKey.objects.seen_by(by).filter(digest__in=digests).values("survivor_id")
    return list(Survivor.objects.seen_by(by).filter(pk__in=keys).order_by("-id")[:MOST_FOUND])


def _readings(words: list[str]) -> list[Name]:
    """The ways in which typed words may be the parts of a name."""
    if not 2 <= len(words) <= 3:
        return []
    if len(words) == 2:
        one, other = words
        return [
            Name(given=one, family=other), Name(given=other, family=one), Name(given=one, father=other),
            Name(given=other, father=one),
        ]  # fmt: skip
    first, second, third = words
    return [Name(given=second, family=first, father=third), Name(given=first, family=third, father=second)]


def digests_of(name: Name) -> set[str]:
    """The keyed digests under which a name is found."""
    return {keyed_digest(_PURPOSE, *pair) for pair in name.pairs()}


def namesakes(by: User, name: Name) -> list[Survivor]:
    """Files that may be of the same person: under two parts of the name."""
    digests = digests_of(name)
    if not digests:
        return []
    keys = SurvivorKey.objects.seen_by(by).filter(digest__in=digests).values("survivor_id")
    return list(Survivor.objects.seen_by(by).filter(pk__in=keys).order_by("-id")[:MOST_FOUND])


@dataclass
class File:
    """Everything in one file."""

    survivor: Survivor
    incidents: list[Incident]
    consents: list[SurvivorConsent]
    needs: NeedsAssessment | None
    plan: SafetyPlan | None
    actions: list[PlannedAction]
    follow_ups: list[FollowUp]
    transitions: list[SurvivorTransition]

    @property
    def live(self) -> list[SurvivorConsent]:
        """The consents that count today."""
        today = timezone.localdate()
        return [row for row in self.consents if row.is_live_on(today)]

    @property
    def agreed_to_help(self) -> bool:
        """Whether the consent to services counts."""
        return any(row.kind == Kind.SERVICES for row in self.live)

    @property
    def agreed_to_reporting(self) -> bool:
        """Whether the consent to be counted counts."""
        return any(row.kind == Kind.REPORTING for row in self.live)

    @property
    def windows(self) -> list[Window]:
        """Health help whose time runs."""
        now = timezone.localtime()
        running = [
            health_windows(row.violence, row.incident_on, now)
            for row in self.incidents
            if "health" not in row.settled_sectors
        ]
        return max(running, key=len, default=[])


def file_of(by: User, survivor: Survivor) -> File:
    """The whole file of a survivor."""

    def rows(model: type[SealedRecord], *order: str) -> list[Any]:
        return list(model.objects.seen_by(by).filter(survivor=survivor).select_related("recorded_by").order_by(*order))

    return File(
        survivor=survivor,
        incidents=rows(Incident, "ordinal"),
        consents=rows(SurvivorConsent, "kind", "sector", "-given_on"),
        needs=next(iter(rows(NeedsAssessment, "-id")), None),
        plan=next(iter(rows(SafetyPlan)), None),
        actions=rows(PlannedAction, "id"),
        follow_ups=rows(FollowUp, "-happened_on", "-id"),
        transitions=rows(SurvivorTransition, "-id"),
    )


def row_of(by: User, model: type[R], survivor: Survivor, key: uuid.UUID) -> R | None:
    """One row of a file."""
    found: Any = model.objects.seen_by(by).filter(survivor=survivor, pk=key).first()
    if found is not None:
        found.survivor = survivor
    return cast("R | None", found)


def plan_of(by: User, survivor: Survivor) -> SafetyPlan | None:
    """The safety plan of a file."""
    found: SafetyPlan | None = SafetyPlan.objects.seen_by(by).filter(survivor=survivor).first()
    return found


def live_referral_consents(by: User, survivor: Survivor) -> list[SurvivorConsent]:
    """The consents to referrals that count today."""
    today = timezone.localdate()
    found = SurvivorConsent.objects.seen_by(by).filter(survivor=survivor, kind=Kind.REFERRAL)
    return [row for row in found.select_related("agency_named").order_by("sector", "id") if row.is_live_on(today)]
