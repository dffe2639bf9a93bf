"""A survey of the tests: its workbook, its answers as if phones had sent them, and the way through the actions."""

from __future__ import annotations

import hashlib
import io
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import xlsxwriter
from django.utils import timezone

from paivand.access.models.identity import acting_as
from paivand.access.queries.users import placement
from paivand.collect.actions import surveys as actions
from paivand.collect.actions.survey_counts import keep_counts
from paivand.collect.actions.survey_exports import Wanted
from paivand.collect.actions.survey_files import ask_file
from paivand.collect.actions.taking import take_waiting
from paivand.collect.models import FormVersion, Submission, SubmissionContent, SubmissionFile, SurveyFile
from paivand.collect.queries.survey_answers import questions_of
from paivand.collect.queries.survey_counts import Asked, Counts, counts
from paivand.collect.rules.survey_export import FileKind, Words
from paivand.collect.rules.survey_filters import AnswerFilter
from paivand.collect.tasks import make_file
from paivand.core.models.files import store
from paivand.core.models.record import new_id
from paivand.core.rules.writing import writing
from tests.cast import DUSTI, KULOB, fresh
from tests.collect.filling import _nodes

FILE_REASON = "Барои ҳисоботи вазорат дар бораи бомҳо"
HEADINGS = ["type", "name", "label::English (en)", "label::Тоҷикӣ (tg)", "required", "relevant", "save_to"]
SURVEY: list[list[Any]] = [
    HEADINGS,
    ["today", "today", "", ""],
    ["select_one roof", "roof", "What is the roof made of?", "Бом аз чӣ аст?", "yes"],
    ["select_multiple need", "needs", "What is missing?", "Чӣ намерасад?"],
    ["integer", "rooms", "How many rooms?", "Чанд ҳуҷра?"],
    ["text", "wish", "What do you wish?", "Чӣ мехоҳед?"],
    ["geopoint", "place", "Where is the house?", "Хона дар куҷост?"],
    ["image", "photo", "Photograph of the roof", "Акси бом"],
    ["begin repeat", "children", "Child", "Кӯдак"],
    ["text", "name", "Name", "Ном"],
    ["integer", "age", "Age", "Синну сол", "", "${rooms} > 0"],
    ["end repeat"],
]
CHOICES: list[list[Any]] = [
    ["list_name", "name", "label::English (en)", "label::Тоҷикӣ (tg)"],
    ["roof", "tin", "Tin", "Тунука"],
    ["roof", "clay", "Clay", "Лой"],
    ["need", "water", "Water", "Об"],
    ["need", "light", "Light", "Барқ"],
]
SETTINGS: list[list[Any]] = [["form_title", "form_id", "version"], ["Roofs", "roofs", "1"]]


def workbook(**sheets: Sequence[Sequence[Any]]) -> bytes:
    """The survey of the tests as XLSX, with other sheets where they are given."""
    told: dict[str, Any] = {"survey": SURVEY, "choices": CHOICES, "settings": SETTINGS} | sheets
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream)
    for name, rows in told.items():
        page = book.add_worksheet(name)
        for at, row in enumerate(rows):
            for column, value in enumerate(row):
                page.write(at, column, value)
    book.close()
    return stream.getvalue()


def uploaded(by: Any, content: bytes | None = None, files: Mapping[str, bytes] | None = None) -> FormVersion:
    """A survey that ``by`` uploaded and nobody looked at yet."""
    with acting_as(by):
        return actions.upload_survey(
            survey_id=new_id(), file_name="roofs.xlsx", content=content or workbook(), files=files or {}, by=fresh(by)
        )


def in_use(by: Any, content: bytes | None = None) -> FormVersion:
    """A survey that is open."""
    version = uploaded(by, content)
    with acting_as(by):
        return actions.use_version(survey=version.form, form_version=version, confirmed=True, by=fresh(by))


def for_all_agencies(by: Any, version: FormVersion) -> None:
    """Offer a survey of ``by`` to the workers of all agencies."""
    with acting_as(by), writing("a test"):
        version.form.agency = None
        version.form.save()


ANSWER: dict[str, Any] = {
    "today": "2026-11-20", "roof": "tin", "needs": "water light", "rooms": "3", "wish": "Пул аз болои дарё",
    "place": "37.912345 69.784567 480 4", "children": [{"name": "Ойгул", "age": "9"}, {"name": "Шодӣ", "age": "12"}],
}  # fmt: skip


def answered(
    by: Any, version: FormVersion, told: Mapping[str, Any] | None = None, *, files: Mapping[str, bytes] | None = None,
    edits: Submission | None = None, at: datetime | None = None, entity: str = "", comes: str = "taken",
) -> Submission:  # fmt: skip
    """An answer that ``by`` sent, taken in; or brought into another state."""
    instance = f"uuid:{uuid.uuid4()}"
    edit = f"<deprecatedID>{edits.instance_id}</deprecatedID>" if edits else ""
    xml = (
        f'<data id="{version.form.code}" version="{version.name}">{_nodes(ANSWER | dict(told or {}))}'
        f"<meta><instanceID>{instance}</instanceID>{edit}{entity}</meta></data>"
    ).encode()
    worker, now = fresh(by), at or timezone.now()
    with acting_as(worker):
        own = {code for one in worker.live_assignments for code in one.districts}
        place = placement(worker, KULOB if KULOB in own else DUSTI)
    lies = {
        "district_id": place.district_id, "agency_id": place.agency_id, "team_id": place.team_id,
        "owner_id": worker.pk, "is_survey": True,
    }  # fmt: skip
    with acting_as(worker), writing("a test"):
        sent = Submission.objects.create(
            form=version.form, form_version=version, instance_id=instance,
            deprecated_id=edits.instance_id if edits else "",
            root_id=edits.root_id if edits else instance, xml_sha256=hashlib.sha256(xml).hexdigest(), received_at=now,
            state_at=now, **lies,
        )  # fmt: skip
        SubmissionContent.objects.create(submission=sent, xml=xml, **lies)
        for name, content in (files or {}).items():
            file = SubmissionFile.objects.create(
                submission=sent, name=name, sha256=hashlib.sha256(content).hexdigest(), size=len(content),
                mime="image/jpeg" if name.endswith("jpg") else "", **lies,
            )  # fmt: skip
            store(file.pk, content)
    assert take_waiting(worker.pk)[comes] >= 1
    return sent


def counted_for(by: Any, version: FormVersion, *paths: str, anew: bool = False) -> Counts:
    """What a page shows of these questions, counted and kept as the page does it."""
    with acting_as(by):
        asked = Asked(AnswerFilter(), paths)
        found = counts(fresh(by), version.form, asked, questions_of(version.form), anew=anew)
    keep_counts(found)
    return found


def made_in_background(by: Any, survey: Any, kind: FileKind = FileKind.CSV, **more: Any) -> SurveyFile:
    """A file of all answers, asked for by ``by`` and made as the worker in the background does it."""
    row = asked_for(by, survey, kind, **more)
    make_file(file=str(row.pk), by=str(by.pk))
    with acting_as(by):
        return SurveyFile.objects.get(pk=row.pk)


def asked_for(by: Any, survey: Any, kind: FileKind = FileKind.CSV, **more: Any) -> SurveyFile:
    """A file that waits for a worker."""
    wanted = Wanted(kind, AnswerFilter(**more), Words.CODES, "tg")
    with acting_as(by):
        return ask_file(survey=survey, file_id=new_id(), wanted=wanted, reason=FILE_REASON, by=fresh(by))
