"""What takers share: finding what a form names, its photographs, and saying at which question a rule says no."""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, TypeVar

from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _

from paivand.collect.models import Submission, SubmissionFile
from paivand.collect.rules.deciding import standing_decision
from paivand.collect.rules.filled import Filled, Row
from paivand.collect.rules.taking import Undecided
from paivand.core.rules.amounts import write_amount
from paivand.core.rules.errors import Refused

M = TypeVar("M", bound=Model)

SENT, KEPT = "sent", "kept"
"""What a person decides where something else stands here than was sent: what was sent counts, or what stands."""


def key_at(filled: Row, path: str) -> uuid.UUID:
    """The key that was chosen from a list.

    Raises:
        Refused: ``choose`` where nothing was chosen, or something that is no key.
    """
    try:
        return uuid.UUID(filled.value(path))
    except ValueError:
        raise Refused(_("Choose one from the list."), "choose", field=path) from None


def found_at(filled: Row, path: str, rows: QuerySet[M]) -> M:
    """What was chosen from a list, if the worker still has it.

    Raises:
        Refused: ``choose``; ``gone`` where it is not within her reach any more.
    """
    row = rows.filter(pk=key_at(filled, path)).first()
    if row is None:
        raise Refused(
            _("What was chosen here is not among what you work with any more. Choose anew, or ask your supervisor."),
            "gone", field=path,
        )  # fmt: skip
    return row


def photo_at(filled: Filled, sent: Submission, path: str) -> bytes | None:
    """A photograph that the form names; None where none was taken.

    Raises:
        Refused: ``missing`` while it has not arrived.
    """
    name = filled.value(path)
    if not name:
        return None
    row = SubmissionFile.objects.filter(submission=sent, name=name).first()
    if row is None:
        raise Refused(
            _("The photograph has not arrived yet. Send the form from the phone once more, or go on without it."),
            "missing", field=path,
        )  # fmt: skip
    content: bytes = row.content
    return content


@contextlib.contextmanager
def said_at(paths: Mapping[str, str], otherwise: str = "") -> Iterator[None]:
    """Name the question of the form where an action names the field of its screen.

    Args:
        paths: the question by the field.
        otherwise: the question of what belongs to no field.
    """
    try:
        yield
    except Refused as refused:
        field = paths.get(refused.field or "", otherwise)
        raise Refused(refused.message, refused.code, field=field or None, detail=refused.detail) from refused


def decided(answers: Mapping[str, Any], differs: list[dict[str, str]]) -> bool:
    """Whether what was sent shall replace what stands here.

    Args:
        differs: each question by its path, with both answers: see ``difference``.

    Raises:
        Undecided: nobody decided yet, or what stands here has changed since.
    """
    choice = standing_decision(answers, "conflict", differs)
    if choice not in {SENT, KEPT}:
        raise Undecided("conflict", differs)
    return bool(choice == SENT)


def demand_same(answers: Mapping[str, Any], key: uuid.UUID) -> None:
    """Raise unless an edit of a form that was taken in is about the same thing as the form before.

    Raises:
        Undecided: ``edit``: what the first made is put right by hand.
    """
    edited = answers.get("edit_of")
    if not edited:
        return
    older = Submission.objects.filter(pk=edited).first()
    made = (older.taken_as or []) if older else []
    if str(key) not in {one["id"] for one in made}:
        raise Undecided("edit", [{"submission": str(edited)}])


def difference(path: str, here: object, sent: object) -> list[dict[str, str]]:
    """One question with what stands and what was sent, empty where both say the same.

    Both are kept as the form itself would hold them, and read as answers to its question, in the reader's language.
    """
    if here == sent:
        return []
    return [{"path": path, "kept": _answer(here), "sent": _answer(sent)}]


def _answer(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return write_amount(value)
    if isinstance(value, (list, tuple)):
        return " ".join(map(str, value))
    return str(value)
