"""The school page: a season's story, its plots and what they brought, and the forms that write it down."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_http_methods

from paivand.access.rules.verbs import Verb
from paivand.access.views.gate import conflict, refuse
from paivand.access.views.uploads import Measured
from paivand.learning.actions import seasons as actions
from paivand.learning.forms import schools as forms
from paivand.learning.models import Plot, SchoolSeason
from paivand.learning.queries import schools as queries
from paivand.learning.rules.course import Feature
from paivand.learning.rules.fields import CHECK_MONTHS, ENTRY_NAMES, EntryKind, Way, When
from paivand.learning.rules.plots_picture import plots_picture
from paivand.learning.views.found import InGroup, once, or_404

FEW = 5
"""Observations and entries on the school page itself; the others stand on pages of their own."""


def in_school(request: HttpRequest, school_code: str, verb: Verb = Verb.LEARNING_VIEW) -> InGroup:
    """The group of the address, if its course has plots; else a 404."""
    asked = InGroup.of(request, school_code, verb)
    if asked.course is None or not (asked.course.has(Feature.PLOTS) or asked.course.has(Feature.JUNIOR)):
        raise Http404
    return asked


def is_junior(asked: InGroup) -> bool:
    """Whether the school is one of children: it has a committee and no host farm, and is never counted as the other."""
    return asked.course is not None and asked.course.has(Feature.JUNIOR)


def to_school(asked: InGroup) -> str:
    """The address of the school page."""
    return reverse("learning:school-open", args=[asked.group.code])


@require_GET
def school_open(request: HttpRequest, school_code: str) -> HttpResponse:
    """The season of a school from its plots to what it brought."""
    asked = in_school(request, school_code)
    by, group = asked.by, asked.group
    season = queries.season_of(by, group)
    plots = queries.plots_of(by, group) if season else []
    found = queries.brought(by, group, plots)
    watched, entered = queries.observations_of(by, group), queries.entries_of(by, group)
    learners = queries.learners_of(by, group)
    taken_up = queries.taken_up(by, group)
    junior = is_junior(asked)
    return asked.page(
        request, "school",
        here="school", season=season, junior=junior, plots=[(plot, found.plots[str(plot.pk)]) for plot in plots],
        found=found, picture=plots_picture(found), entry_kinds=list(ENTRY_NAMES.items()), ways=list(Way),
        observations=watched[:FEW], n_more=len(watched) > FEW, photos=queries.photos_of(by, watched[:FEW]),
        entries=entered[:FEW], more_entries=len(entered) > FEW, field_days=queries.field_days_of(by, group),
        checks=[(months, queries.checks_of(by, group).get(months)) for months in CHECK_MONTHS] if season else [],
        practices=[
            (practice, [taken_up.get((practice.code, when)) for when in When])
            for practice in (asked.course.practices if asked.course else ())
        ],
        whens=list(When), sees_learners=bool(learners),
        agreed=queries.agreed(learners) if junior else None,
        months_at_school=queries.months_at_school(by, group) if junior else [],
        lessons=queries.lessons_of(by, group) if junior else [], today=timezone.localdate(),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def season_edit(request: HttpRequest, school_code: str) -> HttpResponse:
    """Write the season down."""
    asked = in_school(request, school_code, Verb.LEARNING_TEACH)
    season = queries.season_of(asked.by, asked.group)
    initial = forms.SeasonForm.initial_of(season)
    form = forms.SeasonForm(request.POST or None, initial=initial, junior=is_junior(asked))
    return _form(
        request, asked, form, _("The season"),
        lambda: actions.write_season(group=asked.group, version=form.typed_version(), draft=form.draft(), by=asked.by),
        present=lambda: conflict(form, initial),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def plot_add(request: HttpRequest, school_code: str) -> HttpResponse:
    """Lay out a plot."""
    asked = in_school(request, school_code, Verb.LEARNING_TEACH)
    form = forms.PlotForm(request.POST or None)
    return _form(
        request, asked, form, _("A new plot"),
        lambda: actions.add_plot(group=asked.group, plot_id=form.form_key(), draft=form.draft(), by=asked.by),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def plot_edit(request: HttpRequest, school_code: str, plot_id: uuid.UUID) -> HttpResponse:
    """Change a plot."""
    asked = in_school(request, school_code, Verb.LEARNING_TEACH)
    plot = _plot(asked, plot_id)
    initial = forms.PlotForm.initial_of(plot)
    form = forms.PlotForm(request.POST or None, initial=initial)
    return _form(
        request, asked, form, _("Plot %(name)s") % {"name": plot.name},
        lambda: actions.edit_plot(
            group=asked.group, plot=plot, version=form.typed_version(), draft=form.draft(), by=asked.by
        ),
        present=lambda: conflict(form, initial),
    )  # fmt: skip


# --- what was seen ---------------------------------------------------------------------------------------------------


@csrf_exempt  # only until the handler of the upload is set; ``_observe`` is protected
@require_http_methods(["GET", "POST"])
def plot_observe(request: HttpRequest, school_code: str, plot_id: uuid.UUID) -> HttpResponse:
    """Write down what a small group saw; the photograph is measured while it comes in."""
    measured = Measured(request)
    request.upload_handlers = [measured]
    return _observe(request, school_code, plot_id, measured)


@csrf_protect
def _observe(request: HttpRequest, school_code: str, plot_id: uuid.UUID, measured: Measured) -> HttpResponse:
    asked = in_school(request, school_code, Verb.LEARNING_TEACH)
    plot = _plot(asked, plot_id)
    given: tuple[Any, ...] = (request.POST, request.FILES) if request.method == "POST" else ()
    form = forms.ObservationForm(*given, too_large=measured.too_large)
    if request.method == "POST" and form.is_valid():
        photo = form.cleaned_data["photo"]
        content = photo.read() if photo else None
        with refuse(form):
            once(lambda: actions.observe_plot(
                group=asked.group, plot=plot, observation_id=form.form_key(), draft=form.draft(), by=asked.by,
                photo=content, caption=form.cleaned_data["caption"],
            ))  # fmt: skip
            messages.success(request, _("The observation is kept."))
            return redirect(to_school(asked))
    return asked.page(request, "observation_form", form, plot=plot, school=to_school(asked))


@require_GET
def observation_list(request: HttpRequest, school_code: str) -> HttpResponse:
    """All observations, the latest first, a page at a time."""
    asked = in_school(request, school_code)
    before = queries.observation(asked.by, asked.group, key) if (key := _after(request)) else None
    rows = queries.observations_of(asked.by, asked.group, before)
    shown = rows[: queries.PAGE]
    return asked.page(
        request, "observation_list", observations=shown, photos=queries.photos_of(asked.by, shown),
        school=to_school(asked), page={"next_address": f"?after={shown[-1].pk}" if len(rows) > len(shown) else None},
    )  # fmt: skip


# --- what it cost and brought ----------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def entry_add(request: HttpRequest, school_code: str, plot_id: uuid.UUID, kind: str) -> HttpResponse:
    """Enter a cost, a harvest, a revenue or water."""
    asked = in_school(request, school_code, Verb.LEARNING_TEACH)
    plot = _plot(asked, plot_id)
    if kind not in set(EntryKind):
        raise Http404
    form = forms.EntryForm(request.POST or None, kind=EntryKind(kind))
    titles = {
        EntryKind.COST: _("A cost of plot %(name)s"), EntryKind.HARVEST: _("Harvest of plot %(name)s"),
        EntryKind.REVENUE: _("What the harvest of plot %(name)s brought"),
        EntryKind.WATER: _("Water given to plot %(name)s"),
    }  # fmt: skip
    notes = {
        EntryKind.COST: _("Write down every cost, also what was brought from home; else the margin looks too good."),
        EntryKind.HARVEST: _("Weigh each picking, also what is eaten on the way."),
        EntryKind.REVENUE: _("What the family ate or gave away has a value too: write what it would have brought."),
        EntryKind.WATER: _("Count the hours and multiply by what runs through in an hour."),
    }
    return _form(
        request, asked, form, titles[EntryKind(kind)] % {"name": plot.name},
        lambda: actions.enter_for_plot(
            group=asked.group, plot=plot, entry_id=form.form_key(), draft=form.draft(), by=asked.by
        ),
        lead=notes[EntryKind(kind)],
    )  # fmt: skip


@require_GET
def entry_list(request: HttpRequest, school_code: str) -> HttpResponse:
    """All entries, the latest first, a page at a time."""
    asked = in_school(request, school_code)
    before = queries.entry(asked.by, asked.group, key) if (key := _after(request)) else None
    rows = queries.entries_of(asked.by, asked.group, before)
    shown = rows[: queries.PAGE]
    return asked.page(
        request, "entry_list", entries=shown, school=to_school(asked),
        page={"next_address": f"?after={shown[-1].pk}" if len(rows) > len(shown) else None},
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def entry_strike(request: HttpRequest, school_code: str, entry_id: uuid.UUID) -> HttpResponse:
    """Strike an entry out."""
    asked = in_school(request, school_code, Verb.LEARNING_TEACH)
    row = or_404(queries.entry(asked.by, asked.group, entry_id))
    form = forms.StrikeForm(request.POST or None)
    return _form(
        request, asked, form, _("Strike out an entry"),
        lambda: actions.strike_entry(group=asked.group, entry=row, why=form.cleaned_data["reason"], by=asked.by),
        lead=_("It stays to be read, and does not count any more."),
    )  # fmt: skip


# --- shown to others, and afterwards ---------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def field_day_add(request: HttpRequest, school_code: str) -> HttpResponse:
    """Write down a field day."""
    asked = in_school(request, school_code, Verb.LEARNING_TEACH)
    form = forms.FieldDayForm(request.POST or None)
    return _form(
        request, asked, form, _("A field day"),
        lambda: actions.hold_field_day(group=asked.group, day_id=form.form_key(), draft=form.draft(), by=asked.by),
        lead=_("Visitors are counted, not named."),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def school_check(request: HttpRequest, school_code: str, months: int) -> HttpResponse:
    """Write down whether the group goes on."""
    asked = in_school(request, school_code, Verb.LEARNING_TEACH)
    if months not in CHECK_MONTHS:
        raise Http404
    initial = forms.CheckForm.initial_of(queries.checks_of(asked.by, asked.group).get(months))
    form = forms.CheckForm(request.POST or None, initial=initial)
    return _form(
        request, asked, form, _("Does the group go on?"),
        lambda: actions.check_group(
            group=asked.group, version=form.typed_version(), draft=form.draft(months), by=asked.by
        ),
        present=lambda: conflict(form, initial),
    )  # fmt: skip


# --- what they have in common ----------------------------------------------------------------------------------------


def _form(
    request: HttpRequest, asked: InGroup, form: Any, title: str, save: Callable[[], object], *, lead: str = "",
    present: Callable[[], Any] = list,
) -> HttpResponse:  # fmt: skip
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            once(save)
            messages.success(request, _("Saved."))
            return redirect(to_school(asked))
    return asked.page(
        request, "school_form", form, heading=title, lead=lead, present=present(), school=to_school(asked)
    )  # fmt: skip


def _plot(asked: InGroup, plot_id: uuid.UUID) -> Plot:
    plot: Plot = or_404(queries.plot(asked.by, asked.group, plot_id))
    return plot


def _after(request: HttpRequest) -> uuid.UUID | None:
    try:
        return uuid.UUID(request.GET.get("after", ""))
    except ValueError:
        return None


def season_months(season: SchoolSeason | None, today: date) -> list[date]:
    """The months that can be written down: from the beginning of the season to the running one, the latest first."""
    first = (season.starts_on if season else today).replace(day=1)
    found: list[date] = []
    month = today.replace(day=1)
    while month >= first and len(found) < 24:
        found.append(month)
        month = date(month.year - (month.month == 1), (month.month - 2) % 12 + 1, 1)
    return found or [today.replace(day=1)]
