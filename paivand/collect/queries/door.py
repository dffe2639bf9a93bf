"""Who stands at the door, and what is there to be fetched."""

from __future__ import annotations

import hashlib
import uuid
from collections import OrderedDict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Any
from xml.etree.ElementTree import Element  # only the kind: what is read here was published by this program

from defusedxml.ElementTree import fromstring
from django.db import connection
from django.utils import timezone

from paivand.access.models import User
from paivand.access.models.identity import DEVICE, set_identity
from paivand.access.rules.scopes import Scope
from paivand.collect.models import Device, FormFile, FormVersion
from paivand.collect.queries.entities import deleted_states
from paivand.collect.queries.field_lists import FieldList
from paivand.collect.rules.filled import local
from paivand.collect.rules.in_browser import unasked
from paivand.collect.rules.submissions import FormKind
from paivand.core.models.sealed import keyed_digest

TOKEN = "device"  # noqa: S105  # the purpose of the digest, no token
MOST_KNOWN = 10_000


class Shut(StrEnum):
    """Why a token opens nothing. Whoever shows it is not told which."""

    UNKNOWN = "unknown"
    REVOKED = "revoked"
    EXPIRED = "expired"
    SUSPENDED = "suspended"
    WITHOUT_RIGHT = "without_right"


@dataclass(frozen=True)
class Opened:
    """A device that may come in, and where its worker stands."""

    device_id: uuid.UUID
    user_id: uuid.UUID
    username: str
    language: str
    scope: Scope
    was_here: bool = True
    """Whether the device was in contact before."""

    @cached_property
    def user(self) -> User:
        """The worker. The transaction goes on with her identity."""
        return User.objects.select_related("agency", "team").get(pk=self.user_id)

    @cached_property
    def device(self) -> Device:
        """The device itself."""
        return Device.objects.get(pk=self.device_id)


NUL = "\x00"
"""No name of ours holds one, and the database refuses to be asked for it."""
_known: OrderedDict[str, uuid.UUID] = OrderedDict()
"""Whose a token is, by its digest: it never changes. Whether it still opens something is asked every time."""


def token_digest(token: str) -> str:
    """The digest by which a device is found."""
    return keyed_digest(TOKEN, token)


def show_token(digest: str, now: datetime) -> Opened | Shut:
    """Find the device of a token, and go on as its worker until the transaction ends.

    Revocation, the end of a role and suspension count from the next request: all of them are asked in one statement,
    under the identity of the device alone.
    """
    user_id = _known.get(digest)
    if user_id is None:
        set_identity(None, DEVICE, digest)
        user_id = Device.objects.filter(token_digest=digest).values_list("user_id", flat=True).first()
        if user_id is None:
            return Shut.UNKNOWN
    row = _shown(user_id, digest)
    if row is None:
        _known.pop(digest, None)
        return Shut.UNKNOWN
    device_id, revoked_at, expires_on, username, language, agency, team, district, holds, seen_at = row
    grounds = {
        Shut.REVOKED: revoked_at is not None,
        Shut.EXPIRED: expires_on is not None and timezone.localdate(now) > expires_on,
        Shut.SUSPENDED: username is None,
        Shut.WITHOUT_RIGHT: not holds,
    }
    shut = next((why for why, applies in grounds.items() if applies), None)
    if shut is not None:
        return shut
    _remember(digest, user_id)
    return Opened(device_id, user_id, username, language, Scope(district, agency, team, user_id), seen_at is not None)


def _shown(user_id: uuid.UUID, digest: str) -> tuple[Any, ...] | None:
    """Device, worker and right, under the identity of the device; then on as the worker. One way to the database.

    A suspended worker is seen by nobody who is not somebody else: her columns are empty. What comes from somebody who
    belongs to no district any more lies where her device does: it was given to her in a place, and those who guide the
    work there find it in their inbox. Nothing that was filled in is lost for want of a place.
    """
    with connection.cursor() as cursor:
        cursor.execute("select * from paivand_show_device(%s, %s)", [str(user_id), digest])
        row: tuple[Any, ...] | None = cursor.fetchone()
    return row


def _remember(digest: str, user_id: uuid.UUID) -> None:
    _known[digest] = user_id
    if len(_known) > MOST_KNOWN:
        _known.popitem(last=False)


# --- forms -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Published:
    """What is needed of a version to take a filled form in. It never changes, and is remembered by each process."""

    version_id: uuid.UUID
    form_id: uuid.UUID
    is_survey: bool
    file_paths: tuple[str, ...]


def published(code: str, version: str) -> Published | None:
    """A version of a form that was ever published."""
    found = _remembered.get((code, version))
    if found is None:
        row = FormVersion.objects.filter(form__code=code, name=version).select_related("form").defer("source").first()
        if row is None:
            return None
        found = Published(row.pk, row.form_id, row.form.kind == FormKind.SURVEY, file_paths(row.xml))
        _remembered[code, version] = found
        if len(_remembered) > MOST_KNOWN:
            _remembered.popitem(last=False)
    return found


def forget_published(code: str, version: str) -> None:
    """Read the version anew at the next question: another database stands here since, such as one brought back."""
    _remembered.pop((code, version), None)


_remembered: OrderedDict[tuple[str, str], Published] = OrderedDict()


def file_paths(xform: str) -> tuple[str, ...]:
    """The paths of the questions of a form that are answered by files, as its bindings say.

    >>> file_paths('<h><bind nodeset="/data/a/photo" type="binary"/><bind nodeset="/data/b" type="int"/></h>')
    ('a/photo',)
    """
    tree: Element = fromstring(xform.encode(), forbid_dtd=True)
    return tuple(
        "/".join(str(bind.get("nodeset")).strip().split("/")[2:])
        for bind in tree.iter()
        if isinstance(bind.tag, str) and local(bind.tag) == "bind" and bind.get("type") == "binary"
    )


def unfit_for_browsers(versions: Sequence[FormVersion]) -> set[uuid.UUID]:
    """Which of these versions need an answer that the browser form cannot ask for. Each is read once by a process."""
    new = [row.pk for row in versions if row.pk not in _unfit]
    for key, xform in FormVersion.objects.filter(pk__in=new).values_list("pk", "xml") if new else ():
        _unfit[key] = any(one.hinders for one in unasked(xform))
        if len(_unfit) > MOST_KNOWN:
            _unfit.popitem(last=False)
    return {row.pk for row in versions if _unfit.get(row.pk)}


_unfit: OrderedDict[uuid.UUID, bool] = OrderedDict()


def version_of(code: str, version: str) -> FormVersion | None:
    """A published version, with its XML."""
    if NUL in code + version:
        return None
    return FormVersion.objects.filter(form__code=code, name=version).select_related("form").defer("source").first()


def files_of(version: FormVersion) -> list[FormFile]:
    """The files that a version shows, without their content."""
    return list(FormFile.objects.filter(form_version=version).defer("content").order_by("name"))


def versions_with_files(versions: list[uuid.UUID]) -> set[uuid.UUID]:
    """Which of these versions show files."""
    return set(FormFile.objects.filter(form_version__in=versions).values_list("form_version_id", flat=True))


def file_of(version: FormVersion, name: str) -> FormFile | None:
    """One of them, with its content."""
    if NUL in name:
        return None
    return FormFile.objects.filter(form_version=version, name=name).first()


# --- lists -----------------------------------------------------------------------------------------------------------

_marks: OrderedDict[tuple[str, str], str] = OrderedDict()


def mark_of(listed: FieldList) -> str:
    """What changes when a list does. Clients compare a list that is none of entities with the MD5 of its bytes.

    It is written out once for each change: the token stands for the content.
    """
    if listed.entity:
        return listed.token
    found = _marks.get((listed.name, listed.token))
    if found is None:
        found = hashlib.md5(listed.content(), usedforsecurity=False).hexdigest()
        _marks[listed.name, listed.token] = found
        if len(_marks) > MOST_KNOWN:
            _marks.popitem(last=False)
    return found


def states_of_entries(by: User, name: str, keys: Sequence[str]) -> list[tuple[str, bool]]:
    """Of those of ``keys`` that the registry knows, whether they are gone from the list; in the order asked.

    Raises:
        KeyError: no list of entries has this name.
    """
    asked = {}
    for key in keys:
        with suppress(ValueError):
            asked[uuid.UUID(key)] = key
    found = deleted_states(by, name, asked)
    return [(said, found[key]) for key, said in asked.items() if key in found]
