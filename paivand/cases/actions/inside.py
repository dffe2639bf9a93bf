"""What every action inside a case begins with: the case is locked and open, and a new row lies where it lies."""

from __future__ import annotations

from typing import TypeVar

from django.utils.translation import gettext as _

from paivand.access.models import User
from paivand.cases.models import Case, CaseRecord
from paivand.core.rules.errors import Refused

R = TypeVar("R", bound=CaseRecord)


def locked_case(case: Case) -> Case:
    """The case's row, locked until the end of the transaction.

    Raises:
        Refused: ``closed`` when the case is closed: nothing is written into it any more.
    """
    locked: Case = Case.objects.select_for_update(of=("self",)).select_related("family").get(pk=case.pk)
    if not locked.is_open:
        raise Refused(_("This case is closed. To go on with it, reopen it first."), "closed")
    return locked


def within(case: Case, row: R, by: User) -> R:
    """``row``, lying where its case lies, and written by ``by``."""
    row.case, row.written_by = case, by
    row.district_id, row.agency_id = case.district_id, case.agency_id
    row.team_id, row.owner_id = case.team_id, case.owner_id
    return row
