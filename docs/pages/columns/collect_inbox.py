"""The tables of what became of forms from the field."""

from __future__ import annotations

_OF_SUBMISSION = {
    "submission_id": "the submission it belongs to",
    "is_survey": "whether the form is a survey, whose answers are read by whoever manages surveys",
}

COLUMNS: dict[str, dict[str, str]] = {
    "collect_submissionstep": {
        **_OF_SUBMISSION,
        "act": "what moved it on",
        "state": "the state to which that led",
        "problem": "the word of the problem, where it led to one",
        "reason": "what a person wrote about it",
        "by_id": "who did it; empty where the program did",
    },
    "collect_submissionfamily": {
        **_OF_SUBMISSION,
        "family_id": "a family whose data the submission holds; it is erased with them",
    },
}
