"""The desk, the search page and the pages that say what went wrong."""

from __future__ import annotations

import pytest
from django.test import RequestFactory
from django.utils import timezone

from paivand.access.actions.glass import break_glass
from paivand.access.models.identity import acting_as
from paivand.core.models import Place
from paivand.desk.views import errors
from tests.cast import KULOB, register
from tests.referrals.handshake import sent, service

pytestmark = pytest.mark.django_db


def text_of(answer):
    return answer.content.decode()


def test_a_social_workers_desk_shows_what_she_opened_and_registered(family, zarina, sign_in):
    client = sign_in(zarina)
    page = text_of(client.get("/"))
    assert "/families/register/" in page
    assert family.code in page
    client.get(f"/families/{family.code}/")
    assert text_of(client.get("/")).count(family.code) >= 2


def test_a_supervisors_desk_shows_what_waits_for_review_and_what_was_refused(family, farrukh, nasiba, dpo, sign_in):
    with acting_as(farrukh):
        reason = "The father of this family died and the body arrives tonight."
        break_glass(district=Place.objects.get(pk=KULOB), reason=reason, by=farrukh)
    page = text_of(sign_in(nasiba).get("/"))
    assert "Waiting for your review" in page
    assert farrukh.full_name in page
    sign_in(farrukh).get("/users/")
    assert farrukh.full_name in text_of(sign_in(dpo).get("/audit/?outcome=refused"))


@pytest.mark.parametrize("username", ["anvar", "tahmina", "manager", "ministry", "outsider"])
def test_a_desk_without_work_yet_is_not_an_empty_page(username, everyone, sign_in):
    user = everyone[username]
    page = text_of(sign_in(user).get("/"))
    with acting_as(user):
        sentences = [role.sentence for role in user.roles]
    for sentence in sentences:
        assert sentence.split(";")[0].split(":")[0][:30] in page
    assert len(page) > 5000


def test_a_desk_says_that_nothing_waits_only_where_nothing_waits(family, anvar, nasiba, zarina, sign_in):
    client = sign_in(anvar)
    assert "Nothing waits for you today" in text_of(client.get("/"))
    row = sent(family, service(nasiba, user=anvar), zarina, now=timezone.now())
    page = text_of(client.get("/"))
    assert row.code in page
    assert "Nothing waits for you today" not in page
    assert "News about referrals" in page


def test_search_by_code_leads_straight_to_the_file(family, zarina, sign_in):
    answer = sign_in(zarina).get("/search/", {"q": family.code.lower()})
    assert (answer.status_code, answer.url) == (302, f"/families/{family.code}/")


@pytest.mark.parametrize(("typed", "said"), [
    ("F-000-0031", "code"), ("К", "letters"), ("Ничего", "spelling"), ("", "")])  # fmt: skip
def test_search_says_what_to_do_when_nothing_is_found(typed, said, zarina, sign_in):
    answer = sign_in(zarina).get("/search/", {"q": typed})
    assert answer.status_code == 200
    assert said in text_of(answer)
    assert answer.context["found"] == []


def test_a_family_is_reached_by_any_way_of_writing_its_code(family, zarina, sign_in):
    digits = family.code.replace("F-", "").replace("-", "")
    answer = sign_in(zarina).get(f"/families/{digits}/")
    assert (answer.status_code, answer.url) == (302, f"/families/{family.code}/")


def test_a_refused_look_at_a_family_is_seen_by_those_who_watch_over_the_reader(family, farrukh, dpo, sign_in):
    assert sign_in(farrukh).get(f"/families/{family.code}/").status_code == 404
    page = text_of(sign_in(dpo).get("/audit/?outcome=refused"))
    assert family.code in page
    assert farrukh.full_name in page


def test_the_monitoring_officer_reads_a_file_without_a_name_in_it(family, manija, sign_in):
    page = text_of(sign_in(manija).get(f"/families/{family.code}/"))
    for name in ("Каримова", "Ҷамила", "Фарҳод", "Каримзода"):
        assert name not in page
    assert family.code in page


def test_the_page_of_a_mistake_of_ours_needs_neither_user_nor_database():
    answer = errors.broken(RequestFactory().get("/"))
    assert answer.status_code == 500
    assert "<html" in text_of(answer)


def test_the_pages_of_refusals_have_their_status():
    request = RequestFactory().get("/")
    request.user = None
    found = [view(request).status_code for view in (errors.bad_request, errors.without_right, errors.not_found)]
    assert found == [400, 403, 404]
    assert errors.csrf_failed(request).status_code == 403


@pytest.mark.parametrize(("ours", "way"), [
    ("https://paivand.example", 'href="https://paivand.example"'), ("", "Ask your administrator for the right address"),
])  # fmt: skip
def test_an_address_that_is_not_ours_leads_to_ours(zarina, sign_in, settings, ours, way):
    settings.PUBLIC_ADDRESS = ours
    settings.LANGUAGE_CODE = "en"
    client = sign_in(zarina)
    for host in ("192.0.2.7", "old.example", "no host"):
        answer = client.get("/account/login/", headers={"Host": host, "Accept-Language": "en"})
        assert answer.status_code == 400
        assert "Paivand has another address" in text_of(answer)
        assert way in text_of(answer)
        assert host not in text_of(answer), "what somebody else wrote is not repeated"


def test_a_long_list_goes_on_page_by_page(zarina, sign_in):
    for _ in range(27):
        register(zarina, members=0, on=timezone.localdate())
    client = sign_in(zarina)
    first = client.get("/families/?order=new")
    assert first.context["page"].more
    second = client.get(f"/families/?order=new&after={first.context['page'].after}")
    assert len(second.context["page"].rows) == 2
