"""A list walks from the file to the registry in a real browser; the worker beside the server works on it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

from playwright.sync_api import Page, expect

from paivand.collect.rules.sheets import read_grid, shown
from tests.browser.conftest import DESK
from tests.browser.filling_in import eventually
from tests.collect.sheets import family_rows, workbook

WORK = 120_000
"""Milliseconds that the worker may take."""


def upload(page: Page, content: bytes, folder: Path, name: str) -> None:
    """The first page of a list: file and consent."""
    path = folder / name
    path.write_bytes(content)
    page.goto("/imports/upload/")
    page.locator("[name=file]").set_input_files(path)
    page.locator("[name=consent_for_all][value=column]").check()
    page.locator("[name=consent_method][value=signature]").check()
    page.locator("[name=consent_by]").fill("раиси ҷамоат")
    page.locator("[name=consent_note]").fill("варақаҳои имзошуда дар ҷамоат")
    page.get_by_role("button", name="Upload", exact=True).click()
    expect(page.locator(".column-table")).to_be_visible()


def test_a_list_is_checked_mended_and_taken_in(visit: Callable[..., Page], tmp_path: Path) -> None:
    rows = family_rows(8, ["Даҳана", "Зираки"])
    for row in rows:
        row[9] = "Навобод"
    whole = [[*row] for row in rows]
    rows[2][3], rows[4][6], rows[6][5] = "", "31.02.1980", "хм"
    page = visit("social.kulob", "/imports/")
    upload(page, workbook(rows, titles=["Рӯйхати оилаҳо"]), tmp_path, "рӯйхат.xlsx")
    expect(page.locator("[name=column_6]")).to_have_value("birth")
    page.get_by_role("button", name="Check the list").click()

    expect(page.get_by_role("heading", name="5 families are ready")).to_be_visible(timeout=WORK)
    remarks = page.locator(".row-table")
    expect(remarks).to_contain_text("D5")
    expect(remarks).to_contain_text("The given name is missing. Write it here.")
    expect(remarks).to_contain_text("There is no such day in the calendar.")
    with page.expect_download() as begun:
        page.get_by_role("link", name="Rows to mend, with remarks").click()
    to_mend = read_grid("xlsx", Path(begun.value.path()).read_bytes())
    assert len(to_mend.rows) == 7  # the headings, and three families of two rows
    page.get_by_role("button", name="Take in 5 families").click()
    expect(page.get_by_role("heading", name="5 families are taken in")).to_be_visible(timeout=WORK)

    upload(page, workbook(whole), tmp_path, "ислоҳшуда.xlsx")
    page.get_by_role("button", name="Check the list").click()
    page.get_by_role("button", name="Take in 3 families").click(timeout=WORK)
    expect(page.get_by_role("heading", name="3 families are taken in")).to_be_visible(timeout=WORK)
    page.locator("#show").select_option("taken_in")
    page.locator(".row-table a[href*='/families/F-']").first.click()
    expect(page.locator("h1")).to_be_visible()
    expect(page.locator("main")).to_contain_text("Навобод")


def test_a_family_that_is_there_already_is_compared_first(visit: Callable[..., Page], tmp_path: Path) -> None:
    page = visit("social.kulob", "/families/register/", screen=DESK)
    _register_by_hand(page)
    rows = family_rows(1, ["Даҳана"])
    rows[0][2:7] = ["Davlatzoda", "Bunafsha", "Safarali", "зан", date(1971, 5, 17)]
    rows[0][9], rows[1][2:5] = "Лолазор", ["Давлатов", "Шуҳрат", "Ориф"]
    upload(page, workbook(rows), tmp_path, "такрор.xlsx")
    page.get_by_role("button", name="Check the list").click()
    page.get_by_role("link", name="Compare").click(timeout=WORK)
    expect(page.locator(".pair")).to_contain_text("Davlatzoda Bunafsha")
    expect(page.locator(".pair")).to_contain_text(re.compile("Давлатова Бунафша"))
    page.get_by_role("button", name="Same family: leave out").click()
    expect(page.get_by_role("heading", name="No family is ready")).to_be_visible()


def _register_by_hand(page: Page) -> None:
    page.locator("[name=jamoat]").select_option("TJ-KT-02-02")
    page.locator("[name=village]").fill("Лолазор")
    page.locator("[name=family_name]").fill("Давлатова")
    page.locator("[name=given_name]").fill("Бунафша")
    page.locator("[name=father_name]").fill("Сафаралӣ")
    page.locator("[name=sex][value=female]").check()
    page.locator("[name=birth]").fill("17.05.1971")
    page.locator("[data-step-next]").click()
    page.locator("[data-step-next]").click()
    page.locator("[name=consent_given_by][value=self]").check()
    page.locator("[name=consent_method][value=signature]").check()
    page.locator("[name=agreed]").check()
    page.locator("form[data-register] button[type=submit]").click()
    page.wait_for_url(re.compile(r"/families/F-\d{3}-\d{4}/$"))


def test_the_empty_list_has_headings_in_the_readers_language(visit: Callable[..., Page]) -> None:
    page = visit("social.kulob", "/imports/", language="ru")
    with page.expect_download() as begun:
        page.locator("a[href$='/imports/template/']").first.click()
    grid = read_grid("xlsx", Path(begun.value.path()).read_bytes())
    assert shown(grid.rows[0][1]) == "Фамилия"


def test_it_works_without_scripts(visit: Callable[..., Page], tmp_path: Path) -> None:
    page = visit("social.dusti", "/imports/upload/", screen=DESK, scripts=False)
    path = tmp_path / "бе-скрипт.xlsx"
    path.write_bytes(workbook(family_rows(2, ["Нури Вахш"])))
    page.locator("[name=file]").set_input_files(path)
    page.locator("[name=consent_for_all][value=all]").check()
    page.locator("[name=consent_method][value=signature]").check()
    page.locator("[name=consent_by]").fill("раис")
    page.locator("[name=consent_note]").fill("варақа")
    page.locator("main form.form button[type=submit]").first.click()
    page.locator("form:has(.column-table) button[type=submit]").click()

    def is_worked_on() -> bool:
        page.goto(page.url)
        return page.locator(".tallies").is_visible()

    eventually(is_worked_on, True)
