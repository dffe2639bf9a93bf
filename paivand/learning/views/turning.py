"""How a group comes from one state into another: opened, begun, finished, cancelled, run again."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from paivand.access.rules.verbs import Verb
from paivand.access.views.gate import refuse
from paivand.core.rules.errors import Refused
from paivand.core.rules.whole_numbers import read_whole
from paivand.learning.actions import completion
from paivand.learning.actions import groups as actions
from paivand.learning.forms.learners import ReasonForm
from paivand.learning.forms.sessions import WhyForm
from paivand.learning.queries import groups as queries
from paivand.learning.rules.states import EnrolmentState, GroupState, SessionState
from paivand.learning.views.found import InGroup, once
from paivand.learning.views.learners import told


@require_POST
def group_turn(request: HttpRequest, group_code: str) -> HttpResponse:
    """Open a group for enrolment, or begin it."""
    asked = InGroup.of(request, group_code, Verb.LEARNING_PLAN)
    typed, state = request.POST.get("version", ""), request.POST.get("state", "")
    if state not in {GroupState.OPEN, GroupState.RUNNING}:
        return asked.back()
    try:
        once(
            lambda: actions.turn_group(
                group=asked.group, version=read_whole(typed) or 0, state=GroupState(state), by=asked.by
            )
        )  # fmt: skip
        opened = state == GroupState.OPEN
        messages.success(request, _("People can be put forward now.") if opened else _("The group has begun."))
    except Refused as refused:
        messages.error(request, refused.message)
    return asked.back()


@require_http_methods(["GET", "POST"])
def group_finish(request: HttpRequest, group_code: str) -> HttpResponse:
    """Finish a group: shows who completes it and who does not, and why, before anything is written."""
    asked = InGroup.of(request, group_code, Verb.LEARNING_TEACH)
    group = asked.group
    if group.state == GroupState.FINISHED:
        return asked.back("group-people")
    form = WhyForm(request.POST or None, initial={"version": group.version})
    del form.fields["why"]
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            done = completion.finish_group(group=group, version=form.typed_version(), by=asked.by)
            messages.success(request, _("The group is finished: %(n)s completed the course.") % {"n": done.n_completed})
            return asked.back("group-people")
    rows = queries.learners_of(asked.by, group)
    learners = told(asked, [row for row in rows if row.state == EnrolmentState.ENROLLED])
    left_behind = [one for one in queries.sessions_of(asked.by, group) if one.state == SessionState.PLANNED]
    return asked.page(
        request, "group_finish", form, n_left_behind=len(left_behind), first=left_behind[:1],
        done=[one for one in learners if not one.lacks and not one.pressing],
        not_done=[one for one in learners if one.lacks or one.pressing],
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def group_cancel(request: HttpRequest, group_code: str) -> HttpResponse:
    """Cancel a group, with the reason."""
    asked = InGroup.of(request, group_code, Verb.LEARNING_PLAN)
    form = WhyForm(request.POST or None, initial={"version": asked.group.version})
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            once(
                lambda: actions.turn_group(
                    group=asked.group, version=form.typed_version(), state=GroupState.CANCELLED,
                    why=form.cleaned_data["why"], by=asked.by,
                )
            )  # fmt: skip
            messages.success(request, _("The group is cancelled."))
            return asked.back()
    return asked.page(request, "group_cancel", form)


@require_http_methods(["GET", "POST"])
def group_reopen(request: HttpRequest, group_code: str) -> HttpResponse:
    """Let a finished group run again, to add a session or to correct one."""
    asked = InGroup.of(request, group_code, Verb.LEARNING_TEACH)
    form = ReasonForm(request.POST or None, initial={"version": asked.group.version})
    form.fields["reason"].label = _("Why it runs again")
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            completion.reopen_group(
                group=asked.group, version=form.typed_version(), reason=form.cleaned_data["reason"], by=asked.by
            )
            messages.success(request, _("The group runs again."))
            return asked.back()
    return asked.page(request, "group_reopen", form)
