"""What phones send is kept first, as it came, and looked at later.

A submission, its XML and its files are written in one transaction, and nothing is decided in it but whether they
arrived before. Only then the phone is told that it may forget them.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import IO, Any

from django.db import IntegrityError, InterfaceError, OperationalError, connection, transaction

from paivand.collect.actions.moving import move
from paivand.collect.actions.queue import tell_of_submissions
from paivand.collect.models import Submission, SubmissionFile
from paivand.collect.queries.door import Opened, Published, forget_published, published
from paivand.collect.rules.filled import Filled
from paivand.collect.rules.openrosa import TurnedAway
from paivand.collect.rules.submissions import FormState, SubmissionState
from paivand.collect.rules.taking import Act
from paivand.core.models import new_id
from paivand.core.models.files import forget, store
from paivand.core.models.sealed import vault
from paivand.core.rules.writing import writing

LATE = "missing"
"""The problem of a form that needs a file which did not come in time."""


@dataclass
class SentFile:
    """A file as it came, on the disk or in memory until it is kept."""

    name: str
    mime: str
    size: int
    sha256: str
    content: IO[bytes]


@dataclass
class Sending:
    """One POST: a filled form, and all or some of the files that it names."""

    xml: bytes
    filled: Filled
    files: Sequence[SentFile] = ()


class Came(StrEnum):
    """What became of a sending."""

    NEW = "new"
    MORE = "more"
    AGAIN = "again"


@dataclass
class Arrived:
    """The submission, what the sending brought, and whether all files that the form names are here."""

    submission_id: uuid.UUID
    came: Came
    is_complete: bool


@dataclass
class _Before:
    """What is known of an earlier arrival."""

    id: uuid.UUID
    xml_sha256: str
    is_complete: bool
    files: dict[str, str] = field(default_factory=dict)
    is_erased: bool = False


@dataclass(frozen=True)
class _Coming:
    """Which form comes from whom, and when."""

    form: Published
    opened: Opened
    now: datetime


@contextmanager
def whole() -> Iterator[list[uuid.UUID]]:
    """A transaction whose files are taken away again when it fails. Give the list to ``keep``."""
    stored: list[uuid.UUID] = []
    is_written = False
    try:
        with transaction.atomic():
            yield stored
            is_written = True
    except BaseException as broken:
        # A line that breaks at the end may hide that all was written: a file too many is better than one too few.
        if not (is_written and isinstance(broken, OperationalError | InterfaceError)):
            for key in stored:
                forget(key)
        raise


def keep(sending: Sending, opened: Opened, stored: list[uuid.UUID], *, now: datetime) -> Arrived:
    """Write down what a device sent, or find that it is written down. Runs inside ``whole`` with the worker's identity.

    The same sending may come any number of times, in parts and in any order: the same is kept in the end.

    Raises:
        TurnedAway: ``form``, ``closed``, ``other_xml``, ``other_file``, ``edited``, ``newer_edit``, ``edit_of_itself``.
    """
    filled = sending.filled
    form = _standing(filled)
    coming = _Coming(form, opened, now)
    sha256 = hashlib.sha256(sending.xml).hexdigest()
    wanted = _named(filled, form)
    before, state = _locked(form, filled.instance_id, with_files=bool(wanted))
    if state is None:
        forget_published(filled.form, filled.version)
        return keep(sending, opened, stored, now=now)
    if before is None:
        if state == FormState.CLOSED:
            raise TurnedAway("closed")
        before = _begin(sending, sha256, coming, is_complete=not wanted)
        came = Came.NEW
    elif before.xml_sha256 != sha256:
        raise TurnedAway("other_xml")
    else:
        came = Came.AGAIN
    # What was erased stays erased, however late a phone sends it again.
    sent_now = () if before.is_erased else sending.files
    n_added = 0
    for file in sent_now:
        if file.name in wanted and _is_new(file, before):  # also among those that came with this very sending
            stored.append(_keep_file(file, before.id, form, opened))
            before.files[file.name] = file.sha256
            n_added += 1
    is_complete = before.is_complete
    if n_added:
        is_complete = wanted <= before.files.keys()
        came = Came.NEW if came is Came.NEW else Came.MORE
    if is_complete != before.is_complete:
        _complete(before.id, now)
    if came is Came.NEW or is_complete != before.is_complete:
        tell_of_submissions(opened.user_id)
    return Arrived(before.id, came, is_complete)


def _standing(filled: Filled) -> Published:
    form = published(filled.form, filled.version)
    if form is None:
        raise TurnedAway("form")
    return form


def _named(filled: Filled, form: Published) -> set[str]:
    """The names of the files that the filled form speaks of."""
    return {name for path in form.file_paths for name in filled.everywhere(path)}


def _is_new(file: SentFile, before: _Before) -> bool:
    kept = before.files.get(file.name)
    if kept is not None and kept != file.sha256:
        raise TurnedAway("other_file")
    return kept is None


def _locked(form: Published, instance_id: str, *, with_files: bool) -> tuple[_Before | None, str | None]:
    """Wait until nobody else writes this submission, and look whether it is there; and where its form stands.

    Without a state there is no such form.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "select * from paivand_find_submission(%s, %s, %s)",
            [_lock(form.form_id, instance_id), form.form_id, instance_id],
        )
        state, key, sha256, is_complete, is_erased = cursor.fetchone() or (None, None, "", False, False)
        if key is None:
            return None, state
        files = {}
        if with_files:
            cursor.execute("select name, sha256 from collect_submissionfile where submission_id = %s", [key])
            files = dict(cursor.fetchall())
    return _Before(key, sha256, is_complete, files, is_erased=is_erased), state


def _lock(form_id: uuid.UUID, instance_id: str) -> int:
    digest = hashlib.sha256(b"submission" + form_id.bytes + instance_id.encode()).digest()
    return int.from_bytes(digest[:8], signed=True)


def _begin(sending: Sending, sha256: str, coming: _Coming, *, is_complete: bool) -> _Before:
    """Write the submission and its XML, sealed, with one statement."""
    form, opened, now = coming.form, coming.opened, coming.now
    filled, key = sending.filled, new_id()
    root_id, corrected = filled.instance_id, None
    if filled.deprecated_id:
        root_id, corrected = _corrected(form, filled, opened)
    where = (opened.scope.district_id, opened.scope.agency_id, opened.scope.team_id, opened.user_id)
    values: list[Any] = [
        key, new_id(), now, *where, form.form_id, form.version_id, filled.instance_id, root_id, filled.deprecated_id,
        sha256, opened.device_id, form.is_survey, is_complete, vault().encrypt(sending.xml).decode(),
    ]  # fmt: skip
    try:
        with connection.cursor() as cursor:
            cursor.execute(_KEEP, values)
    except IntegrityError:
        # Somebody else's submission has this number, or the one that is corrected was corrected by another meanwhile.
        raise TurnedAway("newer_edit" if filled.deprecated_id else "other_xml") from None
    if corrected is not None:
        with connection.cursor() as cursor:
            cursor.execute(
                "update collect_submission set replaced_by_id = %s, version = version + 1, changed_at = %s "
                "where id = %s",
                [key, now, corrected],
            )
    return _Before(key, sha256, is_complete)


_KEEP = f"select paivand_keep_submission({', '.join(['%s'] * 17)})"


def _corrected(form: Published, filled: Filled, opened: Opened) -> tuple[str, uuid.UUID]:
    """The first number of a row of edits, and the one of hers that is corrected; nobody else corrects it meanwhile."""
    if filled.deprecated_id == filled.instance_id:
        raise TurnedAway("edit_of_itself")
    with connection.cursor() as cursor:
        cursor.execute(
            "select id, root_id, replaced_by_id from collect_submission where form_id = %s and instance_id = %s "
            "and owner_id = %s for update",
            [form.form_id, filled.deprecated_id, opened.user_id],
        )
        row = cursor.fetchone()
    if row is None:
        raise TurnedAway("edited")
    if row[2] is not None:
        raise TurnedAway("newer_edit")
    return row[1], row[0]


def _keep_file(file: SentFile, submission_id: uuid.UUID, form: Published, opened: Opened) -> uuid.UUID:
    row = SubmissionFile(
        submission_id=submission_id, is_survey=form.is_survey, name=file.name, sha256=file.sha256, size=file.size,
        mime=file.mime, district_id=str(opened.scope.district_id), agency_id=opened.scope.agency_id,
        team_id=opened.scope.team_id, owner_id=opened.user_id,
    )  # fmt: skip
    with writing("form.fill"):
        row.save(force_insert=True)
    file.content.seek(0)
    store(row.pk, file.content.read())
    key: uuid.UUID = row.pk
    return key


def _complete(submission_id: uuid.UUID, now: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "update collect_submission set is_complete = true, version = version + 1, changed_at = %s where id = %s",
            [now, submission_id],
        )
    # It was not waited for any longer, and the form was refused for want of it.
    late = Submission.objects.filter(pk=submission_id, state=SubmissionState.MEND, problem=LATE, replaced_by=None)
    with writing("form.fill"):
        for sent in late.select_for_update(of=("self",)):
            move(sent, Act.RUN_AGAIN, by=None, now=now)
