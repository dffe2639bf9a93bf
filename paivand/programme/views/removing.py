"""Deleting what was written by mistake: a page that says what goes, or what rests on it and keeps it there."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from paivand.access.views.gate import refuse
from paivand.programme.actions import removing as actions
from paivand.programme.forms.plan import RemoveForm
from paivand.programme.models import Activity, Budget, Outcome, Output
from paivand.programme.queries import money
from paivand.programme.queries import programmes as queries
from paivand.programme.queries.resting import resting_on
from paivand.programme.views.found import PLANS, Asked, or_404


@require_http_methods(["GET", "POST"])
def outcome_remove(request: HttpRequest, programme_code: str, outcome_code: str) -> HttpResponse:
    """Delete an outcome."""
    asked = Asked.of(request, programme_code, PLANS, whole=True)
    row = or_404(queries.outcome_by_code(asked.by, asked.programme, outcome_code))
    return _page(
        request, asked, row, _("Delete outcome %(code)s") % {"code": row.code},
        lambda version: actions.remove_outcome(outcome=row, version=version, by=asked.by),
        back=asked.address("outcome-edit", row.code), lead=row.title,
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def output_remove(request: HttpRequest, programme_code: str, output_code: str) -> HttpResponse:
    """Delete an output."""
    asked = Asked.of(request, programme_code, PLANS, whole=True)
    row = or_404(queries.output_by_code(asked.by, asked.programme, output_code))
    return _page(
        request, asked, row, _("Delete output %(code)s") % {"code": row.code},
        lambda version: actions.remove_output(output=row, version=version, by=asked.by),
        back=asked.address("output-edit", row.code), lead=row.title,
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def activity_remove(request: HttpRequest, programme_code: str, activity_code: str) -> HttpResponse:
    """Delete an activity."""
    asked = Asked.of(request, programme_code, PLANS)
    row = or_404(queries.activity_by_code(asked.by, asked.programme, activity_code))
    asked.demand_agency(PLANS, row.agency_id)
    return _page(
        request, asked, row, _("Delete activity %(code)s") % {"code": row.code},
        lambda version: actions.remove_activity(activity=row, version=version, by=asked.by),
        back=asked.address("activity-open", row.code), lead=row.title,
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def draft_remove(request: HttpRequest, programme_code: str) -> HttpResponse:
    """Delete the draft of the budget."""
    asked = Asked.of(request, programme_code, PLANS, whole=True)
    row = or_404(money.draft_budget(asked.by, asked.programme))
    return _page(
        request, asked, row, _("Delete the draft of the budget"),
        lambda version: actions.remove_draft(budget=row, version=version, by=asked.by),
        back=asked.address("budget-draft"), to=asked.address("budget-open"),
        lead=_("Everything that the agencies wrote in it goes with it. The budget that holds stays as it is."),
    )  # fmt: skip


def _page(
    request: HttpRequest, asked: Asked, row: Outcome | Output | Activity | Budget, heading: str,
    remove: Callable[[int], None], *, back: str, lead: str, to: str = "",
) -> HttpResponse:  # fmt: skip
    """The page that asks once more; where something rests on the part it says what, and deletes nothing."""
    form = RemoveForm(request.POST or None, initial={"version": row.version})
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            remove(form.typed_version())
            messages.success(request, _("It is deleted."))
            return asked.redirect_to(to or asked.address("programme-open"))
    rests = [] if isinstance(row, Budget) else resting_on(asked.by, row)
    return asked.page(request, "remove", form, heading=heading, lead=lead, rests=rests, back=back)
