"""Looks beyond the asker's reach that giving a case to somebody needs: who works with cases, and how much each carries.

Roles are shown to those who manage users only, and cases lie behind the wall. So two functions of the database answer
with the owner's right, to those who work with cases: the one tells who holds a role that works with cases and how far
it reaches, the other counts the open cases of a worker by risk. Neither tells anything about a case or a family.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db import connection

from paivand.access.models.walls import DEFINERS, Definer
from paivand.access.rules.roles import RoleKey, roles_with
from paivand.access.rules.scopes import Reach, ScopeKind
from paivand.access.rules.verbs import Verb
from paivand.cases.rules.cases import CaseState
from paivand.core.rules.privacy import DataClass

MOST_WORKERS = 5000
"""How many workers are counted at once at most."""

_MAY_ASK = f"paivand_holds('{Verb.CASE_WORK}', '{DataClass.CASE}')"
_WORKING_ROLES = ", ".join(f"'{role}'" for role in sorted(roles_with(Verb.CASE_WORK, DataClass.CASE)))

DEFINERS["paivand_case_workers"] = Definer(
    arguments="places text[]",
    result="table(worker uuid, role text, scope text, agency uuid, team uuid, districts text[])",
    body=f"""
begin
  if not ({_MAY_ASK}) then
    return;
  end if;
  return query
    select a.user_id, a.role::text, a.scope::text, a.agency_id, a.team_id, a.districts::text[]
    from access_roleassignment a join access_user u on u.id = a.user_id
    where u.is_active and a.role = any(array[{_WORKING_ROLES}]::text[])
      and a.ended_at is null and a.starts_at <= now() and (a.expires_at is null or a.expires_at > now())
      and (places is null or a.scope <> '{ScopeKind.DISTRICTS}' or a.districts::text[] && places);
end
""",  # noqa: S608  # built from constants of the code only
)

DEFINERS["paivand_caseloads"] = Definer(
    arguments="workers uuid[]",
    result="table(worker uuid, risk text, n integer)",
    body=f"""
begin
  if not ({_MAY_ASK}) then
    return;
  end if;
  return query
    select c.owner_id, c.risk::text, count(*)::integer from cases_case c
    where c.owner_id = any(workers[1:{MOST_WORKERS}]) and c.state <> '{CaseState.CLOSED}'
    group by c.owner_id, c.risk;
end
""",  # noqa: S608  # built from constants of the code only
)


@dataclass(frozen=True)
class Holding:
    """One role that works with cases, and how far it reaches."""

    role: RoleKey
    scope: ScopeKind
    agency_id: uuid.UUID | None
    team_id: uuid.UUID | None
    districts: frozenset[str]


def holdings(districts: Iterable[str] | None = None) -> dict[uuid.UUID, list[Holding]]:
    """The roles with cases of each worker; of those whose districts are named, only those that reach one of these."""
    places = sorted(districts) if districts is not None else None
    with connection.cursor() as cursor:
        cursor.execute(
            "select worker, role, scope, agency, team, districts from paivand_case_workers(%s::text[])", [places]
        )
        rows = cursor.fetchall()
    found: dict[uuid.UUID, list[Holding]] = {}
    for worker, role, scope, agency, team, named in rows:
        held = Holding(RoleKey(role), ScopeKind(scope), agency, team, frozenset(named or ()))
        found.setdefault(worker, []).append(held)
    return found


def reach_of(worker: uuid.UUID, held: Sequence[Holding], verb: Verb, data_class: DataClass) -> Reach:
    """How far the right ``verb`` of a worker with these roles reaches; the same sum as for the user who asks."""
    able = [one for one in held if one.role in roles_with(verb, data_class)]
    return Reach(
        everywhere=any(one.scope is ScopeKind.PROGRAMME for one in able),
        districts=frozenset(code for one in able if one.scope is ScopeKind.DISTRICTS for code in one.districts),
        agencies=frozenset(one.agency_id for one in able if one.scope is ScopeKind.AGENCY and one.agency_id),
        teams=frozenset(one.team_id for one in able if one.scope is ScopeKind.TEAM and one.team_id),
        owner=worker if any(one.scope is ScopeKind.OWN for one in able) else None,
    )


def open_counts(workers: Iterable[uuid.UUID]) -> Mapping[uuid.UUID, Mapping[str, int]]:
    """The open cases of each of these workers by risk, those beyond the asker's reach included."""
    found: dict[uuid.UUID, dict[str, int]] = {}
    with connection.cursor() as cursor:
        cursor.execute("select worker, risk, n from paivand_caseloads(%s::uuid[])", [list(workers)])
        for worker, risk, count in cursor.fetchall():
            found.setdefault(worker, {})[risk] = count
    return found
