"""Every page opens for somebody entitled to it, in four languages, with rows and without, and is sound."""

from __future__ import annotations

from functools import lru_cache

import polib
import pytest
from django.conf import settings
from django.urls import reverse

from paivand.access.models.identity import acting_as
from paivand.core.rules.writing import writing
from tests.conftest import CastClient
from tests.guards import pages, texts
from tests.guards.house import ROOT
from tests.guards.matrix import ROWS
from tests.guards.test_architecture import none
from tests.guards.urls import addresses, shelves, undone

LANGUAGES = [code for code, _name in settings.LANGUAGES]
NO_PAGES = {
    "desk:healthz": "words for programs",
    "learning:batch-progress": "a part of a page that is put into it",
    "evidence:report-progress": "a part of a page that is put into it",
    "collect:survey-files": "a part of a page that is put into it",
}
OPENED = [
    address
    for address in addresses()
    if address.name in ROWS and 200 in ROWS[address.name].get and address.name not in NO_PAGES
]
ADDRESSES = {address.name: address for address in OPENED}
SHELVES = shelves(ADDRESSES)
FORMS = shelves(name for name in ADDRESSES if 422 in ROWS[name].post)
WITHOUT_PARAMETERS = [address for address in OPENED if not address.parameters]
EMPTY_ROWS = {"members-TOTAL_FORMS": "1", "members-INITIAL_FORMS": "0", "members-0-given_name": "7"}
pytestmark = pytest.mark.django_db


def somebody(address, people):
    """The first member of the cast who may open the page."""
    return next(who for who in ("zarina", "admin", "dpo", "anonymous", *people)
                if ROWS[address.name].expected("get", who) == 200)  # fmt: skip


def speaking(world, who, language):
    """A browser of ``who`` that shows pages in ``language``."""
    if who == "anonymous":
        browser = CastClient()
        browser.cookies[settings.LANGUAGE_COOKIE_NAME] = language
        return browser
    browser, user = world.browser(who), world.people[who]
    # Pages that know nobody, such as that of a link, ask the browser for its language.
    browser.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    with acting_as(user), writing("a test"):
        user.language = language
        user.save()
    return browser


@lru_cache
def known(language):
    path = texts.catalogue(ROOT, language)
    return {entry.msgid: entry.msgstr for entry in polib.pofile(str(path)) if entry.msgstr} if path.exists() else {}


def judged(answer, address, who, language):
    place = f"{address.name} in {language} as {who}"
    if answer.status_code != 200:
        return [f"{place}: answers {answer.status_code}"]
    if not answer["Content-Type"].startswith("text/html"):
        return []
    html = answer.content.decode()
    found = pages.faults(html, language)
    if language != "en":
        found += pages.untranslated(html, known(language))
    return [f"{place}: {said}." for said in found]


@pytest.mark.parametrize("names", SHELVES.values(), ids=SHELVES)
def test_a_page_is_sound_in_every_language(names, world):
    found = []
    for address in map(ADDRESSES.__getitem__, names):
        who = somebody(address, world.people)
        signed_in(world, who)
        for language in LANGUAGES:
            with undone():
                answer = speaking(world, who, language).get(world.path(address))
            found += judged(answer, address, who, language)
    none(found)


def signed_in(world, who):
    """Sign in before anything is undone, so that the session stays."""
    if who != "anonymous":
        world.browser(who)


@pytest.mark.parametrize("address", WITHOUT_PARAMETERS, ids=lambda address: address.name)
def test_a_page_opens_where_there_is_nothing_yet(address, everyone, sign_in):
    found = []
    for who in ("farrukh", "second.admin", "dpo", "manager", "ministry", "outsider"):
        if ROWS[address.name].expected("get", who) == 200:
            answer = sign_in(everyone[who]).get(reverse(address.name))
            found += judged(answer, address, who, "en")
    none(found)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("path", "status"), [("/families/F-999-9990/", 404), ("/users/", 403), ("/no/such/page/", 404)]
)
def test_a_page_of_refusal_is_sound_too(path, status, language, world):
    answer = speaking(world, "zarina", language).get(path)
    assert answer.status_code == status
    html = answer.content.decode()
    none([*pages.faults(html, language), *(pages.untranslated(html, known(language)) if language != "en" else [])])


@pytest.mark.parametrize("names", FORMS.values(), ids=FORMS)
def test_a_form_with_errors_is_sound_in_every_language(names, world):
    found = []
    for address in map(ADDRESSES.__getitem__, names):
        who = next(name for name in world.people if ROWS[address.name].expected("post", name) == 422)
        signed_in(world, who)
        for language in LANGUAGES:
            with undone():
                answer = speaking(world, who, language).post(world.path(address), EMPTY_ROWS)
            html = answer.content.decode()
            said = pages.faults(html, language)
            said += pages.untranslated(html, known(language)) if language != "en" else []
            found += [f"{address.name} in {language}: {one}." for one in said]
    none(found)


PAGE = '<html lang="en" dir="ltr"><head><title>T</title></head><body><h1>One</h1>{}</body></html>'


@pytest.mark.parametrize(("part", "said"), [
    ('<p style="color:red">x</p>', "a style"),
    ("<script>alert(1)</script>", "without the nonce"),
    ('<a onclick="x()">x</a>', "in the attribute onclick"),
    ('<a href="javascript:x()">x</a>', "in the address"),
    ('<script src="https://example.org/x.js"></script>', "from elsewhere"),
    ("<h1>Two</h1>", "2 <h1>"),
    ("<h4>Deep</h4>", "jumps"),
    ('<p id="a"></p><p id="a"></p>', "2 times"),
    ('<label for="b">x</label>', "points to #b"),
    ('<form method="post"></form>', "no token"),
    ("<p>{{ family }}</p>", "mark of the template"),
    ("<p>%(name)s</p>", "mark of the template"),
    ('<img src="x.png">', "without alt"),
])  # fmt: skip
def test_a_fault_of_a_page_is_named(part, said):
    assert pages.faults(PAGE.format(""), "en") == []
    assert [one for one in pages.faults(PAGE.format(part), "en") if said in one]


def test_english_left_in_another_language_is_named():
    page = PAGE.format("<p>Сохранено</p><p>Saved</p><p>Some words here</p><bdi>John Smith</bdi>")
    found = pages.untranslated(page, {"Saved": "Сохранено"})
    assert [one.split(" is")[0] for one in found] == ["'Saved'", "'Some words here'"]
