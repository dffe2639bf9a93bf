"""What the guards ask of surveys: who may open what, and a survey in use with an answer, a child and a photograph."""

from __future__ import annotations

from typing import Any

from tests.guards.answers import ALL, Row

READERS = "manija"
"""Who sees the answers of her agency's surveys."""
MANAGERS = f"{READERS} manager"
"""Who uploads surveys; a manager sees sums of the answers only."""

MANAGED = Row(get={200: MANAGERS, 403: ALL})
FILLED = Row(get={200: MANAGERS, 403: ALL}, post={422: MANAGERS, 403: ALL})
READ = Row(get={200: READERS, 403: ALL})

ROWS: dict[str, Row] = {
    "collect:survey-list": MANAGED,
    "collect:survey-upload": FILLED,
    "collect:survey-open": MANAGED,
    "collect:survey-upload-version": FILLED,
    "collect:survey-edit": FILLED,
    # Posted without a state there is nothing to do.
    "collect:survey-move": Row(post={404: MANAGERS, 403: ALL}),
    "collect:survey-version": Row(get={200: MANAGERS, 403: ALL}, post={302: MANAGERS, 403: ALL}),
    "collect:survey-workbook": MANAGED,
    "collect:survey-answers": READ,
    "collect:survey-answer": READ,
    "collect:survey-file": READ,
    "collect:survey-charts": MANAGED,
    "collect:survey-map": MANAGED,
    "collect:survey-export": Row(get={200: READERS, 403: ALL}, post={422: READERS, 403: ALL}),
    "collect:survey-files": READ,
    "collect:survey-made-file": READ,
}
PAGES: dict[str, str] = {
    "collect:survey-list": "manija manager",
    "collect:survey-upload": "manija",
    "collect:survey-open": "manija manager",
    "collect:survey-edit": "manija",
    "collect:survey-version": "manija",
    "collect:survey-answers": "manija",
    "collect:survey-answers?part=children": "manija",
    "collect:survey-answer": "manija",
    "collect:survey-charts": "manija manager",
    "collect:survey-map": "manija manager",
    "collect:survey-export": "manija",
    "collect:survey-files": "manija",
}
ABOUT: dict[str, list[str]] = {
    "collect:survey-list": [],
    "collect:survey-upload": [],
    "collect:survey-open": ["survey_id"],
    "collect:survey-edit": ["survey_id"],
    "collect:survey-version": ["survey_id", "survey_version_id"],
    "collect:survey-answers": ["survey_id"],
    "collect:survey-answer": ["survey_id", "survey_answer_id"],
    "collect:survey-charts": ["survey_id"],
    "collect:survey-map": ["survey_id"],
    "collect:survey-export": ["survey_id"],
    "collect:survey-files": ["survey_id"],
}


def examples(people: dict[str, Any], family: Any, made: dict[str, Any]) -> dict[str, Any]:
    """A survey of Manija's, Zarina's answer to it, and a file of it that was made for Manija."""
    from paivand.access.models.identity import acting_as
    from paivand.collect.models import SurveyAnswer
    from tests.collect.surveys import answered, in_use, made_in_background
    from tests.methods.photographs import jpeg

    version = in_use(people["manija"])
    sent = answered(people["zarina"], version, {"photo": "roof.jpg"}, files={"roof.jpg": jpeg()})
    with acting_as(people["manija"]):
        answer = SurveyAnswer.objects.get(submission=sent)
    return {
        "survey_id": version.form_id, "survey_version_id": version.pk, "survey_answer_id": answer.pk,
        "media_name": "roof.jpg", "survey_file_id": made_in_background(people["manija"], version.form).pk,
    }  # fmt: skip
