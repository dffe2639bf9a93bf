"""The tables of certificates."""

from __future__ import annotations

_OF_GROUP = {
    "group_id": "the group it belongs to",
    "second_id": "the second trainer of the group",
}
_HOME = {
    "home_district_id": "where the learner lives: district",
    "home_agency_id": "who follows the learner at home: agency",
    "home_team_id": "who follows the learner at home: team",
    "home_owner_id": "who follows the learner at home: the social worker",
}

COLUMNS: dict[str, dict[str, str]] = {
    "learning_certificate": {
        **_OF_GROUP,
        "enrolment_id": "the learner in that group",
        **_HOME,
        "batch_id": "the batch in which it was issued; empty if it was issued alone",
        "design": "the record of a state diploma, or a certificate of completion",
        "series": "the letters of the course before the number",
        "number": "running number, printed with a check digit: VTS-000-1376",
        "code": "what is typed into the public page, without its dashes: a hundred random bits",
        "link_digest": "the digest of the code, by which the public page finds this row and no other",
        "name": "the name as it was printed",
        "course": "code of the course",
        "title": "what the course was called, in the languages of the paper",
        "trade": "code of the trade in ISCO-08; empty for other courses",
        "hours": "hours that were attended",
        "practical_hours": "hours of them that were practice",
        "mark": "the result of the exam as it was printed; empty without one",
        "body": "who issued it, in the languages of the paper",
        "signatories": "posts that signed, with the names written for them",
        "commission": "who examined, the chair first",
        "diploma_series": "series of the form of the state's diploma",
        "diploma_number": "number of the state's diploma",
        "languages": "in which languages it was printed",
        "began_on": "when the course began",
        "ended_on": "when the course ended",
        "issued_on": "when it was issued",
        "issued_by_id": "who issued it",
        "name_shown_since": "when the holder agreed that the public page and the badge show her name; empty if not",
        "name_shown_by_id": "who wrote that down",
        "revoked_on": "when it was revoked; empty while it is not",
        "revoked_by_id": "who revoked it",
        "revoked_for": "the kind of reason, which the public page tells",
        "revoked_reason": "what happened, in words that stay inside",
        "superseded_on": "when another one replaced it",
        "superseded_by_id": "the one that replaced it",
    },
    "learning_certificatebatch": {
        **_OF_GROUP,
        "state": "waiting, being issued, all issued, or stopped because the right to it was gone",
        "terms": "what all its certificates have in common, and the numbers of the state's diplomas",
        "n_total": "how many were to be issued",
        "n_done": "how many were issued",
        "asked_by_id": "who asked for it, with whose rights it runs",
        "alive_at": "when something was last done with it",
        "ended_at": "when it was done or stopped",
    },
    "learning_badgekey": {
        "thumbprint": "the name of the key: its thumbprint after RFC 7638",
        "public": "the public key of Ed25519 in base64url; the private one lies outside the database",
    },
}
