"""Consent withdrawn shows its consequences and carries them out; help is written down and taken back."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import DESK
from tests.browser.test_slice import CODE, add_member, fill_first_step, give_consent, go_on

CLOSED = re.compile(r"/families/(F-\d{3}-\d{4})/consents/withdrawn/$")


def registered(page: Page, surname: str, given: str, village: str, born: str, child: str) -> str:
    """A family of two that resembles no other; gives the path of its file."""
    page.goto("/families/register/")
    fill_first_step(page, surname, given)
    page.locator("[name=village]").fill(village)
    page.locator("[name=father_name]").fill("")
    page.locator("[name=birth]").fill(born)
    go_on(page)
    add_member(page, child)
    go_on(page)
    give_consent(page)
    page.locator("form[data-register] button[type=submit]").click()
    page.wait_for_url(CODE)
    return "/" + page.url.split("127.0.0.1")[1].split("/", 1)[1]


def test_a_withdrawn_consent_shows_its_consequences_and_carries_them_out(visit):
    page = visit("social.kulob")
    path = registered(page, "Анҷирова", "Савсан", "Сари Чашма", "1961", "Кабир")
    code = path.split("/")[2]

    page.goto(path)
    page.locator("section[aria-labelledby=consents] summary").first.click()
    page.get_by_role("link", name="Withdraw: registration").click()
    main = page.locator("main")
    expect(main).to_contain_text("This is what follows")
    expect(main).to_contain_text(f"{code} · 2 members")
    expect(main).to_contain_text("Services given until today stay counted")

    page.locator("[name=reason]").fill("нахост")
    page.locator("main form button[type=submit]").click()  # without the tick nothing happens
    assert page.locator("[name=understood]").evaluate("box => !box.validity.valid")
    page.locator("[name=understood]").check()
    page.locator("main form button[type=submit]").click()
    page.wait_for_url(CLOSED)
    expect(page.locator("main")).to_contain_text("This was carried out")

    page.goto("/search/?q=Анҷирова")
    expect(page.locator("main")).not_to_contain_text(code)
    page.goto(path)
    expect(page.locator("main")).to_contain_text("The consent to registration is withdrawn")
    expect(page.locator("main")).not_to_contain_text("Анҷирова")

    page.get_by_role("link", name="Write down a new consent").click()
    page.locator("[name=consent_method][value=spoken]").check()
    page.locator("[name=agreed]").check()
    page.locator("main form button[type=submit]").click()
    page.wait_for_url(re.compile(re.escape(path) + "$"))
    expect(page.locator("main")).to_contain_text("Анҷирова")


def test_help_for_two_members_is_written_down_and_taken_back(visit):
    page = visit("social.kulob", screen=DESK)
    path = registered(page, "Биҳиева", "Ойниҳол", "Дашти Бодом", "1999", "Зафар")
    page.goto(path + "help/")
    page.locator("[name=service][value='visit.made']").check()
    for tick in page.locator("[name=people]").all():
        tick.check()
    page.locator("main form button[type=submit]").click()
    page.wait_for_url(re.compile(re.escape(path) + "$"))
    expect(page.locator("main")).to_contain_text("Home visit")

    page.get_by_role("link", name="Correct").first.click()
    expect(page.locator("[name=steps]:checked")).to_have_count(2)
    page.locator("[name=reason]").fill("оилаи дигар буд")
    page.locator("main form button[type=submit]").click()
    page.wait_for_url(re.compile(re.escape(path) + "$"))
    expect(page.locator("main s")).to_contain_text("Home visit")


def test_a_child_is_asked_too(visit):
    page = visit("social.kulob")
    path = registered(page, "Тутова", "Райҳона", "Боғи Миёна", "1974", "Умед")
    page.goto(path + "consents/record/")
    child = page.locator(".agrees").last
    expect(child.locator("select")).to_be_hidden()
    child.locator("[name=people]").check()
    expect(child.locator("select")).to_be_visible()
    child.locator("select").select_option("no")
    page.locator("[name=purposes][value=photo]").check()
    page.locator("[name=guardian_name]").fill("Тутова Ҷамшедбону")
    page.locator("[name=consent_method][value=spoken]").check()
    page.locator("[name=agreed]").check()
    page.locator("main form button[type=submit]").click()
    expect(page.locator("main")).to_contain_text("The child does not agree")
