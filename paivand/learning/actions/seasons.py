"""Writing down a field school's season: its plots, what was seen in them, what they cost and brought, field days."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from paivand.access.actions.mechanism import action, remark
from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.core.rules.errors import Refused
from paivand.learning.actions.inside import course_of, locked_group, within
from paivand.learning.actions.photos import keep_photo
from paivand.learning.models import FieldDay, Group, GroupCheck, Observation, Plot, PlotEntry, SchoolSeason
from paivand.learning.rules.course import Feature
from paivand.learning.rules.fields import (
    CheckDraft,
    EntryDraft,
    FieldDayDraft,
    ObservationDraft,
    PlotDraft,
    SeasonDraft,
)
from paivand.learning.rules.states import GroupState
from paivand.registry.actions.families import demand_fresh


def said(demand: Callable[[], None]) -> None:
    """Check a draft; what the rules refuse is told in the reader's language.

    Raises:
        Refused: as the draft does.
    """
    try:
        demand()
    except Refused as refused:
        raise Refused(_(refused.message), refused.code, field=refused.field) from None


@action(Verb.LEARNING_TEACH, on="group")
def write_season(*, group: Group, version: int, draft: SeasonDraft, by: User) -> SchoolSeason:
    """Write down what the school grows, where, and for a junior school with which committee.

    Args:
        version: of the season as the form was opened; 0 where there was none.

    Raises:
        Refused: ``stale``; ``school`` for a group of another kind; as ``SeasonDraft.demand``.
    """
    locked = locked_group(group)
    demand_not_cancelled(locked)
    course = course_of(locked)
    if not course.has(Feature.PLOTS):
        raise Refused(_("This group is no field school: it has no plots."), "school")
    said(lambda: draft.demand(junior=course.has(Feature.JUNIOR)))
    row = SchoolSeason.objects.select_for_update(of=("self",)).filter(group=locked).first()
    if row is None:
        row = within(locked, SchoolSeason(version=0))
    demand_fresh(row, version)
    row.commodity, row.title = draft.commodity, draft.title.strip()
    row.starts_on, row.ends_on = draft.starts_on, draft.ends_on
    row.host, row.school, row.story = draft.host.strip(), draft.school.strip(), draft.story.strip()
    row.n_guardians, row.committee_on, row.committee = draft.n_guardians, draft.committee_on, draft.committee.strip()
    row.recorded_by = by
    row.version += 1
    row.save()
    remark(act="season.write", commodity=row.commodity)
    return row


@action(Verb.LEARNING_TEACH, on="group")
def add_plot(*, group: Group, plot_id: uuid.UUID, draft: PlotDraft, by: User) -> Plot:
    """Lay out a plot; ``plot_id`` is made by the form.

    Raises:
        Refused: ``twice``; ``season`` before there is one; ``name`` when another plot has it; as ``PlotDraft.demand``.
    """
    locked = locked_group(group)
    if Plot.objects.filter(pk=plot_id).exists():
        raise _twice()
    season = season_of(locked)
    row = within(locked, Plot(id=plot_id, season=season))
    _fill_plot(row, draft)
    row.save(force_insert=True)
    remark(act="plot.add", way=row.way, water=row.water_way)
    return row


@action(Verb.LEARNING_TEACH, on="group")
def edit_plot(*, group: Group, plot: Plot, version: int, draft: PlotDraft, by: User) -> Plot:
    """Change what is known of a plot.

    Raises:
        Refused: ``stale``; ``name``; as ``PlotDraft.demand``.
    """
    demand_not_cancelled(locked_group(group))
    row: Plot = Plot.objects.select_for_update(of=("self",)).select_related("group").get(pk=plot.pk, group=group)
    demand_fresh(row, version)
    _fill_plot(row, draft)
    row.version += 1
    row.save()
    remark(act="plot.edit", way=row.way, water=row.water_way)
    return row


def _fill_plot(row: Plot, draft: PlotDraft) -> None:
    said(draft.demand)
    name = " ".join(draft.name.split())[:40]
    if Plot.objects.filter(season_id=row.season_id, name=name).exclude(pk=row.pk).exists():
        raise Refused(_("Another plot of this season has this name. Give this one its own."), "name", field="name")
    row.name, row.way, row.water_way = name, draft.way.value, draft.water_way
    row.area, row.planted_on, row.note = draft.area, draft.planted_on, draft.note.strip()


# --- what was seen ---------------------------------------------------------------------------------------------------


@action(Verb.LEARNING_TEACH, on="group")
def observe_plot(
    *, group: Group, plot: Plot, observation_id: uuid.UUID, draft: ObservationDraft, by: User,
    photo: bytes | None = None, caption: str = "", today: date | None = None,
) -> Observation:  # fmt: skip
    """Write down what a small group saw in a plot, with a photograph where there is one.

    A photograph loses where and when it was taken; it is kept sealed.

    Raises:
        Refused: ``twice``; as ``ObservationDraft.demand``; one of ``Unfit`` for a file that is not taken.
    """
    locked = locked_group(group)
    demand_not_cancelled(locked)
    if Observation.objects.filter(pk=observation_id).exists():
        raise _twice()
    said(lambda: draft.demand(today or timezone.localdate()))
    row = within(locked, Observation(
        id=observation_id, plot=Plot.objects.get(pk=plot.pk, group=locked), observed_on=draft.observed_on,
        stage=draft.stage, health=draft.health.value, soil=draft.soil.value, weather=draft.weather.strip(),
        height_cm=draft.height_cm, seen=dict(draft.seen or {}), water=draft.water.strip(), told=draft.told.strip(),
        decided=draft.decided, decision=draft.decision.strip(), watchers=draft.watchers.strip(), recorded_by=by,
    ))  # fmt: skip
    row.save(force_insert=True)
    if photo is not None:
        keep_photo(locked, photo, caption, by, of=row)
    remark(act="plot.observe", decided=row.decided, photo=photo is not None)
    return row


# --- what it cost and brought ----------------------------------------------------------------------------------------


@action(Verb.LEARNING_TEACH, on="group")
def enter_for_plot(
    *, group: Group, plot: Plot, entry_id: uuid.UUID, draft: EntryDraft, by: User, today: date | None = None
) -> PlotEntry:  # fmt: skip
    """Enter a cost, a harvest, a revenue or water.

    Raises:
        Refused: ``twice``; as ``EntryDraft.demand``.
    """
    locked = locked_group(group)
    demand_not_cancelled(locked)
    if PlotEntry.objects.filter(pk=entry_id).exists():
        raise _twice()
    said(lambda: draft.demand(today or timezone.localdate()))
    row = within(locked, PlotEntry(
        id=entry_id, plot=Plot.objects.get(pk=plot.pk, group=locked), kind=draft.kind.value, code=draft.code,
        on_day=draft.on_day, amount=draft.amount, quantity=draft.quantity, note=draft.note.strip(), recorded_by=by,
    ))  # fmt: skip
    row.save(force_insert=True)
    remark(act="plot.enter", kind=row.kind)
    return row


@action(Verb.LEARNING_TEACH, on="group")
def strike_entry(
    *, group: Group, entry: PlotEntry, why: str, by: User, now: datetime | None = None
) -> PlotEntry:  # fmt: skip
    """Strike out an entry that was wrong; it stays to be read and does not count any more.

    Raises:
        Refused: ``twice`` when it is struck out already; ``why`` without a reason.
    """
    locked_group(group)
    row: PlotEntry = (
        PlotEntry.objects.select_for_update(of=("self",)).select_related("group").get(pk=entry.pk, group=group)
    )  # fmt: skip
    if row.struck_at:
        raise _twice()
    if not why.strip():
        raise Refused(_("Say why it is struck out."), "why", field="reason")
    row.struck_at, row.struck_by, row.struck_why = now or timezone.now(), by, why.strip()[:160]
    row.version += 1
    row.save()
    remark(act="plot.strike", kind=row.kind)
    return row


# --- shown to others, and afterwards ---------------------------------------------------------------------------------


@action(Verb.LEARNING_TEACH, on="group")
def hold_field_day(
    *, group: Group, day_id: uuid.UUID, draft: FieldDayDraft, by: User, today: date | None = None
) -> FieldDay:  # fmt: skip
    """Write down a field day with how many came.

    Raises:
        Refused: ``twice``; ``season``; ``day`` when one of that day is written down; as ``FieldDayDraft.demand``.
    """
    locked = locked_group(group)
    if FieldDay.objects.filter(pk=day_id).exists():
        raise _twice()
    season = season_of(locked)
    said(lambda: draft.demand(today or timezone.localdate()))
    if FieldDay.objects.filter(season=season, held_on=draft.held_on).exists():
        raise Refused(_("A field day of this day is written down already."), "day", field="held_on")
    row = within(locked, FieldDay(
        id=day_id, season=season, held_on=draft.held_on, topic=draft.topic.strip(), n_women=draft.n_women,
        n_men=draft.n_men, n_girls=draft.n_girls, n_boys=draft.n_boys, told=draft.told.strip(), recorded_by=by,
    ))  # fmt: skip
    row.save(force_insert=True)
    remark(act="season.field_day", visitors=row.n_visitors)
    return row


@action(Verb.LEARNING_TEACH, on="group")
def check_group(
    *, group: Group, version: int, draft: CheckDraft, by: User, today: date | None = None
) -> GroupCheck:  # fmt: skip
    """Write down whether the group goes on, 6 or 12 months after its season; asking again corrects the answer.

    Args:
        version: of the answer as the form was opened; 0 where there was none.

    Raises:
        Refused: ``stale``; ``season``; as ``CheckDraft.demand``.
    """
    locked = locked_group(group)
    season = season_of(locked)
    said(lambda: draft.demand(season.ends_on, today or timezone.localdate()))
    row = GroupCheck.objects.select_for_update(of=("self",)).filter(group=locked, months=draft.months).first()
    if row is None:
        row = within(locked, GroupCheck(months=draft.months, version=0))
    demand_fresh(row, version)
    row.asked_on, row.goes_on, row.n_members = draft.asked_on, draft.goes_on, draft.n_members
    row.told, row.recorded_by = draft.told.strip(), by
    row.version += 1
    row.save()
    remark(act="season.check", months=row.months, goes_on=row.goes_on)
    return row


def season_of(group: Group) -> SchoolSeason:
    """The season of a locked group.

    Raises:
        Refused: ``season`` where nothing is written down yet; ``state`` for a cancelled group.
    """
    demand_not_cancelled(group)
    row: SchoolSeason | None = SchoolSeason.objects.filter(group=group).first()
    if row is None:
        raise Refused(_("Write down the season first: what is grown, where and since when."), "season")
    return row


def demand_not_cancelled(group: Group) -> None:
    """Raise a Refused for a cancelled group. Harvest, field days and checks are written after the lessons too."""
    if group.state == GroupState.CANCELLED:
        raise Refused(_("This group was cancelled. Nothing can be changed in it."), "state")


def _twice() -> Refused:
    return Refused(_("This form was saved already."), "twice")
