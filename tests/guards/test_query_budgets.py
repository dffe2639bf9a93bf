"""How many statements each page sends: frozen, and the same for one row as for many.

A change of a count is a decision. Look at what is asked anew, then write the counts down with

    UPDATE_QUERY_COUNTS=1 python -m pytest -n 0 tests/guards/test_query_budgets.py

and commit the files in tests/guards/query_counts with the change that needs them.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.cast import register
from tests.guards.rooms import ROOMS
from tests.guards.test_architecture import none
from tests.guards.urls import shelves, undone

COUNTS = Path(__file__).with_name("query_counts")
FROZEN: dict[str, int] = {
    page: count
    for path in sorted(COUNTS.glob("*.json"))
    for page, count in json.loads(path.read_text(encoding="utf-8")).items()
}
UPDATING = os.environ.get("UPDATE_QUERY_COUNTS") == "1"

PAGES: dict[str, str] = {
    # page, with its query: who opens it
    "account_login": "anonymous",
    "desk:home": "zarina nasiba gulnoz manija rustam manager ministry dpo admin anvar",
    "desk:components": "zarina",
    "desk:search?q=Карим": "zarina gulnoz",
    "desk:search?q=Карим Ҷамила": "zarina",
    "registry:family-list": "zarina gulnoz manija",
    "registry:family-list?order=new": "zarina",
    "registry:family-register": "zarina",
    "registry:family-open": "zarina gulnoz manija",
    "registry:family-edit": "zarina",
    "registry:member-add": "zarina",
    "registry:member-edit": "zarina",
    "registry:member-leave": "zarina",
    "registry:person-open": "zarina behruz",
    "registry:remittance-grid": "zarina",
    "registry:consent-record": "zarina",
    "registry:family-export": "nasiba manija",
    "registry:pair-list": "zarina nasiba",
    "registry:merge-list": "nasiba",
    "registry:place-list": "zarina admin",
    "collect:list-list": "zarina",
    "collect:list-upload": "zarina",
    "access:profile": "zarina",
    "access:role-list": "zarina",
    "access:glass-list": "zarina",
    "access:glass-review-list": "nasiba dpo",
    "access:audit-list": "nasiba dpo",
    "access:audit-list?event=family&outcome=done": "dpo",
    "access:user-list": "admin manager",
    "access:user-list?q=З": "admin",
    "access:user-open": "admin",
    "access:user-edit": "admin",
    "access:user-create": "admin",
    "access:role-assign": "admin",
    "access:agency-list": "admin",
}
for room in ROOMS:
    PAGES.update(room.PAGES)
SHELVES = shelves(PAGES, size=8)
OPENED = [(page, who) for page, names in PAGES.items() for who in names.split()]
ABOUT = {
    "registry:family-open": ["code"], "registry:family-edit": ["code"], "registry:member-add": ["code"],
    "registry:member-edit": ["code", "member_id"], "registry:member-leave": ["code", "member_id"],
    "registry:person-open": ["code", "member_id"], "registry:remittance-grid": ["code"],
    "registry:consent-record": ["code"],
    "access:user-open": ["user_id"], "access:user-edit": ["user_id"], "access:role-assign": ["user_id"],
}  # fmt: skip
for room in ROOMS:
    ABOUT.update(room.ABOUT)
pytestmark = pytest.mark.django_db


def statements(browser, address):
    """The statements of a page that was opened before, so that only the page itself is counted."""
    assert browser.get(address).status_code == 200
    with CaptureQueriesContext(
        connection,
    ) as asked:
        browser.get(address)
    # The last statement is the test client's own, which takes the identity back.
    return [query["sql"] for query in asked.captured_queries][:-1]


def address_of(page, world):
    name, _, query = page.partition("?")
    path = reverse(name, kwargs={key: world.example(name, key) for key in ABOUT.get(name, [])})
    return f"{path}?{query}" if query else path


@pytest.mark.parametrize("pages", SHELVES.values(), ids=SHELVES)
def test_a_page_sends_as_many_statements_as_agreed_however_many_rows_there_are(pages, world, zarina):
    found = []
    for page in pages:
        for who in PAGES[page].split():
            browser = world.browser(who)
            with undone():
                found += judged(page, who, browser, address_of(page, world), zarina)
    none(found)


def judged(page, who, browser, address, zarina):
    """What is wrong with the statements that a page sends."""
    few = statements(browser, address)
    for number in range(7):
        register(zarina, given=f"Ҷамила{'абвгдеж'[number]}", members=number % 4)
    many = statements(browser, address)
    if len(many) != len(few):
        known = {one.split("WHERE")[0] for one in few}
        more = "\n".join(sql[:300] for sql in many if sql.split("WHERE")[0] not in known)
        yield (
            f"{page} as {who}: {len(few)} statements with one family, {len(many)} with eight. Something is read row by "
            f"row: use select_related, prefetch_related or one question for all rows.\n{more}"
        )
    key = f"{page} · {who}"
    if UPDATING:
        freeze(page, key, len(few))
    if len(few) != FROZEN.get(key):
        listed = "\n".join(sql[:200] for sql in few)
        yield (
            f"{key}: {len(few)} statements, {FROZEN.get(key)} agreed. If this is meant, refresh query_counts: "
            f"the head of tests/guards/test_query_budgets.py says how.\n{listed}"
        )


def freeze(page, key, count):
    """Write a count down, beside the others of its room."""
    FROZEN[key] = count
    beginning = re.split("[:_]", page)[0]
    kept = {
        name: FROZEN[name]
        for name in sorted(FROZEN)
        if tuple(name.split(" · ")) in OPENED and re.split("[:_]", name)[0] == beginning
    }
    written = json.dumps(kept, indent=2, ensure_ascii=False) + "\n"
    COUNTS.joinpath(f"{beginning}.json").write_text(written, encoding="utf-8")


def test_the_family_page_asks_as_much_for_one_member_as_for_four(world, zarina):
    alone = register(zarina, given="Танҳо", members=0)
    browser = world.browser("zarina")
    of_one = statements(browser, reverse("registry:family-open", kwargs={"code": alone.code}))
    of_four = statements(browser, address_of("registry:family-open", world))
    assert len(of_one) == len(of_four)


def test_no_count_is_left_of_a_page_that_is_gone():
    gone = sorted(set(FROZEN) - {f"{page} · {who}" for page, who in OPENED})
    none([f"{key}: no such page. Refresh query_counts." for key in gone])
