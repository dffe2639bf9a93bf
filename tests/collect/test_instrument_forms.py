"""Forms made of questionnaires ask what the questionnaire asks, in its words, and nothing else."""

from __future__ import annotations

import re

import pytest
from django.utils import timezone

from paivand.access.models.identity import acting_as
from paivand.collect.rules.instrument_forms import INSTRUMENTS, instrument_tables, is_typed, tables_of
from paivand.collect.rules.shipped import shipped_tables
from paivand.collect.rules.tables import spoken
from paivand.collect.rules.xforms import convert_form, java_present, validated
from paivand.core.rules.errors import Refused
from paivand.instruments.models import Assessment, RedFlag, Score
from paivand.instruments.rules.answers import read_answers
from paivand.instruments.rules.catalogue import instrument, versions
from paivand.instruments.rules.instruments import EVIDENCE_NAMES, SPECIAL_NAMES, Evidence, say
from paivand.instruments.rules.states import MODE_NAMES, STAGE_NAMES, Mode, Stage
from paivand.registry.models import JourneyStep
from tests.collect.filling import filled_in, sent, stored, take
from tests.instruments.asking import begun

LANGUAGES = ("tg", "ru", "en", "fa")
FORMS = sorted(INSTRUMENTS)
DECLARED = sorted(versions())
FRAME = {
    "family", "person", "respondent", "may_ask", "not_asked", "circumstances", "stage", "mode", "answered_on", "urgent",
    "still_open", "n_open",
}  # fmt: skip


def _in_all(words):
    return {language: say(words, language) for language in LANGUAGES}


@pytest.mark.parametrize("key", DECLARED, ids="-".join)
def test_a_form_has_every_item_of_a_questionnaire_with_its_answers_and_nothing_else(key):
    declared = versions()[key]
    tables = tables_of("some_form", declared)
    rows = [row for row in tables.sheets["survey"] if row.get("name") and row["name"] not in FRAME]
    expected, lists = [], {}
    for section in declared.sections:
        expected.append((f"s_{section.code}", _in_all(section.title)))
        if section.intro:
            expected.append((f"t_{section.code}", _in_all(section.intro)))
        for item in section.items:
            expected.append((f"q_{item.code}", _in_all(item.text)))
            reasons = [f"-{one}" for one in item.special]
            if is_typed(item):
                if reasons:
                    expected.append((f"n_{item.code}", None))
                    lists[f"n_{item.code}"] = reasons
            else:
                own = [one.code for one in item.options] or [str(n) for n in range(item.least, item.most + 1)]
                lists[f"q_{item.code}"] = own + reasons
            if item.evidence:
                expected.append((f"e_{item.code}", None))
    assert [row["name"] for row in rows] == [name for name, _words in expected]
    for row, (name, words) in zip(rows, expected, strict=True):
        assert words is None or dict(spoken(row, "label")) == words, name
    found: dict[str, list[str]] = {}
    for row in tables.sheets["choices"]:
        found.setdefault(row["list_name"], []).append(row["name"])
    assert {name: codes for name, codes in found.items() if name[:2] in {"q_", "n_"}} == lists


@pytest.mark.parametrize("form", FORMS)
def test_each_answer_stands_in_the_words_of_the_questionnaire(form):
    declared = instrument(INSTRUMENTS[form])
    words = {
        (row["list_name"], row["name"]): dict(spoken(row, "label")) for row in shipped_tables(form).sheets["choices"]
    }
    for item in declared.items():
        for option in item.options:
            assert words[f"q_{item.code}", option.code] == _in_all(option.label)
        for one in item.special:
            assert words[f"q_{item.code}", f"-{one}"]["en"].casefold() == SPECIAL_NAMES[one].casefold()


@pytest.mark.parametrize("key", DECLARED, ids="-".join)
def test_a_form_asks_only_after_the_answers_after_which_the_questionnaire_asks(key):
    declared = versions()[key]
    rows = {row["name"]: row for row in tables_of("some_form", declared).sheets["survey"] if row.get("name")}
    for item in declared.items():
        row = rows[f"q_{item.code}"]
        assert ("relevant" in row) == (item.when is not None)
        if item.when:
            for code in item.when.codes:
                assert f"${{q_{item.when.item}}} = '{code}'" in row["relevant"]
        if item.evidence:
            asked = rows[f"e_{item.code}"]
            assert set(re.findall(r"= '(\w+)'", asked["relevant"])) == set(item.evidence)
            assert asked["required"] == "yes"


def test_what_cannot_wait_is_said_on_the_phone_at_once():
    declared = instrument("vulnerability")
    row = next(
        row for row in instrument_tables("vulnerability_profile").sheets["survey"] if row.get("name") == "urgent"
    )
    asked = {flag.when.item for flag in declared.flags if flag.when}
    assert set(re.findall(r"\$\{q_(\w+)\}", row["relevant"])) == asked
    assert asked
    assert not [row for row in instrument_tables("phq4").sheets["survey"] if row.get("name") == "urgent"]


def test_only_those_who_may_be_asked_are_offered():
    row = next(row for row in instrument_tables("phq4").sheets["survey"] if row.get("name") == "person")
    assert "family = ${family}" in row["choice_filter"]
    assert ">= 12" in row["choice_filter"]  # from 14 years, and two less, for an age that was only estimated
    assert not [row for row in shipped_tables("vulnerability_profile").sheets["survey"] if row.get("name") == "person"]


def test_the_frame_offers_what_the_screens_offer():
    lists: dict[str, list[str]] = {}
    for row in instrument_tables("vulnerability_profile").sheets["choices"]:
        lists.setdefault(row["list_name"], []).append(row["name"])
    assert lists["stage"] == [one.value for one in Stage] == [one.value for one in STAGE_NAMES]
    assert lists["mode"] == [one.value for one in Mode] == [one.value for one in MODE_NAMES]
    assert lists["evidence"] == [one.value for one in Evidence] == [one.value for one in EVIDENCE_NAMES]


@pytest.mark.parametrize("form", FORMS)
def test_a_form_of_a_questionnaire_is_an_xform_in_four_languages(form):
    made = convert_form(shipped_tables(form))
    assert made.version.startswith(f"{instrument(INSTRUMENTS[form]).version}-")
    assert set(made.lists) <= {"families", "people"}
    for question in made.questions:
        if question["type"] not in {"calculate"}:
            assert set(question["label"]) == set(LANGUAGES), question["path"]
    if java_present():
        assert validated(made.xml) == []


# --- taken in --------------------------------------------------------------------------------------------------------


def _phq4(home, **changes):
    told = {
        "family": home.pk, "person": home.head_id, "may_ask": "yes", "circumstances/stage": "baseline",
        "circumstances/mode": "telephone", "circumstances/answered_on": timezone.localdate(),
        "s_feelings/q_nervous": "nearly_every_day", "s_feelings/q_worry": "nearly_every_day",
        "s_feelings/q_interest": "more_than_half", "s_feelings/q_down": "several_days",
    }  # fmt: skip
    return {**told, **changes}


def _profile(home, yes, **changes):
    told = {
        "family": home.pk, "may_ask": "yes", "circumstances/stage": "single", "circumstances/mode": "alone",
        "circumstances/answered_on": timezone.localdate(),
    }  # fmt: skip
    for section in instrument("vulnerability").sections:
        for item in section.items:
            told[f"s_{section.code}/q_{item.code}"] = "yes" if item.code in yes else "no"
            if item.code in yes and item.evidence:
                told[f"s_{section.code}/e_{item.code}"] = "seen"
    return {**told, **changes}


def test_answers_from_the_field_are_scored_as_those_of_the_screens(family, zarina):
    taken = sent(zarina, "phq4", _phq4(family))
    with acting_as(zarina):
        row = Assessment.objects.get(pk=taken.what[0].id)
        scores = dict(Score.objects.filter(assessment=row).values_list("scale", "value"))
        steps = JourneyStep.objects.filter(person=family.head, service="assessment.made").count()
        flags = list(RedFlag.objects.filter(assessment=row).values_list("code", flat=True))
    assert (row.state, row.stage, row.mode, row.instrument_version) == ("completed", "baseline", "telephone", "1")
    assert (row.person_id, row.answered_on, row.recorded_by_id) == (family.head_id, timezone.localdate(), zarina.pk)
    assert {code: one.value for code, one in read_answers(row.answers).items()} == {
        "nervous": "nearly_every_day", "worry": "nearly_every_day", "interest": "more_than_half",
        "down": "several_days",
    }  # fmt: skip
    assert scores == {"total": 9, "anxiety": 6, "depression": 3}
    assert steps == 1
    assert flags == ["severe_distress"]
    assert taken.families == (family.pk,)


def test_a_profile_from_the_field_raises_what_cannot_wait(family, zarina):
    taken = sent(zarina, "vulnerability_profile", _profile(family, {"housing", "child_in_danger"}))
    with acting_as(zarina):
        row = Assessment.objects.get(pk=taken.what[0].id)
        flags = list(RedFlag.objects.filter(assessment=row).values_list("code", "urgency"))
        severity = Score.objects.get(assessment=row, scale="severity").value
    assert flags == [("child_in_danger", "at_once")]
    assert severity == 7
    assert row.answers["housing"] == {"value": "yes", "evidence": "seen"}
    assert row.person_id is None


def test_what_was_not_answered_is_not_asked_and_a_refusal_to_answer_is_kept(family, zarina):
    told = _phq4(family, **{"s_feelings/q_down": "-refused", "s_feelings/q_interest": ""})
    with acting_as(zarina):
        taken = sent(zarina, "phq4", told)
        row = Assessment.objects.get(pk=taken.what[0].id)
        scores = dict(Score.objects.filter(assessment=row).values_list("scale", "value"))
    assert row.answers["down"] == {"missing": "refused"}
    assert row.answers["interest"] == {"missing": "not_asked"}
    assert scores["depression"] is None


def test_a_second_run_writes_nothing_twice(family, zarina):
    from paivand.collect.rules.filled import read_filled

    xml = filled_in("phq4", _phq4(family))
    row = stored(zarina, xml)
    first, second = (take(zarina, row, read_filled(xml)) for _ in range(2))
    assert first == second
    with acting_as(zarina):
        assert Assessment.objects.filter(family=family).count() == 1


def test_who_does_not_agree_is_asked_nothing_and_nothing_is_written(family, zarina):
    assert sent(zarina, "phq4", {"family": family.pk, "person": family.head_id, "may_ask": "no"}).what == ()
    with acting_as(zarina):
        assert not Assessment.objects.filter(family=family).exists()


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"family": ""}, "choose", "family"),
        ({"family": "0192b8f0-0000-7000-8000-000000000000"}, "gone", "family"),
        ({"person": ""}, "choose", "person"),
        ({"person": "0192b8f0-0000-7000-8000-000000000000"}, "person", "person"),
        ({"circumstances/answered_on": ""}, "date", "circumstances/answered_on"),
        ({"circumstances/answered_on": "2020-01-01"}, "date", "circumstances/answered_on"),
        ({"circumstances/answered_on": "2100-01-01"}, "date", "circumstances/answered_on"),
        ({"s_feelings/q_worry": "often"}, "answer", "s_feelings/q_worry"),
        ({f"s_feelings/q_{item}": "" for item in ("nervous", "worry", "interest", "down")}, "empty", "family"),
    ],
)  # fmt: skip
def test_what_cannot_be_names_its_question(family, zarina, changes, code, field):
    with pytest.raises(Refused) as refused:
        sent(zarina, "phq4", _phq4(family, **changes))
    assert (refused.value.code, refused.value.field) == (code, field)


def test_a_child_is_not_asked_and_a_yes_says_on_what_it_rests(family, zarina):
    with acting_as(zarina):
        child = family.members.order_by("person__birth_on").last().person
    with pytest.raises(Refused) as refused:
        sent(zarina, "phq4", _phq4(family, person=child.pk))
    assert (refused.value.code, refused.value.field) == ("age", "person")
    told = _profile(family, {"debt"}, **{"s_income/e_debt": ""})
    with pytest.raises(Refused) as refused:
        sent(zarina, "vulnerability_profile", told)
    assert (refused.value.code, refused.value.field) == ("evidence", "s_income/e_debt")


def test_one_that_is_being_answered_on_the_screen_is_not_overrun(family, zarina):
    with acting_as(zarina):
        begun(family, zarina)
    with pytest.raises(Refused) as refused:
        sent(zarina, "phq4", _phq4(family))
    assert refused.value.code == "draft"


def test_an_older_version_is_read_as_it_was_asked(family, zarina):
    from paivand.collect.rules.filled import read_filled

    xml = filled_in("phq4", _phq4(family), version="7-00000000")
    row = stored(zarina, xml)
    with pytest.raises(Refused) as refused:
        take(zarina, row, read_filled(xml))
    assert refused.value.code == "version"
    older = filled_in("phq4", _phq4(family), version="1-00000000")  # other words, the same questions
    assert take(zarina, stored(zarina, older), read_filled(older)).what


def test_a_family_of_elsewhere_is_out_of_reach(dusti_family, zarina):
    with pytest.raises(Refused) as refused:
        sent(zarina, "phq4", _phq4(dusti_family))
    assert refused.value.code == "gone"
