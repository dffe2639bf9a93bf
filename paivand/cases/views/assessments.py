"""The section of a case with the questionnaires of its people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language

from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.cases.models import Case, CasePerson
from paivand.cases.queries.assessments import assessments_in, completed
from paivand.instruments.models import Assessment
from paivand.instruments.rules.catalogue import instrument

SHOWN = 6


@dataclass(frozen=True)
class Asked:
    """One questionnaire in a list: what it is called, and of whom it tells."""

    row: Assessment
    title: str
    person: CasePerson | None


def titles_of(rows: list[Assessment], people: list[CasePerson]) -> list[Asked]:
    """The questionnaires with their names in the reader's language and the people whom they are about."""
    of_record = {pk: person for person in people for pk in person.records}  # type: ignore[attr-defined]
    return [Asked(row, title_of(row), of_record.get(row.person_id)) for row in rows]


def title_of(row: Assessment) -> str:
    """What a questionnaire is called in the reader's language."""
    found = instrument(row.instrument, row.instrument_version) or instrument(row.instrument)
    language = (get_language() or "en")[:2]
    return (found.title.get(language) or found.title["en"]) if found else row.instrument


def section(by: User, case: Case) -> dict[str, Any]:
    """The questionnaires of its people, the latest first."""
    family, people = case.page_family, case.page_people  # type: ignore[attr-defined]
    rows = assessments_in(by, family, people) if family else []
    return {
        "assessments": titles_of(rows[:SHOWN], people),
        "assessments_more": len(rows) > SHOWN,
        "assessments_complete": completed(rows),
        "may_ask": case.is_open and bool(family) and by.reach(Verb.ASSESSMENT_RECORD).covers(case),
    }
