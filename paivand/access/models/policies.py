"""One policy per table, declared once beside the model; it builds both walls.

A rule answers the same question three times: as a queryset filter (``q``), for a single row (``allows``) and as SQL for
row-level security (``sql``). A property test holds the three together. Rules look only at columns of the row itself, so
that PostgreSQL judges each row with its indexes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models
from django.db.models import Q

from paivand.access.rules.scopes import Scope
from paivand.access.rules.verbs import READING_VERBS, Verb
from paivand.core.rules.privacy import DataClass

if TYPE_CHECKING:
    from paivand.access.models.users import User

NOTHING = Q(pk__in=[])
EVERYTHING = ~NOTHING


class Rule:
    """A yes-or-no question about one row and the user who asks. Combine with ``|`` and ``&``."""

    def q(self, by: User, data_class: DataClass | None) -> Q:
        """The rows that ``by`` may touch, as a filter."""
        raise TypeError(f"{type(self).__name__} has no filter.")

    def allows(self, by: User, row: Any, data_class: DataClass | None) -> bool:
        """Whether ``by`` may touch this row."""
        raise TypeError(f"{type(self).__name__} judges no row.")

    def sql(self, data_class: DataClass | None) -> str:
        """The same question as an SQL expression over the row's columns and the session's identity."""
        raise TypeError(f"{type(self).__name__} has no SQL.")

    def __or__(self, other: Rule) -> Rule:
        return Either(self, other)

    def __and__(self, other: Rule) -> Rule:
        return Both(self, other)


@dataclass(frozen=True)
class Either(Rule):
    """One of two rules."""

    one: Rule
    other: Rule

    def q(self, by: User, data_class: DataClass | None) -> Q:
        return self.one.q(by, data_class) | self.other.q(by, data_class)

    def allows(self, by: User, row: Any, data_class: DataClass | None) -> bool:
        return self.one.allows(by, row, data_class) or self.other.allows(by, row, data_class)

    def sql(self, data_class: DataClass | None) -> str:
        return f"({self.one.sql(data_class)} or {self.other.sql(data_class)})"


@dataclass(frozen=True)
class Both(Rule):
    """Two rules together."""

    one: Rule
    other: Rule

    def q(self, by: User, data_class: DataClass | None) -> Q:
        return self.one.q(by, data_class) & self.other.q(by, data_class)

    def allows(self, by: User, row: Any, data_class: DataClass | None) -> bool:
        return self.one.allows(by, row, data_class) and self.other.allows(by, row, data_class)

    def sql(self, data_class: DataClass | None) -> str:
        return f"({self.one.sql(data_class)} and {self.other.sql(data_class)})"


@dataclass(frozen=True)
class InScope(Rule):
    """The row lies within the reach of the user's right ``verb``; for tables with the four scope columns.

    Each argument names another column where a second place of the row counts, such as that of whom a referral was sent
    to; None leaves that kind of scope out.
    """

    verb: Verb
    district: str | None = "district_id"
    agency: str | None = "agency_id"
    team: str | None = "team_id"
    owner: str | None = "owner_id"

    def q(self, by: User, data_class: DataClass | None) -> Q:
        reach = by.reach(self.verb, data_class)
        if reach.everywhere:
            return EVERYTHING
        # One district becomes an equality, which the planner turns into an ordered index scan.
        districts = reach.districts | (reach.glass if self.verb in READING_VERBS else frozenset())
        found = NOTHING
        if self.district and districts:
            found |= _one_of(self.district, districts)
        if self.agency and reach.agencies:
            found |= Q(**{f"{self.agency}__in": reach.agencies})
        if self.team and reach.teams:
            found |= Q(**{f"{self.team}__in": reach.teams})
        if self.owner and reach.owner:
            found |= Q(**{self.owner: reach.owner})
        return found

    def allows(self, by: User, row: Any, data_class: DataClass | None) -> bool:
        columns = (self.district, self.agency, self.team, self.owner)
        place = Scope(*(getattr(row, column) if column else None for column in columns))
        return by.reach(self.verb, data_class).covers(place, reading=self.verb in READING_VERBS)

    def sql(self, data_class: DataClass | None) -> str:
        asked = f"'{self.verb}', {_literal(data_class)}"
        arms = [f"(select paivand_everywhere({asked}))"]
        if self.district:
            arms.append(f"{self.district} = any((select paivand_districts({asked}))::text[])")
        if self.agency:
            arms.append(f"{self.agency} = any((select paivand_agencies({asked}))::uuid[])")
        if self.team:
            arms.append(f"{self.team} = any((select paivand_teams({asked}))::uuid[])")
        if self.owner:
            arms.append(f"{self.owner} = (select paivand_owner({asked}))")
        if self.district and self.verb in READING_VERBS:
            arms.append(f"{self.district} = any((select paivand_glass({asked}))::text[])")
        return "(" + " or ".join(arms) + ")"


def _one_of(column: str, values: frozenset[str]) -> Q:
    return Q(**{column: next(iter(values))}) if len(values) == 1 else Q(**{f"{column}__in": values})


@dataclass(frozen=True)
class Holds(Rule):
    """The user holds ``verb`` for the whole programme."""

    verb: Verb

    def q(self, by: User, data_class: DataClass | None) -> Q:
        return EVERYTHING if by.reach(self.verb).everywhere else NOTHING

    def allows(self, by: User, row: Any, data_class: DataClass | None) -> bool:
        return by.reach(self.verb).everywhere

    def sql(self, data_class: DataClass | None) -> str:
        return f"(select paivand_everywhere('{self.verb}', null))"


@dataclass(frozen=True)
class HoldsSomewhere(Rule):
    """The user holds ``verb`` in any scope; by a role that sees ``sees``, where a class is named."""

    verb: Verb
    sees: DataClass | None = None

    def q(self, by: User, data_class: DataClass | None) -> Q:
        return EVERYTHING if self._held(by) else NOTHING

    def allows(self, by: User, row: Any, data_class: DataClass | None) -> bool:
        return self._held(by)

    def _held(self, by: User) -> bool:
        return self.verb in by.verbs if self.sees is None else bool(by.reach(self.verb, self.sees))

    def sql(self, data_class: DataClass | None) -> str:
        return f"(select paivand_holds('{self.verb}', {_literal(self.sees)}))"


@dataclass(frozen=True)
class Mine(Rule):
    """The row's ``column`` names the user who asks."""

    column: str

    def q(self, by: User, data_class: DataClass | None) -> Q:
        return Q(**{self.column: by.pk})

    def allows(self, by: User, row: Any, data_class: DataClass | None) -> bool:
        return bool(getattr(row, self.column) == by.pk)

    def sql(self, data_class: DataClass | None) -> str:
        return f"{self.column} = (select paivand_user())"


@dataclass(frozen=True)
class Is(Rule):
    """The row's ``column`` has this value."""

    column: str
    value: str | bool

    def q(self, by: User, data_class: DataClass | None) -> Q:
        return Q(**{self.column: self.value})

    def allows(self, by: User, row: Any, data_class: DataClass | None) -> bool:
        return bool(getattr(row, self.column) == self.value)

    def sql(self, data_class: DataClass | None) -> str:
        if isinstance(self.value, bool):
            return f"{self.column} = {str(self.value).lower()}"
        return f"{self.column} = '{self.value}'"


@dataclass(frozen=True)
class IsNot(Rule):
    """The row's ``column`` has another value; the column is never null."""

    column: str
    value: str

    def q(self, by: User, data_class: DataClass | None) -> Q:
        return ~Q(**{self.column: self.value})

    def allows(self, by: User, row: Any, data_class: DataClass | None) -> bool:
        return bool(getattr(row, self.column) != self.value)

    def sql(self, data_class: DataClass | None) -> str:
        return f"{self.column} <> '{self.value}'"


@dataclass(frozen=True)
class ForLink(Rule):
    """The row's ``column`` holds the digest of the one-time link that is being answered.

    Nobody is signed in then, and no other row can be seen: see ``paivand.access.models.identity.for_link``.
    """

    column: str

    def q(self, by: User, data_class: DataClass | None) -> Q:
        return NOTHING

    def allows(self, by: User, row: Any, data_class: DataClass | None) -> bool:
        return False

    def sql(self, data_class: DataClass | None) -> str:
        return f"{self.column} = (select paivand_link())"


@dataclass(frozen=True)
class SignedIn(Rule):
    """Anyone with an identity."""

    def q(self, by: User, data_class: DataClass | None) -> Q:
        return EVERYTHING if by.is_active else NOTHING

    def allows(self, by: User, row: Any, data_class: DataClass | None) -> bool:
        return by.is_active

    def sql(self, data_class: DataClass | None) -> str:
        return "(select paivand_signed_in())"


@dataclass(frozen=True)
class During(Rule):
    """The system itself is at work for a named purpose, such as ``sign-in``, before there is an identity.

    No person asks, so it adds nothing to what a user sees through the application.
    """

    purpose: str

    def q(self, by: User, data_class: DataClass | None) -> Q:
        return NOTHING

    def allows(self, by: User, row: Any, data_class: DataClass | None) -> bool:
        return False

    def sql(self, data_class: DataClass | None) -> str:
        return f"(select paivand_purpose('{self.purpose}'))"


@dataclass(frozen=True)
class Anyone(Rule):
    """Anyone, signed in or not: for tables that tell nothing about a person but are written under a right."""

    def q(self, by: User, data_class: DataClass | None) -> Q:
        return EVERYTHING

    def allows(self, by: User, row: Any, data_class: DataClass | None) -> bool:
        return True

    def sql(self, data_class: DataClass | None) -> str:
        return "true"


@dataclass(frozen=True)
class Never(Rule):
    """Nobody."""

    def q(self, by: User, data_class: DataClass | None) -> Q:
        return NOTHING

    def allows(self, by: User, row: Any, data_class: DataClass | None) -> bool:
        return False

    def sql(self, data_class: DataClass | None) -> str:
        return "false"


def _literal(data_class: DataClass | None) -> str:
    return f"'{data_class}'" if data_class else "null"


@dataclass(frozen=True)
class Policy:
    """Who may see, add, change and delete the rows of one table.

    Args:
        view: for reading.
        add: checked against the new row.
        change: checked against the row before and after. Without it the table is append-only for the application.
        remove: for deleting; nearly always absent.
        data_class: the class of the table's personal data; a role must be allowed to see it.
        only: the columns that may change at all; for histories that stay as they were written but move with their
            record to another worker. Empty: every column.
    """

    view: Rule
    add: Rule
    change: Rule | None = None
    remove: Rule | None = None
    data_class: DataClass | None = None
    only: tuple[str, ...] = ()

    def visible(self, by: User) -> Q:
        """The filter of what ``by`` sees."""
        return self.view.q(by, self.data_class)

    def shows(self, by: User, row: models.Model) -> bool:
        """Whether ``by`` sees this row."""
        return self.view.allows(by, row, self.data_class)

    def statements(self, table: str, role: str) -> list[str]:
        """The grants and row-security policies of ``table`` for the application's database role."""
        grants = ["select", "insert"]
        rules = [("select", "using", self.view), ("insert", "with check", self.add)]
        for command, rule in (("update", self.change), ("delete", self.remove)):
            if rule:
                grants.append(f"update ({', '.join(self.only)})" if command == "update" and self.only else command)
                rules.append((command, "using", rule))
        lines = [
            f'alter table "{table}" enable row level security',
            f'revoke all on "{table}" from "{role}"',
            f'grant {", ".join(grants)} on "{table}" to "{role}"',
        ]
        for command, clause, rule in rules:
            condition = rule.sql(self.data_class)
            check = f" with check ({condition})" if command == "update" else ""
            lines.append(
                f'create policy "{policy_name(table, command)}" on "{table}" for {command} to "{role}" '
                f"{clause} ({condition}){check}"
            )
        return lines


def policy_name(table: str, command: str) -> str:
    """The name of the policy of ``table`` for one SQL command."""
    return f"{table}_{command}"[:63]


class Guarded:
    """Mixin of models whose table has a policy. The declaration is the class attribute ``policy``."""

    policy: ClassVar[Policy]


LIBRARY_POLICIES: dict[str, Policy] = {}
"""Policies of tables whose models cannot declare one, because libraries or ``core`` own them; filled by ``library``."""
