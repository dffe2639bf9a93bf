"""Files of many answers, made in the background for who asked for them.

The answers are read some at a time, each time with the rights that who asked has then; in between it is told how far
the file is. It is kept sealed, in pieces, for a day, and given out only while who asked may see what she saw then. Once
an answer of the survey is erased, its files go, and those that are being made are begun anew. A worker that fell silent
is followed by another one, which begins anew; after some tries the file is given up.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from functools import partial
from typing import IO

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from paivand.access.actions.mechanism import action, record_event, remark
from paivand.access.models import User
from paivand.access.models.identity import for_purpose
from paivand.access.rules.verbs import Verb
from paivand.collect.actions.queue import tell_of_file
from paivand.collect.actions.survey_exports import (
    Wanted,
    Written,
    demand_readable,
    demand_reason,
    sha256_of,
    tell_taken,
)
from paivand.collect.models import Form, SurveyFile, SurveyFilePiece
from paivand.collect.models.survey_files import UPKEEP
from paivand.collect.queries import surveys as queries
from paivand.collect.queries.survey_answers import n_fitting, questions_of
from paivand.collect.queries.survey_files import can_be_fetched
from paivand.collect.rules.survey_export import (
    KEPT_HOURS,
    MOST_ANSWERS,
    MOST_TRIES,
    SILENT_MINUTES,
    FileKind,
    FileState,
    FileTrouble,
    Words,
)
from paivand.collect.rules.survey_filters import AnswerFilter
from paivand.core.models import new_id
from paivand.core.models.files import forget, store
from paivand.core.rules.errors import OutsideScopeError, Refused
from paivand.core.rules.writing import writing

PIECE_BYTES = 4_000_000


@action(Verb.SURVEY_MANAGE, self_service=True)
def ask_file(
    *, survey: Form, file_id: uuid.UUID, wanted: Wanted, reason: str, by: User, now: datetime | None = None
) -> SurveyFile:  # fmt: skip
    """Ask for a file of the answers that fit. The same form sent twice asks once.

    Raises:
        Refused: ``reason``, see ``export_answers``; ``busy`` while another file of this survey is made for ``by``.
    """
    demand_readable(survey, by)
    demand_reason(reason)
    again: SurveyFile | None = SurveyFile.objects.filter(pk=file_id, asked_by=by).first()
    if again is not None:
        return again
    row: SurveyFile = SurveyFile(
        id=file_id, survey=survey, kind=wanted.kind, words=wanted.words, language=wanted.language,
        filters=wanted.filters.kept(), reach=queries.digest_of_reach(by), reason=reason.strip(),
        n_total=n_fitting(by, survey, wanted.filters, most=MOST_ANSWERS), asked_by=by, alive_at=now or timezone.now(),
    )  # fmt: skip
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        raise Refused(
            _("A file of this survey is being made for you already. Wait until it is there, then ask for another."),
            "busy",
        ) from None
    tell_of_file(row.pk, by.pk)
    remark(survey=survey.code, act="file asked", format=str(wanted.kind))
    return row


@action(Verb.SURVEY_MANAGE, self_service=True)
def fetch_file(*, file: SurveyFile, reason: str, by: User) -> SurveyFile:
    """Note that a file leaves the program: each time, with what it holds and its fingerprint.

    Raises:
        OutsideScopeError: when ``by`` may see other answers by now.
    """
    demand_readable(file.survey, by)
    if not can_be_fetched(by, file):
        raise OutsideScopeError(Verb.SURVEY_MANAGE)
    tell_taken(file.survey, wanted_of(file), questions_of(file.survey), file.n_done, file.sha256)
    remark(act="fetched")
    return file


def wanted_of(row: SurveyFile) -> Wanted:
    """What a file is to hold."""
    return Wanted(FileKind(row.kind), AnswerFilter.of(row.filters), Words(row.words), row.language)


# --- in the background -----------------------------------------------------------------------------------------------


@action(Verb.SURVEY_MANAGE, self_service=True)
def take_up(*, file: SurveyFile, by: User, now: datetime | None = None) -> bool:
    """Say that a worker is at it. Returns whether there is anything to do: a file tried too often is given up.

    ``file`` remembers this turn: ``keep_file`` keeps nothing that was made in an earlier one.
    """
    row: SurveyFile = SurveyFile.objects.select_for_update(of=("self",)).get(pk=file.pk)
    remark(act="taken up", tries=row.n_tries)
    if row.is_over:
        return False
    if row.n_tries >= MOST_TRIES:
        _end(row, now or timezone.now(), FileTrouble.SILENT)
        return False
    row.state, row.n_tries, row.n_done, row.alive_at = FileState.WORKING, row.n_tries + 1, 0, now or timezone.now()
    row.version += 1
    row.save()
    file.version = row.version
    return True


def tell_progress(file_id: uuid.UUID, n: int, *, now: datetime | None = None) -> None:
    """Say how many answers are in the file by now. It is no event: nothing is given out yet."""
    with for_purpose(UPKEEP), writing(UPKEEP):
        SurveyFile.objects.filter(pk=file_id, ended_at=None).update(n_done=n, alive_at=now or timezone.now())


@action(Verb.SURVEY_MANAGE, self_service=True)
def keep_file(
    *, file: SurveyFile, made: IO[bytes], written: Written, reason: str, stored: list[uuid.UUID], by: User,
    now: datetime | None = None,
) -> SurveyFile:  # fmt: skip
    """Keep a file that was made, sealed and in pieces, and note who takes out what, why, and its fingerprint.

    Runs inside ``whole``, whose list is ``stored``: where it fails, no piece stays without its row.
    Nothing is kept where the file is to be begun anew, as after an answer was erased meanwhile.

    Raises:
        OutsideScopeError: when ``by`` may see other answers than when it was asked for.
    """
    demand_readable(file.survey, by)
    row: SurveyFile = SurveyFile.objects.select_for_update(of=("self",)).get(pk=file.pk)
    if row.is_over or row.version != file.version:
        return row
    if row.reach != queries.digest_of_reach(by):
        raise OutsideScopeError(Verb.SURVEY_MANAGE)
    sha256 = sha256_of(made)
    at = size = 0
    while piece := made.read(PIECE_BYTES):
        kept = SurveyFilePiece(
            id=new_id(), file=row, made_for=by, n=at, sha256=hashlib.sha256(piece).hexdigest()
        )  # fmt: skip
        kept.save(force_insert=True)
        store(kept.pk, piece)
        stored.append(kept.pk)
        at, size = at + 1, size + len(piece)
    row.n_done, row.n_left_out, row.n_bytes, row.sha256 = written.n, written.n_left_out, size, sha256
    _end(row, now or timezone.now())
    tell_taken(row.survey, wanted_of(row), questions_of(row.survey), written.n, sha256)
    return row


def hand_back(file: SurveyFile) -> None:
    """Give a file back whose worker ends before it is made, as if this try had not been; the next one begins it."""
    with for_purpose(UPKEEP), writing(UPKEEP):
        mine = SurveyFile.objects.select_for_update().filter(pk=file.pk, version=file.version, ended_at=None)
        row: SurveyFile | None = mine.first()
        if row is not None:
            row.n_tries -= 1
            _begin_anew(row)


def _begin_anew(row: SurveyFile) -> None:
    row.state, row.n_done = FileState.WAITING, 0
    row.version += 1
    row.save()
    tell_of_file(row.pk, row.asked_by_id)


def stop_file(file_id: uuid.UUID, trouble: FileTrouble = FileTrouble.RIGHT) -> None:
    """Say why a file is not made: the right to it is gone, or what is asked for cannot stand in it."""
    with for_purpose(UPKEEP), writing(UPKEEP):
        row: SurveyFile | None = SurveyFile.objects.select_for_update().filter(pk=file_id, ended_at=None).first()
        if row is not None:
            _end(row, timezone.now(), trouble)
            record_event(Verb.SURVEY_MANAGE, by=None, subject=row, detail={"act": "stopped", "why": str(trouble)})


def _end(row: SurveyFile, now: datetime, trouble: FileTrouble | None = None) -> None:
    row.state = FileState.FAILED if trouble else FileState.DONE
    row.trouble = trouble.value if trouble else ""
    row.ended_at = row.alive_at = now
    row.version += 1
    row.save()


# --- erasing and upkeep ----------------------------------------------------------------------------------------------


def drop_files(survey_id: uuid.UUID) -> None:
    """Let all files of a survey go at once, because an answer was erased; those that are being made begin anew."""
    with for_purpose(UPKEEP), writing(UPKEEP):
        rows = list(SurveyFile.objects.select_for_update().filter(survey_id=survey_id))
        _let_go([row.pk for row in rows if row.state == FileState.DONE])
        for row in rows:
            if row.state == FileState.WORKING:
                _begin_anew(row)


def wake_silent_files(*, now: datetime | None = None) -> int:
    """Put files whose worker fell silent back into the queue. Returns how many."""
    moment = now or timezone.now()
    with for_purpose(UPKEEP), writing(UPKEEP):
        silent = SurveyFile.objects.select_for_update(skip_locked=True).filter(
            ended_at=None, alive_at__lt=moment - timedelta(minutes=SILENT_MINUTES)
        )
        found = list(silent.order_by("alive_at")[:100])
        for row in found:
            row.alive_at = moment
            row.save()
            tell_of_file(row.pk, row.asked_by_id)
    return len(found)


def forget_old_files(*, now: datetime | None = None) -> int:
    """Let files go whose time is over, and what was not made. Returns how many."""
    until = (now or timezone.now()) - timedelta(hours=KEPT_HOURS)
    with for_purpose(UPKEEP), writing(UPKEEP):
        rows = list(SurveyFile.objects.filter(ended_at__lt=until).values_list("pk", flat=True)[:1000])
        _let_go(rows)
    return len(rows)


def _let_go(rows: Collection[uuid.UUID]) -> None:
    pieces = list(SurveyFilePiece.objects.filter(file__in=rows).values_list("pk", flat=True))
    SurveyFilePiece.objects.filter(pk__in=pieces).delete()
    SurveyFile.objects.filter(pk__in=rows).delete()
    transaction.on_commit(partial(_forget, pieces))


def _forget(keys: Iterable[uuid.UUID]) -> None:
    for key in keys:
        forget(key)
