"""One enrolment: where a learner stands, how she came there, and that she left."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.access.views.gate import asking, conflict, demand, forbid, lose, refuse
from paivand.learning.actions.enrolments import leave
from paivand.learning.forms.enrolments import LeaveForm
from paivand.learning.models import Enrolment
from paivand.learning.queries import enrolments as queries
from paivand.learning.queries.certificates import certificates_of
from paivand.learning.rules.courses import course
from paivand.learning.rules.states import ALIVE, LeftWhy
from paivand.learning.views.found import reaches


@require_GET
def enrolment_open(request: HttpRequest, enrolment_id: uuid.UUID) -> HttpResponse:
    """Everything that is known of one learner in one group."""
    by, row = _asked(request, enrolment_id)
    context = {
        "row": row,
        "group": row.group,
        "course": course(row.course),
        "moves": queries.moves_of(by, row),
        "follow_ups": queries.follow_ups_of(by, row),
        "home": queries.home_of(by, row),
        "certificates": certificates_of(by, [row]).get(row.pk, []),
        "may_leave": row.state in ALIVE and not row.group.is_over and reaches(by, Verb.LEARNING_ENROL, row),
    }
    return render(request, "learning/enrolment.html", context)


@require_http_methods(["GET", "POST"])
def enrolment_leave(request: HttpRequest, enrolment_id: uuid.UUID) -> HttpResponse:
    """Write down that somebody left, or does not wish to come."""
    by, row = _asked(request, enrolment_id, Verb.LEARNING_ENROL)
    initial = {"version": row.version}
    form = LeaveForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        clean = form.cleaned_data
        with refuse(form):
            leave(
                enrolment=row, version=form.typed_version(), why=LeftWhy(clean["why"]), said=clean["said"],
                on=clean["on"], by=by,
            )  # fmt: skip
            messages.success(request, _("Saved. The trainer sees that the place is free."))
            return redirect("learning:enrolment-open", enrolment_id=row.pk)
    context = {"row": row, "group": row.group, "form": form, "present": conflict(form, initial)}
    return render(request, "learning/enrolment_leave.html", context, status=422 if form.errors else 200)


def _asked(request: HttpRequest, key: uuid.UUID, verb: Verb = Verb.LEARNING_VIEW) -> tuple[User, Enrolment]:
    by = asking(request)
    demand(by, verb)
    row = queries.enrolment_by_id(by, key)
    if row is None:
        lose(by, verb)
    if verb is not Verb.LEARNING_VIEW and not reaches(by, verb, row):
        forbid(by, verb, row)
    return by, row
