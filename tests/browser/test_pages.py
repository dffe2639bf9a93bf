"""Every page on a phone and on a desk, in four languages: accessible, light, whole, and nothing from elsewhere."""

from __future__ import annotations

import os
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.conftest import DESK, PHONE, a_family_of, speak
from tests.conftest import ROOT

LANGUAGES = ("en", "tg", "ru", "fa")
PICTURES = ROOT / "docs" / "pictures"
SHOTS = ROOT / "var" / "pictures"
LIGHTEST = 150_000
"""Bytes over the wire that the first load of a daily page may take."""

PAGES = {
    None: ["/account/login/"],
    "social.kulob": ["/", "/families/", "/families/?order=new", "/families/register/", "@family", "@family/edit/",
                     "@family/members/add/", "@member/edit/", "@member/leave/", "/search/", "/search/?q=Карим",
                     "/search/?q=zzzz", "/search/?q=F-000-0031", "/break-glass/", "/me/", "/roles/", "/components/",
                     "/nowhere/", "/users/", "/account/password/change/", "/account/2fa/", "/account/sessions/",
                     "/account/logout/", "@member", "@member/particulars/", "@member/papers/add/",
                     "@member/phones/add/", "@family/head/", "@family/state/", "@family/consents/record/",
                     "@family/help/", "@family/departure/", "@family/status/", "@family/remittances/", "/imports/",
                     "/imports/upload/", "/duplicates/", "@pair", "/places/", "/places/TJ-KT-02/",
                     "/families/?absence=missing", "/families/?signal=none_3_months&order=new", "/field/",
                     "/field/devices/"],
    "monitoring": ["/families/", "@family", "/families/export/", "/results/families_registered/",
                   "/surveys/", "/surveys/upload/"],
    "supervisor": ["/", "/reviews/", "/audit/", "/audit/?outcome=refused", "/families/export/", "/merges/"],
    "ministry": ["/", "/results/", "/results/places/"],
    "manager": ["/programmes/JP-2021/budget/", "/reports/"],
    "dpo": ["/", "/audit/", "/users/"],
    "admin": ["/", "/users/", "@user", "@user/edit/", "@user/roles/give/", "@user/link/", "/users/new/", "/agencies/",
              "/agencies/new/", "/places/TJ-KT-02-02/villages/add/"],
}  # fmt: skip
CASES = [(user, path) for user, paths in PAGES.items() for path in paths]


def resolved(page, path):
    """A path with its example in place of the word after @."""
    if path.startswith("@family"):
        return a_family_of(page) + path.removeprefix("@family").lstrip("/")
    if path.startswith("@member"):
        page.goto(a_family_of(page))
        edit = page.locator("a[href*='/members/'][href$='/leave/']").first.get_attribute("href")
        return edit.removesuffix("leave/") + path.removeprefix("@member").lstrip("/")
    if path.startswith("@pair"):
        page.goto("/duplicates/")
        return page.locator("main a[href^='/duplicates/']:not([href='/duplicates/'])").first.get_attribute("href")
    if path.startswith("@user"):
        page.goto("/users/")
        first = page.locator("main a[href^='/users/']:not([href='/users/new/'])").nth(2).get_attribute("href")
        return first + path.removeprefix("@user").lstrip("/")
    return path


def told(violations):
    """Which rule, and where."""
    return [(one["id"], [node["html"][:120] for node in one["nodes"][:3]]) for one in violations]


@pytest.mark.parametrize(("user", "path"), CASES)
def test_a_page_is_accessible_and_fits_a_phone_in_every_language(user, path, visit):
    page = visit(user, screen=PHONE)
    page.goto(resolved(page, path))
    own = page.url
    problems = {}
    for language in LANGUAGES:
        speak(page, language)
        page.goto(own)
        assert page.locator("html").get_attribute("lang") == language
        assert page.locator("html").get_attribute("dir") == ("rtl" if language == "fa" else "ltr")
        width = page.evaluate("document.documentElement.scrollWidth")
        if width > PHONE["width"]:
            problems[language] = f"{width} px wide"
        if language in {"en", "fa"}:
            found = Axe().run(page).response["violations"]
            if found:
                problems[f"{language} axe"] = [
                    (one["id"], [node["html"][:120] for node in one["nodes"][:3]]) for one in found
                ]
    page.set_viewport_size(DESK)
    page.goto(own)
    found = Axe().run(page).response["violations"]
    if found:
        problems["desk axe"] = told(found)
    assert not problems


@pytest.mark.parametrize("path", ["/", "/families/", "/families/register/", "@family", "/search/?q=Карим"])
@pytest.mark.parametrize("language", ["tg", "fa"])
def test_the_first_load_of_a_daily_page_is_light_and_asks_nobody_else(path, language, visit, browser, address):
    before = visit("social.kulob", language=language)
    path = resolved(before, path)
    cookies = before.context.cookies()
    context = browser.new_context(viewport=PHONE, base_url=address)
    context.add_cookies(cookies)
    page = context.new_page()
    client = context.new_cdp_session(page)
    client.send("Network.enable")
    sizes, hosts = [], set()
    client.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    page.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
    page.goto(path, wait_until="networkidle")
    context.close()
    assert sum(sizes) <= LIGHTEST, f"{path} in {language}: {sum(sizes)} bytes"
    assert hosts == {urlsplit(address).netloc}


def test_no_page_breaks_its_own_security_policy_or_logs_an_error(visit):
    said = []
    page = visit("social.kulob")
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    for path in ("/", "/families/", "/families/register/", "/search/?q=Карим", "/me/", "/components/"):
        page.goto(path, wait_until="networkidle")
    assert said == []


def test_a_field_that_was_pulled_larger_breaks_no_policy_when_its_form_is_sent(walk):
    page = walk("social.dusti", "/break-glass/")
    reason = page.locator("[name=reason]")
    reason.evaluate("field => { field.style.height = '300px'; }")  # as the hand of its corner does
    reason.fill("short")
    page.locator("main form[data-guard]").first.evaluate("form => { form.noValidate = true; }")
    page.locator("main form[data-guard] button[type=submit]").first.click()
    expect(page.locator("main .errors-box").first).to_be_visible()
    expect(reason).to_have_value("short")


@pytest.mark.parametrize("language", LANGUAGES)
def test_pictures_are_taken_of_the_pages_that_people_see_first(language, visit):
    """They lie in var/pictures; with PAIVAND_PICTURES=1 the one of the README is renewed."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    for screen in (PHONE, DESK):
        page = visit(None, "/account/login/", language=language, screen=screen)
        page.screenshot(path=SHOTS / f"sign-in-{language}-{screen['width']}.png", full_page=True)
        page = visit("social.kulob", language=language, screen=screen)
        family = a_family_of(page)
        for name, path in (
            ("desk", "/"),
            ("families", "/families/"),
            ("register", "/families/register/"),
            ("family", family),
        ):
            page.goto(path, wait_until="networkidle")
            picture = SHOTS / f"{name}-{language}-{screen['width']}.png"
            page.screenshot(path=picture, full_page=True)
            assert picture.stat().st_size > 5_000
            if name == "family" and language == "en" and screen is DESK and os.environ.get("PAIVAND_PICTURES"):
                PICTURES.mkdir(exist_ok=True)
                page.screenshot(path=PICTURES / "family.png")


def test_the_picture_of_the_readme_is_there():
    assert (PICTURES / "family.png").is_file(), "Take it: PAIVAND_PICTURES=1 make test TESTS=tests/browser"
    assert "docs/pictures/family.png" in (ROOT / "README.md").read_text(encoding="utf-8")
