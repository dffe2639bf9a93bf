"""Entering what stands beside the figures, and publishing an edition. What was wrong is replaced, never changed."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, TypeVar, cast

from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from paivand.access.actions.mechanism import action, remark
from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.core.models.record import new_id
from paivand.core.rules.errors import Refused
from paivand.evidence.models import Edition, Entered, Explanation, ExternalFigure, GoalEntry
from paivand.evidence.queries.entered import goals_of
from paivand.evidence.rules.entering import ExternalDraft, GoalDraft, Wrong, wrong_with_external, wrong_with_goal
from paivand.evidence.rules.indicators import Indicator

E = TypeVar("E", bound=Entered)
_OF_THE_ROW = {"id", "version", "created_at", "changed_at", "entered_by", "replaces", "why", "withdrawn"}
"""What belongs to the single row, and not to what it says."""


@action(Verb.RESULTS_ENTER, self_service=True)
def enter_external(
    *, indicator: Indicator, draft: ExternalDraft, by: User, replaces: ExternalFigure | None = None, why: str = "",
    form_id: uuid.UUID | None = None,
) -> ExternalFigure:  # fmt: skip
    """Enter a figure of another source, or put one right: the wrong one stays to be read."""
    _refuse(wrong_with_external(draft, timezone.localdate()))
    return _write(ExternalFigure(**vars(draft)), indicator, by=by, replaces=replaces, why=why, form_id=form_id)


@action(Verb.RESULTS_ENTER, self_service=True)
def enter_goal(
    *, indicator: Indicator, draft: GoalDraft, by: User, replaces: GoalEntry | None = None, why: str = "",
    form_id: uuid.UUID | None = None,
) -> GoalEntry:  # fmt: skip
    """Enter a baseline, a milestone or a target that was agreed after the declaration."""
    _refuse(wrong_with_goal(draft, goals_of(by, [indicator])[indicator.code]))
    return _write(GoalEntry(**vars(draft)), indicator, by=by, replaces=replaces, why=why, form_id=form_id)


@action(Verb.RESULTS_ENTER, self_service=True)
def explain(
    *, indicator: Indicator, words: str, language: str, last_on: date, by: User, first_on: date | None = None,
    replaces: Explanation | None = None, why: str = "", form_id: uuid.UUID | None = None,
) -> Explanation:  # fmt: skip
    """Say what explains the difference between a figure and its goal."""
    if not words.strip():
        raise Refused(_("Write what explains the difference."), "bare", field="words")
    if first_on and first_on > last_on:
        raise Refused(_("The period ends before it begins. Look at both days."), "period", field="last_on")
    row = Explanation(words=words.strip()[:2000], language=language, first_on=first_on, last_on=last_on)
    return _write(row, indicator, by=by, replaces=replaces, why=why, form_id=form_id)


@action(Verb.RESULTS_ENTER, self_service=True)
def withdraw_entered(*, entered: E, why: str, by: User) -> E:
    """Take back what was entered: a row with the same content and the mark of withdrawal replaces it."""
    kept = [field.attname for field in entered._meta.concrete_fields if field.name not in _OF_THE_ROW]
    row = type(entered)(**{name: getattr(entered, name) for name in kept})
    row.withdrawn = True
    return _replace(row, entered, by, why)


def _refuse(wrong: Wrong | None) -> None:
    if wrong is not None:
        message, code, field = wrong
        raise Refused(_(message), code, field=field)


def _write(
    row: E, indicator: Indicator, *, by: User, replaces: E | None, why: str, form_id: uuid.UUID | None
) -> E:  # fmt: skip
    """Keep a row, once however often its form is sent."""
    row.indicator = indicator.code
    if form_id:
        known = cast("E | None", type(row).objects.filter(pk=form_id).first())
        if known is not None:
            return known
    row.pk = form_id or row.pk
    return _replace(row, replaces, by, why)


def _replace(row: E, replaces: E | None, by: User, why: str) -> E:
    if replaces is not None:
        if not why.strip():
            raise Refused(_("Say what was wrong, so that others understand the two figures."), "why", field="why")
        if type(row).objects.filter(replaces=replaces).exists():
            raise Refused(_("Somebody has replaced this entry already. Look at the newer one first."), "stale")
        if replaces.withdrawn:
            raise Refused(_("This entry was taken back. Enter a new one."), "withdrawn")
    row.replaces, row.why, row.entered_by = replaces, why.strip()[:300], by
    row.save(force_insert=True)
    remark(indicator=row.indicator, kind=row._meta.model_name, replaced=bool(replaces), withdrawn=row.withdrawn)
    return row


@action(Verb.RESULTS_EXPORT, self_service=True)
def publish_edition(
    *, title: str, cells: Mapping[str, list[list[Any]]], as_of: datetime, by: User, programme: str = "",
    first_on: date | None = None, last_on: date | None = None, note: str = "", form_id: uuid.UUID | None = None,
) -> Edition:  # fmt: skip
    """Keep results as they are shown now, so that later ones can be laid beside them and are protected against them.

    Args:
        cells: see ``Edition``; made by ``queries.editions.cells_to_publish``, never by hand.
    """
    if form_id:
        known = Edition.objects.filter(pk=form_id).first()
        if known is not None:
            return known
    if not title.strip():
        raise Refused(_("Give the edition a title, such as a month or the name of a report."), "bare", field="title")
    n_cells = sum(len(rows) for rows in cells.values())
    if not n_cells:
        raise Refused(_("There is nothing to publish in this period."), "empty")
    last = Edition.objects.aggregate(Max("number"))["number__max"] or 0
    row = Edition(
        id=form_id or new_id(), number=last + 1, title=title.strip()[:160], cells=dict(cells), n_cells=n_cells,
        as_of=as_of, programme=programme, first_on=first_on, last_on=last_on, note=note.strip()[:300], published_by=by,
    )  # fmt: skip
    row.save(force_insert=True)
    remark(edition=row.number, cells=n_cells)
    return row
