"""Asking after learners: what is due, what they answered, and what became of a group."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from paivand.access.rules.verbs import Verb
from paivand.access.views.gate import asking, conflict, demand, forbid, lose, refuse
from paivand.core.rules.privacy import DataClass
from paivand.learning.actions.following import answer_follow_up
from paivand.learning.forms.follow_ups import FollowUpForm
from paivand.learning.queries import follow_ups as queries
from paivand.learning.queries.enrolments import home_of
from paivand.learning.rules.courses import course
from paivand.learning.rules.states import FollowState
from paivand.learning.views.found import InGroup, reaches


@require_GET
def follow_up_list(request: HttpRequest) -> HttpResponse:
    """Who is to be asked after: the own tasks, or all within reach; what is overdue first."""
    by = asking(request)
    demand(by, Verb.LEARNING_ENROL)
    everybody = request.GET.get("whose") == "all"
    page = queries.due_page(by, everybody=everybody, after=request.GET.get("after", ""))
    context = {"page": page, "everybody": everybody, "today": timezone.localdate()}
    return render(request, "learning/follow_ups.html", context)


@require_http_methods(["GET", "POST"])
def follow_up_answer(request: HttpRequest, follow_up_id: uuid.UUID) -> HttpResponse:
    """Write down what a learner answered, or that she could not be reached; or correct it."""
    by = asking(request)
    demand(by, Verb.LEARNING_ENROL)
    task = queries.follow_up_by_id(by, follow_up_id)
    if task is None:
        lose(by, Verb.LEARNING_ENROL)
    if not reaches(by, Verb.LEARNING_ENROL, task):
        forbid(by, Verb.LEARNING_ENROL, task)
    initial = FollowUpForm.initial_of(task)
    form = FollowUpForm(request.POST or None, task=task, course=course(task.enrolment.course), initial=initial)
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            answer_follow_up(follow_up=task, version=form.typed_version(), draft=form.draft(), by=by)
            messages.success(request, _("Saved."))
            return redirect("learning:enrolment-open", enrolment_id=task.enrolment_id)
    context = {
        "task": task,
        "row": task.enrolment,
        "form": form,
        "home": home_of(by, task.enrolment),
        "is_off": task.state == FollowState.OFF,
        "present": conflict(form, initial),
    }
    return render(request, "learning/follow_up.html", context, status=422 if form.errors else 200)


@require_GET
def group_afterwards(request: HttpRequest, group_code: str) -> HttpResponse:
    """What became of those who completed a group, in numbers."""
    here = InGroup.of(request, group_code)
    if not here.by.sees(DataClass.LEARNING):
        forbid(here.by, Verb.LEARNING_VIEW, here.group)
    today = timezone.localdate()
    return here.page(
        request, "group_afterwards", here="afterwards", told=queries.answers_of_group(here.by, here.group),
        waiting=queries.waiting_of_group(here.by, here.group, today), today=today,
    )  # fmt: skip
