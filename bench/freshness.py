"""How long after a commit a figure and a page hold it, and how long the snapshot takes, over invented steps.

``python -m bench.freshness --steps 1000000 --people 200000`` begins a PostgreSQL of its own in a folder that is gone
afterwards, fills it, writes the snapshot, and then commits one step after another and asks for the figures each time.
It asserts that each answer holds the step that was just committed. Then a manager who is signed in asks for the
results, the page of one indicator and the places, with a commit before each time and without; the aim is 300 ms for 95
of 100.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
import warnings
from pathlib import Path
from typing import Any

import psycopg

from paivand.operate import embedded, roles, vault

KEY = "only-for-the-bench-" + "0123456789abcdef" * 4
SERVICES = (
    "visit.made", "information.given", "social.supported", "legal.advised", "learning.vocational_completed",
    "learning.finance_completed", "learning.field_school_completed", "child.protected",
)  # fmt: skip
_ROW = "id, version, created_at, changed_at"
_NEW = "gen_random_uuid(), 1, now() - interval '1 year', now() - interval '1 year'"
_STEP = (
    f"insert into registry_journeystep ({_ROW}, person_id, pseudonym, coded_sex, coded_age, service, outcome, "
    "quantity, happened_on, place_id, recorded_by_id, district_id, reverses_id) select gen_random_uuid(), 1, "
)
FILL = (
    "set session_replication_role = replica",
    "create temp table jamoats as select row_number() over () - 1 as k, code, parent_id from core_place "
    "where level = 'jamoat'",
    f"insert into registry_person ({_ROW}, given_name, family_name, father_name, known_as, sex, birth_on, "
    f"birth_precision, is_head, sort_key, district_id) select {_NEW}, 'x', '', '', '', "
    "(array['female', 'male'])[1 + n % 2], date '1950-01-01' + (n::bigint * 7919 % 25000)::int, 'day', n % 4 = 0, "
    "lpad(n::text, 9, '0'), j.parent_id from generate_series(1, {people}) as g(n) "
    "join jamoats j on j.k = (n / 4) % (select count(*) from jamoats)",
    "create temp table them as select id, (row_number() over (order by sort_key) - 1)::int as n from registry_person",
    "create index on them (n)",
    "analyze them",
    f"insert into registry_family ({_ROW}, number, head_id, jamoat_id, district_id, village, registered_on, origin, "
    "state, state_reason, housing, land, n_members, absence_status, remittance_signal) "
    f"select {_NEW}, t.n, t.id, j.code, j.parent_id, '', date '2022-01-01', 'screen', 'active', '', '', '', 4, "
    "(array['', 'no_contact_gt12m', 'missing'])[1 + t.n % 3], '' from them t "
    "join jamoats j on j.k = (t.n / 4) % (select count(*) from jamoats) where t.n % 4 = 0",
    f"insert into registry_familymember ({_ROW}, family_id, person_id, relation, from_on, district_id) "
    f"select {_NEW}, f.id, t.id, 'child', date '2022-01-01', f.district_id from them t "
    "join registry_family f on f.number = t.n - t.n % 4",
    _STEP + "m, m, t.id, '', '', '', ({services})[1 + s.n % {n_services}], 'completed', 1 + s.n % 5, m::date, j.code, "
    "t.id, j.parent_id, null from (select n, timestamptz '2022-01-01' + n * interval '1 second' * "
    "(86400.0 * 900 / {steps}) as m, (n * 2654435761::bigint) % {people} as who from generate_series(1, {steps}) as "
    "g(n)) s join them t on t.n = s.who join jamoats j on j.k = (s.who / 4) % (select count(*) from jamoats)",
    _STEP + "created_at + interval '1 day', created_at, person_id, '', '', '', service, outcome, -quantity, "
    "happened_on, place_id, recorded_by_id, district_id, id from registry_journeystep "
    "where hashtext(id::text) % 100 = 0",
)
STEP = (
    _STEP
    + "now(), now(), person_id, '', '', '', 'visit.made', 'completed', 1, current_date, place_id, recorded_by_id, "
    "district_id, null from registry_journeystep where reverses_id is null limit 1"
)


def main() -> None:
    """Fill, measure and print."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--steps", type=int, default=1_000_000)
    asked.add_argument("--people", type=int, default=200_000)
    asked.add_argument("--rounds", type=int, default=30)
    given = asked.parse_args()
    with tempfile.TemporaryDirectory(prefix="paivand-bench-") as folder:
        top = Path(folder)
        top.chmod(0o755)  # the system user of the embedded server passes through it
        home = top / "home"
        home.mkdir()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with embedded.running(home, KEY) as server:
                _measured(home, server.owner_url, given)


def _measured(home: Path, url: str, given: argparse.Namespace) -> None:
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "paivand.settings", "PAIVAND_SECRET_KEY": KEY, "PAIVAND_HOME": str(home),
        "DATABASE_URL": url, "PAIVAND_APP_DATABASE_URL": roles.application_url(url, KEY),
    }  # fmt: skip
    vault.lend_keys(home, os.environ)
    import django
    from django.core.management import call_command
    from django.test import override_settings

    django.setup()
    call_command("migrate", verbosity=0)
    began = time.perf_counter()
    services = "array[" + ", ".join(f"'{one}'" for one in SERVICES) + "]"
    with psycopg.connect(url, autocommit=True) as owner:
        for statement in FILL:
            owner.execute(
                statement.format(
                    people=given.people, steps=given.steps, services=services, n_services=len(SERVICES)
                ).encode()
            )
        owner.execute("reset session_replication_role")
        owner.execute("vacuum analyze")
    _line("filling the database", time.perf_counter() - began, "s")
    _snapshot(given)
    with psycopg.connect(url, autocommit=True) as owner:
        owner.execute("set session_replication_role = replica")  # nobody recorded the invented steps
        _freshness(owner, given.rounds)
        # As in the demonstration: no second factor, and no encrypted way to the server, which is this process.
        with override_settings(DEMO=True, SECURE_SSL_REDIRECT=False):
            _pages(owner, given.rounds)


def _snapshot(given: argparse.Namespace) -> None:
    from paivand.evidence.actions.snapshots import refresh_snapshot

    done = refresh_snapshot(rebuild=True)
    assert done
    _line("snapshot of everything", done.seconds, "s")
    _line("  for a million steps", done.seconds / done.n_written * 1e6, "s")
    _line("  on the disk, for a million steps", done.snapshot.size / done.n_written, "MB")
    done = refresh_snapshot()
    assert done
    _line("refresh when nothing came since", done.seconds, "s")


def _freshness(owner: psycopg.Connection, rounds: int) -> None:
    from paivand.evidence.queries.figures import figures
    from paivand.evidence.rules.asking import Ask
    from paivand.evidence.rules.indicators import Indicator, Measure, Source, Where
    from paivand.evidence.rules.reading import indicators

    visits = Indicator("visits", {}, {}, Measure.EVENTS, Source.JOURNEY, Where(("visit.made",)))
    table = [visits, *indicators().values()]
    for name, some in (("one figure", [visits]), (f"the whole table, {len(table)} figures", table)):
        figures(some, Ask())
        first, again = [], []
        for _round in range(rounds):
            before = figures(some, Ask())["visits"].whole
            owner.execute(STEP.encode())
            began = time.perf_counter()
            found = figures(some, Ask())
            first.append(time.perf_counter() - began)
            assert found["visits"].whole == before + 1, "The step was committed and is not in the figure."
            began = time.perf_counter()
            figures(some, Ask())
            again.append(time.perf_counter() - began)
        for what, seconds in (("after a commit", first), ("asked again", again)):
            _line(f"{name}, {what}, p50", statistics.median(seconds) * 1000, "ms")
            _line(f"{name}, {what}, p95", sorted(seconds)[int(len(seconds) * 0.95)] * 1000, "ms")


AIM = 300
"""Milliseconds within which 95 of 100 pages are to be there."""


def _pages(owner: psycopg.Connection, rounds: int) -> None:
    """Pages of results as a browser asks for them: through every layer but the network."""
    from django.test import Client
    from django.test.utils import setup_test_environment
    from django.urls import reverse

    from paivand.access.models.identity import for_purpose

    setup_test_environment()
    browser = Client()
    manager = _manager(owner)
    with for_purpose("sign-in"):
        browser.force_login(manager)
    addresses = {
        "results": reverse("evidence:results-list"),
        "one indicator": reverse("evidence:indicator-open", args=["families_registered"]),
        "places": reverse("evidence:places-open"),
    }
    print(f"pages, aim: p95 {AIM} ms")
    for name, address in addresses.items():
        began = time.perf_counter()
        assert browser.get(address).status_code == 200, address
        _line(f"{name}, for the first time", (time.perf_counter() - began) * 1000, "ms")
        for what, commits in (("after a commit", True), ("nothing written", False)):
            taken = []
            for _round in range(rounds):
                if commits:
                    owner.execute(STEP.encode())
                began = time.perf_counter()
                assert browser.get(address).status_code == 200, address
                taken.append((time.perf_counter() - began) * 1000)
            p95 = sorted(taken)[int(len(taken) * 0.95)]
            _line(f"{name}, {what}, p50", statistics.median(taken), "ms")
            _line(f"{name}, {what}, p95{'' if p95 <= AIM else ' (missed)'}", p95, "ms")


def _manager(owner: psycopg.Connection) -> Any:
    """A user who steers the whole programme, made as the first administrator of an installation makes one."""
    from paivand.access.models import User
    from paivand.access.models.identity import for_purpose

    row = owner.execute(
        f"insert into access_user ({_ROW}, username, password, full_name, sort_key, email, language, is_active) "
        f"select {_NEW}, 'manager', '', 'Manager', 'manager', '', 'en', true returning id"
    ).fetchone()
    assert row
    owner.execute(
        f"insert into access_roleassignment ({_ROW}, user_id, role, scope, districts, starts_at, reason) "
        f"select {_NEW}, %s, 'programme_manager', 'programme', '{{}}', now() - interval '1 day', 'bench'",
        [row[0]],
    )
    with for_purpose("sign-in"):
        return User.objects.get(pk=row[0])


def _line(name: str, figure: float, unit: str) -> None:
    print(f"{name:52} {figure:10.1f} {unit}", flush=True)


if __name__ == "__main__":
    main()
