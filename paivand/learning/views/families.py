"""Courses in a family's file: what its members learn and learnt, and the way into an open group."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.views.decorators.http import require_GET, require_http_methods

from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.access.views.gate import asking, demand, forbid, refuse
from paivand.core.rules.errors import Refused
from paivand.core.templatetags.paivand import number
from paivand.learning.actions.enrolments import put_members_forward
from paivand.learning.forms.enrolments import PutForwardForm
from paivand.learning.queries.enrolments import enrolments_of
from paivand.learning.queries.openings import Learner, learners, offers, open_groups
from paivand.learning.rules.states import TAKES_IN
from paivand.learning.views.found import group_of, once, or_404
from paivand.registry.actions.journey import demand_agreed
from paivand.registry.forms.countries import country_choices
from paivand.registry.models import Family, Person
from paivand.registry.queries.consents import grounds
from paivand.registry.queries.families import members
from paivand.registry.views.files import family_of


@require_GET
def family_courses(request: HttpRequest, code: str) -> HttpResponse:
    """What each member of the family learns and learnt."""
    by = asking(request)
    demand(by, Verb.LEARNING_ENROL)
    family = family_of(by, code)
    if not by.reach(Verb.LEARNING_VIEW).covers(family):
        forbid(by, Verb.LEARNING_VIEW, family)  # break-glass lends the file, not what its members learn
    present = [row for row in members(by, family) if row.shown]  # type: ignore[attr-defined]
    book = enrolments_of(by, [row.shown.pk for row in present])  # type: ignore[attr-defined]
    told = [(row, book[row.shown.pk]) for row in present]  # type: ignore[attr-defined]
    context = {
        "family": family,
        "learning": [(row, rows) for row, rows in told if rows],
        "others": [row for row, rows in told if not rows],
        "may_enrol": _may_enrol(by, family),
    }
    return render(request, "learning/family_courses.html", context)


@require_GET
def family_groups(request: HttpRequest, code: str) -> HttpResponse:
    """The open groups of the family's district: who may join each, and why others may not."""
    by, family = _enrolling(request, code)
    today = timezone.localdate()
    everybody = _learners(by, family, today)
    wanted = request.GET.get("person", "")
    asked = [one for one in everybody if str(one.person.pk) == wanted] or everybody
    found = offers(by, open_groups(by, str(family.district_id)), asked, get_language() or "en")
    context = {
        "family": family,
        "everybody": everybody,
        "person": asked[0].person if len(asked) == 1 and wanted else None,
        "stopped": [one for one in asked if one.stopped],
        "offers": found,
    }
    return render(request, "learning/family_groups.html", context)


@require_http_methods(["GET", "POST"])
def put_forward(request: HttpRequest, code: str, group_code: str) -> HttpResponse:
    """Put members of the family forward for one group."""
    by, family = _enrolling(request, code)
    group = group_of(by, group_code)
    asked = _learners(by, family, timezone.localdate())
    offer = or_404(next(iter(offers(by, [group], asked, get_language() or "en")), None))
    wanted = request.GET.get("person", "")
    fitting = offer.fitting
    chosen = [
        str(one.learner.person.pk) for one in fitting if str(one.learner.person.pk) == wanted or len(fitting) == 1
    ]
    form = PutForwardForm(
        request.POST or None, answers=_answers(request, offer), course=offer.course, countries=country_choices(),
        initial={"people": chosen},
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            people = form.chosen()
            once(lambda: put_members_forward(family=family, group=group, people=people, by=by))
            messages.success(request, _told(len(people)))
            return redirect("learning:family-courses", code=family.code)
    context = {
        "family": family, "group": group, "offer": offer, "form": form, "takes_in": group.state in TAKES_IN,
    }  # fmt: skip
    return render(request, "learning/put_forward.html", context, status=422 if request.method == "POST" else 200)


def _answers(request: HttpRequest, offer: Any) -> list[Any]:
    """Those who may be chosen. In a second sending of a form those whom the first put forward are in the group."""
    if request.method != "POST":
        return list(offer.fitting)
    sent = set(request.POST.getlist("people"))
    return [one for one in offer.answers if one.may_join or (one.listed and str(one.learner.person.pk) in sent)]


def _told(n: int) -> str:
    words = ngettext(
        "%(count)s person is put forward. The trainer answers, and you read it here.",
        "%(count)s people are put forward. The trainer answers, and you read it here.",
        n,
    )
    return words % {"count": number(n)}


def _enrolling(request: HttpRequest, code: str) -> tuple[User, Family]:
    """Who asks, and the family of the address, whose members she may put forward."""
    by = asking(request)
    demand(by, Verb.LEARNING_ENROL)
    family = family_of(by, code)
    if not by.reach(Verb.LEARNING_ENROL).covers(family):
        forbid(by, Verb.LEARNING_ENROL, family)
    return by, family


def _may_enrol(by: User, family: Family) -> bool:
    return family.is_active and by.reach(Verb.LEARNING_ENROL).covers(family)


def _learners(by: User, family: Family, day: date) -> list[Learner]:
    people: list[Person] = [row.shown for row in members(by, family) if row.shown]  # type: ignore[attr-defined]
    return learners(by, people, day, _stopped(by, people, day))


def _stopped(by: User, people: list[Person], day: date) -> dict[Any, str]:
    """Why nothing can be written down for some of them: no consent, or no open file."""
    ground = grounds(by, [person.pk for person in people], day)
    found = {}
    for person in people:
        try:
            demand_agreed(person, ground[person.pk])
        except Refused as refused:
            found[person.pk] = refused.message
    return found
