"""The guards' world, room by room, from below to above."""

from __future__ import annotations

from tests.guards.rooms import (
    cases,
    directory,
    evidence_exports,
    evidence_pages,
    evidence_reports,
    field_door,
    field_inbox,
    instruments,
    learning,
    learning_assessment,
    learning_certificates,
    learning_fields,
    learning_following,
    outreach,
    oversight,
    programme,
    protection,
    records,
    referrals,
    selection,
)

ROOMS = (
    programme,
    instruments,
    directory,
    referrals,
    cases,
    selection,
    records,
    oversight,
    protection,
    learning,
    learning_certificates,
    learning_following,
    learning_assessment,
    learning_fields,
    outreach,
    evidence_pages,
    evidence_reports,
    evidence_exports,
    field_door,
    field_inbox,
)
