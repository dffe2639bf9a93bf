"""The slice, as people walk it: a family registered on a phone in Tajik, found, opened, and closed to others."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import DESK, a_family_of

CODE = re.compile(r"/families/(F-\d{3}-\d{4})/$")


def fill_first_step(page: Page, surname: str, given: str = "") -> None:
    """Place and head; unless told, a head who resembles nobody whom another test registers."""
    page.locator("[name=jamoat]").select_option("TJ-KT-02-02")
    page.locator("[name=village]").fill("Навобод")
    page.locator("[name=given_name]").fill(given or f"{surname.rstrip('4')}бибӣ")
    page.locator("[name=family_name]").fill(surname)
    page.locator("[name=father_name]").fill("Раҳим")
    page.locator("[name=sex][value=female]").check()
    page.locator("[name=birth]").fill("1988")


def go_on(page: Page) -> None:
    page.locator("[data-step-next]").click()


def add_member(page: Page, given: str) -> None:
    """One member on the second step."""
    page.locator("[data-member-add]").click()
    row = page.locator("[data-member-list] > *").last
    row.locator("[name$=-given_name]").fill(given)
    row.locator("[name$=-relation]").select_option("child")
    row.locator("[name$=-sex][value=male]").check()
    row.locator("[name$=-birth]").fill("9")


def give_consent(page: Page) -> None:
    page.locator("[name=consent_given_by][value=self]").check()
    page.locator("[name=consent_method][value=thumbprint]").check()
    page.locator("[name=agreed]").check()


def register(page: Page, surname: str) -> str:
    """All three steps; gives the path of the new file."""
    page.goto("/families/register/")
    fill_first_step(page, surname)
    go_on(page)
    add_member(page, "Фирдавс")
    go_on(page)
    give_consent(page)
    page.locator("form[data-register] button[type=submit]").click()
    page.wait_for_url(CODE)
    return page.url.split("127.0.0.1")[1].split("/", 1)[1]


def test_a_family_registered_on_a_phone_in_tajik_is_found_opened_and_closed_to_dusti(visit):
    page = visit("social.kulob", language="tg")
    expect(page.locator("html")).to_have_attribute("lang", "tg")
    path = "/" + register(page, "Ҷӯрабекова")
    code = CODE.search(page.url).group(1)
    expect(page.locator("main")).to_contain_text(code)
    expect(page.locator("main")).to_contain_text("Фирдавс")

    for typed in ("Чурабекова", "Jurabekova", "ҷӯраб", code):  # another keyboard, another script, a beginning, the code
        page.goto("/search/?q=" + typed)
        expect(page.locator("main")).to_contain_text(code)

    stranger = visit("social.dusti", language="tg")
    answer = stranger.goto(path)
    assert answer.status == 404
    stranger.goto("/search/?q=Ҷӯрабекова")
    expect(stranger.locator("main")).not_to_contain_text(code)


def test_a_step_is_not_left_while_something_is_missing(visit):
    page = visit("social.kulob", "/families/register/")
    go_on(page)
    assert page.locator("[name=given_name]").is_visible()
    assert page.evaluate("document.activeElement.name") in {"jamoat", "given_name", "sex"}


def test_wrong_input_is_named_where_it_stands_and_nothing_typed_is_lost(visit):
    page = visit("social.kulob", "/families/register/")
    fill_first_step(page, "Хол4")
    page.locator("[name=birth]").fill("about forty")
    go_on(page)
    add_member(page, "Фирдавс")
    go_on(page)
    give_consent(page)
    page.locator("form[data-register] button[type=submit]").click()
    expect(page.locator("main")).to_contain_text("letters only")
    expect(page.locator("main")).to_contain_text("Write the date as 12.03.1984")
    assert page.locator("[name=family_name]").is_visible()
    assert page.locator("[name=village]").input_value() == "Навобод"
    assert page.locator("[name=birth]").input_value() == "about forty"
    assert page.locator("[name=members-0-given_name]").input_value() == "Фирдавс"


def test_a_lost_connection_loses_nothing_and_the_second_try_registers_once(visit):
    page = visit("social.kulob", "/families/register/")
    fill_first_step(page, "Бодомова")
    go_on(page)
    go_on(page)
    give_consent(page)
    page.context.set_offline(True)
    page.locator("form[data-register] button[type=submit]").click()
    expect(page.get_by_text("Nothing is lost").first).to_be_visible()
    assert page.locator("[name=family_name]").input_value() == "Бодомова"
    page.context.set_offline(False)
    page.locator("form[data-register] button[type=submit]").click()
    page.wait_for_url(CODE)
    page.goto("/search/?q=Бодомова")
    expect(page.locator("main a[href*='/families/F-']")).to_have_count(1)


def test_a_double_tap_registers_one_family(visit):
    page = visit("social.kulob", "/families/register/")
    fill_first_step(page, "Себова")
    go_on(page)
    go_on(page)
    give_consent(page)
    page.evaluate(
        "() => { const b = document.querySelector('form[data-register] button[type=submit]'); b.click(); b.click(); }"
    )
    page.wait_for_url(CODE)
    page.goto("/search/?q=Себова")
    expect(page.locator("main a[href*='/families/F-']")).to_have_count(1)


def test_the_same_form_sent_from_two_windows_registers_one_family(visit):
    page = visit("social.kulob", "/families/register/")
    fill_first_step(page, "Нокова")
    go_on(page)
    go_on(page)
    give_consent(page)
    fields = page.evaluate("() => [...new FormData(document.querySelector('form[data-register]')).entries()]")
    first, second = (
        page.request.post("/families/register/", form=dict(fields), headers={"Referer": page.url}) for _ in range(2)
    )
    assert CODE.search(first.url)
    assert first.url == second.url


def test_two_people_editing_one_member_see_both_versions(visit):
    one, other = visit("social.kulob", screen=DESK), visit("supervisor", screen=DESK)
    family = a_family_of(one)
    one.goto(family)
    edit = one.locator("a[href*='/members/'][href$='/edit/']").first.get_attribute("href")
    one.goto(edit)
    other.goto(edit)
    one.locator("[name=father_name]").fill("Аввал")
    one.locator("main form button[type=submit]").click()
    one.wait_for_url(CODE)
    other.locator("[name=father_name]").fill("Дуввум")
    other.locator("main form button[type=submit]").click()
    expect(other.locator("main")).to_contain_text("Somebody else saved changes")
    expect(other.locator("main")).to_contain_text("Аввал")
    assert other.locator("[name=father_name]").input_value() == "Дуввум"
    other.locator("main form button[type=submit]").click()
    other.wait_for_url(CODE)
    expect(other.locator("main")).to_contain_text("Дуввум")


def test_break_glass_opens_is_shown_and_is_reviewed(visit, glass_ends):
    worker = visit("social.kulob")
    path = a_family_of(worker)
    code = CODE.search(path).group(1)
    stranger = visit("social.dusti", "/break-glass/")
    stranger.locator("[name=district]").select_option("TJ-KT-02")
    stranger.locator("[name=reason]").fill("The mother stands in our office in Dusti and needs her papers today.")
    stranger.locator("main form button[type=submit]").click()
    stranger.wait_for_url("**/families/")
    assert stranger.goto(path).status == 200
    expect(stranger.locator("main")).to_contain_text(code)
    assert stranger.goto(f"{path}edit/").status in {200, 403}
    worker.goto(path)
    expect(worker.locator("body")).to_contain_text("Фаррух Назаров")
    reviewer = visit("supervisor", "/reviews/")
    expect(reviewer.locator("main")).to_contain_text("needs her papers today")
    reviewer.locator("[name=note]").first.fill("Asked by telephone: agreed.")
    reviewer.locator("form[action*='/reviews/'] button[type=submit]").first.click()
    expect(reviewer.locator("main")).to_contain_text("Asked by telephone: agreed.")


def test_an_administrator_creates_a_user_who_chooses_a_password_and_begins(visit):
    admin = visit("admin", "/users/new/", screen=DESK)
    admin.locator("[name=username]").fill("new.worker")
    admin.locator("[name=full_name]").fill("Шабнам Олимова")
    admin.locator("main form button[type=submit]").click()
    admin.wait_for_url(re.compile("/link/$"))
    user = admin.url.removesuffix("link/")
    admin.locator("main form button[type=submit]").last.click()
    shown = admin.locator("main [data-link], main input[readonly], main code, main output").first
    link = shown.input_value() if shown.evaluate("e => 'value' in e") else shown.inner_text()
    admin.goto(f"{user}roles/give/")
    admin.locator("[name=role]").first.evaluate("e => e.tagName") == "SELECT" and admin.locator(
        "[name=role]"
    ).select_option("social_worker")
    if admin.locator("[name=role][type=radio]").count():
        admin.locator("[name=role][value=social_worker]").check()
    scope = admin.locator("[name=scope][value=districts]")
    scope.check() if scope.count() else admin.locator("[name=scope]").select_option("districts")
    admin.locator("[name=districts][value='TJ-KT-20']").check()
    admin.locator("[name=reason]").fill("Joins the team of Dusti.")
    admin.locator("main form button[type=submit]").click()
    admin.wait_for_url(user)
    expect(admin.locator("main")).to_contain_text("Social worker")

    page = visit(None, link.strip())
    page.locator("[name=password1]").fill("kabutar-dar-osmon")
    page.locator("[name=password2]").fill("kabutar-dar-osmon")
    with page.expect_event("load"):
        page.locator("main form button[type=submit]").click()
    page.goto("/account/login/")
    page.locator("[name=login]").fill("new.worker")
    page.locator("[name=password]").fill("kabutar-dar-osmon")
    page.locator("[name=password]").press("Enter")
    page.wait_for_url(re.compile(r":\d+/$"))
    assert page.goto("/families/").status == 200


def test_the_registration_works_without_javascript(visit):
    page = visit("social.kulob", "/families/register/", scripts=False)
    fill_first_step(page, "Анорова")
    give_consent(page)
    page.locator("main form button[type=submit]").last.click()
    page.wait_for_url(CODE)


def test_the_page_of_a_family_is_reached_by_keyboard_alone(visit):
    page = visit("social.kulob", screen=DESK)
    page.keyboard.press("/")
    page.keyboard.type("Кар", delay=5)
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/**")
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.getAttribute('href') || ''").startswith("/families/F-"):
            break
    outline = page.evaluate(
        "() => { const s = getComputedStyle(document.activeElement); return s.outlineStyle + s.boxShadow; }"
    )
    assert outline != "nonenone"
    page.keyboard.press("Enter")
    page.wait_for_url(CODE)


def test_the_first_tab_stop_leads_past_the_navigation(visit):
    page = visit("social.kulob", screen=DESK)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')").startswith("#")
