"""What people enter beside the figures, and what was published."""

from __future__ import annotations

_ENTERED = {
    "indicator": "code of the indicator",
    "entered_by_id": "who entered it",
    "replaces_id": "the entry that this one puts right",
    "why": "why it was put right or taken back",
    "withdrawn": "whether this entry takes the former one back",
}

COLUMNS: dict[str, dict[str, str]] = {
    "evidence_externalfigure": {
        **_ENTERED,
        "source": "who says so",
        "document": "in which document",
        "link": "where it can be read",
        "method": "how the source counted",
        "value": "the figure",
        "as_of_on": "the day of which the source speaks",
        "first_on": "first day of the period",
        "last_on": "last day of the period",
        "note": "a note",
    },
    "evidence_goalentry": {
        **_ENTERED,
        "kind": "baseline, milestone or target",
        "on": "on which day",
        "value": "the value",
        "note": "where it was agreed",
    },
    "evidence_explanation": {
        **_ENTERED,
        "first_on": "first day of the period",
        "last_on": "last day of the period",
        "language": "in which language",
        "words": "what explains the difference",
    },
    "evidence_edition": {
        "number": "running number of the edition",
        "title": "what it is called",
        "programme": "code of the programme, or empty",
        "first_on": "first day of the period",
        "last_on": "last day of the period",
        "as_of": "what was known at which moment",
        "cells": "every cell as it was shown, with what was hidden and why",
        "n_cells": "how many cells",
        "published_by_id": "who published it",
        "note": "a note",
    },
}
