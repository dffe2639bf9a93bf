"""Pages on psychosocial groups: all within reach, one of them, its members and its meetings."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from paivand.access.models import User
from paivand.access.queries.users import placement
from paivand.access.rules.verbs import Verb
from paivand.access.views.gate import asking, conflict, demand, forbid, lose, refuse
from paivand.cases.actions import groups as actions
from paivand.cases.forms.sessions import GroupForm, LeaveGroupForm, MeetingForm
from paivand.cases.models import GroupMeeting, GroupMember, PsychosocialGroup
from paivand.cases.queries import records
from paivand.cases.queries import sessions as queries
from paivand.cases.queries.colleagues import colleagues
from paivand.cases.queries.joining import who_may_join
from paivand.cases.queries.measures import file_codes, flow_or_usual, instrument_name
from paivand.cases.rules.sessions import GroupState, flows, topic_title
from paivand.cases.views.found import once, or_404
from paivand.cases.views.measuring import begin_address, topic_names
from paivand.core.models import Place, new_id
from paivand.core.rules.errors import Refused
from paivand.core.rules.whole_numbers import read_whole
from paivand.registry.queries.families import jamoats


@require_GET
def group_list(request: HttpRequest) -> HttpResponse:
    """The groups within reach: those under way, or those that have ended."""
    by = asking(request)
    demand(by, Verb.CASE_VIEW)
    over = bool(request.GET.get("over"))
    page = queries.groups(by, over=over, after=request.GET.get("after", ""))
    return render(request, "cases/group_list.html", {"page": page, "over": over, "flows": _flow_names()})


@require_http_methods(["GET", "POST"])
def group_plan(request: HttpRequest) -> HttpResponse:
    """Plan a group."""
    by = asking(request)
    demand(by, Verb.CASE_WORK)
    places = list(jamoats(by, Verb.CASE_WORK))
    form = _form(request, by, places)
    if request.method == "POST" and form.is_valid():
        draft = form.draft()
        district = next(place.parent_id for place in places if place.pk == draft.place)
        with refuse(form):
            once(
                lambda: actions.plan_group(
                    scope=placement(by, str(district)), group_id=form.form_key(), draft=draft, by=by
                )
            )  # fmt: skip
            messages.success(request, _("The group is planned. Add its members."))
            return redirect("cases:group-open", group_id=form.form_key())
    return render(request, "cases/group_form.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def group_edit(request: HttpRequest, group_id: uuid.UUID) -> HttpResponse:
    """Change what was planned for a group."""
    by, group = _asked(request, group_id, Verb.CASE_WORK)
    initial = GroupForm.initial_of(group)
    places = [place for place in jamoats(by, Verb.CASE_WORK) if place.parent_id == group.district_id]
    form = _form(request, by, places, group=group, initial=initial)
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            actions.edit_group(group=group, version=form.typed_version(), draft=form.draft(), by=by)
            messages.success(request, _("Saved."))
            return redirect("cases:group-open", group_id=group.pk)
    context = {"form": form, "group": group, "present": conflict(form, initial)}
    return render(request, "cases/group_form.html", context, status=422 if form.errors else 200)


@require_GET
def group_open(request: HttpRequest, group_id: uuid.UUID) -> HttpResponse:
    """One group: its members with their marks and scores, its meetings."""
    by, group = _asked(request, group_id, Verb.CASE_VIEW)
    meetings = queries.meetings_of(by, group)
    names = records.names_of(by, [row.person_id for row in queries.members_of(by, group)])
    for meeting in meetings:
        meeting.topic_names = topic_names(meeting.worked_on)  # type: ignore[attr-defined]
    told = queries.members_told(by, group, meetings, names)
    flow = flows().get(group.flow)
    language = get_language() or "en"
    context = {
        "group": group, "meetings": meetings, "members": _with_ways(by, group, told),
        "n_members": sum(not one.row.left_on for one in told),
        "flow_name": flow.title(language) if flow else group.flow,
        "planned": [(n, topic_title(code, language)) for n, code in enumerate(flow.topics if flow else (), start=1)],
        "measured_by": instrument_name(flow.instrument) if flow else "",
        "may_work": by.reach(Verb.CASE_WORK).covers(group),
    }  # fmt: skip
    return render(request, "cases/group.html", context)


@require_POST
def group_turn(request: HttpRequest, group_id: uuid.UUID) -> HttpResponse:
    """Begin a group, finish it, or call it off."""
    by, group = _asked(request, group_id, Verb.CASE_WORK)
    typed, state = request.POST.get("version", ""), request.POST.get("state", "")
    try:
        if state in set(GroupState):
            once(
                lambda: actions.turn_group(
                    group=group, version=read_whole(typed) or 0, state=GroupState(state), by=by
                )
            )  # fmt: skip
            messages.success(request, _("Saved."))
    except Refused as refused:
        messages.error(request, refused.message)
    return redirect("cases:group-open", group_id=group.pk)


@require_http_methods(["GET", "POST"])
def group_join(request: HttpRequest, group_id: uuid.UUID) -> HttpResponse:
    """Find somebody by code or name, and take her into the group."""
    by, group = _asked(request, group_id, Verb.CASE_WORK)
    text = " ".join(request.GET.get("q", "").split())
    found = who_may_join(by, text) if text else []
    if request.method == "POST":
        chosen = next((one for one in found if str(one.person.pk) == request.POST.get("person")), None)
        if chosen is None:
            messages.error(request, _("Choose somebody from the list."))
        else:
            try:
                once(
                    lambda: actions.join_group(
                        group=group, member_id=_key(request), person=chosen.person, case=chosen.case, by=by
                    )
                )  # fmt: skip
                messages.success(request, _("%(name)s belongs to the group now.") % {"name": chosen.person.full_name})
                return redirect("cases:group-open", group_id=group.pk)
            except Refused as refused:
                messages.error(request, refused.message)
    rows = queries.members_of(by, group)
    inside = {row.person_id for row in rows if row.left_on is None}
    context = {"group": group, "text": text, "inside": inside, "found": [(one, new_id()) for one in found]}
    return render(request, "cases/group_join.html", context, status=422 if request.method == "POST" else 200)


@require_http_methods(["GET", "POST"])
def member_leave(request: HttpRequest, group_id: uuid.UUID, group_member_id: uuid.UUID) -> HttpResponse:
    """Note that somebody left a group before its end."""
    by, group = _asked(request, group_id, Verb.CASE_WORK)
    member: GroupMember = or_404(queries.member_by_id(by, group, group_member_id))
    form = LeaveGroupForm(request.POST or None, initial={"version": member.version})
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            actions.leave_group(
                member=member, version=form.typed_version(), why=form.chosen(), on=form.cleaned_data["left_on"], by=by
            )
            messages.success(request, _("Saved."))
            return redirect("cases:group-open", group_id=group.pk)
    name = records.names_of(by, [member.person_id]).get(member.person_id, "")
    context = {"form": form, "group": group, "member": member, "name": name}
    return render(request, "cases/group_leave.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def meeting_hold(request: HttpRequest, group_id: uuid.UUID) -> HttpResponse:
    """Write down a meeting: a mark for each member."""
    by, group = _asked(request, group_id, Verb.CASE_WORK)
    rows = [row for row in queries.members_of(by, group) if row.left_on is None]
    form = MeetingForm(request.POST or None, group=group, members=_named(by, rows), initial=_first(by, group))
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            once(lambda: actions.hold_meeting(group=group, meeting_id=form.form_key(), draft=form.draft(), by=by))
            messages.success(request, _("The meeting is written down."))
            return redirect("cases:group-open", group_id=group.pk)
    context = {"form": form, "group": group}
    return render(request, "cases/meeting_form.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def meeting_correct(request: HttpRequest, group_id: uuid.UUID, meeting_id: uuid.UUID) -> HttpResponse:
    """Correct a meeting; steps that were wrong are reversed."""
    by, group = _asked(request, group_id, Verb.CASE_WORK)
    meeting: GroupMeeting = or_404(queries.meeting_by_id(by, group, meeting_id))
    marked = {one.member_id for one in meeting.marks}  # type: ignore[attr-defined]
    rows = [row for row in queries.members_of(by, group) if row.pk in marked]
    initial = MeetingForm.initial_of(meeting)
    form = MeetingForm(request.POST or None, group=group, members=_named(by, rows), initial=initial)
    form.fields["reason"].required = True
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            actions.correct_meeting(
                meeting=meeting, version=form.typed_version(), draft=form.draft(),
                reason=form.cleaned_data["reason"], by=by,
            )  # fmt: skip
            messages.success(request, _("Corrected. What counted wrongly is reversed."))
            return redirect("cases:group-open", group_id=group.pk)
    context = {"form": form, "group": group, "meeting": meeting, "present": conflict(form, initial)}
    return render(request, "cases/meeting_form.html", context, status=422 if form.errors else 200)


def _asked(request: HttpRequest, group_id: uuid.UUID, verb: Verb) -> tuple[User, PsychosocialGroup]:
    """Who asks and the group of the address, or 403 without the right, or a 404 that leaves a refusal."""
    by = asking(request)
    demand(by, verb)
    found: PsychosocialGroup | None = queries.group_by_id(by, group_id)
    if found is None:
        lose(by, verb)
    if not by.reach(verb).covers(found):
        forbid(by, verb, found)
    return by, found


def _form(
    request: HttpRequest, by: User, places: list[Place], *, group: PsychosocialGroup | None = None,
    initial: dict[str, Any] | None = None,
) -> GroupForm:  # fmt: skip
    """The form of a group with the jamoats and colleagues that it may name."""
    districts = {str(place.parent_id) for place in places} if group is None else {group.district_id}
    staff = {user.pk: user for district in sorted(districts) for user in colleagues(by, district)}
    if group:
        staff.setdefault(group.facilitator_id, group.facilitator)
    return GroupForm(
        request.POST or None, places=[(place.pk, place.name) for place in places],
        staff=[(str(user.pk), user.full_name) for user in staff.values()], initial=initial,
    )  # fmt: skip


def _named(by: User, rows: list[GroupMember]) -> list[tuple[GroupMember, str]]:
    names = records.names_of(by, [row.person_id for row in rows])
    return sorted(((row, names.get(row.person_id, "—")) for row in rows), key=lambda one: one[1])


def _first(by: User, group: PsychosocialGroup) -> dict[str, Any]:
    """What the next meeting works on, by the order of sessions."""
    flow = flows().get(group.flow)
    topic = flow.topic_of(len(queries.meetings_of(by, group)) + 1) if flow else ""
    return {"worked_on": [topic] if topic else []}


def _with_ways(by: User, group: PsychosocialGroup, told: list[queries.MemberTold]) -> list[Any]:
    """Members, each with the address where her score before or after is taken."""
    flow = flow_or_usual(group.flow)
    files = file_codes(by, [one.row.person_id for one in told])
    back = reverse("cases:group-open", kwargs={"group_id": group.pk})
    return [
        (one, begin_address(files.get(one.row.person_id), flow, one.row.person_id, one.gain, back)) for one in told
    ]  # fmt: skip


def _flow_names() -> dict[str, str]:
    return {flow.code: flow.title(get_language() or "en") for flow in flows().values()}


def _key(request: HttpRequest) -> uuid.UUID:
    try:
        return uuid.UUID(request.POST.get("form_id", ""))
    except ValueError:
        return new_id()
