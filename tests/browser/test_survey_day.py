"""A survey of one's own, from workbook to files: mended, put to use, answered without signal, read, taken out."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Callable, Sequence
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from python_calamine import CalamineWorkbook

from tests.browser.conftest import speak
from tests.browser.filling_in import PATIENCE, begin, choose_pin, eventually, finish, question, stands_without_signal
from tests.browser.walking import look, sent
from tests.collect.surveys import CHOICES, HEADINGS, SURVEY, workbook
from tests.methods.photographs import jpeg

CODE = "roofs_day"
ASKED: list[list[Any]] = [
    *SURVEY[:5],
    ["begin group", "house", "House", "Хона"],
    *SURVEY[6:8],
    ["end group"],
    SURVEY[5],
    *SURVEY[8:],
    ["dateTime", "met", "When did you meet?", "Кай вохӯрдед?"],
    ["audio", "voice", "A recording", "Сабти овоз"],
    ["geotrace", "way", "The way to the house", "Роҳ ба хона"],
]
"""The survey of the tests, with the place and the photograph in a group, and what a browser asks otherwise or not."""
FOR_COLLECT = "voices_day"
WISH = "Пул аз болои дарё"
REASON = "For the report on roofs, to the ministry"
EXIF = b"\xff\xe1" + (8 + len(b"GPS here")).to_bytes(2, "big") + b"Exif\x00\x00" + b"GPS here"


def upload(page: Page, rows: Sequence[Sequence[Any]], version: str, code: str = CODE) -> None:
    """Choose a workbook with these questions, and send it."""
    settings = [["form_title", "form_id", "version"], ["Roofs", code, version]]
    page.locator("[name=file]").set_input_files(
        {
            "name": "roofs.xlsx", "mimeType": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "buffer": workbook(survey=rows, choices=CHOICES, settings=settings),
        }
    )  # fmt: skip
    sent(page, page.locator("main form button[type=submit]").first)


def put_to_use(page: Page) -> None:
    """Put the version that is shown to use."""
    page.locator("main form[method=post] button[type=submit]").first.click()
    page.wait_for_url(re.compile(r"/surveys/[0-9a-f-]+/$"))


def give_out_one_for_collect(page: Page) -> None:
    """A second survey, which needs a recording: no browser can finish it, and the officer reads so."""
    page.goto("/surveys/upload/")
    upload(page, [HEADINGS, ["audio", "voice", "A recording", "Сабти овоз", "yes"]], "1", FOR_COLLECT)
    look(page, "In the browser form", "filled in with ODK Collect only")
    put_to_use(page)


def fill_in(page: Page, wish: str, roof: int, children: Sequence[tuple[str, str]]) -> None:
    """Fill the survey in as it is asked in Tajik, and finish it."""
    begin(page, CODE)
    question(page, "Бом аз чӣ аст?").locator("input").nth(roof).check()
    question(page, "Чӣ намерасад?").locator("input").first.check()
    question(page, "Чанд ҳуҷра?").locator("input").press_sequentially("3")
    question(page, "Хона дар куҷост?").locator("button").click()
    page.locator(".p-dialog button, .geo-dialog-footer button").last.click()
    question(page, "Акси бом").locator("input[type=file]").set_input_files(
        {"name": "roof.jpg", "mimeType": "image/jpeg", "buffer": jpeg(EXIF)}
    )
    question(page, "Чӣ мехоҳед?").locator("input, textarea").fill(wish)
    for at, (name, age) in enumerate(children):
        if at:
            page.locator(".odk-form button", has_text="Илова").click()
        page.locator(".question-container", has_text=re.compile(r"^\W*Ном\W*$")).nth(at).locator("input").fill(name)
        age_box = page.locator(".question-container", has_text=re.compile("Синну сол")).nth(at).locator("input")
        age_box.press_sequentially(age)
    met = question(page, "Кай вохӯрдед?").locator("input")
    for typed, kept in (("фардо субҳ", ""), ("03.11.2026 09:05", "03.11.2026 09:05")):
        met.fill(typed)
        met.press("Escape")
        met.blur()
        expect(met).to_have_value(kept)
    for left_out in ("Сабти овоз", "Роҳ ба хона"):
        expect(question(page, left_out)).to_contain_text("ODK Collect")
    finish(page)


def taken_out(page: Page, survey: str, kind: str) -> bytes:
    """A file of the answers, chosen and asked for on the page; one with photographs is made in the background."""
    page.goto(f"{survey}export/")
    page.locator(f"[name=kind][value={kind}]").check()
    page.locator("[name=words][value=codes]").check()
    page.locator("[name=reason]").fill(REASON)
    button = page.locator("main form button[type=submit]")
    if kind == "zip":
        button.click()
        button = page.locator("#survey-files a[download]")
        button.wait_for(timeout=4 * PATIENCE)
    with page.expect_download() as download:
        button.click()
    return download.value.path().read_bytes()


def n_answers(page: Page, survey: str, query: str = "") -> int:
    """How many rows the table of answers has."""
    page.goto(f"{survey}answers/{query}")
    return page.locator("main tbody tr").count()


def shown_well(page: Page, survey: str) -> None:
    """Every page of the survey in Tajik and in Dari fits a phone, and is read by those who listen."""
    for language in ("tg", "fa"):
        speak(page, language)
        for path in ("", "answers/", "answers/?part=children", "charts/", "map/", "export/", "edit/", "upload/"):
            page.goto(survey + path)
            look(page)
            found = Axe().run(page).response["violations"]
            assert not found, (language, path, [(one["id"], one["nodes"][0]["html"][:200]) for one in found])
    speak(page, "en")


def read_out(page: Page, survey: str) -> None:
    """What was answered stands in every file as it was said."""
    rows = CalamineWorkbook.from_object(io.BytesIO(taken_out(page, survey, "xlsx")))
    heads, answer = rows.get_sheet_by_index(0).to_python()
    said = dict(zip(heads, answer, strict=True))
    assert (said["roof"], said["rooms"], said["wish"], said["house/place"]) == ("tin", 3.0, WISH, "37.912 69.785")
    assert [line[2:] for line in rows.get_sheet_by_index(1).to_python()[1:]] == [["Ойгул", 9.0], ["Шодӣ", 12.0]]
    [line] = csv.DictReader(io.StringIO(taken_out(page, survey, "csv").decode("utf-8-sig")))
    assert (line["roof"], line["needs"], line["wish"]) == ("tin", "water", WISH)
    assert line["met"].startswith("2026-11-03")
    [feature] = json.loads(taken_out(page, survey, "geojson"))["features"]
    assert feature["geometry"]["coordinates"] == [69.785, 37.912]
    with zipfile.ZipFile(io.BytesIO(taken_out(page, survey, "zip"))) as packed:
        [name] = packed.namelist()
        assert b"GPS here" not in packed.read(name)


def test_a_survey_is_uploaded_answered_without_signal_and_read(walk: Callable[..., Page]):
    officer = walk("monitoring", "/surveys/upload/")
    mistaken = [["whole", *row[1:]] if "rooms" in row[:2] else row for row in ASKED]
    assert mistaken[0] == HEADINGS
    upload(officer, mistaken, "1")
    look(officer, "row 5", "There is no kind of question named whole")
    upload(officer, ASKED, "1")
    look(officer, "Nobody has this survey yet")
    put_to_use(officer)
    survey = officer.url
    look(officer, "workers of all agencies")
    give_out_one_for_collect(officer)

    phone = walk("social.kulob", "/fill/", language="tg")
    phone.context.grant_permissions(["geolocation"])
    phone.context.set_geolocation({"latitude": 37.912345, "longitude": 69.784567, "accuracy": 4})
    choose_pin(phone, shown=CODE)
    expect(phone.locator(f"[data-elsewhere={FOR_COLLECT}]")).to_contain_text("ODK Collect")
    look(phone)
    stands_without_signal(phone)
    phone.context.set_offline(True)
    fill_in(phone, WISH, 0, [("Ойгул", "9"), ("Шодӣ", "12")])
    expect(phone.locator("[data-parcel=waiting]")).to_have_count(1)
    look(phone)
    phone.context.set_offline(False)
    expect(phone.locator("[data-parcel=arrived]")).to_have_count(1, timeout=PATIENCE)

    eventually(lambda: n_answers(officer, survey), 1)
    look(officer, "Tin", WISH)
    assert n_answers(officer, survey, "?choice=roof%3Dclay") == 0
    look(officer, "No answer fits")
    assert n_answers(officer, survey, "?choice=needs%3Dwater") == 1
    assert n_answers(officer, survey, "?part=children") == 2
    look(officer, "Ойгул", "Шодӣ")
    officer.goto(f"{survey}charts/")
    expect(officer.locator("figure svg.is-narrow .bar").first).to_be_visible()
    officer.goto(f"{survey}map/")
    look(officer, "37.912 69.785")
    expect(officer.locator("svg circle.dot")).to_have_count(1)
    read_out(officer, survey)
    shown_well(officer, survey)

    # The phone is without signal when another version is put to use: it answers the one that it has.
    phone.context.set_offline(True)
    officer.goto(f"{survey}upload/")
    upload(officer, [*ASKED, ["text", "remark", "Anything else?", "Боз чизе?"]], "2")
    look(officer, "What changed since version")
    put_to_use(officer)
    fill_in(phone, "Об", 1, [("Зебо", "4")])
    phone.context.set_offline(False)
    expect(phone.locator("[data-parcel=arrived]")).to_have_count(2, timeout=PATIENCE)
    eventually(lambda: n_answers(officer, survey), 2)
    officer.locator("main tbody a").first.click()
    look(officer, "Об", "Зебо")
