"""The page behind a one-time link, as somebody without account uses it on a phone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from paivand.access.models.identity import acting_as
from paivand.core.rules.writing import writing
from paivand.referrals.models import AnswerLink, Notice, Referral
from paivand.referrals.rules.clock import link_limits
from paivand.referrals.rules.referrals import Way
from tests.conftest import CastClient
from tests.referrals.handshake import sent, today
from tests.referrals.test_links import issue, wrong
from tests.referrals.test_referral_pages import text

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_tries_yet(db: None) -> None:
    """Tries of other tests do not count."""
    cache.clear()


@pytest.fixture
def issued(family: Any, legal_outside: Any, zarina: Any) -> Any:
    """A referral sent just now by a link."""
    return issue(sent(family, legal_outside, zarina, way=Way.LINK, now=timezone.now()), zarina, now=timezone.now())


@pytest.fixture
def phone() -> CastClient:
    """The phone of somebody without account."""
    return CastClient(headers={"accept-language": "tg"})


def address(issued: Any, name: str = "answer-open") -> str:
    return reverse(f"referrals:{name}", kwargs={"token": issued.token})


def opened(phone: CastClient, issued: Any) -> Any:
    """The page after the right PIN."""
    answer = phone.post(address(issued), {"pin": issued.pin})
    assert answer.status_code == 302
    return phone.get(address(issued))


def version(by: Any) -> int:
    with acting_as(by):
        return int(Referral.objects.get().version)


def change(by: Any, **values: Any) -> None:
    with acting_as(by), writing("a test"):
        AnswerLink.objects.update(**values)


def test_before_the_pin_the_page_tells_nothing_about_anybody(issued, phone, family):
    page = phone.get(address(issued))
    shown = text(page)
    for private in (family.code, "Каримова", "Шаҳодатнома", "Маркази", "Зарина"):
        assert private not in shown
    assert page["Cache-Control"] == "no-store, private"
    assert "noindex" in page["X-Robots-Tag"]
    assert page["Referrer-Policy"] == "same-origin"
    assert '<meta name="robots" content="noindex, nofollow">' in page.content.decode()
    assert "paivand_session" not in phone.cookies


def test_after_the_pin_it_shows_the_code_and_answers_as_buttons(issued, phone, family):
    shown = opened(phone, issued)
    words = text(shown)
    assert family.code in words
    assert "Каримова" not in words
    assert shown.content.decode().count("answer-button") == 2
    cookie = phone.cookies["paivand_link"]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == (address(issued), True, "Strict")
    assert cookie["max-age"] == link_limits().open_minutes * 60
    assert issued.pin not in cookie.value
    assert issued.token not in cookie.value


def test_it_opens_in_the_language_of_the_receiver_and_can_be_switched(issued, phone):
    assert 'lang="tg"' in phone.get(address(issued)).content.decode()
    phone.post(reverse("access:language-choose"), {"language": "fa", "next": address(issued)})
    page = phone.get(address(issued)).content.decode()
    assert 'lang="fa"' in page
    assert 'dir="rtl"' in page


def test_a_provider_accepts_and_later_completes_and_the_link_is_used_up(issued, phone, zarina):
    opened(phone, issued)
    phone.post(address(issued, "answer-give"), {"act": "accept", "version": version(zarina)})
    done = phone.post(address(issued, "answer-give"), {
        "act": "complete", "version": version(zarina), "outcome": "completed", "happened_on": today().isoformat(),
        "note": "Шаҳодатнома дода шуд",
    })  # fmt: skip
    assert done.status_code == 200
    assert "Зарина, 918 12 34 56" in text(done)
    assert phone.cookies["paivand_link"].value == ""
    gone = phone.get(address(issued))
    assert gone.status_code == 410
    with acting_as(zarina):
        assert Referral.objects.get().state == "completed"
        assert [one.act for one in Notice.objects.seen_by(zarina).order_by("id")] == ["accept", "complete"]


def test_without_the_pin_nothing_is_answered_or_written(issued, phone, zarina):
    for name, more in (("answer-give", {"act": "accept", "version": version(zarina)}), ("answer-note", {"note": "…"})):
        answer = phone.post(address(issued, name), more)
        assert (answer.status_code, f'action="{address(issued)}"' in answer.content.decode()) == (422, True)
    with acting_as(zarina):
        assert Referral.objects.get().state == "sent"


def test_the_cookie_of_one_link_opens_no_other(issued, phone, family, legal_outside, zarina):
    opened(phone, issued)
    other = issue(
        sent(family, legal_outside, zarina, way=Way.LINK, without_consent=True, now=timezone.now()), zarina,
        now=timezone.now(),
    )  # fmt: skip
    phone.cookies["paivand_link"]["path"] = "/"
    page = phone.get(address(other))
    assert "answer-button" not in page.content.decode()
    forged = CastClient()
    forged.cookies["paivand_link"] = issued.link.link_digest
    assert "answer-button" not in forged.get(address(issued)).content.decode()


def test_a_wrong_pin_says_so_and_the_last_one_locks_it_and_names_whom_to_call(issued, phone, zarina):
    for _ in range(link_limits().wrong_pins - 1):
        answer = phone.post(address(issued), {"pin": wrong(issued.pin)})
        assert answer.status_code == 422
    locked = phone.post(address(issued), {"pin": wrong(issued.pin)})
    assert locked.status_code == 410
    assert "Зарина, 918 12 34 56" in text(locked)
    assert phone.post(address(issued), {"pin": issued.pin}).status_code == 410
    with acting_as(zarina):
        assert Notice.objects.seen_by(zarina).get().kind == "locked"


def test_tries_are_limited_for_one_address_over_all_links(phone):
    most = link_limits().tries_of_address
    unknown = reverse("referrals:answer-open", kwargs={"token": "x" * 32})
    answers = [phone.get(unknown).status_code for _ in range(most + 2)]
    assert answers == [404] * most + [429] * 2
    # From another address the same link still answers.
    assert CastClient(REMOTE_ADDR="192.0.2.7").get(unknown).status_code == 404


def test_tries_are_limited_for_one_link_whoever_tries(issued, zarina):
    statuses = []
    for number in range(link_limits().tries_of_link + 1):
        change(zarina, n_wrong=0)
        client = CastClient(REMOTE_ADDR=f"192.0.2.{number + 1}")
        statuses.append(client.post(address(issued), {"pin": wrong(issued.pin)}).status_code)
    assert statuses == [422] * link_limits().tries_of_link + [429]


def test_a_link_that_ran_out_or_was_taken_back_names_whom_to_call_and_nobody_else(issued, phone, zarina, family):
    change(zarina, expires_at=timezone.now() - timedelta(minutes=1))
    page = phone.get(address(issued))
    assert (page.status_code, "Зарина, 918 12 34 56" in text(page)) == (410, True)
    assert family.code not in text(page)
    change(zarina, expires_at=timezone.now() + timedelta(days=1), revoked_at=timezone.now())
    assert phone.get(address(issued)).status_code == 410


def test_an_open_page_shuts_when_the_consent_is_withdrawn(issued, phone, family, zarina):
    from tests.referrals.test_referral_consent import withdraw

    opened(phone, issued)
    given = version(zarina)
    assert withdraw(family.head, zarina) == 1
    answer = phone.post(address(issued, "answer-give"), {"act": "accept", "version": given})
    assert answer.status_code == 410
    assert family.code not in text(phone.get(address(issued)))


def test_an_answer_without_its_reason_comes_back_with_a_word(issued, phone, zarina):
    opened(phone, issued)
    answer = phone.post(address(issued, "answer-give"), {"act": "decline", "version": version(zarina)})
    assert answer.status_code == 422
    assert "open" in answer.content.decode().partition('class="answer"')[2][:10]


def test_a_note_reaches_the_sender(issued, phone, zarina):
    opened(phone, issued)
    phone.post(address(issued, "answer-note"), {"note": "Кай омада метавонад?"})
    with acting_as(zarina):
        assert Notice.objects.seen_by(zarina).get().kind == "note"
    assert "Кай омада метавонад?" in text(phone.get(address(issued)))


def test_no_form_is_taken_without_its_token(issued):
    strict = CastClient(enforce_csrf_checks=True)
    for name in ("answer-open", "answer-give", "answer-note"):
        assert strict.post(address(issued, name), {"pin": issued.pin}).status_code == 403


def test_who_is_signed_in_on_the_same_browser_is_nobody_here(issued, sign_in, nasiba, zarina):
    client = sign_in(nasiba)
    page = client.get(address(issued))
    assert page.status_code == 200
    assert "Насиба" not in page.content.decode()
    client.post(address(issued), {"pin": issued.pin})
    client.post(address(issued, "answer-give"), {"act": "accept", "version": version(zarina)})
    with acting_as(zarina):
        assert set(Referral.objects.get().referralstep_rows.exclude(act="send").values_list("by_id", flat=True)) == {
            None
        }


def test_an_address_that_is_none_is_a_plain_page(phone):
    page = phone.get(reverse("referrals:answer-open", kwargs={"token": "nothing"}))
    assert page.status_code == 404
    assert 'href="/"' not in page.content.decode()
    assert 'class="rail"' not in page.content.decode()
