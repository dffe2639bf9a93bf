"""The questionnaires on which the work in a case can rest."""

from __future__ import annotations

import uuid

from paivand.access.models import User
from paivand.cases.models import CasePerson
from paivand.instruments.models import Assessment
from paivand.instruments.queries.assessments import assessment, assessments_of
from paivand.instruments.rules.states import State
from paivand.registry.models import Family


def assessments_in(by: User, family: Family, people: list[CasePerson]) -> list[Assessment]:
    """Questionnaires of the people of a case and of their family, the latest first."""
    return assessments_of(by, family, present=people)


def completed(rows: list[Assessment]) -> list[Assessment]:
    """Those of ``rows`` that are complete: the work may rest on one of them."""
    return [row for row in rows if row.state == State.COMPLETED]


def assessment_in(by: User, rows: list[Assessment], assessment_id: uuid.UUID) -> Assessment | None:
    """One of ``rows``, with its family and person."""
    return assessment(by, assessment_id) if any(row.pk == assessment_id for row in rows) else None
