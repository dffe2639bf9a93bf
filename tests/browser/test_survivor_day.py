"""A survivor's case from the first talk to the follow-up, and what everybody else can find of it: nothing."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PHONE as SCREEN
from tests.browser.conftest import sign_in, watch
from tests.browser.walking import follow, look, press

GIVEN, SURNAME, PHONE, DIGITS = "Муқаддасмоҳ", "Зарринтоҷова", "918 22 77 55", "918227755"
ACCOUNT, SAFE_WORD = "хусур дарро қулф кард", "занги себарга"
NEEDED = "Маслиҳат дар бораи ҷудошавӣ"
FILE = re.compile(r"/sealed/([0-9a-f-]{36})/$")
OTHERS = (
    "social.kulob", "social.dusti", "supervisor", "monitoring", "manager", "ministry", "admin", "dpo", "trainer",
    "grants", "jobs",
)  # fmt: skip
PLACES = ("/", "/families/", "/cases/", "/referrals/", "/duplicates/", "/audit/", "/board/")


def enter(page: Page) -> None:
    """Into the sealed room."""
    page.goto("/sealed/")
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sealed room")
    look(page, "No name stands in any list")


def first_talk(page: Page) -> str:
    """Which help is wanted, who it is, how she is reached; gives the address of her file."""
    follow(page, "First talk")
    page.locator("[name=district]").select_option("TJ-KT-02")
    for help_wanted in ("legal aid", "psychosocial support"):
        page.get_by_role("checkbox", name=help_wanted).check()
    page.locator("[name=sex]").select_option("female")
    page.locator("[name=age_group]").select_option("26-40")
    page.locator("[name=given_name]").fill(GIVEN)
    page.locator("[name=family_name]").fill(SURNAME)
    page.locator("[name=phone]").fill(PHONE)
    page.locator("[name=say_what]").fill("Курси дӯзандагӣ")
    page.locator("[name=reporting]").check()
    look(page, "Ask this first")
    press(page, "Save and go on")
    page.wait_for_url("**/incidents/new/")
    return page.url.removesuffix("incidents/new/")


def write_incident(page: Page) -> None:
    """From question to question of the tree: the first yes decides, and no further one is asked."""
    for question in ("penetration", "sexual_contact"):
        page.locator(f"[name=tree_{question}][value=no]").check()
    page.locator("[name=tree_physical][value=yes]").check()
    expect(page.locator("[name=tree_marriage]").first).to_be_hidden()
    page.locator("[name=reported_elsewhere]").select_option("no")
    page.locator("[name=perpetrator_tie]").select_option("in_law")
    page.locator("[name=sector_legal]").select_option("referred")
    page.locator("[name=account]").fill(ACCOUNT)
    look(page, "The first yes decides")
    press(page, "Save")
    page.wait_for_url(FILE)
    look(page, "Physical assault")


def plan_safety_and_actions(page: Page, file: str) -> None:
    """What is needed, a safety plan, a consent that names the organisation, and an action with it."""
    page.goto(f"{file}needs/")
    page.locator("[name=level_safety][value=some]").check()
    page.locator("[name=level_legal][value=urgent]").check()
    look(page)
    press(page, "Save")
    look(page, "urgent")
    page.goto(f"{file}plan/")
    page.locator("[name=signal]").fill(SAFE_WORD)
    page.locator("[name=safe_places]").fill("Назди холаи калон")
    look(page)
    press(page, "Save")
    page.goto(f"{file}referrals/new/")
    look(page, "No consent reaches an open service")
    follow(page, "A consent")
    page.locator("[name=kind][value=referral]").check()
    service = page.locator("[name=service] option").filter(has_text="State legal aid").get_attribute("value")
    page.locator("[name=service]").select_option(service)
    page.locator("[name=may_tell]").fill("Рамз ва чӣ лозим аст")
    look(page)
    press(page, "Save")
    page.goto(f"{file}actions/new/")
    page.locator("[name=sector]").select_option("legal")
    page.locator("[name=need]").fill(NEEDED)
    page.locator("[name=action]").fill("Ба ҳуқуқшинос фиристодан")
    page.locator("[name=consent]").select_option(index=1)
    look(page)
    press(page, "Save")
    page.wait_for_url(FILE)
    look(page, NEEDED, "legal aid")


def refer(page: Page, file: str) -> None:
    """To the one organisation that she agreed to, by her code and the least besides."""
    page.goto(f"{file}referrals/new/")
    page.locator("[name=service]").select_option(index=1)
    page.locator("[name=needs]").fill(NEEDED)
    expect(page.locator("[name=chosen][value=name]")).not_to_be_checked()
    look(page, "Nothing else can leave with it")
    press(page, "Send")


def follow_up(page: Page, file: str) -> None:
    """A contact, and how far each goal is."""
    page.goto(f"{file}contacts/new/")
    page.locator("[name=contact]").select_option("safe_place")
    for goal in ("safety", "health", "psychosocial", "justice", "other"):
        page.locator(f"[name=goal_{goal}][value=in_progress]").check()
    page.locator("[name=note]").fill("Мехоҳад боз биёяд")
    look(page)
    press(page, "Save")
    page.wait_for_url(FILE)
    look(page, "Safety in progress", "Мехоҳад боз биёяд")


def answer_by_code(page: Page, code: str) -> None:
    """The lawyer is told a code and what is needed, and answers."""
    page.goto("/referrals/?side=received")
    page.locator("main a.card").filter(has_text=code).click()
    page.wait_for_url(re.compile("/referrals/R-"))
    look(page, code, NEEDED, "You received it", "Who referred sent it")
    absent(page.content(), {GIVEN, SURNAME, PHONE, DIGITS, ACCOUNT, SAFE_WORD})
    press(page, "We take the person on")
    look(page, "accepted")


def read_the_answer(page: Page, code: str) -> None:
    """What the service says comes into the sealed room, and nowhere else."""
    page.goto("/sealed/")
    look(page, "From the services", code, "The service has answered.")
    page.locator("[aria-labelledby=answers] a").filter(has_text=code).first.click()
    page.wait_for_url("**/referrals/**")
    look(page, "Accepted", code)


def absent(text: str, secrets: Collection[str]) -> None:
    """None of the secrets stands in a text."""
    found = sorted(secret for secret in secrets if secret in text)
    assert not found


def become(page: Page, username: str) -> None:
    """Somebody else takes the telephone, and signs in on it."""
    page.context.clear_cookies()
    page.goto("/account/login/")
    with page.expect_event("load"):
        page.locator(f"form[action$='/demo/{username}/'] button").click()


def fetched(page: Page, addresses: Collection[str]) -> list[tuple[str, int, str]]:
    """Pages as the person who is signed in gets them: address, status, and everything that stands in them."""
    return [
        (address, int(status), str(text))
        for address, status, text in page.evaluate(
            """addresses => Promise.all(addresses.map(async address => {
                const answer = await fetch(address);
                const asksToSignIn = new URL(answer.url).pathname.startsWith("/account/");
                return [address, asksToSignIn ? 401 : answer.status, await answer.text()];
            }))""",
            list(addresses),
        )
    ]


@pytest.fixture(scope="module")
def survivor(browser: Browser, address: str) -> Iterator[tuple[str, str]]:
    """Somebody who was helped from the first talk to the follow-up, on the specialist's phone: her code, her file."""
    context, complaints = browser.new_context(viewport=SCREEN, base_url=address), []
    page = context.new_page()
    sign_in(page, "gbv", "en")
    watch(page, complaints)
    enter(page)
    file = first_talk(page)
    write_incident(page)
    code = page.get_by_role("heading", level=1).inner_text()
    plan_safety_and_actions(page, file)
    refer(page, file)
    follow_up(page, file)
    yield code, file
    context.close()
    assert not complaints, "\n".join(complaints)


def test_a_survivors_file_holds_what_was_told_and_is_found_in_the_room_by_name(walk, survivor):
    code, _file = survivor
    page = walk("gbv")
    enter(page)
    absent(page.content(), {GIVEN, SURNAME, PHONE, DIGITS})
    page.locator("[name=sought]").fill(f"{GIVEN} {SURNAME}")
    press(page, "Find")
    look(page, code, "Physical assault", SAFE_WORD, NEEDED, "legal aid: Маркази давлатии ёрии ҳуқуқӣ")


def test_a_lawyer_is_told_a_code_and_his_answer_comes_into_the_room_alone(walk, survivor):
    code, file = survivor
    lawyer = walk("provider")
    answer_by_code(lawyer, code)
    for _address, status, text in fetched(lawyer, ["/sealed/", file, f"/search/?q={SURNAME}"]):
        assert status == 403
        absent(text, {GIVEN, PHONE, DIGITS, ACCOUNT, SAFE_WORD})
    page = walk("gbv")
    absent(page.content(), {code})
    enter(page)
    read_the_answer(page, code)


def test_nobody_else_finds_a_trace_of_a_survivor(walk, survivor):
    code, file = survivor
    secrets = {GIVEN, SURNAME, PHONE, DIGITS, code, ACCOUNT, SAFE_WORD, NEEDED}
    page = walk()
    for username in OTHERS:
        become(page, username)
        for address, status, text in fetched(page, PLACES):
            assert status in {200, 403}, address
            absent(text, secrets)
        for asked in (SURNAME, PHONE, code):
            ((_address, status, text),) = fetched(page, [f"/search/?q={asked}"])
            assert status in {200, 403}
            assert "/families/F-" not in text
            absent(text, secrets - {asked})
        for _address, status, text in fetched(page, ["/sealed/", file]):
            assert status == 403
            absent(text, secrets)
