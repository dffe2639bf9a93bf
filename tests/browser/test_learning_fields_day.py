"""Two days of learning: a field school's season from plots to gross margin, and a family's way out of debt on paper."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESK
from tests.browser.filling_in import eventually
from tests.browser.walking import follow, look, press, register_family, sent
from tests.conftest import ROOT
from tests.core.test_paper import opened

SET_UP = """
from paivand.__main__ import surroundings
with surroundings("demo"):
    import django
    django.setup()
    from django.db import transaction
    from paivand.access.models import User
    from paivand.access.models.identity import for_purpose
    from tests.learning.schooling import running
    from tests.learning.test_seasons import DRIP
    with transaction.atomic():
        with for_purpose("sign-in"):
            people = {one.username: one for one in User.objects.select_related("agency", "team")}
        trainer, worker = people["trainer"], people["social.kulob"]
        school, _women = running(
            trainer, worker, n=2, families=3, course=DRIP, name="Мактаби рӯзи санҷиш", room="17", anyway=True
        )
        cohort, (learner, _other) = running(
            trainer, worker, n=2, families=6, course="financial_literacy", name="Пули оилаи санҷиш", room="18",
            anyway=True,
        )
        print(school.code, cohort.code, learner.pk)
"""
COSTS = {"Қатра": ("1450", "1160", "4060", "46400"), "Ҷӯяк": ("1190", "820", "2870", "98400")}
KINDS = ("cost", "harvest", "revenue", "water")


@pytest.fixture
def groups(demonstration: tuple[str, dict[str, str]]) -> tuple[str, str, str]:
    """The codes of a field school and of a group of financial literacy, and the key of one of its learners."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", SET_UP], cwd=ROOT, env=demonstration[1], check=False, timeout=120,
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    school, cohort, learner = done.stdout.split()
    return school, cohort, learner


def audit(page: Page) -> None:
    """Nothing that a screen reader or a keyboard stumbles over."""
    problems = Axe().run(page).response["violations"]
    assert not problems, [(one["id"], [node["html"] for node in one["nodes"]][:2]) for one in problems]


def lay_out(page: Page, name: str, way: str, water: str) -> None:
    """A plot of two hundred square metres."""
    follow(page, "Add a plot")
    page.locator("[name=name]").fill(name)
    page.get_by_role("radio", name=way).check()
    page.locator("[name=water_way]").select_option(water)
    page.locator("[name=area]").fill("200")
    press(page, "Save")
    look(page, name)


def of_plot(page: Page, name: str, way: str | re.Pattern[str]) -> None:
    """One of the ways of a plot."""
    with page.expect_event("load"):
        page.locator(".plot-card", has=page.get_by_role("heading", name=name)).get_by_role("link", name=way).click()


def see_the_plot(page: Page) -> None:
    """What a small group saw, with a photograph of the plot."""
    of_plot(page, "Қатра", re.compile("^Observe"))
    audit(page)
    look(page, "Count on ten plants")
    page.locator("[name=stage]").select_option("flowering")
    page.locator("[name=health][value=fair]").check()
    page.locator("[name=soil][value=moist]").check()
    page.get_by_label("Aphids").fill("12")
    page.get_by_label("Ladybirds").fill("3")
    page.locator("[name=decided]").select_option("wait")
    photograph = page.screenshot(type="jpeg")
    page.locator("[name=photo]").set_input_files({"name": "a.jpg", "mimeType": "image/jpeg", "buffer": photograph})
    page.locator("[name=caption]").fill("барги поён")
    press(page, "Save the observation")
    look(page, "Aphids 12, Ladybirds 3", "Wait and look again", "барги поён")
    picture = page.locator(".field-photo img").first
    picture.scroll_into_view_if_needed()
    eventually(lambda: picture.evaluate("(one) => one.naturalWidth > 0"), True)


def write_what_stayed(page: Page) -> None:
    """A field day, a practice taken up, and a group that goes on."""
    follow(page, "Add a field day")
    page.locator("[name=topic]").fill("обёрии қатрагӣ")
    page.locator("[name=n_women]").fill("21")
    press(page, "Save")
    follow(page, "Ask at the end")
    audit(page)
    page.locator("details.fold[open] select").first.select_option("yes")
    press(page, "Save the answers")
    page.locator("#goes-on ~ ul a").first.click()
    page.get_by_role("radio", name="yes").check()
    page.locator("[name=n_members]").fill("18")
    press(page, "Save")
    look(page, "21 visitors", "100 %", "18 work together")


def test_a_field_school_from_its_plots_to_the_gross_margin(walk: Callable[..., Page], groups: Any) -> None:
    page = walk("trainer", f"/groups/{groups[0]}/school/")
    look(page, "No season is written down yet")
    follow(page, "Write down the season")
    page.locator("[name=commodity]").select_option("tomato")
    page.locator("[name=starts_on]").fill("2022-03-14")
    page.locator("[name=ends_on]").fill("2022-09-30")
    page.locator("[name=host]").fill("замини назди канал")
    press(page, "Save")
    look(page, "Tomatoes", "There are no plots yet")
    lay_out(page, "Қатра", "improved way", "drip")
    lay_out(page, "Ҷӯяк", "farmers' own way", "furrow")

    see_the_plot(page)

    # What both plots cost and brought.
    for name, amounts in COSTS.items():
        for kind, amount in zip(KINDS, amounts, strict=True):
            of_plot(page, name, re.compile(kind))
            if kind in {"cost", "revenue"}:
                page.locator("[name=code]").select_option({"cost": "seed", "revenue": "sold"}[kind])
            page.locator("[name=amount]").fill(amount)
            press(page, "Save")
    look(page, "+41.5", "+4.65", "2,610 somoni", "−66.7")
    expect(page.locator(".measure-bar svg[role=img]")).to_have_count(8)
    audit(page)

    write_what_stayed(page)

    desk = walk("trainer", f"/groups/{groups[0]}/school/", screen=DESK)
    look(desk, "Improved way and farmers' own way")
    audit(desk)
    for language in ("tg", "ru", "fa"):
        look(walk("trainer", f"/groups/{groups[0]}/school/", language=language), "замини назди канал")


def write_plan(page: Page) -> None:
    """A household that lives on money from abroad and owes three lenders."""
    audit(page)
    page.locator("[name=first_month]").fill("2026-05")
    for code, amount in {"wage": "900", "remittance": "1500", "food": "1300", "reserve": "100"}.items():
        page.locator(f"[name='line.{code}']").fill(amount)
    row = page.locator(".budget-row", has=page.locator("[name='line.remittance']"))
    row.locator("summary").click()
    page.locator("[name='line.remittance.0']").fill("0")
    owed = (
        ("bank", "гов", "5000", "28", "year", "", "24"),
        ("moneylender", "роҳкиро", "2500", "5", "month", "150", ""),
    )
    for number, (lender, who, balance, percent, per, least, months) in enumerate(owed):
        if not page.locator(f"[name='debt.{number}']").is_visible():
            page.locator(".debt-row summary").nth(number).click()
        page.locator(f"[name='debt.{number}.lender']").select_option(lender)
        page.locator(f"[name='debt.{number}.who']").fill(who)
        page.locator(f"[name='debt.{number}']").fill(balance)
        page.locator(f"[name='debt.{number}.percent']").fill(percent)
        page.locator(f"[name='debt.{number}.per']").select_option(per)
        page.locator(f"[name='debt.{number}.least']").fill(least)
        page.locator(f"[name='debt.{number}.n_months']").fill(months)
    page.locator("[name=extra]").fill("150")
    look(page)
    press(page, "Save and work it out")
    look(page, "7,500 somoni are owed today", "Snowball: the smallest debt first", "Avalanche: the dearest debt first")
    look(page, "May 26", "79.6 % a year")


def test_a_family_works_out_its_way_out_of_debt_and_takes_it_home_on_paper(walk: Callable[..., Page]) -> None:
    page = walk("social.kulob")
    family = register_family(page, "Қарздорова", "Моҳрухсор")
    page.goto(f"/families/{family}/")
    with page.expect_event("load"):
        page.locator("main").get_by_role("link", name="Моҳрухсор").first.click()
    follow(page, "Household plan")
    look(page, "There is no plan yet")
    follow(page, "Begin the plan")
    write_plan(page)
    audit(page)
    page.locator(".debt-picture svg").first.scroll_into_view_if_needed()
    expect(page.locator(".debt-picture polyline")).to_have_count(2)

    # Another amount is tried, and not kept.
    page.locator("[name=extra]").fill("600")
    sent(page, page.get_by_role("button", name="Try", exact=True))
    look(page, "This is a try, it is not saved")

    for language in ("tg", "ru", "en", "fa"):
        paper = page.request.get(f"{page.url.split('?')[0]}paper/?language={language}")
        assert paper.ok
        assert len(opened(paper.body()).pages) >= 2
    page.goto(page.url.split("?")[0])
    follow(page, "Change")
    page.get_by_role("radio", name=re.compile("^Avalanche")).check()
    press(page, "Save and work it out")
    expect(page.locator(".way-card.is-chosen")).to_contain_text("Avalanche")


def test_trainer_and_learner_make_the_plan_that_the_social_worker_reads(walk: Callable[..., Page], groups: Any) -> None:
    page = walk("trainer", f"/groups/{groups[1]}/households/")
    look(page, "no plan yet")
    audit(page)
    page.goto(f"/groups/{groups[1]}/households/{groups[2]}/edit/")
    write_plan(page)
    worker = walk("social.kulob", f"/groups/{groups[1]}/households/{groups[2]}/", screen=DESK)
    look(worker, "Two ways out", "The trainer of the group it was made in")
    audit(worker)
    assert not worker.get_by_role("link", name="Change", exact=True).count()
