"""Search before create on a phone, and a pair that a supervisor merges and makes two again."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.conftest import DESK
from tests.browser.test_slice import CODE, fill_first_step, give_consent, go_on


def save(page, surname, given, *, is_like_another=False):
    """A family with its head alone; where she is like another a likely match holds it up, and is answered."""
    page.goto("/families/register/")
    fill_first_step(page, surname, given)
    if is_like_another:
        answer = page.locator("[name=none_of_these]")
        expect(answer).to_be_visible()
        go_on(page)
        expect(page.locator(".matches-answer")).to_contain_text("This is still missing.")
        expect(page.locator("#step-1")).to_be_visible()
        answer.check()
    go_on(page)
    go_on(page)
    give_consent(page)
    page.locator("form[data-register] button[type=submit]").click()
    page.wait_for_url(CODE)
    return CODE.search(page.url).group(1)


def test_a_likely_match_appears_while_typing_and_must_be_answered(visit):
    page = visit("social.kulob")
    code = save(page, "Сиёҳмардова", "Гулрафтор")
    page.goto("/families/register/")
    fill_first_step(page, "Siyohmardzoda", "Gulraftor")
    match = page.locator("[data-matches] .matches")
    expect(match).to_contain_text("Сиёҳмардова Гулрафтор")
    expect(match).to_contain_text(code)
    expect(match).to_contain_text("likely")
    go_on(page)
    expect(page.locator("#step-1")).to_be_visible()
    expect(page.locator(".matches-answer")).to_contain_text("This is still missing.")
    with page.context.expect_page() as opened:  # the file opens beside, and nothing typed is lost
        match.get_by_role("link").click()
    expect(opened.value.locator("main")).to_contain_text(code)
    page.locator("[name=none_of_these]").check()
    go_on(page)
    expect(page.locator("#step-2")).to_be_visible()


def test_who_stands_elsewhere_is_not_shown(visit):
    save(visit("social.kulob"), "Хуршедбонуева", "Тӯтиё")
    page = visit("social.dusti", "/families/register/")
    page.locator("[name=jamoat]").select_option("TJ-KT-20-04")
    for name, text in {"given_name": "Тӯтиё", "family_name": "Хуршедбонуева", "birth": "1988"}.items():
        page.locator(f"[name={name}]").fill(text)
    place = page.locator("[data-matches]").first
    expect(place).to_contain_text("A likely match lies elsewhere: ask")
    expect(place).to_contain_text("Kulob")
    expect(place).not_to_contain_text("F-")


def test_a_supervisor_merges_two_files_and_makes_them_two_again(visit):
    worker = visit("social.kulob")
    codes = [save(worker, "Оҳангарова", "Моҳпарвар"), save(worker, "Оҳангарова", "Mohparvar", is_like_another=True)]
    page = visit("supervisor", "/duplicates/?verdict=different", screen=DESK)  # answered at registration
    page.locator(".pair-link", has_text="Оҳангарова").first.click()
    for code in codes:
        expect(page.locator("main")).to_contain_text(code)
    merge = page.locator("form[action$='/merge/']")
    merge.get_by_label("What you go by").fill("як шиноснома")
    merge.get_by_role("button", name="Merge").click()
    page.wait_for_url(re.compile("/duplicates/$"))
    for typed in ("Mohparvar", "Моҳпарвар"):
        page.goto(f"/search/?q={typed}")
        assert sum(page.locator("main").get_by_text(code).count() > 0 for code in codes) == 1
    page.goto("/merges/")
    page.locator("tr", has_text="Оҳангарова").get_by_role("link", name="Undo").click()
    page.get_by_label("Why they are two people").fill("ду бародар")
    page.get_by_role("button", name="Make them two people again").click()
    page.wait_for_url(re.compile("/merges/$"))
    for code in codes:
        page.goto(f"/families/{code}/")
        assert page.url.endswith(f"/families/{code}/")
