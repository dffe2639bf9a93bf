"""Fills in cases, what is due in them, referrals and a directory, past the actions, as the owner: only for measuring.

The families are there already. The rows are made by the database itself from them: most cases are closed, as they are
after some years; the open ones are spread over as many workers as could do the work.
"""

from __future__ import annotations

import time
from typing import Any

import psycopg
from tqdm import tqdm

from bench.population import without_indexes
from bench.rows import new_key
from paivand.core.rules.codes import readable_code
from paivand.methods.names import sort_key
from paivand.methods.places import place_key
from paivand.referrals.rules.directory import type_order

TABLES = (
    "access_user", "access_roleassignment", "cases_case", "cases_caseperson", "cases_casetransition", "cases_due",
    "cases_plan", "cases_planneed", "cases_plangoal", "cases_planaction", "cases_visit", "cases_note",
    "cases_approval", "cases_workernotice", "referrals_directoryservice", "referrals_servicekey", "referrals_referral",
    "referrals_referralstep", "referrals_disclosure", "referrals_notice", "registry_journeystep", "access_auditevent",
)  # fmt: skip
OPEN_EVERY = 12
"""One case in so many is open."""
LOAD = 30
"""Open cases of one worker."""
GUIDED = 25
"""Workers of each district whom the supervisor guides; all others belong to teams far away and see their own cases."""
N_SERVICES = 20_000
STEPS = 5
"""Steps of the journey for each case."""
LOOKS = 3
"""How often somebody looked into each case."""
TO_PROVIDER_EVERY = 20
"""One referral in so many goes to the provider who answers in the program."""
_MEANT = "1, now(), now()"
_SOON = "(luck %% 40 - 8) * interval '1 day' + luck %% 1440 * interval '1 minute'"
_LATELY = "(g.luck %% 11 * 1440 + g.luck %% 1440) * interval '1 minute'"
_LIES = "district_id, agency_id, team_id, owner_id"

_WORKERS = f"""
insert into access_team (id, version, created_at, changed_at, name, agency_id, district_id)
select uuidv7(), {_MEANT}, 'Гурӯҳи дур', t.agency_id, (select code from core_place where level = 'district' and code
    not in ('TJ-KT-02', 'TJ-KT-20') order by code limit 1) from access_team t where t.district_id = 'TJ-KT-02' limit 1
on conflict do nothing;
insert into access_user (id, version, created_at, changed_at, password, username, full_name, email, language, is_active,
    sort_key, agency_id, team_id)
select uuidv7(), {_MEANT}, '!', 'bench.' || lower(t.district_id) || '.' || n, 'Корманд ' || n, '', 'tg', true,
    'корманд' || n, t.agency_id, case when n <= {GUIDED} then t.id else (select id from access_team
    where name = 'Гурӯҳи дур') end
from access_team t, generate_series(1, %(workers)s) n where t.district_id in ('TJ-KT-02', 'TJ-KT-20')
on conflict (username) do nothing;
insert into access_roleassignment (id, version, created_at, changed_at, user_id, role, scope, districts, starts_at,
    reason)
select uuidv7(), {_MEANT}, u.id, 'social_worker', case when is_near then 'districts' else 'own' end,
    case when is_near then array[upper(split_part(username, '.', 2))] else '{{}}' end, now() - interval '1 day', 'bench'
from (select *, split_part(username, '.', 3)::int <= {GUIDED} as is_near from access_user
    where username like 'bench.%%') u
where not exists (select 1 from access_roleassignment a where a.user_id = u.id)
"""
_CASES = f"""
create temporary table chosen as
select uuidv7() as id, row_number() over (order by lot) as n, family_id, head_id, district_id, opened_on,
    ('x' || substr(lot, 1, 6))::bit(24)::int as luck
from (
    select f.id as family_id, f.head_id, f.district_id, f.registered_on + 30 as opened_on,
        md5(f.number::text || '.' || g::text) as lot
    from registry_family f, generate_series(1, %(each)s) g
    where f.state = 'active' and f.district_id in ('TJ-KT-02', 'TJ-KT-20')
) families order by lot limit %(cases)s;
create temporary table crew as
select id, agency_id, team_id, district_id, row_number() over (partition by district_id order by username) - 1 as n,
    count(*) over (partition by district_id) as size
from (select *, case username when 'social.kulob' then 'TJ-KT-02' when 'social.dusti' then 'TJ-KT-20'
    else upper(split_part(username, '.', 2)) end as district_id from access_user
    where username like 'bench.%%' or username in ('social.kulob', 'social.dusti')) u;
create temporary table given as
select c.*, w.id as owner_id, w.agency_id, w.team_id, c.n %% {OPEN_EVERY} = 0 as is_open
from chosen c join crew w on w.district_id = c.district_id and w.n = (c.n / {OPEN_EVERY}) %% w.size;
insert into cases_case (id, version, created_at, changed_at, {_LIES}, number, family_id, kind, risk, state, state_at,
    reason, risk_at, lowest_risk, opened_on, opened_by_id, closed_on, closing_reason, outcome, started_at,
    last_contact_on, last_review_on, next_due_at, next_due_kind)
select id, {_MEANT}, {_LIES}, %(first)s + n, family_id,
    (array['social_support', 'psychosocial', 'legal_aid', 'schooling', 'economic'])[1 + luck %% 5],
    (array['high', 'medium', 'medium', 'low', 'low', 'low'])[1 + luck %% 6],
    case when is_open then (array['opened', 'assessed', 'planned', 'in_progress', 'in_progress', 'in_progress'])
        [1 + luck %% 6] else 'closed' end,
    opened_on + interval '10 days', 'Шавҳар ду сол боз хабар надорад.', opened_on, 'low', opened_on, owner_id,
    case when is_open then null else opened_on + 150 end, case when is_open then '' else 'goals_met' end,
    case when is_open then '' else 'improved' end, opened_on, opened_on + 20, null,
    case when is_open then now() + {_SOON} end, case when is_open then 'contact' else '' end
from given;
select setval('cases_case_number', %(first)s + %(cases)s + 1)
"""
_INSIDE = f"""
insert into cases_caseperson (id, version, created_at, changed_at, {_LIES}, case_id, written_by_id, person_id, role,
    from_on) select uuidv7(), {_MEANT}, {_LIES}, id, owner_id, head_id, 'main', opened_on from given;
insert into cases_caseperson (id, version, created_at, changed_at, {_LIES}, case_id, written_by_id, person_id, role,
    from_on)
select uuidv7(), {_MEANT}, g.district_id, g.agency_id, g.team_id, g.owner_id, g.id, g.owner_id, m.person_id, 'child',
    g.opened_on
from given g join lateral (select person_id from registry_familymember where family_id = g.family_id
    and relation = 'child' order by id limit 2) m on true;
insert into cases_casetransition (id, version, created_at, changed_at, {_LIES}, case_id, written_by_id, act, start,
    "end", at, reason)
select uuidv7(), {_MEANT}, {_LIES}, g.id, owner_id, e.act, e.source, e.target, opened_on + e.n * interval '5 days', ''
from given g, (values (1, 'open', '', 'opened'), (2, 'assess', 'opened', 'assessed'),
    (3, 'plan', 'assessed', 'planned'), (4, 'begin', 'planned', 'in_progress')) e (n, act, source, target);
insert into cases_due (id, version, created_at, changed_at, {_LIES}, case_id, written_by_id, kind, due_at, basis, note,
    cancelled_why, done_at, done_by_id)
select uuidv7(), {_MEANT}, {_LIES}, g.id, owner_id, k.kind, opened_on + k.days * interval '1 day', '', '', '',
    opened_on + k.days * interval '1 day', owner_id
from given g, (values ('first_contact', 3), ('assessment', 7), ('plan', 14), ('contact', 30)) k (kind, days);
insert into cases_due (id, version, created_at, changed_at, {_LIES}, case_id, written_by_id, kind, due_at, basis, note,
    cancelled_why)
select uuidv7(), {_MEANT}, {_LIES}, g.id, owner_id, k.kind,
    now() + {_SOON} + k.days * interval '1 day', '', '', ''
from given g, (values ('contact', 0), ('review', 45)) k (kind, days) where g.is_open;
insert into cases_visit (id, version, created_at, changed_at, {_LIES}, case_id, written_by_id, way, state, purpose,
    happened_on, outcome, others_met, seen, agreed, missed_why, missed_note)
select uuidv7(), {_MEANT}, {_LIES}, g.id, owner_id, 'home', 'made', '', opened_on + s * 12, 'completed', '',
    'Кӯдакон ба мактаб мераванд.', 'Ҳафтаи оянда боз мебинем.', '', '' from given g, generate_series(1, 3) s;
insert into cases_note (id, version, created_at, changed_at, {_LIES}, case_id, written_by_id, kind, text, written_at,
    struck_why)
select uuidv7(), {_MEANT}, {_LIES}, g.id, owner_id, 'case', 'Бо муаллим гап задем, кӯдак ба дарс меояд.',
    opened_on + s * interval '20 days', '' from given g, generate_series(1, 2) s;
create temporary table planned as select uuidv7() as plan, uuidv7() as need, uuidv7() as goal, *,
    is_open and luck %% 60 = 2 as waits from given where not is_open or luck %% 6 >= 2;
insert into cases_plan (id, version, created_at, changed_at, {_LIES}, case_id, written_by_id, n, state, own_words,
    child_view, interest_options, interest_child, interest_decision, interest_deciders, version_hash, submitted_at,
    submitted_by_id, decided_at)
select plan, {_MEANT}, {_LIES}, id, owner_id, 1, case when waits then 'submitted' else 'approved' end,
    'Мехоҳам худам кор кунам.', '', '', '', '', '', md5(id::text) || md5(id::text), opened_on + 10, owner_id,
    case when waits then null else opened_on + 12 end from planned;
insert into cases_approval (id, version, created_at, changed_at, {_LIES}, case_id, written_by_id, subject, plan_id,
    version_hash, decision, comment, asked_by_id, decided_at)
select uuidv7(), {_MEANT}, {_LIES}, id, (select id from access_user where username = 'supervisor'), 'plan', plan,
    md5(id::text) || md5(id::text), 'approved', '', owner_id, opened_on + 12 from planned where not waits;
insert into cases_planneed (id, version, created_at, changed_at, {_LIES}, case_id, written_by_id, key, position,
    plan_id, area, statement)
select need, {_MEANT}, {_LIES}, id, owner_id, need, 1, plan, 'income', 'Даромад нест' from planned;
insert into cases_plangoal (id, version, created_at, changed_at, {_LIES}, case_id, written_by_id, key, position,
    need_id, statement, by_on, state, state_on)
select goal, {_MEANT}, {_LIES}, id, owner_id, goal, 1, need, 'Худаш мехӯронад', opened_on + 120,
    case when is_open then 'open' else 'met' end, case when is_open then null else opened_on + 140 end from planned;
insert into cases_planaction (id, version, created_at, changed_at, {_LIES}, case_id, written_by_id, key, position,
    goal_id, what, doer, doer_name, by_on, service_type, in_force, state, state_on, note)
select uuidv7(), {_MEANT}, {_LIES}, id, owner_id, uuidv7(), s, goal, 'Ба курс менависад', 'worker', '',
    case when is_open then current_date + luck %% 30 + s * 3 - 6 else opened_on + 40 end, '', is_open and not waits,
    case when is_open and s > 1 then 'open' else 'done' end,
    case when is_open and s > 1 then null else opened_on + 40 end, '' from planned, generate_series(1, 3) s
"""
_JOURNEY = f"""
insert into registry_journeystep (id, version, created_at, changed_at, {_LIES}, person_id, pseudonym, coded_sex,
    coded_age, service, outcome, quantity, happened_on, place_id, recorded_by_id)
select uuidv7(), {_MEANT}, {_LIES}, head_id, '', '', '', case s when 1 then 'social.supported' else 'visit.made' end,
    'completed', 1, opened_on + s * 9, district_id, owner_id from given, generate_series(1, {STEPS}) s
"""
_LOOKED = f"""
insert into access_auditevent (id, at, event, outcome, sealed, actor_id, actor_name, roles, subject_type, subject_id,
    subject_label, reason, detail, {_LIES})
select uuidv7(), opened_on + s * interval '11 days', 'case.view', 'done', false, owner_id, 'Корманд', 'social_worker',
    'cases.case', g.id, '', '', '{{}}', {_LIES} from given g, generate_series(1, {LOOKS}) s
"""
_REFERRALS = f"""
create temporary table directory as
select id, district_id, type, row_number() over (partition by district_id order by id) as n,
    count(*) over (partition by district_id) as size
from referrals_directoryservice where state = 'open' and type in ('legal', 'health', 'education', 'registration');
create temporary table sent as
select uuidv7() as key, g.*, s.id as service_id, s.type, r.agency_id as to_agency, r.id as to_user,
    case when not g.is_open then 'completed' else (array['sent', 'sent', 'received', 'accepted', 'in_service'])
        [1 + g.luck %% 5] end as state,
    case when g.is_open then now() - {_LATELY} else g.opened_on + interval '20 days' end
        as sent_at
from given g join directory s on s.district_id = g.district_id and s.n = 1 + g.luck %% s.size
left join access_user r on r.username = 'provider' and g.n / {OPEN_EVERY} %% {TO_PROVIDER_EVERY} = 0
where g.n %% 2 = 0;
insert into referrals_referral (id, version, created_at, changed_at, {_LIES}, sensitivity, link_digest, number,
    service_id, service_type, is_discreet, person_id, family_id, origin_kind, origin_id, reference, priority, state,
    way, due_at, sent_at, received_at, answered_at, ended_at, outcome, helped_on, reason, consent_ref, sender_id,
    receiver_agency_id, receiver_id)
select key, {_MEANT}, {_LIES}, 'ordinary', '', %(first)s + n, service_id, type, false, head_id, family_id, 'case', id,
    'C', 'normal', state, case when to_user is null then 'pdf' else 'account' end,
    case when is_open then sent_at + interval '10 days' end, sent_at,
    case when state <> 'sent' then sent_at + interval '6 hours' end,
    case when state in ('accepted', 'in_service', 'completed') then sent_at + interval '12 hours' end,
    case when is_open then null else sent_at + interval '30 days' end,
    case when is_open then '' else 'completed' end, case when is_open then null else opened_on + 50 end, '',
    uuidv7(), owner_id, to_agency, to_user
from sent;
insert into referrals_referralstep (id, version, created_at, changed_at, {_LIES}, sensitivity, link_digest,
    receiver_agency_id, receiver_id, referral_id, act, source, target, by_id, told, reason, outcome, happened_on, note,
    at)
select uuidv7(), {_MEANT}, {_LIES}, 'ordinary', '', to_agency, to_user, key, e.act, e.source, e.target,
    coalesce(case when e.n > 1 then to_user end, owner_id), e.n > 1 and to_user is null, '',
    case when e.act = 'complete' then 'completed' else '' end,
    case when e.act = 'complete' then opened_on + 50 end, '', sent_at + (e.n - 1) * interval '6 hours'
from sent, (values (1, 'send', 'drafted', 'sent'), (2, 'receive', 'sent', 'received'),
    (3, 'accept', 'received', 'accepted'), (4, 'begin', 'accepted', 'in_service'),
    (5, 'complete', 'in_service', 'completed')) e (n, act, source, target)
where e.n <= array_position(array['sent', 'received', 'accepted', 'in_service', 'completed'], state);
create temporary table shown as select * from referrals_disclosure where way = 'account' and sensitivity = 'ordinary'
    order by id limit 1;
insert into referrals_disclosure (id, version, created_at, changed_at, {_LIES}, sensitivity, link_digest,
    receiver_agency_id, receiver_id, referral_id, lens, lens_version, fields, content, values_hash, way,
    receiver_label, names_agreed, at, by_id, is_open)
select uuidv7(), {_MEANT}, s.district_id, s.agency_id, s.team_id, s.owner_id, 'ordinary', '', s.to_agency, s.to_user,
    s.key, d.lens, d.lens_version, d.fields, d.content, d.values_hash, 'account', d.receiver_label, d.names_agreed,
    s.sent_at, s.owner_id, true
from sent s cross join shown d where s.to_user is not null;
insert into referrals_notice (id, version, created_at, changed_at, {_LIES}, sensitivity, link_digest,
    receiver_agency_id, receiver_id, referral_id, kind, act, audience, for_user_id, at)
select uuidv7(), {_MEANT}, {_LIES}, 'ordinary', '', to_agency, to_user, key, 'answered',
    case when state = 'accepted' then 'accept' else 'begin' end, 'sender', owner_id, sent_at + interval '12 hours'
from sent where is_open and state in ('accepted', 'in_service');
insert into cases_workernotice (id, version, created_at, changed_at, for_user_id, kind, case_id, n, at)
select uuidv7(), {_MEANT}, owner_id, 'plan_approved', id, 1, now() - (luck %% 9) * interval '1 day'
from given where is_open and luck %% 4 = 0;
select setval('referrals_referral_number', %(first)s + %(cases)s + 1)
"""


def fill(owner_url: str, n_cases: int) -> dict[str, float]:
    """Bring the database to about ``n_cases`` cases with all that belongs to them; the seconds of each step."""
    with psycopg.connect(owner_url, autocommit=True) as connection:
        there = int(_one(connection, "select count(*) from cases_case"))
        n_families = int(_one(connection, "select count(*) from registry_family where state = 'active'"))
        wanted = n_cases - there
        if wanted <= 0:
            return {}
        numbers = {
            "workers": max(1, wanted // OPEN_EVERY // LOAD // 2),
            "each": wanted // n_families + 1,
            "cases": wanted,
            "first": int(_one(connection, "select coalesce(max(number), 0) from cases_case")),
        }
        referrals = {"first": int(_one(connection, "select coalesce(max(number), 0) from referrals_referral"))}
        took: dict[str, float] = {}
        with without_indexes(connection, TABLES, took), connection.transaction():
            connection.execute("set local session_replication_role = replica")
            connection.execute("set local synchronous_commit = off")
            connection.execute("set local work_mem = '256MB'")
            for name, work in (
                ("workers", lambda: _run(connection, _WORKERS, numbers)),
                ("directory", lambda: _services(connection)),
                ("cases", lambda: _run(connection, _CASES, numbers)),
                ("inside the cases", lambda: _run(connection, _INSIDE, {})),
                ("steps of the journey", lambda: _run(connection, _JOURNEY, {})),
                ("who looked", lambda: _run(connection, _LOOKED, {})),
                ("referrals", lambda: _run(connection, _REFERRALS, numbers | referrals)),
            ):
                began = time.perf_counter()
                work()
                took[name] = time.perf_counter() - began
        began = time.perf_counter()
        connection.execute("vacuum (analyze, parallel 2)")
        took["vacuum"] = time.perf_counter() - began
    return took


def _one(connection: psycopg.Connection[Any], question: str) -> Any:
    row = connection.execute(question).fetchone()  # type: ignore[call-overload]
    return row[0] if row else 0


def _run(connection: psycopg.Connection[Any], script: str, numbers: dict[str, int]) -> None:
    for statement in tqdm(script.split(";\n"), desc="Filling casework", unit=" statements", leave=False):
        connection.execute(statement, numbers if "%" in statement else None)  # type: ignore[call-overload]


def _services(connection: psycopg.Connection[Any]) -> None:
    """Many services of both districts, with their keys of search."""
    kinds = ("health", "legal", "education", "registration", "psychosocial", "social_assistance", "livelihood", "food")
    names = ("Марказ", "Дармонгоҳ", "Мактаб", "Идора", "Шуъба", "Хонаи маслиҳат", "Кабинет", "Бунгоҳ")
    there = int(_one(connection, "select count(*) from referrals_directoryservice"))
    columns = (
        "id, version, created_at, changed_at, district_id, type, type_order, is_sensitive, name, name_ru, name_en, "
        "name_fa, sort_key, provider_name, address, address_hidden, around_the_clock, days, hours, eligibility, cost, "
        "cost_note, languages, accessibility, women_only, capacity, focal_name, focal_post, phone, how_to_refer, "
        "poster_words, verified_on, verified_by_id, state, stopped_why"
    )
    keys = "id, version, created_at, changed_at, district_id, service_id, is_sensitive, kind, key"
    editor = _one(connection, "select id::text from access_user where username = 'supervisor'")
    with connection.cursor() as cursor:
        cursor.execute("create temporary table shelf (like referrals_directoryservice including defaults)")
        with cursor.copy(f"copy shelf ({columns}) from stdin") as copy:
            for n in range(max(0, N_SERVICES - there)):
                name, kind = f"{names[n % 8]} {n}", kinds[n % 8]
                district = ("TJ-KT-02", "TJ-KT-20")[n % 2]
                copy.write(
                    f"{new_key()}\t1\t2025-01-01\t2025-01-01\t{district}\t{kind}\t{type_order(kind)}\tf\t"
                    f"{name}\t\t\t\t{sort_key(name)}\t"
                    f"Ташкилот {n % 500}\t\tf\tf\t{{mon,tue,wed,thu,fri}}\t\t\tfree\t\t"
                    f"{{tg,ru}}\t{{}}\tf\t\t\t\t\t\t{{}}\t"
                    f"2026-{1 + n % 11:02d}-15\t{editor}\topen\t\n"
                )
        cursor.execute(f"insert into referrals_directoryservice ({columns}) select {columns} from shelf")
        cursor.execute("select id::text, district_id, name from shelf")
        rows = cursor.fetchall()
        with cursor.copy(f"copy referrals_servicekey ({keys}) from stdin") as copy:
            for service, district, name in rows:
                for word in name.split():
                    copy.write(
                        f"{new_key()}\t1\t2025-01-01\t2025-01-01\t{district}\t{service}\tf\tword\t{place_key(word)}\n"
                    )


def codes(owner_url: str, username: str, n: int) -> list[str]:
    """Some codes of open cases of a worker."""
    question = (
        "select number from cases_case where state <> 'closed' and owner_id = (select id from access_user "
        "where username = %s) order by md5(id::text) limit %s"
    )
    with psycopg.connect(owner_url) as connection:
        return [readable_code("C", number) for (number,) in connection.execute(question, [username, n]).fetchall()]


def services(owner_url: str, n: int) -> list[str]:
    """The keys of some services of the directory."""
    question = "select id::text from referrals_directoryservice where state = 'open' order by md5(id::text) limit %s"
    with psycopg.connect(owner_url) as connection:
        return [key for (key,) in connection.execute(question, [n]).fetchall()]


def referrals(owner_url: str, username: str, n: int, *, column: str = "sender_id") -> list[str]:
    """Some codes of ordinary referrals under way that a user sent or, by ``column``, received."""
    question = (
        f"select number from referrals_referral where {column} = (select id from access_user where username = %s) "
        "and sensitivity = 'ordinary' and due_at is not null order by md5(id::text) limit %s"
    )
    with psycopg.connect(owner_url) as connection:
        found = connection.execute(question, [username, n]).fetchall()  # type: ignore[arg-type]
    return [readable_code("R", number) for (number,) in found]


def planned(owner_url: str, username: str, n: int) -> list[str]:
    """Some codes of open cases of a worker that have a plan in force."""
    question = (
        "select c.number from cases_case c join cases_plan p on p.case_id = c.id and p.n = 1 "
        "where c.state <> 'closed' and c.owner_id = (select id from access_user where username = %s) "
        "order by md5(c.id::text) limit %s"
    )
    with psycopg.connect(owner_url) as connection:
        return [readable_code("C", number) for (number,) in connection.execute(question, [username, n]).fetchall()]
