"""The ways back to school of a case, as the asking user may read them."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django.db.models import Prefetch

from paivand.access.models import User
from paivand.cases.models import Case, SchoolCheck, Schooling, SchoolTry
from paivand.cases.rules.schooling import SchoolingState


def schoolings_of(by: User, case: Case) -> list[Schooling]:
    """The ways back to school of a case: those still out first, the latest first."""
    order = {state: number for number, state in enumerate(SchoolingState)}
    return sorted(_schoolings(by, case).order_by("-id"), key=lambda row: order[SchoolingState(row.state)])


def schooling_by_id(by: User, case: Case, schooling_id: uuid.UUID) -> Schooling | None:
    """One way back to school."""
    found: Schooling | None = _schoolings(by, case).filter(pk=schooling_id).first()
    return found


def _schoolings(by: User, case: Case) -> Any:
    tries: Any = SchoolTry.objects.seen_by(by).select_related("written_by").order_by("-tried_on", "-id")
    checks: Any = SchoolCheck.objects.seen_by(by).order_by("months")
    return (
        Schooling.objects.seen_by(by)
        .filter(case=case)
        .select_related("case", "person", "written_by")
        .prefetch_related(Prefetch("tries", tries, to_attr="tried"))
        .prefetch_related(Prefetch("checks", checks, to_attr="asked"))
    )


def check_by_id(by: User, schooling: Schooling, check_id: uuid.UUID) -> SchoolCheck | None:
    """One time at which somebody asks again."""
    found = SchoolCheck.objects.seen_by(by).filter(schooling=schooling, pk=check_id)
    row: SchoolCheck | None = found.select_related("schooling__case", "case").first()
    return row


def next_check(row: Schooling) -> SchoolCheck | None:
    """The next time at which somebody asks again, if there is one."""
    if row.state != SchoolingState.BACK:
        return None
    asked: Sequence[SchoolCheck] = row.asked  # type: ignore[attr-defined]
    if any(check.still == "no" for check in asked):
        return None
    return next((check for check in asked if check.checked_on is None), None)
