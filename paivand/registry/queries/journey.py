"""Questions to the journey. What was reversed does not count, and merged records are one person."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date

from django.db.models import Count, OuterRef, QuerySet, Subquery, UUIDField
from django.db.models.functions import Coalesce

from paivand.access.models import User
from paivand.core.models import Place
from paivand.registry.models import Family, JourneyStep, Participant, Person
from paivand.registry.queries.people import same_person
from paivand.registry.rules.catalogue import COMPLETED


def steps_of(by: User, people: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[JourneyStep]]:
    """The steps of each of ``people`` that count, the latest first."""
    records = same_person(by, people)
    found: defaultdict[uuid.UUID, list[JourneyStep]] = defaultdict(list)
    steps = _counting(by).filter(person_id__in=list(records)).select_related("place", "recorded_by")
    for step in steps.order_by("-happened_on", "-id"):
        if step.person_id:
            found[records[step.person_id]].append(step)
    return {person: found[records[person]] for person in people}


def last_step(by: User, person: uuid.UUID, service: str | None = None) -> JourneyStep | None:
    """The latest step of this person, of one service if it is named."""
    records = same_person(by, [person])
    theirs = [pk for pk, kept in records.items() if kept == records[person]]
    steps = _counting(by).filter(person_id__in=theirs)
    if service:
        steps = steps.filter(service=service)
    return steps.order_by("-happened_on", "-id").first()


def has_completed(by: User, person: uuid.UUID, service: str, since: date | None = None) -> bool:
    """Whether this service reached the person wholly, not before ``since``; what admission to others asks."""
    return bool(who_completed(by, [person], service, since))


def who_completed(by: User, people: Iterable[uuid.UUID], service: str, since: date | None = None) -> set[uuid.UUID]:
    """Those of ``people`` whom this service reached wholly, not before ``since``."""
    asked = list(people)
    records = same_person(by, asked)
    steps = _counting(by).filter(person_id__in=list(records), service=service, outcome=COMPLETED)
    if since:
        steps = steps.filter(happened_on__gte=since)
    reached = {records[pk] for pk in steps.values_list("person_id", flat=True)}
    return {pk for pk in asked if records[pk] in reached}


def completed_services(by: User, people: Iterable[uuid.UUID]) -> dict[uuid.UUID, frozenset[str]]:
    """The services that reached each of ``people`` wholly; what the rule of admission to a course asks."""
    asked = list(people)
    records = same_person(by, asked)
    found: defaultdict[uuid.UUID, set[str]] = defaultdict(set)
    steps = _counting(by).filter(person_id__in=list(records), outcome=COMPLETED)
    for person, service in steps.values_list("person_id", "service"):
        found[records[person]].add(service)
    return {person: frozenset(found[records[person]]) for person in asked}


def n_people(by: User, service: str, since: date | None = None, until: date | None = None) -> int:
    """How many people this service reached from ``since`` to ``until``, both included; each counts once.

    Members of families and participants outside files count together; a participant who turned out to be a member of a
    family, or the same as another, counts with her. Who may not see who people are cannot follow merges and joins and
    counts records.
    """
    kept = Person.objects.filter(pk=OuterRef("person_id")).values("merged_into_id")[:1]
    known = Participant.objects.filter(pk=OuterRef("participant_id"))
    as_person = known.values(who=Coalesce("person__merged_into_id", "person_id", "same_as__person_id"))[:1]
    steps = _counting(by).filter(service=service)
    if since:
        steps = steps.filter(happened_on__gte=since)
    if until:
        steps = steps.filter(happened_on__lte=until)
    who = Coalesce(
        Subquery(kept), "person_id", Subquery(as_person), Subquery(known.values("same_as_id")[:1]), "participant_id",
        output_field=UUIDField(),
    )  # fmt: skip
    counted = steps.annotate(who=who).aggregate(n=Count("who", distinct=True))
    return int(counted["n"])


def step_of(by: User, people: Iterable[uuid.UUID], step_id: uuid.UUID) -> JourneyStep | None:
    """One step of these people, or of other records of theirs, that counts."""
    records = same_person(by, people)
    return _counting(by).filter(pk=step_id, person_id__in=list(records)).select_related("place", "recorded_by").first()


def written_together(by: User, people: Iterable[uuid.UUID], step: JourneyStep) -> list[JourneyStep]:
    """The steps that were written down with this one for others of ``people``, this one first."""
    same = _counting(by).filter(
        person_id__in=list(same_person(by, people)), service=step.service, outcome=step.outcome,
        happened_on=step.happened_on, place_id=step.place_id, quantity=step.quantity,
        recorded_by_id=step.recorded_by_id,
    )  # fmt: skip
    return sorted(same, key=lambda one: one.pk != step.pk)


def places_of_help(family: Family) -> QuerySet[Place]:
    """Where help may have reached this family: its district as a whole, or a jamoat of it."""
    district = Place.objects.filter(pk=family.district_id)
    return district | Place.objects.jamoats().filter(parent_id=family.district_id)


def _counting(by: User) -> QuerySet[JourneyStep]:
    """Steps that are no correction and were not corrected."""
    return JourneyStep.objects.seen_by(by).filter(reverses=None, reversed_by=None)
