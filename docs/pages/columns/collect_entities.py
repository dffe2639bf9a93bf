"""The table of what devices did with the entries of their lists."""

from __future__ import annotations

COLUMNS: dict[str, dict[str, str]] = {
    "collect_entitychange": {
        "submission_id": "the form that did it",
        "dataset": "the list: families or people",
        "entity_id": "the entry by the key that the device used",
        "row_id": "the key of the registered row to which that led; the same, unless the form was attached to another",
        "family_id": "the family to which it led",
        "kind": "whether the entry was made or changed",
        "at": "when it was carried out",
        "base_version": "the version that the device said it had changed",
        "trunk_version": "the version of the server from which its row of changes began",
        "branch_id": "the row of changes without the server to which it belongs",
        "seen_version": "the version of the registered row that the device knew; empty where nobody can know it",
        "row_version": "the version of the registered row afterwards",
        "conflict": "soft: changed beside another change; hard: the same was changed twice; else empty",
        "disputed": "the properties that somebody else changed meanwhile",
        "is_forced": "whether it was applied although the change before it never came",
        "told": "sealed: the values as sent and as they stood before; empty once they were erased",
        "resolution": "how a person settled the conflict: sent, former or other",
        "resolved_at": "when it was settled",
        "resolved_by_id": "by whom",
    },
}
