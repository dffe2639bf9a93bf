"""Whose families a worker carries on her device: her own first, then those near them, within her reach and a limit.

A device is lost more easily than a screen is left open, so it holds less than its worker may read. Break-glass lends
reading on the screen only: no list of a device is made longer by it.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property

from django.db.models import Q, QuerySet

from paivand.access.models import User
from paivand.access.models.policies import InScope
from paivand.access.rules.verbs import Verb
from paivand.cases.models import Case
from paivand.cases.rules.cases import CaseState
from paivand.core.rules.privacy import DataClass
from paivand.registry.models import Family
from paivand.registry.queries.families import on_related
from paivand.registry.rules.families import FamilyState

MOST_FAMILIES = 5_000
"""Families on one device. Collect grows slow above some fifty thousand rows, and each family brings its members."""

NEWCOMERS = 1_000
"""Families for a worker who has no case, no family and no team yet: the newest of her reach."""


class Near(IntEnum):
    """How near a family is to a worker; the nearest stand first and are the last to be cut off."""

    CASE = 0
    OWN = 1
    TEAM = 2
    VILLAGE = 3
    REACH = 4


def reached(by: User) -> QuerySet[Family]:
    """The families of which ``by`` may hold anything on a device: active, and hers to change, names included."""
    if Verb.FORM_FILL not in by.verbs:
        none: QuerySet[Family] = Family.objects.none()
        return none
    found: QuerySet[Family] = Family.objects.filter(
        InScope(Verb.FAMILY_EDIT).q(by, DataClass.FAMILY),
        on_related("head__", InScope(Verb.FAMILY_EDIT).q(by, DataClass.IDENTITY)),
        state=FamilyState.ACTIVE,
    )
    return found


@dataclass(frozen=True)
class Carried:
    """The families of one worker's device."""

    by: User
    most: int = MOST_FAMILIES

    @cached_property
    def ranked(self) -> dict[uuid.UUID, Near]:
        """Each family with how near it is, the nearest first.

        Every question is an equality on one indexed column: a condition with ``or`` would read a whole district.
        """
        by, found = self.by, dict[uuid.UUID, Near]()
        cases = Case.objects.seen_by(by).filter(owner_id=by.pk).exclude(state=CaseState.CLOSED)
        self._add(found, Near.CASE, reached(by).filter(pk__in=list(cases.values_list("family_id", flat=True))))
        self._add(found, Near.OWN, reached(by).filter(owner_id=by.pk))
        near = self._villages(list(found))
        if by.team_id:
            self._add(found, Near.TEAM, reached(by).filter(team_id=by.team_id))
        if near:
            jamoats = {jamoat for jamoat, _village in near}
            rows = reached(by).filter(jamoat_id__in=jamoats, village__in={village for _jamoat, village in near})
            pairs = rows.order_by("-number").values_list("pk", "jamoat_id", "village")[: self.most]
            self._fill(found, Near.VILLAGE, (pk for pk, jamoat, village in pairs if (jamoat, village) in near))
        if not found:
            self._add(found, Near.REACH, reached(by), most=NEWCOMERS)
        return found

    @cached_property
    def ids(self) -> list[uuid.UUID]:
        """The families, the nearest first."""
        return list(self.ranked)

    @cached_property
    def token(self) -> str:
        """Changes whenever another family enters, or one leaves, or one comes nearer."""
        told = "".join(f"{pk.hex}{near:d}" for pk, near in sorted(self.ranked.items()))
        return hashlib.blake2b(told.encode(), digest_size=16).hexdigest()

    def _add(
        self, found: dict[uuid.UUID, Near], near: Near, rows: QuerySet[Family], *, most: int = MOST_FAMILIES
    ) -> None:
        newest = rows.order_by("-number").values_list("pk", flat=True)
        self._fill(found, near, newest[: min(most, self.most)])

    def _fill(self, found: dict[uuid.UUID, Near], near: Near, keys: Iterable[uuid.UUID]) -> None:
        for pk in keys:
            if len(found) >= self.most:
                return
            found.setdefault(pk, near)

    def _villages(self, ids: list[uuid.UUID]) -> set[tuple[str, str]]:
        rows = reached(self.by).filter(pk__in=ids).exclude(village="").order_by()
        return set(rows.values_list("jamoat_id", "village").distinct())


def people_within(by: User) -> Q:
    """The people whom ``by`` may hold on a device."""
    return InScope(Verb.FAMILY_EDIT).q(by, DataClass.IDENTITY)


def same_people(ids: Iterable[uuid.UUID], arrows: dict[uuid.UUID, uuid.UUID]) -> dict[uuid.UUID, uuid.UUID]:
    """For each record the one that stays for the person, along the arrows of merges."""
    ends = {}
    for pk in ids:
        end = pk
        while end in arrows:
            end = arrows[end]
        ends[pk] = end
    return ends
