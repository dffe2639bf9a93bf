"""Entering what stands beside a figure, putting it right and taking it back; and published editions."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.access.views.gate import asking, demand, refuse
from paivand.core.rules.texts import text
from paivand.evidence.actions import figures as actions
from paivand.evidence.forms.figures import (
    EditionForm,
    EnteredForm,
    ExplanationForm,
    ExternalForm,
    GoalForm,
    WithdrawForm,
)
from paivand.evidence.models import Entered
from paivand.evidence.queries import entered as queries
from paivand.evidence.queries.shown import cells_to_publish
from paivand.evidence.rules.asking import Ask, Period
from paivand.evidence.rules.indicators import Indicator
from paivand.evidence.rules.reading import indicators
from paivand.evidence.views.reading import indicator_or_404, reading


@dataclass(frozen=True)
class Kind:
    """One kind of entry: its form, its words, and how it is kept."""

    form: type[EnteredForm]
    heading: str
    right: str
    enter: Callable[..., Entered]
    rows: Callable[[User, Indicator], list[Any]]


def _external(form: ExternalForm, **known: Any) -> Entered:
    return actions.enter_external(draft=form.draft(), **known, **form.once())


def _goal(form: GoalForm, **known: Any) -> Entered:
    return actions.enter_goal(draft=form.draft(), **known, **form.once())


def _explanation(form: ExplanationForm, **known: Any) -> Entered:
    told = {name: form.cleaned_data[name] for name in ("words", "language", "first_on", "last_on")}
    return actions.explain(**told, **known, **form.once())


KINDS = {
    "external": Kind(
        ExternalForm, text("A figure of another source"), text("Put a figure of another source right"), _external,
        queries.external_history,
    ),
    "goal": Kind(GoalForm, text("Set a goal"), text("Put a goal right"), _goal, queries.goal_entries),
    "explanation": Kind(
        ExplanationForm, text("Explain the difference"), text("Put an explanation right"), _explanation,
        lambda by, indicator: queries.explanations(by, [indicator])[indicator.code],
    ),
}  # fmt: skip


@require_http_methods(["GET", "POST"])
def entered_add(request: HttpRequest, indicator_code: str, entered: str) -> HttpResponse:
    """Enter something about an indicator."""
    return _write(request, indicator_code, entered, None)


@require_http_methods(["GET", "POST"])
def entered_replace(request: HttpRequest, indicator_code: str, entered: str, entry_id: uuid.UUID) -> HttpResponse:
    """Put an entry right by another one."""
    return _write(request, indicator_code, entered, entry_id)


def _write(request: HttpRequest, indicator_code: str, entered: str, entry_id: uuid.UUID | None) -> HttpResponse:
    by = asking(request)
    demand(by, Verb.RESULTS_ENTER)
    indicator, kind = indicator_or_404(indicator_code), _kind(entered)
    replaces = _row(kind, by, indicator, entry_id) if entry_id else None
    form = kind.form(request.POST or None, replaces=replaces)
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            kind.enter(form, indicator=indicator, replaces=replaces, by=by)
            messages.success(request, _("Saved."))
            return redirect("evidence:indicator-open", indicator_code=indicator.code)
    context = {"form": form, "indicator": indicator, "replaces": replaces,
               "heading": _(kind.right if replaces else kind.heading)}  # fmt: skip
    return render(request, "evidence/entered_form.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def entered_withdraw(request: HttpRequest, indicator_code: str, entered: str, entry_id: uuid.UUID) -> HttpResponse:
    """Take an entry back."""
    by = asking(request)
    demand(by, Verb.RESULTS_ENTER)
    indicator, kind = indicator_or_404(indicator_code), _kind(entered)
    row = _row(kind, by, indicator, entry_id)
    form = WithdrawForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            actions.withdraw_entered(entered=row, why=form.cleaned_data["why"], by=by)
            messages.success(request, _("Taken back. The entry stays to be read."))
            return redirect("evidence:indicator-open", indicator_code=indicator.code)
    context = {"form": form, "indicator": indicator, "replaces": row, "withdraws": True,
               "heading": _("Take an entry back")}  # fmt: skip
    return render(request, "evidence/entered_form.html", context, status=422 if form.errors else 200)


def _kind(entered: str) -> Kind:
    if entered not in KINDS:
        raise Http404
    return KINDS[entered]


def _row(kind: Kind, by: User, indicator: Indicator, entry_id: uuid.UUID) -> Entered:
    found: Entered | None = next((row for row in kind.rows(by, indicator) if row.pk == entry_id), None)
    if found is None:
        raise Http404
    return found


@require_GET
def edition_list(request: HttpRequest) -> HttpResponse:
    """What was published, when and by whom."""
    read = reading(request)
    return render(request, "evidence/edition_list.html", read.context(editions=queries.editions(read.by)))


@require_http_methods(["GET", "POST"])
def edition_publish(request: HttpRequest) -> HttpResponse:
    """Keep the results as they are shown now."""
    by = asking(request)
    demand(by, Verb.RESULTS_EXPORT)
    form = EditionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        with refuse(form):
            as_of = timezone.now()
            ask = Ask(Period(told["first_on"], told["last_on"]))
            actions.publish_edition(
                title=told["title"], cells=cells_to_publish(by, list(indicators().values()), ask), as_of=as_of,
                note=told["note"], form_id=told["form_id"], first_on=told["first_on"], last_on=told["last_on"], by=by,
            )  # fmt: skip
            messages.success(request, _("The edition is published."))
            return redirect("evidence:edition-list")
    return render(request, "evidence/edition_form.html", {"form": form}, status=422 if form.errors else 200)
