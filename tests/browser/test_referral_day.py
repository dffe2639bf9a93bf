"""Referrals that leave the program and come back: by a link on a stranger's phone, late, and stopped by the person."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESK, PHONE
from tests.browser.walking import NEEDS, REFERRAL, draft_referral, follow, found, look, press, register_family

ZAGS, LAWYER = "Civil registry office of Kulob", "State legal aid bureau"
SURNAME, MOTHER = "Гулдонзода", "Мастурамоҳ"
WRONG = "000000"


@pytest.fixture
def stranger(browser, address):
    """A phone on which nobody ever signed in."""
    context = browser.new_context(viewport=PHONE, base_url=address, locale="en")
    context.add_cookies([{"name": "paivand_language", "value": "en", "url": address}])
    yield context.new_page()
    context.close()


def send_by_link(page: Page, family: str, name: str) -> str:
    """To an office that has no account here; gives the code."""
    draft_referral(page, family, ZAGS, name, "Normal")
    page.get_by_role("radio", name="by a link with a PIN").check()
    press(page, "Send")
    page.wait_for_url("**/link/")
    look(page, "types the PIN")
    return found(re.compile(r"/(R-\d{3}-\d{4})/link/$"), page.url)


def make_link(page: Page) -> tuple[str, str]:
    """Link and PIN, as they are shown this once."""
    press(page, re.compile("^Make the link"))
    look(page, "They are shown only this once")
    digits = page.locator(".pin-shown").inner_text()
    return page.get_by_label("Link", exact=True).input_value(), re.sub(r"\D", "", digits)


def type_pin(page: Page, pin: str) -> None:
    page.get_by_label("PIN", exact=True).fill(pin)
    press(page, "Open")


def test_a_service_without_an_account_answers_by_a_link_and_a_pin(walk, stranger):
    worker = walk("social.kulob")
    family = register_family(worker, SURNAME, MOTHER)
    referral = send_by_link(worker, family, MOTHER)
    link, pin = make_link(worker)

    stranger.goto(link)
    look(stranger, "Type the PIN that you were told")
    assert family not in stranger.content()
    type_pin(stranger, WRONG if pin != WRONG else "111111")
    look(stranger, "This is not the PIN")
    assert family not in stranger.content()
    type_pin(stranger, pin)
    look(stranger, family, referral, NEEDS, "We take the person on", "We cannot take the person on")
    for name in (SURNAME, MOTHER):
        assert name not in stranger.content()
    press(stranger, "We take the person on")
    look(stranger, "accepted")
    stranger.get_by_text("The help was given", exact=True).click()
    stranger.locator("[name=outcome][value=completed]").check()
    stranger.locator("details[open] [name=note]").fill("Шаҳодатнома тайёр аст")
    press(stranger, "Send this answer")
    look(stranger, "Your answer has arrived. This link is used up")
    stranger.goto(link)
    look(stranger, "This link is used up")
    assert family not in stranger.content()

    worker.goto("/")
    worker.locator("[aria-labelledby=desk-referral-news] a").filter(has_text=referral).first.click()
    worker.wait_for_url(REFERRAL)
    look(worker, "helped", "by its link", "Шаҳодатнома тайёр аст")


def test_guessing_locks_a_link_and_a_new_one_takes_its_place(walk, stranger):
    worker = walk("social.kulob")
    family = register_family(worker, "Хокирсафед", "Нилуфармоҳ")
    referral = send_by_link(worker, family, "Нилуфармоҳ")
    link, pin = make_link(worker)
    stranger.goto(link)
    for _try in range(4):
        type_pin(stranger, WRONG if pin != WRONG else "111111")
        look(stranger, "This is not the PIN")
    type_pin(stranger, WRONG if pin != WRONG else "111111")
    look(stranger, "It is locked, because the PIN was wrong too often", "Зарина Шарифова")
    stranger.goto(link)
    look(stranger, "It is locked")

    worker.goto("/")
    look(worker, "A link was locked after wrong PINs")
    worker.goto(f"/referrals/{referral}/")
    follow(worker, "Make a new link")
    newer, other = make_link(worker)
    stranger.goto(newer)
    type_pin(stranger, other)
    look(stranger, family, NEEDS)


def test_an_emergency_that_nobody_answers_comes_to_the_supervisor(walk, clock):
    worker = walk("social.kulob")
    family = register_family(worker, "Барфинаева", "Савридухтмоҳ")
    draft_referral(worker, family, LAWYER, "Савридухтмоҳ", "Emergency")
    press(worker, "Send")
    worker.wait_for_url(REFERRAL)
    referral = found(REFERRAL, worker.url)
    chief = walk("supervisor", screen=DESK)
    news = chief.locator("[aria-labelledby=desk-referral-news] a").filter(has_text=referral)

    clock(timezone.now() + timedelta(hours=23))
    chief.goto("/")
    expect(news).to_have_count(0)
    clock(timezone.now() + timedelta(hours=25))
    chief.goto("/")
    look(chief, "The answer to a referral is late")
    news.click()
    chief.wait_for_url(REFERRAL)
    look(chief, "The answer to a referral is late", "emergency", "sent")
    press(chief, "I have seen it")
    chief.goto("/")
    expect(news).to_have_count(0)


def test_a_consent_that_is_withdrawn_stops_what_rests_on_it_and_the_service_is_told(walk):
    worker = walk("social.kulob")
    family = register_family(worker, "Анорҷонова", "Ширинхонмоҳ")
    draft_referral(worker, family, LAWYER, "Ширинхонмоҳ", "Urgent")
    press(worker, "Send")
    worker.wait_for_url(REFERRAL)
    referral = found(REFERRAL, worker.url)
    lawyer = walk("provider", f"/referrals/{referral}/")
    look(lawyer, "Ширинхонмоҳ", NEEDS)

    worker.goto(f"/families/{family}/")
    worker.get_by_text(re.compile("^Withdraw or renew")).first.evaluate("one => one.parentElement.click()")
    worker.get_by_role("link", name="Withdraw: referral").click()
    worker.wait_for_url("**/withdraw/")
    look(
        worker,
        "This is what follows",
        "Referrals under way are stopped, and those who hold them are told",
        "1 referral",
    )
    worker.locator("[name=reason]").fill("Худаш гуфт")
    worker.locator("[name=understood]").check()
    press(worker, "Withdraw")
    look(worker, "This was carried out", "1 referral")

    lawyer.goto("/")
    look(lawyer, "A referral was taken back")
    lawyer.locator("[aria-labelledby=desk-referral-news] a").filter(has_text=referral).click()
    lawyer.wait_for_url(REFERRAL)
    look(lawyer, "Stopped: the consent was withdrawn", "What you were told is closed")
    for told in ("Ширинхонмоҳ", NEEDS):
        assert told not in lawyer.content()
    expect(lawyer.get_by_role("button", name="We take the person on")).to_have_count(0)

    worker.goto(f"/referrals/{referral}/")
    look(worker, "It was taken back: the consent was withdrawn", "The service cannot read it any more")
    draft_referral(worker, family, LAWYER, "Ширинхонмоҳ", "Normal")
    look(worker, "It cannot be sent yet", "The person withdrew the consent to be referred")
    expect(worker.get_by_role("button", name="Send", exact=True)).to_be_disabled()
