"""Everything that a family's file tells in the order of time, as the asking user may see it."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date
from itertools import groupby
from typing import Any

from django.db.models import Q
from django.utils import timezone

from paivand.access.models import User
from paivand.core.rules.dates import Precision
from paivand.core.rules.privacy import DataClass
from paivand.registry.models import (
    Absence,
    Consent,
    Family,
    FamilyMember,
    JourneyStep,
    Merge,
    MigrationEpisode,
    Person,
    Remittance,
)
from paivand.registry.queries import migration
from paivand.registry.queries.people import same_family, same_person
from paivand.registry.queries.remittances import Key, money, received
from paivand.registry.rules.story import Entry, Happening, money_turns

MOST = 400
"""Of steps and of consents; a family's file stays far below it."""


@dataclass(frozen=True)
class People:
    """Everybody of a family, present and former, under all their records.

    ``files`` are the family's file and those joined with it; ``stays_for`` leads from every record of a person to the
    one that stays; ``people`` holds those whose names may be seen; ``present`` are the members of today.
    """

    family: Family
    files: list[uuid.UUID]
    members: list[FamilyMember]
    stays_for: dict[uuid.UUID, uuid.UUID]
    people: dict[uuid.UUID, Person]
    present: frozenset[uuid.UUID]

    def person_of(self, record: uuid.UUID | None) -> uuid.UUID | None:
        """The record that stays for a person, from any of her records."""
        return self.stays_for.get(record, record) if record else None


@dataclass(frozen=True)
class Story(People):
    """What is known of a family's time: asked for once, told on the page in several sections."""

    stays: list[MigrationEpisode]
    absences: list[Absence]
    money: dict[Key, Remittance]
    merges: list[Merge]
    steps: list[JourneyStep]
    consents: list[Consent]


def people_of(by: User, family: Family) -> People:
    """Everybody who belongs or ever belonged to ``family``, the present head first."""
    files = same_family(by, family)
    members = migration.memberships(by, files)
    members.sort(key=lambda member: (member.until_on is not None, member.relation != "head"))
    stays_for = same_person(by, [member.person_id for member in members])
    order = dict.fromkeys(stays_for[member.person_id] for member in members)
    known = migration.namesakes(by, order)
    return People(
        family=family,
        files=files,
        members=members,
        stays_for=stays_for,
        people={key: known[key] for key in order if key in known},
        present=frozenset(stays_for[member.person_id] for member in members if member.until_on is None),
    )


def story(by: User, family: Family) -> Story:
    """All that ``by`` may know of the story of ``family``, in a fixed number of questions to the database."""
    told = people_of(by, family)
    stays_for = told.stays_for
    return Story(
        **{field.name: getattr(told, field.name) for field in fields(told)},
        stays=migration.stays(by, stays_for),
        absences=migration.absences(by, told.files),
        money=money(by, family, told.files, stays_for),
        merges=_merges(by, stays_for),
        steps=_steps(by, stays_for),
        consents=list(Consent.objects.seen_by(by).filter(person_id__in=stays_for).order_by("-given_on", "-id")[:MOST]),
    )


def _merges(by: User, records: Iterable[uuid.UUID]) -> list[Merge]:
    if not by.sees(DataClass.IDENTITY):
        return []
    people = list(records)
    found = Merge.objects.seen_by(by).filter(Q(kept_id__in=people) | Q(absorbed_id__in=people))
    return list(found.order_by("-id"))


def _steps(by: User, records: Iterable[uuid.UUID]) -> list[JourneyStep]:
    found = JourneyStep.objects.seen_by(by).filter(person_id__in=list(records))
    return list(found.select_related("place", "recorded_by").order_by("-happened_on", "-id")[:MOST])


def entries(told: Story) -> list[Entry]:
    """The story in single lines, the newest first. What reached several people at once is one line."""
    found = [*_help(told), *_agreements(told), *_journeys(told), *_ties(told), *_turns(told), *_family(told)]
    return sorted(found, key=lambda entry: entry.on, reverse=True)


def _help(told: Story) -> Iterable[Entry]:
    reversed_ids = {step.reverses_id for step in told.steps if step.reverses_id}

    def together(step: JourneyStep) -> Hashable:
        return (
            step.happened_on, step.service, step.outcome, step.place_id, step.recorded_by_id, step.quantity,
            step.pk in reversed_ids,
        )  # fmt: skip

    for rows in _together(told.steps, together):
        first = rows[0]
        happening = Happening.STEP_REVERSED if first.pk in reversed_ids else Happening.STEP
        if first.reverses_id:
            happening = Happening.REVERSAL
        yield Entry(first.happened_on, happening, _people(told, rows), row=first)


def _agreements(told: Story) -> Iterable[Entry]:
    withdrawn = [consent for consent in told.consents if consent.withdrawn_on]
    for rows in _together(told.consents, lambda consent: (consent.given_on,)):
        yield Entry(rows[0].given_on, Happening.AGREED, _people(told, rows), row=rows[0], more=tuple(rows))
    for rows in _together(withdrawn, lambda consent: (consent.withdrawn_on,)):
        yield Entry(rows[0].withdrawn_on, Happening.WITHDRAWN, _people(told, rows), row=rows[0], more=tuple(rows))


def _journeys(told: Story) -> Iterable[Entry]:
    for stay in told.stays:
        who = _people(told, [stay])
        yield Entry(stay.departed_on, Happening.LEFT, who, Precision(stay.departed_precision), row=stay)
        if stay.returned_on:
            yield Entry(stay.returned_on, Happening.RETURNED, who, Precision(stay.returned_precision), row=stay)


def _ties(told: Story) -> Iterable[Entry]:
    for absence in told.absences:
        yield Entry(absence.since_on, Happening.TIE, _people(told, [absence]), row=absence)


def _turns(told: Story) -> Iterable[Entry]:
    for month, turn in money_turns(received(told.money.values()), timezone.localdate()):
        yield Entry(month, turn, precision=Precision.MONTH)


def _family(told: Story) -> Iterable[Entry]:
    begun = told.family.registered_on
    joined = [member for member in told.members if member.from_on > begun]
    gone = [member for member in told.members if member.until_on]
    for rows in _together(joined, lambda member: (member.from_on, member.relation)):
        yield Entry(rows[0].from_on, Happening.JOINED, _people(told, rows), row=rows[0])
    for member in gone:
        yield Entry(member.until_on or begun, Happening.LEFT_FAMILY, _people(told, [member]), row=member)
    for merge in told.merges:
        who = (told.stays_for.get(merge.kept_id, merge.kept_id),)
        yield Entry(_day(merge.created_at), Happening.MERGED, who, row=merge)
        if merge.undone_at:
            yield Entry(_day(merge.undone_at), Happening.UNMERGED, who, row=merge)


def _day(moment: Any) -> date:
    return timezone.localtime(moment).date()


def _together(rows: Sequence[Any], key: Callable[[Any], Hashable]) -> list[list[Any]]:
    return [list(group) for _key, group in groupby(sorted(rows, key=lambda row: str(key(row))), key)]


def _people(told: Story, rows: Iterable[Any]) -> tuple[uuid.UUID, ...]:
    """Whom the rows are about, each person once."""
    found = (told.person_of(row.person_id) for row in rows)
    return tuple(dict.fromkeys(person for person in found if person))
