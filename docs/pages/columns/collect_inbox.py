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
        "reason": "what a person wrote about it; erased with the form",
        "by_id": "who did it; empty where the program did",
    },
    "collect_submissionkey": {
        **_OF_SUBMISSION,
        "key": "the key of a family, a person, a learner or another thing that the submission names; it is found by it "
        "when somebody's data are erased",
        "kind": "what it names: a family, by its key or its code, a person, a learner, a follow-up, a referral; other "
        "where the form does not say",
    },
}
