"""Entries of devices: to which registered row one leads, which are gone, and which changes met another."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from paivand.access.models import User
from paivand.access.models.identity import for_purpose
from paivand.collect.models import EntityChange, Submission
from paivand.collect.queries.field_lists import ENTITY_LISTS, field_list
from paivand.collect.queries.members import PEOPLE, as_told, person_named, standing_of
from paivand.collect.rules.entities import UPDATABLE, ChangeKind, Conflict
from paivand.collect.rules.members import ABSENCE_IN_FILE, IN_FILE, LIVES_NAMES, Lives
from paivand.core.rules.pages import Page
from paivand.registry.models import Family, Person
from paivand.registry.rules.families import HOUSING_NAMES, LAND_NAMES, Housing, LandTenure
from paivand.registry.rules.migration import ABSENCE_NAMES, AbsenceStatus

PAGE = 25
FAMILIES = "families"
_REGISTRY_KEYS = {5, 7}
"""The versions of the keys that are made here, for lists of families and on screens; devices make keys of version 4."""


@dataclass(frozen=True)
class Named:
    """The registered family to which an entry of a device leads.

    Args:
        is_same: whether it is the entry itself, so that versions the device names are versions of this row.
    """

    family: Family
    is_same: bool


def family_named(by: User, key: uuid.UUID) -> Named | None:
    """The family that a device calls ``key``, within the reach of ``by``.

    A file that was joined with another leads to the other; a form that was attached to a registered family, to that.
    """
    seen = Family.objects.seen_by(by).select_related("jamoat")
    found: Family | None = seen.filter(pk=key).first()
    is_same = True
    if found is None:
        made = EntityChange.objects.seen_by(by).filter(entity_id=key, dataset=FAMILIES, kind=ChangeKind.CREATE)
        led_to = made.exclude(family=None).order_by("-at").values_list("family_id", flat=True).first()
        found, is_same = (seen.filter(pk=led_to).first() if led_to else None), False
    if found is not None and found.merged_into_id:
        found, is_same = seen.filter(pk=found.merged_into_id).first() or found, False
    return Named(found, is_same) if found is not None else None


def taken_in_once(ids: Iterable[uuid.UUID]) -> set[uuid.UUID]:
    """Those of ``ids`` that the registry has or had: it made their keys itself, or took in the form that did.

    The others may belong to forms that are still on a device, or wait for a decision.
    """
    asked = set(ids)
    known = {pk for pk in asked if pk.version in _REGISTRY_KEYS}
    with for_purpose("upkeep"):
        rows = EntityChange.objects.filter(entity_id__in=asked - known, kind=ChangeKind.CREATE)
        return known | set(rows.values_list("entity_id", flat=True))


def whose_awaited_came(held: Iterable[Submission]) -> list[Submission]:
    """Those of forms that wait for earlier ones for which something of what they await came in since they were held."""
    awaited = {sent: {row.get("entity"): "base" in row for row in sent.problem_words.get("found", [])} for sent in held}
    keys = {key for rows in awaited.values() for key in rows if key}
    came = list(EntityChange.objects.filter(entity_id__in=keys).values_list("entity_id", "kind", "created_at"))
    return [
        sent
        for sent, rows in awaited.items()
        if not rows
        or any(
            at >= sent.changed_at or (kind == ChangeKind.CREATE and not rows[str(key)])
            for key, kind, at in came
            if str(key) in rows
        )
    ]


def deleted_states(by: User, name: str, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, bool]:
    """For the integrity of an entity list: whether each entry is gone from the device's list.

    Gone is what ended, was joined with another, or does not belong to the worker's list any more. What the registry
    never took in is left out: a device keeps what it made itself until it is here.

    Raises:
        KeyError: ``name`` is no entity list.
    """
    if name not in ENTITY_LISTS:
        raise KeyError(name)
    asked = set(ids)
    there = {row[0] for row in field_list(by, name).rows} if asked else set()
    known = taken_in_once(pk for pk in asked if str(pk) not in there)
    return {pk: pk in known for pk in asked if str(pk) in there or pk in known}


def changes_of(by: User, sent: Submission) -> list[EntityChange]:
    """What a form did with entries of lists."""
    return list(EntityChange.objects.seen_by(by).filter(submission=sent).select_related("family").order_by("at", "id"))


def open_conflicts(by: User, *, kind: Conflict | None = None, after: str = "", size: int = PAGE) -> Page[EntityChange]:
    """A page of changes that met another one and that nobody looked at yet, the newest first."""
    found = EntityChange.objects.seen_by(by).filter(resolution="").exclude(conflict="")
    if kind:
        found = found.filter(conflict=kind)
    moment, _mark, last = after.partition("~")
    if last:
        try:
            at, key = datetime.fromisoformat(moment), uuid.UUID(last)
        except ValueError:
            return Page([], None, more=False)
        found = found.filter(at__lte=at).exclude(at=at, pk__gte=key)
    rows = list(found.select_related("family", "owner", "submission__form").order_by("-at", "-pk")[: size + 1])
    return Page.cut(rows, size, lambda row: f"{row.at.isoformat()}~{row.pk}")


def change_by_id(by: User, key: uuid.UUID) -> EntityChange | None:
    """One change, if ``by`` may see it."""
    found = EntityChange.objects.seen_by(by).select_related("family__jamoat", "owner", "submission__form")
    row: EntityChange | None = found.filter(pk=key).first()
    return row


@dataclass(frozen=True)
class Side:
    """One property of a change, as the device sent it, as it stood before, and as it stands now, in words."""

    name: str
    label: str
    sent: str
    former: str
    now: str
    is_disputed: bool


def sides(by: User, change: EntityChange) -> list[Side]:
    """A change side by side with what it met; nothing once its family is out of reach, or its values were erased."""
    now = stands_now(by, change)
    sent, former = change.sent_values, change.former_values
    return [
        Side(
            name, property_label(name), property_words(name, sent[name]), property_words(name, former.get(name, "")),
            property_words(name, now.values[name]), name in change.disputed,
        )
        for name in ("village", "housing", "land", "lives", "absence")
        if now is not None and name in sent
    ]  # fmt: skip


@dataclass(frozen=True)
class Now:
    """What a change was about, as it stands: the row's version and its values, and whose name is shown, if one's."""

    version: int
    values: Mapping[str, str]
    person: Person | None = None


def stands_now(by: User, change: EntityChange) -> Now | None:
    """How the family or the person of a change stands, if ``by`` sees it."""
    if change.dataset == PEOPLE:
        named = person_named(by, change.row_id) if change.row_id else None
        return Now(named.person.version, as_told(standing_of(by, named)), named.person) if named else None
    found = Family.objects.seen_by(by).filter(pk=change.family_id).first() if change.family_id else None
    return Now(found.version, {name: str(getattr(found, name)) for name in UPDATABLE[FAMILIES]}) if found else None


def property_label(name: str) -> str:
    """What a property of a family or a person is called."""
    return {
        "village": _("Village or street"), "housing": _("House"), "land": _("Land"), "lives": _("Where now"),
        "absence": _("Contact and money"),
    }[name]  # fmt: skip


def property_words(name: str, value: str) -> str:
    """A value of a property in words."""
    if not value:
        return _("not known")
    if name == "housing" and value in set(Housing):
        return _(HOUSING_NAMES[Housing(value)])
    if name == "land" and value in set(LandTenure):
        return _(LAND_NAMES[LandTenure(value)])
    if name == "lives" and value in set(Lives):
        return _(LIVES_NAMES[Lives(value)])
    if name == "absence":
        return _(ABSENCE_IN_FILE if value == IN_FILE else ABSENCE_NAMES[AbsenceStatus(value)])
    return value
