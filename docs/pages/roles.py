"""The page of roles: who may do what, see what, and how far."""

from __future__ import annotations

from collections.abc import Callable

from docs.pages.markdown import code, document, table
from paivand.access.rules.roles import INCOMPATIBLE, ROLES, Role, RoleKey
from paivand.access.rules.scopes import ScopeKind
from paivand.access.rules.verbs import READING_VERBS, VERB_MEANING, Verb
from paivand.core.rules.privacy import DataClass

_SCOPES = {
    ScopeKind.OWN: "records for which the person herself is responsible",
    ScopeKind.TEAM: "records of one team",
    ScopeKind.AGENCY: "records of one agency",
    ScopeKind.DISTRICTS: "records that lie in the named districts",
    ScopeKind.PROGRAMME: "every record",
}
_CLASSES = {
    DataClass.IDENTITY: "who someone is",
    DataClass.CONTACT: "how to reach them",
    DataClass.FAMILY: "who belongs together and what they agreed to",
    DataClass.CASE: "help given, and notes on it",
    DataClass.HEALTH: "body and mind",
    DataClass.VIOLENCE: "what a survivor told",
    DataClass.FINANCE: "money",
    DataClass.LEARNING: "learning: who takes part, and how it went",
    DataClass.FIELD: "field: what was filled in on a form in the field",
}


def page() -> str:
    """The whole page."""
    roles = list(ROLES.values())
    return document(
        "Roles, verbs and data classes",
        "A person holds role assignments: a role within a scope, until a date if one is given. "
        "The roles are declared in `paivand/access/rules/roles.py`, the verbs in `paivand/access/rules/verbs.py`.",
        f"There are {len(roles)} roles and {len(Verb)} verbs, of at most 40.",
        "## Roles",
        table(["role", "key", "what it is", "may have the scopes", "second factor"], [_role(role) for role in roles]),
        "Outside the demonstration, a role with a second factor must set up one-time codes or a passkey before "
        "anything else.",
        "## Roles and verbs",
        _matrix([(verb, _holds(verb)) for verb in Verb]),
        "## What the verbs mean",
        table(["verb", "meaning"], [[code(verb), VERB_MEANING[verb]] for verb in Verb]),
        "Break-glass lends, outside the scope, reading only: "
        + ", ".join(code(verb) for verb in sorted(READING_VERBS))
        + ".",
        "## Roles and data classes",
        "A table holds personal data of one class. A role sees its rows only if it may see that class.",
        _matrix([(kind, _sees(kind)) for kind in DataClass]),
        table(["class", "what it tells"], [[code(kind), _CLASSES[kind]] for kind in DataClass]),
        "## Scopes",
        table(["scope", "reaches"], [[code(kind), _SCOPES[kind]] for kind in ScopeKind]),
        "## Roles that one person may not hold together",
        table(["role", "not together with"], [_apart(key) for key in RoleKey]),
    )


def _role(role: Role) -> list[str]:
    scopes = ", ".join(code(scope) for scope in ScopeKind if scope in role.scopes)
    return [role.name, code(role.key), role.sentence, scopes, "yes" if role.sensitive else "no"]


def _matrix(rows: list[tuple[str, Callable[[Role], bool]]]) -> str:
    heads = ["", *(role.name for role in ROLES.values())]
    return table(heads, [[code(name), *("●" if has(role) else "" for role in ROLES.values())] for name, has in rows])


def _holds(verb: Verb) -> Callable[[Role], bool]:
    return lambda role: verb in role.verbs


def _sees(kind: DataClass) -> Callable[[Role], bool]:
    return lambda role: kind in role.sees


def _apart(key: RoleKey) -> list[str]:
    others = [ROLES[other].name for other in RoleKey if frozenset({key, other}) in INCOMPATIBLE]
    everyone = len(others) == len(RoleKey) - 1
    return [ROLES[key].name, "every other role" if everyone else ", ".join(others) or "none"]
