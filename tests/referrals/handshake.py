"""A service, a consent, and referrals in each state, made through the actions."""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from paivand.access.models.identity import acting_as
from paivand.access.rules.scopes import Scope
from paivand.core.models import new_id
from paivand.core.rules.writing import writing
from paivand.referrals.actions import answers, sending
from paivand.referrals.actions.drafts import draft_referral
from paivand.referrals.actions.sealed import send_sealed_referral
from paivand.referrals.models import DirectoryService, Referral
from paivand.referrals.rules.referrals import Act, DeclineReason, FailReason, Outcome, Priority
from paivand.registry.actions.consents import record_consent
from paivand.registry.rules import ConsentPurpose, GivenBy
from tests.cast import KULOB, agreed

NOW = timezone.localtime().replace(hour=9, minute=0, second=0, microsecond=0)
"""This morning: what the registry writes is of today, so a clock of the tests begins today."""


def service(by: Any, *, district: str = KULOB, user: Any = None, **changes: Any) -> DirectoryService:
    """An open service of the directory, answered by ``user`` if told."""
    values: dict[str, Any] = {
        "type": "legal", "name": "Маркази ҳуқуқии Кӯлоб", "provider_name": "Маркази ҳуқуқӣ", "verified_by": by,
        "verified_on": timezone.localdate(), "district_id": district, "focal_user": user,
        "owner": user, "agency": None,
    }  # fmt: skip
    with acting_as(by), writing("a test"):
        row = DirectoryService(**{**values, **changes})
        row.save()
    return row


def consented(person: Any, by: Any, **changes: Any) -> None:
    """The person agrees to be referred."""
    with acting_as(by):
        record_consent(person=person, draft=agreed(purposes=(ConsentPurpose.REFERRAL,), **changes), by=by)


def consented_child(child: Any, by: Any, **changes: Any) -> None:
    """A parent agrees that a child is referred, and the child too."""
    consented(child, by, **{"given_by": GivenBy.GUARDIAN, "guardian_name": "Ҷамила", "assent": True, **changes})


def drafted(family: Any, to: DirectoryService, by: Any, **changes: Any) -> Referral:
    """A draft about the head, unless told."""
    values: dict[str, Any] = {
        "referral_id": new_id(), "family": family, "person": None, "service": to, "priority": Priority.NORMAL,
        "needs": "Шаҳодатномаи таваллуд барои Фарҳод", "by": by,
    }  # fmt: skip
    with acting_as(by):
        return draft_referral(**{**values, **changes})


def sent(family: Any, to: DirectoryService, by: Any, *, now: datetime = NOW, way: str = "", **changes: Any) -> Referral:
    """A referral that was sent, with the consent of the head."""
    person = changes.get("person") or family.head
    if not changes.pop("without_consent", False):
        consented(person, by)
    draft = drafted(family, to, by, **changes)
    with acting_as(by):
        return sending.send_referral(referral=draft, version=draft.version, by=by, now=now, way=way)


def answered(row: Referral, act: Act, by: Any, *, now: datetime | None = None, **changes: Any) -> Referral:
    """``row`` after an answer of ``by``."""
    moment = now or NOW + timedelta(hours=1)
    with acting_as(by):
        fresh = Referral.objects.get(pk=row.pk)
        common: dict[str, Any] = {"referral": fresh, "version": fresh.version, "by": by, "now": moment, **changes}
        if act is Act.ACCEPT:
            return answers.accept(**common)
        if act is Act.DECLINE:
            return answers.decline(**{"reason": DeclineReason.FULL, **common})
        if act is Act.BEGIN:
            return answers.begin_service(**common)
        if act is Act.NOT_COMPLETE:
            return answers.not_complete(**{"reason": FailReason.NO_SHOW, **common})
        assert act is Act.COMPLETE
        return answers.complete(**{"outcome": Outcome.COMPLETED, "happened_on": moment.date(), **common})


def sealed(by: Any, to: DirectoryService, *, receiver: Any = None, now: datetime = NOW, **changes: Any) -> Referral:
    """A referral of the sealed room about nobody in particular."""
    values: dict[str, Any] = {
        "referral_id": new_id(), "scope": Scope(KULOB, by.agency_id, None, by.pk), "service": to,
        "priority": Priority.URGENT, "label": "S-7KQ2", "values": {"needs": "Муоина ва маслиҳат"},
        "lens": "survivor_code", "consent_ref": uuid.uuid4(), "origin_id": uuid.uuid4(), "receiver": receiver,
        "by": by, "now": now,
    }  # fmt: skip
    with acting_as(by):
        return send_sealed_referral(**{**values, **changes})


def today() -> date:
    """The day on which the program believes to be."""
    return timezone.localdate()
