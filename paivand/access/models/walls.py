"""Builds the second wall in PostgreSQL from the declared policies, and reads back what stands there.

The wall is rebuilt after each migration by the owner's connection, in one transaction. ``wall_defects`` compares what
stands with what is declared, for ``paivand check`` and a guard test.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db.backends.base.base import BaseDatabaseWrapper

from paivand.access.models.facts import (
    fact_tables,
    facts_defects,
    facts_policy_name,
    facts_role_of,
    facts_statements,
)
from paivand.access.models.policies import LIBRARY_POLICIES, Guarded, Policy, policy_name
from paivand.access.rules.roles import RoleKey, roles_with
from paivand.access.rules.scopes import ScopeKind
from paivand.access.rules.verbs import READING_VERBS, Verb
from paivand.core.rules.privacy import DataClass

OPEN_TABLES = {
    # Tables without personal data that the application writes: sessions and counters of the libraries.
    "django_session": "select, insert, update, delete",
    "paivand_cache": "select, insert, update, delete",
    "django_content_type": "select",
    "django_migrations": "select",
    # Places are written by the owner; villages and their names have policies.
    "core_placecode": "select",
    "core_placeboundary": "select",
    "socialaccount_socialapp": "select",
    "auth_permission": "select",
    "auth_group": "select",
    "auth_group_permissions": "select",
    # The queue of work in the background: what is to be done, by keys only, and which worker does it.
    "procrastinate_jobs": "select, insert, update, delete",
    "procrastinate_events": "select, insert",
    "procrastinate_periodic_defers": "select, insert, update, delete",
    "procrastinate_workers": "select, insert, update, delete",
}
"""Tables without a policy, and what the application may do with them."""


@dataclass(frozen=True)
class Definer:
    """A function that looks with the owner's right beyond the asker's reach, tells the least, and notes the look."""

    arguments: str
    result: str
    body: str


DEFINERS: dict[str, Definer] = {}
"""Such functions by name, filled by the rooms whose tables they read. Each needs a paragraph in the threat model."""

SEQUENCES = {"registry_family_number"}
"""Sequences from which the application takes running numbers; the rooms whose records have codes add theirs."""


def guarded_tables() -> dict[str, Policy]:
    """Every table with a policy, by name."""
    tables = {
        model._meta.db_table: model.policy
        for model in apps.get_models()
        if issubclass(model, Guarded) and hasattr(model, "policy")
    }
    return {**tables, **{name: policy for name, policy in LIBRARY_POLICIES.items() if name in all_tables()}}


def all_tables() -> set[str]:
    """Every table of the installed apps, those of many-to-many relations included."""
    return {model._meta.db_table for model in apps.get_models(include_auto_created=True)}


def _roles_held() -> str:
    """The expression of ``paivand_roles``: which roles hold a verb and see a class, written out from the code.

    It is asked in every statement for every table, so it is looked up in one value rather than compared case by case.
    """
    held = {
        f"{verb} {data_class or ''}": "{" + ",".join(sorted(roles_with(verb, data_class))) + "}"
        for verb in Verb
        for data_class in (None, *DataClass)
        if roles_with(verb, data_class)
    }
    return f"coalesce(('{json.dumps(held)}'::jsonb ->> (asked || ' ' || coalesce(class, '')))::text[], '{{}}')"


_LIVE = (
    "a.user_id = paivand_user() and a.ended_at is null and a.starts_at <= now() "
    "and (a.expires_at is null or a.expires_at > now()) and a.role = any(paivand_roles(asked, class)) "
    "and exists (select 1 from access_user u where u.id = a.user_id and u.is_active)"
)


def _functions() -> Iterator[tuple[str, str, str]]:
    """Name with arguments, result type and body of each function the policies call."""
    asked = "(asked text, class text)"
    reading = ", ".join(f"'{verb}'" for verb in sorted(READING_VERBS))
    yield "paivand_user()", "uuid", "select nullif(current_setting('paivand.user', true), '')::uuid"
    yield "paivand_link()", "text", "select nullif(current_setting('paivand.link', true), '')"
    yield (
        "paivand_purpose(asked text)",
        "boolean",
        "select coalesce(current_setting('paivand.purpose', true), '') = asked and "
        "(asked <> 'bootstrap' or not exists (select 1 from access_roleassignment "
        f"where role = '{RoleKey.ADMINISTRATOR}'))",
    )
    yield (
        "paivand_signed_in()",
        "boolean",
        "select exists (select 1 from access_user u where u.id = paivand_user() and u.is_active)",
    )
    yield f"paivand_roles{asked}", "text[]", f"select {_roles_held()}"
    yield (
        f"paivand_holds{asked}",
        "boolean",
        f"select exists (select 1 from access_roleassignment a where {_LIVE})",
    )
    yield (
        f"paivand_everywhere{asked}",
        "boolean",
        f"select exists (select 1 from access_roleassignment a where a.scope = '{ScopeKind.PROGRAMME}' and {_LIVE})",
    )
    yield (
        f"paivand_districts{asked}",
        "text[]",
        "select coalesce(array_agg(distinct d::text), '{}') from access_roleassignment a, unnest(a.districts) d "
        f"where a.scope = '{ScopeKind.DISTRICTS}' and {_LIVE}",
    )
    for name, column, kind in (
        ("paivand_agencies", "agency_id", ScopeKind.AGENCY),
        ("paivand_teams", "team_id", ScopeKind.TEAM),
    ):
        yield (
            f"{name}{asked}",
            "uuid[]",
            f"select coalesce(array_agg(distinct a.{column}), '{{}}') from access_roleassignment a "
            f"where a.scope = '{kind}' and {_LIVE}",
        )
    yield (
        f"paivand_owner{asked}",
        "uuid",
        f"select a.user_id from access_roleassignment a where a.scope = '{ScopeKind.OWN}' and {_LIVE} limit 1",
    )
    breakers = ", ".join(f"'{role}'" for role in sorted(roles_with(Verb.GLASS_BREAK)))
    yield (
        f"paivand_glass{asked}",
        "text[]",
        "select coalesce(array_agg(distinct g.district_id::text), '{}') from access_breakglass g "
        f"where asked in ({reading}) and g.user_id = paivand_user() and g.expires_at > now() "
        f"and exists (select 1 from access_roleassignment a where a.role in ({breakers}) and {_LIVE})",
    )


def wall_statements(role: str) -> list[str]:
    """All statements that build the wall for the application's database ``role``."""
    statements = [f'grant usage on schema public to "{role}"', f'revoke create on schema public from "{role}"']
    for head, result, body in _functions():
        statements += [
            f"create or replace function {head} returns {result} language sql stable security definer "
            f"set search_path = public, pg_temp as $wall${body}$wall$",
            f"revoke all on function {_signature(head)} from public",
            f'grant execute on function {_signature(head)} to "{role}"',
        ]
    for name, definer in DEFINERS.items():
        head = f"{name}({definer.arguments})"
        statements += [
            f"create or replace function {head} returns {definer.result} language plpgsql volatile security definer "
            f"set search_path = public, pg_temp as $wall${definer.body}$wall$",
            f"revoke all on function {_signature(head)} from public",
            f'grant execute on function {_signature(head)} to "{role}"',
        ]
    for table, rights in OPEN_TABLES.items():
        statements += [f'revoke all on "{table}" from "{role}"', f'grant {rights} on "{table}" to "{role}"']
    for table, policy in sorted(guarded_tables().items()):
        statements += policy.statements(table, role)
    return statements


def _signature(head: str) -> str:
    name, arguments = head.rstrip(")").split("(")
    types = ", ".join(argument.split()[-1] for argument in arguments.split(", ") if argument)
    return f"{name}({types})"


def build_wall(connection: BaseDatabaseWrapper, role: str) -> None:
    """Take down all policies and build those of both roles anew, in one transaction."""
    from django.db import transaction

    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(7283)")
        cursor.execute("select tablename, policyname from pg_policies where schemaname = 'public'")
        for table, name in cursor.fetchall():
            cursor.execute(f'drop policy "{name}" on "{table}"')
        cursor.execute(
            "select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace "
            "where n.nspname = 'public' and c.relkind in ('r', 'p', 'v', 'm')"
        )
        tables = sorted(name for (name,) in cursor.fetchall())
        for statement in (*wall_statements(role), *facts_statements(facts_role_of(connection), tables)):
            cursor.execute(statement)
        cursor.execute(
            "select sequencename from pg_sequences where schemaname = 'public' and sequencename = any(%s)",
            [_sequences_of_application()],
        )
        for (sequence,) in cursor.fetchall():
            cursor.execute(f'grant usage, select on sequence "{sequence}" to "{role}"')


def _sequences_of_application() -> list[str]:
    written = {name for name, rights in OPEN_TABLES.items() if "insert" in rights} | set(guarded_tables())
    return [*(f"{table}_id_seq" for table in written), *SEQUENCES]


def wall_defects(connection: BaseDatabaseWrapper, role: str) -> list[str]:
    """What is wrong with the wall as it stands, in words; empty when it is whole."""
    facts = facts_role_of(connection)
    with connection.cursor() as cursor:
        return [
            *_role_defects(cursor, role),
            *_membership_defects(cursor, role, facts),
            *facts_defects(cursor, facts, role),
            *_table_defects(cursor, role, facts),
            *_function_defects(cursor),
        ]


def _role_defects(cursor: Any, role: str) -> Iterator[str]:
    cursor.execute(
        "select rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, "
        "exists (select 1 from pg_class c where c.relowner = r.oid) from pg_roles r where rolname = %s",
        [role],
    )
    found = cursor.fetchone()
    if found is None:
        yield f"The application's database role {role} does not exist. Run `paivand migrate`."
        return
    faults = ("is a superuser", "may bypass row security", "may create roles", "may create databases", "owns tables")
    for fault, present in zip(faults, found, strict=True):
        if present:
            yield f"The application's database role {role} {fault}."


def _membership_defects(cursor: Any, role: str, facts: str) -> Iterator[str]:
    """The application may take on the role that reads for figures, and no other; never are its rights simply its own.

    Servers before 16 know no such choice for each membership: there the application's role as a whole inherits nothing.
    """
    cursor.execute("select current_setting('server_version_num')::int >= 160000")
    inherits = "a.inherit_option or a.admin_option" if cursor.fetchone()[0] else "m.rolinherit or a.admin_option"
    sets = "a.set_option" if inherits.startswith("a.inherit") else "true"
    cursor.execute(
        f"select r.rolname, bool_or({inherits}), bool_or({sets}) from pg_auth_members a "
        "join pg_roles r on r.oid = a.roleid join pg_roles m on m.oid = a.member "
        "where m.rolname = %s group by r.rolname",
        [role],
    )
    standing = {name: (inherited, taken_on) for name, inherited, taken_on in cursor.fetchall()}
    inherited, taken_on = standing.pop(facts, (False, False))
    if not taken_on:
        yield f"The application's database role {role} cannot read as {facts}. Run `paivand migrate`."
    if inherited:
        yield f"The application's database role {role} has the rights of {facts} without taking it on."
    for name in sorted(standing):
        yield f"The application's database role {role} is a member of another role, {name}."


def _table_defects(cursor: Any, role: str, facts: str) -> Iterator[str]:
    cursor.execute(
        "select c.relname, c.relrowsecurity, has_table_privilege(%s, c.oid, 'select') or "
        "has_table_privilege(%s, c.oid, 'insert, update, delete, truncate') from pg_class c "
        "join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'public' and c.relkind in ('r', 'p')",
        [role, role],
    )
    standing = {name: (secured, reachable) for name, secured, reachable in cursor.fetchall()}
    guarded = guarded_tables()
    for table, (secured, reachable) in sorted(standing.items()):
        if table in guarded:
            if not secured:
                yield f"Table {table} holds personal data and has no row security."
        elif reachable and table not in OPEN_TABLES:
            yield f"The application can reach table {table}, which has no policy."
    for table in sorted(set(guarded) - set(standing)):
        yield f"Table {table} is missing. Run `paivand migrate`."
    yield from _policy_defects(cursor, role, facts)


def _policy_defects(cursor: Any, role: str, facts: str) -> Iterator[str]:
    cursor.execute(
        "select tablename, policyname, lower(cmd), coalesce(qual, with_check, ''), roles::text[], permissive "
        "from pg_policies where schemaname = 'public'"
    )
    standing: dict[tuple[str, str], tuple[str, str, list[str], str]] = {
        (table, name): (command, rule, roles, kind) for table, name, command, rule, roles, kind in cursor.fetchall()
    }
    for (table, name), (command, declared, reader) in _declared_policies(role, facts).items():
        found = standing.pop((table, name), None)
        what = f"the policy for {command}" + (" of figures" if reader == facts else "")
        if found is None:
            yield f"Table {table}: {what} is missing."
        elif found[0] != command or found[2:] != ([reader], "PERMISSIVE") or not _same(declared, found[1]):
            yield f"Table {table}: {what} differs from its declaration. Run `paivand migrate`."
    for (table, _name), (command, *_rest) in standing.items():
        yield f"Table {table} has a policy for {command} that is not declared."


def _declared_policies(role: str, facts: str) -> dict[tuple[str, str], tuple[str, str, str]]:
    """Command, condition and role of each policy, by table and name."""
    declared = {}
    for table, policy in guarded_tables().items():
        rules = {"select": policy.view, "insert": policy.add, "update": policy.change, "delete": policy.remove}
        for command, rule in rules.items():
            if rule:
                declared[(table, policy_name(table, command))] = (command, rule.sql(policy.data_class), role)
    for table, (_columns, rows) in fact_tables().items():
        declared[(table, facts_policy_name(table))] = ("select", rows, facts)
    return declared


def _same(declared: str, standing: str) -> bool:
    """Whether two conditions say the same, once PostgreSQL's own casts, aliases and parentheses are set aside."""

    def plain(sql: str) -> str:
        sql = re.sub(r"\bas \w+", "", sql.lower())
        sql = re.sub(r"::(character varying|text|uuid)(\[\])?", "", sql)
        return re.sub(r'[\s()"]', "", sql)

    return plain(declared) == plain(standing)


def _function_defects(cursor: Any) -> Iterator[str]:
    cursor.execute(
        "select p.proname, p.prosrc, p.prosecdef from pg_proc p join pg_namespace n on n.oid = p.pronamespace "
        "where n.nspname = 'public' and p.proname like 'paivand\\_%%'"
    )
    standing = {name: (source, definer) for name, source, definer in cursor.fetchall()}
    declared = [(head.split("(")[0], body) for head, _result, body in _functions()]
    declared += [(name, definer.body) for name, definer in DEFINERS.items()]
    for name, body in declared:
        if name not in standing:
            yield f"The function {name} is missing. Run `paivand migrate`."
        elif standing[name] != (body, True):
            yield f"The function {name} differs from its declaration. Run `paivand migrate`."
