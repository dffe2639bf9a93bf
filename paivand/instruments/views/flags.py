"""Red flags: those that wait, those that were answered, and the answer."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from paivand.access.rules.verbs import Verb
from paivand.access.views.gate import asking, demand, lose
from paivand.core.rules.errors import Refused
from paivand.instruments.actions.flags import answer_flag
from paivand.instruments.forms.answers import FlagForm
from paivand.instruments.models import RedFlag
from paivand.instruments.queries import flags as queries
from paivand.instruments.rules.answers import meets, read_answers
from paivand.instruments.rules.catalogue import instrument

MOST = 100
"""So many open flags stand on one page; nobody can answer more in a day."""


@require_GET
def flag_list(request: HttpRequest) -> HttpResponse:
    """What cannot wait: for supervisors within their reach, for workers what they wrote down themselves."""
    by = asking(request)
    demand(by, Verb.ASSESSMENT_RECORD)
    answered = request.GET.get("show") == "answered"
    now = timezone.now()
    context = {
        "answered": answered,
        "page": queries.answered_flags(by, request.GET.get("after", "")) if answered else None,
        "open": [] if answered else [(flag, flag.is_late(now)) for flag in queries.open_flags(by, MOST)],
        "may_answer": Verb.CASE_APPROVE in by.verbs,
    }
    return render(request, "instruments/flag_list.html", context)


@require_http_methods(["GET", "POST"])
def flag_open(request: HttpRequest, flag_id: uuid.UUID) -> HttpResponse:
    """One red flag: what it is, what to do, and what was done."""
    by = asking(request)
    demand(by, Verb.ASSESSMENT_RECORD)
    flag = queries.flag(by, flag_id)
    if flag is None or flag.assessment.family.is_withdrawn:
        lose(by, Verb.CASE_APPROVE)
    may_answer = by.reach(Verb.CASE_APPROVE).covers(flag)
    if request.method == "POST":
        demand(by, Verb.CASE_APPROVE)
    form = FlagForm(request.POST or None, initial={"version": flag.version})
    if request.method == "POST" and form.is_valid():
        try:
            answer_flag(flag=flag, note=form.cleaned_data["note"], version=form.cleaned_data["version"] or 0, by=by)
            messages.success(request, _("Answered. It does not wait any more."))
            return redirect("instruments:flag-list")
        except Refused as refused:
            if refused.code == "answered":
                messages.info(request, refused.message)
                return redirect("instruments:flag-open", flag_id=flag.pk)
            form.add_error(refused.field if refused.field in form.fields else None, refused.message)
    context = {
        "flag": flag, "form": form, "may_answer": may_answer, "late": flag.is_late(timezone.now()),
        "changed": _answer_changed(flag),
    }  # fmt: skip
    return render(request, "instruments/flag.html", context, status=422 if request.method == "POST" else 200)


def _answer_changed(flag: RedFlag) -> bool:
    """Whether the answer that raised the flag was changed before the questionnaire was completed."""
    row = flag.assessment
    declared = instrument(row.instrument, row.instrument_version)
    rule = declared.flag(flag.code) if declared else None
    if declared is None or rule is None or rule.when is None:
        return False
    return not meets(rule.when, read_answers(row.answers), declared)
