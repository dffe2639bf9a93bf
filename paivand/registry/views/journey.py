"""Pages on the journey: help written down for members of a family, and taken back where it was wrong."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.access.views.gate import asking, demand, refuse
from paivand.core.rules.errors import Refused
from paivand.registry.actions import journey as actions
from paivand.registry.forms.journey import HelpForm, ReversalForm
from paivand.registry.models import Family
from paivand.registry.queries import consents, families
from paivand.registry.queries import journey as queries
from paivand.registry.rules import ConsentPurpose
from paivand.registry.views.files import family_of


def journey_rights(by: User, family: Family) -> dict[str, bool]:
    """What the story of a family offers: help written down, a step taken back."""
    return {
        "may_help": family.is_active and by.reach(Verb.JOURNEY_RECORD).covers(family),
        "may_reverse": by.reach(Verb.JOURNEY_REVERSE).covers(family),
    }


@require_http_methods(["GET", "POST"])
def step_record(request: HttpRequest, code: str) -> HttpResponse:
    """Write down help that reached one or several members, as far as they agree to services."""
    by = asking(request)
    demand(by, Verb.JOURNEY_RECORD)
    family = family_of(by, code)
    present: list[Any] = list(families.members(by, family))
    people = [member.shown for member in present if member.shown]
    agree = consents.covered(by, [person.pk for person in people], ConsentPurpose.SERVICES)
    form = HelpForm(request.POST or None, family=family, members=[person for person in people if person.pk in agree])
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            try:
                actions.record_help(
                    family=family, people=form.chosen(), given=form.given(), form_id=form.form_key(), by=by
                )
                messages.success(request, _("The help is written down."))
            except Refused as refused:
                if refused.code != "twice":
                    raise
            return redirect("registry:family-open", code=family.code)
    context = {"form": form, "family": family, "left_out": [one for one in people if one.pk not in agree]}
    return render(request, "registry/step_form.html", context, status=422 if request.method == "POST" else 200)


@require_http_methods(["GET", "POST"])
def step_reverse(request: HttpRequest, code: str, step_id: uuid.UUID) -> HttpResponse:
    """Take a step back that was written down wrongly, for all whom it was written down for or for some."""
    by = asking(request)
    demand(by, Verb.JOURNEY_REVERSE)
    family = family_of(by, code)
    members: list[Any] = list(families.members(by, family))
    names = {pk: m.shown.full_name for m in members if m.shown for pk in m.records}
    step = queries.step_of(by, names, step_id)
    if step is None:
        raise Http404
    together = [(one, names[one.person_id]) for one in queries.written_together(by, names, step)]
    form = ReversalForm(request.POST or None, steps=together)
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            actions.reverse_help(family=family, steps=form.chosen(), reason=form.cleaned_data["reason"], by=by)
            messages.success(request, _("It does not count any more. Both stay in the story."))
            return redirect("registry:family-open", code=family.code)
    context = {"form": form, "family": family, "step": step}
    return render(request, "registry/step_reverse.html", context, status=422 if form.errors else 200)
