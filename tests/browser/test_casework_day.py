"""A day of ordinary casework, from the first questions to the closure: a worker's phone and a supervisor's desk."""

from __future__ import annotations

import re
from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESK
from tests.browser.walking import CASE, REFERRAL, follow, found, look, press, register_family

SURNAME, MOTHER = "Рӯзадор", "Ҳалимамоҳ"
SON, DAUGHTER = "Сомонҷон", "Зебуннисо"
PARTS_OF_THE_PROFILE = 7
SOON = (timezone.localdate() + timedelta(days=10)).isoformat()


def ask_about_the_family(page: Page, family: str) -> None:
    """The profile of a family, part by part: no money comes, one child is out of school, papers are missing."""
    page.goto(f"/families/{family}/")
    follow(page, "Assessments")
    look(page)
    follow(page, "Begin with the profile")
    press(page, re.compile("^Begin"))
    for part in range(1, PARTS_OF_THE_PROFILE + 1):
        look(page, f"Part {part} of {PARTS_OF_THE_PROFILE}")
        for no in page.locator("main [name^=q_][value=no]").all():
            name = str(no.get_attribute("name")).removeprefix("q_")
            if name in {"no_support", "no_earner", "papers_missing"}:
                page.locator(f"[name=q_{name}][value=yes]").check()
                page.locator(f"[name=e_{name}][value=seen]").check()
            else:
                no.check()
        press(page, re.compile("^Save and (go on|look over)"))
    look(page, "Every question is answered")
    press(page, "Complete")
    look(page, "Nobody at home earns")


def open_case(page: Page, family: str) -> str:
    """A case of legal aid about the mother and both children; gives its code."""
    page.goto(f"/families/{family}/cases/")
    follow(page, "Open a case")
    page.get_by_role("radio", name="Legal aid").check()
    page.get_by_role("group", name="Main person").get_by_label(MOTHER).check()
    for child in (SON, DAUGHTER):
        page.get_by_role("group", name="Who else it is about").get_by_label(child).check()
    page.get_by_role("radio", name="high risk").check()
    page.locator("[name=reason]").fill("Писар шаҳодатномаи таваллуд надорад, мактаб ӯро намегирад.")
    look(page)
    press(page, "Open the case")
    page.wait_for_url(CASE)
    look(page, MOTHER, SON, DAUGHTER, "opened", "What is next")
    return str(found(CASE, page.url))


def write_plan(page: Page, case: str) -> None:
    """From the questionnaire to a plan that waits for its approval."""
    page.goto(f"/cases/{case}/")
    follow(page, "Choose the questionnaire")
    page.get_by_role("radio", name="Family profile").check()
    press(page, "Choose")
    page.wait_for_url(CASE)
    look(page, "assessed")
    press(page, "Begin the plan")
    look(page, "A plan begins with what the person herself wishes", "Before it can be sent:")
    follow(page, "Write")
    page.locator("[name=own_words]").fill("Мехоҳам, ки писарам ба мактаб равад.")
    page.locator("[name=child_view]").fill("Мехоҳам бо дӯстонам хонам.")
    press(page, "Save")
    follow(page, "Add a need")
    page.locator("[name=area]").select_option(label="papers")
    page.locator("[name=statement]").fill("Писар шаҳодатномаи таваллуд надорад")
    press(page, "Save")
    follow(page, "Add a goal")
    page.locator("[name=statement]").fill("Шаҳодатнома дар даст аст")
    press(page, "Save")
    follow(page, "Add a step")
    page.locator("[name=what]").fill("Ба бюрои ёрии ҳуқуқӣ фиристодан")
    page.locator("[name=by_on]").fill(SOON)
    press(page, "Save")
    look(page, "The supervisor reads exactly this version")
    press(page, "Send for approval")
    look(page, "Until somebody decides, nobody changes it")


def approve_this_version_and_no_other(worker: Page, chief: Page, case: str) -> None:
    """While she reads, the worker changes the plan: what she read is approved no more, what stands there now is."""
    chief.goto("/")
    look(chief, "Waiting for your decision")
    chief.locator("[aria-labelledby=desk-decisions] a").filter(has_text=case).click()
    chief.wait_for_url(CASE)
    follow(chief, "Read it and decide")
    look(chief, "Шаҳодатнома дар даст аст", "Мехоҳам бо дӯстонам хонам.")
    read = digits(chief)
    press(worker, "Take it back to change it")
    follow(worker, "Add a step")
    worker.locator("[name=what]").fill("Бо мактаб гап задан")
    worker.locator("[name=by_on]").fill(SOON)
    press(worker, "Save")
    press(worker, "Send for approval")
    press(chief, "Approve this version")
    look(chief, "Read the version that stands now, then decide", "Бо мактаб гап задан")
    assert digits(chief) != read
    press(chief, "Approve this version")
    look(chief, "planned")


def digits(page: Page) -> str:
    """All digits of what stands on the page."""
    return str(page.locator(".whole-hash .code").text_content())


def refer_to_the_lawyer(page: Page, case: str) -> str:
    """From the case to the state's legal aid bureau, urgently; what leaves is looked through first. Gives the code."""
    page.goto(f"/cases/{case}/")
    press(page, "The work began")
    look(page, "in progress")
    follow(page, "Refer to a service")
    follow(page, re.compile("State legal aid bureau"))
    page.get_by_role("radio", name=MOTHER).check()
    page.locator("[name=needs]").fill("Шаҳодатномаи таваллуд барои писар")
    page.get_by_role("radio", name="Urgent").check()
    press(page, "Look through what would leave")
    look(page, "The person agreed to be referred", "Exactly this leaves", MOTHER)
    press(page, "Send")
    page.wait_for_url(REFERRAL)
    look(page, "sent", "Wait for the answer", case)
    return str(found(REFERRAL, page.url))


def begin_matter(page: Page, case: str, referral: str) -> None:
    """The registration of the boy's birth, by the work of the referral."""
    page.goto(f"/cases/{case}/")
    follow(page, "Begin a matter")
    look(page)
    follow(page, "Birth registration")
    page.get_by_role("radio", name=SON).check()
    page.locator("[name=wish]").fill("Писарам ҳуҷҷат дошта бошад.")
    page.locator("[name=body]").select_option(label="civil registry (ZAGS)")
    page.locator("[name=referral]").select_option(index=1)
    press(page, "Begin")
    look(page, SON, referral, "0 of 5", "Rights and ways explained")


def answer_as_the_lawyer(page: Page, referral: str) -> None:
    """He finds it on his desk, takes it on, and tells what came of it."""
    look(page, "Referrals to answer")
    page.locator("[aria-labelledby=desk-to-answer] a").filter(has_text=referral).click()
    page.wait_for_url(REFERRAL)
    look(page, "waits for your answer", MOTHER, "Шаҳодатномаи таваллуд барои писар")
    press(page, "We take the person on")
    look(page, "Who referred sees your answer at once", "accepted")
    page.get_by_text("The help was given", exact=True).click()
    page.locator("[name=outcome][value=completed]").check()
    page.locator("details[open] [name=note]").fill("Шаҳодатномаи таваллуд дода шуд")
    press(page, "Send this answer")
    look(page, "You helped")
    expect(page.get_by_role("button", name="Send this answer")).to_have_count(0)


def read_the_answer(page: Page, case: str, referral: str) -> None:
    """It stands on her desk until she has read it; the person's story knows of the help."""
    page.goto("/")
    news = page.locator("[aria-labelledby=desk-referral-news] a").filter(has_text=referral)
    look(page, "The service has answered")
    news.first.click()
    page.wait_for_url(REFERRAL)
    look(page, "helped", "Шаҳодатномаи таваллуд дода шуд", "It stands in the person's story")
    page.goto("/")
    expect(news).to_have_count(0)
    page.goto(f"/cases/{case}/")
    expect(page.locator("main").get_by_role("link", name="State legal aid bureau")).to_be_visible()


def end_matter(page: Page, case: str) -> None:
    """The certificate is in the mother's hands: the matter has come to its end, the plan's steps and its goal too."""
    follow(page, "Birth registration")
    follow(page, "What came of it")
    page.get_by_role("radio").first.check()
    press(page, "End the matter")
    look(page, "It goes on")
    follow(page, "The case")
    follow(page, "The whole plan")
    for step in range(2):
        page.get_by_role("link", name=re.compile("^Was it done")).first.click()
        page.wait_for_url("**/note/")
        page.locator("[name=state][value=done]").check()
        press(page, "Save")
        expect(page.get_by_role("link", name=re.compile("^Was it done"))).to_have_count(1 - step)
    follow(page, re.compile("^How far met"))
    page.locator("[name=state][value=met]").check()
    press(page, "Save")
    look(page, "met")


def close_case(worker: Page, chief: Page, case: str) -> None:
    """She asks with the checklist answered; the supervisor reads exactly this request, and approves it."""
    worker.goto(f"/cases/{case}/closure/ask/")
    worker.locator("[name=reason][value=goals_met]").check()
    worker.locator("[name=outcome][value=reached]").check()
    worker.locator("[name=story]").fill("Писар дар мактаб аст ва шаҳодатнома дорад.")
    for check in ("safety_talked", "may_come_back", "referrals_closed", "supervisor_informed"):
        worker.locator(f"[name=check-{check}][value=yes]").check()
    look(worker, "Nobody falls between two chairs")
    press(worker, "Ask for closure")
    look(worker, "closure is being reviewed", "Somebody else decides about it")
    chief.goto("/")
    chief.locator("[aria-labelledby=desk-decisions] a").filter(has_text=case).click()
    chief.wait_for_url(CASE)
    follow(chief, "Read it and decide")
    look(chief, "Писар дар мактаб аст", "What was hoped for was reached", "The goals of the plan are met")
    press(chief, "Approve and close the case")
    look(chief, "The case is closed. What came of it stays.")


def test_a_family_is_assessed_planned_for_helped_by_a_lawyer_and_its_case_is_closed(walk):
    worker = walk("social.kulob")
    family = register_family(worker, SURNAME, MOTHER, [(SON, 9), (DAUGHTER, 5)])
    ask_about_the_family(worker, family)
    case = open_case(worker, family)
    write_plan(worker, case)
    chief = walk("supervisor", screen=DESK)
    approve_this_version_and_no_other(worker, chief, case)
    referral = refer_to_the_lawyer(worker, case)
    begin_matter(worker, case, referral)
    answer_as_the_lawyer(walk("provider"), referral)
    read_the_answer(worker, case, referral)
    end_matter(worker, case)
    close_case(worker, chief, case)
    worker.goto("/")
    look(worker, "The closure was approved")
    worker.goto(f"/cases/{case}/")
    look(worker, "closed", "How it ended", "Open the case again")
    expect(worker.get_by_role("link", name="Add somebody")).to_have_count(0)
    worker.goto(f"/families/{family}/")
    look(worker, "Birth registered", "Referral: legal aid")
