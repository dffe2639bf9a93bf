"""A small form of the tests, and filled ones of it as if they had arrived."""

from __future__ import annotations

import hashlib
import uuid
from datetime import datetime
from typing import Any

from django.utils import timezone

from paivand.access.models.identity import acting_as, for_purpose
from paivand.access.queries.users import placement
from paivand.collect.models import EntityChange, Form, FormVersion, Submission, SubmissionContent, SubmissionFile
from paivand.collect.rules.submissions import FormKind
from paivand.core.models.files import store
from paivand.core.rules.writing import writing
from tests.cast import DUSTI, KULOB, fresh


def _four(en: str, tg: str, ru: str, fa: str) -> dict[str, str]:
    return {"en": en, "tg": tg, "ru": ru, "fa": fa}


_ASKED: list[dict[str, Any]] = [
    {
        "path": "family",
        "name": "family",
        "type": "select_one",
        "label": _four("Family", "Оила", "Семья", "خانواده"),
        "list": "families",
        "required": True,
    },
    {"path": "visit", "name": "visit", "type": "group", "label": _four("Visit", "Ташриф", "Визит", "دیدار")},
    {"path": "visit/day", "name": "day", "type": "date", "label": _four("Day", "Рӯз", "День", "روز"), "required": True},
    {
        "path": "visit/purpose",
        "name": "purpose",
        "type": "select_one",
        "label": _four("Purpose", "Мақсад", "Цель", "هدف"),
        "choices": {
            "first": _four("First visit", "Бори аввал", "Первый", "بار اول"),
            "check": _four("Looking after it", "Санҷиш", "Проверка", "بررسی"),
        },
    },
    {
        "path": "visit/note",
        "name": "note",
        "type": "text",
        "label": _four("What was talked about", "Сухан", "Разговор", "گفتگو"),
    },
    {"path": "members", "name": "members", "type": "repeat", "label": _four("Member", "Узв", "Член", "عضو")},
    {
        "path": "members/name",
        "name": "name",
        "type": "text",
        "label": _four("Name", "Ном", "Имя", "نام"),
        "repeat": "members",
    },
    {
        "path": "members/age",
        "name": "age",
        "type": "integer",
        "label": _four("Age", "Син", "Возраст", "سن"),
        "repeat": "members",
    },
    {"path": "photo", "name": "photo", "type": "image", "label": _four("Photo", "Акс", "Фото", "عکس")},
]
_PLAIN = {"choices": None, "list": None, "repeat": None, "required": False, "relevant": False, "saveto": None}
QUESTIONS = [{**_PLAIN, **question} for question in _ASKED]
"""A visit, with its members in a repetition and a photo."""


def made_form(code: str = "tested", *, kind: FormKind = FormKind.SHIPPED, author: Any = None) -> FormVersion:
    """A published form; the same one, if it is there already."""
    with for_purpose("upkeep"), writing("upkeep"):
        found = FormVersion.objects.filter(form__code=code).select_related("form").first()
        if found:
            return found
        form = Form.objects.create(
            code=code, kind=kind, titles={"en": "Tested visit", "tg": "Ташрифи санҷишӣ"}, author=author
        )
        return FormVersion.objects.create(
            form=form, name="1", xml="<h/>", md5="0" * 32, questions=QUESTIONS, lists=["families"],
            published_at=timezone.now(),
        )  # fmt: skip


def filled_xml(form: str, instance: str, *, deprecated: str = "", body: str = "", family: Any = "") -> bytes:
    """A filled form of the tests."""
    edit = f"<deprecatedID>{deprecated}</deprecatedID>" if deprecated else ""
    return (
        f'<data id="{form}" version="1"><family>{family}</family>{body or BODY}'
        f"<meta><instanceID>{instance}</instanceID>{edit}</meta></data>"
    ).encode()


BODY = (
    "<visit><day>2026-11-20</day><purpose>first</purpose><note>Сӯҳбат</note></visit>"
    "<members><name>Ойгул</name><age>9</age></members><members><name>Шодӣ</name><age>12</age></members>"
)


def arrived(
    by: Any, *, code: str = "tested", instance: str = "", deprecated: str = "", body: str = "", family: Any = "",
    kind: FormKind = FormKind.SHIPPED, whole: bool = True, at: datetime | None = None,
) -> Submission:  # fmt: skip
    """A filled form that ``by`` sent and that nobody has looked at yet."""
    version = made_form(code, kind=kind, author=by if kind == FormKind.SURVEY else None)
    instance = instance or f"uuid:{uuid.uuid4()}"
    xml = filled_xml(code, instance, deprecated=deprecated, body=body, family=family)
    worker = fresh(by)
    with acting_as(worker):
        own = {code for one in worker.live_assignments for code in one.districts}
        place = placement(worker, KULOB if KULOB in own else DUSTI)
    lying = {
        "district_id": place.district_id, "agency_id": place.agency_id, "team_id": place.team_id, "owner_id": worker.pk,
        "is_survey": kind == FormKind.SURVEY,
    }  # fmt: skip
    now = at or timezone.now()
    with acting_as(worker), writing("form.fill"):
        root = instance
        if deprecated:
            root = Submission.objects.get(form=version.form, instance_id=deprecated).root_id
        sent = Submission.objects.create(
            form=version.form, form_version=version, instance_id=instance, root_id=root, deprecated_id=deprecated,
            xml_sha256=hashlib.sha256(xml).hexdigest(), received_at=now, state_at=now, is_complete=whole, **lying,
        )  # fmt: skip
        SubmissionContent.objects.create(submission=sent, xml=xml, **lying)
    return sent


def again(sent: Submission, by: Any) -> Submission:
    """The same submission, read anew as ``by``."""
    with acting_as(by):
        found: Submission = Submission.objects.get(pk=sent.pk)
    return found


def attached(sent: Submission, by: Any, content: bytes, *, name: str, mime: str) -> SubmissionFile:
    """A file that came with it."""
    with acting_as(by), writing("form.fill"):
        file = SubmissionFile.objects.create(
            submission=sent, name=name, sha256=hashlib.sha256(content).hexdigest(), size=len(content), mime=mime,
            district_id=sent.district_id, agency_id=sent.agency_id, team_id=sent.team_id, owner_id=sent.owner_id,
        )  # fmt: skip
        store(file.pk, content)
    return file


def changed_twice(sent: Submission, by: Any, family: Any, *, was: str = "own", now: str = "rented") -> EntityChange:
    """A change of the family's house that met another one."""
    with acting_as(by), writing("form.fill"):
        return EntityChange.objects.create(
            submission=sent, dataset="families", entity_id=family.pk, row_id=family.pk, family=family, kind="update",
            at=timezone.now(), base_version=1, seen_version=1, row_version=2, conflict="hard", disputed=["housing"],
            told={"sent": {"housing": now}, "former": {"housing": was}}, district_id=sent.district_id,
            agency_id=sent.agency_id, team_id=sent.team_id, owner_id=sent.owner_id,
        )  # fmt: skip
