"""Forms as a phone would send them, without a phone: the form's own instance with answers written into it."""

from __future__ import annotations

import copy
import re
import uuid
from collections.abc import Mapping
from typing import Any
from xml.etree import ElementTree as ET  # only for the tree; reading is defusedxml's

from defusedxml.ElementTree import fromstring
from django.utils import timezone

XF = "{http://www.w3.org/2002/xforms}"
ORX = "{http://openrosa.org/xforms}"
_TEMPLATE = "{http://openrosa.org/javarosa}template"
_STEP = re.compile(r"^([\w.-]+)(?:\[(\d+)\])?$")


def current(code: str) -> Any:
    """The version of a shipped form that phones have."""
    from paivand.access.models.identity import for_purpose
    from paivand.collect.models import FormVersion

    with for_purpose("upkeep"):
        return FormVersion.objects.select_related("form").get(form__code=code, is_current=True)


def filled_xml(code: str, answers: Mapping[str, str], *, instance: str = "") -> bytes:
    """The XML of a form with these answers; repetitions are counted from 1. Entities that it makes get keys."""
    version = current(code)
    model = fromstring(version.xml)
    found = model.find(f".//{XF}instance/*")
    assert found is not None
    root = copy.deepcopy(found)
    _without_templates(root)
    for node in root.iter():
        node.tag = node.tag.rpartition("}")[2]
    for path, value in answers.items():
        _place(root, path, value)
    for entity in root.iter("entity"):
        if entity.get("create"):
            entity.set("id", str(uuid.uuid4()))
        elif entity.get("update"):
            entity.set("update", "")  # nothing was changed, unless the test says so
    instance_node = root.find("meta/instanceID")
    assert instance_node is not None
    instance_node.text = instance or f"uuid:{uuid.uuid4()}"
    return ET.tostring(root, encoding="utf-8", xml_declaration=True)


def _without_templates(node: ET.Element) -> None:
    for child in list(node):
        if _TEMPLATE in child.attrib:
            node.remove(child)
        else:
            _without_templates(child)


def _place(root: ET.Element, path: str, value: str) -> None:
    node = root
    for step in path.split("/"):
        match = _STEP.match(step)
        assert match, path
        name, place = match[1], int(match[2] or 1)
        while len(same := node.findall(name)) < place:
            assert same, f"The form has no {path}."
            fresh = copy.deepcopy(same[-1])
            for empty in fresh.iter():
                empty.text = None
            node.insert(list(node).index(same[-1]) + 1, fresh)
        node = same[place - 1]
    node.text = value


def arrived(by: Any, xml: bytes) -> Any:
    """A submission of ``by`` as the door stores it, before anything is made of it."""
    from paivand.access.models.identity import acting_as
    from paivand.access.queries.users import placement
    from paivand.collect.models import Submission, SubmissionContent
    from paivand.collect.rules.filled import read_filled
    from paivand.core.rules.writing import writing
    from tests.cast import KULOB

    filled = read_filled(xml)
    version = current(filled.form)
    codes = [code for assignment in by.live_assignments for code in assignment.districts] or [KULOB]
    place = placement(by, codes[0])
    lying = {
        "district_id": place.district_id, "agency_id": place.agency_id, "team_id": place.team_id, "owner_id": by.pk,
    }  # fmt: skip
    with acting_as(by), writing("form.fill"):
        sent = Submission.objects.create(
            form=version.form, form_version=version, instance_id=filled.instance_id, root_id=filled.instance_id,
            xml_sha256="0" * 64, received_at=timezone.now(), state_at=timezone.now(), **lying,
        )  # fmt: skip
        SubmissionContent.objects.create(submission=sent, xml=xml, **lying)
    return sent


def take(by: Any, xml: bytes, *, sent: Any = None, answers: Mapping[str, Any] | None = None) -> Any:
    """Let the form's taker do its work as ``by``, in one transaction as the engine does."""
    from django.db import transaction

    from paivand.access.models.identity import acting_as
    from paivand.collect.actions.takers import TAKERS
    from paivand.collect.rules.filled import read_filled

    filled = read_filled(xml)
    submission = sent or arrived(by, xml)
    by.forget_rights()
    with acting_as(by), transaction.atomic():
        return TAKERS[filled.form](filled=filled, sent=submission, by=by, answers=answers or {})
