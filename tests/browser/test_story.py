"""A departure, a tie and a year of money, written down on a phone, and the story that they tell."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESK
from tests.browser.test_people import REGISTER, first_step
from tests.browser.test_slice import CODE, add_member, give_consent, go_on


@pytest.fixture
def file(visit):
    """A page with the file of a family that was just registered on a phone."""
    page = visit("social.kulob")
    page.goto(REGISTER)
    first_step(page, "Найзадорова")
    go_on(page)
    add_member(page, "Шукрафзо")
    go_on(page)
    give_consent(page)
    page.locator("form[data-register] button[type=submit]").click()
    page.wait_for_url(CODE)
    return page


def member(page):
    """The choice of the child."""
    option = page.locator("select[name=member] option, select[name=person] option").filter(has_text="Шукрафзо")
    return option.get_attribute("value")


def leave(page):
    page.locator("a[href$='/departure/']").click()
    page.locator("[name=member]").select_option(member(page))
    page.locator("[name=country]").select_option("RU")
    page.locator("[name=city]").fill("Сургут")
    page.locator("[name=departed]").fill("03.2025")
    page.locator("[name=occupation]").select_option("9313")
    page.locator("main form[method=post] button[type=submit]").click()
    page.wait_for_url(re.compile(r"/families/F-\d{3}-\d{4}/(#away)?$"))


def test_a_departure_a_tie_and_a_year_of_money_are_written_down_on_a_phone(file):
    page = file
    leave(page)
    away = page.locator("section[aria-labelledby=away]")
    expect(away).to_contain_text("Russia")
    expect(away).to_contain_text("Сургут")
    expect(away).to_contain_text("since March 2025")

    away.locator("a[href*='/status/']").first.click()
    expect(page.locator("[name=person] option:checked")).to_contain_text("Шукрафзо")
    expect(page.locator("[name=channel]")).to_be_hidden()
    page.locator("[name=status]").select_option("divorced_religious")
    expect(page.locator("[name=channel]")).to_be_visible()
    page.locator("[name=channel]").select_option("message")
    page.locator("[name=told_by]").fill("хоҳараш")
    page.locator("main form[method=post] button[type=submit]").click()
    expect(away).to_contain_text("divorced by talaq")
    expect(away).to_contain_text("by message")

    page.locator("a[href$='/remittances/']").click()
    rows = page.locator("[data-month]")
    expect(rows).to_have_count(12)
    rows.nth(1).locator("[name$=-currency]").select_option("USD")
    expect(rows.nth(5).locator("[name$=-currency]")).to_have_value("USD")
    rows.nth(1).locator("[name$=-amount]").focus()
    for amount in ("0", "0", "0", "200", "200", "200", "200"):
        page.keyboard.type(amount)
        page.keyboard.press("Enter")
    expect(rows.nth(8).locator("[name$=-amount]")).to_be_focused()
    page.locator("main form[data-months] button[type=submit]").click()
    money = page.locator("section[aria-labelledby=money]")
    expect(money).to_contain_text("no money for 3 months")
    expect(money.locator(".bar")).to_have_count(4)
    expect(money.locator(".bar-zero")).to_have_count(3)
    expect(money.locator(".bar-not-asked")).to_have_count(17)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    story = page.locator("section[aria-labelledby=story]")
    expect(story).to_contain_text("Left for abroad: Russia")
    expect(story).to_contain_text("The third month in a row without money")
    story.get_by_label("money", exact=True).check()
    expect(story.locator("li.is-money").first).to_be_visible()
    expect(story.locator("li.is-help").first).to_be_hidden()
    story.get_by_label("all", exact=True).check()
    expect(story.locator("li.is-help").first).to_be_visible()


def test_a_mistake_in_the_grid_keeps_everything_typed(file):
    page = file
    page.locator("a[href$='/remittances/']").click()
    rows = page.locator("[data-month]")
    rows.nth(1).locator("[name$=-amount]").fill("много")
    rows.nth(2).locator("[name$=-amount]").fill("15 000")
    page.locator("main form[data-months] button[type=submit]").click()
    expect(page.locator(".errors-box")).to_contain_text("Write the amount with digits only")
    expect(page.locator("[data-month]").nth(2).locator("[name$=-amount]")).to_have_value("15 000")


def test_the_picture_is_mirrored_where_one_reads_from_right_to_left(visit):
    path, lefts = "/families/?absence=in_regular_contact_and_remitting", {}
    for language in ("en", "fa"):
        page = visit("social.kulob", path, language=language, screen=DESK)
        page.locator("main a[href*='/families/F-']").first.click()
        bars = page.locator(".money-picture > svg > svg rect")
        lefts[language] = [float(bars.nth(n).get_attribute("x").rstrip("%")) for n in range(24)]
    assert lefts["en"] == sorted(lefts["en"])
    assert lefts["fa"] == sorted(lefts["fa"], reverse=True)
