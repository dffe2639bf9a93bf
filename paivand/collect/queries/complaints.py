"""The questions that stand in the way of forms from the field."""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence

from paivand.collect.models import FormVersion, Submission
from paivand.collect.rules.answered import complains
from paivand.collect.rules.survey_filters import label_of
from paivand.collect.rules.taking import TO_DO


def complained_about(rows: Sequence[Submission], language: str) -> dict[uuid.UUID, str]:
    """The question that stands in the way of a form, in the words of the form: many are refused for the same reason."""
    fields = {row.pk: str((row.problem_words or {}).get("field") or "") for row in rows if row.state in TO_DO}
    wanted = {row.form_version_id for row in rows if fields.get(row.pk)}
    if not wanted:
        return {}
    asked = dict(FormVersion.objects.filter(pk__in=wanted).values_list("pk", "questions"))
    found: dict[uuid.UUID, str] = {}
    for row in rows:
        field = fields.get(row.pk)
        if not field:
            continue
        plain = re.sub(r"\[\d+\]", "", field)
        question = next((one for one in asked[row.form_version_id] if complains(one["path"], plain)), None)
        if question is not None:
            found[row.pk] = label_of(question.get("label") or {}, language)
    return found
