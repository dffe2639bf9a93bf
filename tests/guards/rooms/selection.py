"""What the guards ask of selection: answers, examples, counted pages."""

from __future__ import annotations

from typing import Any

from tests.guards.answers import ALL, ELSEWHERE, WORKERS, Row

_ANYWHERE = f"{WORKERS} {ELSEWHERE}"
_READ = Row(get={200: WORKERS, 404: ELSEWHERE, 403: ALL})
_LED_BACK = Row(get={302: WORKERS, 404: ELSEWHERE, 403: ALL})
"""A page that is not there yet while the list is not signed: it leads back and says so."""
_FORM = Row(get={200: WORKERS, 404: ELSEWHERE, 403: ALL}, post={422: WORKERS, 404: ELSEWHERE, 403: ALL})
_BUTTON = Row(post={302: WORKERS, 404: ELSEWHERE, 403: ALL})
_SENT = Row(post={422: WORKERS, 404: ELSEWHERE, 403: ALL})

ROWS: dict[str, Row] = {
    "cases:round-list": Row(get={200: _ANYWHERE, 403: ALL}),
    "cases:round-begin": Row(get={200: _ANYWHERE, 403: ALL}, post={422: _ANYWHERE, 403: ALL}),
    "cases:round-open": _READ,
    "cases:round-places": _FORM,
    "cases:round-share": _BUTTON,
    "cases:round-draw": _BUTTON,
    "cases:round-hand-over": _BUTTON,
    "cases:round-call-off": _FORM,
    "cases:round-add-family": _FORM,
    "cases:candidates-decide": _BUTTON,
    "cases:candidates-tell": _BUTTON,
    "cases:round-take-proposals": _BUTTON,
    "cases:round-commission": _READ,
    "cases:seat-take": _BUTTON,
    "cases:seat-offer": _SENT,
    "cases:seat-outside": _SENT,
    "cases:seat-leave": _BUTTON,
    "cases:round-signatures": _READ,
    "cases:round-sign": _SENT,
    "cases:round-conclude": _SENT,
    "cases:round-close": _SENT,
    "cases:round-minutes": _READ,
    "cases:round-letters": _READ,
    "cases:round-appeals": _READ,
    "cases:appeal-bring": _FORM,
    "cases:appeal-open": _FORM,
    "cases:round-errors": _READ,
    "cases:sample-draw": _BUTTON,
    "cases:revisit-record": _FORM,
    "cases:candidate-open": _FORM,
    "cases:conflict-declare": _BUTTON,
    "cases:conflict-end": _BUTTON,
    "cases:candidate-assess": _BUTTON,
    "cases:candidate-tell": _BUTTON,
    "cases:candidate-refusal": _BUTTON,
    "cases:candidate-fill": _BUTTON,
    "cases:candidate-step": _BUTTON,
    "cases:candidate-letter": _READ,
}
PAGES: dict[str, str] = {
    "cases:round-list": "zarina",
    "cases:round-begin": "zarina",
    "cases:round-open": "zarina nasiba",
    "cases:round-commission": "zarina",
    "cases:round-signatures": "zarina",
    "cases:round-minutes": "zarina",
    "cases:round-letters": "zarina",
    "cases:round-appeals": "zarina",
    "cases:round-errors": "zarina",
    "cases:candidate-open": "zarina",
    "cases:appeal-open": "zarina",
}
ABOUT: dict[str, list[str]] = {
    **{page: ["round_id"] for page in PAGES if page.startswith("cases:round-") and page[12:] not in {"list", "begin"}},
    "cases:candidate-open": ["candidate_id"],
    "cases:appeal-open": ["appeal_id"],
}


def examples(people: dict[str, Any], family: Any, made: dict[str, Any]) -> dict[str, Any]:
    """A signed round of Kulob in which an appeal waits, somebody stepped aside, and a sample is drawn."""
    from paivand.access.models.identity import acting_as
    from paivand.cases.actions import appeals, commission, selection_review
    from paivand.cases.models import SelectionRevisit
    from paivand.cases.queries.commission import seat_of
    from paivand.cases.rules.selection import ConflictKind
    from paivand.core.models import new_id
    from tests.cases.rounds import begun, concluded, decided, row_of, signed

    zarina, nasiba = people["zarina"], people["nasiba"]
    chosen = begun(zarina, zarina, nasiba)
    decided(zarina, chosen, family, "refused")
    signed(chosen, zarina, nasiba)
    chosen = concluded(zarina, chosen, leave=True)
    row = row_of(zarina, chosen, family)
    with acting_as(zarina):
        appeal = appeals.bring_appeal(
            chosen=chosen, appeal_id=new_id(), family=family, brought_by="head", brought_on=chosen.decided_on,
            words="Акнун мехоҳем.", by=zarina,
        )  # fmt: skip
        selection_review.draw_sample(chosen=chosen, by=zarina)
        revisit = SelectionRevisit.objects.get(round=chosen, candidate=row)
        seat = seat_of(zarina, chosen)
    with acting_as(nasiba):
        conflict = commission.step_aside(
            candidate=row, seat=seat_of(nasiba, chosen), kind=ConflictKind.NEIGHBOUR, words="", by=nasiba
        )
    return {
        "round_id": chosen.pk,
        "candidate_id": row.pk,
        "appeal_id": appeal.pk,
        "revisit_id": revisit.pk,
        "conflict_id": conflict.pk,
        "seat_id": seat.pk,
    }
