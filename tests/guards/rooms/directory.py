"""What the guards ask of the directory of services: answers, examples, counted pages."""

from __future__ import annotations

from typing import Any

from tests.guards.answers import ALL, ELSEWHERE, WORKERS, Row

KEEPERS = "nasiba gulnoz manager"
PRINTERS = f"{WORKERS} {ELSEWHERE} manager"
KEPT = Row(get={200: KEEPERS, 403: ALL}, post={422: KEEPERS, 403: ALL})
"""A form of those who keep the directory."""

ROWS: dict[str, Row] = {
    "referrals:service-list": Row(get={200: ALL}),
    "referrals:service-open": Row(get={200: ALL}),
    "referrals:service-add": KEPT,
    "referrals:service-edit": KEPT,
    "referrals:service-verify": KEPT,
    "referrals:service-pause": KEPT,
    "referrals:service-close": KEPT,
    "referrals:service-reopen": KEPT,
    "referrals:service-worklist": Row(get={200: KEEPERS, 403: ALL}),
    "referrals:service-report": Row(get={403: "outsider", 200: ALL}, post={403: "outsider", 422: ALL}),
    "referrals:service-refer": Row(get={200: f"{WORKERS} {ELSEWHERE}", 403: ALL}),
    "referrals:service-report-list": Row(get={200: ALL}),
    "referrals:service-report-answer": KEPT,
    "referrals:service-report-seen": Row(post={302: "zarina", 403: "outsider", 404: ALL}),
    "referrals:poster-choose": Row(get={200: PRINTERS, 403: ALL}),
    "referrals:poster": Row(get={200: PRINTERS, 403: ALL}),
}
PAGES: dict[str, str] = {
    "referrals:service-list": "zarina nasiba anvar",
    "referrals:service-list?words=ҳуҷҷат САҲШ&district=all&language=tg": "zarina",
    "referrals:service-open": "zarina nasiba",
    "referrals:service-add": "nasiba",
    "referrals:service-edit": "nasiba",
    "referrals:service-verify": "nasiba",
    "referrals:service-worklist": "nasiba",
    "referrals:service-worklist?show=reports": "nasiba",
    "referrals:service-report": "zarina",
    "referrals:service-refer": "zarina",
    "referrals:service-refer?q=ҳабиба": "zarina",
    "referrals:service-report-list": "zarina",
    "referrals:poster-choose": "zarina",
    "referrals:poster": "zarina",
}
_OF_SERVICE = ("open", "edit", "verify", "report", "refer")
ABOUT: dict[str, list[str]] = {
    **{f"referrals:service-{page}": ["service_id"] for page in _OF_SERVICE},
    "referrals:poster": ["district_code", "language"],
}


def examples(people: dict[str, Any], family: Any, made: dict[str, Any]) -> dict[str, Any]:
    """A service of Kulob, a safe place beside it, and what Zarina reported about the first."""
    from paivand.access.models.identity import acting_as
    from paivand.core.models import new_id
    from paivand.referrals.actions.directory_reports import report_change
    from paivand.referrals.rules.directory_reports import Wrong
    from tests.cast import KULOB
    from tests.referrals.entries import entry

    nasiba, zarina = people["nasiba"], people["zarina"]
    service = entry(nasiba)
    entry(nasiba, type="safe_house")
    with acting_as(zarina):
        report = report_change(
            service=service, report_id=new_id(), wrong=Wrong.PHONE, words="рақам дигар шуд", by=zarina
        )
    return {"service_id": service.pk, "report_id": report.pk, "district_code": KULOB, "language": "tg"}
