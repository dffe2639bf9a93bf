"""What is measured of learning: certificates of three hundred learners, issued by the worker's steps and printed.

``python -m bench.learning`` runs in the surroundings of an installation of the bench, beside its server. The group and
its learners are written past the actions, only for measuring; the certificates are issued by them.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date
from datetime import time as clock
from decimal import Decimal
from pathlib import Path
from typing import Any

CERTIFICATES = 300
CERTIFICATES_AIM = 60.0
"""Seconds for three hundred certificates, issued and printed."""
DISTRICT, JAMOAT = "TJ-KT-02", "TJ-KT-02-02"
BEGAN, ENDED = date(2026, 3, 2), date(2026, 5, 29)


def show(root: Path, home: Path, line: Callable[..., None]) -> None:
    """Measure in a process of its own and print."""
    environ = {**os.environ, "PAIVAND_HOME": str(home)}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "bench.learning"], cwd=root, env=environ, check=True,
        capture_output=True, text=True,
    )  # fmt: skip
    for told in done.stdout.splitlines():
        what, _, seconds = told.rpartition(" ")
        line(what, float(seconds), "s", CERTIFICATES_AIM)


def measure() -> dict[str, float]:
    """Seconds for issuing the certificates of a group, and for printing them as one document."""
    from django.test import RequestFactory

    from paivand.access.models.identity import acting_as
    from paivand.core.models import new_id
    from paivand.learning.actions.certificate_batches import begin_batch
    from paivand.learning.queries.certificates import certificates_of_group
    from paivand.learning.rules.issuing import Terms
    from paivand.learning.tasks import issue_certificates
    from paivand.learning.views.papers import pdf

    trainer = _trainer()
    with acting_as(trainer):
        group, learners = _group(trainer)
        numbers = {str(one.pk): f"{n:07d}" for n, one in enumerate(learners, 1)}
        terms = Terms(ENDED, ("Гулбаҳор Ғаниева", "Раҳима Ҳакимова"), "", "ДТ", numbers)
        batch = begin_batch(group=group, batch_id=new_id(), terms=terms, by=trainer)
    began = time.perf_counter()
    issue_certificates(batch=str(batch.pk), by=str(trainer.pk))
    issued = time.perf_counter()
    with acting_as(trainer):
        rows = certificates_of_group(trainer, group)
        made = pdf(rows, RequestFactory().get("/", HTTP_HOST="localhost"))
    printed = time.perf_counter()
    assert len(rows) == CERTIFICATES
    assert made.startswith(b"%PDF-")
    return {
        f"{CERTIFICATES} certificates issued": issued - began,
        f"{CERTIFICATES} certificates printed ({len(made) / 1_000_000:.1f} MB)": printed - issued,
        f"{CERTIFICATES} certificates in all": printed - began,
    }


def _trainer() -> Any:
    from paivand.access.actions.roles import assign_role
    from paivand.access.actions.users import create_user
    from paivand.access.models import User
    from paivand.access.models.identity import acting_as, for_purpose
    from paivand.access.rules.roles import RoleKey
    from paivand.access.rules.scopes import ScopeKind
    from paivand.core.models import Place

    with for_purpose("sign-in"):
        people = {one.username: one for one in User.objects.select_related("agency", "team")}
    admin, name = people["admin"], "bench.trainer"
    if name not in people:
        with acting_as(admin):
            made = create_user(
                username=name, full_name="Омӯзгор", email="", language="en", agency=people["supervisor"].agency,
                team=None, by=admin,
            )  # fmt: skip
            assign_role(
                user=made, role=RoleKey.TRAINER, scope=ScopeKind.DISTRICTS, reason="bench", by=admin,
                districts=[Place.objects.get(pk=DISTRICT)],
            )  # fmt: skip
    with for_purpose("sign-in"):
        return User.objects.select_related("agency", "team").get(username=name)


def _group(trainer: Any) -> tuple[Any, list[Any]]:
    """A finished group of seamstresses with as many learners as are measured, who all completed."""
    from django.db import connection, connections

    from paivand.core.rules.writing import writing
    from paivand.learning.models import Enrolment, Group

    with connections["owner"].cursor() as cursor:
        cursor.execute("select id from registry_person limit %s", [CERTIFICATES])
        people = [key for (key,) in cursor.fetchall()]
    if len(people) < CERTIFICATES:
        raise SystemExit(f"There are fewer than {CERTIFICATES} people. Fill in more.")
    with connection.cursor() as cursor:
        cursor.execute("select nextval('learning_group_number')")
        number = cursor.fetchone()[0]
    place = {"district_id": DISTRICT, "agency_id": trainer.agency_id, "owner_id": trainer.pk}
    with writing("bench"):
        group = Group(
            number=number, course="seamstress", course_from=BEGAN, name="Bench", language="tg", place_id=JAMOAT,
            capacity=60, starts_on=BEGAN, starts_at=clock(9), session_hours=Decimal(4), state="finished",
            opened_on=BEGAN, started_on=BEGAN, finished_on=ENDED, **place,
        )  # fmt: skip
        group.save()
        rows = [
            Enrolment(
                group=group,
                person_id=key,
                course=group.course,
                name=f"Саидова Нигора {n}",
                sex="female",
                birth_year=1994,
                state="completed",
                asked_on=BEGAN,
                enrolled_on=BEGAN,
                ended_on=ENDED,
                hours=Decimal(156),
                practical_hours=Decimal(104),
                n_held=40,
                n_there=40,
                exam_points=Decimal(84),
                exam_passed=True,
                project_passed=True,
                asked_by=trainer,
                home_district_id=DISTRICT,
                **place,
            )
            for n, key in enumerate(people)
        ]
        return group, list(Enrolment.objects.bulk_create(rows))


if __name__ == "__main__":
    from paivand.__main__ import surroundings

    with surroundings("demo"):
        import django

        django.setup()
        for what, seconds in measure().items():
            print(f"{what} {seconds:.3f}")
