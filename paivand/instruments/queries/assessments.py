"""Questionnaires that were answered, and what they came to, as the asking user may see it; merged records are one."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet

from paivand.access.models import User
from paivand.instruments.models import Assessment, Score
from paivand.instruments.rules.answers import read_answers
from paivand.instruments.rules.catalogue import instrument
from paivand.instruments.rules.scores import raised_by_answers
from paivand.instruments.rules.states import State
from paivand.registry.models import Family
from paivand.registry.queries.families import members
from paivand.registry.queries.people import same_family, same_person
from paivand.registry.rules.families import FamilyState

VULNERABILITY, SEVERITY = "vulnerability", "severity"


def assessment(by: User, assessment_id: uuid.UUID) -> Assessment | None:
    """One answered questionnaire with its family and person; none of a file whose head withdrew the consent."""
    found: Assessment | None = (
        _seen(by).filter(pk=assessment_id).select_related("family__jamoat", "family__head", "person").first()
    )
    return None if found and found.family.is_withdrawn else found


def assessments_of(by: User, family: Family, *, present: Sequence[Any] | None = None) -> list[Assessment]:
    """All questionnaires of a family and of its present members, the latest first; none that was set aside.

    Args:
        present: the members as ``registry.queries.families.members`` gives them, where they are known already.
    """
    people: Sequence[Any] = members(by, family) if present is None else present
    records = [pk for member in people for pk in member.records]
    of_family = Q(family_id__in=same_family(by, family), person=None)
    found = _seen(by).filter(of_family | Q(person_id__in=records)).exclude(state=State.SET_ASIDE)
    return _latest_first(found)


def assessments_of_people(by: User, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, list[Assessment]]:
    """The questionnaires of each of these people, the latest first; none that was set aside."""
    asked = list(ids)
    records = same_person(by, asked)
    found: defaultdict[uuid.UUID, list[Assessment]] = defaultdict(list)
    for row in _latest_first(_seen(by).filter(person_id__in=list(records)).exclude(state=State.SET_ASIDE)):
        if row.person_id:
            found[records[row.person_id]].append(row)
    return {person: found[records[person]] for person in asked}


def same_questions(by: User, row: Assessment) -> list[Assessment]:
    """The completed questionnaires of the same kind about the same person or family, the earliest first."""
    found = _seen(by).filter(instrument=row.instrument, state=State.COMPLETED)
    if row.person_id:
        records = same_person(by, [row.person_id])
        kept = records[row.person_id]
        found = found.filter(person_id__in=[pk for pk, other in records.items() if other == kept])
    else:
        found = found.filter(family_id__in=same_family(by, row.family), person=None)
    return list(found.order_by("answered_on", "completed_at"))


def draft_of(by: User, family: Family, person: uuid.UUID | None, code: str) -> Assessment | None:
    """The questionnaire that is being answered with this person, or with this family, already."""
    found = _seen(by).filter(instrument=code, state=State.DRAFT)
    if person:
        found = found.filter(person_id__in=list(same_person(by, [person])))
    else:
        found = found.filter(family_id__in=same_family(by, family), person=None)
    first: Assessment | None = found.order_by("-id").first()
    return first


def unfinished(by: User, *, limit: int = 20) -> list[Assessment]:
    """What ``by`` began and has not completed, the latest first."""
    found = _seen(by).filter(recorded_by=by, state=State.DRAFT).exclude(family__state=FamilyState.WITHDRAWN)
    return list(found.select_related("family", "person").order_by("-id")[:limit])


def current_scores(by: User, assessments: Iterable[uuid.UUID]) -> dict[uuid.UUID, dict[str, Score]]:
    """The current score of every scale of these questionnaires: the row that was computed last."""
    found: defaultdict[uuid.UUID, dict[str, Score]] = defaultdict(dict)
    for row in Score.objects.seen_by(by).filter(assessment_id__in=list(assessments)).order_by("id"):
        found[row.assessment_id][row.scale] = row
    return dict(found)


def all_scores(by: User, row: Assessment) -> list[Score]:
    """Every score that was ever computed for a questionnaire, the latest first."""
    return list(Score.objects.seen_by(by).filter(assessment=row).select_related("computed_by").order_by("-id"))


def latest_scores(by: User, subjects: Iterable[uuid.UUID], code: str, scale: str) -> dict[uuid.UUID, Score]:
    """The current score on one scale of the latest completed questionnaire of each person or family.

    Args:
        subjects: keys of people for a questionnaire about a person, of families for one about a household.
        code: the questionnaire, and ``scale`` its scale.
    """
    latest = latest_completed(by, subjects, code)
    scores = current_scores(by, (row.pk for row in latest.values()))
    return {
        subject: scores[row.pk][scale] for subject, row in latest.items() if scale in scores.get(row.pk, {})
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Vulnerability:
    """What the latest profile of a family says.

    Args:
        severity: 0 to 100; None where too little was answered.
        band: high, medium or low; empty without a severity.
        urgent: the codes of what cannot wait; any of them comes before every severity.
        factors: what each criterion that was found gave to the severity, the largest first.
    """

    severity: Decimal | None
    band: str
    urgent: tuple[str, ...]
    factors: tuple[tuple[str, Decimal], ...]
    assessment_id: uuid.UUID
    answered_on: date
    version: str = ""
    evidence: dict[str, str] = field(default_factory=dict)


def vulnerability_of(by: User, families: Iterable[uuid.UUID]) -> dict[uuid.UUID, Vulnerability]:
    """The latest profile of each of these families; those without one are left out. Three questions to the database."""
    latest = latest_completed(by, families, VULNERABILITY)
    scores = current_scores(by, (row.pk for row in latest.values()))
    return {
        family: _vulnerability(row, scores[row.pk][SEVERITY])
        for family, row in latest.items()
        if row.pk in scores and SEVERITY in scores[row.pk]
    }


def _vulnerability(row: Assessment, score: Score) -> Vulnerability:
    declared = instrument(row.instrument, row.instrument_version)
    answers = read_answers(row.answers)
    parts = {item: Decimal(part) for item, part in score.working.get("parts", {}).items()}
    given = sorted(((item, part) for item, part in parts.items() if part), key=lambda one: (-one[1], one[0]))
    return Vulnerability(
        severity=score.value, band=score.band,
        urgent=tuple(flag.code for flag in raised_by_answers(declared, answers)) if declared else (),
        factors=tuple(given), assessment_id=row.pk, answered_on=row.answered_on or row.created_at.date(),
        version=row.instrument_version,
        evidence={item: answers[item].evidence for item, _part in given if item in answers},
    )  # fmt: skip


def latest_completed(by: User, subjects: Iterable[uuid.UUID], code: str) -> dict[uuid.UUID, Assessment]:
    """The latest completed questionnaire of each person or family, as the questionnaire is about one or the other."""
    declared, asked = instrument(code), list(subjects)
    if declared is None or not asked:
        return {}
    found = _seen(by).filter(instrument=code, state=State.COMPLETED)
    if declared.about_person:
        stays = same_person(by, asked)
        found = found.filter(person_id__in=list(stays))
    else:
        stays = _same_families(by, asked)
        found = found.filter(family_id__in=list(stays), person=None)
    latest: dict[uuid.UUID, Assessment] = {}
    for row in found.order_by("answered_on", "completed_at"):
        key = row.person_id if declared.about_person else row.family_id
        if key:
            latest[stays[key]] = row
    return {subject: latest[stays[subject]] for subject in asked if stays[subject] in latest}


def _same_families(by: User, ids: list[uuid.UUID]) -> dict[uuid.UUID, uuid.UUID]:
    """These families and the files joined with them, each with the one that stays."""
    joined = Family.objects.seen_by(by).filter(merged_into_id__in=ids).values_list("pk", "merged_into_id")
    return {**{pk: pk for pk in ids}, **dict(joined)}


def _seen(by: User) -> QuerySet[Assessment]:
    found: QuerySet[Assessment] = Assessment.objects.seen_by(by)
    return found


def _latest_first(found: QuerySet[Assessment]) -> list[Assessment]:
    """Drafts first, then by the day of asking."""
    rows = list(found.select_related("recorded_by").order_by("-id"))
    return sorted(rows, key=lambda row: (not row.is_draft, -(row.answered_on or date.max).toordinal()))
