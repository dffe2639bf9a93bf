"""The grids of a field school: practices taken up at home, and days at the ordinary school."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from paivand.access.rules.verbs import Verb
from paivand.access.views.gate import refuse
from paivand.core.templatetags.paivand import number
from paivand.learning.actions import taken_up as actions
from paivand.learning.forms.schools import PracticesForm, SchoolMonthForm
from paivand.learning.queries import schools as queries
from paivand.learning.rules.fields import When
from paivand.learning.views.found import InGroup
from paivand.learning.views.schools import in_school, is_junior, season_months, to_school


@require_http_methods(["GET", "POST"])
def practices_ask(request: HttpRequest, school_code: str, asked_when: str) -> HttpResponse:
    """Write down who uses which practice."""
    asked = in_school(request, school_code, Verb.LEARNING_TEACH)
    if asked_when not in set(When) or asked.course is None or not asked.course.practices:
        raise Http404
    when = When(asked_when)
    form = PracticesForm(
        request.POST or None, course=asked.course, learners=queries.learners_of(asked.by, asked.group),
        answers=queries.answers_of(asked.by, asked.group, when),
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            n = actions.ask_practices(
                group=asked.group,
                asked=when,
                asked_on=form.cleaned_data["asked_on"],
                answers=form.answers(),
                by=asked.by,
            )
            _say(request, n)
            return redirect(to_school(asked))
    return asked.page(request, "practices_form", form, when=when, school=to_school(asked))


@require_http_methods(["GET", "POST"])
def school_month(request: HttpRequest, school_code: str) -> HttpResponse:
    """Write down on how many days of a month each child was at school; ``?month=`` chooses it."""
    asked = in_school(request, school_code, Verb.LEARNING_TEACH)
    if not is_junior(asked):
        raise Http404
    months = season_months(queries.season_of(asked.by, asked.group), timezone.localdate())
    month = _chosen(request, months)
    form = SchoolMonthForm(
        request.POST or None, learners=queries.learners_of(asked.by, asked.group), month=month,
        rows=queries.school_month_of(asked.by, asked.group, month),
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            _say(request, _write_month(asked, form, month))
            return redirect(to_school(asked))
    return asked.page(request, "school_month", form, months=months, month=month, school=to_school(asked))


def _write_month(asked: InGroup, form: SchoolMonthForm, month: date) -> int:
    return actions.write_school_month(
        group=asked.group, month=month, held=form.cleaned_data["held"], attended=form.attended(), by=asked.by
    )  # fmt: skip


def _chosen(request: HttpRequest, months: list[date]) -> date:
    typed = request.GET.get("month", "")
    return next((month for month in months if f"{month:%Y-%m}" == typed), months[0])


def _say(request: HttpRequest, n: int) -> None:
    if n:
        words = ngettext("%(count)s answer is saved.", "%(count)s answers are saved.", n)
        messages.success(request, words % {"count": number(n)})
    else:
        messages.info(request, _("Nothing was changed."))
