"""Taking people of the register into a group: some of them, or many at the door at once."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.access.views.gate import refuse
from paivand.core.rules.whole_numbers import read_whole
from paivand.core.templatetags.paivand import day, locale, number
from paivand.learning.actions.enrolments import Joining, enrol_participants
from paivand.learning.actions.quick import QuickRow, register_quickly
from paivand.learning.forms.participants import JoinGroupForm, QuickForm, QuickRowForm, QuickRows
from paivand.learning.models import Session
from paivand.learning.queries.groups import learners_of, session_by_number
from paivand.learning.queries.openings import participants_asked, sessions_for_register
from paivand.learning.rules.course import Course, Feature, Who
from paivand.learning.rules.quick import MOST_ROWS, read_lines
from paivand.learning.rules.states import TAKES_IN, EnrolmentState
from paivand.learning.views.found import InGroup, once, or_404
from paivand.registry.forms.countries import country_choices
from paivand.registry.models import Participant
from paivand.registry.queries import participants as queries
from paivand.registry.rules.keys import row_key
from paivand.registry.rules.participants import ParticipantKind, match_key

ROWS = 10
"""How many empty rows the page begins with, and how many more it brings at a time."""


# --- some of the register --------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def participants_enrol(request: HttpRequest, group_code: str) -> HttpResponse:
    """Find people of the register, and take them into the group."""
    here = InGroup.of(request, group_code, Verb.LEARNING_TEACH)
    by, group, course = here.by, here.group, or_404(here.course)
    text = " ".join(request.GET.get("q", "").split())
    inside = {row.participant_id for row in learners_of(by, group)}
    asked = participants_asked(group, _found(by, request, text), timezone.localdate(), get_language() or "en")
    fitting = [who for who, against in asked if not against and (request.method == "POST" or who.pk not in inside)]
    wanted = request.GET.get("who", "")
    form = JoinGroupForm(
        request.POST or None, people=fitting, is_junior=course.has(Feature.JUNIOR),
        initial={"people": [str(who.pk) for who in fitting if str(who.pk) == wanted]},
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        joining = [Joining(row_key(form.form_key(), who.pk), who, draft) for who, draft in form.chosen()]
        with refuse(form):
            once(lambda: enrol_participants(group=group, joining=joining, by=by))
            messages.success(request, _told(len(joining)))
            return here.back("group-people")
    return here.page(
        request, "participants_enrol", form, text=text, inside=[who for who, _no in asked if who.pk in inside],
        against=[(who, against) for who, against in asked if against and who.pk not in inside], fitting=fitting,
        takes_in=group.state in TAKES_IN,
    )  # fmt: skip


def _found(by: User, request: HttpRequest, text: str) -> list[Participant]:
    """Those who fit what was typed, or the one who was just written down."""
    if text:
        return queries.participants_found(by, text)
    try:
        one = queries.participant_by_id(by, uuid.UUID(request.GET.get("who", "")))
    except ValueError:
        one = None
    return [one] if one else []


def _told(n: int) -> str:
    words = ngettext("%(count)s person is in the group.", "%(count)s people are in the group.", n)
    return words % {"count": number(n)}


# --- many at the door ------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def quick_register(request: HttpRequest, group_code: str) -> HttpResponse:
    """Write down many people on one page, and mark them as there."""
    here = InGroup.of(request, group_code, Verb.LEARNING_TEACH)
    course = or_404(here.course if here.course and here.course.has(Feature.QUICK) else None)
    sessions = sessions_for_register(here.by, here.group, timezone.localdate())
    form = _form(request, here, course, sessions)
    given = {"countries": country_choices(), "departs": course.has(Feature.DEPARTURE)}
    if request.method != "POST":
        return _page(request, here, form, QuickRows(prefix="rows", form_kwargs=given, initial=[{}] * ROWS))
    rows = QuickRows(request.POST, prefix="rows", form_kwargs=given)
    if request.POST.get("do") in {"paste", "more"}:
        return _page(request, here, form, QuickRows(prefix="rows", form_kwargs=given, initial=_kept(request, rows)))
    _ask_who(here.by, form, rows)
    if form.is_valid() & rows.is_valid() and _answered(rows):
        told = [row for row in rows if row.has_changed()]
        with refuse(form):
            once(lambda: _register(here, form, told))
            messages.success(request, _told(len(told)))
            return here.back("group-people")
    return _page(request, here, form, rows)


def _form(request: HttpRequest, here: InGroup, course: Course, sessions: list[Session]) -> QuickForm:
    enrolled = [row for row in learners_of(here.by, here.group) if row.state == EnrolmentState.ENROLLED]
    kinds = [str(one) for one in ParticipantKind if Who(one) in course.who and one is not ParticipantKind.PROFESSIONAL]
    names = [(str(one.n), f"{number(one.n)} · {day(one.on_day)}") for one in sessions]
    initial = {"session": names[0][0] if names else "", "kind": kinds[0] if kinds else "",
               "also_there": [str(row.pk) for row in enrolled],
               "materials": [one.code for one in course.materials]}  # fmt: skip
    return QuickForm(
        request.POST or None, kinds=kinds, sessions=names, there=[(str(row.pk), row.name) for row in enrolled],
        materials=course.materials, initial=initial,
    )  # fmt: skip


def _kept(request: HttpRequest, rows: Any) -> list[dict[str, Any]]:
    """What stood in the rows, the people of the list that was pasted, and empty rows after them."""
    names = ("name", "sex", "birth_year", "telephone", "destination", "calls")
    kept = [{name: row[name].data for name in names if name in row.fields} for row in rows if row.has_changed()]
    if request.POST.get("do") == "paste":
        countries = {str(name).casefold(): code for code, name in locale().territories.items() if len(code) == 2}
        kept += [
            {
                "name": one.name, "sex": one.sex, "birth_year": one.birth_year, "telephone": one.telephone,
                "destination": one.destination,
            }
            for one in read_lines(request.POST.get("pasted", ""), countries)
        ]  # fmt: skip
        return [*kept, {}][:MOST_ROWS]
    return [*kept, *({} for _n in range(max(ROWS, rows.total_form_count() + ROWS - len(kept))))][:MOST_ROWS]


def _ask_who(by: User, form: QuickForm, rows: Any) -> None:
    """Ask in each row whether it is somebody whom the register knows; a second sending asks nobody about herself."""
    told = [row for row in rows if row.has_changed()]
    keys = [(str(row["name"].data or ""), str(row["sex"].data or ""), _year(row)) for row in told]
    for n, found in queries.alike(by, keys).items():
        own = {row_key(key, "participant") for key in _keys(form, n)}
        others = [one for one in found if one.pk not in own]
        if others:
            told[n].offer_alike(others)


def _keys(form: QuickForm, n: int) -> list[uuid.UUID]:
    """The key of the enrolment that this row makes."""
    try:
        return [row_key(uuid.UUID(str(form["form_id"].data)), n)]
    except ValueError:
        return []


def _year(row: QuickRowForm) -> int | None:
    typed = str(row["birth_year"].data or "")
    return read_whole(typed)


def _answered(rows: Any) -> bool:
    """Whether nobody stands on the page twice, and each question who it is has its answer."""
    told = [row for row in rows if row.has_changed()]
    seen: dict[str, int] = {}
    for n, row in enumerate(told, start=1):
        clean = row.cleaned_data
        key = match_key(clean["name"], clean["sex"], clean["birth_year"])
        if row.alike and not clean["same"]:
            row.add_error("same", _("Say whether it is the same person."))
        if key in seen and clean["same"] != "new":
            row.add_error("name", _("This person stands in row %(n)s already.") % {"n": number(seen[key])})
            row.is_asked = True
        seen.setdefault(key, n)
    return not any(row.errors for row in told)


def _register(here: InGroup, form: QuickForm, rows: list[QuickRowForm]) -> None:
    typed = form.cleaned_data
    session = session_by_number(here.by, here.group, int(typed["session"])) if typed["session"] else None
    told = []
    for n, row in enumerate(rows):
        known = next((one for one in row.alike if str(one.pk) == row.cleaned_data["same"]), None)
        key = row_key(form.form_key(), n)
        told.append(QuickRow(key, form.participant(row), known, form.learner(row)))
    register_quickly(
        group=here.group, rows=told, by=here.by, session=session, version=session.version if session else 0,
        also_there={uuid.UUID(key) for key in typed.get("also_there", ())},
    )  # fmt: skip


def _page(request: HttpRequest, here: InGroup, form: QuickForm, rows: Any) -> HttpResponse:
    failed = request.method == "POST" and rows.is_bound
    context = {
        "group": here.group, "course": here.course, "form": form, "rows": rows,
        "takes_in": here.group.state in TAKES_IN, "failed": failed,
    }  # fmt: skip
    return render(request, "learning/quick.html", context, status=422 if failed else 200)
