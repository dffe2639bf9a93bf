"""Telling a worker something on the desk, and putting it aside once it was seen."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils import timezone

from paivand.access.actions.mechanism import action, remark
from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.cases.models import Case, WorkerNotice
from paivand.cases.rules.notices import NoticeKind


def tell(user: User | None, kind: NoticeKind, case: Case, *, by: User | None, at: datetime | None = None) -> None:
    """Tell ``user`` something about a case, inside an action. Nobody is told what they did themselves."""
    if user is None or (by is not None and user.pk == by.pk):
        return
    WorkerNotice(for_user_id=user.pk, kind=kind, case=case, at=at or timezone.now()).save(force_insert=True)


@action(Verb.CASE_WORK, self_service=True)
def see_notices(*, notices: Sequence[WorkerNotice], by: User, now: datetime | None = None) -> int:
    """Put notices of one's own aside. Returns how many were new."""
    found = WorkerNotice.objects.filter(for_user=by, pk__in=[notice.pk for notice in notices], seen_at=None)
    seen: int = found.update(seen_at=now or timezone.now())
    remark(act="notice.see", n=seen)
    return seen
