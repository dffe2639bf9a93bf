"""Files of answers that are made or kept for one person."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from paivand.access.models import User
from paivand.collect.models import Form, SurveyFile, SurveyFilePiece
from paivand.collect.queries.surveys import digest_of_reach
from paivand.collect.rules.survey_export import KEPT_HOURS, FileState
from paivand.core.models.files import content_of

SHOWN = 10


def files_for(by: User, survey: Form, now: datetime) -> list[SurveyFile]:
    """The files of a survey that are being made, or were made within a day, for ``by``; the newest first."""
    since = now - timedelta(hours=KEPT_HOURS)
    found = SurveyFile.objects.filter(asked_by=by, survey=survey).exclude(ended_at__lt=since)
    return list(found.order_by("-id")[:SHOWN])


def file_seen_by(by: User, file_id: uuid.UUID) -> SurveyFile | None:
    """One file, with its survey."""
    found: SurveyFile | None = SurveyFile.objects.filter(pk=file_id, asked_by=by).select_related("survey").first()
    return found


def made_file(
    by: User, survey: Form, file_id: uuid.UUID, now: datetime
) -> tuple[SurveyFile, list[SurveyFilePiece]] | None:
    """A file that can be fetched, and its pieces in their order.

    None where there is none any more, or where ``by`` may see other answers now than when the file was asked for.
    """
    row = next((one for one in files_for(by, survey, now) if one.pk == file_id and can_be_fetched(by, one)), None)
    if row is None:
        return None
    return row, list(SurveyFilePiece.objects.filter(file=row).order_by("n"))


def can_be_fetched(by: User, row: SurveyFile) -> bool:
    """Whether the file is there, and holds no answer that is out of the reach of ``by`` by now."""
    return bool(row.state == FileState.DONE and row.reach == digest_of_reach(by))


def contents(pieces: Sequence[SurveyFilePiece]) -> Iterator[bytes]:
    """The file, piece by piece.

    Raises:
        LostFileError: when a piece is gone or was changed.
    """
    for piece in pieces:
        yield content_of(piece)
