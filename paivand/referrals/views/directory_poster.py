"""The poster of a district: chosen, and set on paper."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import override
from django.views.decorators.http import require_GET

from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.access.views.gate import asking, demand
from paivand.core.models import Place
from paivand.core.paper import typeset
from paivand.core.templatetags.paivand import day
from paivand.referrals.models import DirectoryService
from paivand.referrals.queries import directory as queries
from paivand.referrals.queries.directory_poster import Poster, posters
from paivand.referrals.rules.directory import LANGUAGES, Cost, emergency_numbers, poster_words
from paivand.referrals.templatetags.directory import cost_told, hours_told, office_number
from paivand.referrals.views.directory import may_print


@require_GET
def poster_choose(request: HttpRequest) -> HttpResponse:
    """Choose district and language, and see what is left off."""
    by = _printing(request)
    places = queries.districts(by)
    own = queries.own_districts(by)
    code = request.GET.get("district") or (own[0] if own else places[0].pk)
    place = next((one for one in places if one.pk == code), None)
    if place is None:
        raise Http404
    names = dict(settings.LANGUAGES)
    made = posters(by, place.pk, LANGUAGES, timezone.localdate())
    context = {
        "place": place,
        "places": places,
        "posters": [(language, names[language], made[language]) for language in LANGUAGES],
        "stale": made["tg"].stale,
        "keeps": Verb.DIRECTORY_EDIT in by.verbs,
    }
    return render(request, "referrals/poster_choose.html", context)


@require_GET
def poster(request: HttpRequest, district_code: str, language: str) -> HttpResponse:
    """The poster of a district in one language, as PDF."""
    by = _printing(request)
    place = queries.district_by_code(by, district_code)
    if place is None or language not in LANGUAGES:
        raise Http404
    today = timezone.localdate()
    made = posters(by, place.pk, [language], today)[language]
    with override(language):
        pdf = typeset("poster", _told(made, place, language, today), language)
    answer = HttpResponse(pdf, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="paivand-{place.pk.lower()}-{language}.pdf"'
    return answer


def _printing(request: HttpRequest) -> User:
    by = asking(request)
    if not may_print(by):
        demand(by, Verb.REFERRAL_SEND)
    return by


def _told(made: Poster, place: Place, language: str, today: date) -> dict[str, Any]:
    """The poster as texts in its language."""
    words = poster_words(language)
    again = made.check_again_on
    return {
        "title": words["title"],
        "place": place.name,
        "steps": words["steps"],
        "promises": words["promises"],
        "emergency": words["emergency"],
        "numbers": [{"number": one.number, "title": one.title(language)} for one in emergency_numbers()],
        "parts": [
            {"title": need.title(language), "services": [_line(row, language, words) for row in rows]}
            for need, rows in made.parts
        ],
        "printed": words["printed"].format(day=day(today)),
        "again": words["again"].format(day=day(again)) if again else "",
    }


def _line(service: DirectoryService, language: str, words: dict[str, Any]) -> dict[str, Any]:
    """One service; of a sensitive one nothing but the words that were agreed for it, its number and its hours."""
    told = {"phone": office_number(service.phone), "hours": hours_told(service.week)}
    if service.is_sensitive:
        return told | {"name": service.poster_words[language], "provider": "", "place": [], "notes": []}
    title = service.title_in(language)
    jamoat = service.jamoat.name if service.jamoat else ""
    where = [jamoat if jamoat != service.district.name else "", service.address]
    notes = [words["women_only"]] if service.women_only else []
    if service.cost != Cost.FREE:
        notes.append(cost_told(service.cost))
    return told | {
        "name": title,
        "provider": "" if service.provider_name == service.name else service.provider_name,
        "place": [words["by_phone"]] if service.address_hidden else [part for part in where if part],
        "notes": notes,
    }
