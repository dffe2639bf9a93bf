"""Registration on a phone that is shared, and numbers behind their warnings, in a real browser."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE, a_family_of, sign_in
from tests.browser.test_slice import CODE, add_member, fill_first_step, give_consent, go_on

REGISTER = "/families/register/"
# More names than tests, and none like another.
GIVEN = (
    one + other
    for other in ("сор", "вон", "духт", "мехр", "ғунча", "пайк")
    for one in ("Анҷир", "Ганҷи", "Лолас", "Ширмоҳ", "Найҷа", "Офтоб", "Беҳи", "Савсан", "Зағира", "Чашма")
)


def first_step(page, surname):
    """Place and head, who resembles nobody registered before."""
    fill_first_step(page, surname, next(GIVEN))
    page.locator("[name=father_name]").fill("")


def begin(page, surname):
    """The first two steps, half of the second."""
    page.goto(REGISTER)
    first_step(page, surname)
    page.locator("[name=phone]").fill("918 12 34 56")
    page.locator("[name=may_call]").select_option("yes")
    page.locator("[name=hours]").fill("баъд аз 17:00")
    go_on(page)
    add_member(page, "Фирдавс")
    row = page.locator("[data-member-list] > *").last
    row.locator("[name$=-abroad]").check()
    row.locator("[name$=-country]").select_option("RU")
    kept(page)


def kept(page):
    """Wait until what was typed is kept."""
    expect(page.locator("form[data-kept]")).to_have_count(1)


def drafts(page):
    """What lies in the browser's store, as anybody with the phone could read it."""
    return page.evaluate("() => Object.entries(localStorage).filter(([key]) => key.startsWith('paivand.draft.'))")


def test_a_draft_survives_reload_and_a_closed_browser(visit, browser, address):
    page = visit("social.kulob")
    begin(page, "Ғанчинаева")
    page.reload()
    expect(page.locator("[data-draft-found]")).to_contain_text("Ғанчинаева")
    expect(page.locator("form[data-register]")).to_be_hidden()
    # The browser is closed; what it stored is there when it is opened again, and the session too.
    context = browser.new_context(
        viewport=PHONE, base_url=address, storage_state=page.context.storage_state(indexed_db=False)
    )
    again = context.new_page()
    again.goto(REGISTER)
    again.locator("[data-draft-continue]").click()
    expect(again.locator("#step-2")).to_be_visible()
    expect(again.locator("[name=members-0-given_name]")).to_have_value("Фирдавс")
    expect(again.locator("[name=members-0-country]")).to_have_value("RU")
    assert again.locator("[name=members-0-abroad]").is_checked()
    assert again.locator("[name=phone]").input_value() == "918 12 34 56"
    assert again.locator("[name=sex][value=female]").is_checked()
    context.close()


def test_a_draft_is_readable_for_nobody_else_who_uses_the_phone(visit):
    page = visit("social.kulob")
    begin(page, "Бодринг")
    (place, sealed), *others = drafts(page)
    assert not others
    assert "Бодринг" not in sealed + place
    assert "918" not in place
    page.context.clear_cookies()  # her session ends, without signing out
    sign_in(page, "supervisor", "en")
    page.goto(REGISTER)
    expect(page.locator("form[data-register]")).to_be_visible()
    expect(page.locator("[data-draft-found]")).to_be_hidden()
    assert page.locator("[name=family_name]").input_value() == ""
    page.context.clear_cookies()
    sign_in(page, "social.kulob", "en")
    page.goto(REGISTER)
    expect(page.locator("[data-draft-found]")).to_contain_text("Бодринг")


def test_a_draft_goes_when_it_is_saved(visit):
    page = visit("social.kulob")
    begin(page, "Зардолуева")
    page.locator("[name=members-0-departed_on]").fill("2024")
    go_on(page)
    give_consent(page)
    page.locator("[data-step-save]").click()
    page.wait_for_url(CODE)
    assert drafts(page) == []
    page.goto(REGISTER)
    expect(page.locator("[data-draft-found]")).to_be_hidden()


def test_a_draft_goes_when_its_owner_signs_out_and_when_she_discards_it(visit):
    page = visit("social.kulob")
    begin(page, "Тутова")
    page.reload()
    page.locator("[data-draft-discard]").click()
    assert drafts(page) == []
    assert page.locator("[name=family_name]").input_value() == ""
    begin(page, "Тутова")
    with page.expect_event("load"):
        page.evaluate("() => document.querySelector('form[data-signs-out]').requestSubmit()")
    assert drafts(page) == []


def test_a_draft_stays_while_the_server_finds_mistakes_and_while_the_session_is_over(visit):
    page = visit("social.kulob")
    page.goto(REGISTER)
    first_step(page, "Хол4")
    go_on(page)
    go_on(page)
    give_consent(page)
    page.locator("[data-step-save]").click()
    expect(page.locator("main")).to_contain_text("letters only")
    kept(page)
    page.locator("[name=family_name]").fill("Холиқова")
    kept(page)
    page.context.clear_cookies()
    sign_in(page, "social.kulob", "en")
    page.goto(REGISTER)
    page.locator("[data-draft-continue]").click()
    assert page.locator("[name=family_name]").input_value() == "Холиқова"
    go_on(page)
    go_on(page)
    page.locator("[data-step-save]").click()
    page.wait_for_url(CODE)
    assert drafts(page) == []


def test_nothing_is_kept_of_a_form_in_which_nothing_was_typed(visit):
    page = visit("social.kulob", REGISTER)
    page.locator("h1").click()
    page.locator("[data-step-next]").click()
    page.wait_for_timeout(600)
    assert drafts(page) == []


@pytest.mark.parametrize("language", ["en", "fa"])
def test_registration_has_three_steps_on_a_phone_and_shows_only_what_is_needed(visit, language):
    page = visit("social.kulob", REGISTER, language=language)
    assert page.locator("[data-step]").count() == 3
    expect(page.locator("[name=may_call]")).to_be_hidden()
    first_step(page, "Себова")
    page.locator("[name=phone]").fill("918123456")
    expect(page.locator("[name=may_call]")).to_be_visible()
    steps = []
    for step in range(3):
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        steps.append(page.locator("[data-step]:visible").get_attribute("id"))
        if step == 1:
            add_member(page, "Фирдавс")
            expect(page.locator("[name=members-0-country]")).to_be_hidden()
            page.locator("[name=members-0-abroad]").check()
            expect(page.locator("[name=members-0-country]")).to_be_visible()
            go_on(page)
            expect(page.locator("#step-2")).to_be_visible()  # the country is missing
            page.locator("[name=members-0-country]").select_option("KZ")
            page.locator("[name=members-0-departed_on]").fill("2025")
        if step < 2:
            go_on(page)
    assert steps == ["step-1", "step-2", "step-3"]
    expect(page.locator("[name=guardian_name]")).to_be_hidden()
    page.locator("[name=consent_given_by][value=guardian]").check()
    expect(page.locator("[name=guardian_name]")).to_be_visible()


def test_the_warning_stands_before_the_number(visit):
    page = visit("social.kulob")
    page.goto(a_family_of(page))
    person = page.locator(".members a[href*='/members/']").first.get_attribute("href")
    for number, may_call in (("918 77 66 55", "yes"), ("918 77 66 44", "no")):
        page.goto(f"{person}phones/add/")
        page.locator("[name=phone]").fill(number)
        page.locator("[name=may_call]").select_option(may_call)
        page.locator("[name=say_what]").fill("Курси мо")
        page.locator("main form button[type=submit]").click()
        page.wait_for_url(re.compile(r"/members/[0-9a-f-]+/$"))
    yes, no = (page.locator(".phone").filter(has_text=number) for number in ("77 66 55", "77 66 44"))
    expect(yes).to_contain_text("Курси мо")
    expect(yes.locator("[href^='tel:']")).to_be_hidden()
    yes.locator("summary").click()
    expect(yes.locator("[href='tel:+992918776655']")).to_be_visible()
    expect(no).to_contain_text("must not be called")
    digits = no.locator(".phone-digits")
    no.locator("summary").first.click()
    expect(digits).to_be_hidden()
    no.locator("summary").last.click()
    expect(digits).to_be_visible()
    expect(no.locator("a")).to_have_count(0)


def test_a_page_of_a_person_fits_a_phone_and_is_walked_by_keyboard(visit):
    page = visit("social.kulob")
    page.goto(a_family_of(page))
    page.locator(".members a[href*='/members/']").first.click()
    page.wait_for_url(re.compile(r"/members/[0-9a-f-]+/$"))
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.locator("a[href$='/particulars/']").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/particulars/")
    page.locator("[name=marital]").select_option("")
    page.locator("[name=marriage]").select_option("religious")
    page.locator("main form button[type=submit]").click()
    expect(page.locator("main")).to_contain_text("Choose the marital status")
    page.locator("[name=marital]").select_option("married")
    page.locator("main form button[type=submit]").click()
    page.wait_for_url(re.compile(r"/members/[0-9a-f-]+/$"))
    expect(page.locator("main")).to_contain_text("by nikoh only")


def test_registration_with_everything_works_without_javascript(visit):
    page = visit("social.kulob", REGISTER, scripts=False)
    first_step(page, "Олуча")
    page.locator("[name=phone]").fill("918 12 34 56")
    page.locator("[name=members-0-given_name]").fill("Фирдавс")
    page.locator("[name=members-0-relation]").select_option("spouse")
    page.locator("[name=members-0-sex][value=male]").check()
    page.locator("[name=members-0-abroad]").check()
    page.locator("[name=members-0-country]").select_option("RU")
    page.locator("[name=members-0-departed_on]").fill("03.2024")
    give_consent(page)
    page.locator("main form button[type=submit]").last.click()
    page.wait_for_url(CODE)
    expect(page.locator("main")).to_contain_text("abroad: Russia")
