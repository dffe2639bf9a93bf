"""Surveys as those see them who manage them: their own agency's, and their own."""

from __future__ import annotations

import hashlib
import json
import uuid

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from paivand.access.models import Agency, User
from paivand.access.models.policies import EVERYTHING
from paivand.access.rules.verbs import Verb
from paivand.collect.models import Form, FormFile, FormVersion, Submission, SurveyAnswer
from paivand.collect.rules.submissions import FormKind, SubmissionState
from paivand.collect.rules.survey_files import MediaFile
from paivand.collect.rules.taking import Problem
from paivand.core.models import Place
from paivand.core.rules.pages import Page
from paivand.core.rules.privacy import DataClass

PAGE = 25


def managed(by: User) -> Q:
    """The surveys that ``by`` manages: all, where the right holds for the programme; else those of her agency.

    Without an agency they are her own alone: a survey of no agency is one of all agencies.
    """
    reach = by.reach(Verb.SURVEY_MANAGE)
    if reach.everywhere:
        return EVERYTHING
    found = Q(author=by) | Q(agency_id__in=reach.agencies)
    return found | Q(agency_id=by.agency_id) if by.agency_id else found


def reads_answers(by: User) -> bool:
    """Whether ``by`` sees single answers; whoever manages a survey without that sees totals only."""
    return bool(by.reach(Verb.SURVEY_MANAGE, DataClass.FIELD))


def digest_of_reach(by: User) -> str:
    """Which answers ``by`` may see now, as a digest: another one as soon as roles, places or teams change."""
    reach = by.reach(Verb.SURVEY_MANAGE, DataClass.FIELD)
    told = [
        reach.everywhere, str(reach.owner),
        *(sorted(map(str, part)) for part in (reach.districts, reach.agencies, reach.teams, reach.glass)),
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def surveys(by: User, *, after: str = "") -> Page[Form]:
    """A page of surveys, the newest first, each with the moment of its first upload and whether phones have it."""
    versions_of = FormVersion.objects.filter(form=OuterRef("pk"))
    found = _surveys(by).order_by("-id").annotate(
        uploaded_at=Subquery(versions_of.order_by("id").values("published_at")[:1]),
        is_in_use=Exists(versions_of.filter(is_current=True)),
    )  # fmt: skip
    if after:
        try:
            found = found.filter(pk__lt=uuid.UUID(after))
        except ValueError:
            return Page([], None, more=False)
    return Page.cut(list(found[: PAGE + 1]), PAGE, lambda row: str(row.pk))


def _surveys(by: User) -> QuerySet[Form]:
    found = Form.objects.filter(managed(by), kind=FormKind.SURVEY)
    return found.select_related("agency", "author")


def survey_seen_by(by: User, survey_id: uuid.UUID) -> Form | None:
    """One survey."""
    return _surveys(by).filter(pk=survey_id).first()


def versions(survey: Form) -> list[FormVersion]:
    """Its versions, the newest first, without their XML and workbook."""
    return list(FormVersion.objects.filter(form=survey).defer("xml", "source").order_by("-id"))


def version_of(survey: Form, version_id: uuid.UUID) -> FormVersion | None:
    """One of its versions, with its XML and its workbook."""
    return FormVersion.objects.filter(form=survey, pk=version_id).first()


def asks_the_same(current: FormVersion, other: FormVersion) -> bool:
    """Whether the version in use is the other one, or a later one of the same workbook."""
    if current.pk <= other.pk:
        return current.pk == other.pk
    return bool(FormVersion.objects.filter(pk=current.pk, source=other.source).exists())


def files_of(version: FormVersion) -> dict[str, MediaFile]:
    """The files that a version shows, by name."""
    found = FormFile.objects.filter(form_version=version).order_by("name")
    return {row.name: MediaFile(row.name, row.mime, bytes(row.content)) for row in found}


def file_names(version: FormVersion) -> list[str]:
    """The names of the files that a version shows."""
    return list(FormFile.objects.filter(form_version=version).order_by("name").values_list("name", flat=True))


def form_with_code(code: str) -> Form | None:
    """The form, shipped or anybody's, that has this code."""
    return Form.objects.filter(code=code).first()


def has_answers(by: User, survey: Form) -> bool:
    """Whether there is an answer that ``by`` sees."""
    return bool(SurveyAnswer.objects.seen_by(by).filter(form=survey).exists())


def n_outside(by: User, survey: Form) -> int:
    """How many answers from outside the survey wait for a decision."""
    held = Submission.objects.seen_by(by).filter(form=survey, state=SubmissionState.HELD, problem=Problem.UNOFFERED)
    return int(held.count())


def agency_choices() -> list[tuple[str, str]]:
    """The agencies to whose workers a survey can be offered."""
    return [(str(row.pk), row.name) for row in Agency.objects.order_by("name")]


def district_choices() -> list[tuple[str, str]]:
    """The districts in which a survey can be open."""
    return [(place.code, place.name) for place in Place.objects.districts()]
