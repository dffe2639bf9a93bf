"""The accounts of the demonstration, as ``parameters/demo_accounts.yaml`` declares them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from paivand.access.rules.roles import ROLES, RoleKey
from paivand.access.rules.scopes import ScopeKind

SOURCE = Path(__file__).parent.parent / "parameters" / "demo_accounts.yaml"


@dataclass(frozen=True)
class DemoAccount:
    """One account; ``agency`` and ``team`` are keys of the same file."""

    username: str
    name: str
    role: RoleKey
    agency: str | None
    team: str | None
    scope: ScopeKind
    districts: tuple[str, ...]


def _account(row: dict[str, Any]) -> DemoAccount:
    return DemoAccount(
        username=row["username"],
        name=row["name"],
        role=RoleKey(row["role"]),
        agency=row["agency"],
        team=row["team"],
        scope=ScopeKind(row["scope"]),
        districts=tuple(row["districts"]),
    )


_DECLARED: dict[str, Any] = yaml.safe_load(SOURCE.read_text(encoding="utf-8"))
PASSWORD: str = _DECLARED["password"]
AGENCIES: tuple[dict[str, str], ...] = tuple(_DECLARED["agencies"])
TEAMS: tuple[dict[str, str], ...] = tuple(_DECLARED["teams"])
DEMO_ACCOUNTS: tuple[DemoAccount, ...] = tuple(_account(row) for row in _DECLARED["accounts"])
COLLEAGUES: tuple[DemoAccount, ...] = tuple(_account(row) for row in _DECLARED["colleagues"])
"""They hold cases, so that boards and lists look like work; no button signs in as one of them."""


def accounts_table() -> str:
    """The accounts as a table for the terminal, with the password they share."""
    rows = [(account.username, ROLES[account.role].name) for account in DEMO_ACCOUNTS]
    width = max(len(username) for username, _role in rows)
    lines = [f"  {username:<{width}}  {role}" for username, role in rows]
    return "\n".join([f"Demo accounts, password {PASSWORD}:", *lines])
