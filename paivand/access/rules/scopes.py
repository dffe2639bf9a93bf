"""How far a right reaches: own records, a team, an agency, districts, or the whole programme."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

GLASS_HOURS = 3
"""How long break-glass lasts."""


class ScopeKind(StrEnum):
    """How far a role assignment reaches."""

    OWN = "own"
    TEAM = "team"
    AGENCY = "agency"
    DISTRICTS = "districts"
    PROGRAMME = "programme"


class Scoped(Protocol):
    """Anything that lies somewhere: a row with its scope columns, or the place where a new row will lie."""

    @property
    def district_id(self) -> str | None: ...

    @property
    def agency_id(self) -> uuid.UUID | None: ...

    @property
    def team_id(self) -> uuid.UUID | None: ...

    @property
    def owner_id(self) -> uuid.UUID | None: ...


@dataclass(frozen=True, slots=True)
class Scope:
    """Where a row lies: copied onto every row with personal data, so that both walls can judge the row by itself."""

    district_id: str | None = None
    agency_id: uuid.UUID | None = None
    team_id: uuid.UUID | None = None
    owner_id: uuid.UUID | None = None

    @classmethod
    def of(cls, row: Scoped) -> Scope:
        """Where ``row`` lies."""
        return cls(row.district_id, row.agency_id, row.team_id, row.owner_id)


@dataclass(frozen=True, slots=True)
class Reach:
    """How far one user's right reaches, all live role assignments taken together.

    ``glass`` holds the districts lent by break-glass; they count for reading only.
    """

    everywhere: bool = False
    districts: frozenset[str] = frozenset()
    agencies: frozenset[uuid.UUID] = frozenset()
    teams: frozenset[uuid.UUID] = frozenset()
    owner: uuid.UUID | None = None
    glass: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.everywhere or self.districts or self.agencies or self.teams or self.owner or self.glass)

    def covers(self, row: Scoped, *, reading: bool = False) -> bool:
        """Whether the right reaches the row.

        >>> from types import SimpleNamespace
        >>> kulob = SimpleNamespace(district_id="TJ-KT-02", agency_id=None, team_id=None, owner_id=None)
        >>> Reach(districts=frozenset({"TJ-KT-02"})).covers(kulob), Reach().covers(kulob)
        (True, False)
        """
        return bool(
            self.everywhere
            or row.district_id in self.districts
            or row.agency_id in self.agencies
            or row.team_id in self.teams
            or (self.owner is not None and row.owner_id == self.owner)
            or (reading and row.district_id in self.glass)
        )
