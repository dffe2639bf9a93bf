"""What a referral may grow out of, in rooms above: they tell its code and whom it is about."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from paivand.access.models import User


@dataclass(frozen=True, slots=True)
class Origin:
    """A case, as far as a referral needs it.

    Args:
        kind: what it is: see ``rules.referrals.OriginKind``.
        key: its key.
        family: the family it is about.
        reference: the code under which the receiver speaks of the person.
        people: the people it concerns, the main one first.
        told: further facts for the lens, by its codes.
    """

    kind: str
    key: uuid.UUID
    family: uuid.UUID
    reference: str
    people: tuple[uuid.UUID, ...] = ()
    told: Mapping[str, str] = field(default_factory=dict)


ORIGINS: dict[str, Callable[[User, uuid.UUID], Origin | None]] = {}
"""Filled by the rooms above when the program starts, in their ``apps``: the arrow still points down.

A function gives the origin with this key, or None where the asking user may not work with it.
"""


def origin_of(by: User, kind: str, key: uuid.UUID) -> Origin | None:
    """The origin with this key, as far as ``by`` may work with it."""
    return ORIGINS[kind](by, key) if kind in ORIGINS else None
