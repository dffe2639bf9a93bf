"""What each column of Paivand's own tables means. A column that is missing here stops the generator."""

from __future__ import annotations

from docs.pages.columns import (
    cases,
    certificates,
    collect_door,
    collect_entities,
    collect_inbox,
    collect_surveys,
    directory,
    evidence,
    evidence_reports,
    foundation,
    instruments,
    learning,
    learning_fields,
    outreach,
    oversight,
    programme,
    protection,
    records,
    referrals,
    selection,
)
from docs.pages.columns.foundation import LIBRARY

__all__ = ["COLUMNS", "COMMON", "LIBRARY", "meaning"]

COMMON = {
    "id": "key: a UUID of version 7, made without asking the database, in the order of birth",
    "version": "counts the changes; a form that holds an older one is refused",
    "created_at": "when the row was made",
    "changed_at": "when the row was changed last",
    "district_id": "where the row lies: district",
    "agency_id": "where the row lies: agency",
    "team_id": "where the row lies: team",
    "owner_id": "where the row lies: who is responsible",
    "recorded_by_id": "who wrote it down",
    "person_id": "the person it concerns",
}

COLUMNS: dict[str, dict[str, str]] = {
    table: columns
    for part in (
        foundation,
        collect_door,
        collect_surveys,
        collect_inbox,
        collect_entities,
        evidence,
        instruments,
        directory,
        referrals,
        cases,
        selection,
        records,
        oversight,
        programme,
        protection,
        learning,
        learning_fields,
        certificates,
        outreach,
        evidence_reports,
    )
    for table, columns in part.COLUMNS.items()
}


def meaning(table: str, column: str) -> str:
    """What a column means.

    Raises:
        LookupError: when nobody has written it down yet.
    """
    found = COLUMNS.get(table, {}).get(column) or COMMON.get(column)
    if not found:
        raise LookupError(f"Say in docs/pages/columns what {table}.{column} means.")
    return found
