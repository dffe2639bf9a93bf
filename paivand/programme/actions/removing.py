"""What was written by mistake is deleted: parts of the plan on which nothing rests, and a draft of the budget."""

from __future__ import annotations

from django.utils.translation import gettext as _

from paivand.access.actions.mechanism import action, remark
from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.core.rules.errors import Refused
from paivand.programme.actions.budgets import locked_draft
from paivand.programme.actions.inside import locked
from paivand.programme.models import (
    Activity,
    Budget,
    BudgetLine,
    BudgetShare,
    Milestone,
    Outcome,
    Output,
)
from paivand.programme.queries.resting import Part, resting_on
from paivand.programme.rules.plan import ActivityState


@action(Verb.PROGRAMME_PLAN)
def remove_outcome(*, outcome: Outcome, version: int, by: User) -> None:
    """Delete an outcome that was written by mistake. Its code is free again.

    Raises:
        Refused: ``stale``; ``rests`` while something rests on it, with the words for what in ``detail["rests"]``.
    """
    row = locked(outcome, version)
    _demand_bare(by, row)
    remark(act="outcome.remove", programme=row.programme.code, code=row.code)
    row.delete()


@action(Verb.PROGRAMME_PLAN)
def remove_output(*, output: Output, version: int, by: User) -> None:
    """Delete an output that was written by mistake.

    Raises:
        Refused: ``stale``; ``rests``.
    """
    row = locked(output, version)
    _demand_bare(by, row)
    remark(act="output.remove", programme=row.programme.code, code=row.code)
    row.delete()


@action(Verb.PROGRAMME_PLAN, on="activity")
def remove_activity(*, activity: Activity, version: int, by: User) -> None:
    """Delete an activity that was written by mistake and has not begun, with its milestones that were given up.

    Raises:
        Refused: ``stale``; ``state`` for one that has begun or was cancelled; ``rests``.
    """
    row = locked(activity, version)
    if row.state != ActivityState.PLANNED:
        raise Refused(_("Only an activity that has not begun can be deleted. Finish it or cancel it instead."), "state")
    _demand_bare(by, row)
    remark(act="activity.remove", programme=row.programme.code, code=row.code)
    Milestone.objects.filter(activity=row).delete()
    row.delete()


@action(Verb.PROGRAMME_PLAN)
def remove_draft(*, budget: Budget, version: int, by: User) -> None:
    """Delete a draft of the budget with everything written in it. The budget that holds stays as it is.

    Raises:
        Refused: ``stale``; ``adopted``.
    """
    row = locked_draft(budget, version)
    lines = BudgetLine.objects.filter(share__budget=row)
    remark(act="budget.remove", programme=row.programme.code, n=row.n, lines=lines.count())
    lines.delete()
    BudgetShare.objects.filter(budget=row).delete()
    row.delete()


def _demand_bare(by: User, part: Part) -> None:
    rests = resting_on(by, part)
    if rests:
        raise Refused(
            _("%(code)s cannot be deleted, because something rests on it: %(rests)s. Delete that first, or leave it.")
            % {"code": part.code, "rests": "; ".join(rests)},
            "rests", detail={"rests": rests},
        )  # fmt: skip
