"""The parts of a family's page that tell its time: who is abroad, the money sent home, and the story as a whole."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language_bidi

from paivand.access.models import User
from paivand.registry.models import Absence, Family, FamilyMember, MigrationEpisode, Person, Remittance
from paivand.registry.queries import migration
from paivand.registry.queries import story as queries
from paivand.registry.queries.people import same_person
from paivand.registry.queries.remittances import received, sees_money
from paivand.registry.rules import PURPOSE_NAMES, ConsentPurpose
from paivand.registry.rules.lists import PUBLIC_ABSENCES
from paivand.registry.rules.migration import RETURNED, AbsenceStatus
from paivand.registry.rules.pictures import money_picture
from paivand.registry.rules.remittances import SIGNAL_NAMES, Signal, judged_month, money_signals, month_before
from paivand.registry.rules.story import KIND_NAMES, Entry, Happening, StoryKind

OPEN_YEARS = 2
"""The latest years of the story stand open; earlier ones are unfolded."""


@dataclass
class Migrant:
    """Somebody who is, or was, abroad: the tie of today, the stay that is open, and what was before.

    ``person`` is None where the reader sees no names, or where nobody was named (``unnamed``).
    """

    key: uuid.UUID | None
    person: Person | None
    tie: Absence | None = None
    stay: MigrationEpisode | None = None
    earlier_ties: list[Absence] = field(default_factory=list)
    earlier_stays: list[MigrationEpisode] = field(default_factory=list)

    @property
    def unnamed(self) -> bool:
        """Whether this is somebody who is not written down as a member."""
        return self.key is None

    @property
    def away(self) -> bool:
        """Whether he is away, as far as anybody knows."""
        if self.stay is not None:
            return True
        return self.tie is not None and AbsenceStatus(self.tie.status) not in RETURNED


def story_of(by: User, family: Family) -> dict[str, Any]:
    """What the three sections show, from one reading of the family's story."""
    told = queries.story(by, family)
    return {**_away(by, told), **_money(by, told), **_timeline(told)}


def _away(by: User, told: queries.Story) -> dict[str, Any]:
    found = _migrants(told)
    status = told.family.absence_status
    public = PUBLIC_ABSENCES.get(AbsenceStatus(status), "") if status else ""
    return {
        "migrants": [one for one in found if one.away],
        "returned": [one for one in found if not one.away],
        "sees_case": migration.sees_case(by),
        "public_tie": public,
    }


def _migrants(told: queries.Story) -> list[Migrant]:
    """Everybody with a stay abroad or a tie; those with the latest news first."""
    found: dict[uuid.UUID | None, Migrant] = {}

    def migrant(record: uuid.UUID | None) -> Migrant:
        key = told.person_of(record)
        return found.setdefault(key, Migrant(key, told.people.get(key) if key else None))

    for absence in told.absences:
        one = migrant(absence.person_id)
        if absence.is_current and one.tie is None:
            one.tie = absence
        else:
            one.earlier_ties.append(absence)
    for stay in told.stays:
        one = migrant(stay.person_id)
        if stay.returned_on is None and one.stay is None:
            one.stay = stay
        else:
            one.earlier_stays.append(stay)
    return list(found.values())


def _money(by: User, told: queries.Story) -> dict[str, Any]:
    today = timezone.localdate()
    if not sees_money(by):
        carried = told.family.remittance_signal
        return {"sees_money": False, "money_signals": [SIGNAL_NAMES[Signal(carried)]] if carried else []}
    came = received(told.money.values())
    as_of = judged_month(came, today)
    found = money_signals(came, as_of)
    this_month = today.replace(day=1)
    year = [came[month] for n in range(1, 13) if (month := month_before(this_month, n)) in came]
    return {
        "sees_money": True,
        "money_signals": [SIGNAL_NAMES[signal] for signal in Signal if signal in found],
        "money_as_of": month_before(as_of) if came else None,
        "money_picture": money_picture(came, this_month, mirrored=get_language_bidi()),
        "money_asked": bool(came),
        "money_year": sum(year),
        "money_year_months": len(year),
        "money_rows": _money_rows(told),
    }


def _money_rows(told: queries.Story) -> list[tuple[date, list[tuple[Remittance, Person | None]]]]:
    """Each month with what each sender sent, the latest first."""
    rows = [(row, told.people.get(sender) if sender else None) for (sender, _month), row in told.money.items()]
    rows.sort(key=lambda one: one[0].month, reverse=True)
    return [(month, list(group)) for month, group in groupby(rows, key=lambda one: one[0].month)]


def _timeline(told: queries.Story) -> dict[str, Any]:
    found = queries.entries(told)
    years = [
        {"year": year, "entries": [_line(told, entry) for entry in group], "open": place < OPEN_YEARS}
        for place, (year, group) in enumerate(groupby(found, key=lambda entry: entry.on.year))
    ]
    kinds = {entry.kind for entry in found}
    return {
        "story_years": years,
        "story_kinds": [(kind, KIND_NAMES[kind]) for kind in StoryKind if kind in kinds] if len(kinds) > 1 else [],
    }


def _line(told: queries.Story, entry: Entry) -> dict[str, Any]:
    line: dict[str, Any] = {
        "entry": entry,
        "kind": str(entry.kind),
        "what": str(entry.happening),
        "people": [told.people[key] for key in entry.people if key in told.people],
        "count": len(entry.people),
        "everybody": len(entry.people) > 1 and told.present <= set(entry.people),
    }
    if entry.happening in {Happening.AGREED, Happening.WITHDRAWN}:
        line["purposes"] = _purposes(told, entry)
    return line


def _purposes(told: queries.Story, entry: Entry) -> list[str]:
    """What was agreed to, or taken back, where it was the same for all; else the section on consents tells it."""
    by_person: dict[uuid.UUID | None, set[str]] = {}
    for consent in entry.more:
        by_person.setdefault(told.person_of(consent.person_id), set()).add(consent.purpose)
    first, *others = by_person.values()
    if any(other != first for other in others):
        return []
    return [PURPOSE_NAMES[purpose] for purpose in ConsentPurpose if purpose in first]


def journeys_of(by: User, member: FamilyMember, person: Person) -> dict[str, Any]:
    """What the page of one person shows of stays abroad and bans."""
    records = same_person(by, [person.pk, member.person_id])
    stays = migration.stays(by, records)
    return {
        "stays": stays,
        "abroad": next((stay for stay in stays if stay.returned_on is None), None),
        "bans": migration.bans(by, records),
        "sees_case": migration.sees_case(by),
        "today": timezone.localdate(),
    }
