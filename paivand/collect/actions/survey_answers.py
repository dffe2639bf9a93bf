"""Writing the answers of a survey into its table, if they count: a part of taking in what arrived."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from paivand.access.models import User
from paivand.collect.models import Submission, SubmissionContent, SurveyAnswer
from paivand.collect.queries.forms import filler_of, offer_of
from paivand.collect.rules.deciding import standing_decision
from paivand.collect.rules.filled import Filled, read_filled
from paivand.collect.rules.flattening import Question, flattened
from paivand.collect.rules.offered import Given, begun_on, told, unoffered
from paivand.collect.rules.taking import COUNTS, Problem, Undecided

_EARLIEST = date(2000, 1, 1)


def demand_offered(*, sent: Submission, answers: Mapping[str, Any], by: User) -> None:
    """Raise unless the survey was offered to the sender, or somebody who may has said that the answer counts.

    Raises:
        Undecided: ``unoffered``, with what speaks against it; see ``rules.offered``.
    """
    found = told(unoffered(offer_of(sent.form), filler_of(by), _given(sent)))
    if found and standing_decision(answers, Problem.UNOFFERED, found) != COUNTS:
        raise Undecided(Problem.UNOFFERED, found)


def _given(sent: Submission) -> Given:
    """When the answer was given. What the telephone says of it is read only where its arrival tells too little, and
    from the form as it came: mending an answer makes it no older."""
    version, received_on = sent.form_version, timezone.localdate(sent.received_at)
    if offer_of(sent.form).hinders_on(received_on) is None:
        return Given(received_on, version_in_use=version.was_used)
    came = read_filled(bytes(SubmissionContent.objects.get(submission=sent).xml))
    silent = [(one["type"], came.value(one["path"])) for one in version.questions if not one.get("repeat")]
    return Given(received_on, begun_on(silent), timezone.localdate(version.published_at), version.was_used)


def write_answers(*, filled: Filled, sent: Submission, by: User) -> SurveyAnswer | None:
    """Write the row of an answered survey; called inside the action that takes the submission in.

    A second run changes nothing more; an edit takes the place of what it edits, in whatever order the two arrive.

    Returns:
        The row; None where a later edit was taken in already.
    """
    if sent.replaced_by_id:
        return None
    questions = sent.form_version.questions
    flat = flattened(filled, questions)
    told = {
        "form_version_id": sent.form_version_id, "submission_id": sent.pk, "received_at": sent.received_at,
        "answered_on": answered_on(filled, questions, timezone.localtime(sent.received_at).date()),
        "values": flat.values, "parts": flat.parts,
    }  # fmt: skip
    row = SurveyAnswer.objects.select_for_update().filter(form_id=sent.form_id, root_id=sent.root_id).first()
    if row is None:
        return SurveyAnswer.objects.create(
            pk=sent.pk, form_id=sent.form_id, root_id=sent.root_id, n_edits=int(bool(sent.deprecated_id)),
            district_id=sent.district_id, agency_id=sent.agency_id, team_id=sent.team_id, owner_id=by.pk, **told,
        )  # fmt: skip
    again = row.submission_id == sent.pk
    for name, value in told.items():
        setattr(row, name, value)
    row.n_edits += not again
    row.version += 1
    row.save()
    return row


def answered_on(filled: Filled, questions: list[Question], arrived: date) -> date:
    """The day that the form itself says, by its questions ``today``, ``start`` or ``end``; else that of its arrival.

    A phone whose clock is wrong, in the future or before the year 2000, is not believed.
    """
    for kind in ("today", "start", "end"):
        for one in questions:
            if one["type"] == kind and not one.get("repeat"):
                said = filled.value(one["path"])[:10]
                try:
                    day = date.fromisoformat(said)
                except ValueError:
                    continue
                if _EARLIEST <= day <= arrived + timedelta(days=1):
                    return day
    return arrived
