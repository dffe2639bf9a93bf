"""The list of families as people use it: filters, kept views, the search in every alphabet, and a file that leaves."""

from __future__ import annotations

import io

import pytest
from playwright.sync_api import Page, expect
from python_calamine import CalamineWorkbook

from tests.browser.conftest import DESK, PHONE
from tests.browser.test_slice import register

ROWS = ".family-table tbody tr"


def choose(page: Page, name: str, value: str) -> None:
    """One filter in the sheet."""
    page.locator(f"#filters [name={name}]").select_option(value)


@pytest.mark.parametrize("screen", [PHONE, DESK], ids=["phone", "desk"])
def test_filters_are_chosen_in_a_sheet_named_above_the_list_and_taken_away(screen, visit):
    page = visit("supervisor", "/families/", screen=screen)
    page.locator("[data-dialog-open=filters]").click()
    choose(page, "jamoat", "TJ-KT-02-02")
    choose(page, "origin", "screen")
    page.locator("#filters button[type=submit]").click()
    expect(page.locator(".chip")).to_have_count(2)
    for place in page.locator(f"{ROWS} td[data-label=Place]").all_inner_texts():
        assert place.startswith("Dahana")
    page.locator(".chip", has_text="How it came in").click()
    expect(page.locator(".chip")).to_have_count(1)
    page.locator(".chip").click()
    expect(page.locator(".chip")).to_have_count(0)
    expect(page.locator(ROWS).first).to_be_visible()


def test_filters_that_fit_no_family_offer_the_way_back(visit):
    page = visit("supervisor", "/families/?origin=field&since=2020-01-01&until=2020-01-02")
    page.get_by_role("link", name="Clear the filters").first.click()
    expect(page.locator(ROWS).first).to_be_visible()


def test_a_view_is_kept_opened_and_deleted(visit):
    page = visit("social.dusti", "/families/?jamoat=TJ-KT-20-04", screen=DESK)
    page.locator("[data-dialog-open=view-save]").click()
    page.locator("#view-save-name").fill("My jamoat")
    page.locator("#view-save button[type=submit]").click()
    tab = page.locator(".tabs .tab", has_text="My jamoat")
    expect(tab).to_have_attribute("aria-current", "page")
    page.goto("/families/?all=1")
    tab.click()
    expect(page.locator(".chip")).to_have_count(1)
    page.locator("[data-dialog-open=view-change]").click()
    page.get_by_role("button", name="Delete this view").click()
    expect(page.locator(".tabs")).to_have_count(0)


def test_the_supervisor_takes_a_list_out_and_the_page_stays_ready(visit):
    page = visit("supervisor", "/families/?jamoat=TJ-KT-02-02", screen=DESK)
    page.get_by_role("link", name="Export").click()
    page.locator("[name=columns][value=family_name]").check()
    page.locator("[name=columns][value=phone]").check()
    page.locator("[name=reason]").fill("Visits in November, for the team in Kulob.")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Make the file").click()
    content = waiting.value.path().read_bytes()
    assert waiting.value.suggested_filename.endswith(".xlsx")
    heads, *rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    assert heads[:2] == ["code of the family", "district"]
    assert heads.index("head: may we call") < heads.index("head: telephone number")
    assert rows
    expect(page.get_by_role("button", name="Make the file")).to_be_enabled()


def test_a_file_without_a_reason_is_not_made(visit):
    page = visit("monitoring", "/families/export/")
    page.locator("[name=reason]").fill("work")
    page.get_by_role("button", name="Make the file").click()
    expect(page.locator("main")).to_contain_text("what the file is for")
    assert page.locator("[name=reason]").input_value() == "work"


def test_one_family_is_found_however_its_name_is_written(visit):
    page = visit("social.kulob")
    path = register(page, "Ҷамшедова")
    code = path.strip("/").split("/")[-1]
    for typed in ("Ҷамшед", "Джамшед", "Чамшед", "Jamshed"):
        page.goto(f"/search/?q={typed}%20Ҷамшедовабибӣ")
        expect(page.locator("main")).to_contain_text(code)
