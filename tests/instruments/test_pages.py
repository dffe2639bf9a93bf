"""The pages up to the last answer: histories, beginning, answering on a phone."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from paivand.access.models.identity import acting_as
from paivand.core.models import new_id
from paivand.instruments.models import Assessment
from tests.instruments.asking import DAYS, answered, asked, begun, child_of, declared, worry

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
