"""What the guards ask of the catalogue, and of tests, exams and projects of the group of ``learning``."""

from __future__ import annotations

from typing import Any

from tests.guards.answers import ALL, ELSEWHERE, Row
from tests.guards.rooms.learning import TEACHERS, VIEWED, VIEWERS

CATALOGUE = Row(get={200: f"{VIEWERS} {ELSEWHERE}", 403: ALL})
TAUGHT = Row(get={200: TEACHERS, 403: ALL}, post={422: TEACHERS, 403: ALL})

ROWS: dict[str, Row] = {
    "learning:course-list": CATALOGUE,
    "learning:course-open": CATALOGUE,
    "learning:group-tests": VIEWED,
    "learning:test-write": TAUGHT,
    "learning:test-answer": TAUGHT,
    "learning:group-exams": VIEWED,
    "learning:exam-add": TAUGHT,
    "learning:exam-edit": TAUGHT,
    "learning:exam-mark": TAUGHT,
    "learning:project-write": TAUGHT,
}
PAGES: dict[str, str] = {
    "learning:course-list": "zarina",
    "learning:course-open": "zarina",
    "learning:group-tests": "tahmina",
    "learning:test-write": "tahmina",
    "learning:group-exams": "tahmina zarina",
    "learning:exam-mark": "tahmina",
}
ABOUT: dict[str, list[str]] = {
    "learning:course-list": [],
    "learning:course-open": ["course_code"],
    "learning:group-tests": ["group_code"],
    "learning:test-write": ["group_code", "stage"],
    "learning:group-exams": ["group_code"],
    "learning:exam-mark": ["group_code", "exam_id"],
}


def examples(people: dict[str, Any], family: Any, made: dict[str, Any]) -> dict[str, Any]:
    """An exam of the group, at which one of two women was."""
    from tests.learning.test_assessment import BEST, exam_of, marked

    group = made["group"]
    exam = exam_of(people["tahmina"], group)
    marked(people["tahmina"], group, exam, {made["learner"]: BEST})
    return {"course_code": "seamstress", "exam_id": exam.pk, "stage": "before"}
