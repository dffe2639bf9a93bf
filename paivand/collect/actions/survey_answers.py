"""Writing the answers of a survey into its table: a part of taking in what arrived."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils import timezone

from paivand.access.models import User
from paivand.collect.models import Submission, SurveyAnswer
from paivand.collect.rules.filled import Filled
from paivand.collect.rules.flattening import Question, flattened

_EARLIEST = date(2000, 1, 1)


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
