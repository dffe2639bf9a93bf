"""Forms as a phone fills them in: written as XML, stored, and taken in as the worker who sent them."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping
from typing import Any
from xml.sax.saxutils import escape

from django.utils import timezone

from paivand.access.models.identity import acting_as, for_purpose
from paivand.access.queries.users import placement
from paivand.collect.actions.takers import TAKERS
from paivand.collect.models import Form, FormVersion, Submission, SubmissionFile
from paivand.collect.rules.filled import Filled, read_filled
from paivand.collect.rules.shipped import shipped_tables
from paivand.collect.rules.taking import Taken
from paivand.core.models.files import store
from paivand.core.rules.writing import writing
from tests.cast import KULOB, fresh

Told = Mapping[str, Any]
"""Answers by path; a repeat is a list of such."""


def filled_in(code: str, told: Told, *, version: str = "", instance: str = "") -> bytes:
    """The XML of a form with these answers."""
    version = version or shipped_tables(code).version
    return (
        f'<data id="{code}" version="{version}">{_nodes(told)}'
        f"<meta><instanceID>{instance or f'uuid:{uuid.uuid4()}'}</instanceID></meta></data>"
    ).encode()


def _nodes(told: Told) -> str:
    groups: dict[str, dict[str, Any]] = {}
    found = []
    for path, value in told.items():
        first, _slash, rest = path.partition("/")
        if rest:
            groups.setdefault(first, {})[rest] = value
        elif isinstance(value, list):
            found += [f"<{first}>{_nodes(one)}</{first}>" for one in value]
        else:
            found.append(f"<{first}>{escape(str(value))}</{first}>")
    return "".join([*found, *(f"<{name}>{_nodes(inner)}</{name}>" for name, inner in groups.items())])


def stored(by: Any, xml: bytes, *, district: str = KULOB, files: Mapping[str, bytes] | None = None) -> Submission:
    """The submission of this XML, as it lies in the database before anybody looks at it."""
    filled, now = read_filled(xml), timezone.now()
    with for_purpose("upkeep"), writing("a test"):
        form, _made = Form.objects.get_or_create(code=filled.form, defaults={"kind": "shipped"})
        version, _made = FormVersion.objects.get_or_create(
            form=form, name=filled.version,
            defaults={
                "xml": "<h/>", "md5": "0" * 32, "published_at": now, "is_current": not form.versions.exists(),
            },
        )  # fmt: skip
    scope = placement(by, district)
    lies = {
        "district_id": scope.district_id, "agency_id": scope.agency_id, "team_id": scope.team_id,
        "owner_id": scope.owner_id,
    }  # fmt: skip
    with acting_as(by), writing("a test"):
        row = Submission(
            form=form, form_version=version, instance_id=filled.instance_id, root_id=filled.instance_id,
            xml_sha256=hashlib.sha256(xml).hexdigest(), received_at=now, state_at=now, **lies,
        )  # fmt: skip
        row.save(force_insert=True)
        for name, content in (files or {}).items():
            file = SubmissionFile(
                submission=row, name=name, sha256=hashlib.sha256(content).hexdigest(), size=len(content),
                mime="image/jpeg", **lies,
            )  # fmt: skip
            file.save(force_insert=True)
            store(file.pk, content)
    return row


def take(by: Any, sent: Submission, filled: Filled, answers: Mapping[str, Any] | None = None) -> Taken:
    """What the taker of its form makes of a submission."""
    with acting_as(by):
        return TAKERS[filled.form](filled=filled, sent=sent, by=fresh(by), answers=answers or {})


def sent(by: Any, code: str, told: Told, *, files: Mapping[str, bytes] | None = None, **more: Any) -> Taken:
    """A form that was filled in, sent and taken in."""
    xml = filled_in(code, told)
    return take(by, stored(by, xml, files=files), read_filled(xml), **more)
