"""The tree of questions, consents, closing and the other decisions of the room."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paivand.core.rules.codes import number_in_code, readable_code
from paivand.protection.rules.consents import Caregiver, Given, Method, why_not_valid
from paivand.protection.rules.door import is_open
from paivand.protection.rules.drafts import Name
from paivand.protection.rules.feedback import QUESTIONS, quarter_before, quarter_of, tallies
from paivand.protection.rules.parameters import assent_age, health_hours, idle_time, smallest_figure
from paivand.protection.rules.people import AgeGroup, age_group
from paivand.protection.rules.recorder import ALWAYS_EMPTY, COLUMNS, VIOLENCE_CODES
from paivand.protection.rules.sectors import SERVICE_TYPES, Sector, sector_of, unavailable
from paivand.protection.rules.states import (
    TRANSITIONS,
    Check,
    Closing,
    ClosingReason,
    Edge,
    FileState,
    after,
    missing_checks,
    too_early,
)
from paivand.protection.rules.violence import (
    COUNTED,
    GENDER_BASED,
    TREE,
    HarmfulPractice,
    Violence,
    answers_of,
    classified,
    contradiction,
    health_windows,
    is_domestic,
    next_question,
)
from paivand.referrals.rules.directory import service_types

KEYS = [step.key for step in TREE]
NOON = datetime(2026, 11, 29, 12, tzinfo=UTC)


# --- the tree ---------------------------------------------------------------------------------------------------------


def test_the_types_stand_in_the_order_of_the_field():
    assert [step.leads_to for step in TREE] == [
        Violence.RAPE, Violence.SEXUAL_ASSAULT, Violence.PHYSICAL_ASSAULT, Violence.FORCED_MARRIAGE, Violence.DENIAL,
        Violence.PSYCHOLOGICAL,
    ]  # fmt: skip


def test_the_first_yes_decides_whatever_follows():
    for answers in product([True, False], repeat=len(KEYS)):
        told = dict(zip(KEYS, answers, strict=True))
        expected = next((step.leads_to for step in TREE if told[step.key]), Violence.NOT_GBV)
        assert classified({**told, GENDER_BASED: False}) is expected


def test_the_next_question_is_the_first_that_is_open_and_none_once_it_is_decided():
    for given_ in product([True, False, None], repeat=len(KEYS) + 1):
        answers = dict(zip([*KEYS, GENDER_BASED], given_, strict=True))
        assert (classified(answers) is None) == (next_question(answers) is not None)


def test_an_open_question_before_the_first_yes_decides_nothing():
    assert classified({"penetration": None, "sexual_contact": True}) is None


def test_six_times_no_and_still_gender_based_means_going_through_them_once_more():
    no = dict.fromkeys(KEYS, False)
    assert classified(no) is None
    assert classified({**no, GENDER_BASED: True}) is None
    assert next_question({**no, GENDER_BASED: True}) == GENDER_BASED


@pytest.mark.parametrize("violence", list(Violence))
def test_the_answers_of_a_type_lead_to_it(violence):
    assert classified(answers_of(violence)) is violence


@pytest.mark.parametrize(("violence", "practice", "fits"), [
    (Violence.SEXUAL_ASSAULT, HarmfulPractice.GENITAL_CUTTING, True),
    (Violence.RAPE, HarmfulPractice.GENITAL_CUTTING, True),
    (Violence.PHYSICAL_ASSAULT, HarmfulPractice.GENITAL_CUTTING, False),
    (Violence.FORCED_MARRIAGE, HarmfulPractice.EARLY_MARRIAGE, True),
    (Violence.DENIAL, HarmfulPractice.EARLY_MARRIAGE, False),
    (Violence.PSYCHOLOGICAL, HarmfulPractice.OTHER, True),
    (Violence.PSYCHOLOGICAL, None, True),
])  # fmt: skip
def test_cutting_is_sexual_assault_and_early_marriage_forced_marriage(violence, practice, fits):
    assert (contradiction(violence, practice) == "") is fits


def test_general_poverty_is_told_to_be_no_denial():
    assert "poverty" in next(step.note for step in TREE if step.leads_to is Violence.DENIAL)


def test_domestic_violence_is_derived_from_the_tie():
    assert is_domestic("denial", "former_partner")
    assert not is_domestic("rape", "stranger")
    assert not is_domestic("forced_marriage", "partner")


# --- health help ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("days", "running"), [
    (0, ["prevention_of_hiv", "emergency_contraception"]), (2, ["prevention_of_hiv", "emergency_contraception"]),
    (3, ["emergency_contraception"]), (4, ["emergency_contraception"]), (5, []),
])  # fmt: skip
def test_the_alert_ends_early_rather_than_late(days, running):
    day = NOON.date() - timedelta(days=days)
    found = health_windows("rape", day, NOON)
    assert [window.key for window in found] == running
    begun = datetime.combine(day, datetime.min.time(), UTC)
    assert all(window.ends_at == begun + timedelta(hours=health_hours()[window.key]) for window in found)


@pytest.mark.parametrize("violence", [one for one in Violence if one not in {"rape", "sexual_assault"}])
def test_other_violence_raises_no_such_alert(violence):
    assert health_windows(violence, NOON.date(), NOON) == []


def test_a_day_that_was_not_told_raises_no_alert():
    assert health_windows("rape", None, NOON) == []


# --- consent ----------------------------------------------------------------------------------------------------------


def said(**changes):
    return Given(date(2026, 11, 1), Method.SPOKEN, **changes)


@pytest.mark.parametrize(("group", "years", "given_", "fault"), [
    ("26-40", None, {}, None),
    ("12-17", None, {}, "assent"),
    ("12-17", None, {"assent": False, "caregiver": Caregiver.AGREES}, "assent"),
    ("12-17", None, {"assent": True}, "caregiver"),
    ("12-17", None, {"assent": True, "caregiver": Caregiver.AGREES}, None),
    ("12-17", None, {"assent": True, "caregiver": Caregiver.UNSAFE}, "caregiver_reason"),
    ("12-17", None, {"assent": True, "caregiver": Caregiver.UNSAFE, "caregiver_reason": "падар"}, None),
    ("0-11", assent_age(), {"caregiver": Caregiver.AGREES}, "assent"),
    ("0-11", assent_age() - 1, {"caregiver": Caregiver.AGREES}, None),
    ("0-11", None, {"caregiver": Caregiver.AGREES}, "assent"),
])  # fmt: skip
def test_a_child_is_asked_and_a_caregiver_unless_that_is_unsafe(group, years, given_, fault):
    found = why_not_valid(said(**given_), group, years)
    assert (found and found[0]) == fault


# --- states -----------------------------------------------------------------------------------------------------------


@given(st.lists(st.sampled_from(list(Edge))))
def test_a_file_moves_along_the_edges_and_nowhere_else(edges):
    state: FileState | None = None
    for edge in edges:
        reached = after(state, edge)
        assert (reached is None) == ((state, edge) not in TRANSITIONS)
        state = reached or state
    assert state is None or state in FileState
    assert after("closed", Edge.CLOSE) is None
    assert after(None, Edge.REOPEN) is None


def test_every_state_is_reached_and_a_closed_file_can_always_be_opened_again():
    assert set(TRANSITIONS.values()) == set(FileState)
    assert after("closed", Edge.REOPEN) is FileState.REOPENED
    assert after("reopened", Edge.CLOSE) is FileState.CLOSED


ALL = frozenset(Check)


@pytest.mark.parametrize(("closing", "missing"), [
    (Closing(ClosingReason.NEEDS_MET, ALL, None), []),
    (Closing(ClosingReason.NEEDS_MET, frozenset(), None), list(Check)),
    (Closing(ClosingReason.NEEDS_MET, ALL - {Check.SUPERVISOR_REVIEWED}, None, "танҳо кор мекунам"), []),
    (Closing(ClosingReason.NEEDS_MET, ALL - {Check.SAFETY_REVIEWED}, None, "танҳо"), [Check.SAFETY_REVIEWED]),
    (Closing(ClosingReason.NO_CONTACT, frozenset(), None), [Check.SUPERVISOR_REVIEWED]),
    (Closing(ClosingReason.DIED, frozenset({Check.SUPERVISOR_REVIEWED}), None), []),
])  # fmt: skip
def test_closing_asks_for_its_checklist(closing, missing):
    assert missing_checks(closing) == missing


@pytest.mark.parametrize(("days", "early"), [(30, True), (31, False)])
def test_no_contact_means_more_than_thirty_days(days, early):
    last = date(2026, 10, 1)
    closing = Closing(ClosingReason.NO_CONTACT, ALL, last)
    assert too_early(closing, last + timedelta(days=days)) is early
    assert not too_early(Closing(ClosingReason.SURVIVOR_ASKS, ALL, last), last)


# --- names, codes, sectors --------------------------------------------------------------------------------------------


@given(st.integers(1, 999_999))
def test_a_code_reads_back(number):
    assert number_in_code("S", readable_code("S", number)) == number


def test_a_code_of_another_kind_is_no_survivors_code():
    assert number_in_code("S", "F-000-0013") is None
    assert number_in_code("S", "с 000 0013") == 1


def test_two_spellings_of_a_name_share_a_pair():
    assert set(Name("Мадина", "Сафарова").pairs()) == set(Name("Madina", "Safarzoda").pairs()) != set()


def test_every_type_of_service_has_one_sector_and_mediation_has_none():
    named = [kind for types in SERVICE_TYPES.values() for kind in types]
    assert len(named) == len(set(named))
    assert set(service_types()) - set(named) == {"family_mediation"}
    assert sector_of("family_mediation") is None


def test_what_is_wanted_and_not_there_is_named():
    assert unavailable([Sector.HEALTH, Sector.LEGAL], {"legal"}) == [Sector.HEALTH]


@pytest.mark.parametrize(("years", "group"), [
    (0, "0-11"), (11, "0-11"), (12, "12-17"), (17, "12-17"), (18, "18-25"), (25, "18-25"), (26, "26-40"),
    (40, "26-40"), (41, "41-60"), (60, "41-60"), (61, "61+"),
])  # fmt: skip
def test_groups_of_age_have_their_edges(years, group):
    assert age_group(years) == AgeGroup(group)


# --- the door, feedback, the recorder, parameters ---------------------------------------------------------------------


def test_the_door_closes_after_five_minutes_and_a_mark_from_the_future_opens_nothing():
    assert idle_time() == timedelta(minutes=5)
    assert is_open(NOON, NOON + timedelta(minutes=4, seconds=59))
    assert not is_open(NOON, NOON + timedelta(minutes=5))
    assert not is_open(NOON + timedelta(minutes=1), NOON)


def test_feedback_is_summed_once_enough_have_answered():
    assert tallies([{"safer": "no"}] * 4) is None
    found = {tally.key: tally for tally in tallies([{"safer": "no"}, *[{"safer": "yes"}] * 4]) or []}
    assert found["safer"].counts == {"yes": 4, "partly": 0, "no": 1, "not_said": 0}
    assert found["again"].counts["not_said"] == 5
    assert len(QUESTIONS) >= 12


def test_quarters_follow_one_another():
    quarter = quarter_of(date(2026, 3, 31))
    assert quarter == date(2026, 1, 1)
    assert quarter_of(quarter - timedelta(days=1)) == quarter_before(quarter)


def test_the_recorder_has_forty_two_columns_and_names_the_six_types():
    assert len(COLUMNS) == len({column.key for column in COLUMNS}) == len({column.heading for column in COLUMNS}) == 42
    assert set(VIOLENCE_CODES) == set(COUNTED)
    assert {column.key for column in COLUMNS} > ALWAYS_EMPTY


def test_the_smallest_figure_is_five():
    assert smallest_figure() == 5
