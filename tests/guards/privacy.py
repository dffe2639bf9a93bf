"""What a table says about its fields, and what the database lets the application reach."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from django.db import models

from paivand.access.models.policies import Guarded, Policy
from paivand.core.rules.privacy import Privacy

CLASS_WITHOUT_WALL: dict[str, str] = {
    "access.AuditEvent": "names staff and family codes, never a family's data; read by those who may see no class",
    "access.BreakGlass": "tells why a worker read, never what; read by those who may see no class",
    "referrals.DirectoryService": "names staff who are to be called for a service, nobody whom it serves",
    "referrals.ServiceChange": "the history of the same: what was written of staff and their telephone",
    "referrals.ServiceReport": "tells what is wrong with an entry; every role may report, and most see no class",
}
"""Personal tables whose policy asks for the right only, not for the class of data, each with its reason."""

REACHES_PEOPLE = {"access_user", "registry_person", "registry_family"}
"""Tables whose rows are people or families. What points to them tells something about somebody."""

SECURED_BY_OTHER_MEANS: dict[str, str] = {}
"""Tables that point to people and are open nevertheless, each with its reason."""


def classification_defects(model: type[models.Model]) -> list[str]:
    """What is wrong with the privacy declaration of one model of Paivand."""
    name = model._meta.label
    declared = vars(model).get("privacy")
    if not isinstance(declared, Privacy):
        return [f"{name}: declare privacy in the class itself: Privacy.of(...) or Privacy.none(...)."]
    fields = {field.name for field in model._meta.concrete_fields}
    found = [
        f"{name}.{field}: say in privacy whether it is personal or technical."
        for field in sorted(fields - declared.personal - declared.technical)
    ]
    found += [
        f"{name}.{field}: is declared both personal and technical. Keep one."
        for field in sorted(declared.personal & declared.technical)
    ]
    found += [
        f"{name}.{field}: is no field of the table. Take it out of privacy."
        for field in sorted((declared.personal | declared.technical) - fields)
    ]
    if declared.personal and declared.data_class is None:
        found.append(f"{name}: holds personal data of no class. Name the class in privacy.")
    if declared.data_class and not declared.personal:
        found.append(f"{name}: has a class but no personal field. Say Privacy.none(...).")
    return found + _policy_defects(model, declared)


def _policy_defects(model: type[models.Model], declared: Privacy) -> list[str]:
    name, policy = model._meta.label, vars(model).get("policy")
    if declared.data_class is None:
        return []
    if not issubclass(model, Guarded) or not isinstance(policy, Policy):
        return [f"{name}: holds personal data and no policy guards it. Make it a ScopedRecord and declare policy."]
    if policy.data_class != declared.data_class and name not in CLASS_WITHOUT_WALL:
        return [
            f"{name}: privacy says {declared.data_class}, the policy asks for {policy.data_class or 'no class'}. "
            "Give the policy the class of the table."
        ]
    return []


def hidden_tables(tables: Iterable[type[models.Model]]) -> list[str]:
    """Tables that Django makes by itself for many-to-many fields: nobody can classify or guard them."""
    return [
        f"{model._meta.db_table}: a table that nobody declared. Write the model in between, with privacy and policy."
        for model in tables
        if model._meta.auto_created
    ]


def tables_about_people(tables: Iterable[type[models.Model]]) -> set[str]:
    """The tables that hold people or point to them, by one key or through several."""
    keys: dict[str, set[str]] = {}
    for model in tables:
        targets = {field.related_model for field in model._meta.local_fields}
        keys.setdefault(model._meta.db_table, set()).update(
            target._meta.db_table for target in targets if isinstance(target, type)
        )
    found = REACHES_PEOPLE & set(keys)
    while True:
        more = {table for table, targets in keys.items() if targets & found} - found
        if not more:
            return found
        found |= more


def unguarded(about_people: Collection[str], guarded: Collection[str]) -> list[str]:
    """Tables about people without a policy."""
    return [
        f"{table}: holds or points to people and has no policy. Declare one in its model, or in LIBRARY_POLICIES."
        for table in sorted(set(about_people) - set(guarded) - set(SECURED_BY_OTHER_MEANS))
    ]


# --- what stands in the database -------------------------------------------------------------------------------------

_ABOUT_PEOPLE = """
with recursive about(oid) as (
    select oid from pg_class where relname = any(%s) and relnamespace = 'public'::regnamespace
    union
    select k.conrelid from pg_constraint k join about on k.confrelid = about.oid where k.contype = 'f'
)
select c.relname from about join pg_class c using (oid) where not c.relrowsecurity order by 1
"""

_REACHABLE = """
select c.relname, c.relkind, array_remove(array[
    case when has_table_privilege(%(role)s, c.oid, 'select') then 'select' end,
    case when has_table_privilege(%(role)s, c.oid, 'insert') then 'insert' end,
    case when has_any_column_privilege(%(role)s, c.oid, 'update') then 'update' end,
    case when has_table_privilege(%(role)s, c.oid, 'delete') then 'delete' end,
    case when has_table_privilege(%(role)s, c.oid, 'truncate') then 'truncate' end], null)
from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'f')
"""

_BORROWED_RIGHTS = """
select p.proname from pg_proc p where p.pronamespace = 'public'::regnamespace and p.prosecdef
and has_function_privilege(%s, p.oid, 'execute') order by 1
"""


def unsecured(cursor: Any) -> list[str]:
    """Tables of the database that hold or point to people and are not under row security."""
    cursor.execute(_ABOUT_PEOPLE, [sorted(REACHES_PEOPLE)])
    return [f"{table}: has rows about people and no row security. Run `paivand migrate`." for (table,) in cursor]


def reachable(cursor: Any, role: str) -> dict[str, set[str]]:
    """What the role may do with each table or view of the database that it can reach."""
    cursor.execute(_REACHABLE, {"role": role})
    return {name: set(rights) for name, _kind, rights in cursor.fetchall() if rights}


def borrowed_rights(cursor: Any, role: str) -> set[str]:
    """The functions through which the role acts with the owner's rights."""
    cursor.execute(_BORROWED_RIGHTS, [role])
    return {name for (name,) in cursor.fetchall()}
