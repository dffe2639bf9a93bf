"""The page of audit events: what is written down about who did what."""

from __future__ import annotations

from docs.pages.markdown import code, document, first_paragraph, table
from docs.pages.sources import actions
from paivand.access.models import AuditEvent
from paivand.access.rules.events import EVENT_NAMES
from paivand.access.rules.verbs import Verb

_COLUMNS = {
    "id": "key in the order of birth",
    "at": "when",
    "event": "the name below",
    "sealed": "whether it betrays that the sealed room was worked in; shown to `audit.sealed` only",
    "outcome": "`done` or `refused`",
    "actor_id": "who acted; empty for a failed sign-in",
    "actor_name": "the name of who acted, as it was then",
    "roles": "the roles that the actor held then",
    "subject_type": "the kind of record it concerns",
    "subject_id": "the key of that record",
    "subject_label": "a family's code or a user's name; never the name of a person served",
    "reason": "the reason that was written, where one is asked for",
    "detail": "names of changed fields, counts and codes; `why` says why something was refused",
    "address": "the network address",
    "district_id": "where the record lies: district",
    "agency_id": "where the record lies: agency",
    "team_id": "where the record lies: team",
    "owner_id": "where the record lies: who is responsible",
}


def page() -> str:
    """The whole page."""
    written: dict[str, list[str]] = {}
    noted: dict[str, list[str]] = {}
    for action in actions():
        written.setdefault(action.verb, []).append(code(action.name))
        noted.setdefault(action.verb, []).extend(action.remarks)
    rows = [
        [
            code(event),
            f"… {words}",
            "yes" if event in set(Verb) else "no",
            ", ".join(written.get(event, [])),
            ", ".join(code(word) for word in dict.fromkeys(noted.get(event, []))),
        ]
        for event, words in sorted(EVENT_NAMES.items())
    ]
    return document(
        "Audit events",
        first_paragraph(AuditEvent.__doc__),
        "Events with the outcome `done` are written in the transaction of what they tell about. If the event cannot be "
        "written, nothing else is. A refusal undoes the action and leaves an event with the outcome `refused`. "
        "The database lets the application add and read these rows, and neither change nor delete them.",
        table(["event", "read aloud", "is a verb too", "written by", "noted beside it"], rows),
        "Events without an action are written by sign-in and by the pages that refuse: `paivand/access/views/`.",
        "## Columns",
        table(
            ["column", "meaning"], [[code(f.attname), _COLUMNS[f.attname]] for f in AuditEvent._meta.concrete_fields]
        ),
    )
