"""The tables of questionnaires and their scores."""

from __future__ import annotations

COLUMNS: dict[str, dict[str, str]] = {
    "instruments_assessment": {
        "family_id": "the file in which it was asked",
        "instrument": "the code of the questionnaire",
        "instrument_version": "the version that was asked; it stays when a newer one comes",
        "stage": "when in the help it was asked: once, at the beginning, follow-up, before or after",
        "mode": "how it was asked: alone, with others near, with an interpreter, by telephone, or by the person",
        "state": "being answered, completed or set aside",
        "answers": "by the code of the item: the answer, or why there is none, and the evidence where it is asked for",
        "section": "the section that was saved last",
        "answered_on": "the day on which the questions were asked",
        "completed_at": "when it was completed",
        "set_aside_on": "the day on which it was set aside",
        "set_aside_reason": "why it was set aside",
    },
    "instruments_score": {
        "assessment_id": "the answered questionnaire",
        "scale": "which of its scales",
        "value": "the value; empty where there is none",
        "band": "the band in which the value lies",
        "missing_reason": "why there is no value",
        "working": "how many items counted, and what each of them gave",
        "computed_at": "when it was computed; the latest row of a scale is the current one",
        "computed_by_id": "who completed the questionnaire or asked for a new computation",
        "rules_hash": "hash of the declaration it was computed with",
    },
    "instruments_redflag": {
        "assessment_id": "the questionnaire in which the answer was given",
        "code": "what the answer reveals",
        "urgency": "how soon a supervisor must have looked at it",
        "raised_at": "when the answer was saved",
        "answered_at": "when a supervisor answered",
        "answered_by_id": "which supervisor",
        "note": "what was done",
    },
}
