"""The demonstration's casework: every state is there, every desk has work on it, and the published figures come out.

The figures for all 1,200 families are told from what is drawn, without a database; what is written is asked of a small
demonstration.
"""

from __future__ import annotations

import json
import uuid
from collections import Counter
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest

from paivand.access.models import User
from paivand.cases.rules.cases import CaseState
from paivand.cases.rules.kinds import MainPerson, case_kinds
from paivand.cases.rules.legal import matter_kinds
from paivand.operate.population.casework import helped_others
from paivand.operate.population.invention import InventedFamily, JamoatShare, invented_families
from paivand.operate.population.stories import Home, Scene, Story, drawn_stories, home_of
from paivand.operate.population.telling import share, spread, told
from paivand.referrals.rules.directory import service_types
from paivand.referrals.rules.referrals import ReferralState
from paivand.registry.models import Family, Person
from paivand.registry.rules import ConsentPurpose
from paivand.registry.rules.keys import row_key
from tests.cast import DUSTI, KULOB
from tests.operate.conftest import Installation

pytestmark = pytest.mark.xdist_group("drill")
TODAY = date(2026, 11, 29)
JAMOATS = [JamoatShare("TJ-KT-02-01", KULOB, 30_000), JamoatShare("TJ-KT-20-01", DUSTI, 10_000)]
WHOLE, FEW = 1200, 60


# --- what is drawn ---------------------------------------------------------------------------------------------------


def home(number: int, invented: InventedFamily) -> Home | None:
    """The home of an invented family, as it would be read from the database."""
    draft, services = invented.draft, ConsentPurpose.SERVICES
    if services not in draft.consent.purposes or invented.withdrawn in {services, ConsentPurpose.REGISTRATION}:
        return None
    agreeing = {0, *(place for place, given in invented.consents if services in given.purposes)}
    family = Family(
        pk=draft.family_id, number=number, district_id=invented.district, jamoat_id=draft.jamoat,
        registered_on=draft.registered_on,
    )  # fmt: skip
    people = [
        Person(
            pk=row_key(draft.family_id, place), sex=one.sex, birth_on=one.birth.on if one.birth else None,
            birth_precision=one.birth.precision if one.birth else "",
        )
        for place, one in enumerate(draft.people)
        if place in agreeing
    ]  # fmt: skip
    return home_of(family, people, wavers=bool(invented.withdrawn))


@pytest.fixture(scope="module")
def scene() -> Scene:
    """All families of the demonstration, of no database."""
    known: dict[str, list[Home]] = {KULOB: [], DUSTI: []}
    for number, invented in enumerate(invented_families(WHOLE, JAMOATS, TODAY), start=1):
        found = home(number, invented)
        if found:
            known[invented.district].append(found)
    workers = {
        district: [User(pk=uuid.uuid4(), username=f"{district}.{n}") for n in range(4)] for district in known
    }  # fmt: skip
    return Scene({}, workers, known, WHOLE, TODAY)


@pytest.fixture(scope="module")
def stories(scene: Scene) -> list[Story]:
    return drawn_stories(scene)


def test_the_declared_figures_are_those_that_were_published() -> None:
    figures = told()["figures"]
    assert (figures["women_supported"], figures["children_supported"]) == (290, 200)
    assert (figures["helped"], figures["survivors"]) == (2263, 500)


def test_290_women_and_200_children_have_cases(stories: list[Story]) -> None:
    women = {story.woman.pk for story in stories}
    people = {one.person.pk for story in stories for one in story.people}
    assert len(stories) == len(women) == 290
    assert len(people - women) == 200
    assert women <= people


def test_2263_women_and_children_were_helped_each_counted_once(scene: Scene, stories: list[Story]) -> None:
    others = helped_others(scene, stories, Random(1))  # noqa: S311
    helped = {one.person.pk for story in stories for one in story.people} | {one.pk for _home, one, _service in others}
    assert len(helped) == 2263
    born = [one for _home, one, service in others if service == "legal.birth_registered"]
    assert len(born) == 120 - 1, "One birth was registered within a case."
    assert all(one.age and one.age.years < 8 for one in born)


def test_500_survivors_have_files_and_a_smaller_demonstration_has_its_share() -> None:
    assert share("survivors", WHOLE) == 500
    assert share("survivors", FEW) == 25
    assert share("women_supported", 5000) == 290


def test_the_examples_are_told_first_and_the_others_as_often_as_declared(stories: list[Story]) -> None:
    names = [story.name for story in stories]
    examples = [example["key"] for example in told()["examples"]]
    assert names[: len(examples)] == examples
    rest = Counter(story.stage for story in stories[len(examples) :])
    whole = sum(told()["stages"].values())
    assert whole == 100
    for stage, weight in told()["stages"].items():
        assert abs(rest[stage] - weight * rest.total() / whole) <= 1, stage


def test_who_a_case_is_about_fits_its_kind(stories: list[Story]) -> None:
    for story in stories:
        main = next(one.person for one in story.people if one.role == "main")
        assert (main == story.woman) == (case_kinds()[story.kind].main_person is not MainPerson.CHILD)
        assert len({one.person.pk for one in story.people}) == len(story.people)
        assert story.home.family.registered_on <= story.opened_on <= TODAY


def test_the_examples_have_the_children_they_are_about(stories: list[Story]) -> None:
    for story in stories:
        if {"child_from", "child_under"} & story.example.keys():
            child = story.child
            assert child is not None, story.name
            assert child.age is not None
            assert story.example.get("child_from", 0) <= child.age.years < story.example.get("child_under", 18)
        if story.example:
            assert story.opened_on == TODAY - timedelta(days=story.example["days_ago"]), "The family came in time."


def test_the_same_families_give_the_same_cases(scene: Scene, stories: list[Story]) -> None:
    def seen(found: list[Story]) -> list[Any]:
        return [(one.key, one.stage, one.kind, one.opened_on, one.worker.pk, len(one.people)) for one in found]

    assert seen(drawn_stories(scene)) == seen(stories)


def test_nothing_is_lost_to_rounding() -> None:
    assert Counter(spread({"a": 1, "b": 1, "c": 1}, 100)).total() == 100
    assert spread({"a": 1}, 0) == []


def test_what_is_declared_knows_only_codes_that_there_are() -> None:
    declared = told()
    kinds = set(case_kinds())
    assert {example["kind"] for example in declared["examples"]} <= kinds
    assert set(declared["kinds"]) == set(declared["reasons"]) == set(declared["needs_of"]) == kinds
    assert set(declared["matters"]) == set(matter_kinds())
    names = {example["key"] for example in declared["examples"]}
    assert {row["of"] for row in declared["referrals"]} <= names
    assert {row["case"] for row in declared["transfers"]} <= names
    assert {need["service"] for need in declared["needs"].values()} <= set(service_types())


# --- what is written -------------------------------------------------------------------------------------------------


def found(demo: Installation, table: str, column: str = "state") -> Counter[str]:
    rows = demo.ask(f"select json_object_agg({column}, n) from (select {column}, count(*) n from {table} group by 1) t")
    return Counter(rows or {})


def test_every_state_of_a_case_is_there(demo: Installation) -> None:
    there = set(found(demo, "cases_case"))
    assert there == set(CaseState) - {CaseState.TRANSFERRED}, "Who takes a case over goes on in the same moment."


def test_every_state_of_a_referral_is_there(demo: Installation) -> None:
    assert set(found(demo, "referrals_referral")) == set(ReferralState)
    assert set(found(demo, "referrals_referral", "way")) >= {"account", "link", "spoken"}
    late = "select count(*) from referrals_referral where priority = 'emergency' and escalated_at is not null"
    assert demo.ask(late) >= 2, "An emergency that nobody answered lies with the supervisor, in each district."


@pytest.mark.parametrize(
    ("table", "column", "least"),
    [
        ("cases_plan", "state", {"approved", "submitted"}),
        ("cases_closure", "state", {"approved", "asked"}),
        ("cases_transfer", "state", {"asked"}),
        ("cases_visit", "state", {"planned", "made", "missed"}),
        ("cases_note", "kind", {"case", "private", "supervisor"}),
        ("cases_legalstep", "state", {"open", "done"}),
        ("cases_legalmatter", "kind", {"birth_registration", "alimony", "missing_migrant"}),
        ("cases_psychosocialgroup", "state", {"running"}),
        ("cases_attendance", "mark", {"present", "late", "excused", "absent"}),
        ("cases_schooling", "state", {"back"}),
        ("cases_selectionround", "state", {"appeals", "commission"}),
        ("cases_selectioncandidate", "outcome", {"selected", "reserve", "referred", "not_eligible", "refused"}),
        ("cases_selectionappeal", "state", {"open"}),
        ("instruments_assessment", "stage", {"baseline", "follow_up", "before", "after"}),
    ],
)
def test_the_work_stands_at_its_different_steps(
    demo: Installation, table: str, column: str, least: set[str]
) -> None:  # fmt: skip
    assert set(found(demo, table, column)) >= least


@pytest.mark.parametrize(
    "table",
    [
        "cases_conference", "cases_casedocument", "cases_psychosocialsession", "cases_groupmeeting",
        "cases_supervisionsession", "cases_sessionwellbeing", "cases_filereview", "cases_correction",
        "cases_selectionconflict", "cases_selectionsignature", "cases_selectionminutes", "cases_selectionseat",
        "protection_incident",
    ],
)  # fmt: skip
def test_nothing_of_the_work_is_missing(demo: Installation, table: str) -> None:
    assert demo.ask(f"select count(*) from {table}") > 0


def test_both_districts_selected_families_and_go_on_selecting(demo: Installation) -> None:
    rounds = "select count(distinct district_id) from cases_selectionround where state {}"
    assert demo.ask(rounds.format("in ('decided', 'appeals')")) == 2
    assert demo.ask(rounds.format("= 'commission'")) == 2


def test_a_birth_certificate_came_by_a_referral(demo: Installation) -> None:
    assert demo.ask(
        "select count(*) from cases_legalmatter m join referrals_referral r on r.origin_id = m.case_id"
        " where m.kind = 'birth_registration' and m.outcome = 'obtained' and r.state = 'completed'"
        " and r.person_id = m.person_id"
    )


def test_some_scores_of_one_person_or_family_were_taken_twice(demo: Installation) -> None:
    twice = (
        "select count(*) from (select family_id, person_id, instrument from instruments_assessment"
        " group by 1, 2, 3 having count(distinct answered_on) > 1) t"
    )
    assert demo.ask(twice) >= 5


def test_the_written_counts_are_their_share_of_what_was_published(demo: Installation) -> None:
    adult = "p.birth_on <= current_date - interval '18 years'"
    counted = f"select count(distinct c.person_id) from cases_caseperson c join registry_person p on p.id = c.person_id where {adult}"  # noqa: E501
    assert demo.ask(counted) == share("women_supported", FEW)
    assert demo.ask(counted.replace(adult, f"not ({adult})")) == share("children_supported", FEW)
    helped = (
        "select count(distinct person_id) from registry_journeystep where person_id is not null and"
        " split_part(service, '.', 1) in ('legal', 'social', 'referral', 'psychosocial', 'child', 'school')"
    )
    assert demo.ask(helped) == share("helped", FEW)
    born = "select count(distinct person_id) from registry_journeystep where service = 'legal.birth_registered'"
    assert demo.ask(born) == share("births_registered", FEW)
    assert demo.ask("select count(*) from protection_survivor") == share("survivors", FEW)


DESKS = """
import json
from paivand.access.models.identity import acting_as
from paivand.desk.queries import desk
from paivand.operate.population.loading import _users
told = {}
for name, user in _users().items():
    with acting_as(user):
        found, told[name] = desk(user), {}
        if found.work:
            for part in ("overdue", "today", "week"):
                told[name][part] = len(getattr(found.work, part).rows)
            for part in ("plans", "closures", "transfers", "asked", "notices"):
                told[name][part] = len(getattr(found.work, part))
        if found.referrals:
            for part in ("unread", "to_answer", "waiting"):
                told[name][part] = len(getattr(found.referrals, part))
            told[name]["late_referrals"] = len(found.referrals.overdue)
        for part in ("flags", "decisions", "registered"):
            told[name][part] = len(getattr(found, part))
print("DESKS" + json.dumps(told))
"""


@pytest.fixture(scope="module")
def desks(demo: Installation) -> dict[str, dict[str, int]]:
    """How much lies on the desk of each account, by its parts."""
    done = demo.run("shell", "--no-imports", "-c", DESKS)
    assert done.returncode == 0, done.stderr
    read: dict[str, dict[str, int]] = json.loads(done.stdout.partition("DESKS")[2])
    return read


@pytest.mark.parametrize(
    ("username", "parts"),
    [
        ("social.kulob", "overdue today week plans asked notices unread waiting registered flags"),
        ("social.dusti", "overdue today week plans closures transfers notices unread waiting registered"),
        ("supervisor", "flags decisions late_referrals unread"),
        ("provider", "to_answer unread"),
    ],
)
def test_the_desks_of_the_demonstration_have_work_on_them(
    desks: dict[str, dict[str, int]], username: str, parts: str
) -> None:
    assert [part for part in parts.split() if not desks[username][part]] == []


def test_the_sealed_room_has_files_for_its_specialist_alone(demo: Installation) -> None:
    assert demo.ask("select count(distinct survivor_id) from protection_incident") == share("survivors", FEW)
