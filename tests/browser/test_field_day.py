"""A phone's day without signal: all that was written in the villages arrives, once; and a lost phone tells nothing."""

from __future__ import annotations

import contextlib
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Locator, Page, expect

from tests.browser.conftest import ARGUMENTS, PHONE, browser_path, owner, sign_in, speak
from tests.browser.test_results_day import figure
from tests.browser.walking import look, register_family
from tests.browser.walking import sent as sent_by

T = TypeVar("T")

PIN = "735194"
PATIENCE = 30_000
SURNAME = "Насимова"
"""Nobody in the demonstration is called this, so that only what is sent here is found."""


@pytest.fixture
def phone(browser: Browser, tmp_path: Path, address: str) -> Iterator[Callable[..., Page]]:
    """A function that switches a phone on: the same browser with what lies in it, each time it is called."""
    opened: list[BrowserContext] = []

    def switched_on(*, signal: bool = True) -> Page:
        for context in opened:
            context.close()
        opened[:] = [
            browser.browser_type.launch_persistent_context(
                str(tmp_path / "phone"),
                executable_path=browser_path(),
                args=ARGUMENTS,
                viewport=PHONE,
                base_url=address,
            )
        ]
        opened[0].set_default_timeout(PATIENCE)
        opened[0].set_offline(not signal)
        return opened[0].new_page()

    yield switched_on
    for context in opened:
        context.close()


def set_up(page: Page, username: str, language: str) -> None:
    """Sign in, and make the phone ready for a day without signal."""
    page.goto("/account/login/")
    speak(page, language)
    sign_in(page, username, language)
    page.goto("/fill/")
    choose_pin(page)


def choose_pin(page: Page) -> None:
    """Lock the new device with a PIN; forms and families come onto it."""
    page.locator("#pin").fill(PIN)
    page.locator("#pin-again").fill(PIN)
    page.locator("button[type=submit]").click()
    expect(page.locator("[data-form=family_registration]")).to_be_visible(timeout=PATIENCE)
    expect(page.locator("[data-does=fetch]")).to_be_visible(timeout=PATIENCE)


def unlock(page: Page, pin: str = PIN) -> None:
    """Write the PIN."""
    page.locator("#pin").fill(pin)
    page.locator("button[type=submit]").click()


def begin(page: Page, form: str) -> None:
    """Begin a form, once the engine shows it."""
    page.locator("[data-screen=forms]").click()
    page.locator(f"[data-form={form}]").click()
    expect(page.locator(".odk-form")).to_be_visible(timeout=PATIENCE)


def question(page: Page, words: str) -> Locator:
    """The question with exactly these words."""
    label = page.locator("label", has_text=re.compile(rf"^\W*{re.escape(words)}\W*$"))
    return page.locator(".question-container").filter(has=label).first


def choose(page: Page, asked: str, n: int = 0, *, sought: str = "") -> None:
    """Choose the n-th entry of a list that opens, or the first one that is found."""
    question(page, asked).locator(".p-select").click()
    if sought:
        page.locator(".p-select-filter").fill(sought)
        expect(page.locator(".p-select-option")).to_have_count(1)
    page.locator(".p-select-option").nth(n).click()


def finish(page: Page) -> None:
    """Finish the form: it lies in the queue then."""
    page.locator(".odk-form .footer button").click()
    expect(page.locator("[data-parcel]").first).to_be_visible()


def register(page: Page, given: str) -> None:
    """Register a woman born in 1988 who lives alone, as the form asks it in Tajik."""
    begin(page, "family_registration")
    page.locator(".odk-form input[type=checkbox]").first.check()
    choose(page, "Ҷамоат")
    question(page, "Ном").locator("input").fill(given)
    question(page, "Насаб").locator("input").fill(SURNAME)
    question(page, "Ҷинс").locator("input[value=female]").check()
    choose(page, "Санаи таваллуд то чӣ андоза маълум аст?", 2)
    question(page, "Соли таваллуд").locator("input").press_sequentially("1988")
    question(page, "Ба оила боз чанд кас тааллуқ дорад?").locator("input").press_sequentially("0")
    question(page, "Розигиро кӣ медиҳад").locator("input").first.check()
    question(page, "Розигӣ чӣ тавр дода мешавад").locator("input").first.check()
    finish(page)


def visit_home(page: Page, family: str, met: str) -> None:
    """Write down a visit to a family of the list, and leave it open before it is sent."""
    begin(page, "home_visit")
    choose(page, "Кадом оила?", sought=family)
    question(page, "Бо кӣ вохӯрданд").locator("input[type=checkbox]").first.check()
    question(page, "Боз кӣ буд").locator("input").fill(met)


def arrivals() -> list[tuple[str, str]]:
    """The form and the state of everything that phones of this day sent, as the database has it."""
    with owner() as connection:
        rows = connection.execute(
            "select f.code, s.state from collect_submission s join collect_form f on f.id = s.form_id "
            "join collect_device d on d.id = s.device_id where d.kind = 'browser' order by 1, 2"
        ).fetchall()
    return [(str(code), str(state)) for code, state in rows]


BATTERY = """() => {
  const sent = window.fetch;
  window.fetch = async (...asked) => {
    const answer = await sent(...asked);
    if (asked[1]?.method === "POST") {
      throw new TypeError("The battery is empty.");
    }
    return answer;
  };
}"""
"""What is sent reaches the server, and its answer reaches nobody."""


def held_today() -> str:
    """The key of the form that waits for a decision."""
    with owner() as connection:
        row = connection.execute(
            "select s.id from collect_submission s join collect_device d on d.id = s.device_id "
            "where d.kind = 'browser' and s.state = 'held'"
        ).fetchone()
    return str(row[0])


def shut_devices() -> int:
    """How many browsers have given their access back."""
    with owner() as connection:
        row = connection.execute(
            "select count(*) from collect_device where kind = 'browser' and revoked_at is not null"
        ).fetchone()
    return int(row[0])


def nothing_left(page: Page) -> bool:
    """Whether the phone holds nothing of the page any more: no vault, and no sealed record."""
    left: int = page.evaluate(
        """() => new Promise((resolve, reject) => {
          const asked = indexedDB.open("paivand-fill");
          asked.onerror = () => reject(asked.error);
          asked.onsuccess = () => {
            const names = [...asked.result.objectStoreNames];
            const counts = names.map((name) => asked.result.transaction(name).objectStore(name).count());
            counts.at(-1).onsuccess = () => resolve(counts.reduce((sum, one) => sum + one.result, 0));
          };
        })"""
    )
    return left == 0


def eventually(asked: Callable[[], T], wanted: T, seconds: float = 40) -> None:
    """Ask until the answer is what is wanted: the worker takes up what arrived in its own time."""
    until = time.monotonic() + seconds
    while (found := asked()) != wanted and time.monotonic() < until:
        time.sleep(0.5)
    assert found == wanted


def write_without_signal(page: Page, code: str) -> None:
    """Two families are registered and three visits written down; the third is not finished."""
    register(page, "Моҳтоб")
    register(page, "Зебо")
    begin(page, "home_visit")
    choose(page, "Кадом оила?", sought=f"{SURNAME} Моҳтоб")  # registered here, and unknown to the server
    page.locator("[data-does=close]").click()
    expect(page.locator("[data-draft]")).to_have_count(1)
    page.locator(".fill-line .top-button").click()
    page.locator("[data-does=yes]").click()
    expect(page.locator("[data-draft]")).to_have_count(0)
    begin(page, "home_visit")
    choose(page, "Кадом оила?", sought=f"{SURNAME} Моҳтоб")
    question(page, "Бо сарвари оила вохӯрданд?").locator("input[value=yes]").check()
    finish(page)
    visit_home(page, code, "муаллим")
    finish(page)
    visit_home(page, code, "духтур")
    page.wait_for_timeout(2_500)  # what was written is kept within two seconds
    expect(page.locator(".fill-saved .icon")).to_be_visible()
    look(page)


def test_a_day_without_signal_arrives_once_and_a_likely_duplicate_waits(walk, phone):
    reader, desk = walk("ministry"), walk("social.kulob")
    reader.goto("/results/families_registered/")
    before = figure(reader)
    code = register_family(desk, SURNAME, "Зебо")

    page = phone()
    set_up(page, "social.kulob", "tg")
    page.wait_for_function("navigator.serviceWorker.controller")
    page.context.set_offline(True)
    write_without_signal(page, code)
    with contextlib.suppress(Error):  # the tab dies while it is written in
        page.goto("chrome://crash", timeout=5_000)

    page = phone(signal=False)
    page.goto("/fill/")
    unlock(page)
    page.locator("[data-screen=outbox]").click()
    expect(page.locator("[data-parcel=waiting]")).to_have_count(4)
    page.locator("[data-screen=forms]").click()
    page.locator("[data-draft]").click()
    expect(question(page, "Боз кӣ буд").locator("input")).to_have_value("духтур", timeout=PATIENCE)
    finish(page)
    expect(page.locator("[data-parcel=waiting]")).to_have_count(5)
    look(page)
    assert arrivals() == []

    # The battery dies when the server has a form already and the phone has not heard of it.
    page.evaluate(BATTERY)
    page.context.set_offline(False)
    eventually(lambda: bool(arrivals()), True)
    with contextlib.suppress(Error):
        page.goto("chrome://crash", timeout=5_000)

    page = phone()
    page.goto("/fill/")
    unlock(page)
    page.locator("[data-screen=outbox]").click()
    expect(page.locator("[data-parcel=arrived]")).to_have_count(5, timeout=PATIENCE)
    sent = [("family_registration", "held"), ("family_registration", "taken"), *[("home_visit", "taken")] * 3]
    eventually(arrivals, sent)
    expect(reader.locator("#figure-words")).to_have_text(re.compile(f"^{before + 2:,}$"), timeout=PATIENCE)

    desk.goto("/field/")
    desk.locator(f"main a[href$='/field/{held_today()}/']").click()
    desk.locator("button[name=answer][value=new]").wait_for()
    look(desk, code, SURNAME)
    sent_by(desk, desk.locator("button[name=answer][value=new]"))
    eventually(arrivals, [("family_registration", "taken")] * 2 + [("home_visit", "taken")] * 3)
    expect(reader.locator("#figure-words")).to_have_text(re.compile(f"^{before + 3:,}$"), timeout=PATIENCE)


def test_ten_wrong_pins_or_a_shut_token_leave_nothing_on_the_phone(phone):
    page = phone()
    set_up(page, "social.dusti", "fa")
    assert page.locator("html").get_attribute("dir") == "rtl"
    look(page)
    page.reload()
    for left in range(9, 0, -1):
        unlock(page, "000000")
        expect(page.locator(".field-error")).to_contain_text(str(left))
    unlock(page, "000000")
    expect(page.locator("#pin-again")).to_be_visible()
    assert nothing_left(page)

    choose_pin(page)
    before = shut_devices()
    page.locator("[data-screen=device]").click()
    page.locator("[data-does=leave]").click()
    page.locator("[data-does=yes]").click()
    expect(page.locator("#pin-again")).to_be_visible(timeout=PATIENCE)
    assert nothing_left(page)
    assert shut_devices() == before + 1

    choose_pin(page)
    with owner() as connection:
        connection.execute(
            "update collect_device set revoked_at = now(), revoked_by_id = user_id where revoked_at is null"
        )
    page.locator("[data-does=fetch]").click()
    expect(page.locator("#pin-again")).to_be_visible(timeout=PATIENCE)
    assert nothing_left(page)
