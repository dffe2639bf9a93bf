"""The pages of cases, as a browser asks for them."""

from __future__ import annotations

import re

import pytest
from django.utils import timezone

from paivand.access.models import AuditEvent
from paivand.access.models.identity import acting_as
from paivand.cases.models import Case, Due
from paivand.core.models import new_id
from paivand.registry.actions.consents import withdraw_consent
from tests.cases.case_cast import a_case, an_assessment, fresh_case, people_of, planned_case
from tests.referrals.handshake import service

pytestmark = pytest.mark.django_db


def page(client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, address
    return answer.content.decode()


def begin_values(zarina, family, **changes) -> dict:
    with acting_as(zarina):
        people = people_of(family)
        values = {
            "form_id": str(new_id()), "kind": "social_support", "main": str(people["Ҷамила"].pk),
            "others": [str(people["Фарҳод"].pk), str(people["Нигина"].pk)], "risk": "high",
            "reason": "No income", "on": timezone.localdate().isoformat(), "second": "",
        }  # fmt: skip
    return {**values, **changes}


def test_a_worker_opens_a_case_from_the_familys_file(zarina, family, sign_in):
    client = sign_in(zarina)
    assert "No case yet" in page(client, f"/families/{family.code}/cases/")
    assert "Ҷамила" in page(client, f"/families/{family.code}/cases/new/")
    values = begin_values(zarina, family)
    answer = client.post(f"/families/{family.code}/cases/new/", values)
    with acting_as(zarina):
        case = Case.objects.get()
    assert answer.url == f"/cases/{case.code}/"
    text = page(client, answer.url)
    assert "The first contact is due on" in text
    assert "Фарҳод" in text
    # The same form again opens nothing and leads to the same case.
    assert client.post(f"/families/{family.code}/cases/new/", values).url == answer.url
    assert case.code in page(client, f"/families/{family.code}/cases/")


def test_a_case_leads_to_its_referrals_and_each_of_them_back(zarina, nasiba, family, sign_in):
    case, client = a_case(zarina, family), sign_in(zarina)
    way = re.search(r'href="([^"]*/referrals/new/[^"]*)"', page(client, f"/cases/{case.code}/")).group(1)
    address = f"{way}&service={service(nasiba).pk}"
    page(client, address)
    person = str(family.head_id)
    values = {"form_id": str(new_id()), "person": person, "priority": "urgent", "needs": "Papers"}
    answer = client.post(address, values)
    assert answer.status_code == 302
    code = answer.url.split("/")[2]
    assert f'href="/referrals/{code}/"' in page(client, f"/cases/{case.code}/")
    assert f'href="/cases/{case.code}/"' in page(client, f"/referrals/{code}/")


def test_a_second_case_is_asked_about_on_the_form(zarina, family, sign_in):
    case, client = a_case(zarina, family), sign_in(zarina)
    values = begin_values(zarina, family)
    answer = client.post(f"/families/{family.code}/cases/new/", values)
    assert answer.status_code == 422
    text = answer.content.decode()
    assert case.code in text
    assert "Why a second case is needed" in text
    answer = client.post(f"/families/{family.code}/cases/new/", {**values, "second": "Another matter"})
    assert answer.status_code == 302


def test_looking_into_a_case_is_logged_and_shown(zarina, family, sign_in):
    case, client = a_case(zarina, family), sign_in(zarina)
    page(client, f"/cases/{case.code}/")
    text = page(client, f"/cases/{case.code}/")
    assert "Зарина Шарифова" in text
    with acting_as(zarina):
        assert AuditEvent.objects.filter(event="case.view", subject_id=case.pk).count() == 2


@pytest.mark.parametrize("name", ["manija", "rustam", "anvar", "admin", "dpo", "outsider"])
def test_who_does_no_casework_is_shown_no_case(name, everyone, zarina, family, sign_in):
    case, client = a_case(zarina, family), sign_in(everyone[name])
    for address in ("/cases/", f"/cases/{case.code}/", f"/families/{family.code}/cases/"):
        page(client, address, 403)


def test_from_elsewhere_a_case_is_not_found(farrukh, zarina, family, sign_in):
    case, client = a_case(zarina, family), sign_in(farrukh)
    for address in (f"/cases/{case.code}/", f"/families/{family.code}/cases/", f"/cases/{case.code}/risk/"):
        page(client, address, 404)
    assert case.code not in page(client, "/cases/?whose=all")


def test_the_former_worker_is_shown_what_is_left_to_her(zarina, farrukh, gulnoz, family, sign_in):
    case = a_case(zarina, family)
    with acting_as(gulnoz):
        from paivand.core.rules.writing import writing

        with writing("test"):
            Case.objects.filter(pk=case.pk).update(former_owner=farrukh)
    client = sign_in(farrukh)
    text = page(client, f"/cases/{case.code}/")
    assert "went to another worker" in text
    assert case.reason in text
    assert "Ҷамила" not in text
    assert case.code in page(client, "/cases/?whose=former")
    page(client, f"/cases/{case.code}/risk/", 404)


def test_the_list_is_filtered_and_goes_on_from_a_key(zarina, nasiba, family, sign_in, monkeypatch):
    monkeypatch.setattr("paivand.cases.queries.lists.PAGE", 2)
    one = a_case(zarina, family, risk="high")
    others = [a_case(zarina, family, kind=kind, risk="low") for kind in ("legal_aid", "economic", "psychosocial")]
    client = sign_in(zarina)
    text = page(client, "/cases/")
    assert one.code in text
    assert "Next page" in text
    seen, address = [], "/cases/?whose=mine"
    for _page in range(2):
        answer = client.get(address)
        seen += [case.code for case, _people in answer.context["rows"]]
        address = f"/cases/?whose=mine&after={answer.context['page'].after}".replace("+", "%2B")
    assert sorted(seen) == sorted(case.code for case in (one, *others))
    assert seen[0] == one.code
    text = page(client, "/cases/?risk=low&kind=legal_aid")
    assert others[0].code in text
    assert one.code not in text
    assert "No case fits" in page(client, "/cases/?due=overdue")
    assert client.get(f"/cases/?code={one.code.lower()}").url == f"/cases/{one.code}/"
    assert "No case with this code" in page(client, "/cases/?code=C-000-0000")
    page(client, "/cases/?after=nonsense")
    page(client, "/cases/?after=nonsense~x&order=due")


def test_a_supervisor_sees_all_cases_first_and_a_worker_her_own(zarina, nasiba, gulnoz, family, sign_in):
    mine, hers = a_case(zarina, family), a_case(gulnoz, family, kind="psychosocial")
    text = page(sign_in(zarina), "/cases/")
    assert mine.code in text
    assert hers.code not in text
    text = page(sign_in(nasiba), "/cases/")
    assert mine.code in text
    assert hers.code in text


def test_risk_assessment_people_and_reasons_are_written_on_pages(zarina, family, sign_in):
    case, client = a_case(zarina, family), sign_in(zarina)
    address = f"/cases/{case.code}"
    page(client, f"{address}/risk/")
    answer = client.post(f"{address}/risk/", {"risk": "high", "reason": "a threat", "version": case.version})
    assert answer.status_code == 302
    # Opened before that: the form says what stands now.
    answer = client.post(f"{address}/risk/", {"risk": "low", "reason": "calm", "version": case.version})
    assert answer.status_code == 422
    assert "Somebody else saved changes" in answer.content.decode()
    case = fresh_case(zarina, case)
    page(client, f"{address}/edit/")
    assert client.post(f"{address}/edit/", {"reason": "Better", "version": case.version}).status_code == 302
    assert "No questionnaire of these people is complete yet" in page(client, f"{address}/assessed/")
    made = an_assessment(zarina, family)
    assert "Choose the questionnaire" in page(client, f"{address}/")
    page(client, f"{address}/assessed/")
    case = fresh_case(zarina, case)
    answer = client.post(f"{address}/assessed/", {"assessment": str(made.pk), "version": case.version})
    assert answer.status_code == 302
    assert fresh_case(zarina, case).state == "assessed"
    page(client, f"{address}/people/add/")
    with acting_as(zarina):
        grandmother = people_of(family)["Хадиҷа"]
    answer = client.post(
        f"{address}/people/add/", {"person": str(grandmother.pk), "role": "other", "form_id": str(new_id())}
    )
    assert answer.status_code == 302
    with acting_as(zarina):
        place = case.casepersons.get(person=grandmother)
    assert client.post(f"{address}/people/{place.pk}/end/").status_code == 302
    assert "Хадиҷа" not in page(client, f"{address}/").split('id="people"')[1].split("</section>")[0]


def test_a_review_and_a_withdrawal_are_answered_on_pages(zarina, nasiba, family, sign_in):
    case, client = planned_case(zarina, nasiba, family), sign_in(zarina)
    address = f"/cases/{case.code}"
    page(client, f"{address}/review/")
    answer = client.post(
        f"{address}/review/",
        {"on": timezone.localdate().isoformat(), "note": "Stays", "version": case.version},
    )
    assert answer.status_code == 302
    with acting_as(zarina):
        from paivand.cases.actions.dues import set_due
        from paivand.cases.actions.inside import locked_case
        from paivand.core.rules.writing import writing

        with writing("test"):
            due = set_due(locked_case(case), "consent_withdrawn", timezone.now(), by=zarina, note="wants it so")
    text = page(client, f"{address}/")
    assert "A consent was withdrawn" in text
    assert "wants it so" in text
    page(client, f"{address}/due/{due.pk}/")
    assert client.post(f"{address}/due/{due.pk}/", {"note": "She stops", "version": due.version}).status_code == 302
    with acting_as(zarina):
        assert Due.objects.get(pk=due.pk).note == "She stops"
    page(client, f"{address}/due/{due.pk}/", 404)


def test_work_begins_by_a_button(zarina, nasiba, family, sign_in):
    case, client = planned_case(zarina, nasiba, family), sign_in(zarina)
    assert client.post(f"/cases/{case.code}/begin/", {"version": "1"}).status_code == 302
    assert fresh_case(zarina, case).state == "planned"
    client.post(f"/cases/{case.code}/begin/", {"version": str(case.version)})
    assert fresh_case(zarina, case).state == "in_progress"


def test_after_a_withdrawal_no_list_and_no_page_names_the_family(zarina, nasiba, family, sign_in):
    case = planned_case(zarina, nasiba, family)
    with acting_as(zarina):
        consent = family.head.consents.get(purpose="registration")
        withdraw_consent(consent=consent, on=timezone.localdate(), reason="wants it so", by=zarina)
    client = sign_in(zarina)
    for address in (
        "/cases/",
        f"/cases/{case.code}/",
        f"/cases/{case.code}/plan/1/",
        f"/families/{family.code}/cases/",
    ):
        text = page(client, address)
        assert case.code in text
        for name in ("Ҷамила", "Каримова", "Фарҳод"):
            assert name not in text, f"{address} names {name}"
