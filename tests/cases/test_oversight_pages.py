"""The desk, the board and the pages on which cases go to another worker, in the browser of each."""

from __future__ import annotations

import pytest
from django.urls import reverse

from paivand.access.models.identity import acting_as
from paivand.cases.models import Case, Transfer
from paivand.cases.rules.cases import Risk
from tests.cases.case_cast import a_case
from tests.cases.team import colleague, many_cases

pytestmark = pytest.mark.django_db


@pytest.fixture
def mehri(admin, zarina):
    return colleague(admin, "mehri", like=zarina)


@pytest.fixture
def case(zarina, family):
    return a_case(zarina, family)


def text_of(answer):
    return answer.content.decode()


def test_a_workers_desk_shows_what_is_due_and_leads_to_the_case(case, zarina, sign_in):
    page = text_of(sign_in(zarina).get("/"))
    assert "This week" in page
    assert f"/cases/{case.code}/" in page
    listed = text_of(sign_in(zarina).get(reverse("cases:due-list"), {"when": "week"}))
    assert case.code in listed


def test_the_board_and_the_desk_of_a_supervisor_show_the_worker(case, zarina, nasiba, sign_in):
    client = sign_in(nasiba)
    assert zarina.full_name in text_of(client.get(reverse("cases:board")))
    assert reverse("cases:board") in text_of(client.get("/"))


def test_a_full_worker_is_warned_about_on_the_page_and_the_case_is_given_nevertheless(case, mehri, nasiba, sign_in):
    many_cases(mehri, 13, risk=Risk.HIGH)
    client, address = sign_in(nasiba), reverse("cases:case-assign", args=[case.code])
    assert 'name="nevertheless"' not in text_of(client.get(address))
    sent = {"owner": mehri.pk, "reason": "nobody else", "version": case.version}
    warned = client.post(address, sent)
    assert warned.status_code == 422
    assert 'name="nevertheless"' in text_of(warned)
    assert client.post(address, {**sent, "nevertheless": "on"}).status_code == 302
    with acting_as(mehri):
        assert Case.objects.get(pk=case.pk).owner_id == mehri.pk


def test_the_answer_to_many_cases_names_each_refusal(zarina, mehri, nasiba, sign_in):
    cases = many_cases(zarina, 3)
    client = sign_in(nasiba)
    listed = client.get(reverse("cases:assign-many"), {"worker": zarina.pk})
    assert all(case.code in text_of(listed) for case in cases)
    answer = client.post(
        reverse("cases:assign-many"),
        {"cases": [*(case.code for case in cases), "C-999-9999"], "owner": mehri.pk, "reason": "leave"},
    )
    page = text_of(answer)
    assert (answer.status_code, len(answer.context["given"]), len(answer.context["refused"])) == (200, 3, 1)
    assert "C-999-9999" in page


def test_a_transfer_is_asked_and_answered_on_its_pages(case, zarina, mehri, sign_in):
    asked = sign_in(zarina).post(
        reverse("cases:transfer-ask", args=[case.code]),
        {"receiver": mehri.pk, "reason": "leave", "note": "", "version": case.version},
    )
    assert asked.status_code == 302
    with acting_as(mehri):
        transfer = Transfer.objects.get(case=case)
    client = sign_in(mehri)
    assert "You are asked to take over" in text_of(client.get("/"))
    answered = client.post(
        reverse("cases:transfer-answer", args=[transfer.pk]),
        {"act": "accept", "answer": "", "version": transfer.version},
    )
    assert (answered.status_code, answered.url) == (302, f"/cases/{case.code}/")
    assert text_of(sign_in(zarina).get("/")).count("The transfer was accepted") == 1
