"""What the guards ask of questionnaires and their scores: answers, examples, counted pages."""

from __future__ import annotations

from typing import Any

from tests.guards.answers import ALL, ELSEWHERE, WORKERS, Row

READ_THERE = Row(get={200: WORKERS, 404: ELSEWHERE, 403: ALL})
WRITTEN_THERE = Row(get={200: WORKERS, 404: ELSEWHERE, 403: ALL}, post={422: WORKERS, 404: ELSEWHERE, 403: ALL})
EVERYONE = Row(get={200: ALL})

ROWS: dict[str, Row] = {
    "instruments:family-assessments": READ_THERE,
    "instruments:assessment-begin": WRITTEN_THERE,
    # The example is being answered: opening it leads to the part to go on with.
    "instruments:assessment-open": Row(get={302: WORKERS, 404: ELSEWHERE, 403: ALL}),
    "instruments:assessment-answer": WRITTEN_THERE,
    "instruments:assessment-complete": WRITTEN_THERE,
    "instruments:assessment-set-aside": WRITTEN_THERE,
    "instruments:scores-recompute": Row(post={302: WORKERS, 404: ELSEWHERE, 403: ALL}),
    # A red flag is seen by supervisors there and by who raised it, here Zarina; she cannot answer it.
    "instruments:flag-list": Row(get={200: f"{WORKERS} {ELSEWHERE}", 403: ALL}),
    "instruments:flag-open": Row(
        get={200: "zarina nasiba", 404: f"gulnoz {ELSEWHERE}", 403: ALL},
        post={422: "nasiba", 403: ALL, 404: f"gulnoz {ELSEWHERE}"},
    ),
    "instruments:instrument-list": EVERYONE,
    "instruments:instrument-open": EVERYONE,
}
PAGES: dict[str, str] = {
    "instruments:family-assessments": "zarina nasiba",
    "instruments:assessment-begin?instrument=phq4": "zarina",
    "instruments:assessment-answer": "zarina",
    "instruments:assessment-complete": "zarina",
    "instruments:flag-list": "nasiba",
    "instruments:instrument-list": "manija",
}
ABOUT: dict[str, list[str]] = {
    "instruments:family-assessments": ["code"],
    "instruments:assessment-begin": ["code"],
    "instruments:assessment-answer": ["assessment_id", "section_code"],
    "instruments:assessment-complete": ["assessment_id"],
}


def examples(people: dict[str, Any], family: Any, made: dict[str, Any]) -> dict[str, Any]:
    """The profile of the family, being answered by Zarina, with a red flag in it."""
    from paivand.access.models.identity import acting_as
    from paivand.instruments.actions.assessments import save_answers
    from paivand.instruments.rules.answers import Answer
    from tests.instruments.asking import begun

    zarina = people["zarina"]
    with acting_as(zarina):
        row = begun(family, zarina, "vulnerability")
        answers = {"suicide_risk": Answer("yes"), "child_in_danger": Answer("no")}
        row = save_answers(assessment=row, section="urgent", answers=answers, version=row.version, by=zarina)
        flag = row.flags.get()
    return {
        "assessment_id": row.pk,
        "section_code": "children",
        "flag_id": flag.pk,
        "instrument_code": "phq4",
        "instrument_version": "1",
    }
