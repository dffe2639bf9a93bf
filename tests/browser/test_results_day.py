"""A day of results: a new service moves a figure in another window, the ministry sees figures, a figure opens."""

from __future__ import annotations

import re
import time

from playwright.sync_api import Page, Response, expect

from tests.browser.walking import follow, look, register_family

EVERY = 3
"""Seconds after which a figure is asked for again: with the answer's own time it follows a write within five."""


def figure(page: Page) -> int:
    """The big figure of an indicator's page."""
    return int(re.sub(r"\D", "", page.locator("#figure-words").inner_text()))


def test_a_new_family_moves_the_figure_in_another_window_the_next_time_it_asks(walk):
    reader, worker = walk("ministry"), walk("social.kulob")
    reader.goto("/results/families_registered/")
    before = figure(reader)
    expect(reader.locator("#figure")).to_have_attribute("hx-trigger", f"every {EVERY}s")
    register_family(worker, "Натиҷаева", "Умеда")
    stands = time.time() * 1_000

    def is_asked_since(answer: Response) -> bool:
        return "x-by-itself" in answer.request.headers and answer.request.timing["startTime"] > stands

    with reader.expect_response(is_asked_since) as told:  # how long it takes says how busy the machine is
        pass
    if told.value.status == 200:
        assert f">{before + 1:,}<" in told.value.text()
    else:  # there was nothing new: an answer that was under way has told it
        assert figure(reader) == before + 1
    expect(reader.locator("#figure-words")).to_have_text(re.compile(f"^{before + 1:,}$"))
    look(reader, "The figure has changed since this page was opened.")


def test_the_ministry_reads_every_page_of_results_and_meets_no_family(walk):
    reader = walk("ministry")
    for path in ("/results/", "/results/places/", "/results/flow/", "/results/agencies/", "/results/aims/",
                 "/results/changes/", "/results/protection_services/"):  # fmt: skip
        reader.goto(path)
        expect(reader.locator("main")).not_to_contain_text(re.compile(r"F-\d{3}-\d{4}"))
        expect(reader.locator("main")).not_to_contain_text("Open the records")
    assert reader.goto("/results/protection_services/records/").status == 403


def test_the_monitoring_officer_opens_a_figure_into_its_parts_and_records_and_no_survivors_file(walk):
    checker = walk("monitoring")
    checker.goto("/results/protection_services/")
    look(checker, "Its parts", "The parts of this figure", "How it is counted")
    follow(checker, "Open the records")
    look(checker, "steps are counted")
    expect(checker.locator("main tbody tr").first).to_contain_text(re.compile(r"F-\d{3}-\d{4}"))
    checker.goto("/results/survivors_supported/")
    look(checker, "no file can be reached from it")
    follow(checker, "Open the records")
    look(checker, "These records name nobody")
    expect(checker.locator("main")).not_to_contain_text(re.compile(r"F-\d{3}-\d{4}"))


def test_every_picture_of_the_map_page_leaves_as_three_kinds_of_files(walk):
    reader = walk("ministry")
    reader.goto("/results/places/")
    for kind in ("PNG", "SVG", "CSV"):
        with reader.expect_download() as waiting:
            reader.locator(f"#picture-map a[href*='.{kind.lower()}']").click()
        assert waiting.value.suggested_filename.endswith(f"-map.{kind.lower()}")
