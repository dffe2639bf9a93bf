"""The one place that moves a submission from state to state: with its step, and along an edge of ``EDGES`` only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from paivand.access.models import User
from paivand.collect.models import Submission, SubmissionStep
from paivand.collect.rules.taking import Act, after
from paivand.core.rules.errors import Refused


@dataclass(frozen=True)
class Because:
    """Why a submission moves, as far as there is something to say.

    Args:
        problem: a word of ``Problem``, or that of the rule that refused.
        words: what stands beside the problem: ``message``, ``field``, ``found``.
        until: when it is tried again without what it waits for.
        reason: what a person wrote.
    """

    problem: str = ""
    words: Mapping[str, Any] | None = None
    until: datetime | None = None
    reason: str = ""


NO_REASON = Because()


def move(sent: Submission, act: Act, *, by: User | None, now: datetime, because: Because = NO_REASON) -> None:
    """Move a locked submission, and write the step.

    Args:
        by: who acts; nobody, where the program does.

    Raises:
        Refused: ``state``, where no such edge leads on.
    """
    state = after(sent.state, act)
    if state is None:
        raise Refused(_("This form stands elsewhere by now. Look at it again."), "state")
    sent.state, sent.state_at = state, now
    sent.problem = because.problem[:40]
    sent.problem_words = dict(because.words) if because.words else None
    sent.held_until = because.until
    sent.aside_reason = because.reason if act in {Act.SET_ASIDE, Act.REPLACE} else ""
    sent.n_attempts = 0
    sent.version += 1
    sent.save()
    SubmissionStep.objects.create(
        submission=sent, is_survey=sent.is_survey, act=act, state=state, problem=sent.problem,
        reason=because.reason, by=by, district_id=sent.district_id, agency_id=sent.agency_id,
        team_id=sent.team_id, owner_id=sent.owner_id,
    )  # fmt: skip
