"""Telling a worker something on the desk, and putting it aside once it was seen."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.utils import timezone

from paivand.access.actions.mechanism import action, remark
from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.cases.models import Case, WorkerNotice
from paivand.cases.rules.notices import NoticeKind


def tell(user: User | None, kind: NoticeKind, case: Case, *, by: User, at: datetime | None = None) -> None:
    """Tell ``user`` something about a case; see ``tell_all``."""
    tell_all([user.pk if user else None], kind, case, by=by, at=at)


def tell_all(
    users: Iterable[uuid.UUID | None], kind: NoticeKind, case: Case, *, by: User | None, at: datetime | None = None
) -> None:  # fmt: skip
    """Tell each of these users once about a case; a part of actions. Nobody is told what they did themselves."""
    told = {user_id for user_id in users if user_id and (by is None or user_id != by.pk)}
    WorkerNotice.objects.bulk_create(
        WorkerNotice(for_user_id=user_id, kind=kind, case_id=case.pk, at=at or timezone.now()) for user_id in told
    )


@action(Verb.CASE_WORK, self_service=True)
def see_notices(*, notices: Sequence[WorkerNotice], by: User, now: datetime | None = None) -> int:
    """Put notices of one's own aside. Returns how many were new."""
    found = WorkerNotice.objects.filter(for_user=by, pk__in=[notice.pk for notice in notices], seen_at=None)
    seen: int = found.update(seen_at=now or timezone.now())
    remark(act="notice.see", n=seen)
    return seen
