"""Visits that tell something of people, and how these stand in the registry and in the list of a phone."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any
from xml.etree import ElementTree as ET  # only for the tree

import pytest
from django.db import transaction
from django.utils import timezone

from paivand.access.models.identity import acting_as
from paivand.collect.actions.entities import write_entities
from paivand.collect.actions.taking import take_submission
from paivand.collect.models import EntityChange, Submission
from paivand.collect.queries.field_lists import field_list
from paivand.collect.queries.members import person_named, standing_of
from paivand.collect.rules.filled import read_filled
from paivand.core.rules.errors import Refused
from paivand.registry.actions.migration import record_absence
from paivand.registry.models import Absence, FamilyMember, Person
from paivand.registry.rules.drafts import AbsenceDraft
from paivand.registry.rules.migration import AbsenceStatus as A
from tests.cases.case_cast import people_of
from tests.cast import fresh
from tests.collect.on_phone import arrived, filled_xml

TODAY = timezone.localdate()


def about(family: Any, *people: dict[str, Any], on: date = TODAY, **more: str) -> bytes:
    """A home visit that tells something of people, as a phone sends it."""
    answers = {
        "family": str(family.pk), "visit/happened_on": str(on), "visit/way": "home", "visit/outcome": "completed",
        "visit/people": str(family.head_id), "changed/changes": "people", **more,
    }  # fmt: skip
    for n, told in enumerate(people, 1):
        answers |= {f"somebody[{n}]/{name}": str(value) for name, value in told.items() if name not in META}
        answers[f"somebody[{n}]/differs"] = " ".join(name for name in ("lives", "absence") if name in told)
    root = ET.fromstring(filled_xml("home_visit", answers))  # noqa: S314  # our own
    for part, told in zip(root.findall("somebody"), people, strict=True):
        _drop_untold(part, told)
        entity = part.find("meta/entity")
        assert entity is not None
        entity.attrib.update(
            {
                "id": str(told["person"]), "update": "1", "baseVersion": str(told.get("base", 1)),
                "trunkVersion": str(told.get("trunk", "")), "branchId": str(told.get("branch", "")),
            }
        )  # fmt: skip
    return ET.tostring(root)


META = {"base", "trunk", "branch"}


def _drop_untold(part: ET.Element, told: dict[str, Any]) -> None:
    """A phone leaves out what was not asked."""
    for question in list(part):
        if question.tag not in {*told, "meta", "differs"}:
            part.remove(question)


def left(person: Any, **more: Any) -> dict[str, Any]:
    return {"person": person, "lives": "abroad", "country": "RU", "left_month": "2026-03-01", **more}


def write(by: Any, xml: bytes, *, sent: Submission | None = None, now: Any = None) -> list[EntityChange]:
    """Carry a form out, in one transaction as the engine does."""
    sent = sent or arrived(by, xml)
    by.forget_rights()
    with acting_as(by), transaction.atomic():
        return write_entities(filled=read_filled(xml), sent=sent, by=by, now=now)


def taken_in(by: Any, xml: bytes) -> None:
    """Let the engine take it in: the form's taker, and then the entries of lists that it makes or changes."""
    sent = arrived(by, xml)
    by.forget_rights()
    with acting_as(by):
        take_submission(sent=sent, filled=read_filled(xml), answers={}, by=by)


def refused(by: Any, xml: bytes, **more: Any) -> tuple[str, str | None]:
    with pytest.raises(Refused) as said:
        write(by, xml, **more)
    return said.value.code, said.value.field


@pytest.fixture
def farhod(zarina: Any, family: Any) -> uuid.UUID:
    """A grown son, who may go abroad."""
    with acting_as(zarina):
        key: uuid.UUID = people_of(family)["Фарҳод"].pk
    return key


@pytest.fixture
def nigina(zarina: Any, family: Any) -> uuid.UUID:
    with acting_as(zarina):
        key: uuid.UUID = people_of(family)["Нигина"].pk
    return key


def stands(by: Any, key: uuid.UUID) -> dict[str, str]:
    with acting_as(by):
        named = person_named(fresh(by), key)
        assert named is not None
        return standing_of(by, named)


def row_of(by: Any, key: uuid.UUID) -> dict[str, str] | None:
    """The person in the list of people that ``by`` carries."""
    with acting_as(by):
        found = field_list(fresh(by), "people")
        return next((dict(zip(found.columns, row, strict=True)) for row in found.rows if row[0] == str(key)), None)


def person_of(by: Any, key: uuid.UUID) -> Person:
    with acting_as(by):
        found: Person = Person.objects.get(pk=key)
    return found


def member_of(by: Any, key: uuid.UUID) -> FamilyMember:
    with acting_as(by):
        found: FamilyMember = FamilyMember.objects.select_related("person", "family").get(person_id=key)
    return found


def silent(by: Any, family: Any, key: uuid.UUID, status: A = A.SILENT_LT6M, on: date = TODAY) -> Absence:
    """A tie written down on the screen."""
    with acting_as(by):
        return record_absence(family=family, draft=AbsenceDraft(status, on, key), by=by)
