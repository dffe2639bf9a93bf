"""The list of families with its filters, and the views that somebody keeps of it."""

from __future__ import annotations

import uuid
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from paivand.access.models import User
from paivand.access.queries.users import own_glass
from paivand.access.rules.verbs import Verb
from paivand.access.views.gate import asking, demand, lose, refuse
from paivand.registry.actions import saved_views as actions
from paivand.registry.forms.lists import FilterForm, ViewNameForm
from paivand.registry.models import SavedView
from paivand.registry.queries.families import sees_names
from paivand.registry.queries.lists import families
from paivand.registry.queries.saved_views import saved_view, saved_views
from paivand.registry.rules.lists import MOST_VIEWS, NAMELESS


@require_GET
def family_list(request: HttpRequest) -> HttpResponse:
    """Families within reach: filtered, in the alphabet or the newest first. Without a query, the first view opens."""
    by = asking(request)
    demand(by, Verb.FAMILY_OPEN)
    views = saved_views(by)
    first = next((view for view in views if view.is_default), None)
    if not request.GET and first and first.filters:
        return _to_list(first.filters)
    form = FilterForm(request.GET, by=by)
    filters, names = form.filters, sees_names(by)
    kept = filters.kept()
    context = {
        "page": families(by, filters, after=request.GET.get("after", "")),
        "form": form,
        "filters": filters,
        "chips": form.chips,
        "names": names,
        "names_here": names and filters.state not in NAMELESS,
        "alphabet_lost": names and filters.order == "name" and not filters.by_name,
        "views": views,
        "present_view": next((view for view in views if view.filters == kept), None),
        "kept": kept,
        "query": urlencode(kept),
        "may_keep": bool(kept) and len(views) < MOST_VIEWS,
        "may_export": Verb.FAMILY_EXPORT in by.verbs and filters.is_open_only,
        "glasses": [row for row in own_glass(by) if row.is_live] if by.glass_districts else [],
    }
    return render(request, "registry/family_list.html", context)


@require_POST
def view_save(request: HttpRequest) -> HttpResponse:
    """Keep the filters of the list, which come in the query, under a name."""
    by = asking(request)
    demand(by, Verb.FAMILY_OPEN)
    kept = FilterForm(request.GET, by=by).filters.kept()
    form = ViewNameForm(request.POST)
    if form.is_valid():
        with refuse(form, request):
            actions.save_view(name=form.cleaned_data["name"], filters=kept, by=by)
            messages.success(request, _("The view is kept. Only you see it."))
    else:
        _say_why(request, form)
    return _to_list(kept)


@require_POST
def view_rename(request: HttpRequest, view_id: uuid.UUID) -> HttpResponse:
    """Give a view another name."""
    by = asking(request)
    view = _own_view(by, view_id)
    form = ViewNameForm(request.POST)
    if form.is_valid():
        with refuse(form, request):
            actions.rename_view(view=view, name=form.cleaned_data["name"], by=by)
    else:
        _say_why(request, form)
    return _to_list(view.filters)


@require_POST
def view_delete(request: HttpRequest, view_id: uuid.UUID) -> HttpResponse:
    """Forget a view; the list stays as it is."""
    by = asking(request)
    view = _own_view(by, view_id)
    actions.delete_view(view=view, by=by)
    messages.success(request, _("The view is deleted. The families stay as they are."))
    return _to_list(view.filters)


@require_POST
def view_first(request: HttpRequest, view_id: uuid.UUID) -> HttpResponse:
    """Let the list open with this view, or no longer."""
    by = asking(request)
    view = _own_view(by, view_id)
    actions.choose_first_view(view=view, first=request.POST.get("first") == "1", by=by)
    return _to_list(view.filters)


def _own_view(by: User, view_id: uuid.UUID) -> SavedView:
    demand(by, Verb.FAMILY_OPEN)
    view = saved_view(by, view_id)
    if view is None:
        lose(by, Verb.PROFILE_EDIT)
    return view


def _to_list(kept: dict[str, str]) -> HttpResponseRedirect:
    return redirect(f"{reverse('registry:family-list')}?{urlencode(kept) or 'all=1'}")


def _say_why(request: HttpRequest, form: ViewNameForm) -> None:
    for errors in form.errors.values():
        for error in errors:
            messages.error(request, str(error))
