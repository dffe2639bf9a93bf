"""What the guards ask of assignment and supervision: answers, examples, counted pages."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.guards.answers import ALL, ELSEWHERE, WORKERS, Row

SUPERVISED = Row(get={200: "zarina nasiba", 404: f"gulnoz {ELSEWHERE}", 403: ALL})
"""What two people share, and those who approve within reach."""
GUIDES = Row(get={200: "nasiba", 403: ALL}, post={422: "nasiba", 403: ALL})
LISTED = Row(get={200: f"{WORKERS} {ELSEWHERE}", 403: ALL})

ROWS: dict[str, Row] = {
    "cases:board": Row(get={200: "nasiba", 403: ALL}),
    "cases:due-list": LISTED,
    "cases:notices-see": Row(post={302: f"{WORKERS} {ELSEWHERE}", 403: ALL}),
    "cases:notice-open": Row(post={302: "gulnoz", 404: f"zarina nasiba {ELSEWHERE}", 403: ALL}),
    "cases:assign-many": GUIDES,
    "cases:case-assign": GUIDES,
    "cases:transfer-ask": Row(
        get={200: "zarina nasiba", 404: ELSEWHERE, 403: ALL}, post={422: "zarina nasiba", 404: ELSEWHERE, 403: ALL}
    ),
    "cases:transfer-open": Row(get={200: WORKERS, 404: ELSEWHERE, 403: ALL}),
    # Gulnoz is asked. Zarina, who asked, and Nasiba read it, but the answer is not theirs.
    "cases:transfer-answer": Row(post={422: "gulnoz", 404: ELSEWHERE, 403: ALL}),
    "cases:transfer-withdraw": Row(post={302: "zarina nasiba", 404: ELSEWHERE, 403: ALL}),
    "cases:supervision-list": LISTED,
    "cases:supervision-add": GUIDES,
    "cases:supervision-open": SUPERVISED,
    "cases:supervision-edit": GUIDES,
    "cases:file-review-list": LISTED,
    "cases:file-review-draw": GUIDES,
    "cases:file-review-open": SUPERVISED,
    "cases:file-review-finish": Row(post={422: "nasiba", 403: ALL}),
    "cases:reviewed-file": Row(get=SUPERVISED.get, post={422: "nasiba", 404: f"gulnoz {ELSEWHERE}", 403: ALL}),
    "cases:correction-done": Row(post={302: WORKERS, 404: ELSEWHERE, 403: ALL}),
}
PAGES: dict[str, str] = {
    "cases:board": "nasiba",
    "cases:due-list": "zarina",
    "cases:due-list?when=week": "zarina",
    "cases:assign-many?worker=none": "nasiba",
    "cases:case-assign": "nasiba",
    "cases:transfer-ask": "zarina",
    "cases:transfer-open": "zarina gulnoz",
    "cases:supervision-list": "zarina nasiba",
    "cases:supervision-add": "nasiba",
    "cases:supervision-open": "zarina nasiba",
    "cases:file-review-list": "zarina nasiba",
    "cases:file-review-draw": "nasiba",
    "cases:file-review-open": "zarina nasiba",
    "cases:reviewed-file": "zarina nasiba",
}
ABOUT: dict[str, list[str]] = {
    "cases:case-assign": ["case_code"], "cases:transfer-ask": ["case_code"], "cases:transfer-open": ["transfer_id"],
    "cases:supervision-open": ["supervision_id"], "cases:file-review-open": ["review_id"],
    "cases:reviewed-file": ["reviewed_id"],
}  # fmt: skip


def examples(people: dict[str, Any], family: Any, made: dict[str, Any]) -> dict[str, Any]:
    """An example for each parameter of an address; ``made`` holds those of the rooms before.

    A case of Zarina's that Gulnoz is asked to take over, a session of Nasiba with Zarina, and a review of that file
    that is finished, with something to put right.
    """
    from django.utils import timezone

    from paivand.access.models.identity import acting_as
    from paivand.cases.actions import supervision as actions
    from paivand.cases.actions.transfers import ask_transfer
    from paivand.cases.models import Correction, ReviewedFile
    from paivand.cases.queries.oversight import unseen
    from paivand.cases.queries.supervision import scope_of
    from paivand.cases.rules.supervision import Finding, SessionForm, checklist
    from paivand.core.models import new_id
    from tests.cases.case_cast import a_case

    zarina, nasiba, gulnoz = (people[name] for name in ("zarina", "nasiba", "gulnoz"))
    case = a_case(zarina, family, second="for the guards")
    with acting_as(zarina):
        transfer = ask_transfer(
            case=case, transfer_id=new_id(), receiver=gulnoz, reason="leave", note="", version=case.version, by=zarina
        )
    today = timezone.localdate()
    with acting_as(nasiba):
        scope = scope_of(nasiba, zarina)
        draft = actions.SessionDraft(
            form=SessionForm.SINGLE, held_on=today, agreed="rest", wellbeing="tired", cases=[(case, "call more")]
        )
        session = actions.hold_session(scope=scope, form_id=new_id(), worker=zarina, draft=draft, by=nasiba)
        review = actions.draw_review(
            scope=scope, review_id=new_id(), worker=zarina, size=20, with_closed=False, by=nasiba
        )
        findings = {item.code: (Finding.MET, "") for item in checklist().items}
        files = list(ReviewedFile.objects.filter(review=review).order_by("-case__number"))
        for place, file in enumerate(files):
            agreed = [] if place else [("steps_dated", "Рӯзҳоро навиштан", today + timedelta(days=7))]
            draft = actions.FileDraft(findings, corrections=agreed)
            actions.look_at_file(file=file, draft=draft, version=file.version, by=nasiba)
        review = actions.finish_review(review=review, remarks="", version=review.version, by=nasiba)
        correction = Correction.objects.get(file=files[0])
    with acting_as(gulnoz):
        notice = unseen(gulnoz)[0]
    return {
        "case_code": made.get("case_code", case.code),
        "transfer_id": transfer.pk,
        "supervision_id": session.pk,
        "review_id": review.pk,
        "reviewed_id": files[0].pk,
        "correction_id": correction.pk,
        "notice_id": notice.pk,
    }
