"""A day of enrolment: a mother put forward from her family's file, taken in by the trainer, and thirty at the door."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESK
from tests.browser.walking import follow, look, press, register_family
from tests.conftest import ROOT

SURNAME, MOTHER = "Дилкушо", "Меҳрангез"
SET_UP = """
from paivand.__main__ import surroundings
with surroundings("demo"):
    import django
    django.setup()
    from decimal import Decimal
    from django.db import transaction
    from django.utils import timezone
    from paivand.access.models import User
    from paivand.access.models.identity import acting_as, for_purpose
    from paivand.learning.actions.groups import turn_group
    from paivand.learning.rules.states import GroupState
    from tests.learning.schooling import planned
    with transaction.atomic():
        with for_purpose("sign-in"):
            trainer = User.objects.select_related("agency", "team").get(username="trainer")
        today = timezone.localdate()
        sewing = planned(trainer, name="Дӯзандагони рӯз", anyway=True)
        leaving = planned(
            trainer, name="Пеш аз сафар", course="pre_departure_orientation", starts_on=today, capacity=40,
            weekdays=(today.weekday(),), session_hours=Decimal("6.5"), room="9", anyway=True,
        )
        with acting_as(trainer):
            for group in (sewing, leaving):
                turn_group(group=group, version=group.version, state=GroupState.OPEN, by=trainer, on=today)
        print(sewing.code, leaving.code)
"""


@pytest.fixture
def groups(demonstration: tuple[str, dict[str, str]]) -> list[str]:
    """The codes of two groups of the trainer that take people in: seamstresses, and an orientation held today."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", SET_UP], cwd=ROOT, env=demonstration[1], check=False, timeout=120,
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout.split()


def _clean(page: Page) -> None:
    """The page can be used by everybody."""
    found = Axe().run(page, options={"resultTypes": ["violations"]})
    assert found.violations_count == 0, found.generate_report()


def put_forward(page: Page, family: str, group: str) -> None:
    """From the family's file to the trainer's list; the page says before who may join and who may not."""
    page.goto(f"/families/{family}/")
    follow(page, "Courses")
    look(page, "Nobody of this family has joined a course yet")
    _clean(page)
    follow(page, "Find a course")
    look(page, "May join:", MOTHER)
    _clean(page)
    page.goto(f"/families/{family}/courses/{group}/")
    look(page, "This course takes people who are 18 or older")
    expect(page.get_by_label(MOTHER)).to_be_checked()
    page.locator("[name=said]").fill("Мехоҳам дар хона дӯзам")
    press(page, "Put forward")
    look(page, "1 person is put forward", "put forward", "Дӯзандагони рӯз")


def take_in(page: Page, group: str) -> None:
    """The trainer reads what was said, and takes her in."""
    page.goto(f"/groups/{group}/people/")
    look(page, MOTHER, "Мехоҳам дар хона дӯзам")
    page.locator("main").get_by_label(MOTHER).check()
    press(page, "Take the chosen in")
    look(page, MOTHER)


def thirty_at_the_door(page: Page, group: str) -> None:
    """A list is pasted, one of it is mended, and all are written down, taken in and marked as there."""
    page.goto(f"/groups/{group}/people/")
    follow(page, "Register many")
    look(page, "Register many")
    letters = "абвгдежзийклмнопрстуфхцчшэюя"
    lines = [f"Сафаров {letters[n % 28].upper()}{letters[n // 28]}; м; {1970 + n}; Russia" for n in range(29)]
    page.get_by_text("Paste a list").click()
    page.locator("[name=pasted]").fill("\n".join([*lines, "Сафарова Зулфия; 1991"]))
    press(page, "Put it into the rows")
    look(page)
    expect(page.locator("[name$='-name']")).to_have_count(31)
    press(page, "Save")
    look(page, "Something has to be mended", "Row 30")
    _clean(page)
    page.locator("[name=rows-29-sex]").select_option("female")
    page.locator("[name=rows-29-calls]").check()
    press(page, "Save")
    look(page, "30 people are in the group", "Сафарова Зулфия")


def test_a_day_of_enrolment(walk: Callable[..., Page], groups: list[str]) -> None:
    sewing, leaving = groups
    worker = walk("social.kulob")
    family = register_family(worker, SURNAME, MOTHER, [("Далер", 12)])
    put_forward(worker, family, sewing)
    trainer = walk("trainer")
    take_in(trainer, sewing)
    worker.goto(f"/families/{family}/courses/")
    look(worker, "enrolled")
    follow(worker, "Seamstress")
    look(worker, "What happened", "Enrolled", "Put forward")
    _clean(worker)
    thirty_at_the_door(trainer, leaving)
    chief = walk("supervisor", screen=DESK)
    chief.goto("/learning/?course=pre_departure_orientation")
    look(chief, "Пеш аз сафар", "30 of 40")
    _clean(chief)
    trainer.goto("/participants/?q=Сафарова Зул")
    look(trainer, "Сафарова Зулфия")
    _clean(trainer)
