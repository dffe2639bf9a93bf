"""Answers of surveys: pages of them, how many they are, and one of them as it was filled in."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, QuerySet, Subquery, TextField, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Concat

from paivand.access.models import User
from paivand.access.models.policies import InScope
from paivand.access.rules.verbs import Verb
from paivand.collect.models import Form, FormVersion, SubmissionFile, SurveyAnswer
from paivand.collect.queries.surveys import reads_answers
from paivand.collect.rules.flattening import Question, merged
from paivand.collect.rules.flattening import asked as shown
from paivand.collect.rules.survey_filters import SEVERAL, AnswerFilter
from paivand.core.models import Place
from paivand.core.rules.pages import Page
from paivand.core.rules.privacy import DataClass

PAGE = 50
COUNTED = 10_000
"""Up to this many, answers are counted; above, it is said that there are more."""
AT_ONCE = 500
MOST_WORKERS = 300


def questions_of(survey: Form) -> list[Question]:
    """The questions of all versions that were ever in use or uploaded, the newest version first."""
    found = FormVersion.objects.filter(form=survey).order_by("-is_current", "-id")
    return merged(found.values_list("questions", flat=True))


def fitting(by: User, survey: Form, asked: AnswerFilter) -> QuerySet[SurveyAnswer]:
    """The answers within the reach of who manages surveys that fit the filters."""
    found = SurveyAnswer.objects.filter(InScope(Verb.SURVEY_MANAGE).q(by, DataClass.FIELD), form=survey)
    return _filtered(found, asked, questions_of(survey) if asked.question else ())


def _filtered(
    found: QuerySet[SurveyAnswer], asked: AnswerFilter, questions: Sequence[Question]
) -> QuerySet[SurveyAnswer]:
    if asked.since:
        found = found.filter(answered_on__gte=asked.since)
    if asked.until:
        found = found.filter(answered_on__lte=asked.until)
    if asked.district:
        found = found.filter(district_id=asked.district)
    if asked.worker:
        found = found.filter(owner_id=asked.worker)
    if asked.form_version:
        found = found.filter(form_version_id=asked.form_version)
    kinds = {one["path"]: one["type"] for one in shown(questions) if not one.get("repeat")}
    if asked.question in kinds:
        said = KeyTextTransform(asked.question, "values")
        if kinds[asked.question] in SEVERAL:
            held = found.annotate(said=Concat(Value(" "), said, Value(" "), output_field=TextField()))
            return held.filter(said__contains=f" {asked.answer} ")
        return found.annotate(said=said).filter(said=asked.answer)
    return found


def answers(by: User, survey: Form, asked: AnswerFilter, *, after: str = "", size: int = PAGE) -> Page[SurveyAnswer]:
    """A page of answers, the newest first.

    The few districts, workers and versions are fetched once, not joined to each row: Python makes a quarter as much.
    """
    found = fitting(by, survey, asked).defer("created_at", "changed_at", "received_at").order_by("-id")
    found = found.prefetch_related("district").prefetch_related(Prefetch("owner", User.objects.only("full_name")))
    found = found.prefetch_related(Prefetch("form_version", FormVersion.objects.only("name")))
    if after:
        try:
            found = found.filter(pk__lt=uuid.UUID(after))
        except ValueError:
            return Page([], None, more=False)
    return Page.cut(list(found[: size + 1]), size, lambda row: str(row.pk))


def all_answers(by: User, survey: Form, asked: AnswerFilter) -> Iterator[SurveyAnswer]:
    """All that fit, the newest first, read piece by piece from a key."""
    after = ""
    while True:
        page = answers(by, survey, asked, after=after, size=AT_ONCE)
        yield from page.rows
        if not page.more or page.after is None:
            return
        after = page.after


def n_fitting(by: User, survey: Form, asked: AnswerFilter, *, most: int = COUNTED) -> int:
    """How many fit; one more than ``most`` says that there are more."""
    return fitting(by, survey, asked)[: most + 1].count()


def answer_seen_by(by: User, survey: Form, answer_id: uuid.UUID) -> SurveyAnswer | None:
    """One answer."""
    found = SurveyAnswer.objects.filter(InScope(Verb.SURVEY_MANAGE).q(by, DataClass.FIELD), form=survey, pk=answer_id)
    found = found.select_related("district", "owner", "form_version")
    return found.defer("form_version__xml", "form_version__source").first()


def files_of(answer: SurveyAnswer) -> dict[str, SubmissionFile]:
    """The files that came with an answer, by name."""
    return files_of_each([answer]).get(answer.pk, {})


def files_of_each(answers: Sequence[SurveyAnswer]) -> dict[uuid.UUID, dict[str, SubmissionFile]]:
    """The files that came with some answers, by name, for each answer that has any."""
    keys = {answer.submission_id: answer.pk for answer in answers}
    told: dict[uuid.UUID, dict[str, SubmissionFile]] = {}
    for row in SubmissionFile.objects.filter(submission__in=keys).order_by("name"):
        told.setdefault(keys[row.submission_id], {})[row.name] = row
    return told


def workers(by: User, survey: Form) -> list[tuple[uuid.UUID, str]]:
    """Who sent answers, by name. Asked person by person, because looking through all answers for them takes longer."""
    found = SurveyAnswer.objects.filter(InScope(Verb.SURVEY_MANAGE).q(by, DataClass.FIELD), form=survey)
    rows = User.objects.filter(Exists(found.filter(owner=OuterRef("pk")))).order_by("full_name")
    return list(rows.values_list("pk", "full_name")[:MOST_WORKERS])


def districts(by: User, survey: Form) -> list[tuple[str, Place]]:
    """The districts in which it was answered, with their places."""
    found = SurveyAnswer.objects.filter(InScope(Verb.SURVEY_MANAGE).q(by, DataClass.FIELD), form=survey)
    answered = Place.objects.districts().filter(Exists(found.filter(district=OuterRef("pk"))))
    return [(row.pk, row) for row in answered]


def last_day(by: User, survey_ids: Sequence[uuid.UUID]) -> Mapping[uuid.UUID, Any]:
    """When the latest answer of each survey arrived, as far as ``by`` sees answers."""
    if not reads_answers(by):
        return {}
    reach = InScope(Verb.SURVEY_MANAGE).q(by, DataClass.FIELD)
    newest = SurveyAnswer.objects.filter(reach, form=OuterRef("pk")).order_by("-id").values("received_at")[:1]
    rows = Form.objects.filter(pk__in=survey_ids).annotate(latest=Subquery(newest)).values_list("pk", "latest")
    return {key: latest for key, latest in rows if latest}
