"""The inbox of what came from the field: all that waits, and several run again at once."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext, ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.access.views.gate import asking, demand, forbid, lose, refuse
from paivand.collect.actions import inbox as actions
from paivand.collect.actions.entities import resolve_conflict
from paivand.collect.forms.field import ConflictForm, InboxForm, states
from paivand.collect.queries import entities
from paivand.collect.queries import inbox as queries
from paivand.collect.queries.complaints import complained_about
from paivand.collect.rules.entities import Resolution
from paivand.collect.rules.submissions import SubmissionState
from paivand.core.rules.privacy import DataClass
from paivand.core.templatetags.paivand import number


@require_GET
def field_inbox(request: HttpRequest) -> HttpResponse:
    """Forms that wait for a person, or those of another state, the newest first."""
    by = asking(request)
    demand(by, Verb.FORM_FILL)
    form = _choice(request, by)
    filters = form.filters()
    counts = queries.open_counts(by)
    page = queries.submissions(by, filters, after=request.GET.get("after", ""))
    mends = bool(by.reach(Verb.FORM_MEND, DataClass.FIELD))
    context = {
        "page": page, "form": form, "filters": filters, "mends": mends, "language": (get_language() or "tg")[:2],
        "families": queries.families_told(by, page.rows), "states": states(counts),
        "complained": complained_about(page.rows, (get_language() or "tg")[:2]),
        "n_to_do": counts[SubmissionState.HELD] + counts[SubmissionState.MEND],
        "may_run": filters.state in {"", SubmissionState.MEND}
        and bool(counts[SubmissionState.MEND] + counts[queries.UNOFFERED]),
    }  # fmt: skip
    return render(request, "collect/field_inbox.html", context)


def _choice(request: HttpRequest, by: User) -> InboxForm:
    given = request.POST if request.method == "POST" else request.GET
    language = (get_language() or "tg")[:2]
    return InboxForm(given, kinds=queries.forms_sent(), senders=queries.senders(by), language=language)


@require_POST
def field_again(request: HttpRequest) -> HttpResponse:
    """Run again all forms to mend that fit the choice: after a right was given, or a rule was changed."""
    by = asking(request)
    demand(by, Verb.FORM_FILL)
    filters = _choice(request, by).filters()
    done = actions.run_many_again(queries.to_run_again(by, filters), by)
    if done:
        words = ngettext(
            "%(count)s form is taken in anew. What stands in its way now is here in a moment.",
            "%(count)s forms are taken in anew. What stands in their way now is here in a moment.",
            done,
        )
        messages.success(request, words % {"count": number(done)})
    else:
        messages.info(request, gettext("There is no form to run again."))
    return redirect(reverse("collect:field-inbox"))


@require_GET
def field_conflicts(request: HttpRequest) -> HttpResponse:
    """Entries that two people changed without knowing of one another, the newest first."""
    by = asking(request)
    demand(by, Verb.FORM_FILL)
    page = entities.open_conflicts(by, after=request.GET.get("after", ""))
    return render(request, "collect/field_conflicts.html", {"page": page})


@require_http_methods(["GET", "POST"])
def conflict_open(request: HttpRequest, change_id: uuid.UUID) -> HttpResponse:
    """What stood there, what stands there, what was sent; one of them is kept, or something else written."""
    by = asking(request)
    demand(by, Verb.FORM_FILL)
    change = entities.change_by_id(by, change_id)
    if change is None:
        lose(by, Verb.FORM_FILL, str(change_id))
    mends = change.owner_id == by.pk or by.reach(Verb.FORM_MEND, DataClass.FIELD).covers(change)
    sides = entities.sides(by, change)
    now = entities.stands_now(by, change)
    seen = {"version": change.version, "seen": now.version if now else 0}
    disputed = [side for side in sides if side.is_disputed] or sides
    given = request.POST if request.method == "POST" else None
    form = ConflictForm(given, sides=disputed, now=now.values if now else {}, initial=seen)
    if request.method == "POST":
        if not mends:
            forbid(by, Verb.FORM_MEND, change)
        if form.is_valid():
            with refuse(form):
                clean = form.cleaned_data
                resolve_conflict(
                    change=change, version=clean["version"], keeps=Resolution(clean["keeps"]), seen=clean["seen"],
                    values=form.values(), by=by,
                )  # fmt: skip
                messages.success(request, gettext("The conflict is settled."))
                return redirect("collect:field-conflicts")
    context = {
        "change": change, "sides": sides, "form": form, "person": now.person if now else None,
        "may": mends and change.is_open and bool(sides),
    }  # fmt: skip
    return render(request, "collect/field_conflict.html", context, status=422 if form.errors else 200)
