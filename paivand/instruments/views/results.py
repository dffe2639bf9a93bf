"""What a questionnaire came to: the score and its meaning, how it was computed, and the answers behind it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language_bidi
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.access.views.gate import asking
from paivand.core.rules.errors import Refused
from paivand.instruments.actions.assessments import recompute_scores
from paivand.instruments.models import Assessment, Score
from paivand.instruments.queries import assessments as queries
from paivand.instruments.queries.flags import flags_of
from paivand.instruments.rules.answers import Answers, asked_sections, missing, read_answers, shown_items
from paivand.instruments.rules.instruments import Band, Bands, Instrument, Scale
from paivand.instruments.rules.pictures import Ruler, ruler
from paivand.instruments.rules.scores import (
    NO_BAND,
    Factor,
    factors,
    raised_by_answers,
    raised_by_scores,
    readings,
    remarks,
)
from paivand.instruments.rules.scores import bands as bands_of
from paivand.instruments.views.answering import first_open
from paivand.instruments.views.found import address, assessment_of, next_of
from paivand.instruments.views.histories import read, thread


@dataclass
class Shown:
    """One scale of a result: the current score, its band, how it was computed, and earlier computations."""

    scale: Scale
    score: Score
    band: Band | None
    bands: Bands | None
    ruler: Ruler | None
    factors: list[Factor]
    earlier: list[Score]

    @property
    def reason(self) -> str:
        """Why there is no value, or no band."""
        if self.score.missing_reason:
            return self.score.missing_reason
        return NO_BAND if self.scale.sets and not self.score.band else ""

    @property
    def n_answered(self) -> int:
        """How many questions counted."""
        return int(self.score.working.get("answered", 0))

    @property
    def n_asked(self) -> int:
        """How many questions were asked and apply."""
        return int(self.score.working.get("asked", 0))


@require_GET
def assessment_open(request: HttpRequest, assessment_id: uuid.UUID) -> HttpResponse:
    """A completed questionnaire with its result; one that is being answered goes on where it was left."""
    by = asking(request)
    row, declared = assessment_of(by, assessment_id)
    may_write = by.reach(Verb.ASSESSMENT_RECORD).covers(row)
    if row.is_draft and may_write:
        section = first_open(row, declared)
        if section is None:
            return redirect(address(request, "assessment-complete", assessment_id=row.pk))
        return redirect(address(request, "assessment-answer", assessment_id=row.pk, section_code=section.code))
    answers = read_answers(row.answers)
    shown = _shown(by, row, declared, answers)
    values = {one.scale.code: one.score.value for one in shown}
    flags = flags_of(by, [row])
    raised = [*raised_by_answers(declared, answers), *raised_by_scores(declared, readings(declared, answers))]
    seen = {flag.code for flag in flags}
    context = {
        "assessment": row, "declared": declared, "family": row.family, "shown": shown,
        "main": next((one for one in shown if one.scale.code == declared.main), None),
        "remarks": remarks(declared, values), "flags": flags,
        "unseen": [] if row.state == "set_aside" else [flag for flag in raised if flag.code not in seen],
        "may_answer": by.reach(Verb.CASE_APPROVE).covers(row), "may_write": may_write,
        "changed": any(one.score.rules_hash != declared.rules_hash for one in shown),
        "agrees": _agrees(declared, answers, shown), "parts": _answers(declared, answers),
        "missing": missing(answers, declared), "n_items": len(answers), "history": _history(by, row),
        "next": next_of(request),
    }  # fmt: skip
    return render(request, "instruments/result.html", context)


def _shown(by: User, row: Assessment, declared: Instrument, answers: Answers) -> list[Shown]:
    """Every scale with its current score, the main one first."""
    rows: dict[str, list[Score]] = {}
    for score in queries.all_scores(by, row):
        rows.setdefault(score.scale, []).append(score)
    found = []
    for scale in declared.scales:
        if scale.code not in rows:
            continue
        score, *earlier = rows[scale.code]
        parts = {item: Decimal(part) for item, part in score.working.get("parts", {}).items()}
        bands = bands_of(declared, scale, answers)
        found.append(
            Shown(
                scale, score, scale.band(score.band) if score.band else None, bands,
                ruler(scale, bands, score.value, mirrored=get_language_bidi()),
                factors(declared, scale, answers, parts), earlier,
            )
        )  # fmt: skip
    return sorted(found, key=lambda one: one.scale.code != declared.main)


def _agrees(declared: Instrument, answers: Answers, shown: list[Shown]) -> bool:
    """Whether the scores, computed once more just now, come to the same."""
    again = {one.scale: (one.value, one.band) for one in readings(declared, answers)}
    return all(again.get(one.scale.code) == (one.score.value, one.score.band) for one in shown)


def _answers(declared: Instrument, answers: Answers) -> list[tuple[Any, list[tuple[Any, Any]]]]:
    """The answers, section by section."""
    return [
        (section, [(item, answers.get(item.code)) for item in shown_items(section, answers, declared)
                   if item.code in answers])
        for section in asked_sections(answers, declared)
    ]  # fmt: skip


def _history(by: User, row: Assessment) -> Any:
    """The same questions at other times, with the picture; None where there is only this time."""
    rows = queries.same_questions(by, row)
    if len(rows) < 2:
        return None
    scores = queries.current_scores(by, [one.pk for one in rows])
    times = [told for one in reversed(rows) if (told := read(one, scores.get(one.pk, {})))]
    return thread(times) if len(times) > 1 else None


@require_POST
def scores_recompute(request: HttpRequest, assessment_id: uuid.UUID) -> HttpResponse:
    """Compute the scores anew by the present rules; the earlier ones stay."""
    by = asking(request)
    row, _declared = assessment_of(by, assessment_id, Verb.ASSESSMENT_RECORD)
    try:
        recompute_scores(assessment=row, by=by)
        messages.success(request, _("Computed anew. The earlier scores stay below."))
    except Refused as refused:
        messages.info(request, refused.message)
    return redirect(address(request, "assessment-open", assessment_id=row.pk))
