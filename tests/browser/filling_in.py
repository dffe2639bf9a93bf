"""Filling in forms on a phone as a person does: unlocking the page, opening a form, answering what it asks.

A phone is a browser with a folder of its own, so that what lies in it is there again when it is switched on again.
``Hand`` knows a question by its path and finds it by the words of the language that the page speaks.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, FilePayload, Locator, Page, expect

from tests.browser.conftest import ARGUMENTS, PHONE, browser_path, owner, sign_in, speak

T = TypeVar("T")

PIN = "735194"
PATIENCE = 30_000
"""Milliseconds that a form may take to open while other tests share the machine."""


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


def set_up(page: Page, username: str, language: str, *, shown: str = "family_registration") -> None:
    """Sign in, and make the phone ready for a day without signal."""
    page.goto("/account/login/")
    speak(page, language)
    sign_in(page, username, language)
    page.goto("/fill/")
    choose_pin(page, shown=shown)


def choose_pin(page: Page, *, shown: str = "family_registration") -> None:
    """Lock the new device with a PIN; forms and lists come onto it."""
    page.locator("#pin").fill(PIN)
    page.locator("#pin-again").fill(PIN)
    page.locator("button[type=submit]").click()
    expect(page.locator(f"[data-form={shown}]")).to_be_visible(timeout=3 * PATIENCE)
    expect(page.locator("[data-does=fetch]")).to_be_visible(timeout=3 * PATIENCE)


def stands_without_signal(page: Page) -> None:
    """Wait until the page is answered by what lies on the phone, so that it opens without signal."""
    eventually(lambda: bool(page.evaluate("Boolean(navigator.serviceWorker.controller)")), True)


def unlock(page: Page, pin: str = PIN) -> None:
    """Write the PIN."""
    page.locator("#pin").fill(pin)
    page.locator("button[type=submit]").click()


def begin(page: Page, form: str) -> None:
    """Begin a form, once the engine shows it."""
    page.locator("[data-screen=forms]").click()
    page.locator(f"[data-form={form}]").click()
    expect(page.locator(".odk-form")).to_be_visible(timeout=PATIENCE)


def speak_on_phone(page: Page, language: str) -> None:
    """Choose the language of the page of forms, which needs no signal."""
    page.locator("[data-screen=device]").click()
    page.locator(f".languages [lang={language}]").click()
    expect(page.locator("html")).to_have_attribute("lang", language)


def question(place: Page | Locator, words: str) -> Locator:
    """The question with exactly these words."""
    page = place.page if isinstance(place, Locator) else place
    return (
        place.locator(".question-container")
        .filter(has=page.locator(".control-text > label", has_text=exactly(words)))
        .first
    )


def exactly(words: str) -> re.Pattern[str]:
    """These words and nothing else; the browser reads the pattern, and to it no letter of ours is one of a word."""
    return re.compile(rf"^\s*{re.escape(words.strip())}\s*$")


def choose(page: Page, asked: str, n: int = 0, *, sought: str = "") -> None:
    """Choose the n-th entry of a list that opens, or the first one that is found."""
    question(page, asked).locator(".p-select").click()
    lies_on_screen(page.locator(".p-select-overlay"))
    if sought:
        page.locator(".p-select-filter").fill(sought)
        expect(page.locator(".p-select-option")).to_have_count(1)
    page.locator(".p-select-option").nth(n).click()


def lies_on_screen(overlay: Locator) -> None:
    """A list that opened is no wider than the phone, while it still grows as when it stands."""
    expect(overlay).to_be_visible()
    left, width = overlay.evaluate("(one) => [one.offsetLeft, one.offsetWidth]")
    seen = overlay.page.evaluate("innerWidth")
    assert left >= 0, left
    assert left + width <= seen, (left, width, seen)


def tick(box: Locator) -> None:
    """Tick a box, and again where the form was drawn anew under the hand."""

    def is_ticked() -> bool:
        with suppress(Error):
            box.check(timeout=5_000)
        return box.is_checked()

    eventually(is_ticked, True)


NOTE_KEEPING = """words => {
  const seal = SubtleCrypto.prototype.encrypt;
  SubtleCrypto.prototype.encrypt = function (how, key, plain) {
    const said = document.querySelector(".fill-saved");
    if (said && new TextDecoder().decode(plain).includes(words)) {
      said.replaceChildren();  // what was kept before was kept without these words
      said.setAttribute("data-holds", words);
    }
    return seal.call(this, how, key, plain);
  };
}"""
"""The drawing beside a form says that something was kept; with this, that these words were."""


@contextmanager
def kept_by_itself(page: Page, words: str) -> Iterator[None]:
    """Wait at the end until an open form has kept these words, before anybody closes it."""
    page.evaluate(NOTE_KEEPING, words)
    yield
    expect(page.locator(".fill-saved[data-holds] .icon")).to_be_visible()


def finish(page: Page) -> None:
    """Finish the form: it lies in the queue then."""
    page.locator(".odk-form .footer button").click()
    expect(page.locator("[data-parcel]").first).to_be_visible()


def eventually(asked: Callable[[], T], wanted: T, seconds: float = 120) -> None:
    """Ask until the answer is what is wanted: the worker takes up what arrived in its own time."""
    until = time.monotonic() + seconds
    while (found := asked()) != wanted and time.monotonic() < until:
        time.sleep(0.5)
    assert found == wanted


RECORDS = """async () => {
  const names = (await indexedDB.databases()).map((one) => one.name);
  const counts = names.map((name) => new Promise((resolve) => {
    const asked = indexedDB.open(name);
    asked.onerror = () => resolve(0);
    asked.onupgradeneeded = () => asked.transaction.abort();  // taken away meanwhile: it is not made anew
    asked.onsuccess = () => {
      const held = asked.result;
      const stores = [...held.objectStoreNames];
      if (!stores.length) {
        held.close();
        return resolve(0);
      }
      const reading = held.transaction(stores);
      const found = stores.map((one) => reading.objectStore(one).count());
      reading.oncomplete = () => {
        held.close();  // or the page could not take the store away
        resolve(found.reduce((sum, one) => sum + one.result, 0));
      };
    };
  }));
  return (await Promise.all(counts)).reduce((sum, one) => sum + one, 0);
}"""


def records_left(page: Page) -> int:
    """How many records lie in the stores of the browser: sealed ones, and the vault."""
    return int(page.evaluate(RECORDS))


Question = dict[str, Any]


def asked_in(form: str) -> dict[str, Question]:
    """The questions of a form as it was published, by their path."""
    with owner() as connection:
        row = connection.execute(
            "select v.questions from collect_formversion v join collect_form f on f.id = v.form_id "
            "where f.code = %s and v.is_current",
            (form,),
        ).fetchone()
    assert row, form
    return {one["path"]: one for one in row[0]}


@dataclass(frozen=True)
class Entry:
    """An entry of a list: the words that are seen, and the key that is sent."""

    words: str
    key: str


MORE = object()
"""In place of an answer: one more entry of this repeat."""


@dataclass
class Hand:
    """A worker's hand in a form that is open."""

    page: Page
    asked: dict[str, Question]
    language: str

    def answer(self, path: str, value: Any) -> None:
        """Answer a question. In a repeat, its entries are counted from 1: ``members[2]/given_name``."""
        if value is MORE:
            self.page.locator(".odk-form button", has_text=self._words(path)).last.click()
            return
        box = self.question(path)
        kind = self._question(path)["type"]
        if kind == "acknowledge":
            box.locator("input[type=checkbox]").check()
        elif kind.startswith("select"):
            self._choose(box, [self._choice(path, one) for one in (value if isinstance(value, list) else [value])])
        elif kind == "image":
            box.locator("input[type=file]").set_input_files(_picture(value))
        elif kind == "date":
            self._date(box, value)
        elif kind in {"integer", "decimal"}:
            box.locator("input").press_sequentially(str(value))
            box.locator("input").blur()
        else:
            box.locator("input, textarea").fill(str(value))

    def question(self, path: str) -> Locator:
        """Where a question stands."""
        return question(self._place(path), self._words(path))

    def _place(self, path: str) -> Page | Locator:
        """The group or the entry of a repeat in which a question stands."""
        steps = path.split("/")[:-1]
        place: Page | Locator = self.page
        for n in range(len(steps)):
            above = "/".join(steps[: n + 1])
            titled = place.locator(".p-panel").filter(has=self.page.locator("h2", has_text=exactly(self._words(above))))
            entry = re.search(r"\[(\d+)\]$", above)
            place = titled.nth(int(entry[1]) - 1 if entry else 0)
        return place

    def _question(self, path: str) -> Question:
        return self.asked[re.sub(r"\[\d+\]", "", path)]

    def _words(self, path: str) -> str:
        return str(self._question(path)["label"][self.language])

    def _choice(self, path: str, value: str | Entry) -> str:
        return value.words if isinstance(value, Entry) else self._question(path)["choices"][value][self.language]

    def _choose(self, box: Locator, words: list[str]) -> None:
        opens = box.locator(".p-select, .p-multiselect")
        if not opens.count():
            for one in words:
                box.locator(".value-option", has_text=exactly(one)).locator("input").check()
            return
        opens.click()
        overlay = self.page.locator(".p-select-overlay, .p-multiselect-overlay")
        lies_on_screen(overlay)
        for one in words:
            if overlay.locator(".p-select-filter").count():
                overlay.locator(".p-select-filter").fill(one)
            overlay.locator("[role=option]", has_text=exactly(one)).click()
        if opens.and_(self.page.locator(".p-multiselect")).count():
            self.page.keyboard.press("Escape")
        expect(overlay).to_have_count(0)

    def _date(self, box: Locator, day: date) -> None:
        field = box.locator("input")
        field.fill(f"{day:%d.%m.%Y}")
        field.press("Escape")
        field.blur()


def sent_as(value: Any) -> Any:
    """How an answer stands in the form that is sent: of several that were chosen, the order does not count."""
    if isinstance(value, list):
        return {sent_as(one) for one in value}
    if isinstance(value, Entry):
        return value.key
    return "OK" if value is True else str(value)


def _picture(value: bytes) -> FilePayload:
    return {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": value}
