"""Answering: begun, kept section by section, completed once; set aside with a reason; never without consent."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from paivand.access.models import AuditEvent
from paivand.access.models.identity import acting_as
from paivand.core.models import new_id
from paivand.core.rules.errors import OutsideScopeError, Refused, WithoutRightError, WriteOutsideActionError
from paivand.instruments.actions import assessments as actions
from paivand.instruments.actions.assessments import (
    begin_assessment,
    complete_assessment,
    recompute_scores,
    save_answers,
    set_aside_assessment,
)
from paivand.instruments.models import Assessment, Score
from paivand.instruments.queries import assessments as queries
from paivand.instruments.rules.answers import Answer
from paivand.instruments.rules.instruments import Special
from paivand.instruments.rules.states import Stage, State
from paivand.registry.actions.consents import record_consent, withdraw_consent
from paivand.registry.actions.families import remove_member
from paivand.registry.models import Consent, JourneyStep
from paivand.registry.queries import journey
from paivand.registry.rules import ConsentPurpose, Relation
from tests.cast import agreed, person, register
from tests.instruments.asking import (
    SEEN,
    answered,
    asked,
    begun,
    child_of,
    completed,
    declared,
    profile,
    refused,
    worry,
)

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


def events(outcome: str = "done") -> list[dict[str, object]]:
    return [row.detail for row in AuditEvent.objects.filter(event="assessment.record", outcome=outcome).order_by("id")]


def withdraw(by, who, purpose=ConsentPurpose.SERVICES):
    if purpose is not ConsentPurpose.REGISTRATION:
        record_consent(person=who, draft=agreed(purposes=(purpose,)), by=by)
    consent = Consent.objects.get(person=who, purpose=purpose)
    withdraw_consent(consent=consent, on=TODAY, reason="намехоҳад", by=by)


# --- beginning -------------------------------------------------------------------------------------------------------


def test_a_questionnaire_is_begun_with_a_member_in_the_newest_version(family, zarina):
    with acting_as(zarina):
        row = begun(family, zarina, stage=Stage.BASELINE)
        assert (row.state, row.instrument, row.instrument_version) == (State.DRAFT, "phq4", "1")
        assert (row.person, row.family, row.stage, row.recorded_by) == (family.head, family, Stage.BASELINE, zarina)
        assert row.scope == family.scope
        assert events() == [{"act": "begin", "instrument": "phq4", "version": "1"}]


def test_a_double_tap_begins_one(family, zarina):
    with acting_as(zarina):
        row = begun(family, zarina)
        with refused("twice"):
            begun(family, zarina, assessment_id=row.pk)
        assert Assessment.objects.count() == 1


def test_what_is_being_answered_already_is_gone_on_with(family, zarina, nasiba):
    with acting_as(zarina):
        row = begun(family, zarina)
    with acting_as(nasiba):
        with refused("draft") as error:
            begun(family, nasiba)
        assert error.value.detail == {"assessment": str(row.pk)}
        begun(family, nasiba, "wgss")


@pytest.mark.parametrize(("code", "with_person", "why"), [("nothing", True, "instrument"), ("fcs", True, "person"),
                                                          ("phq4", False, "person")])  # fmt: skip
def test_questions_go_to_whom_they_are_about(code, with_person, why, family, zarina):
    with acting_as(zarina), refused(why):
        begin_assessment(
            assessment_id=new_id(), family=family, person=family.head if with_person else None, instrument=code,
            stage=Stage.SINGLE, by=zarina,
        )  # fmt: skip


def test_only_a_present_member_is_asked(family, zarina):
    other = register(zarina, given="Манзура", surname="Ятимова")
    with acting_as(zarina):
        with refused("person"):
            begun(family, zarina, person=other.head)
        member = family.members.filter(relation=Relation.PARENT_IN_LAW).get()
        remove_member(member=member, until_on=TODAY, reason="кӯчид", by=zarina)
        with refused("person"):
            begun(family, zarina, person=member.person)


def test_a_retired_questionnaire_is_not_begun(family, zarina, monkeypatch):
    from dataclasses import replace

    monkeypatch.setattr(actions, "declared_instrument", lambda *_: replace(declared("phq4"), retired=True))
    with acting_as(zarina), refused("instrument"):
        begun(family, zarina)


def test_nobody_is_asked_what_is_not_for_her_age(zarina):
    years = TODAY.year
    with_baby = register(zarina, members=[_child(years - 1), _child(years - 8)])
    with acting_as(zarina):
        small, big = [m.person for m in with_baby.members.filter(relation=Relation.CHILD).order_by("-person__birth_on")]
        for code in ("wgss", "sdq", "phq4"):
            with refused("age"):
                begun(with_baby, zarina, code, person=small)
        with refused("age"):
            begun(with_baby, zarina, "phq4", person=big)
        with refused("age"):
            begun(with_baby, zarina, "sdq", person=with_baby.head)
        begun(with_baby, zarina, "sdq", person=big)
        begun(with_baby, zarina, "wgss", person=big)


def _child(born: int):
    from paivand.registry.rules import Sex
    from paivand.registry.rules.drafts import MemberDraft

    return MemberDraft(person("Бахтиёр", "Каримзода", "", Sex.MALE, born), Relation.CHILD)


def test_an_unknown_age_and_one_that_is_roughly_right_are_the_workers_to_judge(zarina):
    from paivand.core.rules.dates import Birth

    family = register(zarina, born=None)
    with acting_as(zarina):
        begun(family, zarina, "phq4")
    near = register(zarina, given="Лола")
    near.head.birth_on, near.head.birth_precision = Birth.in_year(TODAY.year - 13).on, "year"
    actions.demand_age(declared("phq4"), near.head, TODAY)
    near.head.birth_precision, near.head.birth_on = "day", date(TODAY.year - 13, 1, 1)
    with refused("age"):
        actions.demand_age(declared("phq4"), near.head, TODAY)


def test_without_consent_to_services_nobody_is_asked(family, zarina):
    with acting_as(zarina):
        withdraw(zarina, family.head)
        with refused("consent"):
            begun(family, zarina)
        with refused("consent"):
            begun(family, zarina, "fcs")
        begun(family, zarina, "wgss", person=child_of(family))


def test_in_a_closed_file_nobody_is_asked(family, zarina):
    with acting_as(zarina):
        withdraw(zarina, family.head, ConsentPurpose.REGISTRATION)
        family.refresh_from_db()
        with refused("closed"):
            begun(family, zarina)


def test_who_works_elsewhere_or_has_no_right_begins_nothing(family, farrukh, manija, anvar):
    for by, error in ((farrukh, OutsideScopeError), (manija, WithoutRightError), (anvar, OutsideScopeError)):
        with acting_as(by), pytest.raises(error):
            begun(family, by)
    with pytest.raises(WriteOutsideActionError):
        Assessment(family=family).save()


# --- answering -------------------------------------------------------------------------------------------------------


def test_each_section_is_kept_with_the_draft(family, zarina):
    with acting_as(zarina):
        row = begun(family, zarina, "fcs")
        four = {item.code: Answer("3") for item in declared("fcs").sections[0].items}
        row = save_answers(assessment=row, section="staples", answers=four, version=1, by=zarina)
        assert row.section == "staples"
        assert row.answers == {code: {"value": "3"} for code in four}
        row = save_answers(
            assessment=row, section="others", answers={"fruit": Answer(missing=Special.DONT_KNOW)}, version=2, by=zarina
        )
        assert row.answers["fruit"] == {"missing": "dont_know"}
        assert row.answers["staples"] == {"value": "3"}
        assert row.is_draft


def test_a_section_saved_again_replaces_its_own_answers_only(family, zarina):
    with acting_as(zarina):
        row = answered(begun(family, zarina, "fcs"), {"staples": Answer("7"), "fruit": Answer("1")}, zarina)
        row = save_answers(assessment=row, section="staples", answers={"dairy": Answer("2")}, version=row.version,
                           by=zarina)  # fmt: skip
        assert set(row.answers) == {"dairy", "fruit"}


def test_the_same_sending_twice_changes_nothing(family, zarina):
    with acting_as(zarina):
        row = begun(family, zarina)
        first = save_answers(assessment=row, section="feelings", answers=worry(1), version=1, by=zarina)
        again = save_answers(assessment=row, section="feelings", answers=worry(1), version=1, by=zarina)
        assert (first.version, again.version) == (2, 2)


def test_two_people_who_answer_at_once_notice_each_other(family, zarina, nasiba):
    with acting_as(zarina):
        row = begun(family, zarina)
        save_answers(assessment=row, section="feelings", answers=worry(1), version=1, by=zarina)
    with acting_as(nasiba):
        with refused("stale"):
            save_answers(assessment=row, section="feelings", answers=worry(3), version=1, by=nasiba)
        row.refresh_from_db()
        assert row.answers == {code: one.stored() for code, one in worry(1).items()}


@pytest.mark.parametrize(
    ("section", "answers", "why"),
    [
        ("nowhere", {}, "section"),
        ("staples", {"fruit": Answer("1")}, "section"),
        ("staples", {"staples": Answer("8")}, "answer"),
        ("staples", {"staples": Answer("-1")}, "answer"),
        ("staples", {"staples": Answer("2.5")}, "answer"),
        ("staples", {"staples": Answer("٣")}, "answer"),
        ("staples", {"staples": Answer("")}, "answer"),
        ("staples", {"staples": Answer("3", "dont_know")}, "answer"),
        ("staples", {"staples": Answer(missing="not_applicable")}, "answer"),
        ("limits", {"oil_and_sugar_daily": Answer("maybe")}, "answer"),
        ("limits", {"oil_and_sugar_daily": Answer("yes", evidence="seen")}, "answer"),
    ],
)
def test_an_answer_that_cannot_be_is_refused(section, answers, why, family, zarina):
    with acting_as(zarina):
        row = begun(family, zarina, "fcs")
        with refused(why):
            save_answers(assessment=row, section=section, answers=answers, version=1, by=zarina)
        row.refresh_from_db()
        assert row.answers == {}


def test_an_answer_that_makes_another_needless_takes_it_away(family, zarina):
    with acting_as(zarina):
        row = begun(family, zarina, "hhs")
        told = {"no_food": Answer("yes"), "no_food_often": Answer("often")}
        row = save_answers(assessment=row, section="hunger", answers=told, version=1, by=zarina)
        assert set(row.answers) == {"no_food", "no_food_often"}
        told = {"no_food": Answer("no"), "no_food_often": Answer("often")}
        row = save_answers(assessment=row, section="hunger", answers=told, version=2, by=zarina)
        assert set(row.answers) == {"no_food"}


def test_consent_withdrawn_meanwhile_stops_the_answering(family, zarina):
    with acting_as(zarina):
        row = answered(begun(family, zarina), worry(1), zarina)
        withdraw(zarina, family.head)
        with refused("consent"):
            save_answers(assessment=row, section="feelings", answers=worry(2), version=row.version, by=zarina)
        with refused("consent"):
            completed(row, zarina)
        set_aside_assessment(assessment=row, reason="розӣ нест", version=row.version, by=zarina)


# --- completing ------------------------------------------------------------------------------------------------------


def test_a_completed_questionnaire_has_scores_and_a_step_of_the_journey(family, zarina):
    with acting_as(zarina):
        row = asked(family, zarina, worry(2), on=TODAY - timedelta(days=3))
        assert (row.state, row.answered_on) == (State.COMPLETED, TODAY - timedelta(days=3))
        scores = queries.current_scores(zarina, [row.pk])[row.pk]
        assert (scores["total"].value, scores["total"].band) == (Decimal(8), "moderate")
        assert {scores[one].band for one in ("anxiety", "depression")} == {"positive"}
        assert scores["total"].rules_hash == declared("phq4").rules_hash
        parts = dict.fromkeys(("nervous", "worry", "interest", "down"), "2.00")
        assert scores["total"].working == {"answered": 4, "asked": 4, "parts": parts}
        step = journey.last_step(zarina, family.head_id, "assessment.made")
        assert (step.outcome, step.happened_on, step.place) == ("completed", row.answered_on, family.jamoat)
        assert events()[-1] == {"act": "complete", "instrument": "phq4", "scores": 3, "flags": 0, "without_value": 0}


def test_the_step_of_a_household_is_that_of_its_head_and_of_a_child_its_own(family, zarina):
    with acting_as(zarina):
        asked(family, zarina, {"no_food": Answer("no"), "slept_hungry": Answer("no"), "whole_day": Answer("no")}, "hhs")
        assert journey.last_step(zarina, family.head_id, "assessment.made")
        child = child_of(family)
        assert journey.last_step(zarina, child.pk, "assessment.made") is None
        asked(family, zarina, {"seeing": Answer("none")}, "wgss", person=child)
        assert journey.last_step(zarina, child.pk, "assessment.made")


def test_what_nobody_answered_is_kept_as_not_asked_and_gives_no_value(family, zarina):
    with acting_as(zarina):
        row = asked(family, zarina, {"nervous": Answer("not_at_all"), "worry": Answer("not_at_all")})
        assert row.answers["interest"] == row.answers["down"] == {"missing": "not_asked"}
        scores = queries.current_scores(zarina, [row.pk])[row.pk]
        assert (scores["total"].value, scores["total"].missing_reason) == (None, "unanswered")
        assert (scores["anxiety"].value, scores["anxiety"].band) == (Decimal(0), "negative")
        assert journey.last_step(zarina, family.head_id, "assessment.made").outcome == "partly"


@pytest.mark.parametrize(
    ("on", "why"), [(TODAY + timedelta(days=2), "date"), (TODAY - timedelta(days=400), "date"), (TODAY, None)]
)
def test_the_day_of_asking_is_near(on, why, family, zarina):
    with acting_as(zarina):
        row = answered(begun(family, zarina), worry(0), zarina)
        if why is None:
            completed(row, zarina, on)
            return
        with refused(why):
            completed(row, zarina, on)
        row.refresh_from_db()
        assert row.is_draft


def test_an_empty_questionnaire_is_not_completed(family, zarina):
    with acting_as(zarina):
        row = begun(family, zarina)
        with refused("empty"):
            completed(row, zarina)
        row = answered(row, {code: Answer(missing=Special.REFUSED) for code in worry(0)}, zarina)
        with refused("empty"):
            completed(row, zarina)


def test_a_yes_without_evidence_is_not_completed(family, zarina):
    with acting_as(zarina):
        told = profile(no_earner="") | {"debt": Answer("yes")}
        row = answered(begun(family, zarina, "vulnerability"), told, zarina)
        with refused("evidence") as error:
            completed(row, zarina)
        assert error.value.detail == {"items": ["no_earner", "debt"]}


def test_it_is_completed_once_and_not_changed_any_more(family, zarina):
    with acting_as(zarina):
        row = asked(family, zarina, worry(1))
        with refused("twice"):
            completed(row, zarina)
        with refused("twice"):
            save_answers(assessment=row, section="feelings", answers=worry(3), version=row.version, by=zarina)
        assert Score.objects.filter(assessment=row).count() == 3
        assert JourneyStep.objects.filter(service="assessment.made").count() == 1


def test_it_is_completed_only_as_it_was_looked_at(family, zarina):
    with acting_as(zarina):
        row = answered(begun(family, zarina), worry(1), zarina)
        with refused("stale"):
            complete_assessment(assessment=row, answered_on=TODAY, version=1, by=zarina)


def test_severity_shows_what_each_criterion_gave(family, zarina):
    with acting_as(zarina):
        row = asked(family, zarina, profile(no_earner=SEEN, debt=SEEN), "vulnerability")
        found = queries.vulnerability_of(zarina, [family.pk])[family.pk]
        assert (found.severity, found.band, found.urgent) == (Decimal(14), "low", ())
        assert found.factors == (("no_earner", Decimal("9.00")), ("debt", Decimal("5.00")))
        assert found.evidence == {"no_earner": "seen", "debt": "seen"}
        assert (found.assessment_id, found.answered_on, found.version) == (row.pk, TODAY, "1")


# --- set aside, and computed anew ------------------------------------------------------------------------------------


def test_what_is_set_aside_counts_nowhere_and_takes_its_step_back(family, zarina):
    with acting_as(zarina):
        row = asked(family, zarina, worry(1))
        with refused("reason"):
            set_aside_assessment(assessment=row, reason="  ", version=row.version, by=zarina)
        with refused("stale"):
            set_aside_assessment(assessment=row, reason="одами дигар", version=1, by=zarina)
        row = set_aside_assessment(assessment=row, reason="одами дигар", version=row.version, by=zarina)
        assert (row.state, row.set_aside_reason) == (State.SET_ASIDE, "одами дигар")
        assert queries.assessments_of(zarina, family) == []
        assert queries.latest_scores(zarina, [family.head_id], "phq4", "total") == {}
        assert journey.last_step(zarina, family.head_id, "assessment.made") is None
        assert JourneyStep.objects.filter(service="assessment.made").count() == 2
        assert events()[-1] == {"act": "set_aside", "edge": "completed>set_aside"}
        with refused("aside"):
            set_aside_assessment(assessment=row, reason="боз", version=row.version, by=zarina)
        with refused("aside"):
            save_answers(assessment=row, section="feelings", answers=worry(3), version=row.version, by=zarina)


def test_scores_are_added_and_never_overwritten(family, zarina, monkeypatch):
    from dataclasses import replace

    with acting_as(zarina):
        row = asked(family, zarina, worry(1))
        with refused("current"):
            recompute_scores(assessment=row, by=zarina)
        changed = replace(declared("phq4"), rules_hash="f" * 64)
        monkeypatch.setattr(actions, "declared_instrument", lambda *_: changed)
        recompute_scores(assessment=row, by=zarina)
        rows = list(Score.objects.filter(assessment=row, scale="total").order_by("id"))
        assert [one.rules_hash for one in rows] == [declared("phq4").rules_hash, "f" * 64]
        assert queries.current_scores(zarina, [row.pk])[row.pk]["total"] == rows[1]
        assert len(queries.all_scores(zarina, row)) == 6
        assert events()[-1] == {"act": "recompute", "instrument": "phq4", "scores": 3}


def test_a_draft_has_no_scores_to_compute_anew(family, zarina):
    with acting_as(zarina), refused("draft"):
        recompute_scores(assessment=begun(family, zarina), by=zarina)


def test_the_database_lets_no_score_be_changed_or_deleted(family, zarina):
    with acting_as(zarina):
        score = Score.objects.filter(assessment=asked(family, zarina, worry(1))).first()
        for way in ("update instruments_score set value = 0", "delete from instruments_score"):
            with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
                connection.cursor().execute(f"{way} where id = %s", [score.pk])
        for way in ("delete from instruments_assessment", "delete from instruments_redflag"):
            with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
                connection.cursor().execute(way)


def test_an_answer_keeps_the_version_it_was_given_to(family, zarina, monkeypatch):
    with acting_as(zarina):
        row = begun(family, zarina)
        monkeypatch.setattr(actions, "declared_instrument", lambda code, version="": None)
        with refused("version"):
            save_answers(assessment=row, section="feelings", answers=worry(1), version=1, by=zarina)


def test_how_it_was_asked_is_kept_and_told(family, zarina, sign_in):
    from paivand.instruments.rules.states import MODE_NAMES, Mode

    assert set(MODE_NAMES) == set(Mode)
    browser = sign_in(zarina)
    path = f"/families/{family.code}/assessments/new/?instrument=phq4"
    assert "by telephone" in browser.get(path).content.decode()
    form = {"person": str(family.head_id), "stage": "single", "mode": "telephone", "form_id": str(new_id())}
    assert browser.post(path, form).status_code == 302
    with acting_as(zarina):
        row = Assessment.objects.get(pk=form["form_id"])
        assert row.mode == "telephone"
        assert begun(family, zarina, "vulnerability", version="1", mode=Mode.SELF).mode == "self"
        with pytest.raises(Refused) as refused:
            begun(family, zarina, "hhs", version="nought")
    assert refused.value.code == "instrument"
