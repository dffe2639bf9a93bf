"""Answers for the tests of questionnaires, given through the actions."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.utils import timezone

from paivand.core.models import new_id
from paivand.core.rules.errors import Refused
from paivand.instruments.actions.assessments import begin_assessment, complete_assessment, save_answers
from paivand.instruments.models import Assessment
from paivand.instruments.rules.answers import Answer
from paivand.instruments.rules.catalogue import instrument
from paivand.instruments.rules.instruments import Evidence, Instrument
from paivand.instruments.rules.states import Stage
from paivand.registry.models import Family, Person
from paivand.registry.rules import Relation

DAYS = ("not_at_all", "several_days", "more_than_half", "nearly_every_day")


def declared(code: str) -> Instrument:
    found = instrument(code)
    assert found is not None
    return found


def child_of(family: Family) -> Person:
    """The elder child."""
    found: Person = family.members.filter(relation=Relation.CHILD).order_by("person__birth_on").first().person
    return found


def begun(family: Family, by: Any, code: str = "phq4", person: Person | None = None, **changes: Any) -> Assessment:
    who = person or (family.head if declared(code).about_person else None)
    values = {"assessment_id": new_id(), "stage": Stage.SINGLE, **changes}
    return begin_assessment(family=family, person=who, instrument=code, by=by, **values)


def worry(n: int) -> dict[str, Answer]:
    """Four answers to PHQ-4, each ``n`` points."""
    return {item: Answer(DAYS[n]) for item in ("nervous", "worry", "interest", "down")}


def profile(**yes: str) -> dict[str, Answer]:
    """Every criterion of the profile: no, or yes with its evidence; what cannot wait is no unless named."""
    told = {}
    for item in declared("vulnerability").items():
        if item.code in yes:
            told[item.code] = Answer("yes", evidence=yes[item.code] if item.evidence else "")
        else:
            told[item.code] = Answer("no")
    return told


SEEN = Evidence.SEEN


def answered(row: Assessment, answers: dict[str, Answer], by: Any) -> Assessment:
    """The answers of every section, one section after another."""
    for section in declared(row.instrument).sections:
        own = {item.code: answers[item.code] for item in section.items if item.code in answers}
        row = save_answers(assessment=row, section=section.code, answers=own, version=row.version, by=by)
    return row


def completed(row: Assessment, by: Any, on: date | None = None, **changes: Any) -> Assessment:
    values = {"answered_on": on or timezone.localdate(), "version": row.version, **changes}
    return complete_assessment(assessment=row, by=by, **values)


def asked(family: Family, by: Any, answers: dict[str, Answer], code: str = "phq4", **changes: Any) -> Assessment:
    """A completed questionnaire."""
    on = changes.pop("on", None)
    return completed(answered(begun(family, by, code, **changes), answers, by), by, on)


def refused(code: str) -> Any:
    """A context in which a refusal with this code must be raised."""
    return pytest.raises(Refused, check=lambda error: error.code == code)
