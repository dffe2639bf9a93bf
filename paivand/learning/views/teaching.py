"""The trainer's day."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from paivand.access.rules.verbs import Verb
from paivand.access.views.gate import asking, demand
from paivand.learning.queries.follow_ups import due_on_desk
from paivand.learning.queries.teaching import teaching_day


@require_GET
def teaching_open(request: HttpRequest) -> HttpResponse:
    """What a trainer has to do today, what she has not written down yet, and what comes in the next days."""
    by = asking(request)
    demand(by, Verb.LEARNING_TEACH)
    today = timezone.localdate()
    context = {"day": teaching_day(by, today=today), "tasks": due_on_desk(by, today), "today": today}
    return render(request, "learning/teaching.html", context)
