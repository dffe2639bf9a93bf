"""The demonstration's accounts, for the one-click buttons of its sign-in page."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml

from paivand.access.rules.roles import ROLES, Role, RoleKey

_SOURCE = Path(__file__).parent.parent.parent / "parameters" / "demo_accounts.yaml"


@dataclass(frozen=True)
class DemoAccount:
    """One account of the demonstration."""

    username: str
    name: str
    role: Role


@lru_cache(maxsize=1)
def demo_accounts() -> tuple[DemoAccount, ...]:
    """The accounts as declared, in their order."""
    rows = yaml.safe_load(_SOURCE.read_text(encoding="utf-8"))["accounts"]
    return tuple(DemoAccount(row["username"], row["name"], ROLES[RoleKey(row["role"])]) for row in rows)
