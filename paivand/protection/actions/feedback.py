"""Survivors' answers about our work, written so that they lead back to nobody."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime, time

from django.utils import timezone
from django.utils.translation import gettext as _

from paivand.access.actions.mechanism import action, remark
from paivand.access.models import User
from paivand.access.rules.scopes import Scope
from paivand.access.rules.verbs import Verb
from paivand.core.rules.errors import Refused
from paivand.protection.models import Feedback
from paivand.protection.rules.feedback import ANSWER_NAMES, NOT_SAID, QUESTIONS, quarter_of


@action(Verb.SURVIVOR_WORK, on="scope")
def give_feedback(*, scope: Scope, feedback_id: uuid.UUID, answers: Mapping[str, str], by: User) -> None:
    """Keep the answers of one survivor under the quarter and the district, and under nothing else.

    Nothing is returned, so that the event names no row; see ``models.feedback`` for the rest.

    Args:
        feedback_id: drawn by lot by the form, so that a double tap writes once; a key that tells the time is refused.

    Raises:
        Refused: ``empty`` when no question is answered.
    """
    if feedback_id.version != 4:
        raise ValueError("The key of a feedback is drawn by lot: uuid4.")
    given = {key: answers[key] for key in QUESTIONS if answers.get(key) in ANSWER_NAMES}
    if all(answer == NOT_SAID for answer in given.values()):
        raise Refused(_("Answer at least one question, or leave the page."), "empty")
    quarter = quarter_of(timezone.localdate())
    beginning = timezone.make_aware(datetime.combine(quarter, time.min))
    row = Feedback(
        id=feedback_id, district_id=str(scope.district_id), quarter=quarter, answers=given, created_at=beginning,
        changed_at=beginning,
    )  # fmt: skip
    Feedback.objects.bulk_create([row], ignore_conflicts=True)
    remark(act="feedback.give")
