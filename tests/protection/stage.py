"""Things that tests of the sealed room begin with: open services, a survivor's file, an open door."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from paivand.access.models.identity import acting_as
from paivand.access.queries.users import placement
from paivand.core.models import new_id
from paivand.core.rules.writing import writing
from paivand.protection.actions.consents import record_consent
from paivand.protection.actions.incidents import add_incident
from paivand.protection.actions.referrals import refer
from paivand.protection.actions.survivors import open_file
from paivand.protection.models import Survivor, SurvivorConsent
from paivand.protection.rules.consents import Given, Kind, Method
from paivand.protection.rules.door import MARK
from paivand.protection.rules.drafts import ConsentDraft, IncidentDraft, Name, SafeContact, SurvivorDraft
from paivand.protection.rules.people import AgeGroup
from paivand.protection.rules.sectors import Sector
from paivand.protection.rules.violence import Violence
from paivand.referrals.actions.answers import accept, complete
from paivand.referrals.models import DirectoryService, Referral
from tests.cast import KULOB

TODAY = timezone.localdate()
YESTERDAY = TODAY - timedelta(days=1)
GIVEN = Given(TODAY, Method.SPOKEN)
NAME = Name("Мадина", "Сафарова")
PHONE = "+992900112233"
ACCOUNT = "шаби ҷумъа дар хона"


def service(by: Any, kind: str = "health", *, district: str = KULOB, provider: str = "Маркази Умед", **more: Any):
    """A service of the directory that is open."""
    with acting_as(by), writing("test"):
        row = DirectoryService(
            type=kind, name=f"{kind} дар {provider}", provider_name=provider, district_id=district, verified_on=TODAY,
            verified_by=by, is_sensitive=kind == "safe_house", address_hidden=kind == "safe_house",
            **{"agency": None, **more},
        )  # fmt: skip
        row.save()
    return row


def draft(**changes: Any) -> SurvivorDraft:
    """The facts of a first talk."""
    values: dict[str, Any] = {
        "sex": "female", "age_group": AgeGroup.ADULT, "name": NAME, "contact": SafeContact(phone=PHONE, never="паём"),
        "wanted": (Sector.HEALTH,),
    }  # fmt: skip
    return SurvivorDraft(**{**values, **changes})


def opened(by: Any, *, given: Given = GIVEN, reporting: bool = True, told_on: date = TODAY, district: str = KULOB,
           although: bool = False, survivor_id: Any = None, **changes: Any) -> Survivor:  # fmt: skip
    """A survivor's file, opened by ``by``."""
    with acting_as(by):
        return open_file(
            scope=placement(by, district), survivor_id=survivor_id or new_id(), draft=draft(**changes), given=given,
            reporting=reporting, told_on=told_on, although_unavailable=although, by=by,
        )  # fmt: skip


def happened(survivor: Survivor, by: Any, **changes: Any):
    """An incident in the file."""
    values: dict[str, Any] = {
        "reported_on": TODAY, "violence": Violence.PHYSICAL_ASSAULT, "incident_on": YESTERDAY, "account": ACCOUNT,
    }  # fmt: skip
    with acting_as(by):
        return add_incident(
            survivor=survivor, incident_id=new_id(), draft=IncidentDraft(**{**values, **changes}), by=by
        )


def agreed(survivor: Survivor, by: Any, *, sector: Sector = Sector.HEALTH, organisation: str = "Маркази Умед",
           **changes: Any) -> SurvivorConsent:  # fmt: skip
    """A consent to a referral to this organisation."""
    values: dict[str, Any] = {
        "kind": Kind.REFERRAL, "given": GIVEN, "sector": sector, "organisation": organisation, "may_tell": "рамз",
    }  # fmt: skip
    key = new_id()
    with acting_as(by):
        record_consent(
            survivor=survivor, consent_id=key, draft=ConsentDraft(**{**values, **changes}), agency=None, by=by
        )
        return SurvivorConsent.objects.get(pk=key)


def sent(survivor: Survivor, consent: SurvivorConsent, clinic: Any, by: Any, **changes: Any) -> Referral:
    """A referral of the survivor to that service, by the lens that tells least."""
    values: dict[str, Any] = {
        "priority": "urgent", "lens": "survivor_code", "chosen": ["sex", "age_group"],
        "words": {"needs": "муоина", "accompanied": "", "with_children": ""}, "referral_id": new_id(), **changes,
    }  # fmt: skip
    with acting_as(by):
        refer(survivor=survivor, consent=consent, service=clinic, by=by, **values)
        return Referral.objects.get(pk=values["referral_id"])


def answered(referral: Referral, anvar: Any, how: str = "complete") -> Referral:
    """The provider's answer: accepted, or helped."""
    with acting_as(anvar):
        row = accept(referral=referral, version=Referral.objects.get(pk=referral.pk).version, by=anvar)
        if how == "complete":
            row = complete(referral=row, outcome="completed", happened_on=TODAY, version=row.version, by=anvar)
    return row


def inside(browser: Any, *, minutes_ago: float = 0) -> Any:
    """The browser with the door open, as if the password had been given so long ago."""
    session = browser.session
    session[MARK] = (timezone.now() - timedelta(minutes=minutes_ago)).isoformat()
    session.save()
    return browser
