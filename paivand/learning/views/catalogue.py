"""The catalogue: which courses there are, who may join, and where places are left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from paivand.access.rules.verbs import Verb
from paivand.access.views.gate import asking, demand
from paivand.learning.models import Group
from paivand.learning.queries import catalogue as queries
from paivand.learning.rules.course import Course, Kind
from paivand.learning.rules.courses import course, courses
from paivand.learning.views.found import or_404, reaches


@dataclass(frozen=True, slots=True)
class Offer:
    """A course with its open groups: those of the districts of who asks before the others."""

    course: Course
    groups: Sequence[Group]

    @property
    def n_places(self) -> int:
        """Places that are left in all of them."""
        return sum(group.n_places_left for group in self.groups)


@dataclass(frozen=True, slots=True)
class Shelf:
    """The courses of one kind."""

    kind: Kind
    offers: Sequence[Offer]


@require_GET
def course_list(request: HttpRequest) -> HttpResponse:
    """Every course by kind, as cards; with ``?open=1`` only those with a place left."""
    by = asking(request)
    demand(by, Verb.LEARNING_VIEW)
    groups = queries.open_groups_by_course(by)
    offers = [Offer(one, groups.get(one.code, [])) for one in courses().values()]
    only_open = bool(request.GET.get("open"))
    if only_open:
        offers = [one for one in offers if one.n_places]
    kinds = {one.course.kind.code: one.course.kind for one in offers}
    shelves = [Shelf(kind, [one for one in offers if one.course.kind.code == code]) for code, kind in kinds.items()]
    context = {"shelves": shelves, "only_open": only_open, "n_groups": sum(len(rows) for rows in groups.values())}
    return render(request, "learning/course_list.html", context)


@require_GET
def course_open(request: HttpRequest, course_code: str) -> HttpResponse:
    """One course: who may join, what is learnt, when it is completed, and its open groups."""
    by = asking(request)
    demand(by, Verb.LEARNING_VIEW)
    found: Course = or_404(course(course_code))
    groups = queries.open_groups(by, found.code)
    near = {group.pk for group in groups if reaches(by, Verb.LEARNING_VIEW, group)}
    groups.sort(key=lambda group: group.pk not in near)
    return render(request, "learning/course.html", {"course": found, "groups": groups, "near": near})
