"""What the pages of a case begin with: the case that the address names, and the note that somebody looked."""

from __future__ import annotations

from django.http import Http404

from paivand.access.models import User
from paivand.cases.actions.cases import view_case
from paivand.cases.models import Case
from paivand.cases.queries.cases import case_by_code


def case_of(by: User, code: str, *, looks: bool = False) -> Case:
    """The case with this code, or 404; ``looks`` notes in the audit that ``by`` reads what is in it."""
    case = case_by_code(by, code)
    if case is None:
        raise Http404
    if looks:
        view_case(case=case, by=by)
    return case
