"""The desk, the search and the living page of components."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from paivand.access.queries.users import assignments_of
from paivand.access.rules.verbs import Verb
from paivand.access.views.gate import asking, demand
from paivand.access.views.words import data_class_names, told
from paivand.core.rules.codes import family_number, looks_like_code
from paivand.core.rules.privacy import DataClass
from paivand.desk.queries import desk
from paivand.registry.queries.families import SHORTEST, sees_names
from paivand.registry.queries.search import LIMIT, places_named, search
from paivand.registry.rules.lists import FoundBy
from paivand.registry.rules.people import phone_number


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """What waits today."""
    by = asking(request)
    lies = desk(by)
    context = {
        "desk": lies,
        "refusals": told(lies.refusals),
        "assignments": [row for row in assignments_of(by, by) if row.is_live],
        "sees": data_class_names(data_class for role in by.roles for data_class in role.sees),
        "names": sees_names(by),
        "now": timezone.now(),
        "today": timezone.localdate(),
    }
    return render(request, "desk/home.html", context)


@require_GET
def search_page(request: HttpRequest) -> HttpResponse:
    """Find a family by code or name; a code leads straight to the file."""
    by = asking(request)
    demand(by, Verb.FAMILY_OPEN)
    text = request.GET.get("q", "").strip()
    found = search(by, text) if len(text) >= SHORTEST else []
    if len(found) == 1 and found[0].found_by is FoundBy.CODE:  # type: ignore[attr-defined]
        return redirect("registry:family-open", code=found[0].code)
    context = {
        "text": text,
        "found": found,
        "places": places_named(by, text),
        "too_short": bool(text) and len(text) < SHORTEST,
        "wrong_code": not found and looks_like_code(text) and not family_number(text) and not phone_number(text),
        "reaches": by.sees(DataClass.CONTACT),
        "limit": LIMIT,
        "names": sees_names(by),
    }
    return render(request, "desk/search.html", context)


class SampleForm(forms.Form):
    """A form with each kind of field, for the page of components."""

    name = forms.CharField(label=_("Given name"), help_text=_("As written in the document."))
    note = forms.CharField(label=_("Note"), widget=forms.Textarea(attrs={"rows": 3}), required=False)
    relation = forms.ChoiceField(label=_("Relation"), choices=[("", "—"), ("child", _("daughter or son"))])
    sex = forms.ChoiceField(
        label=_("Sex"), choices=[("female", _("female")), ("male", _("male"))], widget=forms.RadioSelect
    )
    purposes = forms.MultipleChoiceField(
        label=_("Purposes"),
        choices=[("services", _("services")), ("referral", _("referral"))],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    day = forms.DateField(label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}), required=False)
    document = forms.FileField(label=_("Document"), required=False)
    agreed = forms.BooleanField(label=_("Agreed"))


@require_GET
def components(request: HttpRequest) -> HttpResponse:
    """Every component of the page shell in each of its states."""
    asking(request)
    bad = SampleForm({"note": "…"}, auto_id="id_bad_%s")
    bad.is_valid()
    return render(request, "desk/components.html", {"sample": SampleForm(), "sample_bad": bad})
