"""The pages after the last answer: looking over, results, red flags; who opens what; the catalogue."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from paivand.access.models.identity import acting_as
from paivand.instruments.actions import assessments as actions
from paivand.instruments.models import RedFlag
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
