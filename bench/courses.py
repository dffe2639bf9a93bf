"""Fills in groups, learners and attendance, past the actions, as the owner, and measures the pages of learning.

The families are there already. Most groups are over, as they are after some years; one runs with 200 sessions, half of
them still to be written down, so that each sending of an attendance takes a session of its own.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections import deque
from html import unescape
from pathlib import Path
from threading import Lock
from typing import Any

import psycopg

from bench.pages import KULOB, Measured, Visit, asked
from bench.population import without_indexes
from bench.users import Answer, Browser
from paivand.core.rules.codes import readable_code

TABLES = ("learning_group", "learning_enrolment", "learning_session", "learning_attendance", "registry_journeystep")
LEARNERS = 25
SESSIONS = 200
GROUP = "019a0000-0000-7000-8000-00000be4c401"
"""The group that runs."""
TRAINERS = ("trainer",) * 4
BOARDS = ("trainer", "manager", "monitoring", "supervisor")
ATTENDANCE_AIM = 150.0
_MEANT = "1, now(), now()"
_COUNTS = "n_there, n_late, n_excused, n_absent, n_missed_in_row, practical_hours, step_n"
_FIELD = re.compile(r"<(input|select|textarea)\b([^>]*)>", re.DOTALL)
_ATTRIBUTE = re.compile(r'([\w-]+)(?:="([^"]*)")?')

_FILL = f"""
create temporary table who as select id, agency_id from access_user where username = 'trainer';
create temporary table of_bench as
select uuidv7() as id, n, case when n %% 4 = 3 then 'TJ-KT-20' else 'TJ-KT-02' end as district_id,
    current_date - 90 - (n %% 900)::int as ends_on from generate_series(1, %(groups)s) n;
insert into learning_group (id, version, created_at, changed_at, district_id, agency_id, owner_id, number, course,
    course_from, name, language, place_id, venue, room, capacity, starts_on, ends_on, weekdays, every_weeks, starts_at,
    session_hours, child_care, transport, note, state, opened_on, started_on, finished_on, cancelled_why, n_asking,
    n_enrolled, n_completed, n_failed, n_left, n_sessions, n_held)
select b.id, {_MEANT}, b.district_id, w.agency_id, w.id, %(first)s + b.n, 'financial_literacy', '2021-08-01',
    'Гурӯҳ ' || b.n, 'tajik', b.district_id || '-01', '', '', {LEARNERS},
    b.ends_on - 70, b.ends_on, '{{5}}', 1,
    '09:00', 2, false, false, '', 'finished', b.ends_on - 75, b.ends_on - 70, b.ends_on, '', 0, 0, {LEARNERS}, 0, 0,
    10, 10
from of_bench b, who w;
create temporary table pool as
select *, (row_number() over (partition by district_id order by id) - 1) / {LEARNERS} as bucket,
    count(*) over (partition by district_id) / {LEARNERS} as buckets
from (select id, district_id, agency_id, team_id, owner_id, sex from registry_person where merged_into_id is null
    and district_id in ('TJ-KT-02', 'TJ-KT-20')) p;
create temporary table learners as
select uuidv7() as id, uuidv7() as step, b.id as group_id, b.ends_on, p.id as person_id, b.district_id, p.agency_id,
    p.team_id, p.owner_id, p.sex
from of_bench b join pool p on p.district_id = b.district_id and p.bucket = b.n %% p.buckets;
insert into registry_journeystep (id, version, created_at, changed_at, district_id, agency_id, team_id, owner_id,
    person_id, pseudonym, coded_sex, coded_age, service, outcome, quantity, happened_on, place_id, provider_id,
    recorded_by_id)
select step, {_MEANT}, l.district_id, l.agency_id, l.team_id, l.owner_id, person_id, '', '', '',
    'learning.finance_completed', 'completed', 18, ends_on, l.district_id || '-01', w.agency_id, w.id
from learners l, who w;
insert into learning_enrolment (id, version, created_at, changed_at, district_id, agency_id, owner_id, group_id,
    home_district_id, home_agency_id, home_team_id, home_owner_id, person_id, course, name, sex, birth_year, state,
    asked_on, asked_by_id, enrolled_on, ended_on, left_why, said, lacks, met, n_held, hours, before_points,
    after_points, most_points, project_title, guardian_name, destination, materials, step_id, {_COUNTS})
select l.id, {_MEANT}, l.district_id, w.agency_id, w.id, group_id, l.district_id, l.agency_id, l.team_id, l.owner_id,
    person_id, 'financial_literacy', 'Хонанда', sex, 1990, 'completed', ends_on - 75, w.id, ends_on - 74, ends_on, '',
    '', '[]', '{{}}', 10, 18, 4, 9, 12, '', '', '', '{{}}', step, 9, 0, 0, 1, 0, 0, 0
from learners l, who w;
insert into learning_group (id, version, created_at, changed_at, district_id, agency_id, owner_id, number, course,
    course_from, name, language, place_id, venue, room, capacity, starts_on, ends_on, weekdays, every_weeks, starts_at,
    session_hours, child_care, transport, note, state, opened_on, started_on, cancelled_why, n_asking, n_enrolled,
    n_completed, n_failed, n_left, n_sessions, n_held)
select '{GROUP}', {_MEANT}, 'TJ-KT-02', w.agency_id, w.id, %(first)s + %(groups)s + 1, 'financial_literacy',
    '2021-08-01', 'Гурӯҳи дароз', 'tajik', 'TJ-KT-02-01', '', '', {LEARNERS}, current_date - 201, current_date,
    '{{0,1,2,3,4,5,6}}', 1, '09:00', 2, false, false, '', 'running', current_date - 202, current_date - 201, '', 0,
    {LEARNERS}, 0, 0, 0, {SESSIONS}, {SESSIONS // 2} from who w;
insert into learning_session (id, version, created_at, changed_at, district_id, agency_id, owner_id, group_id, n,
    on_day, starts_at, ends_at, hours, module, topics, practical, room, trainer_id, state, note, cancelled_why,
    life_topics, energiser, taken_by_id, taken_at, n_there, n_marked)
select uuidv7(), {_MEANT}, 'TJ-KT-02', w.agency_id, w.id, '{GROUP}', n, current_date - 201 + n, '09:00', '11:00', 2, '',
    '{{}}', false, '', w.id, case when n <= {SESSIONS // 2} then 'held' else 'planned' end, '', '', '{{}}', '',
    case when n <= {SESSIONS // 2} then w.id end, case when n <= {SESSIONS // 2} then now() end, 0, 0
from who w, generate_series(1, {SESSIONS}) n;
insert into learning_enrolment (id, version, created_at, changed_at, district_id, agency_id, owner_id, group_id,
    home_district_id, home_agency_id, home_team_id, home_owner_id, person_id, course, name, sex, birth_year, state,
    asked_on, asked_by_id, enrolled_on, left_why, said, lacks, met, n_held, hours, project_title, guardian_name,
    destination, materials, {_COUNTS})
select uuidv7(), {_MEANT}, 'TJ-KT-02', w.agency_id, w.id, '{GROUP}', 'TJ-KT-02', p.agency_id, p.team_id, p.owner_id,
    p.id, 'financial_literacy', 'Хонандаи ' || p.id, p.sex, 1990, 'enrolled', current_date - 203, w.id,
    current_date - 202, '', '', '[]', '{{}}', {SESSIONS // 2}, {SESSIONS}, '', '', '', '{{}}', {SESSIONS // 2}, 0, 0, 0,
    0, 0, 0
from who w, (select * from registry_person where district_id = 'TJ-KT-02' and merged_into_id is null order by id desc
    limit {LEARNERS}) p;
insert into learning_attendance (id, version, created_at, changed_at, district_id, agency_id, owner_id, group_id,
    session_id, enrolment_id, mark, note)
select uuidv7(), {_MEANT}, s.district_id, s.agency_id, s.owner_id, s.group_id, s.id, e.id, 'present', ''
from learning_session s join learning_enrolment e on e.group_id = s.group_id
where s.group_id = '{GROUP}' and s.state = 'held';
update learning_session set n_there = {LEARNERS}, n_marked = {LEARNERS} where group_id = '{GROUP}' and state = 'held';
select setval('learning_group_number', %(first)s + %(groups)s + 2)
"""


def fill(owner_url: str, n_enrolments: int) -> dict[str, float]:
    """Bring the database to ``n_enrolments`` more learners, once; the seconds of each step."""
    took: dict[str, float] = {}
    with psycopg.connect(owner_url, autocommit=True) as connection:
        if _one(connection, f"select count(*) from learning_group where id = '{GROUP}'"):
            return took
        numbers = {
            "groups": max(1, n_enrolments // LEARNERS),
            "first": int(_one(connection, "select coalesce(max(number), 0) from learning_group")),
        }
        began = time.perf_counter()
        with without_indexes(connection, TABLES, took), connection.transaction():
            connection.execute("set local session_replication_role = replica")
            for statement in _FILL.split(";\n"):
                connection.execute(statement, numbers if "%" in statement else None)  # type: ignore[call-overload]
        took["rows"] = time.perf_counter() - began
        connection.execute("vacuum (analyze)")
    return took


def pages(url: str) -> list[Measured]:
    """What is measured of learning."""
    with psycopg.connect(url) as connection:
        number = _one(connection, f"select number from learning_group where id = '{GROUP}'")
        coming = [
            int(n)
            for (n,) in connection.execute(
                f"select n from learning_session where group_id = '{GROUP}' and state = 'planned' order by n"
            ).fetchall()
        ]
        over = [
            readable_code("G", int(n))
            for (n,) in connection.execute(
                "select number from learning_group where state = 'finished' and district_id = %s order by number desc"
                " limit 40", [KULOB],
            ).fetchall()
        ]  # fmt: skip
    code = readable_code("G", int(number))
    return [
        Measured("teaching day", asked(["/teaching/"]), TRAINERS),
        Measured("group, 200 sessions", asked([f"/groups/{code}/"]), TRAINERS),
        Measured("group that is over", asked(f"/groups/{one}/" for one in over), TRAINERS),
        Measured("attendance form, 25", asked([f"/groups/{code}/sessions/{coming[-1]}/attendance/"]), TRAINERS),
        Measured("attendance of 25, saved", attendance(code, coming[:-1]), TRAINERS, ATTENDANCE_AIM, rounds=0.14),
        Measured("catalogue of courses", asked(["/courses/"]), ("social.kulob", "social.dusti") * 2),
        Measured("board of learning", asked(["/learning/"]), BOARDS),
    ]


def attendance(code: str, sessions: list[int]) -> Visit:
    """Take the attendance of a session of its own each time: the form is asked for first, the sending is timed."""
    waiting, lock = deque(sessions), Lock()

    def visit(browser: Browser, _turn: int) -> Answer:
        with lock:
            n = waiting.popleft()
        path = f"/groups/{code}/sessions/{n}/attendance/"
        return browser.ask("POST", path, filled(browser.ask("GET", path).body))

    return visit


def filled(page: str) -> dict[str, str | list[str]]:
    """The form of a page as a browser would send it unchanged: hidden fields, lines, and what is ticked."""
    found: dict[str, str | list[str]] = {}
    main = page[page.find("<main") :]
    for kind, told in _FIELD.findall(main):
        attributes = {name: unescape(value) for name, value in _ATTRIBUTE.findall(told)}
        name, sort = attributes.get("name"), attributes.get("type", "text")
        if not name or kind != "input" or sort in {"submit", "button", "file"}:
            continue
        if sort in {"radio", "checkbox"} and "checked" not in attributes:
            continue
        if sort == "checkbox":
            values = found.setdefault(name, [])
            if isinstance(values, list):
                values.append(attributes.get("value", "on"))
        else:
            found[name] = attributes.get("value", "")
    return found


def show_counts(root: Path, home: Path) -> None:
    """Print how long it takes to count who completed, each once; in a process of its own, as the application."""
    environ = {**os.environ, "PAIVAND_HOME": str(home)}
    script = "from bench.courses import count; count()"
    subprocess.run([sys.executable, "-m", "paivand", "shell", "-v", "0", "-c", script], cwd=root, env=environ,
                   check=False)  # fmt: skip


def count() -> None:
    """Count as a monitoring officer and as a supervisor, five times each."""
    from paivand.access.models import User
    from paivand.access.models.identity import acting_as, for_purpose
    from paivand.registry.queries.journey import n_people

    for username in ("monitoring", "supervisor"):
        with for_purpose("sign-in"):
            by = User.objects.get(username=username)
        times = []
        for _turn in range(5):
            began = time.perf_counter()
            with acting_as(by):
                n = n_people(by, "learning.finance_completed")
            times.append((time.perf_counter() - began) * 1000)
        print(f"counting {n:,} people who completed, as {username:12} {min(times):8.1f} ms at best, "
              f"{sorted(times)[2]:8.1f} ms in the middle", flush=True)  # fmt: skip


def _one(connection: psycopg.Connection[Any], question: str) -> Any:
    row = connection.execute(question).fetchone()  # type: ignore[call-overload]
    return row[0] if row else 0
