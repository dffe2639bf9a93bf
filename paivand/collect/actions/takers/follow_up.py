"""What became of a learner 3, 6 or 12 months after a course."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from paivand.access.models import User
from paivand.collect.actions.takers.parts import decided, demand_same, difference, found_at, said_at
from paivand.collect.models import Submission
from paivand.collect.rules.filled import Filled
from paivand.collect.rules.taking import Made, Taken
from paivand.core.rules.errors import Refused
from paivand.learning.actions.following import answer_follow_up
from paivand.learning.models import FollowUp
from paivand.learning.rules.drafts import FollowDraft
from paivand.learning.rules.states import FollowState

_FIELDS = {"on": "on", "note": "note", "practices": "now/practices", "income_after": "now/income_after"}
_SAID = {"yes": True, "no": False}


def take(*, filled: Filled, sent: Submission, by: User, answers: Mapping[str, Any]) -> Taken:
    """Write the answers down.

    Raises:
        Refused: as ``answer_follow_up``; ``choose``, ``gone``, ``date``.
        Undecided: ``conflict`` where she was asked already and something else stands there.
    """
    rows = FollowUp.objects.seen_by(by).select_related("group__place", "enrolment__person")
    row: FollowUp = found_at(filled, "follow_up", rows)
    demand_same(answers, row.pk)
    draft = answered(filled)
    differs = _differs(row, draft) if row.state in {FollowState.DONE, FollowState.NOT_REACHED} else []
    if row.state in {FollowState.DUE, FollowState.OFF} or (differs and decided(answers, differs)):
        with said_at(_FIELDS, "follow_up"):
            answer_follow_up(follow_up=row, version=row.version, draft=draft, by=by)
    return Taken((
        Made("follow_up", row.pk, row.group.code, "learning:follow-up-answer", {"follow_up_id": str(row.pk)}),
    ))  # fmt: skip


def answered(filled: Filled) -> FollowDraft:
    """What was answered; what was not asked stays open.

    Raises:
        Refused: ``date`` without a day.
    """
    on = filled.day("on")
    if on is None:
        raise Refused(_("Write the day on which it was asked."), "date", field="on")
    return FollowDraft(
        reached=filled.value("reached") == "yes", on=on, working=_SAID.get(filled.value("now/working")),
        own_business=_SAID.get(filled.value("now/own_business")), income_before=_money(filled, "now/income_before"),
        income_after=_money(filled, "now/income_after"), practices=filled.values("now/practices"),
        note=filled.value("note")[:300],
    )  # fmt: skip


def _money(filled: Filled, path: str) -> Decimal | None:
    said = filled.number(path)
    return None if said is None else said.quantize(Decimal("0.01"))


def _differs(row: FollowUp, draft: FollowDraft) -> list[dict[str, str]]:
    found = [
        *difference("reached", row.state == FollowState.DONE, draft.reached),
        *difference("on", row.done_on, draft.on),
    ]
    if draft.reached:
        for path, here, sent in (
            ("now/working", row.working, draft.working),
            ("now/own_business", row.own_business, draft.own_business),
            ("now/income_before", row.income_before, draft.income_before),
            ("now/income_after", row.income_after, draft.income_after),
            ("now/practices", sorted(row.practices), sorted(draft.practices)),
        ):
            found += difference(path, here, sent)
    return [*found, *difference("note", row.note, draft.note)]
