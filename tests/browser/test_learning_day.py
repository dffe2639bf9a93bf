"""A trainer's day on a phone: she plans a group, takes people in, marks who is there, and ends the course."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.walking import follow, found, look, press, register_family

GROUP = re.compile(r"/groups/(G-\d{3}-\d{4})/$")
NAME = "Пеш аз сафар, Даҳана"
CAME, MISSED = "Гулчеҳраи", "Маҳастии"
SURNAME = "Сафарова"


def plan(page: Page) -> str:
    """A group of one session today, with its timetable looked at before it is saved; gives its code."""
    page.goto("/teaching/")
    follow(page, "Plan a group")
    look(page, "Which course will it learn?")
    page.locator("main a[href$='course=pre_departure_orientation']").click()
    page.locator("[name=name]").fill(NAME)
    page.locator("[name=place]").select_option("TJ-KT-02-02")
    for box in page.locator("[name=weekdays]").all():
        box.check(force=True)
    page.locator("[name=starts_at]").fill("17:00")  # when no other group of hers meets
    page.locator("[name=qualification]").fill("Мушовири муҳоҷират")
    press(page, "Show the timetable")
    look(page, "The timetable would be", "Nothing is saved yet.")
    press(page, "Save")
    page.wait_for_url(GROUP)
    look(page, "planned", "0 of 1 sessions held")
    return found(GROUP, page.url)


def put_forward(page: Page, family: str, group: str) -> None:
    """The mother of a family is put forward by her social worker."""
    page.goto(f"/families/{family}/courses/{group}/")
    page.locator("[name=people]").first.check(force=True)
    press(page, "Put forward")


def test_a_trainer_runs_a_course_on_a_phone_and_the_page_says_why_somebody_does_not_complete_it(walk):
    trainer, worker = walk("trainer"), walk("social.kulob")
    group = plan(trainer)
    press(trainer, "Open the group")
    look(trainer, "open for enrolment", "Nobody has been yet")
    for given in (CAME, MISSED):
        put_forward(worker, register_family(worker, SURNAME, given), group)
    trainer.goto("/teaching/")
    look(trainer, "Wait for your answer", NAME, "2 people")
    trainer.goto(f"/groups/{group}/people/")
    for box in trainer.locator("[name=chosen]").all():
        box.check(force=True)
    press(trainer, "Take the chosen in")
    look(trainer, CAME, MISSED, "2 of")
    trainer.goto(f"/groups/{group}/")
    press(trainer, "Begin the group")
    follow(trainer, "Take attendance")
    look(trainer, "Who was there?", "2 learners, all marked as there")
    row = trainer.locator(".roll-row").filter(has_text=MISSED)
    row.locator("[value=absent]").check(force=True)
    row.locator("summary").click()
    row.locator("[name^=note_]").fill("кӯдакаш бемор")
    press(trainer, "Save")
    trainer.wait_for_url(GROUP)
    look(trainer, "1 of 2 there", "All sessions are written down")
    trainer.goto(f"/groups/{group}/attendance/")
    look(trainer, "100 %", "0 %")
    trainer.goto(f"/groups/{group}/")
    follow(trainer, "Finish the group")
    look(trainer, "1 learner completes the course", "1 learner does not complete it")
    press(trainer, "Finish the group")
    look(trainer, "completed", "did not complete", "Attended 0 % of the lessons; the course asks for 100 %.")
    worker.goto(f"/groups/{group}/people/")
    look(worker, "Attended 0 % of the lessons; the course asks for 100 %.")
    expect(worker.locator("main")).not_to_contain_text("Take back")
