"""What the page of a case shows of what is written down within it."""

from __future__ import annotations

import uuid
from typing import Any

from django.utils import timezone

from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.cases.models import Case, GroupMember, LegalMatter, PsychosocialSession, Schooling
from paivand.cases.queries import legal, records, schooling, sessions
from paivand.cases.queries.contents import Kinds


def section(by: User, case: Case) -> dict[str, Any]:
    """Visits, notes, conferences, papers, legal matters, sessions and schooling: the latest, and what waits."""
    there: Kinds = case.page_kinds  # type: ignore[attr-defined]
    book = records.book_of(by, case, there)
    matters = legal.matters_of(by, case) if LegalMatter in there else []
    rows = sessions.sessions_of(by, case) if PsychosocialSession in there else []
    places = sessions.group_places(by, case) if GroupMember in there else []
    ways = schooling.schoolings_of(by, case) if Schooling in there else []
    told: list[Any] = [*matters, *rows, *places, *ways, *(row for row in book.documents if row.person_id)]
    named = {row.person_id for row in told}
    met = [one.visit for one in [*book.planned, *book.visits]]
    names = _names(by, case, named | records.people_met(met))
    book.visits = records.told([one.visit for one in book.visits], names)
    by_person = records.grouped(rows, "person_id")
    return {
        "book": book,
        "papers": [(row, names.get(row.person_id, "") if row.person_id else "") for row in book.documents],
        "matters": [
            (one, names.get(one.matter.person_id, "")) for one in legal.matters_told(matters, timezone.localdate())
        ],
        "sessions": [(names.get(person, ""), person, theirs) for person, theirs in by_person.items()],
        "group_places": [(row, names.get(row.person_id, "")) for row in places],
        "schoolings": [(row, names.get(row.person_id, ""), schooling.next_check(row)) for row in ways],
        "may_write": case.is_open and by.reach(Verb.CASE_WORK).covers(case),
        "today": timezone.localdate(),
    }


def _names(by: User, case: Case, asked: set[uuid.UUID]) -> dict[uuid.UUID, str]:
    """The names of these people: those of the case as its page shows them, and others who were in it once."""
    told: dict[uuid.UUID, str] = {}
    inside: set[uuid.UUID] = set()
    for row in case.page_people:  # type: ignore[attr-defined]
        inside |= set(row.records)
        if row.shown:
            told |= dict.fromkeys(row.records, row.shown.full_name)
    others = asked - inside
    return told | (records.names_of(by, others) if others else {})
