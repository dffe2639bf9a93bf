"""A phone's day without signal: all that was written in the villages arrives, once; and a lost phone tells nothing."""

from __future__ import annotations

import contextlib
import re
import uuid
from datetime import datetime
from functools import partial

from playwright.sync_api import Error, Locator, Page, expect

from tests.browser.conftest import owner
from tests.browser.filling_in import (
    PATIENCE,
    begin,
    choose,
    choose_pin,
    eventually,
    finish,
    kept_by_itself,
    phone,
    question,
    records_left,
    set_up,
    stands_without_signal,
    tick,
    unlock,
)
from tests.browser.scanning import Collect, rows_of, scanned
from tests.browser.test_results_day import figure
from tests.browser.walking import look, press, register_family
from tests.browser.walking import sent as sent_by
from tests.collect.filling import filled_in

__all__ = ["phone"]

SURNAME = "Насимова"
"""Nobody in the demonstration is called this, so that only what is sent here is found."""


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
    tick(question(page, "Бо кӣ вохӯрданд").locator("input[type=checkbox]").first)
    question(page, "Боз кӣ буд").locator("input").fill(met)


def arrivals(since: datetime) -> list[tuple[str, str]]:
    """The form and the state of everything that the browser of this day sent, as the database has it."""
    with owner() as connection:
        rows = connection.execute(
            "select f.code, s.state from collect_submission s join collect_form f on f.id = s.form_id "
            "join collect_device d on d.id = s.device_id join access_user u on u.id = s.owner_id "
            "where d.kind = 'browser' and u.username = 'social.kulob' and d.created_at > %s order by 1, 2",
            (since,),
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


def on_board(reader: Page) -> Locator:
    """The figure of registered families on the page of all figures."""
    line = reader.locator("#figures tr", has=reader.locator("a[href*='/families_registered/']"))
    return line.locator(".actual").first


def set_up_collect(desk: Page) -> Collect:
    """The worker scans the code that her page shows with a phone that has ODK Collect."""
    desk.goto("/field/devices/give/")
    desk.locator("[name=label]").fill("Телефони сафед")
    press(desk, "Show the code")
    picture = desk.locator(".device-code svg")
    look(desk, "This code is shown once")
    settings = scanned(picture)
    assert settings["general"]["form_update_mode"] == "match_exactly"
    server = settings["general"]["server_url"]
    assert server == desk.locator(".device-address").text_content()
    return Collect(server)


def districts_of(families: list[str]) -> set[str]:
    """Where these families live, as the database has it; each of them must be there."""
    with owner() as connection:
        rows = connection.execute("select district_id from registry_family where id = any(%s)", (families,)).fetchall()
    assert len(rows) == len(families) > 50
    return {str(row[0]) for row in rows}


def sent_by_collect(instance: str) -> list[tuple[str, str]]:
    """What became of a form, and the sum that was written in it."""
    with owner() as connection:
        rows = connection.execute(
            "select s.state, coalesce((select max(r.amount)::text from registry_remittance r where r.month = "
            "'2020-05-01'), '') from collect_submission s join collect_device d on d.id = s.device_id "
            "where s.instance_id = %s and d.kind = 'collect'",
            (instance,),
        ).fetchall()
    return [(str(state), str(amount)) for state, amount in rows]


def go_through_collect(desk: Page) -> int:
    """Forms and families come onto the phone with ODK Collect, and one form goes back; gives how many families."""
    collect = set_up_collect(desk)
    listed = collect.forms()
    assert {"family_registration", "home_visit", "remittances"} <= set(listed)
    assert "aesa" not in listed  # she teaches no group
    files = collect.files(listed["remittances"]["manifestUrl"])
    families = rows_of(files["families.csv"])
    assert districts_of([one["name"] for one in families]) == {"TJ-KT-02"}
    assert {one["family"] for one in rows_of(files["people.csv"])} <= {one["name"] for one in families}
    form = collect.got(listed["remittances"]["downloadUrl"]).decode()
    version = listed["remittances"]["version"]
    assert f'version="{version}"' in form
    instance = f"uuid:{uuid.uuid4()}"
    told = {
        "family": families[0]["name"],
        "months": [{"month": "2020-05-01", "amount": "4321", "currency": "RUB", "channel": "transfer"}],
    }
    xml = filled_in("remittances", told, version=version, instance=instance)
    assert [collect.send(xml), collect.send(xml)] == [201, 202]
    eventually(lambda: sent_by_collect(instance), [("taken", "4321.00")])
    return len(families)


def now() -> datetime:
    """This moment by the clock of the database: other tests have phones of hers as well."""
    with owner() as connection:
        row = connection.execute("select now()").fetchone()
    assert isinstance(row[0], datetime)
    return row[0]


def held_since(since: datetime) -> str:
    """The key of the form that waits for a decision."""
    with owner() as connection:
        row = connection.execute(
            "select s.id from collect_submission s join collect_device d on d.id = s.device_id "
            "join access_user u on u.id = s.owner_id "
            "where d.kind = 'browser' and u.username = 'social.kulob' and d.created_at > %s and s.state = 'held'",
            (since,),
        ).fetchone()
    return str(row[0])


def shut_devices() -> int:
    """How many browsers have given their access back."""
    with owner() as connection:
        row = connection.execute(
            "select count(*) from collect_device where kind = 'browser' and revoked_at is not null"
        ).fetchone()
    return int(row[0])


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
    with kept_by_itself(page, "духтур"):
        visit_home(page, code, "духтур")
    look(page)


def test_a_day_without_signal_arrives_once_and_a_likely_duplicate_waits(walk, phone):
    reader, board, desk = walk("ministry"), walk("ministry"), walk("social.kulob")
    arrived = partial(arrivals, began := now())
    reader.goto("/results/families_registered/")
    board.goto("/results/")
    before = figure(reader)
    expect(on_board(board)).to_have_text(f"{before:,}")
    n_families = go_through_collect(desk)
    code = register_family(desk, SURNAME, "Зебо")

    page = phone()
    set_up(page, "social.kulob", "tg")
    stands_without_signal(page)
    page.locator("[data-screen=device]").click()
    expect(page.locator(".fill-count").first).to_be_visible()
    assert str(n_families + 1) in page.locator(".fill-count").all_inner_texts()  # the one of the desk is new
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
    assert arrived() == []

    # The battery dies when the server has a form already and the phone has not heard of it.
    page.evaluate(BATTERY)
    page.context.set_offline(False)
    eventually(lambda: bool(arrived()), True)
    with contextlib.suppress(Error):
        page.goto("chrome://crash", timeout=5_000)

    page = phone()
    page.goto("/fill/")
    unlock(page)
    page.locator("[data-screen=outbox]").click()
    expect(page.locator("[data-parcel=arrived]")).to_have_count(5, timeout=PATIENCE)
    sent = [("family_registration", "held"), ("family_registration", "taken"), *[("home_visit", "taken")] * 3]
    eventually(arrived, sent)
    expect(reader.locator("#figure-words")).to_have_text(re.compile(f"^{before + 2:,}$"), timeout=PATIENCE)

    desk.goto("/field/")
    desk.locator(f"main a[href$='/field/{held_since(began)}/']").click()
    desk.locator("button[name=answer][value=new]").wait_for()
    look(desk, code, SURNAME)
    sent_by(desk, desk.locator("button[name=answer][value=new]"))
    eventually(arrived, [("family_registration", "taken")] * 2 + [("home_visit", "taken")] * 3)
    for shown in (reader.locator("#figure-words"), on_board(board)):
        expect(shown).to_have_text(re.compile(rf"^\s*{before + 3:,}\s*$"), timeout=PATIENCE)


def test_ten_wrong_pins_or_a_shut_token_leave_nothing_on_the_phone(phone):
    page = phone()
    set_up(page, "social.dusti", "fa")
    assert page.locator("html").get_attribute("dir") == "rtl"
    look(page)
    page.reload()
    for left in range(9, 0, -1):
        unlock(page, "000000")
        expect(page.locator(".field-error")).to_contain_text("۰۱۲۳۴۵۶۷۸۹"[left])
    unlock(page, "000000")
    expect(page.locator("#pin-again")).to_be_visible()
    assert records_left(page) == 0

    choose_pin(page)
    before = shut_devices()
    page.locator("[data-screen=device]").click()
    page.locator("[data-does=leave]").click()
    page.locator("[data-does=yes]").click()
    expect(page.locator("#pin-again")).to_be_visible(timeout=PATIENCE)
    assert records_left(page) == 0
    assert shut_devices() == before + 1

    choose_pin(page)
    with owner() as connection:
        connection.execute(
            "update collect_device set revoked_at = now(), revoked_by_id = user_id where revoked_at is null"
        )
    page.locator("[data-does=fetch]").click()
    expect(page.locator("#pin-again")).to_be_visible(timeout=PATIENCE)
    assert records_left(page) == 0
