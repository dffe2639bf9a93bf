"""A questionnaire answered in the field: begun, answered and completed as on the screens, with scores and red flags."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from paivand.access.models import User
from paivand.collect.actions.takers.parts import found_at, key_at, said_at
from paivand.collect.models import Submission
from paivand.collect.queries.entities import family_named
from paivand.collect.rules.filled import Filled
from paivand.collect.rules.instrument_forms import (
    EVIDENCE,
    INSTRUMENTS,
    ITEM,
    NO_ANSWER,
    REASON,
    SECTION,
    is_typed,
    version_asked,
)
from paivand.collect.rules.taking import Made, Taken
from paivand.core.rules.errors import Refused
from paivand.instruments.actions.assessments import begin_assessment, complete_assessment, save_answers
from paivand.instruments.models import Assessment
from paivand.instruments.rules.answers import Answer
from paivand.instruments.rules.catalogue import instrument
from paivand.instruments.rules.instruments import Instrument, Item, Section
from paivand.instruments.rules.states import Mode, Stage
from paivand.registry.models import Family, Person
from paivand.registry.queries.families import members
from paivand.registry.rules.keys import row_key

ANSWERED_ON = "circumstances/answered_on"
_FIELDS = {"person": "person", "answered_on": ANSWERED_ON, "instrument": "family"}


def take(*, filled: Filled, sent: Submission, by: User, answers: Mapping[str, Any]) -> Taken:
    """Write the questionnaire down; who did not want to be asked leaves no trace but the form itself.

    Raises:
        Refused: as ``begin_assessment``, ``save_answers`` and ``complete_assessment``; ``version`` for one that is not
            installed; ``choose`` and ``gone``.
    """
    declared = instrument(INSTRUMENTS[filled.form], version_asked(filled.version))
    if declared is None:
        raise Refused(
            _("The questions of this version are not installed here. Tell your administrator: %(name)s.")
            % {"name": f"{filled.form}-{filled.version}"}, "version",
        )  # fmt: skip
    if filled.value("may_ask") != "yes":
        return Taken()
    family = _family(filled, by)
    key = row_key(sent.pk, "assessment")
    row = Assessment.objects.filter(pk=key).first()
    if row is None:
        row = _written(key, family, declared, filled, by)
    return Taken((
        Made("assessment", row.pk, family.code, "instruments:assessment-open", {"assessment_id": str(row.pk)}),
    ), (family.pk,))  # fmt: skip


def _family(filled: Filled, by: User) -> Family:
    named = family_named(by, key_at(filled, "family"))
    kept = Family.objects.seen_by(by).select_related("head")
    found: Family = found_at(filled, "family", kept) if named is None else kept.get(pk=named.family.pk)
    return found


def _person(filled: Filled, family: Family, by: User) -> Person:
    key = key_at(filled, "person")
    for member in members(by, family):
        if key in member.records:  # type: ignore[attr-defined]
            found: Person = member.person
            return found
    raise Refused(_("Choose the member of the family whom you ask."), "person", field="person")


def _written(key: uuid.UUID, family: Family, declared: Instrument, filled: Filled, by: User) -> Assessment:
    person = _person(filled, family, by) if declared.about_person else None
    answered_on = filled.day(ANSWERED_ON)
    if answered_on is None:
        raise Refused(_("Write the day on which it was asked."), "date", field=ANSWERED_ON)
    with said_at(_FIELDS, "family"):
        row = begin_assessment(
            assessment_id=key, family=family, person=person, instrument=declared.code, version=declared.version,
            stage=Stage(filled.value("circumstances/stage", Stage.SINGLE)),
            mode=Mode(filled.value("circumstances/mode")) if filled.value("circumstances/mode") else None, by=by,
            on=answered_on,
        )  # fmt: skip
    for section in declared.sections:
        with said_at({item.code: question(section, item) for item in section.items}, "family"):
            row = save_answers(
                assessment=row, section=section.code, answers=told(section, filled), version=row.version, by=by
            )
    try:
        with said_at(_FIELDS, "family"):
            return complete_assessment(assessment=row, answered_on=answered_on, version=row.version, by=by)
    except Refused as refused:
        bare = refused.detail.get("items")
        if not bare:
            raise
        where = evidence(declared, str(next(iter(bare))))  # type: ignore[call-overload]
        raise Refused(refused.message, refused.code, field=where) from refused


def told(section: Section, filled: Filled) -> dict[str, Answer]:
    """The answers of one section; what was left open is left out."""
    found: dict[str, Answer] = {}
    for item in section.items:
        value = filled.value(question(section, item))
        if not value and is_typed(item):
            value = filled.value(f"{SECTION}{section.code}/{REASON}{item.code}")
        if value.startswith(NO_ANSWER):
            found[item.code] = Answer(missing=value.removeprefix(NO_ANSWER))
        elif value:
            rests = filled.value(f"{SECTION}{section.code}/{EVIDENCE}{item.code}") if value in item.evidence else ""
            found[item.code] = Answer(value, evidence=rests)
    return found


def question(section: Section, item: Item) -> str:
    """Where an item stands in the form."""
    return f"{SECTION}{section.code}/{ITEM}{item.code}"


def evidence(declared: Instrument, code: str) -> str:
    """Where the form asks on what the answer to an item rests."""
    section = next(one for one in declared.sections if any(item.code == code for item in one.items))
    return f"{SECTION}{section.code}/{EVIDENCE}{code}"
