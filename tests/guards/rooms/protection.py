"""What the guards ask of the sealed room: answers, examples, counted pages."""

from __future__ import annotations

from typing import Any

from tests.guards.answers import ALL, Row

READ = Row(get={200: "gulnoz", 403: ALL})
WRITTEN = Row(get={200: "gulnoz", 403: ALL}, post={422: "gulnoz", 403: ALL})
"""A form: nobody but the specialist is even told whether the file exists."""

ROWS: dict[str, Row] = {
    "protection:room-open": READ,
    "protection:survivor-search": Row(post={200: "gulnoz", 403: ALL}),
    # the door itself
    "protection:room-unlock": Row(post={422: "gulnoz", 403: ALL}),
    "protection:room-stay": Row(post={204: "gulnoz", 403: ALL}),
    "protection:room-leave": Row(get={302: "gulnoz", 403: ALL}),
    # one file
    "protection:survivor-add": WRITTEN,
    "protection:survivor-open": READ,
    "protection:survivor-edit": WRITTEN,
    "protection:survivor-link": WRITTEN,
    "protection:survivor-close": WRITTEN,
    "protection:survivor-reopen": WRITTEN,
    "protection:consent-give": WRITTEN,
    "protection:consent-withdraw": WRITTEN,
    "protection:incident-add": WRITTEN,
    "protection:incident-edit": WRITTEN,
    "protection:needs-assess": WRITTEN,
    "protection:plan-write": WRITTEN,
    "protection:action-plan": WRITTEN,
    "protection:action-end": WRITTEN,
    "protection:follow-up-add": WRITTEN,
    "protection:referral-send": WRITTEN,
    "protection:referral-open": Row(get={200: "gulnoz", 403: ALL}, post={200: "gulnoz", 403: ALL}),
    "protection:notice-see": Row(post={302: "gulnoz", 403: ALL}),
    # what leaves
    "protection:figure-list": READ,
    "protection:incident-export": WRITTEN,
    "protection:feedback-give": WRITTEN,
    "protection:feedback-list": READ,
}
_FILE = ["survivor_id"]
PAGES: dict[str, str] = dict.fromkeys(
    (
        "protection:room-open", "protection:room-open?show=closed", "protection:survivor-open",
        "protection:survivor-add", "protection:incident-add", "protection:follow-up-add", "protection:referral-send",
        "protection:referral-open", "protection:figure-list", "protection:feedback-list",
    ),
    "gulnoz",
)  # fmt: skip
ABOUT: dict[str, list[str]] = {
    "protection:survivor-open": _FILE, "protection:incident-add": _FILE, "protection:follow-up-add": _FILE,
    "protection:referral-send": _FILE, "protection:referral-open": [*_FILE, "sealed_referral_id"],
}  # fmt: skip


def enter(browser: Any) -> None:
    """Let the browser stand in the room, if its user may be there at all."""
    from tests.protection.stage import inside

    inside(browser)


def examples(people: dict[str, Any], family: Any, made: dict[str, Any]) -> dict[str, Any]:
    """A survivor's file with one of each thing in it, and an answer that came back."""
    from paivand.access.models.identity import acting_as
    from paivand.core.models import new_id
    from paivand.protection.actions.help import plan_action
    from paivand.protection.queries.referrals import desk
    from paivand.protection.rules.drafts import ActionDraft
    from paivand.protection.rules.sectors import Sector
    from paivand.referrals.actions.answers import accept
    from tests.protection.stage import agreed, happened, opened, sent, service

    gulnoz, anvar = people["gulnoz"], people["anvar"]
    clinic = service(people["nasiba"], provider="Маркази Умед", focal_user=anvar)
    survivor = opened(gulnoz)
    incident = happened(survivor, gulnoz)
    consent = agreed(survivor, gulnoz)
    referral = sent(survivor, consent, clinic, gulnoz)
    with acting_as(anvar):
        accept(referral=referral, version=referral.version, by=anvar)
    with acting_as(gulnoz):
        told = ActionDraft(Sector.HEALTH, "дард", "ба духтур")
        planned = plan_action(survivor=survivor, action_id=new_id(), draft=told, consent=consent, by=gulnoz)
        notice = next(row for row in desk(gulnoz).news if row.referral_id == referral.pk)
    return {
        "survivor_id": survivor.pk, "incident_id": incident.pk, "sealed_consent_id": consent.pk,
        "planned_id": planned.pk, "sealed_referral_id": referral.pk, "sealed_notice_id": notice.pk,
    }  # fmt: skip
