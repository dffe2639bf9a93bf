"""Who may be named as trainer: a look beyond the asker's reach that planning a group needs.

Roles are shown to those who manage users only. So one function of the database tells whoever plans groups which
accounts teach in a district. It tells nothing else about a role, and nothing about a group.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.db import connection

from paivand.access.models.walls import DEFINERS, Definer
from paivand.access.rules.roles import roles_with
from paivand.access.rules.scopes import ScopeKind
from paivand.access.rules.verbs import Verb

_TEACHING_ROLES = ", ".join(f"'{role}'" for role in sorted(roles_with(Verb.LEARNING_TEACH)))

DEFINERS["paivand_trainers"] = Definer(
    arguments="places text[]",
    result="table(trainer uuid)",
    body=f"""
begin
  if not (paivand_holds('{Verb.LEARNING_PLAN}', null)) then
    return;
  end if;
  return query
    select distinct a.user_id
    from access_roleassignment a join access_user u on u.id = a.user_id
    where u.is_active and a.role = any(array[{_TEACHING_ROLES}]::text[])
      and a.ended_at is null and a.starts_at <= now() and (a.expires_at is null or a.expires_at > now())
      and (a.scope <> '{ScopeKind.DISTRICTS}' or a.districts::text[] && places);
end
""",  # noqa: S608  # built from constants of the code only
)


def who_teaches(districts: Iterable[str]) -> set[uuid.UUID]:
    """The accounts that teach in one of these districts, for whoever plans groups; nobody for others."""
    with connection.cursor() as cursor:
        cursor.execute("select trainer from paivand_trainers(%s::text[])", [sorted(districts)])
        return {key for (key,) in cursor.fetchall()}
