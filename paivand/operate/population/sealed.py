"""Writes the sealed files of the demonstration through the room's own actions: what figures need, and no story."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from random import Random
from uuid import UUID

from paivand.access.models import User
from paivand.access.models.identity import acting_as
from paivand.access.queries.users import placement
from paivand.operate.population.telling import drawn, share, told
from paivand.protection.actions.incidents import add_incident
from paivand.protection.actions.survivors import open_file
from paivand.protection.models import Survivor
from paivand.protection.rules.consents import Caregiver, Given, Method
from paivand.protection.rules.drafts import IncidentDraft, SurvivorDraft
from paivand.protection.rules.people import MINORS, AgeGroup
from paivand.protection.rules.sectors import Sector
from paivand.protection.rules.violence import ReportedElsewhere, Violence
from paivand.registry.rules import Sex
from paivand.registry.rules.keys import row_key

ROOT = UUID("019a0000-0000-7000-8000-0000005ea1ed")
WANTED = ((Sector.PSYCHOSOCIAL,), (Sector.PSYCHOSOCIAL, Sector.LEGAL), (Sector.HEALTH, Sector.PSYCHOSOCIAL))
AT_ONCE = 25


def write_sealed(
    specialist: User, districts: Iterable[str], n_families: int, today: date,
    progress: Callable[[Iterable[int]], Iterable[int]] = iter,
) -> None:  # fmt: skip
    """Open as many files as women and girls were helped, each with one incident, spread over two years."""
    chance = Random(31)  # noqa: S311  # a demonstration, no secret
    there = list(districts)
    n_files = share("survivors", n_families)
    for start in progress(range(0, n_files, AT_ONCE)):
        with acting_as(specialist):
            for turn in range(start, min(start + AT_ONCE, n_files)):
                _file(specialist, there[turn % len(there)], turn, chance, today)


def sealed_written(specialist: User) -> bool:
    """Whether there are files already."""
    with acting_as(specialist):
        return Survivor.objects.exists()


def _file(by: User, district: str, turn: int, chance: Random, today: date) -> None:
    spread = told()["survivors"]
    group = AgeGroup(drawn(chance, spread["ages"]))
    day = today - timedelta(days=chance.randint(0, 700))
    minor = group in MINORS
    given = Given(
        day, Method.SPOKEN, assent=True if minor else None, caregiver=Caregiver.AGREES if minor else None
    )  # fmt: skip
    draft = SurvivorDraft(sex=Sex.FEMALE, age_group=group, language="tg", wanted=chance.choice(WANTED))
    survivor = open_file(
        scope=placement(by, district), survivor_id=row_key(ROOT, turn), draft=draft, given=given, told_on=day, by=by,
        reporting=chance.random() * 100 < spread["consents_to_reporting"], although_unavailable=True, on=day,
    )  # fmt: skip
    elsewhere = chance.random() * 100 < spread["reported_elsewhere"]
    add_incident(
        survivor=survivor, incident_id=row_key(ROOT, turn, "incident"), by=by,
        draft=IncidentDraft(
            reported_on=day, incident_on=day - timedelta(days=chance.randint(0, 60)), day_is_estimate=True,
            violence=Violence(drawn(chance, spread["violence"])), account=spread["account"],
            reported_elsewhere=ReportedElsewhere.COUNTING if elsewhere else ReportedElsewhere.NO,
        ),
    )  # fmt: skip
