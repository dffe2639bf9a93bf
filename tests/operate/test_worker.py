"""The worker as a process: it works on lists, and when it is killed the next one goes on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable

import psycopg
import pytest

from tests.operate.conftest import Installation

FAMILIES = 900
UPLOAD = """
import sys, django
django.setup()
from paivand.access.models import User
from paivand.access.models.identity import acting_as, for_purpose
from paivand.collect.models import ImportBatch
from tests.collect.desk import Desk
from tests.collect.sheets import family_rows, workbook
from paivand.collect.actions import lists
from paivand.core.models import Place
with for_purpose("sign-in"):
    by = User.objects.get(username="social.kulob")
desk = Desk(by)
if sys.argv[1] == "upload":
    names = [place.name_tg for place in Place.objects.jamoats().filter(parent_id="TJ-KT-02").order_by("code")[:2]]
    batch = desk.upload(workbook(family_rows(int(sys.argv[2]), names)))
    with acting_as(by):
        lists.check_list(batch=batch, mapping=batch.mapping, by=by)
else:
    with acting_as(by):
        batch = ImportBatch.objects.get()
        if batch.state == "in_review":
            lists.answer_all(batch=batch, same=False, by=by)
        lists.take_in(batch=batch, by=by)
"""


@pytest.fixture(scope="module")
def site(installations: Callable[[], Installation]) -> Installation:
    """A demonstration with a list in it that waits for its check."""
    site = installations()
    done = site.run("demo", "--no-server", "--families=20")
    assert done.returncode == 0, done.stderr
    say(site, "upload", str(FAMILIES))
    return site


def say(site: Installation, *words: str) -> None:
    """What a social worker does on her screen."""
    environ = {**site.environ, "DJANGO_SETTINGS_MODULE": "paivand.settings", "PAIVAND_DEMO": "1",
               "PAIVAND_APP_DATABASE_URL": site.app_url}  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", UPLOAD, *words], env=environ, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr


def wait_for(site: Installation, question: str, seconds: float = 300) -> None:
    """Wait until the database answers yes; how soon it does says how busy the machine is."""
    until = time.monotonic() + seconds
    while not site.ask(question):
        assert time.monotonic() < until, site.ask("select job_state || ' ' || state from collect_importbatch")
        time.sleep(0.02)


def test_a_worker_that_is_killed_in_the_middle_loses_and_doubles_nothing(site: Installation) -> None:
    before = site.ask("select count(*) from registry_family")
    assert site.run("worker", "--once").returncode == 0
    assert site.ask("select state in ('checked', 'in_review') from collect_importbatch")
    say(site, "take-in")

    first = site.start("worker")
    wait_for(site, "select n_taken_in > 0 from collect_importbatch")
    os.kill(first.pid, signal.SIGKILL)
    first.communicate(timeout=10)
    done = site.ask("select n_taken_in from collect_importbatch")
    assert 0 < done < FAMILIES, "the worker was killed too late to tell anything"
    assert site.ask("select job_state from collect_importbatch") == "running"
    assert site.ask("select count(*) from registry_family") == before + done

    # Another worker leaves it alone while the lease lasts ...
    assert site.run("worker", "--once").returncode == 0
    assert site.ask("select n_taken_in from collect_importbatch") == done
    # ... and goes on once it has ended.
    with psycopg.connect(site.url) as connection:
        connection.execute("update collect_importbatch set lease_until = now() - interval '1 second'")
    second = site.start("worker")
    wait_for(site, "select state = 'merged' from collect_importbatch")
    second.send_signal(signal.SIGTERM)
    second.communicate(timeout=40)
    assert second.returncode == 0

    assert site.ask("select n_taken_in from collect_importbatch") == FAMILIES
    assert site.ask("select count(*) from registry_family") == before + FAMILIES
    assert site.ask("select count(*) from collect_importrow where state = 'taken_in'") == 2 * FAMILIES
    assert site.ask("select count(distinct family_id) from collect_importrow") == FAMILIES


def test_jobs_hold_keys_only(site: Installation) -> None:
    keys = "'batch' - 'by' - 'sender' - 'work' - 'timestamp'"
    assert site.ask(f"select coalesce(bool_and(args - {keys} = '{{}}'::jsonb), true) from procrastinate_jobs")
