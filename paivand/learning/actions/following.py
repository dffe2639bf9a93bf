"""Asking after learners: what they answered, or that they could not be reached."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _

from paivand.access.actions.mechanism import action, remark
from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.core.rules.errors import Refused
from paivand.learning.actions.inside import course_of, demand_day
from paivand.learning.models import FollowUp, Group
from paivand.learning.rules.drafts import FollowDraft
from paivand.learning.rules.states import FollowKind, FollowState
from paivand.registry.actions.families import demand_fresh


@action(Verb.LEARNING_ENROL, on="follow_up")
def answer_follow_up(*, follow_up: FollowUp, version: int, draft: FollowDraft, by: User) -> FollowUp:
    """Write down what a learner answered, or that she could not be reached; it may be corrected later.

    Raises:
        Refused: ``stale``; ``state`` for what is not asked any more; ``date``, ``practices``, ``income``; ``note``
            where nothing was written about somebody who missed sessions.
    """
    row: FollowUp = FollowUp.objects.select_for_update(of=("self",)).select_related("group").get(pk=follow_up.pk)
    demand_fresh(row, version)
    _fill(row, draft, _practices(row.group), by)
    row.save()
    remark(act="learner.ask", kind=row.kind, months=row.months, state=row.state)
    return row


@action(Verb.LEARNING_ENROL, on="group")
def answer_round(*, group: Group, told: Sequence[tuple[FollowUp, FollowDraft]], by: User) -> list[FollowUp]:
    """Write down what learners of one group answered in a round of calls: all of them, or none.

    Raises:
        Refused: as ``answer_follow_up``; ``people`` for somebody of another group.
    """
    drafts = {row.pk: draft for row, draft in told}
    rows = list(FollowUp.objects.select_for_update(of=("self",)).filter(group=group, pk__in=list(drafts)))
    if len(rows) != len(drafts):
        raise Refused(_("Somebody does not belong to this group. Load the page anew."), "people")
    practices = _practices(group)
    for row in rows:
        _fill(row, drafts[row.pk], practices, by)
    FollowUp.objects.bulk_update(rows, _ANSWERS)
    remark(act="learner.ask_round", n=len(rows))
    return rows


_ANSWERS = (
    "state", "done_on", "done_by", "note", "working", "own_business", "income_before", "income_after", "practices",
    "version",
)  # fmt: skip


def _practices(group: Group) -> set[str]:
    return {one.code for one in course_of(group).practices}


def _fill(row: FollowUp, draft: FollowDraft, practices: set[str], by: User) -> None:
    if row.state == FollowState.OFF:
        raise Refused(_("This is not asked any more."), "state")
    demand_day(draft.on, timezone.localdate(), "on")
    if row.kind == FollowKind.MISSED and draft.reached and not draft.note.strip():
        raise Refused(_("Write in a few words what she said, and what was agreed."), "note", field="note")
    if not set(draft.practices) <= practices:
        raise Refused(_("Choose the practices from the list."), "practices", field="practices")
    if any(amount is not None and amount < Decimal(0) for amount in (draft.income_before, draft.income_after)):
        raise Refused(_("An income cannot be below zero. Check it."), "income", field="income_after")
    row.state = FollowState.DONE if draft.reached else FollowState.NOT_REACHED
    row.done_on, row.done_by, row.note = draft.on, by, draft.note.strip()[:300]
    if draft.reached:
        row.working, row.own_business = draft.working, draft.own_business
        row.income_before, row.income_after = draft.income_before, draft.income_after
        row.practices = list(draft.practices)
    row.version += 1
