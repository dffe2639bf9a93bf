"""Talks about consent, for the tests of the ledger and of withdrawals."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

from paivand.access.models.identity import acting_as
from paivand.core.rules.errors import Refused
from paivand.core.rules.writing import writing
from paivand.registry.actions.consents import record_consent, withdraw_consent
from paivand.registry.actions.people import phone_row
from paivand.registry.models import (
    Consent,
    Document,
    DuplicatePair,
)
from paivand.registry.queries import consents as queries
from paivand.registry.rules import ConsentPurpose, Relation
from paivand.registry.rules.consents import (
    ConsentState,
)
from paivand.registry.rules.drafts import PhoneDraft
from tests.cast import agreed, register

TODAY = timezone.localdate()
P, S = ConsentPurpose, ConsentState


def days(n: int) -> date:
    return TODAY + timedelta(days=n)


def member_of(family, relation):
    return family.members.select_related("person").filter(relation=relation, until_on=None).order_by("pk").first()


def consent_of(person_, purpose=P.REGISTRATION):
    return Consent.objects.filter(person=person_, purpose=purpose).order_by("-id").first()


def state_of(by, person_, purpose, day=None):
    return {entry.purpose: entry.standing.state for entry in queries.ledger(by, [person_], day)[person_]}[purpose]


def agree(by, person_, *purposes, **changes):
    record_consent(person=person_, draft=agreed(purposes=purposes, **changes), by=by)


def withdraw(by, person_, purpose=P.REGISTRATION, on=TODAY, reason="does not want it any more"):
    return withdraw_consent(consent=consent_of(person_, purpose), on=on, reason=reason, by=by)


def refused(call, code):
    with pytest.raises(Refused) as error:
        call()
    assert error.value.code == code


def furnished(family, zarina):
    """The family with a telephone and a passport of the head, a telephone of a child, and a pair that waits."""
    other = register(zarina, given="Ҷамила", surname="Каримзода", members=0)
    with acting_as(zarina), writing("test"):
        child = member_of(family, Relation.CHILD).person
        phone_row(family.head, PhoneDraft("+992918123456")).save()
        phone_row(child, PhoneDraft("+992935000000")).save()
        places = {name: getattr(family, f"{name}_id") for name in ("district", "agency", "team", "owner")}
        columns = {f"{name}_id": value for name, value in places.items()}
        Document(person=family.head, kind="passport", number="A0123456", number_key="A0123456", status="valid",
                 **columns).save()  # fmt: skip
        one, two = sorted([family.head, other.head], key=lambda each: each.pk)
        DuplicatePair(one=one, other=two, other_district_id=family.district_id, weight=9.5, **columns).save()
    return family


def path(family, rest=""):
    return f"/families/{family.code}/{rest}"
