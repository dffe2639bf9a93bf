"""What rests on a part of the plan, so that it cannot simply be deleted."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from paivand.access.models import User
from paivand.core.templatetags.paivand import number
from paivand.programme.models import (
    Activity,
    BudgetLine,
    DateChange,
    Milestone,
    Outcome,
    Output,
    Programme,
    ProgressNote,
    Spending,
)

Part = Outcome | Output | Activity

RESTING: list[Callable[[User, Programme, str], Iterable[str]]] = []
"""What rooms above say rests on a code of the plan, in words such as "campaigns: 2". They add to it when they begin."""


def resting_on(by: User, part: Part) -> list[str]:
    """What rests on a part of the plan, each kind in a few words with codes or how many; nothing where none does."""
    if isinstance(part, Outcome):
        own = [(_("outputs %(codes)s"), _codes(Output.objects.seen_by(by).filter(outcome=part)))]
    elif isinstance(part, Output):
        own = [
            (_("activities %(codes)s"), _codes(Activity.objects.seen_by(by).filter(output=part))),
            (_("lines of a budget: %(codes)s"), _n(BudgetLine.objects.seen_by(by).filter(output=part))),
            (_("entries of spending: %(codes)s"), _n(Spending.objects.seen_by(by).filter(output=part))),
        ]
    else:
        milestones = Milestone.objects.seen_by(by).filter(activity=part, dropped_on=None)
        own = [
            (_("changes of its planned days: %(codes)s"), _n(DateChange.objects.seen_by(by).filter(activity=part))),
            (_("notes of progress: %(codes)s"), _n(ProgressNote.objects.seen_by(by).filter(activity=part))),
            (_("milestones that are not given up: %(codes)s"), _n(milestones)),
            (_("entries of spending: %(codes)s"), _n(Spending.objects.seen_by(by).filter(activity=part))),
        ]
    found = [words % {"codes": codes} for words, codes in own if codes]
    for asked in RESTING:
        found += asked(by, part.programme, part.code)
    return found


def _codes(rows: Iterable[Output] | Iterable[Activity]) -> str:
    return " · ".join(sorted(row.code for row in rows))


def _n(rows: QuerySet[Any]) -> str:
    found = rows.count()
    return str(number(found)) if found else ""
