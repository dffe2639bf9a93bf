"""The pages: histories, beginning, answering on a phone, looking over, results, red flags, the catalogue."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from paivand.access.models.identity import acting_as
from paivand.core.models import new_id
from paivand.instruments.actions import assessments as actions
from paivand.instruments.models import Assessment, RedFlag
from paivand.instruments.rules.answers import Answer
from paivand.instruments.rules.instruments import Special
from paivand.instruments.rules.states import Stage, State
from tests.instruments.asking import DAYS, SEEN, answered, asked, begun, child_of, declared, profile, worry

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


def page(client, name, *args, query="", **kwargs):
    return client.get(reverse(f"instruments:{name}", args=args) + query, **kwargs)


def text(response) -> str:
    """What a reader sees: the content without its tags."""
    found = re.sub(r"<svg.*?</svg>|<script.*?</script>", " ", response.content.decode(), flags=re.S)
    return " ".join(re.sub(r"<[^>]+>", " ", found).split())


def tapped(row, section, version=None, go="on", **answers):
    """The fields of a section as a browser sends them."""
    return {"version": version or row.version, "go": go} | {f"q_{code}": value for code, value in answers.items()}


# --- the history -----------------------------------------------------------------------------------------------------


def test_a_family_that_was_asked_nothing_is_told_how_to_begin(family, zarina, sign_in):
    answer = page(sign_in(zarina), "family-assessments", family.code)
    assert "Nothing was asked yet" in text(answer)
    assert "?instrument=vulnerability" in answer.content.decode()


def test_the_newest_result_stands_in_words_with_what_can_be_asked(family, zarina, sign_in):
    with acting_as(zarina):
        asked(family, zarina, worry(3), on=TODAY - timedelta(days=40))
        asked(family, zarina, worry(1), on=TODAY - timedelta(days=20))
        draft = begun(family, zarina, "fcs")
    answer = page(sign_in(zarina), "family-assessments", family.code)
    told = text(answer)
    assert "mild" in told
    assert "Mild signs" in told
    assert "Asked 2 times" in told
    assert "Ask again: due since" in told
    assert str(draft.pk) in answer.content.decode()
    assert 'role="img"' in answer.content.decode()
    assert "Severe worry or low mood" in told  # the flag of the first time still waits


def test_nothing_is_offered_that_does_not_fit_the_age_or_without_consent(family, zarina, sign_in):
    from paivand.registry.actions.consents import record_consent, withdraw_consent
    from paivand.registry.models import Consent
    from paivand.registry.rules import ConsentPurpose
    from tests.cast import agreed

    with acting_as(zarina):
        child = child_of(family)
        record_consent(person=family.head, draft=agreed(purposes=(ConsentPurpose.SERVICES,)), by=zarina)
        consent = Consent.objects.get(person=family.head, purpose=ConsentPurpose.SERVICES)
        withdraw_consent(consent=consent, on=TODAY, reason="намехоҳад", by=zarina)
    shown = page(sign_in(zarina), "family-assessments", family.code).content.decode()
    assert f"instrument=sdq&amp;person={child.pk}" in shown
    assert f"instrument=rss&amp;person={child.pk}" not in shown
    assert f"person={family.head_id}" not in shown
    assert "nothing is asked until a new consent" in shown
    begin = page(sign_in(zarina), "assessment-begin", family.code, query="?instrument=fcs")
    assert "The head of the family does not agree" in text(begin)


def test_a_code_typed_otherwise_leads_to_the_file(family, zarina, sign_in):
    answer = page(sign_in(zarina), "family-assessments", family.code.replace("-", ""))
    assert answer.status_code == 302
    assert family.code in answer["Location"]


# --- beginning -------------------------------------------------------------------------------------------------------


def test_one_chooses_what_to_ask_and_of_whom(family, zarina, sign_in):
    client = sign_in(zarina)
    chosen = page(client, "assessment-begin", family.code)
    assert all(str(one.title["en"]) in chosen.content.decode() for one in (declared("phq4"), declared("fcs")))
    for_child = page(client, "assessment-begin", family.code, query=f"?person={child_of_(zarina, family).pk}")
    assert "FCS" not in text(for_child)
    begin = page(client, "assessment-begin", family.code, query="?instrument=phq4&stage=baseline")
    assert "Begin: 4 questions" in text(begin)
    assert "The person alone, where nobody else hears." in text(begin)
    assert '<option value="baseline" selected>' in begin.content.decode()


def child_of_(by, family):
    with acting_as(by):
        return child_of(family)


def test_beginning_leads_to_the_first_part_and_keeps_the_way_back(family, zarina, sign_in):
    client = sign_in(zarina)
    form_id = new_id()
    address = reverse("instruments:assessment-begin", args=[family.code]) + "?instrument=phq4&next=/families/"
    sent = {"person": family.head_id, "stage": "single", "form_id": form_id}
    first = client.post(address, sent)
    assert first["Location"] == f"/assessments/{form_id}/?next=%2Ffamilies%2F"
    assert client.post(address, sent)["Location"] == first["Location"]
    opened = client.get(first["Location"])
    assert opened["Location"] == f"/assessments/{form_id}/part/feelings/?next=%2Ffamilies%2F"
    again = client.post(address, {**sent, "form_id": new_id()})
    assert again["Location"] == first["Location"]
    with acting_as(zarina):
        assert Assessment.objects.count() == 1


@pytest.mark.parametrize("way", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "families"])
def test_the_way_back_stays_in_this_program(way, family, zarina, sign_in):
    answer = page(sign_in(zarina), "assessment-begin", family.code, query=f"?instrument=phq4&next={way}")
    addresses = re.findall(r'(?:href|action)="([^"]*)"', answer.content.decode())
    assert not [one for one in addresses if one.startswith(("//", "https:", "javascript:", "families"))]


def test_without_a_person_nothing_is_begun(family, zarina, sign_in):
    answer = sign_in(zarina).post(reverse("instruments:assessment-begin", args=[family.code]) + "?instrument=phq4", {})
    assert answer.status_code == 422


def test_asked_again_too_soon_is_told_and_not_forbidden(family, zarina, sign_in):
    with acting_as(zarina):
        asked(family, zarina, worry(1))
    answer = page(sign_in(zarina), "assessment-begin", family.code, query="?instrument=phq4")
    assert "Asked again so soon" in text(answer)


# --- answering -------------------------------------------------------------------------------------------------------


def test_a_section_is_answered_kept_and_gone_on_from(family, zarina, sign_in):
    with acting_as(zarina):
        row = begun(family, zarina, "fcs")
    client = sign_in(zarina)
    first = page(client, "assessment-answer", row.pk, "staples")
    assert "Part 1 of 3" in text(first)
    assert first.content.decode().count('type="radio"') == 4 * (8 + 2)
    foods = dict.fromkeys(("staples", "pulses", "dairy"), "7") | {"meat": "-dont_know"}
    answer = client.post(first.request["PATH_INFO"], tapped(row, "staples", **foods))
    assert answer["Location"] == f"/assessments/{row.pk}/part/others/"
    with acting_as(zarina):
        row.refresh_from_db()
        assert row.answers["meat"] == {"missing": "dont_know"}
        assert row.answers["dairy"] == {"value": "7"}
    back = client.get(first.request["PATH_INFO"]).content.decode()
    assert re.search(r'id="q_meat_-dont_know"\s+checked', back)
    assert client.get(f"/assessments/{row.pk}/")["Location"] == f"/assessments/{row.pk}/part/others/"


@pytest.mark.parametrize(("go", "goal"), [("on", "/part/limits/"), ("back", "/part/staples/"), ("stop", None)])
def test_saving_leads_on_back_or_away(go, goal, family, zarina, sign_in):
    with acting_as(zarina):
        row = begun(family, zarina, "fcs")
    path = reverse("instruments:assessment-answer", args=[row.pk, "others"])
    answer = sign_in(zarina).post(path, tapped(row, "others", go=go, fruit="3"))
    assert answer["Location"] == (f"/assessments/{row.pk}{goal}" if goal else f"/families/{family.code}/assessments/")
    with acting_as(zarina):
        row.refresh_from_db()
        assert row.answers == {"fruit": {"value": "3"}}


def test_behind_the_last_part_one_looks_over_the_answers(family, zarina, sign_in):
    with acting_as(zarina):
        row = begun(family, zarina)
    client = sign_in(zarina)
    path = reverse("instruments:assessment-answer", args=[row.pk, "feelings"])
    answer = client.post(path, tapped(row, "feelings", nervous=DAYS[1]))
    assert answer["Location"] == f"/assessments/{row.pk}/complete/"
    assert client.get(f"/assessments/{row.pk}/")["Location"] == f"/assessments/{row.pk}/complete/"
    over = text(client.get(answer["Location"]))
    assert "3 questions are without an answer" in over
    assert "An answer is missing without which this cannot be computed." in over
    assert "never taken for zero" in over


def test_a_wrong_number_is_told_at_its_question_and_nothing_is_lost(family, zarina, sign_in):
    with acting_as(zarina):
        row = begun(family, zarina, "who5")
    path = reverse("instruments:assessment-answer", args=[row.pk, "total"])
    answer = sign_in(zarina).post(path, tapped(row, "total", raw="26"))
    assert answer.status_code == 422
    assert "Write a whole number from 0 to 25." in text(answer)
    assert 'value="26"' in answer.content.decode()
    assert 'aria-invalid="true"' in answer.content.decode()


def test_a_number_in_persian_digits_and_a_reason_instead_are_understood(family, zarina, sign_in):
    with acting_as(zarina):
        row = begun(family, zarina, "who5")
    client = sign_in(zarina)
    path = reverse("instruments:assessment-answer", args=[row.pk, "total"])
    client.post(path, tapped(row, "total", raw="۱۷"))
    with acting_as(zarina):
        row.refresh_from_db()
        assert row.answers == {"raw": {"value": "17"}}
    client.post(path, {"version": row.version, "n_raw": "-refused"})
    with acting_as(zarina):
        row.refresh_from_db()
        assert row.answers == {"raw": {"missing": "refused"}}


def test_a_tile_that_does_not_exist_is_refused(family, zarina, sign_in):
    with acting_as(zarina):
        row = begun(family, zarina)
    path = reverse("instruments:assessment-answer", args=[row.pk, "feelings"])
    assert sign_in(zarina).post(path, tapped(row, "feelings", nervous="sometimes")).status_code == 422


def test_evidence_is_kept_with_a_yes_and_dropped_with_a_no(family, zarina, sign_in):
    with acting_as(zarina):
        row = begun(family, zarina, "vulnerability")
    path = reverse("instruments:assessment-answer", args=[row.pk, "income"])
    sent = tapped(row, "income", no_earner="yes", debt="no") | {"e_no_earner": "paper", "e_debt": "seen"}
    sign_in(zarina).post(path, sent)
    with acting_as(zarina):
        row.refresh_from_db()
        assert row.answers == {"no_earner": {"value": "yes", "evidence": "paper"}, "debt": {"value": "no"}}


def test_what_the_file_knows_stands_beside_the_question(family, zarina, sign_in):
    with acting_as(zarina):
        asked(family, zarina, worry(2))
        row = begun(family, zarina, "vulnerability")
    client = sign_in(zarina)
    assert "2 children under 18" in text(page(client, "assessment-answer", row.pk, "children"))
    assert "the head is a woman" in text(page(client, "assessment-answer", row.pk, "care"))
    assert "1 member at or above the limit" in text(page(client, "assessment-answer", row.pk, "health"))


def test_a_question_that_follows_from_another_stands_within_it(family, zarina, sign_in):
    with acting_as(zarina):
        row = begun(family, zarina, "hhs")
    shown = page(sign_in(zarina), "assessment-answer", row.pk, "hunger").content.decode()
    assert shown.count('class="ask-follow"') == 3
    assert re.search(r'value="yes"\s+id="q_no_food_yes"\s+data-opens', shown)


def test_two_who_answer_at_once_see_what_differs_and_can_save_once_more(family, zarina, nasiba, sign_in):
    with acting_as(zarina):
        row = begun(family, zarina)
        answered(row, worry(1), zarina)
    client = sign_in(nasiba)
    path = reverse("instruments:assessment-answer", args=[row.pk, "feelings"])
    sent = tapped(row, "feelings", version=1, **{code: one.value for code, one in worry(3).items()})
    answer = client.post(path, sent)
    assert answer.status_code == 422
    told = text(answer)
    assert "Compare before you save" in told
    assert "Several days Nearly every day" in told
    assert 'name="version" value="2"' in answer.content.decode()
    assert client.post(path, {**sent, "version": 2})["Location"] == f"/assessments/{row.pk}/complete/"


def test_the_same_section_sent_twice_leads_to_the_same_place(family, zarina, sign_in):
    with acting_as(zarina):
        row = begun(family, zarina)
    client = sign_in(zarina)
    path = reverse("instruments:assessment-answer", args=[row.pk, "feelings"])
    sent = tapped(row, "feelings", **{code: one.value for code, one in worry(1).items()})
    assert client.post(path, sent)["Location"] == client.post(path, sent)["Location"]


def test_a_part_that_does_not_exist_is_not_found(family, zarina, sign_in):
    with acting_as(zarina):
        row = begun(family, zarina)
    assert page(sign_in(zarina), "assessment-answer", row.pk, "nowhere").status_code == 404


def test_what_is_completed_is_not_answered_any_more(family, zarina, sign_in):
    with acting_as(zarina):
        row = asked(family, zarina, worry(1))
    client = sign_in(zarina)
    for name, args in (("assessment-answer", [row.pk, "feelings"]), ("assessment-complete", [row.pk])):
        assert page(client, name, *args)["Location"] == f"/assessments/{row.pk}/"


# --- completing and the result ---------------------------------------------------------------------------------------


def test_a_questionnaire_is_looked_over_completed_and_told_in_words(family, zarina, sign_in):
    with acting_as(zarina):
        row = answered(begun(family, zarina), worry(2), zarina)
    client = sign_in(zarina)
    over = page(client, "assessment-complete", row.pk)
    assert "Every question is answered." in text(over)
    sent = {"answered_on": TODAY.isoformat(), "version": row.version}
    answer = client.post(over.request["PATH_INFO"], sent)
    assert client.post(over.request["PATH_INFO"], sent)["Location"] == answer["Location"] == f"/assessments/{row.pk}/"
    told = text(client.get(answer["Location"]))
    for words in ("In all 8 moderate", "Clear signs. Offer psychosocial help.", "4 of 4 questions counted",
                  "The present rules give the same scores.", "More than half the days", "Pfizer"):  # fmt: skip
        assert words in told


def test_the_answers_changed_meanwhile_must_be_looked_over_again(family, zarina, sign_in):
    with acting_as(zarina):
        row = answered(begun(family, zarina), worry(2), zarina)
    path = reverse("instruments:assessment-complete", args=[row.pk])
    answer = sign_in(zarina).post(path, {"answered_on": TODAY.isoformat(), "version": 1})
    assert answer.status_code == 422
    assert 'name="version" value="2"' in answer.content.decode()


def test_a_yes_without_evidence_is_pointed_out_before_completing(family, zarina, sign_in):
    with acting_as(zarina):
        row = answered(begun(family, zarina, "vulnerability"), profile(no_earner=""), zarina)
    client = sign_in(zarina)
    over = page(client, "assessment-complete", row.pk)
    assert "mark how you know it" in text(over)
    sent = {"answered_on": TODAY.isoformat(), "version": row.version}
    assert client.post(over.request["PATH_INFO"], sent).status_code == 422


def test_a_score_without_value_says_why_and_which_answers_are_missing(family, zarina, sign_in):
    with acting_as(zarina):
        row = asked(family, zarina, {"nervous": Answer(DAYS[0]), "worry": Answer(missing=Special.REFUSED)})
    told = text(page(sign_in(zarina), "assessment-open", row.pk))
    assert "It is not taken for zero." in told
    assert "does not want to answer" in told
    assert "was not asked" in told


def test_severity_is_shown_with_each_criterion_its_part_and_its_evidence(family, zarina, sign_in):
    with acting_as(zarina):
        row = asked(family, zarina, profile(no_earner=SEEN, debt="told"), "vulnerability")
    told = text(page(sign_in(zarina), "assessment-open", row.pk))
    assert "Nobody at home earns 9 seen on a home visit" in told
    assert "Debt of more than six months&#x27; income 5 told by the family" in told
    assert "14 low" in told
    assert "not official" in told


def test_a_verifier_finds_every_summand_of_the_food_consumption(family, zarina, sign_in):
    foods = {item.code: Answer("3") for item in declared("fcs").items() if item.is_number}
    with acting_as(zarina):
        row = asked(family, zarina, foods | {"oil_and_sugar_daily": Answer("no")}, "fcs")
    told = text(page(sign_in(zarina), "assessment-open", row.pk))
    assert "Bread, flour, rice, pasta, potatoes 3 2 6" in told
    assert "Oil and fat 3 0.5 1.5" in told
    assert "Limits 21 and 35" in told
    assert "above 21 to 35" in told
    assert "48.0" in told


def test_a_result_stands_among_the_earlier_ones(family, zarina, sign_in):
    with acting_as(zarina):
        asked(family, zarina, worry(2), on=TODAY - timedelta(days=30))
        row = asked(family, zarina, worry(0))
    answer = page(sign_in(zarina), "assessment-open", row.pk)
    assert "Over time" in text(answer)
    assert "Lower is better." in text(answer)
    assert answer.content.decode().count('class="curve-point"') == 2


def test_changed_rules_are_told_and_computed_anew_only_when_asked_for(family, zarina, sign_in, monkeypatch):
    from dataclasses import replace

    from paivand.instruments.views import found

    with acting_as(zarina):
        row = asked(family, zarina, worry(1))
    changed = replace(declared("phq4"), rules_hash="f" * 64)
    monkeypatch.setattr(actions, "declared_instrument", lambda *_: changed)
    monkeypatch.setattr(found, "instrument", lambda *_: changed)
    client = sign_in(zarina)
    assert "Compute anew" in text(page(client, "assessment-open", row.pk))
    assert client.post(reverse("instruments:scores-recompute", args=[row.pk])).status_code == 302
    told = text(page(client, "assessment-open", row.pk))
    assert "Compute anew" not in told
    assert "Earlier computations" in told


def test_setting_aside_asks_for_a_reason(family, zarina, sign_in):
    with acting_as(zarina):
        row = asked(family, zarina, worry(1))
    client = sign_in(zarina)
    path = reverse("instruments:assessment-set-aside", args=[row.pk])
    assert client.post(path, {"version": row.version}).status_code == 422
    assert client.post(path, {"version": 1, "reason": "одами дигар"}).status_code == 422
    answer = client.post(path, {"version": row.version, "reason": "одами дигар"})
    assert answer["Location"] == f"/families/{family.code}/assessments/"
    told = text(page(client, "assessment-open", row.pk))
    assert "it counts nowhere" in told
    assert "одами дигар" in told


# --- red flags -------------------------------------------------------------------------------------------------------


def test_a_flag_is_told_at_once_and_waits_for_the_supervisor(family, zarina, nasiba, sign_in):
    with acting_as(zarina):
        row = begun(family, zarina, "vulnerability", stage=Stage.BASELINE)
    client = sign_in(zarina)
    path = reverse("instruments:assessment-answer", args=[row.pk, "urgent"])
    client.post(path, tapped(row, "urgent", suicide_risk="yes"))
    assert "Your supervisor was told at once." in text(page(client, "assessment-complete", row.pk))
    mine = text(page(client, "flag-list"))
    assert "Risk of suicide" in mine
    assert "A supervisor answers them." in mine
    supervisor = sign_in(nasiba)
    waiting = text(page(supervisor, "flag-list"))
    assert "Risk of suicide at once" in waiting
    assert family.code in waiting
    with acting_as(nasiba):
        flag = RedFlag.objects.get()
    shown = page(supervisor, "flag-open", flag.pk)
    assert "The person must not be left alone" in text(shown)
    sent = {"note": "Занг задам, духтур меравад", "version": flag.version}
    assert supervisor.post(shown.request["PATH_INFO"], sent)["Location"] == "/red-flags/"
    assert supervisor.post(shown.request["PATH_INFO"], sent)["Location"] == f"/red-flags/{flag.pk}/"
    assert "No red flag waits" in text(page(supervisor, "flag-list"))
    assert "духтур меравад" in text(page(supervisor, "flag-open", flag.pk))
    assert "Risk of suicide" in text(page(supervisor, "flag-list", query="?show=answered"))


def test_a_flag_is_not_answered_without_a_word_nor_by_who_raised_it(family, zarina, nasiba, sign_in):
    with acting_as(zarina):
        asked(family, zarina, worry(3))
        flag = RedFlag.objects.get()
    path = reverse("instruments:flag-open", args=[flag.pk])
    assert sign_in(nasiba).post(path, {"version": 1}).status_code == 422
    assert sign_in(zarina).post(path, {"version": 1, "note": "ман"}).status_code == 403


def test_an_answer_changed_after_its_flag_is_pointed_out(family, zarina, nasiba, sign_in):
    with acting_as(zarina):
        row = begun(family, zarina, "vulnerability")
        for value in ("yes", "no"):
            row = actions.save_answers(
                assessment=row, section="urgent", answers={"danger_now": Answer(value)}, version=row.version, by=zarina
            )
        flag = RedFlag.objects.get()
    assert "The answer was changed after this flag was raised." in text(page(sign_in(nasiba), "flag-open", flag.pk))


# --- who opens what --------------------------------------------------------------------------------------------------


def test_questionnaires_of_another_district_are_not_found(family, zarina, farrukh, sign_in):
    with acting_as(zarina):
        row = asked(family, zarina, worry(3))
        flag = RedFlag.objects.get()
    client = sign_in(farrukh)
    for name, args in (
        ("family-assessments", [family.code]), ("assessment-begin", [family.code]), ("assessment-open", [row.pk]),
        ("assessment-answer", [row.pk, "feelings"]), ("assessment-complete", [row.pk]),
        ("assessment-set-aside", [row.pk]), ("flag-open", [flag.pk]),
    ):  # fmt: skip
        assert page(client, name, *args).status_code == 404, name
    assert "Severe" not in text(page(client, "flag-list"))


def test_who_sees_no_health_data_opens_no_questionnaire(family, zarina, manija, sign_in):
    with acting_as(zarina):
        row = asked(family, zarina, worry(1))
    client = sign_in(manija)
    assert page(client, "family-assessments", family.code).status_code == 403
    assert page(client, "assessment-open", row.pk).status_code == 403


# --- the catalogue ---------------------------------------------------------------------------------------------------


def test_the_catalogue_tells_licence_source_and_status(manija, sign_in):
    client = sign_in(manija)
    listed = text(page(client, "instrument-list"))
    for words in ("Pfizer", "Youth in Mind", "not official", "total only, from a paper form"):
        assert words in listed
    rss = text(page(client, "instrument-open", "rss", "2019_draft"))
    assert "Do not publish it as a result of the RSS." in rss
    assert "draft translation, not validated" in rss
    assert "Least share answered 70%" in rss
    fcs = text(page(client, "instrument-open", "fcs", "1"))
    assert "Limits 28 and 42" in fcs
    assert "above 28 to 42" in fcs
    assert page(client, "instrument-open", "fcs", "99").status_code == 404


@pytest.mark.parametrize("language", ["tg", "ru", "en", "fa"])
def test_every_questionnaire_is_shown_in_every_language(language, zarina, sign_in, family):
    from paivand.instruments.rules.catalogue import instruments

    client = sign_in(zarina)
    client.cookies["django_language"] = language
    with override(language):
        for one in instruments().values():
            assert page(client, "instrument-open", one.code, one.version).status_code == 200


def test_a_family_that_withdrew_has_no_questionnaires_to_show(family, zarina, sign_in):
    from paivand.registry.actions.consents import withdraw_consent

    with acting_as(zarina):
        row = asked(family, zarina, worry(3))
        flag = RedFlag.objects.get()
        consent = family.head.consents.get(purpose="registration")
        withdraw_consent(consent=consent, on=TODAY, reason="намехоҳад", by=zarina)
        assert row.state == State.COMPLETED
    client = sign_in(zarina)
    for name, args in (
        ("family-assessments", [family.code]), ("assessment-open", [row.pk]), ("flag-open", [flag.pk]),
    ):  # fmt: skip
        assert page(client, name, *args).status_code == 404, name


# --- how much is asked of the database -------------------------------------------------------------------------------


def statements(client, path) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    assert client.get(path).status_code == 200
    with CaptureQueriesContext(connection) as asked_of_it:
        client.get(path)
    return len(asked_of_it)


def test_a_result_and_a_history_send_as_many_statements_after_two_times_as_after_five(family, zarina, sign_in):
    with acting_as(zarina):
        asked(family, zarina, worry(1), on=TODAY - timedelta(days=90))
        row = asked(family, zarina, worry(2), on=TODAY - timedelta(days=60))
    client = sign_in(zarina)
    paths = [reverse("instruments:assessment-open", args=[row.pk]),
             reverse("instruments:family-assessments", args=[family.code])]  # fmt: skip
    few = [statements(client, path) for path in paths]
    with acting_as(zarina):
        for days in (30, 20, 10):
            asked(family, zarina, worry(3), on=TODAY - timedelta(days=days))
        asked(family, zarina, profile(no_earner=SEEN), "vulnerability")
        asked(family, zarina, {"seeing": Answer("none")}, "wgss", person=child_of(family))
    many = [statements(client, path) for path in paths]
    assert many == few
    assert max(few) <= 35
