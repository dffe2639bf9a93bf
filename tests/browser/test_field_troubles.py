"""Troubles of a phone that lose nothing: signing out, a form that is not taken, no room, two tabs, new versions."""

from __future__ import annotations

import re
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from tests.browser.conftest import ARGUMENTS, PHONE, browser_path, owner, sign_in
from tests.browser.filling_in import records_left, stands_without_signal, tick
from tests.browser.test_field_day import (
    PATIENCE,
    begin,
    choose,
    choose_pin,
    eventually,
    finish,
    question,
    set_up,
    unlock,
)
from tests.browser.walking import look
from tests.conftest import ROOT, RUN

SENDING = re.compile(r"/key/[^/]+/submission")
ELSE_MET = "Боз кӣ буд"


@pytest.fixture
def browser_of_hers(browser: Browser, tmp_path: Path, address: str) -> Iterator[BrowserContext]:
    """A phone's browser with a store of its own."""
    context = browser.browser_type.launch_persistent_context(
        str(tmp_path / "phone"), executable_path=browser_path(), args=ARGUMENTS, viewport=PHONE, base_url=address
    )
    context.set_default_timeout(PATIENCE)
    yield context
    context.close()


def visit(page: Page, met: str) -> None:
    """Write down a visit to the first family of the list, and leave it open."""
    begin(page, "home_visit")
    choose(page, "Кадом оила?")
    tick(question(page, "Бо кӣ вохӯрданд").locator("input[type=checkbox]").first)
    question(page, ELSE_MET).locator("input").fill(met)


def keep(page: Page) -> None:
    """Close the form and keep it as a draft."""
    page.locator("[data-does=close]").click()
    expect(page.locator("[data-draft]")).to_have_count(1)


def outbox(page: Page) -> None:
    page.locator("[data-screen=outbox]").click()


def sign_out(page: Page) -> None:
    """Press the button in the menu of a page."""
    with page.expect_event("load"):
        page.evaluate("document.querySelector('form[data-signs-out]').requestSubmit()")


def left_here(page: Page) -> tuple[int, list[str], int, str]:
    """What lies in the browser: records of the page, kept files, workers, and the mark."""
    found = page.evaluate(
        """async () => {
          const workers = await navigator.serviceWorker.getRegistrations();
          const mark = /paivand_fill=([^.;]*)/.exec(document.cookie)?.[1] ?? "";
          return [await caches.keys(), workers.length, mark];
        }"""
    )
    return (records_left(page), *found)


NOTHING = (0, [], 0, "")


def visits() -> list[tuple[str, str, str]]:
    """Number, number of what it corrects, and version of the visits that browsers sent, in the order of arrival."""
    with owner() as connection:
        rows = connection.execute(
            "select s.instance_id, s.deprecated_id, v.name from collect_submission s "
            "join collect_form f on f.id = s.form_id join collect_formversion v on v.id = s.form_version_id "
            "join collect_device d on d.id = s.device_id "
            "where d.kind = 'browser' and f.code = 'home_visit' order by s.id"
        ).fetchall()
    return [(str(number), str(former), str(version)) for number, former, version in rows]


def weak_signal(page: Page) -> None:
    """Hold up everything that is sent, as a weak signal does."""
    page.context.route(SENDING, lambda route: route.abort())


def test_who_signs_out_takes_hers_along_loses_nothing_in_silence_and_touches_nobody_elses(browser_of_hers):
    page = browser_of_hers.new_page()
    before = open_browsers("social.kulob")
    set_up(page, "social.kulob", "tg")
    stands_without_signal(page)
    weak_signal(page)
    visit(page, "муаллим")
    finish(page)
    visit(page, "духтур")
    keep(page)
    a_colleague_comes_and_goes(page)
    she_is_asked_and_sends_first(page)

    tab = page.context.new_page()
    tab.goto("/")
    sign_out(tab)
    expect(tab).to_have_url(re.compile("/account/login/"))
    eventually(lambda: left_here(tab), NOTHING)
    expect(page.locator("[data-parcel]")).to_have_count(0)  # the page for forms in the other tab shows nothing more

    # And where she says that it may be lost, it is.
    sign_in(tab, "social.kulob", "tg")
    tab.goto("/fill/")
    choose_pin(tab)
    visit(tab, "раис")
    expect(tab.locator(".fill-saved .icon")).to_be_visible()
    tab.goto("/")
    sign_out(tab)
    with tab.expect_event("load"):
        tab.locator("button[name=unsent]").click()
    eventually(lambda: left_here(tab), NOTHING)
    assert open_browsers("social.kulob") == before
    assert "no-body response" not in (ROOT / "var" / "test" / f"demo-{RUN}.log").read_text()


def a_colleague_comes_and_goes(page: Page) -> None:
    """Her session ends, and somebody else signs in and out on the same phone: what is hers stays, shut."""
    page.context.clear_cookies(name="paivand_session")
    sign_in(page, "social.dusti", "tg")
    page.goto("/fill/")
    unlock(page, "000000")
    expect(page.locator(".field-error")).to_be_visible()
    expect(page.locator("[data-parcel], [data-draft]")).to_have_count(0)
    page.goto("/")
    sign_out(page)
    expect(page).to_have_url(re.compile("/account/login/"))


def she_is_asked_and_sends_first(page: Page) -> None:
    """Two forms wait when she signs out."""
    sign_in(page, "social.kulob", "tg")
    sign_out(page)
    expect(page.locator("button[name=unsent]")).to_be_visible()
    look(page, "2")
    page.context.unroute_all()
    page.locator("main a[href='/fill/']").click()
    unlock(page)
    outbox(page)
    expect(page.locator("[data-parcel=arrived]")).to_have_count(1, timeout=PATIENCE)
    page.locator("[data-screen=forms]").click()
    page.locator("[data-draft]").click()
    expect(question(page, ELSE_MET).locator("input")).to_have_value("духтур", timeout=PATIENCE)
    finish(page)
    expect(page.locator("[data-parcel=arrived]")).to_have_count(2, timeout=PATIENCE)


def open_browsers(username: str) -> int:
    """How many browsers of a worker may still ask."""
    with owner() as connection:
        row = connection.execute(
            "select count(*) from collect_device d join access_user u on u.id = d.user_id "
            "where d.kind = 'browser' and d.revoked_at is null and u.username = %s",
            [username],
        ).fetchone()
    return int(row[0])


def forestall(route: Route) -> None:
    """Have the server take the form with another answer first, so that it refuses the one that is sent."""
    sent = route.request
    other = (sent.post_data_buffer or b"").replace("муаллим".encode(), "духтур".encode())
    asked = urllib.request.Request(  # noqa: S310  # the demonstration's own address
        sent.url, data=other, headers={"Content-Type": sent.headers["content-type"], "X-OpenRosa-Version": "1.0"}
    )
    with urllib.request.urlopen(asked) as answer:  # noqa: S310
        assert answer.status == 201
    route.continue_()


def set_state(state: str) -> None:
    with owner() as connection:
        connection.execute("update collect_form set state = %s where code = 'home_visit'", [state])


ROOMY = 30_000_000
LOOK_ANEW = """() => new Promise((resolve) => {
  const asked = indexedDB.open("look-anew", 1);
  asked.onupgradeneeded = () => asked.result.createObjectStore("s");
  asked.onsuccess = () => {
    const change = asked.result.transaction("s", "readwrite");
    change.objectStore("s").put(Array.from({ length: 640 }, () => crypto.getRandomValues(new Uint8Array(65_536))), 1);
    change.oncomplete = change.onabort = () => { asked.result.close(); resolve(change.error?.name); };
  };
})"""
"""A browser remembers for half a minute how much room there is, unless somebody asks for more than that."""


class Quota:
    """How much room the browser gives to the page: so many bytes more than it uses."""

    def __init__(self, page: Page) -> None:
        self._page, self._of = page, {"origin": page.evaluate("location.origin")}
        self._tools = page.context.new_cdp_session(page)

    def allow(self, more: int) -> None:
        used = int(self._tools.send("Storage.getUsageAndQuota", self._of)["usage"])
        self._tools.send("Storage.overrideQuotaForOrigin", {**self._of, "quotaSize": max(1, used + more)})
        assert self._page.evaluate(LOOK_ANEW) == "QuotaExceededError"


def test_what_is_not_taken_is_mended_and_arrives_and_where_there_is_no_room_nothing_is_lost(browser_of_hers):
    page = browser_of_hers.new_page()
    page.goto("/healthz")
    quota = Quota(page)
    quota.allow(ROOMY)
    set_up(page, "social.kulob", "tg")
    stands_without_signal(page)
    what_the_server_holds_otherwise_is_corrected(page)
    a_closed_form_waits_until_it_is_open(page)
    nothing_is_lost_where_there_is_no_room(page, quota)


def what_the_server_holds_otherwise_is_corrected(page: Page) -> None:
    """The server holds other answers under its number: what is mended comes as a correction of them."""
    before = len(visits())
    page.context.route(SENDING, forestall, times=1)
    visit(page, "муаллим")
    finish(page)
    refused = page.locator("[data-parcel=refused]")
    expect(refused).to_have_count(1, timeout=PATIENCE)
    expect(refused.locator(".fill-refused p")).to_have_text(re.compile("рақам"))  # the server's reason, in Tajik
    look(page)
    refused.locator("button").first.click()
    expect(question(page, ELSE_MET).locator("input")).to_have_value("муаллим", timeout=PATIENCE)
    question(page, ELSE_MET).locator("input").fill("раиси маҳалла")
    finish(page)
    expect(page.locator("[data-parcel=arrived]")).to_have_count(1, timeout=PATIENCE)
    first, mended = visits()[before:]
    assert (first[1], mended[1]) == ("", first[0])
    assert mended[0] != first[0]


def a_closed_form_waits_until_it_is_open(page: Page) -> None:
    """It arrives under its own number once the form is open again."""
    before = len(visits())
    visit(page, "муаллим")
    set_state("closed")
    try:
        finish(page)
        expect(page.locator("[data-parcel=refused]")).to_have_count(1, timeout=PATIENCE)
        look(page)
    finally:
        set_state("open")
    page.locator("[data-parcel=refused] button").nth(1).click()
    expect(page.locator("[data-parcel=arrived]")).to_have_count(2, timeout=PATIENCE)
    assert [former for _number, former, _version in visits()[before:]] == [""]


def nothing_is_lost_where_there_is_no_room(page: Page, quota: Quota) -> None:
    """It says so before anything is lost and before anything is begun; and it sends, which makes room."""
    before = len(visits())
    visit(page, "ҳамсоя")
    met = question(page, ELSE_MET).locator("input")
    expect(page.locator(".fill-saved .icon")).to_be_visible()
    # The device is full of other things: what is written now is kept in the room that was held for it.
    quota.allow(-1_000_000)
    met.fill("ҳамсоя ва муаллим")
    # Until then it says that it could not: a browser that is busy with its disk frees that room after minutes.
    expect(page.locator(".fill-warning .alert-warning")).to_be_visible(timeout=6 * PATIENCE)
    keep(page)
    expect(page.locator("#content .alert-warning")).to_be_visible()
    look(page)
    page.locator("[data-form=home_visit]").click()
    page.locator("dialog [data-does=no]").click()
    # And where that is used up, too, the page says so at once, and lets nothing go.
    page.locator("[data-draft]").click()
    expect(met).to_have_value("ҳамсоя ва муаллим", timeout=PATIENCE)
    quota.allow(-1_000_000)
    met.fill("ҳамсоя, муаллим ва раис")
    expect(page.locator(".fill-warning .alert-error")).to_be_visible(timeout=PATIENCE)
    button = page.locator(".odk-form .footer button")
    button.scroll_into_view_if_needed()
    assert page.evaluate("scrollY") > 0
    button.click()
    eventually(lambda: page.evaluate("scrollY"), 0)  # there it says that the form could not be put into the queue
    expect(page.locator(".fill-warning .alert-error")).to_be_visible()
    expect(met).to_have_value("ҳамсоя, муаллим ва раис")
    weak_signal(page)
    quota.allow(ROOMY)
    finish(page)
    expect(page.locator("[data-parcel=waiting], [data-parcel=sending]")).to_have_count(1)
    # No room for as much as a mark: it is sent all the same, which is what makes room.
    quota.allow(-1_000_000)
    page.context.unroute_all()
    page.locator("[data-does=send]").click()
    eventually(lambda: len(visits()) - before, 1)
    expect(page.locator("[data-parcel=waiting], [data-parcel=sending], [data-parcel=refused]")).to_have_count(0)


COUNT_ASKING_TO_KEEP = """window.askedToKeep = 0;
navigator.storage.persist = async () => { window.askedToKeep += 1; return true; };"""
"""A browser shows nobody whether it was asked not to throw away what lies in it."""


def publish_another_version() -> str:
    """The form of visits comes in another version; gives its name."""
    with owner() as connection:
        row = connection.execute(
            "select v.* from collect_formversion v join collect_form f on f.id = v.form_id "
            "where f.code = 'home_visit' and v.is_current"
        )
        columns = [one.name for one in row.description]
        held = dict(zip(columns, row.fetchone(), strict=True))
        connection.execute("update collect_formversion set is_current = false where id = %s", [held["id"]])
        named = ", ".join(one for one in columns if one not in {"id", "name", "xml", "md5"})
        connection.execute(
            f"insert into collect_formversion (id, name, xml, md5, {named}) "  # names of columns
            f"select gen_random_uuid(), 'next-' || name, replace(xml, name, 'next-' || name), "
            f"md5(replace(xml, name, 'next-' || name)), {named.replace('is_current', 'true')} "
            "from collect_formversion where id = %s",
            [held["id"]],
        )
    return f"next-{held['name']}"


@pytest.fixture
def versions_as_before() -> Iterator[None]:
    """Whatever version the test publishes, the form of visits is the one before it again when it ends."""
    with owner() as connection:
        current, form = connection.execute(
            "select v.id, v.form_id from collect_formversion v join collect_form f on f.id = v.form_id "
            "where f.code = 'home_visit' and v.is_current"
        ).fetchone()
    yield
    with owner() as connection:
        connection.execute("update collect_formversion set is_current = false where form_id = %s", [form])
        connection.execute("update collect_formversion set is_current = true where id = %s", [current])


@pytest.mark.usefixtures("versions_as_before")
def test_two_tabs_and_new_versions_neither_send_twice_nor_overwrite_nor_lose(browser_of_hers):
    page = browser_of_hers.new_page()
    page.add_init_script(COUNT_ASKING_TO_KEEP)
    set_up(page, "social.kulob", "tg")
    assert page.evaluate("window.askedToKeep") == 1  # otherwise the browser may throw away what lies there
    stands_without_signal(page)
    weak_signal(page)
    visit(page, "муаллим")
    finish(page)
    visit(page, "духтур")
    keep(page)
    tab = page.context.new_page()
    tab.goto("/fill/")
    unlock(tab)
    a_draft_is_open_in_one_tab_only(page, tab)
    a_new_page_waits_for_open_forms(page, tab)
    whoever_locks_one_tab_locks_the_device(page, tab)
    both_tabs_send_once(page, tab)
    tab.close()
    a_draft_goes_on_in_its_own_version(page)


def a_draft_is_open_in_one_tab_only(page: Page, tab: Page) -> None:
    """The second tab neither opens nor removes what the first one has open."""
    expect(tab.locator("[data-draft]")).to_have_count(1)
    page.locator("[data-draft]").click()
    expect(question(page, ELSE_MET).locator("input")).to_have_value("духтур", timeout=PATIENCE)
    tab.locator("[data-draft]").click()
    expect(tab.locator("#content .alert-warning")).to_be_visible()
    tab.locator("[data-screen=forms]").click()
    tab.locator(".fill-line .top-button").click()
    tab.locator("[data-does=yes]").click()
    expect(tab.locator("#content .alert-warning")).to_be_visible()
    expect(tab.locator("[data-draft]")).to_have_count(1)


def a_new_page_waits_for_open_forms(page: Page, tab: Page) -> None:
    """A new version is taken once no form is open in any tab; then both tabs ask for the PIN, and all is there."""
    tab.evaluate("navigator.serviceWorker.register('/fill/worker.js?next', { scope: '/fill/' }).then(() => true)")
    tab.locator("[data-screen=forms]").click()
    tab.locator("[data-does=update]").click()
    expect(tab.locator("#content .alert-warning")).to_be_visible()
    question(page, ELSE_MET).locator("input").fill("духтур ва ҳамсоя")
    keep(page)
    tab.locator("[data-draft]").click()  # it goes on with what the other one wrote last
    expect(question(tab, ELSE_MET).locator("input")).to_have_value("духтур ва ҳамсоя", timeout=PATIENCE)
    tab.locator("[data-does=close]").click()
    with page.expect_event("load"):
        tab.locator("[data-does=update]").click()
    for one in (page, tab):
        expect(one.locator("#content .alert-info").first).to_be_visible(timeout=PATIENCE)
        unlock(one)
        expect(one.locator("[data-draft]")).to_have_count(1)
        outbox(one)
        expect(one.locator("[data-parcel=waiting]")).to_have_count(1)


def whoever_locks_one_tab_locks_the_device(page: Page, tab: Page) -> None:
    tab.locator("[data-screen=device]").click()
    tab.locator("[data-does=lock]").click()
    for one in (tab, page):
        expect(one.locator("#pin")).to_be_visible()
    for one in (page, tab):
        unlock(one)
        outbox(one)
        expect(one.locator("[data-parcel=waiting]")).to_have_count(1)


def both_tabs_send_once(page: Page, tab: Page) -> None:
    """Both hear of the signal in the same moment."""
    before = len(visits())
    sent: list[str] = []
    page.context.unroute_all()
    page.context.on("request", lambda one: sent.append(one.url) if SENDING.search(one.url) else None)
    for one in (page, tab):
        one.evaluate("dispatchEvent(new Event('online'))")
    for one in (page, tab):
        expect(one.locator("[data-parcel=arrived]")).to_have_count(1, timeout=PATIENCE)
    assert len(sent) == 1
    assert len(visits()) == before + 1


def a_draft_goes_on_in_its_own_version(page: Page) -> None:
    """The form comes in a new version: what was begun goes on in the old one, what is begun now is of the new one."""
    before = len(visits())
    newest = publish_another_version()
    page.locator("[data-screen=forms]").click()
    with page.expect_response(re.compile("/formList")):  # from here on the button is away until all is fetched
        page.locator("[data-does=fetch]").click()
    expect(page.locator("[data-does=fetch]")).to_be_visible(timeout=PATIENCE)
    page.locator("[data-draft]").click()
    expect(question(page, ELSE_MET).locator("input")).to_have_value("духтур ва ҳамсоя", timeout=PATIENCE)
    expect(question(page, "Кадом оила?").locator(".p-select-label")).not_to_have_class(re.compile("p-placeholder"))
    finish(page)
    visit(page, "раис")
    finish(page)
    expect(page.locator("[data-parcel=arrived]")).to_have_count(3, timeout=PATIENCE)
    assert [version == newest for _number, _former, version in visits()[before:]] == [False, True]
