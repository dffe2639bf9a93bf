"""Photographs of observations and of sessions: kept sealed, without where and when; taken away for good."""

from __future__ import annotations

import hashlib
import uuid
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from paivand.access.actions.mechanism import action, remark
from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.core.models import new_id
from paivand.core.models.files import forget, store
from paivand.core.rules.errors import Refused
from paivand.core.rules.uploads import UNFIT_NAMES, Unfit, UnfitFileError, fit
from paivand.learning.actions.inside import locked_group, within
from paivand.learning.models import FieldPhoto, Group, Observation, Session
from paivand.learning.rules.states import SessionState

MOST_OF_A_SESSION = 12
"""Photographs of one session; more tell nothing more, and fill the disk."""


@action(Verb.LEARNING_TEACH, on="group")
def add_session_photo(
    *, group: Group, session: Session, photo_id: uuid.UUID, content: bytes, by: User, caption: str = ""
) -> FieldPhoto:  # fmt: skip
    """Keep a photograph of a session that was held.

    Raises:
        Refused: ``twice``; ``state`` for a session that was not held; ``many``; one of ``Unfit`` for a file that is not
            taken.
    """
    row = locked_group(group)
    if FieldPhoto.objects.filter(pk=photo_id).exists():
        raise Refused(_("This form was saved already."), "twice")
    found = Session.objects.filter(group=row, pk=session.pk).first()
    if found is None or found.state != SessionState.HELD:
        raise Refused(_("Photographs belong to sessions that were held. Take the attendance first."), "state")
    if FieldPhoto.objects.filter(session=found, removed_at=None).count() >= MOST_OF_A_SESSION:
        raise Refused(
            _("There are %(most)s photographs of this session already. Take one away first.")
            % {"most": MOST_OF_A_SESSION}, "many", field="photo",
        )  # fmt: skip
    made = keep_photo(row, content, caption, by, of=found, key=photo_id)
    remark(act="session.photo", n=found.n)
    return made


def keep_photo(
    group: Group, content: bytes, caption: str, by: User, *, of: Observation | Session, key: uuid.UUID | None = None
) -> FieldPhoto:
    """Write a photograph down and its file, sealed; a part of two actions."""
    try:
        taken = fit(content)
    except UnfitFileError as error:
        raise Refused(_(UNFIT_NAMES[error.why]), error.why.value, field="photo") from None
    if not taken.kind.media_type.startswith("image/"):
        raise Refused(_("This is no photograph. Choose a picture."), Unfit.KIND.value, field="photo")
    row = within(group, FieldPhoto(
        id=key or new_id(), caption=caption.strip(), media_type=taken.kind.media_type,
        n_bytes=len(taken.content), sha256=hashlib.sha256(taken.content).hexdigest(), recorded_by=by,
        observation=of if isinstance(of, Observation) else None, session=of if isinstance(of, Session) else None,
    ))  # fmt: skip
    row.save(force_insert=True)
    store(row.pk, taken.content)
    return row


@action(Verb.LEARNING_TEACH, on="group")
def remove_photo(*, group: Group, photo: FieldPhoto, by: User, now: datetime | None = None) -> FieldPhoto:
    """Take a photograph away: its file goes for good, the row says when and by whom.

    Raises:
        Refused: ``twice`` when it is gone already.
    """
    locked_group(group)
    row: FieldPhoto = (
        FieldPhoto.objects.select_for_update(of=("self",)).select_related("group").get(pk=photo.pk, group=group)
    )  # fmt: skip
    if row.removed_at:
        raise Refused(_("This form was saved already."), "twice")
    row.removed_at, row.removed_by, row.caption = now or timezone.now(), by, ""
    row.version += 1
    row.save()
    transaction.on_commit(lambda: forget(row.pk))
    remark(act="photo.remove")
    return row
