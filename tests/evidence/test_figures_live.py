"""Figures over the tables as they stand: fresh, of all districts, each person once, and the same by every engine."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from paivand.access.models import Agency
from paivand.access.models.identity import acting_as, identity
from paivand.core.rules.writing import writing
from paivand.evidence.queries.figures import figures
from paivand.evidence.queries.records import records
from paivand.evidence.rules.asking import Ask, Period
from paivand.evidence.rules.indicators import Dimension, Measure, Source, Where
from paivand.evidence.rules.snapshots import Engine
from paivand.instruments.rules.answers import Answer
from paivand.registry.actions.journey import reverse_step
from paivand.registry.actions.merges import merge_people, undo_merge
from paivand.registry.actions.participants import recognise_participant
from paivand.registry.models import JourneyStep, Person
from tests.cast import DUSTI, KULOB, register
from tests.evidence.stage import coded, counted, given, indicator
from tests.instruments import asking
from tests.registry.test_participants import written

pytestmark = pytest.mark.django_db
ENGINES = [Engine.LIVE, Engine.MEMORY]
VISITED = indicator("visited", services=("visit.*",))


@pytest.mark.parametrize("engine", ENGINES)
def test_a_step_changes_the_figure_at_once_in_every_district(engine, family, dusti_family, zarina, farrukh):
    before = counted(VISITED, engine)
    given(family, zarina)
    given(dusti_family, farrukh)
    given(family, zarina)
    with identity(None):
        assert counted(VISITED, engine) == before + 2
        assert counted(VISITED, engine, districts=(DUSTI,)) == 1


@pytest.mark.parametrize("engine", ENGINES)
def test_who_is_counted_stands_in_the_parts_that_are_known_of_her(engine, family, zarina):
    with acting_as(zarina):
        child = asking.child_of(family)
        asking.asked(family, zarina, {"seeing": Answer("cannot")}, "wgss", person=child)
    given(family, zarina)
    given(family, zarina, child)
    by = (Dimension.SEX, Dimension.AGE, Dimension.DISABILITY)
    cells = figures([VISITED], Ask(by=by, jamoats=("TJ-KT-02-02",)), engine=engine)["visited"].cells
    found = {tuple(category for _name, category in key): value for key, value in cells.items() if len(key) == 3}
    assert found == {("female", "18+", "unknown"): 1, ("male", "0-17", "yes"): 1}
    assert cells[()] == 2


@pytest.mark.parametrize("engine", ENGINES)
def test_an_agency_is_named_in_a_declaration_and_found_by_its_key(engine, family, zarina):
    step = given(family, zarina)
    with acting_as(zarina):
        own = Agency.objects.get(pk=step.agency_id)
        other = Agency.objects.exclude(pk=own.pk).first()
        found = [
            figures([replace(VISITED, where=replace(VISITED.where, agencies=names))], Ask(), engine=engine)
            for names in ((own.name,), (other.name,), (own.name, other.name), ("Ҳеҷ кас",))
        ]
        asked_for = figures([VISITED], Ask(agencies=(str(own.pk),)), engine=engine)
    assert [one[VISITED.code].whole for one in found] == [1, 0, 1, 0]
    assert asked_for[VISITED.code].whole == 1


@pytest.mark.parametrize("engine", ENGINES)
def test_a_reversed_step_counts_no_more_and_did_then(engine, family, zarina, nasiba):
    step = given(family, zarina)
    then = timezone.now()
    assert counted(VISITED, engine) == 1
    with acting_as(nasiba):
        reverse_step(step=step, reason="somebody else", by=nasiba)
    assert counted(VISITED, engine) == 0
    assert counted(VISITED, engine, as_of=then) == 1
    assert counted(VISITED, engine, as_of=then - timedelta(days=1)) == 0


@pytest.mark.parametrize("engine", ENGINES)
def test_a_merge_lowers_the_count_by_one_now_and_not_as_reported_then(engine, family, zarina, nasiba):
    other = register(zarina, given="Ҷамила", surname="Каримова", members=0)
    given(family, zarina)
    given(other, zarina)
    then = timezone.now()
    with acting_as(nasiba):
        merge = merge_people(kept=family.head, absorbed=other.head, reason="the same", by=nasiba, join=True)
    assert (counted(VISITED, engine), counted(VISITED, engine, as_of=then)) == (1, 2)
    between = timezone.now()
    with acting_as(nasiba):
        undo_merge(merge=merge, reason="cousins", by=nasiba)
    now = counted(VISITED, engine), counted(VISITED, engine, as_of=between), counted(VISITED, engine, as_of=then)
    assert now == (2, 1, 2)


@pytest.mark.parametrize("engine", ENGINES)
def test_families_that_were_joined_count_once(engine, family, zarina, nasiba):
    families = indicator("families", Measure.FAMILIES, services=("visit.*",))
    other = register(zarina, given="Ҷамила", surname="Каримова", members=0)
    given(family, zarina)
    given(other, zarina)
    assert counted(families, engine) == 2
    with acting_as(nasiba):
        merge_people(kept=family.head, absorbed=other.head, reason="the same", by=nasiba, join=True)
    assert counted(families, engine) == 1


def test_somebody_helped_in_the_sealed_room_and_outside_it_counts_once(family, dusti_family, zarina, gulnoz):
    both = indicator("both", services=("visit.*", "survivor.*"))
    given(family, zarina)
    coded(family.head, gulnoz)
    coded(dusti_family.head, gulnoz)
    coded(Person().pk, gulnoz)
    with CaptureQueriesContext(connection) as queries:
        assert counted(both) == 3
    assert counted(both, Engine.LIVE) == 4  # PostgreSQL is not told whose pseudonym it is
    words = {row.pseudonym for row in _coded_steps(gulnoz)}
    assert len(words) == 3
    for query in queries:
        assert not any(word in query["sql"] for word in words)
        assert family.head_id.hex not in query["sql"].replace("-", "")


def _coded_steps(by):
    with acting_as(by):
        return list(JourneyStep.objects.exclude(pseudonym=""))


def test_steps_of_the_sealed_room_have_their_own_sex_and_age(family, gulnoz):
    survivors = indicator("survivors", services=("survivor.*",))
    coded(family.head, gulnoz, coded_age="61+")
    coded(Person().pk, gulnoz, coded_sex="", coded_age="")
    found = figures([survivors], Ask(by=(Dimension.SEX, Dimension.AGE)))["survivors"].cells
    assert found[(("sex", "female"), ("age", "18+"))] == 1
    assert found[(("sex", "unknown"), ("age", "unknown"))] == 1


@pytest.mark.parametrize("engine", ENGINES)
def test_everything_together_is_the_same_by_every_engine(engine, family, dusti_family, zarina, farrukh, gulnoz):
    other = register(zarina, given="Ҷамила", surname="Каримова", members=0)
    with acting_as(zarina):
        child = asking.child_of(family)
    for who in (family.head, child):
        given(family, zarina, who, happened_on=date(2026, 10, 5), quantity=Decimal("2.5"))
        given(family, zarina, who, "information.given")
    given(other, zarina)
    given(dusti_family, farrukh, quantity=Decimal("0.25"))
    declared = [
        VISITED,
        indicator("steps", Measure.EVENTS),
        indicator("families", Measure.FAMILIES),
        indicator("hours", Measure.SUM),
        indicator("mean", Measure.MEAN, per_person=True),
        indicator("median", Measure.MEDIAN),
        indicator("share", Measure.SHARE, services=("information.*",), whole=Where(services=("visit.*",))),
        indicator("after", where=Where(services=("information.*",), having=("visit.made",))),
        indicator("grown", where=Where(age_from=18)),
        indicator("groups", Measure.EVENTS, source=Source.GROUPS),
        indicator("contacts", Measure.CONTACTS, source=Source.REACH),
    ]
    for by in ((), (Dimension.SEX,), (Dimension.SEX, Dimension.DISTRICT), (Dimension.MONTH, Dimension.AGE),
               (Dimension.TIE, Dimension.AGENCY), (Dimension.JAMOAT, Dimension.SERVICE)):  # fmt: skip
        for ask in (Ask(by=by), Ask(Period(date(2026, 11, 1)), by, districts=(KULOB,)), Ask(as_of=timezone.now())):
            assert dict(figures(declared, ask, engine=engine)) == dict(figures(declared, ask, engine=Engine.LIVE))
    assert counted(VISITED, engine) == 4


@pytest.mark.parametrize("engine", ENGINES)
def test_a_participant_who_is_a_member_of_a_family_counts_once(engine, family, zarina, tahmina):
    row = written(tahmina)
    with acting_as(tahmina), writing("test"):
        JourneyStep(
            participant=row, service="visit.made", outcome="completed", happened_on=timezone.localdate(),
            place_id=KULOB, recorded_by=tahmina, district_id=KULOB,
        ).save()  # fmt: skip
    given(family, zarina)
    assert counted(VISITED, engine) == 2
    with acting_as(tahmina):
        recognise_participant(participant=row, person=family.head, by=tahmina)
    assert counted(VISITED, engine) == 1
    cells = figures([VISITED], Ask(by=(Dimension.AGE,)), engine=engine)["visited"].cells
    assert cells[(("age", "18+"),)] == 1


def test_a_figure_opens_for_who_may_see_the_records(family, dusti_family, zarina, farrukh, manija, outsider, gulnoz):
    first = given(family, zarina, happened_on=date(2026, 10, 1))
    last = given(family, zarina, happened_on=date(2026, 11, 5))
    other = given(dusti_family, farrukh)
    coded(family.head, gulnoz)
    both = indicator("both", services=("visit.*", "survivor.*"))
    for user, expected in ((zarina, [last, first]), (farrukh, [other]), (manija, [other, last, first]), (outsider, [])):
        with acting_as(user):
            found = records(user, both, Ask())
        assert [row.pk for row in found.rows] == [row.pk for row in expected]
        assert (found.n_all, found.n_seen, found.next) == (3, len(expected), None)
    with acting_as(gulnoz):
        assert all(row.pseudonym == "" for row in records(gulnoz, both, Ask()).rows)


def test_records_come_in_pages_and_none_twice(family, zarina, monkeypatch):
    monkeypatch.setattr("paivand.evidence.queries.records.ON_A_PAGE", 2)
    monkeypatch.setattr("paivand.evidence.queries.records.AT_ONCE", 3)
    steps = {given(family, zarina, happened_on=date(2026, 10, day % 3 + 1)).pk for day in range(7)}
    seen, place = [], None
    with acting_as(zarina):
        for _page in range(10):
            found = records(zarina, VISITED, Ask(), place)
            seen += [row.pk for row in found.rows]
            place = found.next
            if place is None:
                break
    assert (len(seen), set(seen)) == (7, steps)
