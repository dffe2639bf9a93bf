"""Who learns in a group: those who wait for an answer, how far each of the others has come, and what is taken back."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from paivand.access.rules.verbs import Verb
from paivand.access.views.gate import refuse
from paivand.core.rules.errors import Refused
from paivand.core.rules.whole_numbers import read_whole
from paivand.learning.actions import completion, enrolments
from paivand.learning.forms.learners import DeclineForm, ReasonForm
from paivand.learning.models import Enrolment
from paivand.learning.queries import groups as queries
from paivand.learning.rules.completion import Lack, Missing
from paivand.learning.rules.course import Who
from paivand.learning.rules.states import ASKING, TOOK_PART, EnrolmentState, GroupState, LeftWhy
from paivand.learning.views.found import InGroup, or_404

_PRESSING = frozenset({Missing.ATTENDANCE})
"""What cannot wait for the end of a course: every further session missed makes it worse."""
_ENDED = frozenset({EnrolmentState.COMPLETED, EnrolmentState.FAILED, EnrolmentState.LEFT})


@dataclass(frozen=True, slots=True)
class Learner:
    """One learner as the pages of a group show her: what is missing, and what of it presses."""

    row: Enrolment
    lacks: Sequence[Lack]
    pressing: Sequence[Lack]
    may_take_back: bool
    may_judge: bool


def told(asked: InGroup, rows: Sequence[Enrolment]) -> list[Learner]:
    """These learners with what the rule of the course still asks of each: as it stands, or as it was judged."""
    return [_told(asked, row) for row in rows]


def _told(asked: InGroup, row: Enrolment) -> Learner:
    lacks: Sequence[Lack] = ()
    if row.state == EnrolmentState.FAILED:
        lacks = [Lack.stored(one) for one in row.lacks]
    elif row.state == EnrolmentState.ENROLLED and asked.course and asked.group.n_held:
        lacks = completion.judged(row, asked.group, asked.course).lacks
    ended = row.state in _ENDED
    return Learner(
        row, [one for one in lacks if one.code not in _PRESSING], [one for one in lacks if one.code in _PRESSING],
        may_take_back=asked.may_teach and ended and row.left_why != LeftWhy.CONSENT,
        may_judge=asked.may_teach
        and row.state == EnrolmentState.ENROLLED
        and asked.group.state == GroupState.FINISHED,
    )  # fmt: skip


@require_GET
def group_people(request: HttpRequest, group_code: str) -> HttpResponse:
    """Everybody who learns in a group, or wishes to."""
    asked = InGroup.of(request, group_code)
    rows = queries.learners_of(asked.by, asked.group)
    return asked.page(
        request, "group_people", here="people",
        learners=told(asked, [row for row in rows if row.state in TOOK_PART]),
        asking=sorted((row for row in rows if row.state in ASKING), key=lambda row: (row.asked_on, row.pk)),
        declined=[row for row in rows if row.state == EnrolmentState.DECLINED],
        takes_participants=asked.course is not None and bool(asked.course.who - {Who.FAMILY}),
        hidden=not rows and bool(asked.group.n_enrolled + asked.group.n_completed + asked.group.n_failed),
    )  # fmt: skip


@require_POST
def group_answer(request: HttpRequest, group_code: str) -> HttpResponse:
    """Take those who were chosen into the group, or let them wait."""
    asked = InGroup.of(request, group_code, Verb.LEARNING_TEACH)
    admits = request.POST.get("answer") != "wait"
    end = EnrolmentState.ENROLLED if admits else EnrolmentState.WAITING
    chosen = queries.enrolments_by_id(asked.by, asked.group, _keys(request.POST.getlist("chosen")))
    # Whoever was answered so already is left out: the same form, sent twice, changes nothing.
    rows = [row for row in chosen if row.state != end]
    if chosen and not rows:
        return asked.back("group-people")
    try:
        if admits:
            done = enrolments.admit(group=asked.group, enrolments=rows, by=asked.by)
            said = ngettext("%(n)s learner is taken in.", "%(n)s learners are taken in.", len(done))
        else:
            done = enrolments.let_wait(group=asked.group, enrolments=rows, by=asked.by)
            said = ngettext("%(n)s learner waits for a place.", "%(n)s learners wait for a place.", len(done))
        messages.success(request, said % {"n": len(done)})
    except Refused as refused:
        messages.error(request, refused.message)
    return asked.back("group-people")


@require_http_methods(["GET", "POST"])
def learner_decline(request: HttpRequest, group_code: str, enrolment_id: uuid.UUID) -> HttpResponse:
    """Say that somebody is not taken in, and why."""
    asked, row = _learner(request, group_code, enrolment_id)
    form = DeclineForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            if row.state != EnrolmentState.DECLINED:
                enrolments.decline(
                    group=asked.group, enrolments=[row], why=form.chosen(), said=form.cleaned_data["said"], by=asked.by
                )
                messages.success(request, _("Saved. Whoever put the learner forward reads why."))
            return asked.back("group-people")
    return asked.page(request, "learner_decline", form, row=row)


@require_http_methods(["GET", "POST"])
def learner_take_back(request: HttpRequest, group_code: str, enrolment_id: uuid.UUID) -> HttpResponse:
    """Take a result, or a leaving, back: what was counted is reversed."""
    asked, row = _learner(request, group_code, enrolment_id)
    form = ReasonForm(request.POST or None, initial={"version": row.version})
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            completion.take_back(
                group=asked.group, enrolment=row, version=form.typed_version(), reason=form.cleaned_data["reason"],
                by=asked.by,
            )  # fmt: skip
            messages.success(request, _("Taken back. What was counted is reversed, and the learner is enrolled again."))
            return asked.back("group-people")
    return asked.page(request, "learner_take_back", form, row=row)


@require_POST
def learner_judge(request: HttpRequest, group_code: str, enrolment_id: uuid.UUID) -> HttpResponse:
    """Judge a learner once more, by the rule of the course."""
    asked, row = _learner(request, group_code, enrolment_id)
    typed = request.POST.get("version", "")
    try:
        done = completion.judge_again(group=asked.group, enrolment=row, version=read_whole(typed) or 0, by=asked.by)
        if done.state == EnrolmentState.COMPLETED:
            messages.success(request, _("The course is completed: everything that it asks for is there."))
        else:
            messages.warning(request, _("The course is not completed: what is missing stands below."))
    except Refused as refused:
        messages.error(request, refused.message)
    return asked.back("group-people")


def _learner(request: HttpRequest, group_code: str, key: uuid.UUID) -> tuple[InGroup, Enrolment]:
    asked = InGroup.of(request, group_code, Verb.LEARNING_TEACH)
    row: Enrolment = or_404(queries.enrolment_by_id(asked.by, asked.group, key))
    return asked, row


def _keys(typed: Sequence[str]) -> list[uuid.UUID]:
    """The keys that a form names; what is none is passed over."""
    found = []
    for text in typed:
        try:
            found.append(uuid.UUID(text))
        except ValueError:
            continue
    return found
