"""What these tests fill in and send: a small form, a device, and requests as ODK Collect makes them."""

from __future__ import annotations

import hashlib
import uuid
from typing import Any

from django.utils import timezone

from paivand.access.models.identity import acting_as, for_purpose
from paivand.collect.actions.devices import issue_device
from paivand.collect.models import Device, Form, FormFile, FormVersion, Submission
from paivand.collect.rules.submissions import DeviceKind, FormKind, FormState
from paivand.core.rules.writing import writing
from tests.cast import fresh
from tests.conftest import CastClient

FORM, VERSION = "door_survey", "2026-1"
XFORM = """<?xml version="1.0"?>
<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml">
 <h:head><h:title>Door</h:title><model><instance><data id="door_survey" version="2026-1"><name/><photo/>
 <rooms><picture/></rooms><meta><instanceID/></meta></data></instance>
 <bind nodeset="/data/name" type="string"/><bind nodeset="/data/photo" type="binary"/>
 <bind nodeset="/data/rooms/picture" type="binary"/></model></h:head><h:body/></h:html>"""


def publish(
    author: Any, *, code: str = FORM, version: str = VERSION, state: FormState = FormState.OPEN, lists: Any = (),
    xform: str = XFORM,
) -> FormVersion:  # fmt: skip
    """A small survey for everybody, as the program itself would publish a form."""
    with for_purpose("upkeep"), writing("tests"):
        form = Form.objects.filter(code=code).first() or Form.objects.create(
            code=code, kind=FormKind.SURVEY, titles={"en": "Door & more", "tg": "Дар"}, author=author
        )
        Form.objects.filter(pk=form.pk).update(state=state)
        FormVersion.objects.filter(form=form, is_current=True).update(is_current=False, version=2)
        return FormVersion.objects.create(
            form=form, name=version, xml=xform, md5=hashlib.md5(xform.encode(), usedforsecurity=False).hexdigest(),
            lists=list(lists), published_at=timezone.now(),
        )  # fmt: skip


def attach(version: FormVersion, name: str, content: bytes, mime: str = "image/png") -> FormFile:
    """A file that a version shows."""
    with for_purpose("upkeep"), writing("tests"):
        return FormFile.objects.create(
            form_version=version, name=name, md5=hashlib.md5(content, usedforsecurity=False).hexdigest(), mime=mime,
            content=content,
        )  # fmt: skip


def device_of(user: Any, label: str = "phone", **more: Any) -> tuple[Device, str]:
    """A phone of a worker, given by herself."""
    user = fresh(user)
    with acting_as(user):
        return issue_device(user=user, kind=DeviceKind.COLLECT, label=label, by=user, **more)


def new_instance() -> str:
    return f"uuid:{uuid.uuid4()}"


def filled(
    instance: str, *, name: str = "Даҳана", photo: str = "", pictures: Any = (), corrects: str = "",
    form: str = FORM, version: str = VERSION,
) -> bytes:  # fmt: skip
    """A filled form as Collect writes it."""
    rooms = "".join(f"<rooms><picture>{one}</picture></rooms>" for one in pictures)
    former = f"<orx:deprecatedID>{corrects}</orx:deprecatedID>" if corrects else ""
    return (
        f'<?xml version=\'1.0\' ?><data id="{form}" version="{version}" '
        f'xmlns:orx="http://openrosa.org/xforms"><name>{name}</name><photo>{photo}</photo>{rooms}'
        f"<orx:meta><orx:instanceID>{instance}</orx:instanceID>{former}</orx:meta></data>"
    ).encode()


def body(xml: bytes | None, files: Any = (), *, incomplete: bool = False, boundary: str = "b0undary") -> bytes:
    """A multipart body; ``files`` are pairs of name and content."""
    parts = []
    if xml is not None:
        parts.append(("xml_submission_file", "form.xml", "text/xml", xml))
    parts += [(name, name, "image/jpeg", content) for name, content in files]
    out = b""
    for name, filename, mime, content in parts:
        out += (
            f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"; filename="{filename}"\r\n'
            f"Content-Type: {mime}\r\nContent-Transfer-Encoding: binary\r\n\r\n"
        ).encode() + content + b"\r\n"  # fmt: skip
    if incomplete:
        out += f'--{boundary}\r\nContent-Disposition: form-data; name="*isIncomplete*"\r\n\r\nyes\r\n'.encode()
    return out + f"--{boundary}--\r\n".encode()


class Phone:
    """A client with a token, without cookies."""

    def __init__(self, token: str) -> None:
        self.base = f"/key/{token}"
        self.client = CastClient(raise_request_exception=False)

    def get(self, path: str, **headers: str) -> Any:
        """GET a path below the server's address, or a whole address that a list gave."""
        path = path.removeprefix("http://testserver") if path.startswith("http://testserver") else self.base + path
        return self.client.get(path, headers={"X-OpenRosa-Version": "1.0", **headers})

    def head(self, path: str = "/submission?deviceID=collect:x") -> Any:
        return self.client.head(self.base + path)

    def send(self, xml: bytes | None, files: Any = (), *, incomplete: bool = False, **headers: str) -> Any:
        """POST a filled form as Collect does."""
        return self.post(body(xml, files, incomplete=incomplete), **headers)

    def post(self, content: bytes, kind: str = "multipart/form-data; boundary=b0undary", **headers: str) -> Any:
        return self.client.post(
            f"{self.base}/submission?deviceID=collect:x", content, content_type=kind,
            headers={"X-OpenRosa-Version": "1.0", "Date": "Sun, 29 Nov 2026 01:00:00 GMT", **headers},
        )  # fmt: skip


def message(answer: Any) -> str:
    """The sentence of an OpenRosaResponse."""
    from defusedxml.ElementTree import fromstring

    root = fromstring(answer.content)
    assert root.tag == "{http://openrosa.org/http/response}OpenRosaResponse", answer.content
    return root[0].text or ""


def kept(by: Any, instance: str) -> list[Submission]:
    """What stands of an instance, as its sender sees it."""
    with acting_as(by):
        return list(Submission.objects.filter(instance_id=instance).select_related("content", "form_version"))


def state_of(by: Any) -> list[Any]:
    """All that stands of a sender, in a form in which two ways of arriving can be compared."""
    with acting_as(by):
        rows = Submission.objects.filter(owner=by).order_by("instance_id").prefetch_related("files")
        return [
            (
                one.instance_id, one.root_id, one.deprecated_id, one.xml_sha256, one.is_complete, one.state,
                bytes(one.content.xml), bool(one.replaced_by_id),
                sorted((file.name, file.sha256, file.size, file.content) for file in one.files.all()),
            )
            for one in rows
        ]  # fmt: skip
