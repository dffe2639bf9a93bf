"""Families and their people."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Any

from django.db.models import (
    Case,
    DateField,
    DateTimeField,
    DurationField,
    ExpressionWrapper,
    F,
    Func,
    IntegerField,
    Q,
    Value,
    When,
)
from django.db.models.functions import ExtractYear, Greatest

from paivand.access.models.policies import InScope
from paivand.access.rules.verbs import Verb
from paivand.collect.queries.carried import people_within, reached, same_people
from paivand.collect.queries.field_rows.source import Asked, Rows, Source, digest_of
from paivand.collect.rules.members import CARRIED, Lives
from paivand.core.rules.codes import family_code
from paivand.core.rules.dates import Precision
from paivand.core.rules.privacy import DataClass
from paivand.registry.models import Absence, FamilyMember, MigrationEpisode, Person
from paivand.registry.queries.families import on_related
from paivand.registry.rules import ADULT


def _years(today: date) -> Any:
    """Completed years as ``Birth.age`` counts them, told by the database, so that a birthday changes the token."""
    birth, precision = F("person__birth_on"), "person__birth_precision"
    middle = Case(
        When(**{precision: Precision.MONTH}, then=Value(timedelta(days=14))),
        When(**{precision: Precision.YEAR}, then=Func(template="interval '6 months'")),
        default=Value(timedelta(0)), output_field=DurationField(),
    )  # fmt: skip
    lived = Func(
        Value(today, DateField()), ExpressionWrapper(birth + middle, DateTimeField()),
        function="age", output_field=DurationField(),
    )  # fmt: skip
    years = Case(
        When(**{precision: Precision.ESTIMATE}, then=Value(today.year) - ExtractYear(birth)),
        default=Func(lived, template="extract(year from %(expressions)s)::int", output_field=IntegerField()),
        output_field=IntegerField(),
    )
    return Case(When(person__birth_on=None, then=Value(None)), default=Greatest(years, 0), output_field=IntegerField())


def _families(asked: Asked) -> Rows:
    return (
        reached(asked.by)
        .filter(pk__in=asked.carried.ids)
        .order_by("head__sort_key", "pk")
    )  # fmt: skip


def _written_families(asked: Asked, rows: Iterable[Any]) -> Iterator[tuple[object, ...]]:
    near = asked.carried.ranked
    for row in sorted(rows, key=lambda row: near[row[0]]):
        pk, number, version, district, jamoat, village, n_members, housing, land, *names = row
        head = " ".join(part for part in names if part)
        code = family_code(number)
        yield pk, f"{code} · {head}", version, code, district, jamoat, village, head, n_members, housing, land


FAMILIES = Source(
    ("name", "label", "__version", "code", "district", "jamoat", "village", "head", "n_members", "housing", "land"),
    (
        "pk", "number", "version", "district_id", "jamoat_id", "village", "n_members", "housing", "land",
        "head__family_name", "head__given_name", "head__father_name",
    ), _families, _written_families, is_entity=True, shared=lambda asked: asked.carried.token,
)  # fmt: skip


def _people(asked: Asked) -> Rows:
    """Present members; those of a file that was joined with another belong to the other's family."""
    by = asked.by
    return (
        FamilyMember.objects.filter(
            _of_homes("family", asked),
            InScope(Verb.FAMILY_EDIT).q(by, DataClass.FAMILY),
            on_related("person__", people_within(by)),
            until_on=None,
        )
        .annotate(
            home=Case(When(family__merged_into=None, then=F("family_id")), default=F("family__merged_into_id")),
            years=_years(asked.today),
        )
        .order_by("person__sort_key", "person_id", "pk")
    )  # fmt: skip


def _of_homes(path: str, asked: Asked) -> Q:
    """What lies in the families of the device, or in files that were joined with them."""
    ids = asked.carried.ids
    return Q(**{f"{path}_id__in": ids}) | Q(**{f"{path}__merged_into_id__in": ids})


def _abroad(asked: Asked) -> list[Rows]:
    """Stays abroad that are not over: of the records of members, and of records that were merged into theirs."""
    open_stays = MigrationEpisode.objects.filter(
        InScope(Verb.FAMILY_EDIT).q(asked.by, DataClass.FAMILY), returned_on=None
    )
    return [
        open_stays.filter(_of_homes("person__memberships__family", asked), person__memberships__until_on=None),
        open_stays.exclude(person__merged_into=None).filter(
            _of_homes("person__merged_into__memberships__family", asked),
            person__merged_into__memberships__until_on=None,
        ),
    ]


def _ties(asked: Asked) -> Rows:
    """How migrants keep in touch, as far as the worker sees it; the latest of one person last."""
    return Absence.objects.filter(
        _of_homes("family", asked), InScope(Verb.FAMILY_EDIT).q(asked.by, DataClass.CASE),
        is_current=True, person__isnull=False,
    ).order_by("since_on", "created_at")  # fmt: skip


def _told_apart(asked: Asked) -> str:
    """What the list of people depends on beside its own statement."""
    told = [digest_of(one, ("person_id", "person__merged_into_id")) for one in _abroad(asked)]
    tied = digest_of(_ties(asked), ("person_id", "person__merged_into_id", "status", "since_on"))
    return " ".join((asked.carried.token, *told, tied))


def _lives(asked: Asked) -> dict[uuid.UUID, str]:
    """Who is abroad, under each record that may stand for the person."""
    rows = [row for one in _abroad(asked) for row in one.order_by().values_list("person_id", "person__merged_into_id")]
    return {pk: str(Lives.ABROAD) for row in rows for pk in row if pk}


def _kept_ties(asked: Asked) -> dict[uuid.UUID, str]:
    """The ties that a phone carries, under each record that may stand for the person; empty for others."""
    rows = _ties(asked).values_list("person_id", "person__merged_into_id", "status")
    return {pk: status if status in CARRIED else "" for *keys, status in rows for pk in keys if pk}


def _written_people(asked: Asked, rows: Iterable[Any]) -> Iterator[tuple[object, ...]]:
    """Each person once, under the record that stays for her, with her first family of the list."""
    abroad, ties = _lives(asked), _kept_ties(asked)
    near = asked.carried.ranked
    found = sorted(rows, key=lambda row: near[row[2]])
    arrows = {row[0]: row[1] for row in found if row[1]}
    stays = same_people((row[0] for row in found), _further(asked, arrows)) if arrows else {}
    once: set[uuid.UUID] = set()
    own = {row[0] for row in found if not row[1]}
    for pk, merged, home, relation, years, version, sex, *names in found:
        key = stays.get(pk, pk)
        if key in once or (merged and key in own):
            continue
        once.add(key)
        name = " ".join(part for part in names if part)
        yield (
            key, f"{name} · {years}" if years is not None else name, version, home, relation, sex,
            "" if years is None else years, "" if years is None else int(years < ADULT),
            abroad.get(key, Lives.HOME), ties.get(key, ""),
        )  # fmt: skip


def _further(asked: Asked, arrows: dict[uuid.UUID, uuid.UUID]) -> dict[uuid.UUID, uuid.UUID]:
    """The arrows from these records on, to the end."""
    found, ends = dict(arrows), set(arrows.values())
    while ends:
        rows = Person.objects.filter(people_within(asked.by), pk__in=ends).exclude(merged_into=None)
        more = dict(rows.values_list("pk", "merged_into_id"))
        ends = set(more.values()) - set(found)
        found |= more
    return found


PEOPLE = Source(
    ("name", "label", "__version", "family", "relation", "sex", "age", "is_child", "lives", "absence"),
    (
        "person_id", "person__merged_into_id", "home", "relation", "years", "person__version", "person__sex",
        "person__family_name", "person__given_name", "person__father_name",
    ), _people, _written_people, is_entity=True, shared=_told_apart,
)  # fmt: skip
