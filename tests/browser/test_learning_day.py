"""A trainer's day on a phone: she plans a group, takes people in, marks who is there, examines, and gives diplomas."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.walking import PATIENCE, follow, found, look, press, register_family

GROUP = re.compile(r"/groups/(G-\d{3}-\d{4})/$")
NAME = "Пеш аз сафар, Даҳана"
CAME, MISSED = "Гулчеҳраи", "Маҳастии"
SURNAME = "Сафарова"
CERTIFICATE = re.compile(r"/certificates/[0-9a-f-]{36}/$")


def plan(page: Page, course: str = "pre_departure_orientation", name: str = NAME, at: str = "17:00") -> str:
    """A group of one session today, with its timetable looked at before it is saved; gives its code."""
    page.goto("/teaching/")
    follow(page, "Plan a group")
    look(page, "Which course will it learn?")
    page.locator(f"main a[href$='course={course}']").click()
    page.locator("[name=name]").fill(name)
    page.locator("[name=place]").select_option("TJ-KT-02-02")
    for box in page.locator("[name=weekdays]").all():
        box.check(force=True)
    page.locator("[name=starts_at]").fill(at)  # when no other group of hers meets
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


def examine(page: Page, group: str) -> None:
    """An exam before three people; one learner passes, the other was not there."""
    page.goto(f"/groups/{group}/exams/")
    page.goto(f"/groups/{group}/exams/add/")
    for n, (name, post) in enumerate(
        (("Саидов Далер", "табиб"), ("Нурова Ойша", "ҳамшира"), ("Азизов Фирдавс", "коллеҷ")), 1
    ):
        page.locator(f"[name=name_{n}]").fill(name)
        page.locator(f"[name=post_{n}]").fill(post)
    press(page, "Save and write down the points")
    look(page, "Points of the exam", CAME, MISSED)
    page.locator(".points-row").filter(has_text=CAME).locator("[name^=c_]").fill("85")
    page.locator(".points-row").filter(has_text=MISSED).locator("[name^=a_]").check(force=True)
    press(page, "Save")
    look(page, "85")


def test_a_course_that_is_only_data_runs_on_a_phone_from_its_plan_to_a_diploma(walk):
    """The course and its kind stand in two files beside the tests; no line of the program knows them."""
    trainer, worker = walk("trainer"), walk("social.kulob")
    worker.goto("/courses/")
    look(worker, "Course of a day", "First aid")
    group = plan(trainer, "first_aid", "Ёрии аввал, Даҳана", at="19:00")
    press(trainer, "Open the group")
    for given in (CAME, MISSED):
        put_forward(worker, register_family(worker, "Ғаниева", given), group)
    trainer.goto(f"/groups/{group}/people/")
    for box in trainer.locator("[name=chosen]").all():
        box.check(force=True)
    press(trainer, "Take the chosen in")
    trainer.goto(f"/groups/{group}/")
    press(trainer, "Begin the group")
    follow(trainer, "Take attendance")
    trainer.locator(".roll-row").filter(has_text=MISSED).locator("[value=absent]").check(force=True)
    press(trainer, "Save")
    trainer.wait_for_url(GROUP)
    examine(trainer, group)
    trainer.goto(f"/groups/{group}/")
    follow(trainer, "Finish the group")
    press(trainer, "Finish the group")
    trainer.goto(f"/groups/{group}/certificates/")
    look(trainer, "To be issued", "Without a certificate", MISSED)
    look(trainer, "Attended 0 % of the lessons; the course asks for 100 %.", "The exam was not taken.")
    trainer.locator("[name=sign_0]").fill("Раҳмонова Зулфия")
    trainer.locator("[name=diploma_series]").fill("ТД")
    trainer.locator("[name=diploma_from]").fill("000731")
    press(trainer, "Issue 1 certificate")
    expect(trainer.locator("#issued")).to_be_visible(timeout=3 * PATIENCE)
    trainer.locator("main a[href*='/certificates/0']").first.click()
    trainer.wait_for_url(CERTIFICATE)
    look(trainer, "AID-")
    paper = trainer.request.get(trainer.url + "paper/")
    assert paper.ok
    assert paper.body().startswith(b"%PDF")
