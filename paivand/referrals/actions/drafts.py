"""Drafting a referral: who, to which service, what for, and what would leave."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from datetime import datetime

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from paivand.access.actions.mechanism import action, remark
from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.core.rules.errors import Refused
from paivand.referrals.actions.moving import locked
from paivand.referrals.actions.notices import tell
from paivand.referrals.models import DirectoryService, Preparation, Referral
from paivand.referrals.models.referrals import NUMBERS
from paivand.referrals.queries.consent import ground_of
from paivand.referrals.rules.lenses import lens as lens_of
from paivand.referrals.rules.lenses import lenses, offered_lenses
from paivand.referrals.rules.notices import Audience, NoticeKind
from paivand.referrals.rules.referrals import Priority
from paivand.registry.models import Family, Person
from paivand.registry.queries.consents import open_files
from paivand.registry.queries.particulars import kept_record

SHORTEST_REASON = 15
"""The fewest letters in which a reason says something."""
LONGEST_NEEDS = 1500


@action(Verb.REFERRAL_SEND, on="family")
def draft_referral(
    *, referral_id: uuid.UUID, family: Family, service: DirectoryService, priority: str, needs: str, by: User,
    person: Person | None = None, lens: str = "", origin: tuple[str, uuid.UUID] | None = None,
    told: Mapping[str, str] | None = None, fields: Collection[str] | None = None,
) -> Referral:  # fmt: skip
    """Draft a referral of a member of ``family``, of its head unless told. Nothing leaves yet.

    Args:
        referral_id: made by the form, so that a double tap drafts once.
        needs: what is needed, in words that the receiver will read.
        lens: a code of the lenses, the one for this kind of service unless told.
        origin: the kind and key of the case it grows out of.
        told: what that case tells, by codes of the lens; ``reference`` is the code that the receiver speaks of.
        fields: which fields of the lens are ticked, those it ticks itself unless told.

    Raises:
        Refused: ``twice`` when the form was saved already, ``closed`` for somebody in no open file, ``service`` for
            one that takes nobody, ``lens``, ``priority``.
    """
    before = Referral.objects.filter(pk=referral_id).first()
    if before:
        raise Refused(_("This form was saved already."), "twice", detail={"code": before.code})
    who = kept_record(by, person or family.head)
    files = {one.pk: one for one in open_files(by, [who.pk])[who.pk]}
    file = files.get(family.merged_into_id or family.pk)
    if file is None:
        raise Refused(_("%(name)s belongs to no open file. Nobody can be referred from it.") % {"name": who.full_name},
                      "closed", field="person")  # fmt: skip
    demand_takes_people(service)
    kind, key = origin or ("", None)
    facts = dict(told or {})
    referral = Referral(
        id=referral_id, number=next_number(), service=service, service_type=service.type,
        is_discreet=service.is_sensitive, person=who, family=file, origin_kind=kind, origin_id=key,
        reference=facts.pop("reference", file.code), priority=_priority(priority), sender=by,
        district_id=who.district_id, agency_id=who.agency_id, team_id=who.team_id, owner_id=who.owner_id,
    )  # fmt: skip
    referral.save()
    chosen = lens_of(_lens(lens or offered_lenses(service.type)[0].code))
    Preparation.about(
        referral, needs=needs.strip()[:LONGEST_NEEDS], lens=chosen.code, told=facts,
        fields=list(chosen.chosen(chosen.ticked if fields is None else fields)),
    ).save()  # fmt: skip
    remark(act="draft", service=str(service.pk), type=service.type)
    return referral


@action(Verb.REFERRAL_SEND, on="referral")
def prepare_referral(
    *, referral: Referral, priority: str, needs: str, lens: str, fields: Collection[str], version: int, by: User,
    names_agreed: bool = False,
) -> Referral:  # fmt: skip
    """Change a draft: how soon, what is needed, and what would leave.

    Raises:
        Refused: ``stale``, ``state`` once it is sent, ``lens``, ``priority``.
    """
    row = locked(by, referral)
    demand_draft(row, version)
    row.priority = _priority(priority)
    row.version += 1
    row.save()
    prepared = Preparation.objects.select_for_update().get(referral=row)
    chosen = lens_of(_lens(lens))
    prepared.needs, prepared.lens = needs.strip()[:LONGEST_NEEDS], chosen.code
    prepared.fields, prepared.names_agreed = list(chosen.chosen(fields)), names_agreed
    prepared.version += 1
    prepared.save()
    remark(act="prepare", lens=chosen.code, fields=len(prepared.fields))
    return row


@action(Verb.REFERRAL_OVERRIDE, on="referral")
def override_consent(
    *, referral: Referral, reason: str, version: int, by: User, now: datetime | None = None
) -> Referral:
    """Decide that a draft may be sent without a consent; the supervisors of the place are told at once.

    Raises:
        Refused: ``stale``, ``state``, ``reason`` when it says nothing, ``needless`` where a consent is there.
    """
    row = locked(by, referral)
    demand_draft(row, version)
    if len(reason.strip()) < SHORTEST_REASON:
        raise Refused(_("Say in a sentence what danger or duty makes this necessary."), "reason", field="reason")
    assert row.person  # noqa: S101  # a draft is ordinary, and an ordinary referral names the person
    if ground_of(by, row.person, row.service).consent:
        raise Refused(_("A consent that counts is there. Send the referral as it is."), "needless")
    moment = now or timezone.now()
    row.overridden_at, row.overridden_by = moment, by
    row.version += 1
    row.save()
    prepared = Preparation.objects.select_for_update().get(referral=row)
    prepared.override_reason = reason.strip()
    prepared.version += 1
    prepared.save()
    tell(row, NoticeKind.OVERRIDDEN, Audience.SUPERVISORS, moment)
    if row.sender_id != by.pk:
        tell(row, NoticeKind.OVERRIDDEN, Audience.SENDER, moment)
    remark(act="override")
    return row


def demand_draft(referral: Referral, version: int) -> None:
    """Raise a Refused unless nothing left yet and nobody else changed the draft."""
    if not referral.is_draft:
        raise Refused(_("This referral was sent already. What left cannot be changed."), "state")
    if referral.version != version:
        raise Refused(
            _("Somebody else saved changes while you were typing. Compare with the present values and save again."),
            "stale",
        )


def demand_takes_people(service: DirectoryService) -> None:
    """Raise a Refused for a service to which nobody can be sent now."""
    if not service.takes_people:
        raise Refused(
            _("%(service)s takes nobody now (%(state)s). Choose another service.")
            % {"service": service.title, "state": _(service.get_state_display())}, "service", field="service",
        )  # fmt: skip


def _priority(code: str) -> str:
    if code not in set(Priority):
        raise Refused(_("Choose how soon an answer is needed."), "priority", field="priority")
    return code


def _lens(code: str) -> str:
    if code not in lenses() or lenses()[code].sealed:
        raise Refused(_("Choose what the service is told."), "lens", field="lens")
    return code


def next_number() -> int:
    """The next running number; the database hands out each once."""
    with connection.cursor() as cursor:
        cursor.execute(f"select nextval('{NUMBERS}')")
        return int(cursor.fetchone()[0])
