"""Quick exit, the lock over a page, and what stays in the history, in a real browser."""

from __future__ import annotations

import time

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESK, PHONE

ROOM, NEUTRAL = "/sealed/", "/places/"
WORDS = "ҳеҷ кас набояд инро бубинад"


def entered(visit, screen=PHONE):
    """The room, entered with one click as in the demonstration."""
    page = visit("gbv", ROOM, screen=screen)
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sealed room")
    page.wait_for_load_state("load")  # the keys are listened to from here on
    return page


def escape(page, *seconds):
    """Press Esc at these moments by the time that the keys themselves tell, however long a busy machine takes."""
    keys, begun = page.context.new_cdp_session(page), time.time()
    for moment in seconds:
        for kind in ("rawKeyDown", "keyUp"):
            pressed = {"type": kind, "key": "Escape", "code": "Escape", "windowsVirtualKeyCode": 27}
            keys.send("Input.dispatchKeyEvent", {**pressed, "timestamp": begun + moment})


def path(page):
    return page.evaluate("location.pathname")


@pytest.mark.parametrize("way", ["tap", "keys"])
def test_quick_exit_shows_a_page_that_tells_nothing_and_closes_the_door(visit, way):
    page = entered(visit, DESK)
    if way == "tap":
        page.locator("[data-quick-exit]").click()
    else:
        escape(page, 0, 0.2)
    expect(page.get_by_role("heading", level=1)).to_have_text("Places")
    assert path(page) == NEUTRAL
    assert page.evaluate("document.referrer") in {"", page.evaluate("location.origin") + "/"}
    page.goto(ROOM)
    expect(page.get_by_role("heading", level=1)).to_have_text("Go on?")


def test_one_esc_alone_leaves_nothing(visit):
    page = entered(visit, DESK)
    escape(page, 0, 1.2)
    page.wait_for_timeout(300)
    assert path(page) == ROOM


def test_the_whole_room_is_one_entry_of_the_history(visit):
    page = entered(visit)
    length = page.evaluate("history.length")
    page.locator(f"main a[href='{ROOM}new/']").first.click()
    page.wait_for_url(f"**{ROOM}new/")
    page.locator(f".back a[href='{ROOM}']").click()
    page.wait_for_url(f"**{ROOM}")
    assert page.evaluate("history.length") == length


def test_five_idle_minutes_take_the_page_out_of_the_document_and_keep_what_was_typed(visit):
    page = visit("gbv", ROOM)
    page.clock.install()
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sealed room")
    page.goto(f"{ROOM}new/")
    page.locator("[name=given_name]").fill(WORDS)
    page.clock.fast_forward("05:10")
    lock = page.locator(".sealed-lock")
    expect(lock).to_be_visible()
    assert page.locator("[name=given_name]").count() == 0
    assert WORDS not in page.content()
    assert page.title() == "Paivand"
    lock.get_by_role("button", name="Go on").click()
    expect(page.locator("[name=given_name]")).to_have_value(WORDS)


def test_the_room_works_without_scripts(visit):
    page = visit("gbv", ROOM, scripts=False)
    page.locator("form:has([name=unlock]) button").click()
    page.locator("a.quick-exit").click()
    page.wait_for_url(f"**{NEUTRAL}")
    page.goto(ROOM)
    assert page.locator("[name=unlock]").count() == 1
