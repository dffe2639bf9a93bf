"""The tables of assignment, transfers, supervision and reviews of files."""

from __future__ import annotations

_ROW = {
    "case_id": "the case it belongs to",
    "written_by_id": "who wrote it; she goes on reading it after the case went to another worker",
}
_PAIR = {
    "worker_id": "the worker who is guided",
    "supervisor_id": "who guides",
}

COLUMNS: dict[str, dict[str, str]] = {
    "cases_casemove": {
        **_ROW,
        "kind": "assigned by a supervisor, or handed over and accepted",
        "from_owner_id": "who was responsible before",
        "from_team_id": "in which team the case lay before",
        "from_agency_id": "in which agency the case lay before",
        "to_owner_id": "who is responsible since",
        "to_team_id": "her team then",
        "to_agency_id": "her agency then",
        "at": "when it moved",
        "reason": "why, in words",
        "load": "what the new worker's open cases weighed with this one",
        "limit": "the limit that counted for her then",
    },
    "cases_transfer": {
        **_ROW,
        "receiver_id": "who is asked to take the case over; nobody else answers",
        "receiver_agency_id": "her agency when she was asked",
        "state": "asked, accepted, declined, withdrawn or expired",
        "at": "when it was asked",
        "expires_at": "when it expires without an answer",
        "reason": "why the case should go to another",
        "note": "what the next worker should know, without names",
        "decided_at": "when it ended",
        "decided_by_id": "who ended it; the receiver where it was accepted or declined",
        "answer": "the receiver's words",
    },
    "cases_workernotice": {
        "for_user_id": "who is told",
        "kind": "what is told",
        "case_id": "about which case; empty for the list of a day",
        "n": "how many things are due, in the list of a day",
        "day": "the day of the list",
        "at": "when it was told",
        "seen_at": "when she opened it or put it aside",
    },
    "cases_supervisionsession": {
        **_PAIR,
        "sitting": "the same for all workers of one session with a group",
        "form": "with one worker, with a group, or going along to a family",
        "held_on": "the day",
        "topics": "what was spoken about",
        "agreed": "what is agreed",
        "next_on": "the day of the next session",
    },
    "cases_sessionwellbeing": {
        **_PAIR,
        "session_id": "the session in which it was spoken about",
        "words": "how the worker is; encrypted, read by these two only",
    },
    "cases_supervisedcase": {
        **_ROW,
        "session_id": "the session",
        "held_on": "its day",
        "agreed": "what is agreed for this case",
    },
    "cases_filereview": {
        **_PAIR,
        "checklist_version": "the version of parameters/file_review.yaml",
        "drawn_on": "the day on which the sample was drawn",
        "seed": "with it and the population anyone draws the same sample again",
        "n_wanted": "how many files were asked for",
        "population": "the numbers of the cases from which the sample was drawn",
        "with_closed": "whether cases that were closed lately were among them",
        "score": "how much of what applies is met over all files, per cent",
        "remarks": "what stands out, in words",
        "finished_at": "when the findings were told to the worker",
    },
    "cases_reviewedfile": {
        **_ROW,
        **_PAIR,
        "review_id": "the review",
        "position": "the order in which it was drawn",
        "findings": "by the code of an item: what was found, and a note",
        "remarks": "remarks on the file",
        "score": "how much of what applies is met, per cent",
        "looked_at": "when the findings were written down",
    },
    "cases_correction": {
        **_ROW,
        "file_id": "the reviewed file",
        "item": "the item of the checklist it follows from",
        "what": "what is put right",
        "due_on": "until which day",
        "done_on": "the day on which it was put right",
        "done_by_id": "who put it right",
    },
}
