"""The page on which a family is registered."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from paivand.access.models import User
from paivand.access.queries.users import placement
from paivand.access.rules.verbs import Verb
from paivand.access.views.gate import asking, demand, refuse
from paivand.core.rules.errors import Refused
from paivand.registry.actions.registration import register_family
from paivand.registry.forms.registration import MOST_MEMBERS, MemberRowForm, MemberRows, RegistrationForm
from paivand.registry.queries.families import sent_before
from paivand.registry.queries.people import people_of
from paivand.registry.views.matches import Typed, by_draft, demand_answer, keep_answers, tell_elsewhere

SPARE_ROWS = 6


@require_http_methods(["GET", "POST"])
def family_register(request: HttpRequest) -> HttpResponse:
    """Register a family: where it lives, its head, its members, the consent; one form, in steps on a phone."""
    by = asking(request)
    demand(by, Verb.FAMILY_REGISTER)
    form = RegistrationForm(request.POST or None, by=by, verb=Verb.FAMILY_REGISTER)
    rows = MemberRows(request.POST or None, prefix="members")
    if request.method == "POST" and form.is_valid() & rows.is_valid():
        with refuse(form):
            return _register(request, by, form, rows)
    empty_row = render_to_string("registry/parts/member_row.html", {"row": MemberRowForm(prefix="members-__prefix__")})
    spare = _spare_rows(empty_row, rows.total_form_count())
    context = {
        "form": form,
        "rows": rows,
        "empty_row": empty_row,
        "spare_rows": spare,
        "spare_total": rows.total_form_count() + len(spare),
        "no_place": not form.fields["jamoat"].queryset.exists(),  # type: ignore[attr-defined]
    }
    return render(
        request, "registry/family_register.html", context, status=422 if form.errors or rows.is_bound else 200
    )


def _spare_rows(empty_row: SafeString, first: int) -> list[SafeString]:
    """Empty rows for a browser without scripts, which cannot add any: one row drawn, the others copied from it."""
    numbers = range(first, min(first + SPARE_ROWS, MOST_MEMBERS))
    return [SafeString(empty_row.replace("__prefix__", str(number))) for number in numbers]


def _register(request: HttpRequest, by: User, form: RegistrationForm, rows: Any) -> HttpResponse:
    clean = form.cleaned_data
    typed = Typed([(form, form.person()), *((row, row.person()) for row in rows if row.has_changed())])
    if not sent_before(by, clean["form_id"]):  # else she would be asked about the family that she has just registered
        demand_answer(request, by, typed, jamoat=clean["jamoat"].pk, village=clean["village"])
    try:
        family = register_family(scope=placement(by, clean["jamoat"].parent_id), draft=form.draft(rows), by=by)
    except Refused as refused:
        if refused.code != "twice":
            raise
        return redirect("registry:family-open", code=str(refused.detail["code"]))
    keep_answers(by, family, by_draft(people_of(by, family), typed))
    tell_elsewhere(request, typed)
    messages.success(request, _("The family is registered under the code %(code)s.") % {"code": family.code})
    return redirect("registry:family-open", code=family.code)
