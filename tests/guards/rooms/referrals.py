"""What the guards ask of referrals: answers, examples, counted pages."""

from __future__ import annotations

from typing import Any

from tests.guards.answers import ALL, ELSEWHERE, OPEN, WORKERS, Row

SIDES = f"{WORKERS} {ELSEWHERE} anvar"
"""Who sends or answers referrals."""
SENT = Row(get={200: WORKERS, 404: ELSEWHERE, 403: ALL}, post={422: WORKERS, 404: ELSEWHERE, 403: ALL})
"""A form on a referral of the sender's side."""
BY_BUTTON = Row(post={302: WORKERS, 404: ELSEWHERE, 403: ALL})

ROWS: dict[str, Row] = {
    "referrals:family-referrals": Row(get={200: WORKERS, 404: ELSEWHERE, 403: ALL}),
    "referrals:referral-draft": SENT,
    "referrals:referral-list": Row(get={200: SIDES, 403: ALL}),
    "referrals:loop-list": Row(get={200: "nasiba", 403: ALL}),
    # The example is for the supervisors of Kulob.
    "referrals:notice-seen": Row(post={302: "nasiba", 404: "zarina gulnoz farrukh anvar", 403: ALL}),
    # The example was sent by Zarina to Anvar.
    "referrals:referral-open": Row(get={200: f"{WORKERS} anvar", 404: ELSEWHERE, 403: ALL}),
    "referrals:referral-withdraw": SENT,
    "referrals:referral-hear": SENT,
    "referrals:note-send": Row(post={422: WORKERS, 404: ELSEWHERE, 403: ALL}),
    "referrals:referral-answer": Row(post={302: "anvar", 404: f"{WORKERS} {ELSEWHERE}", 403: ALL}),
    "referrals:note-answer": Row(post={422: "anvar", 404: f"{WORKERS} {ELSEWHERE}", 403: ALL}),
    "referrals:referral-prepare": SENT,
    "referrals:referral-consent": SENT,
    "referrals:referral-override": Row(get={200: "nasiba gulnoz", 403: ALL}, post={422: "nasiba gulnoz", 403: ALL}),
    "referrals:answer-told": BY_BUTTON,
    "referrals:link-issue": SENT,
    "referrals:link-revoke": BY_BUTTON,
    "referrals:pdf-issue": SENT,
    "referrals:pdf-download": Row(post={404: f"{WORKERS} {ELSEWHERE}", 403: ALL}),
    # Open to whoever holds the link: the PIN comes first, and an answer without it asks for it.
    "referrals:answer-open": Row(get={200: OPEN}, post={422: OPEN}),
    "referrals:answer-give": Row(get={405: OPEN}, post={422: OPEN}),
    "referrals:answer-note": Row(get={405: OPEN}, post={422: OPEN}),
}
PAGES: dict[str, str] = {
    "referrals:family-referrals": "zarina",
    "referrals:referral-draft": "zarina",
    "referrals:referral-list": "zarina nasiba anvar",
    "referrals:referral-list?side=received": "zarina",
    "referrals:referral-open": "zarina anvar",
    "referrals:referral-prepare": "zarina",
    "referrals:loop-list": "nasiba",
    "referrals:answer-open": "anonymous",
}
ABOUT: dict[str, list[str]] = {
    "referrals:family-referrals": ["code"],
    "referrals:referral-draft": ["code"],
    "referrals:referral-open": ["referral_code"],
    "referrals:referral-prepare": ["draft_code"],
    "referrals:answer-open": ["token"],
}


def examples(people: dict[str, Any], family: Any, made: dict[str, Any]) -> dict[str, Any]:
    """A draft, a referral to Anvar that is late, one by link and one as PDF, and what supervisors were told."""
    from datetime import timedelta

    from paivand.access.models.identity import acting_as
    from paivand.referrals.actions.clock import escalate_overdue
    from paivand.referrals.actions.links import issue_link
    from paivand.referrals.actions.papers import issue_pdf
    from paivand.referrals.models import Notice
    from paivand.referrals.rules.referrals import Priority, Way
    from tests.referrals.handshake import NOW, consented, drafted, sent, service

    zarina, nasiba, anvar = (people[name] for name in ("zarina", "nasiba", "anvar"))
    draft = drafted(family, service(nasiba, user=anvar), zarina)
    consented(family.head, zarina)
    to_anvar = sent(family, service(nasiba, user=anvar), zarina, without_consent=True, priority=Priority.EMERGENCY)
    escalate_overdue(now=NOW + timedelta(hours=25))
    outside = sent(family, service(nasiba), zarina, without_consent=True, way=Way.LINK)
    with acting_as(zarina):
        paper = issue_pdf(referral=outside, version=outside.version, by=zarina)
        link = issue_link(referral=outside, language="en", call_whom="Зарина", version=outside.version, by=zarina)
    with acting_as(nasiba):
        notice = Notice.objects.get(kind="escalated")
    return {
        "referral_code": to_anvar.code,
        "draft_code": draft.code,
        "outside_code": outside.code,
        "news_id": notice.pk,
        "disclosure_id": paper.pk,
        "token": link.token,
    }
