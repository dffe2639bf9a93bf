"""The list of those who came to a small session: written, pasted, recognised, erased."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.access.views.gate import refuse
from paivand.core.rules.errors import Refused
from paivand.outreach.actions import register as actions
from paivand.outreach.forms.lists import MOST_ROWS, LineForms, ListForm, WhoForm
from paivand.outreach.models import Attendee, ReachEntry
from paivand.outreach.queries.entries import line_by_id, lines_of
from paivand.outreach.rules.lists import read_people
from paivand.outreach.views.found import entry_with_names, once, or_404
from paivand.registry.models import Participant, Person
from paivand.registry.queries.families import members, sees_names
from paivand.registry.queries.participants import participants_found
from paivand.registry.queries.search import search

ROWS = 8
"""How many empty rows the page begins with, and how many more it brings at a time."""
MOST_FAMILIES = 6


@require_http_methods(["GET", "POST"])
def list_write(request: HttpRequest, reach_id: uuid.UUID) -> HttpResponse:
    """Write down those who came, on one page."""
    by, row = entry_with_names(request, reach_id)
    if not row.is_draft:
        messages.error(request, _("The list belongs to a confirmed entry and is not changed any more."))
        return redirect("outreach:entry-open", reach_id=row.pk)
    initial = {"n_others": str(max(0, row.n_contacts - row.n_listed) if row.n_listed else 0)}
    form = ListForm(request.POST or None, initial=initial)
    if request.method != "POST":
        return _page(request, by, row, form, LineForms(prefix="rows", initial=[{}] * ROWS))
    rows = LineForms(request.POST, prefix="rows")
    if request.POST.get("do") in {"paste", "more"}:
        return _page(request, by, row, form, LineForms(prefix="rows", initial=_kept(request, row, rows)))
    if form.is_valid() & rows.is_valid():
        told = [one.draft() for one in rows if one.has_changed()]
        clean = form.cleaned_data
        with refuse(form):
            once(lambda: actions.write_list(
                entry=row, form_id=form.form_key(), rows=told, agreed_on=clean["agreed_on"],
                n_others=clean["n_others"] or 0, by=by,
            ))  # fmt: skip
            messages.success(request, _("The list is kept, and its counts are those of the entry."))
            return redirect("outreach:entry-open", reach_id=row.pk)
    return _page(request, by, row, form, rows)


def _kept(request: HttpRequest, row: ReachEntry, rows: Any) -> list[dict[str, Any]]:
    """What stood in the rows, the people of the list that was pasted, and empty rows after them."""
    names = ("name", "sex", "age", "village", "telephone", "before")
    kept = [{name: one[name].data for name in names} for one in rows if one.has_changed()]
    if request.POST.get("do") == "paste":
        kept += [
            {"name": one.name, "sex": one.sex, "age": one.age, "village": one.village, "telephone": one.telephone}
            for one in read_people(request.POST.get("pasted", ""), row.event_on.year)
        ]
        return [*kept, {}][:MOST_ROWS]
    return [*kept, *({} for _n in range(max(ROWS, rows.total_form_count() + ROWS - len(kept))))][:MOST_ROWS]


def _page(request: HttpRequest, by: User, row: ReachEntry, form: ListForm, rows: Any) -> HttpResponse:
    failed = request.method == "POST" and rows.is_bound
    context = {"entry": row, "form": form, "rows": rows, "failed": failed, "lines": lines_of(by, row)}
    return render(request, "outreach/list_write.html", context, status=422 if failed else 200)


@require_POST
def line_remove(request: HttpRequest, reach_id: uuid.UUID, line_id: uuid.UUID) -> HttpResponse:
    """Take somebody off the list of a draft."""
    by, row = entry_with_names(request, reach_id)
    found: Attendee = or_404(line_by_id(by, row, line_id))
    try:
        actions.remove_line(entry=row, attendee=found, by=by)
        messages.success(request, _("Taken off the list."))
    except Refused as refused:
        messages.error(request, refused.message)
    return redirect("outreach:entry-open", reach_id=row.pk)


@require_http_methods(["GET", "POST"])
def line_erase(request: HttpRequest, reach_id: uuid.UUID, line_id: uuid.UUID) -> HttpResponse:
    """Erase a name because its owner asks for it."""
    by, row = entry_with_names(request, reach_id)
    found: Attendee = or_404(line_by_id(by, row, line_id))
    if request.method == "POST":
        try:
            actions.erase_line(attendee=found, by=by)
            messages.success(request, _("The name is erased. The contact stays counted."))
        except Refused as refused:
            messages.error(request, refused.message)
        return redirect("outreach:entry-open", reach_id=row.pk)
    return render(request, "outreach/line_erase.html", {"entry": row, "line": found})


@require_http_methods(["GET", "POST"])
def line_recognise(request: HttpRequest, reach_id: uuid.UUID, line_id: uuid.UUID) -> HttpResponse:
    """Say who somebody on the list is, or take it back."""
    by, row = entry_with_names(request, reach_id)
    found: Attendee = or_404(line_by_id(by, row, line_id))
    text = " ".join(request.GET.get("q", found.telephone or found.name).split())
    people = _people(by, text)
    participants = participants_found(by, text) if Verb.LEARNING_ENROL in by.verbs else []
    choices = [
        *((f"person:{one.pk}", _("%(name)s, family %(code)s") % {"name": one.full_name, "code": code})
          for one, code in people),
        *((f"participant:{one.pk}", _("%(name)s, participant") % {"name": one.name}) for one in participants),
    ]  # fmt: skip
    form = WhoForm(request.POST or None, found=[*choices, ("", _("nobody of these"))])
    if request.method == "POST":
        chosen = request.POST.get("who", "")
        person = next((one for one, _code in people if chosen == f"person:{one.pk}"), None)
        participant = next((one for one in participants if chosen == f"participant:{one.pk}"), None)
        if chosen and not person and not participant:
            messages.error(request, _("Choose somebody from the list."))
        else:
            return _recognised(request, by, row, found, person=person, who=participant)
    context = {"entry": row, "line": found, "text": text, "form": form, "n_found": len(choices)}
    return render(request, "outreach/line_recognise.html", context, status=422 if request.method == "POST" else 200)


def _recognised(
    request: HttpRequest,
    by: User,
    row: ReachEntry,
    line: Attendee,
    *,
    person: Person | None,
    who: Participant | None,
) -> HttpResponse:
    try:
        actions.recognise_attendee(attendee=line, person=person, participant=who, by=by)
        messages.success(request, _("Saved."))
    except Refused as refused:
        messages.error(request, refused.message)
    return redirect("outreach:entry-open", reach_id=row.pk)


def _people(by: User, text: str) -> list[tuple[Person, str]]:
    """The members of the families that fit a name or a telephone, each with the code of the file."""
    if Verb.FAMILY_OPEN not in by.verbs or not sees_names(by) or not text:
        return []
    return [
        (member.shown, family.code)  # type: ignore[attr-defined]
        for family in search(by, text, limit=MOST_FAMILIES)
        for member in members(by, family)
        if member.shown  # type: ignore[attr-defined]
    ]
