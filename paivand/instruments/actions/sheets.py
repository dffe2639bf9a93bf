"""Questionnaires that were answered on paper and are written down many at a time: checked and scored as any other."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from paivand.access.actions.mechanism import action, record_events, remark
from paivand.access.models import User
from paivand.access.rules.scopes import Scope
from paivand.access.rules.verbs import Verb
from paivand.core.rules.errors import Refused
from paivand.instruments.actions.assessments import (
    assessment_step,
    demand_age,
    demand_answered,
    demand_near,
    demand_possible,
    note_unasked,
    score_rows,
)
from paivand.instruments.actions.flags import flag_rows
from paivand.instruments.models import Assessment, RedFlag, Score
from paivand.instruments.rules.answers import Answer, kept
from paivand.instruments.rules.catalogue import instrument as declared_instrument
from paivand.instruments.rules.instruments import Flag, Instrument
from paivand.instruments.rules.scores import Reading, raised_by_answers, raised_by_scores, readings
from paivand.instruments.rules.states import Stage, State
from paivand.registry.actions.journey import demand_agreed
from paivand.registry.models import Family, FamilyMember, JourneyStep, Person
from paivand.registry.queries.consents import grounds


@dataclass(frozen=True, slots=True)
class Sheet:
    """One questionnaire on paper.

    Args:
        key: of the questionnaire in the database, so that a sheet is written down once.
        person: None where the questions are about the household.
        written_at: when it was written down; now unless told.
    """

    key: uuid.UUID
    family: Family
    person: Person | None
    instrument: str
    stage: Stage
    answered_on: date
    answers: Mapping[str, Answer]
    written_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Read:
    """A sheet that was checked, with what it comes to."""

    row: Assessment
    declared: Instrument
    found: list[Reading]
    flags: list[Flag]


@action(Verb.ASSESSMENT_RECORD, on="scope")
def record_sheets(*, scope: Scope, sheets: Sequence[Sheet], by: User) -> list[Assessment]:
    """Write down completed questionnaires of families of one district, with scores, red flags and journey.

    Raises:
        Refused: ``twice`` when one of them is there already; ``elsewhere`` for a family of another place; else as for
            beginning, answering and completing one, for the first that cannot be. Then nothing is written.
    """
    if Assessment.objects.filter(pk__in=[sheet.key for sheet in sheets]).exists():
        raise Refused(_("This form was saved already."), "twice")
    ground = grounds(by, [(sheet.person or sheet.family.head).pk for sheet in sheets])
    _demand_members(sheets)
    read = []
    for sheet in sheets:
        if sheet.family.district_id != scope.district_id:
            raise Refused(_("A family lies elsewhere. Write its sheets down where it belongs."), "elsewhere")
        asked = sheet.person or sheet.family.head
        demand_agreed(asked, ground[asked.pk])
        read.append(_read(sheet, by))
    rows = [one.row for one in read]
    Assessment.objects.bulk_create(rows)
    Score.objects.bulk_create(
        score for one in read for score in score_rows(one.row, one.declared, one.found, by, _written_at(one.row))
    )  # fmt: skip
    flags = [flag for one in read for flag in flag_rows(one.row, one.flags, by, _written_at(one.row))]
    RedFlag.objects.bulk_create(flags)
    JourneyStep.objects.bulk_create(assessment_step(one.row, one.row.family, one.found, by) for one in read)
    record_events(Verb.ASSESSMENT_RECORD, rows, by=by)
    remark(act="sheets", sheets=len(rows), flags=len(flags))
    return rows


def _demand_members(sheets: Sequence[Sheet]) -> None:
    asked = {(sheet.family.pk, sheet.person.pk) for sheet in sheets if sheet.person}
    present = set(
        FamilyMember.objects.filter(
            family__in={family for family, _person in asked}, person__in={person for _family, person in asked},
            until_on=None,
        ).values_list("family_id", "person_id")
    )  # fmt: skip
    if asked - present:
        raise Refused(_("Choose the member of the family whom you ask."), "person", field="person")


def _read(sheet: Sheet, by: User) -> _Read:
    """Check a sheet, and compute it."""
    declared = declared_instrument(sheet.instrument)
    if declared is None or declared.retired:
        raise Refused(_("This questionnaire is not in use. Choose one of the list."), "instrument", field="instrument")
    if declared.about_person != (sheet.person is not None):
        message = (
            _("Choose the member of the family whom you ask.")
            if declared.about_person
            else _("These questions are about the household as a whole.")
        )
        raise Refused(message, "person", field="person")
    if sheet.person:
        demand_age(declared, sheet.person, sheet.answered_on)
    known = {item.code for item in declared.items()}
    if set(sheet.answers) - known:
        raise Refused(_("This questionnaire has no such part. Begin again from its first page."), "section")
    for part in declared.sections:
        own = {item.code for item in part.items}
        demand_possible(part, {code: answer for code, answer in sheet.answers.items() if code in own})
    answers = kept(sheet.answers, declared)
    moment = sheet.written_at or timezone.now()
    demand_answered(answers, declared)
    demand_near(sheet.answered_on, timezone.localdate(), timezone.localdate(moment))
    note_unasked(answers, declared)
    found = readings(declared, answers)
    family = sheet.family
    row = Assessment(
        id=sheet.key, family=family, person=sheet.person, instrument=declared.code,
        instrument_version=declared.version, stage=sheet.stage, recorded_by=by, state=State.COMPLETED,
        answers={code: one.stored() for code, one in answers.items()}, section=declared.sections[-1].code,
        answered_on=sheet.answered_on, completed_at=moment, district_id=family.district_id,
        agency_id=family.agency_id, team_id=family.team_id, owner_id=family.owner_id,
    )  # fmt: skip
    return _Read(row, declared, found, [*raised_by_answers(declared, answers), *raised_by_scores(declared, found)])


def _written_at(row: Assessment) -> datetime:
    return row.completed_at or timezone.now()
