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
    "collect_surveyfile": {
        "survey_id": "the survey",
        "kind": "spreadsheet, plain table, places or photographs",
        "words": "whether choices stand in words or as codes",
        "language": "the language of the choices and the headings",
        "reach": "a digest of what who asked could see then; with another reach the file is not given out",
        "filters": "which answers were asked for",
        "reason": "what the file is for, and who receives it",
        "state": "waiting, being made, made, or not made",
        "trouble": "a short word for why it was not made; empty otherwise",
        "n_total": "how many answers fitted when it was asked for",
        "n_done": "how many of them are in it",
        "n_left_out": "how many files of the answers are not in it, because they may tell where they were made",
        "n_tries": "how often a worker began it",
        "n_bytes": "its size; 0 until it is made",
        "sha256": "its fingerprint, the same as in the audit; empty until it is made",
        "asked_by_id": "who asked, with whose rights it is made, and who alone can fetch it",
        "alive_at": "when something was last done with it: one that is silent for five minutes is begun anew",
        "ended_at": "when it ended; a day later it goes. Empty while it is under way",
    },
    "collect_surveyfilepiece": {
        "file_id": "the file that it is a piece of",
        "made_for_id": "who asked for the file",
        "n": "which piece it is, from 0",
        "sha256": "the hash of the piece",
    },
}
