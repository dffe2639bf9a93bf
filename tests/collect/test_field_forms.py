"""Five forms as text tables: what they offer is what the house knows, in four languages, as phones can read it."""

from __future__ import annotations

import pytest

from paivand.collect.rules.shipped import SHIPPED, shipped_tables
from paivand.collect.rules.tables import spoken
from paivand.collect.rules.xforms import convert_form, java_present, validated
from paivand.core.rules.attendance import Mark
from paivand.learning.rules.fields import Health, Soil, kinds
from paivand.outreach.rules.catalogue import channels, topics
from paivand.outreach.rules.contacts import TOLD_PARTS
from paivand.outreach.rules.estimates import Way
from paivand.referrals.rules.feedback import GRAVE, Helped, Received, Trouble
from paivand.referrals.rules.referrals import DeclineReason, FailReason

LANGUAGES = {"tg", "ru", "en", "fa"}
FORMS = ("attendance", "aesa", "follow_up", "referral_feedback", "information_session")
LISTS = {
    "attendance": {"groups", "sessions", "learners", "topics"},
    "aesa": {"groups", "plots"},
    "follow_up": {"follow_ups", "practices"},
    "referral_feedback": {"referrals"},
    "information_session": {"places", "campaigns"},
}
SPOKEN_ABOUT = ("label", "hint", "constraint_message", "required_message")


def _choices(form):
    found: dict[str, list[str]] = {}
    for row in shipped_tables(form).sheets["choices"]:
        found.setdefault(row["list_name"], []).append(row["name"])
    return found


def _rows(form):
    return {row["name"]: row for row in shipped_tables(form).sheets["survey"] if row.get("name")}


@pytest.mark.parametrize("form", FORMS)
def test_each_form_is_an_xform_that_phones_can_read(form):
    made = convert_form(shipped_tables(form))
    assert set(made.lists) == LISTS[form]
    assert made.remarks == ()
    if java_present():
        assert validated(made.xml) == []


@pytest.mark.parametrize("form", FORMS)
def test_every_text_stands_in_four_languages(form):
    tables = shipped_tables(form)
    assert set(tables.titles) == LANGUAGES
    for sheet in ("survey", "choices"):
        for row in tables.sheets[sheet]:
            for what in SPOKEN_ABOUT:
                told = dict(spoken(row, what))
                assert not told or set(told) == LANGUAGES, (row.get("name"), what)
                assert len(set(told.values())) >= min(len(told), 2), (row.get("name"), what, told)
    for row in tables.sheets["survey"]:
        if row["type"] not in {"calculate", "end_group", "end_repeat"}:
            assert row.get("label::English (en)"), row


def test_who_receives_a_form_may_do_what_it_does():
    from paivand.access.rules.verbs import Verb

    told = {code: SHIPPED[code].verbs - {Verb.FORM_FILL} for code in (*FORMS, "phq4", "vulnerability_profile")}
    assert told == {
        "attendance": {Verb.LEARNING_TEACH}, "aesa": {Verb.LEARNING_TEACH}, "follow_up": {Verb.LEARNING_ENROL},
        "referral_feedback": {Verb.REFERRAL_SEND}, "information_session": {Verb.OUTREACH_RECORD},
        "phq4": {Verb.ASSESSMENT_RECORD}, "vulnerability_profile": {Verb.ASSESSMENT_RECORD},
    }  # fmt: skip


def test_an_observation_offers_the_lists_of_the_field_schools():
    found = _choices("aesa")
    assert found["stage"] == list(kinds("stages"))
    assert found["decision"] == list(kinds("decisions"))
    assert found["health"] == [one.value for one in Health]
    assert found["soil"] == [one.value for one in Soil]
    assert sorted(found["animal"]) == sorted(kinds("animals"))
    rows = _rows("aesa")
    for code in kinds("animals"):
        assert rows[code]["relevant"] == f"selected(${{seen}}, '{code}')"


def test_attendance_asks_for_every_mark_but_the_usual_one():
    rows = _rows("attendance")
    asked = {
        name
        for name, row in rows.items()
        if row["type"].endswith("learners.csv") and row["type"].startswith("select_m")
    }
    assert asked - {"also_there"} == {one.value for one in Mark} - {Mark.PRESENT}


def test_feedback_offers_what_the_screen_offers():
    found = _choices("referral_feedback")
    assert found["received"] == [one.value for one in Received]
    assert found["helped"] == [one.value for one in Helped]
    assert found["problem"] == [one.value for one in Trouble]
    assert found["declined"] == [one.value for one in DeclineReason]
    assert found["failed"] == [one.value for one in FailReason]
    told = _rows("referral_feedback")["grave"]["relevant"]
    assert all(f"'{one}'" in told for one in GRAVE)


def test_an_information_session_offers_channels_that_are_counted_by_heads():
    found = _choices("information_session")
    counted = {Way.HEADCOUNT, Way.SIGN_IN}
    assert found["channel"] == [code for code, one in channels().items() if counted & set(one.ways)]
    assert found["topic"] == list(topics())
    rows = shipped_tables("information_session").sheets["choices"]
    for way in counted:
        row = next(row for row in rows if (row["list_name"], row["name"]) == ("way", way))
        assert row["channels"].split() == [code for code in found["channel"] if way in channels()[code].ways]
    assert set(TOLD_PARTS) <= set(_rows("information_session"))


def test_a_question_afterwards_offers_its_months_and_leaves_open_what_was_not_asked():
    found = _choices("follow_up")
    assert found["months"] == ["3", "6", "12"]
    assert found["told"] == ["yes", "no", "not_asked"]
