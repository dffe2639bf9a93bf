"""The table of answers to surveys."""

from __future__ import annotations

COLUMNS: dict[str, dict[str, str]] = {
    "collect_surveyanswer": {
        "form_id": "the survey",
        "form_version_id": "the version that was filled in",
        "submission_id": "the submission it was read from, the latest of a row of edits",
        "root_id": "the number of the first of a row of edits: one row for each answered survey",
        "answered_on": "the day that the form itself says, else that of its arrival",
        "received_at": "when it arrived",
        "n_edits": "how often it was corrected after the first sending",
        "erased_at": "when the answers were erased, because somebody among those it is about withdrew the consent; the "
        "row stays, and is counted",
        "values": "the answers by the paths of their questions; a place to three decimals of a degree only",
        "parts": "for each repeated part its rows, each with its position",
    },
}
