"""Counts of a survey's answers, for pictures and maps; those of a long survey are kept in mind, and their age is told.

A few thousand answers are counted each time somebody looks. Counting a hundred thousand takes a second or two, so what
was counted is kept, sealed, for whoever asked with just this reach and these filters; ``actions.survey_counts`` does
so. When answers came or were corrected since, the page says from when the counts are, and they are counted anew in the
background. After an answer was erased, nothing is shown that was counted with it.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from cryptography.fernet import InvalidToken
from django.core.cache import cache
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Count, QuerySet
from django.db.models.fields.json import KeyTextTransform
from django.utils import timezone

from paivand.access.models import User
from paivand.access.models.identity import for_purpose
from paivand.collect.models import Form, SurveyAnswer
from paivand.collect.models.surveys import TOTALS
from paivand.collect.queries.survey_answers import COUNTED, fitting, n_fitting
from paivand.collect.queries.surveys import digest_of_reach, reads_answers
from paivand.collect.rules.flattening import Question, key_of
from paivand.collect.rules.survey_filters import AnswerFilter
from paivand.collect.rules.survey_tallies import Counted, counted, tally_of
from paivand.core.models.sealed import vault

AT_ONCE = 5_000
"""Up to this many answers are counted whenever somebody looks."""
TRUSTED = timedelta(hours=1)
"""Counts that are older than this, and out of date, are shown no more: whoever looks waits until all is counted."""
MOST_POINTS = 2_000
_IN_VALUES = 'select path, "values" ->> path, count(*) from ({found}) found, unnest(%s::text[]) path group by 1, 2'
_IN_PARTS = (
    "select path, line ->> path, count(*) from "
    "(select jsonb_array_elements(parts -> %s) line from ({found}) found) lines, unnest(%s::text[]) path group by 1, 2"
)


@dataclass(frozen=True)
class Counts:
    """What was counted, and when."""

    told: Mapping[str, Counted]
    """By the key of the question; on the map, the districts stand under an empty one."""
    at: datetime
    is_old: bool = False
    """Whether answers came or were corrected since."""
    keep_as: tuple[str, str] | None = None
    """The key and the stamp under which it is to be kept; None where it is kept already, or counted in no time."""


@dataclass(frozen=True)
class Asked:
    """What somebody wants counted: under which filters, which questions, for pictures or for the map."""

    filters: AnswerFilter
    keys: tuple[str, ...]
    """Of the questions; see ``rules.flattening.key_of``."""
    on_map: bool = False

    def plain(self) -> dict[str, Any]:
        """As a job takes it along; one of an older program calls the keys paths."""
        return {"filters": self.filters.kept(), "paths": list(self.keys), "on_map": self.on_map}

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> Asked:
        """What a job took along."""
        return cls(AnswerFilter.of(plain["filters"]), tuple(plain["paths"]), plain["on_map"])


def counts(by: User, survey: Form, asked: Asked, questions: Sequence[Question], *, anew: bool = False) -> Counts:
    """What is asked for, counted now or a while ago.

    Whoever sees no single answer gets the counts of all answers, without filters: with filters, sums could be taken
    apart. What is shown of them has to be protected; see ``rules.survey_tallies.hidden``.

    Args:
        questions: those of the survey; counted are those whose keys are asked for.
        anew: count even where something is kept.
    """
    totals = not reads_answers(by)
    with for_purpose(TOTALS) if totals else nullcontext():
        found = SurveyAnswer.objects.filter(form=survey) if totals else fitting(by, survey, asked.filters)
        shown = [one for one in questions if key_of(one) in asked.keys]
        if found.order_by()[: AT_ONCE + 1].count() <= AT_ONCE:
            return Counts(_counted(found, asked, shown), timezone.now())
        key, stamp = _key(by, survey, asked, shown), _stamp(by, survey, totals=totals)
        kept = None if anew else _kept(key)
        if kept is not None and (kept[0] == stamp or timezone.now() - kept[1].at < TRUSTED):
            return Counts(kept[1].told, kept[1].at, is_old=kept[0] != stamp)
        return Counts(_counted(found, asked, shown), timezone.now(), keep_as=(key, stamp))


def _counted(found: QuerySet[SurveyAnswer], asked: Asked, questions: Sequence[Question]) -> dict[str, Counted]:
    if asked.on_map:
        by_district = dict(found.order_by().values_list("district_id").annotate(n=Count("pk")))
        told = {"": Counted(sum(by_district.values()), by_district)}
        return told | {key_of(one): _points(found, one) for one in questions}
    told = {}
    for repeat in dict.fromkeys(one.get("repeat") for one in questions):
        within = [one for one in questions if one.get("repeat") == repeat]
        tallies = tallied(found, [one["path"] for one in within], repeat)
        told |= {key_of(one): counted(one, tallies[one["path"]]) for one in within}
    return told


def tallied(found: QuerySet[SurveyAnswer], paths: Sequence[str], repeat: str | None = None) -> dict[str, Counter[str]]:
    """How often each answer was given to each of some questions, in one pass over the answers."""
    told: dict[str, Counter[str]] = {path: Counter() for path in paths}
    try:
        inner, values = found.order_by().values("parts" if repeat else "values").query.sql_with_params()
    except EmptyResultSet:
        return told
    statement = (_IN_PARTS if repeat else _IN_VALUES).format(found=inner)
    with connection.cursor() as cursor:
        cursor.execute(statement, [*([repeat] if repeat else []), *values, list(paths)])
        for path, answer, n in cursor.fetchall():
            if answer is not None:
                told[path][answer] = n
    return told


def _points(found: QuerySet[SurveyAnswer], question: Question) -> Counted:
    """How many answers lie at each kept point; of a long survey, the newest."""
    path, repeat = question["path"], question.get("repeat")
    if repeat:
        tally = tallied(found, [path], str(repeat))[path]
    else:
        rows = found.annotate(at=KeyTextTransform(path, "values")).filter(at__isnull=False).order_by("-id")
        tally = tally_of(rows.values_list("at", flat=True)[:MOST_POINTS])
    return Counted(sum(tally.values()), dict(tally.most_common(MOST_POINTS)))


def n_answers(by: User, survey: Form, asked: AnswerFilter) -> int:
    """How many answers the charts count, for readers of totals too; at most one more than ``COUNTED``."""
    if reads_answers(by):
        return n_fitting(by, survey, asked)
    with for_purpose(TOTALS):
        return SurveyAnswer.objects.filter(form=survey)[: COUNTED + 1].count()


# --- what is kept ----------------------------------------------------------------------------------------------------


def _key(by: User, survey: Form, asked: Asked, questions: Sequence[Question]) -> str:
    """Another reach, another filter or another kind of question is another key; and so it is after an answer was
    erased, so that nothing is shown any more that was counted with it."""
    told = [
        str(by.pk), str(survey.pk), asked.filters.kept(), asked.on_map,
        [(key_of(one), one["type"], one.get("repeat")) for one in questions],
        digest_of_reach(by), _last_erased(survey),
    ]  # fmt: skip
    return f"survey-{hashlib.sha256(json.dumps(told).encode()).hexdigest()}"


def _last_erased(survey: Form) -> str:
    erased = SurveyAnswer.objects.filter(form=survey, erased_at__isnull=False).order_by("-erased_at")
    return str(erased.values_list("erased_at", flat=True).first())


def _stamp(by: User, survey: Form, *, totals: bool) -> str:
    """Another one after each answer that came or was corrected."""
    found = SurveyAnswer.objects.filter(form=survey) if totals else fitting(by, survey, AnswerFilter())
    return str(found.order_by("-changed_at").values_list("changed_at", flat=True).first())


def _kept(key: str) -> tuple[str, Counts] | None:
    sealed = cache.get(key)
    if not sealed:
        return None
    try:
        plain: dict[str, Any] = json.loads(vault().decrypt(sealed.encode()))
    except InvalidToken:  # sealed with a key that is gone
        return None
    told = {path: Counted(n, tally) for path, (n, tally) in plain["told"].items()}
    return plain["stamp"], Counts(told, datetime.fromisoformat(plain["at"]))
