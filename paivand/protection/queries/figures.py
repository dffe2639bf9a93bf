"""Incidents that may be counted, and the rows of the incident table: with consent to reporting only."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from paivand.access.models import User
from paivand.core.models.sealed import keyed_digest
from paivand.protection.models import Feedback, Incident, SurvivorConsent
from paivand.protection.rules.consents import Kind
from paivand.protection.rules.feedback import Tally, quarter_before, quarter_of, tallies
from paivand.protection.rules.figures import Edition, Fact, edition, last_day_counted
from paivand.protection.rules.recorder import DECLINED, MOST_ROWS, VIOLENCE_CODES, yes_or_no
from paivand.protection.rules.sectors import INCIDENT_SECTORS
from paivand.protection.rules.violence import ReportedElsewhere, Violence

QUARTERS_SHOWN = 4


def reportable(by: User, since: date, until: date) -> QuerySet[Incident]:
    """The incidents told in this time by survivors who agree today to be counted."""
    today = timezone.localdate()
    agreed = SurvivorConsent.objects.seen_by(by).filter(
        Q(valid_until=None) | Q(valid_until__gte=today), Q(withdrawn_on=None) | Q(withdrawn_on__gt=today),
        kind=Kind.REPORTING, given_on__lte=today, survivor=OuterRef("survivor_id"),
    )  # fmt: skip
    found: QuerySet[Incident] = Incident.objects.seen_by(by).filter(reported_on__gte=since, reported_on__lte=until)
    return found.filter(Exists(agreed))


def figures(by: User, year: int) -> Edition | None:
    """The edition of a year; None while no quarter of it is whole.

    Left out: who did not agree to be counted, what is not gender-based violence, and what an organisation that counts
    as we do has counted already.
    """
    until = last_day_counted(year, timezone.localdate())
    if until is None:
        return None
    found = reportable(by, date(year, 1, 1), until).exclude(reported_elsewhere=ReportedElsewhere.COUNTING)
    rows = found.exclude(violence=Violence.NOT_GBV).values_list(
        "violence", "survivor__sex", "age_group", "perpetrator_tie", "reported_on", "services"
    )
    return edition(year, until, [Fact(*row) for row in rows])


def years_with_figures() -> list[int]:
    """The years that can be chosen: this one and two before, whatever lies in them."""
    year = timezone.localdate().year
    return [year, year - 1, year - 2]


def feedback(by: User) -> list[tuple[date, list[Tally] | None]]:
    """What survivors say of our work, quarter by quarter, the latest first; None where too few have answered.

    The present quarter is left out: while it grows, each new answer could be read from it.
    """
    quarter, told = quarter_of(timezone.localdate()), []
    for _each in range(QUARTERS_SHOWN):
        quarter = quarter_before(quarter)
        rows = Feedback.objects.seen_by(by).filter(quarter=quarter).values_list("answers", flat=True)
        told.append((quarter, tallies(rows)))
    return told


def caseworker_code(user_id: object) -> str:
    """The code under which a worker stands in the incident table; only the program leads it back."""
    return f"CW-{keyed_digest('caseworker', str(user_id))[:6].upper()}"


def recorder_rows(by: User, since: date, until: date) -> Iterator[list[str | date]]:
    """The rows of the incident table, column by column in the recorder's order."""
    found = reportable(by, since, until).exclude(violence=Violence.NOT_GBV).defer("account")
    found = found.select_related("survivor", "place", "place__parent").order_by("reported_on", "id")
    # Not by a cursor of the server: one that a refusal leaves open would be closed in a later transaction, and end it.
    for incident in found[: MOST_ROWS + 1]:
        yield _cells(incident)


def _cells(incident: Incident) -> list[str | date]:
    survivor, place = incident.survivor, incident.place
    told = _told(survivor, set(survivor.declined)) | _told(incident, set(incident.declined))
    services = {sector: incident.services.get(sector, "") for sector in map(str, INCIDENT_SECTORS)}
    return [
        incident.code, survivor.code, caseworker_code(survivor.owner_id), incident.reported_on, told["incident_on"],
        told["birth_year"], told["sex"], "", told["origin"], told["marital"], told["displacement"], told["disability"],
        told["child_alone"], told["migration_stage"], told["day_time"], told["place_kind"],
        place.parent.name if place and place.parent else "", place.name if place else "", "",
        VIOLENCE_CODES[Violence(incident.violence)], told["harmful_practice"], told["goods_exchanged"],
        told["abduction"], incident.reported_elsewhere, told["previous_incidents"], told["n_perpetrators"],
        told["perpetrator_sex"], told["perpetrator_before"], told["perpetrator_age"], told["perpetrator_tie"],
        told["perpetrator_occupation"], told["came_from"], services["safe_house"], services["health"],
        services["psychosocial"], told["legal_action"], services["legal"], services["security"],
        services["livelihoods"], services["protection"], "Yes",
        f"AG-{keyed_digest('agency', str(incident.agency_id))[:6].upper()}" if incident.agency_id else "",
    ]  # fmt: skip


def _told(row: Any, declined: set[str]) -> dict[str, Any]:
    """The values of a row by the names of its columns; a declined question says so, and is no gap."""
    found: dict[str, Any] = {}
    for field in row._meta.concrete_fields:
        if field.name in {"name", "contact", "person_link", "account"} or field.name not in row.privacy.personal:
            continue
        value = getattr(row, field.name)
        if field.name in declined:
            value = DECLINED
        elif value is None or isinstance(value, bool):
            value = yes_or_no(value)
        elif isinstance(value, int):
            value = str(value)
        found[field.name] = value
    return found
