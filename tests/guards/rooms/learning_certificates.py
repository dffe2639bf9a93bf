"""What the guards ask of certificates: who may open what, one that is valid with its code, counted pages.

It is of a finished group of Tahmina's, for a woman of Zarina's.
"""

from __future__ import annotations

from typing import Any

from tests.guards.answers import ALL, ELSEWHERE, OPEN, Row

VIEWERS = "zarina nasiba gulnoz tahmina behruz manija manager"
SEES = "zarina nasiba gulnoz tahmina behruz"
"""Who sees learners of Kulob, and so their certificates."""
ISSUERS = "nasiba tahmina behruz"
ANYONE = Row(get={200: OPEN}, post={405: OPEN})
ACTS = Row(get={200: ISSUERS, 403: ALL})

ROWS: dict[str, Row] = {
    "learning:group-certificates": Row(get={200: VIEWERS, 404: ELSEWHERE, 403: ALL}, post={422: ISSUERS, 403: ALL}),
    "learning:batch-progress": ACTS,
    # Nothing was issued in the example.
    "learning:group-paper": Row(get={302: ISSUERS, 403: ALL}),
    "learning:certificate-list": Row(get={200: f"{VIEWERS} {ELSEWHERE}", 403: ALL}),
    "learning:certificate-open": Row(get={200: SEES, 404: f"{ELSEWHERE} manija manager", 403: ALL}),
    "learning:certificate-paper": ACTS,
    "learning:certificate-badge": ACTS,
    "learning:certificate-name": Row(post={302: ISSUERS, 403: ALL}),
    "learning:certificate-correct": Row(get={200: ISSUERS, 403: ALL}, post={422: ISSUERS, 403: ALL}),
    "learning:certificate-revoke": Row(get={200: ISSUERS, 403: ALL}, post={422: ISSUERS, 403: ALL}),
    # Open to anyone; the code is the key.
    "learning:verify": ANYONE,
    "learning:verify-open": ANYONE,
    "learning:verify-status": ANYONE,
    "learning:verify-badge": ANYONE,
    "learning:badge-issuer": ANYONE,
    "learning:badge-keys": ANYONE,
    "learning:badge-key": ANYONE,
}
PAGES: dict[str, str] = {
    "learning:group-certificates": "tahmina zarina",
    "learning:certificate-open": "tahmina zarina",
    "learning:certificate-list": "nasiba",
    "learning:verify": "anonymous",
    "learning:verify-open": "anonymous",
}
ABOUT: dict[str, list[str]] = {
    "learning:group-certificates": ["group_code"],
    "learning:certificate-open": ["certificate_id"],
    "learning:certificate-list": [],
    "learning:verify": [],
    "learning:verify-open": ["proof_code"],
}


def examples(people: dict[str, Any], family: Any, made: dict[str, Any]) -> dict[str, Any]:
    """A finished group with three learners, one of whom has her certificate."""
    from paivand.learning.models.signing import public_keys
    from paivand.learning.rules.badges import thumbprint
    from tests.learning.handing_out import group_of, issued, learners

    tahmina = people["tahmina"]
    group = group_of(tahmina)
    women = learners(tahmina, people["zarina"], group, 3)
    certificate = issued(tahmina, group, women[0])
    return {
        "certificate_id": certificate.pk, "proof_code": certificate.grouped_code, "badge_kind": "json",
        "thumb": thumbprint(public_keys()[0]),
    }  # fmt: skip
