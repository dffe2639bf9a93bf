"""On which consent a referral to one receiver rests; merged records count as one person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from paivand.access.models import User
from paivand.referrals.models import DirectoryService
from paivand.referrals.rules.consent import covering
from paivand.referrals.rules.directory import service_types
from paivand.registry.models import Consent, Person
from paivand.registry.queries.consents import grounds, ledger
from paivand.registry.rules import ConsentPurpose
from paivand.registry.rules.consents import ConsentState, may_give


@dataclass(frozen=True, slots=True)
class ConsentGround:
    """The consent on which it rests, or why there is none: a code that the screen puts into words."""

    consent: Consent | None = None
    why: str = ""


def receiver_names(service: DirectoryService) -> list[str]:
    """The words by which a consent may name the receiver: provider, service, agency, or the kind of help."""
    kind = service_types().get(service.type)
    names = [service.provider_name, service.name, service.name_ru, service.name_en, service.name_fa]
    if service.agency:
        names.append(service.agency.name)
    return [name for name in [*names, *(kind.titles.values() if kind else ())] if name]


def ground_of(by: User, person: Person, service: DirectoryService, day: date | None = None) -> ConsentGround:
    """On what a referral of ``person`` to ``service`` rests on ``day``, today unless told.

    A consent counts that the right one gave: a parent or guardian for a child, herself from 18.
    """
    on = day or timezone.localdate()
    ground = grounds(by, [person.pk], on)[person.pk]
    if not ground.files:
        return ConsentGround(why="closed")
    if not ground.registered:
        return ConsentGround(why="registration")
    [entry] = [one for one in ledger(by, [person.pk], on)[person.pk] if one.purpose is ConsentPurpose.REFERRAL]
    givers = may_give(person.age_on(on))
    rightly = [row for row in entry.rows if row.given_by in givers or row.withdrawn_on]
    found = covering(rightly, receiver_names(service), on)
    if found:
        return ConsentGround(found)
    if covering(entry.rows, receiver_names(service), on):
        return ConsentGround(why="giver")
    if entry.standing.state is ConsentState.GIVEN:
        return ConsentGround(why="others")
    return ConsentGround(why=str(entry.standing.state))
