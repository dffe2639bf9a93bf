"""What the browser form cannot ask is told when a survey is uploaded, and no browser is led to a wall."""

from __future__ import annotations

from typing import Any

import pytest
from defusedxml.ElementTree import fromstring

from paivand.access.models.identity import acting_as
from paivand.collect.actions.devices import issue_device
from paivand.collect.rules.in_browser import unasked
from paivand.collect.rules.shipped import SHIPPED, shipped_tables
from paivand.collect.rules.submissions import DeviceKind
from paivand.collect.rules.survey_drafts import drafted
from paivand.collect.rules.xforms import convert_form
from tests.cast import fresh
from tests.collect.field import Phone, device_of
from tests.collect.surveys import CHOICES, SETTINGS, in_use, uploaded, workbook

HEADINGS = ["type", "name", "label", "required", "appearance", "relevant", "calculation", "readonly"]
FOR_COLLECT = "{urn:paivand:door}forCollect"


@pytest.fixture(autouse=True)
def without_java(monkeypatch: pytest.MonkeyPatch) -> None:
    """ODK Validate takes a second for each form, and has no part in this."""
    monkeypatch.setattr("paivand.collect.rules.xforms.java_present", lambda: False)


def book_of(*rows: list[str]) -> bytes:
    return workbook(survey=[HEADINGS, *rows], choices=CHOICES, settings=SETTINGS)


def told(*rows: list[str]) -> list[tuple[str, int | None]]:
    """The findings about browsers of a survey with these questions, with their rows."""
    draft = drafted("roofs.xlsx", book_of(*rows), {})
    assert not draft.hindered, draft.findings
    return [(one.code, one.row) for one in draft.findings if one.code.startswith("browser_")]


def test_each_question_that_browsers_cannot_ask_is_told_by_its_row():
    assert told(
        ["text", "wish", "Wish", "yes"],
        ["begin group", "media", "Media"],
        ["audio", "voice", "Voice"],
        ["video", "film", "Film", "yes", "", "${wish} = 'film'"],
        ["end group"],
        ["begin repeat", "fields", "Field"],
        ["geotrace", "way", "Way"],
        ["geoshape", "field", "Field", "yes"],
        ["end repeat"],
        ["file", "paper", "Paper"],
        ["geopoint", "well", "Well", "", "placement-map"],
        ["select_one roof", "found", "Found", "", "search('roofs')"],
        ["image", "name_written", "Signature", "yes", "signature"],
    ) == [
        ("browser_leaves", 4), ("browser_wall", 5), ("browser_leaves", 8), ("browser_wall", 9), ("browser_leaves", 11),
        ("browser_leaves", 12), ("browser_leaves", 13), ("browser_picture", 14),
    ]  # fmt: skip


def test_what_browsers_can_ask_is_not_told_of():
    assert told(
        ["dateTime", "met", "Met", "yes"], ["time", "at", "At", "yes"], ["image", "roof", "Roof", "yes"],
        ["geopoint", "place", "Place", "yes", "maps"], ["select_one roof", "made", "Made of", "yes", "map"],
        ["rank need", "order", "Order"], ["range", "scale", "Scale"], ["barcode", "code", "Code", "yes"],
        ["acknowledge", "agreed", "Agreed", "yes"], ["geotrace", "shown", "Shown", "yes", "", "", "", "yes"],
    ) == []  # fmt: skip


def test_an_answer_that_is_needed_only_sometimes_is_a_wall_too():
    [one] = unasked(convert_form(book_of(["text", "a", "A"], ["audio", "voice", "Voice", "${a} = 'x'"])).xml)
    assert (one.path, one.code, one.hinders) == ("voice", "browser_wall", True)


def test_a_formula_that_browsers_do_not_know_is_named():
    rows = [["geoshape", "field", "Field"], ["calculate", "crossed", "", "", "", "", "intersects(${field})"]]
    assert told(*rows) == [("browser_leaves", 2), ("browser_formula", 3)]
    found = unasked(convert_form(book_of(*rows)).xml)
    assert [(one.name, one.hinders) for one in found] == [("intersects", True), ("", False)]


def test_every_form_of_the_house_can_be_filled_in_in_a_browser():
    for code in SHIPPED:
        assert unasked(convert_form(shipped_tables(code)).xml) == (), code


def for_collect(phone: Phone) -> dict[str, bool]:
    """The forms that a device is offered, and whether it is told that only Collect fills them in."""
    root = fromstring(phone.get("/formList").content)
    return {str(item[0].text): item.find(FOR_COLLECT) is not None for item in root}


@pytest.mark.django_db
def test_only_browsers_are_told_which_forms_are_for_collect(manija: Any, zarina: Any):
    in_use(manija, book_of(["audio", "voice", "Voice", "yes"]))
    other = [["form_title", "form_id", "version"], ["Wishes", "wishes", "1"]]
    asked = [HEADINGS, ["audio", "voice", "Voice"], ["text", "wish", "Wish", "yes"]]
    in_use(manija, workbook(survey=asked, settings=other))
    with acting_as(zarina):
        worker = fresh(zarina)
        _device, token = issue_device(user=worker, kind=DeviceKind.BROWSER, label="browser", by=worker)
    told = for_collect(Phone(token))
    assert (told["roofs"], told["wishes"]) == (True, False)
    assert for_collect(Phone(token)) == told
    assert not any(for_collect(Phone(device_of(zarina)[1])).values())


@pytest.mark.django_db
def test_whoever_looks_at_a_version_reads_what_browsers_cannot_ask(manija: Any, sign_in: Any):
    version = uploaded(manija, book_of(["audio", "voice", "Voice", "yes"], ["text", "wish", "Wish"]))
    page = sign_in(manija).get(f"/surveys/{version.form_id}/versions/{version.pk}/", headers={"accept-language": "en"})
    words = page.content.decode()
    assert "In the browser form" in words
    assert "the survey is filled in with ODK Collect only" in words
    plain = uploaded(
        manija, workbook(survey=[HEADINGS, ["text", "wish", "Wish"]], settings=[SETTINGS[0], ["W", "wishes", "1"]])
    )
    page = sign_in(manija).get(f"/surveys/{plain.form_id}/versions/{plain.pk}/", headers={"accept-language": "en"})
    assert "In the browser form" not in page.content.decode()
