"""Planning a group and changing its plan, with the timetable shown beforehand; and who teaches besides."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from paivand.access.models import User
from paivand.access.queries.users import placement
from paivand.access.rules.verbs import Verb
from paivand.access.views.gate import asking, conflict, demand, refuse
from paivand.core.models import Place
from paivand.core.rules.codes import readable_code
from paivand.core.rules.errors import Refused
from paivand.core.rules.whole_numbers import read_whole
from paivand.learning.actions import groups as actions
from paivand.learning.forms.groups import GroupForm, TrainerForm
from paivand.learning.models import Group, GroupTrainer
from paivand.learning.queries import groups as queries
from paivand.learning.queries.trainers import graduates, trainers_in
from paivand.learning.rules.courses import course, courses
from paivand.learning.rules.timetable import Timetable, timetable
from paivand.learning.views.found import InGroup, once, or_404
from paivand.registry.queries.families import jamoats


@require_http_methods(["GET", "POST"])
def group_plan(request: HttpRequest) -> HttpResponse:
    """Plan a group: first the course is chosen, then everything else, with what the course proposes."""
    by = asking(request)
    demand(by, Verb.LEARNING_PLAN)
    chosen = course(request.GET.get("course", ""))
    if chosen is None:
        kinds = [(kind, list(rows)) for kind, rows in groupby(courses().values(), key=lambda one: one.kind)]
        return render(
            request,
            "learning/group_plan_course.html",
            {"kinds": kinds},
            status=422 if request.method == "POST" else 200,
        )
    places = list(jamoats(by, Verb.LEARNING_PLAN))
    trainers = _trainers(by, {str(place.parent_id) for place in places})
    form = GroupForm(
        request.POST or None, course=chosen, places=_named(places), trainers=trainers, initial={"lead": str(by.pk)}
    )
    if request.method == "POST" and form.is_valid() and "preview" not in request.POST:
        draft = form.draft()
        district = next(place.parent_id for place in places if place.pk == draft.place)
        made: list[Group] = []
        with refuse(form):
            once(
                lambda: made.append(
                    actions.plan_group(
                        scope=placement(by, str(district)), group_id=form.form_key(), draft=draft, by=by,
                        pauses=form.pauses(), anyway=form.cleaned_data["anyway"],
                    )
                )
            )  # fmt: skip
            if made:
                messages.success(request, _("The group is planned. Look at its timetable, then open it."))
                return redirect("learning:group-open", group_code=made[0].code)
            return _sent_before(by, form.form_key())
    return _page(request, form, course=chosen, preview=_preview(request, form))


def _sent_before(by: User, key: uuid.UUID) -> HttpResponse:
    """The way to the group that the first sending of the form made."""
    number = queries.groups_within(by).filter(pk=key).values_list("number", flat=True).first()
    if number is None:
        return redirect("learning:group-list")
    return redirect("learning:group-open", group_code=readable_code("G", number))


@require_http_methods(["GET", "POST"])
def group_edit(request: HttpRequest, group_code: str) -> HttpResponse:
    """Change the plan of a group."""
    asked = InGroup.of(request, group_code, Verb.LEARNING_PLAN)
    group, chosen = asked.group, asked.course
    if chosen is None:
        messages.error(request, _("This course is not offered any more. Ask whoever keeps the courses."))
        return asked.back()
    places = [one for one in jamoats(asked.by, Verb.LEARNING_PLAN) if one.parent_id == group.district_id]
    if group.place_id not in {one.pk for one in places}:
        places.append(group.place)
    trainers = _trainers(asked.by, {group.district_id}, (group.owner, group.second))
    initial = GroupForm.initial_of(group, queries.trainers_of(asked.by, group))
    form = GroupForm(
        request.POST or None, course=chosen, places=_named(places), trainers=trainers, planned=False, initial=initial
    )
    if request.method == "POST" and form.is_valid() and "preview" not in request.POST:
        with refuse(form):
            actions.edit_group(
                group=group, version=form.typed_version(), draft=form.draft(), by=asked.by, pauses=form.pauses(),
                anyway=form.cleaned_data["anyway"],
            )  # fmt: skip
            messages.success(request, _("Saved."))
            return asked.back()
    more = {"group": group, "present": conflict(form, initial), "preview": _preview(request, form)}
    return _page(request, form, course=chosen, **more)


def _page(request: HttpRequest, form: GroupForm, **context: Any) -> HttpResponse:
    return render(
        request, "learning/group_form.html", {"form": form, **context}, status=422 if form.errors else 200
    )  # fmt: skip


def _preview(request: HttpRequest, form: GroupForm) -> Timetable | None:
    """The timetable as it would be, when it was asked for and the plan can be."""
    if "preview" not in request.POST or form.errors:
        return None
    try:
        return timetable(form.course, form.plan())
    except ValueError:
        words = _("With these days and hours the curriculum cannot be taught: choose at least one day of the week, and "
                  "sessions that end on the day on which they begin.")  # fmt: skip
        with refuse(form):
            raise Refused(words, "timetable", field="weekdays") from None
    return None


def _named(places: Sequence[Place]) -> list[tuple[str, str]]:
    several = len({place.parent_id for place in places}) > 1
    return [
        (place.pk, f"{place.name} ({place.parent.name})" if several and place.parent else place.name)
        for place in places
    ]  # fmt: skip


def _trainers(by: User, districts: Iterable[str], there: Iterable[User | None] = ()) -> list[tuple[str, str]]:
    """Those who teach in these districts, and those who are named already."""
    found = {user.pk: user for user in [*trainers_in(by, districts), *there] if user is not None}
    return [(str(key), user.full_name) for key, user in found.items()]


# --- who teaches besides ---------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def group_trainers(request: HttpRequest, group_code: str) -> HttpResponse:
    """Who teaches in a group, and somebody who is named besides."""
    asked = InGroup.of(request, group_code, Verb.LEARNING_PLAN)
    form = TrainerForm(request.POST or None, graduates=graduates(asked.by))
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            once(
                lambda: actions.name_trainer(
                    group=asked.group, trainer_id=form.form_key(), draft=form.draft(), by=asked.by
                )
            )  # fmt: skip
            messages.success(request, _("Saved."))
            return asked.back("group-trainers")
    rows = queries.trainers_of(asked.by, asked.group)
    return asked.page(request, "group_trainers", form, rows=rows)


@require_POST
def trainer_end(request: HttpRequest, group_code: str, trainer_id: uuid.UUID) -> HttpResponse:
    """Say that somebody does not teach in the group any more."""
    asked = InGroup.of(request, group_code, Verb.LEARNING_PLAN)
    row: GroupTrainer = or_404(queries.trainer_by_id(asked.by, asked.group, trainer_id))
    typed = request.POST.get("version", "")
    try:
        if row.until_on is None:
            actions.end_trainer(trainer=row, version=read_whole(typed) or 0, by=asked.by)
            messages.success(request, _("Saved."))
    except Refused as refused:
        messages.error(request, refused.message)
    return asked.back("group-trainers")
