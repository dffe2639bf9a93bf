"""Pages on the way back to school: begun, what was tried, the return, and asking again."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from paivand.access.rules.verbs import Verb
from paivand.access.views.gate import refuse
from paivand.cases.actions import schooling as actions
from paivand.cases.forms.fields import ReasonForm
from paivand.cases.forms.schooling import CheckForm, ReturnForm, SchoolEndForm, SchoolingForm, TryForm
from paivand.cases.models import Schooling
from paivand.cases.queries import records
from paivand.cases.queries import schooling as queries
from paivand.cases.rules.schooling import TRY_NAMES, SchoolingState, SchoolTryKind
from paivand.cases.views.found import Asked, once, or_404
from paivand.core.rules.errors import WithoutRightError


@require_http_methods(["GET", "POST"])
def schooling_begin(request: HttpRequest, case_code: str) -> HttpResponse:
    """Begin the way back to school of a child."""
    asked = Asked.of(request, case_code)
    today = timezone.localdate()
    ages = {row.shown.pk: row.shown.age_on(today) for row in asked.people}
    children = [
        (str(row.shown.pk), row.shown.full_name)
        for row in asked.people
        if (age := ages[row.shown.pk]) is None or age.years < actions.OF_AGE
    ]
    initial = {"person": request.GET["person"]} if request.GET.get("person") else {}
    form = SchoolingForm(request.POST or None, children=children, initial=initial)
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            once(
                lambda: actions.open_schooling(
                    case=asked.case, schooling_id=form.form_key(), draft=form.draft(), by=asked.by
                )
            )  # fmt: skip
            messages.success(request, _("It is written down, in the child's particulars too. Write down what is done."))
            return asked.to("schooling-open", schooling_id=form.form_key())
    return asked.page(request, "schooling_form", form, children=children)


@require_http_methods(["GET", "POST"])
def schooling_open(request: HttpRequest, case_code: str, schooling_id: uuid.UUID) -> HttpResponse:
    """One way back to school; on it is written down what is done."""
    asked = Asked.of(request, case_code, Verb.CASE_VIEW)
    row = _schooling(asked, schooling_id)
    form = TryForm(request.POST or None)
    if request.method == "POST":
        if not asked.may_work:
            raise WithoutRightError(Verb.CASE_WORK)
        if form.is_valid():
            clean = form.cleaned_data
            with refuse(form):
                once(
                    lambda: actions.note_try(
                        schooling=row, try_id=form.form_key(), what=form.chosen(), tried_on=clean["tried_on"],
                        note=clean["note"], by=asked.by,
                    )
                )  # fmt: skip
                messages.success(request, _("Saved."))
                return asked.to("schooling-open", schooling_id=row.pk)
    names = records.names_of(asked.by, [row.person_id])
    helped = [TRY_NAMES[SchoolTryKind(code)] for code in row.helped if code in set(SchoolTryKind)]
    return asked.page(
        request, "schooling", form, row=row, name=names.get(row.person_id, ""), helped=helped,
        is_out=row.state == SchoolingState.OUT, is_back=row.state == SchoolingState.BACK,
        former=records.former_of(asked.by, [row.pk]), next_check=queries.next_check(row),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def schooling_return(request: HttpRequest, case_code: str, schooling_id: uuid.UUID) -> HttpResponse:
    """Write down that the child is back, and what made the difference."""
    asked = Asked.of(request, case_code)
    row = _schooling(asked, schooling_id)
    tried = [one.what for one in row.tried]  # type: ignore[attr-defined]
    form = ReturnForm(request.POST or None, initial={"version": row.version, "helped": tried, "school": row.school})
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            once(
                lambda: actions.return_to_school(
                    schooling=row, version=form.typed_version(), draft=form.draft(), by=asked.by
                )
            )  # fmt: skip
            messages.success(request, _("Written down. You will be asked again after three and six months."))
            return asked.to("schooling-open", schooling_id=row.pk)
    return _page(request, asked, row, "schooling_return", form)


@require_http_methods(["GET", "POST"])
def schooling_end(request: HttpRequest, case_code: str, schooling_id: uuid.UUID) -> HttpResponse:
    """End the way back without a return."""
    asked = Asked.of(request, case_code)
    row = _schooling(asked, schooling_id)
    form = SchoolEndForm(request.POST or None, initial={"version": row.version})
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            actions.end_schooling(schooling=row, version=form.typed_version(), why=form.chosen(), by=asked.by)
            messages.success(request, _("Saved."))
            return asked.to("schooling-open", schooling_id=row.pk)
    return _page(request, asked, row, "schooling_end", form)


@require_http_methods(["GET", "POST"])
def schooling_take_back(request: HttpRequest, case_code: str, schooling_id: uuid.UUID) -> HttpResponse:
    """Take back a return that was written down wrongly."""
    asked = Asked.of(request, case_code)
    row = _schooling(asked, schooling_id)
    form = ReasonForm(request.POST or None, initial={"version": row.version})
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            actions.take_back_return(
                schooling=row, version=form.typed_version(), reason=form.cleaned_data["reason"], by=asked.by
            )
            messages.success(request, _("It does not count any more. Its wording is kept."))
            return asked.to("schooling-open", schooling_id=row.pk)
    return _page(request, asked, row, "schooling_take_back", form)


@require_http_methods(["GET", "POST"])
def check_answer(
    request: HttpRequest, case_code: str, schooling_id: uuid.UUID, check_id: uuid.UUID
) -> HttpResponse:  # fmt: skip
    """Write down what was found when somebody asked again."""
    asked = Asked.of(request, case_code)
    row = _schooling(asked, schooling_id)
    check = or_404(queries.check_by_id(asked.by, row, check_id))
    form = CheckForm(request.POST or None, initial={"version": check.version})
    if request.method == "POST" and form.is_valid():
        clean = form.cleaned_data
        with refuse(form):
            actions.answer_check(
                check=check, version=form.typed_version(), still=form.chosen(), checked_on=clean["checked_on"],
                note=clean["note"], by=asked.by,
            )  # fmt: skip
            messages.success(request, _("Saved."))
            return asked.to("schooling-open", schooling_id=row.pk)
    return _page(request, asked, row, "schooling_check", form, check=check)


def _page(
    request: HttpRequest, asked: Asked, row: Schooling, template: str, form: object, **more: object
) -> HttpResponse:  # fmt: skip
    names = records.names_of(asked.by, [row.person_id])
    given: dict[str, object] = {"row": row, "name": names.get(row.person_id, ""), **more}
    return asked.page(request, template, form, **given)  # type: ignore[arg-type]


def _schooling(asked: Asked, schooling_id: uuid.UUID) -> Schooling:
    row: Schooling = or_404(queries.schooling_by_id(asked.by, asked.case, schooling_id))
    return row
