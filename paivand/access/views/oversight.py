"""Pages of those who watch: audit, break-glass and its review; and the page that breaks the glass."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from paivand.access.actions.glass import break_glass, review_glass
from paivand.access.forms.users import AuditFilterForm, GlassForm, ReviewForm
from paivand.access.queries import audit, users
from paivand.access.rules.events import EVENT_NAMES
from paivand.access.rules.scopes import GLASS_HOURS
from paivand.access.rules.verbs import Verb
from paivand.access.views.gate import asking, demand, refuse
from paivand.access.views.words import told


@require_GET
def audit_list(request: HttpRequest) -> HttpResponse:
    """Who did what, and what was refused, within one's reach."""
    by = asking(request)
    demand(by, Verb.AUDIT_VIEW)
    choices = [(event, _(name)) for event, name in EVENT_NAMES.items()]
    form = AuditFilterForm(request.GET or None, events=choices)
    chosen = form.cleaned_data if form.is_bound and form.is_valid() else {}
    actor_id = _uuid(request.GET.get("person", ""))
    page = audit.events(
        by,
        event=chosen.get("event", ""),
        outcome=chosen.get("outcome", ""),
        since=chosen.get("since"),
        until=chosen.get("until"),
        person=actor_id,
        after=request.GET.get("after", ""),
    )
    context = {
        "page": page,
        "rows": told(page.rows),
        "form": form,
        "actor": users.user_seen_by(by, actor_id) if actor_id else None,
        "filtered": bool(actor_id or any(chosen.values())),
    }
    return render(request, "access/audit_list.html", context)


@require_http_methods(["GET", "POST"])
def glass_list(request: HttpRequest) -> HttpResponse:
    """Break the glass, and one's own earlier times."""
    by = asking(request)
    demand(by, Verb.GLASS_BREAK)
    form = GlassForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            break_glass(district=form.cleaned_data["district"], reason=form.cleaned_data["reason"], by=by)
            messages.warning(
                request,
                _("For three hours you can read this district. What you open is logged and will be reviewed."),
            )
            return redirect("registry:family-list")
    context = {"form": form, "rows": users.own_glass(by), "hours": GLASS_HOURS}
    return render(request, "access/glass.html", context, status=422 if form.errors else 200)


@require_GET
def glass_review_list(request: HttpRequest) -> HttpResponse:
    """Break-glass of others, those not yet reviewed first."""
    by = asking(request)
    demand(by, Verb.GLASS_REVIEW)
    rows = users.glass_to_review(by)
    opened = audit.opened_by_glass(by, rows[:50])
    for row in rows:
        row.opened = opened.get(row.pk, [])  # type: ignore[attr-defined]
    context = {
        "waiting": [row for row in rows if row.reviewed_at is None],
        "reviewed": [row for row in rows if row.reviewed_at is not None],
        "form": ReviewForm(),
    }
    return render(request, "access/glass_review.html", context)


@require_POST
def glass_review(request: HttpRequest, glass_id: uuid.UUID) -> HttpResponse:
    """Say what was found."""
    by = asking(request)
    demand(by, Verb.GLASS_REVIEW)
    glass = users.glass_seen_by(by, glass_id)
    if glass is None:
        raise Http404
    form = ReviewForm(request.POST)
    with refuse(form, request):
        if form.is_valid():
            review_glass(glass=glass, note=form.cleaned_data["note"], by=by)
            messages.success(request, _("Reviewed."))
        else:
            messages.error(request, _("Nothing was changed: write what you found."))
    return redirect("access:glass-review-list")


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text) if text else None
    except ValueError:
        return None
