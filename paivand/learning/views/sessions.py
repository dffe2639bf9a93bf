"""Pages of one session: who was there, its correction, and another day for it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import date

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from paivand.access.rules.verbs import Verb
from paivand.access.views.gate import conflict, refuse
from paivand.core.rules.errors import Refused
from paivand.learning.actions import attendance as actions
from paivand.learning.actions import timetables
from paivand.learning.forms.sessions import AttendanceForm, SlotForm, WhyForm
from paivand.learning.models import Attendance, Enrolment, Session
from paivand.learning.queries import groups as queries
from paivand.learning.queries.photos import photos_of_session
from paivand.learning.rules.states import EnrolmentState, GroupState, SessionState
from paivand.learning.views.found import InGroup, once, or_404


@require_GET
def session_open(request: HttpRequest, group_code: str, session_n: int) -> HttpResponse:
    """One session: what was taught and who was there, with what stood there before a correction."""
    asked = InGroup.of(request, group_code)
    session: Session = or_404(queries.session_by_number(asked.by, asked.group, session_n))
    return asked.page(
        request, "session", session=session, rows=queries.attendance_at(asked.by, session),
        photos=photos_of_session(asked.by, session),
    )  # fmt: skip


# --- attendance ------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def session_take(request: HttpRequest, group_code: str, session_n: int) -> HttpResponse:
    """Write down who was at a session. Everybody was there, unless it is said otherwise."""
    asked = InGroup.of(request, group_code, Verb.LEARNING_TEACH)
    session = _session(asked, session_n)
    if session.state == SessionState.HELD:
        return _already(request, asked, session)
    first = min(session.on_day, timezone.localdate())
    learners = _enrolled(asked, parse_date(request.POST.get("on_day") or "") or first)
    initial = AttendanceForm.initial_of(session, learners, {}, preset=True) | {"on_day": first}
    form = AttendanceForm(
        request.POST or None, group=asked.group, session=session, course=asked.course, learners=learners,
        initial=initial,
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        try:
            actions.take_attendance(
                group=asked.group, session=session, version=form.typed_version(), draft=form.draft(), by=asked.by
            )
        except Refused as refused:
            now = _session(asked, session_n)
            if now.state == SessionState.HELD:
                return _already(request, asked, now)
            with refuse(form):
                raise refused
        else:
            messages.success(request, _("Saved."))
            return asked.back()
    context = {"session": session, "present": conflict(form, initial), "runs": asked.group.state == GroupState.RUNNING}
    return asked.page(request, "session_form", form, **context)


def _already(request: HttpRequest, asked: InGroup, session: Session) -> HttpResponse:
    """Somebody wrote the session down meanwhile: the same once more changes nothing, else both are compared."""
    if request.method == "GET":
        return asked.back("session-open", session_n=session.n)
    marks = _marks(asked, session)
    learners = [row.enrolment for row in marks.values()]
    form = _correction(request, asked, session, learners, marks)
    form.fields["reason"].required = False
    if form.is_valid() and form.says_what_stands(session, marks):
        return asked.back()
    told = _("Somebody else wrote this session down meanwhile. Compare, say why you correct it, and save.")
    form.add_error(None, ValidationError(told, code="stale"))
    initial = AttendanceForm.initial_of(session, learners, marks, preset=False)
    return asked.page(
        request, "session_form", form, session=session, present=conflict(form, initial), correcting=True, runs=True
    )


@require_http_methods(["GET", "POST"])
def session_correct(request: HttpRequest, group_code: str, session_n: int) -> HttpResponse:
    """Correct a session that was written down; what stood there is kept."""
    asked = InGroup.of(request, group_code, Verb.LEARNING_TEACH)
    session = _session(asked, session_n)
    if session.state != SessionState.HELD:
        return asked.back("session-take", session_n=session.n)
    marks = _marks(asked, session)
    there = {row.enrolment_id for row in marks.values()}
    added = [row for row in _enrolled(asked, session.on_day) if row.pk not in there]
    learners = sorted([*(row.enrolment for row in marks.values()), *added], key=lambda row: row.name.casefold())
    form = _correction(request, asked, session, learners, marks)
    initial = AttendanceForm.initial_of(session, learners, marks, preset=False)
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            actions.correct_attendance(
                group=asked.group, session=session, version=form.typed_version(), draft=form.draft(), by=asked.by
            )
            messages.success(request, _("Corrected. What stood there before is kept."))
            return asked.back("session-open", session_n=session.n)
    context = {"session": session, "present": conflict(form, initial), "correcting": True}
    return asked.page(request, "session_form", form, runs=asked.group.state == GroupState.RUNNING, **context)


def _correction(
    request: HttpRequest, asked: InGroup, session: Session, learners: Sequence[Enrolment],
    marks: Mapping[uuid.UUID, Attendance],
) -> AttendanceForm:  # fmt: skip
    return AttendanceForm(
        request.POST or None, group=asked.group, session=session, course=asked.course, learners=learners,
        correcting=True, initial=AttendanceForm.initial_of(session, learners, marks, preset=False),
    )  # fmt: skip


def _marks(asked: InGroup, session: Session) -> dict[uuid.UUID, Attendance]:
    return {row.enrolment_id: row for row in queries.attendance_at(asked.by, session)}


def _enrolled(asked: InGroup, on: date) -> list[Enrolment]:
    """Those who belonged to the group on that day, by their names."""
    return [
        row
        for row in queries.learners_of(asked.by, asked.group)
        if row.state == EnrolmentState.ENROLLED and row.enrolled_on and row.enrolled_on <= on
    ]


# --- another day -----------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def session_move(request: HttpRequest, group_code: str, session_n: int) -> HttpResponse:
    """Hold a session on another day, at another time, in another room, or by somebody else."""
    asked = InGroup.of(request, group_code, Verb.LEARNING_TEACH)
    session = _session(asked, session_n)
    if request.method == "GET" and session.state != SessionState.PLANNED:
        return asked.back("session-open", session_n=session.n)
    initial = SlotForm.initial_of(session)
    form = SlotForm(
        request.POST or None, course=asked.course, trainers=_trainers(asked), session=session, initial=initial
    )
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            timetables.move_session(
                group=asked.group, session=session, version=form.typed_version(), slot=form.draft(), by=asked.by,
                anyway=form.cleaned_data["anyway"],
            )  # fmt: skip
            messages.success(request, _("Saved."))
            return asked.back()
    return asked.page(request, "session_slot", form, session=session, present=conflict(form, initial))


@require_http_methods(["GET", "POST"])
def session_add(request: HttpRequest, group_code: str) -> HttpResponse:
    """Add a session to the timetable."""
    asked = InGroup.of(request, group_code, Verb.LEARNING_TEACH)
    group = asked.group
    initial = {
        "on_day": timezone.localdate(), "starts_at": group.starts_at, "hours": group.session_hours, "room": group.room,
        "trainer": str(group.owner_id),
    }  # fmt: skip
    form = SlotForm(request.POST or None, course=asked.course, trainers=_trainers(asked), initial=initial)
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            once(
                lambda: timetables.add_session(
                    group=group, session_id=form.form_key(), slot=form.draft(), by=asked.by,
                    anyway=form.cleaned_data["anyway"], practical=form.cleaned_data["practical"],
                )
            )  # fmt: skip
            messages.success(request, _("The session is added."))
            return asked.back()
    return asked.page(request, "session_slot", form)


@require_http_methods(["GET", "POST"])
def session_cancel(request: HttpRequest, group_code: str, session_n: int) -> HttpResponse:
    """Strike a session out that is not held."""
    asked = InGroup.of(request, group_code, Verb.LEARNING_TEACH)
    session = _session(asked, session_n)
    if request.method == "GET" and session.state != SessionState.PLANNED:
        return asked.back("session-open", session_n=session.n)
    form = WhyForm(request.POST or None, initial={"version": session.version})
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            timetables.cancel_session(
                group=asked.group, session=session, version=form.typed_version(), why=form.cleaned_data["why"],
                by=asked.by,
            )  # fmt: skip
            messages.success(request, _("The session is struck out."))
            return asked.back()
    return asked.page(request, "session_cancel", form, session=session)


def _trainers(asked: InGroup) -> list[tuple[str, str]]:
    """Who of the group can be named for a session: those with an account."""
    rows = [(asked.group.owner_id, asked.group.owner), (asked.group.second_id, asked.group.second)]
    return [(str(key), user.full_name) for key, user in rows if key and user]


def _session(asked: InGroup, n: int) -> Session:
    found: Session = or_404(queries.session_by_number(asked.by, asked.group, n))
    return found
