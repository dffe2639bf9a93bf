"""What is known of families beyond their registration, for writing down many at once."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from paivand.registry.rules.drafts import (
    AbsenceDraft,
    BanDraft,
    DocumentDraft,
    MigrationDraft,
    ParticularsDraft,
    RemittanceDraft,
    ReturnDraft,
)


@dataclass(frozen=True, slots=True)
class StayDraft:
    """One stay abroad; without ``end`` it is not over."""

    departure: MigrationDraft
    end: ReturnDraft | None = None


@dataclass(frozen=True, slots=True)
class PersonStory:
    """What is known of one member."""

    person_id: uuid.UUID
    particulars: ParticularsDraft | None = None
    documents: tuple[DocumentDraft, ...] = ()
    stays: tuple[StayDraft, ...] = ()
    bans: tuple[BanDraft, ...] = ()


@dataclass(frozen=True, slots=True)
class FamilyStory:
    """What is known of one family; the statuses of each migrant in the order of their days."""

    family_id: uuid.UUID
    people: tuple[PersonStory, ...]
    absences: tuple[AbsenceDraft, ...] = ()
    remittances: tuple[RemittanceDraft, ...] = ()
