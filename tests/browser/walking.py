"""The ways that the days of work have in common: registering, asking, opening a case, sending somebody on.

Each function walks a page as a person does and ends on the page that comes next. ``look`` is what is asked of each page
on the way: that it says what it should, and fits the screen.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from playwright.sync_api import Locator, Page, expect

from tests.browser.test_slice import CODE, go_on

CASE = re.compile(r"/cases/(C-\d{3}-\d{4})/$")
PATIENCE = 30_000
"""Milliseconds that an answer may take while other tests share the machine."""
NEEDS = "Шаҳодатномаи таваллуд барои писар"
REFERRAL = re.compile(r"/referrals/(R-\d{3}-\d{4})/$")


def look(page: Page, *words: str) -> None:
    """The page says these words, and nothing of it lies beside the screen."""
    for said in words:
        expect(page.locator("main")).to_contain_text(said)
    page.wait_for_load_state()  # words may stand there before the styles have come
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{page.url} is {wide} pixels too wide"


def follow(page: Page, name: str | re.Pattern[str]) -> None:
    """Follow the first way of this name."""
    with page.expect_event("load"):
        page.locator("main").get_by_role("link", name=name).first.click()


def press(page: Page, name: str | re.Pattern[str]) -> None:
    """Press a button that sends something, and wait for the page that answers."""
    sent(page, page.locator("main").get_by_role("button", name=name).first)


def sent(page: Page, button: Locator) -> None:
    """Press it, and wait until the answer stands in the page: a guarded form is swapped, another one leads on."""
    page.evaluate("document.body.firstElementChild.setAttribute('data-before', '')")
    button.click()
    expect(page.locator("[data-before]")).to_have_count(0, timeout=PATIENCE)


def register_family(page: Page, surname: str, given: str, children: Collection[tuple[str, int]] = ()) -> str:
    """A mother and her children, who agrees to services and to being referred; gives the code of the family."""
    page.goto("/families/register/")
    page.locator("[name=jamoat]").select_option("TJ-KT-02-02")
    page.locator("[name=given_name]").fill(given)
    page.locator("[name=family_name]").fill(surname)
    page.locator("[name=sex][value=female]").check()
    page.locator("[name=birth]").fill("1988")
    go_on(page)
    for name, age in children:
        page.locator("[data-member-add]").click()
        row = page.locator("[data-member-list] > *").last
        row.locator("[name$=-given_name]").fill(name)
        row.locator("[name$=-relation]").select_option("child")
        row.locator("[name$=-sex][value=male]").check()
        row.locator("[name$=-birth]").fill(str(age))
    go_on(page)
    page.locator("[name=consent_given_by][value=self]").check()
    page.locator("[name=consent_method][value=thumbprint]").check()
    for purpose in ("services", "referral"):
        page.locator(f"[name=purposes][value={purpose}]").check()
    page.locator("[name=agreed]").check()
    page.locator("form[data-register] button[type=submit]").click()
    page.wait_for_url(CODE)
    return str(found(CODE, page.url))


def found(pattern: re.Pattern[str], address: str) -> str:
    """The code that an address ends with."""
    match = pattern.search(address)
    assert match, address
    return match.group(1)


def draft_referral(page: Page, family: str, service: str, name: str, priority: str) -> None:
    """From the family's page to the draft: what would leave is on the screen, and nothing has left."""
    page.goto(f"/families/{family}/referrals/")
    follow(page, re.compile("^Refer somebody"))
    follow(page, re.compile(service))
    page.get_by_role("radio", name=name).check()
    page.locator("[name=needs]").fill(NEEDS)
    page.get_by_role("radio", name=priority).check()
    press(page, "Look through what would leave")
    look(page, "Exactly this leaves", NEEDS)
