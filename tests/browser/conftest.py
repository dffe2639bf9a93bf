"""A running demonstration and a browser for it: what a person sees, on a phone and on a desk."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright
from psycopg import sql

from tests.conftest import ROOT, RUN

# The browser's driver keeps an event loop in this thread; the other tests of this worker use the database in it.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"

PHONE, DESK = {"width": 360, "height": 740}, {"width": 1280, "height": 850}
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
PATIENCE = 600
"""After so many seconds without a word of progress the demonstration is given up."""
# A page on a busy machine may take a while; what never comes fails all the same.
expect.set_options(timeout=30_000)
OURS = ("PAIVAND_", "DATABASE_URL", "DJANGO_")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the browser tests. They share one server and one browser, so one worker runs them all."""
    for item in items:
        if "tests/browser" in str(item.path).replace(os.sep, "/"):
            item.add_marker(pytest.mark.browser)


def browser_path() -> str:
    """The installed Chromium or Chrome."""
    for name in ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"):
        found = shutil.which(name)
        if found:
            return found
    pytest.fail("No browser: install Chromium (Debian: apt-get install chromium) and run again.")


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, dict[str, str]]]:
    """A demonstration server of its own, on the server of the tests: its address, and the environment it runs in."""
    name = f"paivand_test_{RUN}_demo"
    server_url = os.environ["PAIVAND_TEST_SERVER"]
    with psycopg.connect(server_url, autocommit=True) as server:
        server.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))
        server.execute(
            sql.SQL("create database {} template template0 encoding 'UTF8' locale 'C'").format(sql.Identifier(name))
        )
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environ = {key: value for key, value in os.environ.items() if not key.startswith(OURS)}
    environ |= {
        "PAIVAND_HOME": str(tmp_path_factory.mktemp("demo")),
        "PAIVAND_PORT": str(port),
        # Courses that the program does not know: declared as data, and nothing else.
        "PAIVAND_COURSES": str(Path(__file__).parent / "courses"),
        "DATABASE_URL": urlunsplit(urlsplit(server_url)._replace(path=f"/{name}")),
    }
    log = ROOT / "var" / "test" / f"demo-{RUN}.log"
    with log.open("w") as output:
        server = subprocess.Popen(
            [sys.executable, "-m", "paivand", "demo", "--families=300"],
            cwd=ROOT,
            env=environ,
            stdout=output,
            stderr=output,
        )
        try:
            _wait(f"http://127.0.0.1:{port}/healthz", server, log)
            yield f"http://127.0.0.1:{port}", environ
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(60)
    log.unlink()
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))
        for ending in ("_app", "_facts"):
            connection.execute(sql.SQL("drop role if exists {}").format(sql.Identifier(f"{name}{ending}")))


@pytest.fixture(scope="session")
def address(demonstration: tuple[str, dict[str, str]]) -> str:
    """The address of the demonstration."""
    return demonstration[0]


CLOCK = """
import sys
from datetime import datetime
from paivand.__main__ import surroundings
with surroundings("demo"):
    import django
    django.setup()
    from paivand.referrals.actions.clock import escalate_overdue
    escalate_overdue(now=datetime.fromisoformat(sys.argv[1]))
"""


@pytest.fixture
def clock(demonstration: tuple[str, dict[str, str]]) -> Callable[[datetime], None]:
    """A function that looks at the clock of referrals as the worker in the background does, at another time."""

    def struck(now: datetime) -> None:
        subprocess.run(
            [sys.executable, "-c", CLOCK, now.isoformat()], cwd=ROOT, env=demonstration[1], check=True, timeout=120
        )

    return struck


@pytest.fixture
def glass_ends() -> Iterator[None]:
    """Whatever break-glass the test opens is shut when it ends, so that other tests meet closed doors."""
    yield
    with owner() as connection:
        connection.execute("update access_breakglass set expires_at = created_at + interval '1 millisecond'")


def owner() -> psycopg.Connection[Any]:
    """The owner's connection to the demonstration's database, to undo what a test did there."""
    url = urlunsplit(urlsplit(os.environ["PAIVAND_TEST_SERVER"])._replace(path=f"/paivand_test_{RUN}_demo"))
    return psycopg.connect(url, autocommit=True)


def _wait(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    """Wait while the demonstration comes on: on a loaded machine inventing people takes minutes."""
    seen, still = -1, 0.0
    while server.poll() is None and still < PATIENCE:
        with contextlib.suppress(urllib.error.URLError, OSError), urllib.request.urlopen(address, timeout=2):  # noqa: S310
            return
        time.sleep(0.2)
        said = log.stat().st_size
        seen, still = said, 0.0 if said != seen else still + 0.2
    pytest.fail(f"The demonstration does not answer:\n{log.read_text()[-3000:]}")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One browser for all tests."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path(), args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def visit(browser: Browser, address: str) -> Iterator[Callable[..., Page]]:
    """A function that opens a page as an account of the demonstration, on a phone unless told."""
    contexts: list[BrowserContext] = []

    def visited(
        username: str | None = None, path: str = "/", *, language: str = "en", screen=PHONE, scripts: bool = True
    ) -> Page:
        context = browser.new_context(viewport=screen, base_url=address, java_script_enabled=scripts)
        contexts.append(context)
        page = context.new_page()
        page.goto("/account/login/")
        speak(page, language)
        if username:
            sign_in(page, username, language)
        page.goto(path)
        return page

    yield visited
    for context in contexts:
        context.close()


@pytest.fixture
def walk(visit: Callable[..., Page]) -> Iterator[Callable[..., Page]]:
    """As ``visit``; and when the test ends, no page of it may have complained in the browser's console."""
    complaints: list[str] = []

    def walked(*args: Any, **options: Any) -> Page:
        page = visit(*args, **options)
        watch(page, complaints)
        return page

    yield walked
    assert not complaints, "\n".join(complaints)


def watch(page: Page, complaints: list[str]) -> None:
    """Note what the browser complains of. A page that is refused, or a form that is to be mended, is no complaint."""

    def note(message: ConsoleMessage) -> None:
        refused = re.match(r"Failed to load resource: the server responded with a status of 4\d\d", message.text)
        if message.type in {"error", "warning"} and not refused:
            complaints.append(f"{message.text} ({message.location.get('url')})")

    page.on("console", note)
    page.on("pageerror", lambda error: complaints.append(str(error)))


def sign_in(page: Page, username: str, language: str) -> None:
    """Sign in by one click, then choose the language for the account too."""
    page.goto("/account/login/")
    with page.expect_event("load"):  # waiting for an address would be content with the one before
        page.locator(f"form[action$='/demo/{username}/'] button").click()
    if page.locator("html").get_attribute("lang") != language:
        speak(page, language)


def speak(page: Page, language: str) -> None:
    """Choose the language of the page by its own buttons, wherever the menu that holds them is."""
    button = f"form[action$='/language/'] [name=language][value={language}]"
    with page.expect_event("load"):  # a form that keeps its draft first navigates within the page before it leaves it
        page.evaluate("button => document.querySelector(button).click()", button)


def a_family_of(page: Page) -> str:
    """The path of the first family in the list."""
    page.goto("/families/")
    return str(page.locator("main a[href*='/families/F-']").first.get_attribute("href"))
