"""Sending a survivor to a service, with the least that help needs, taking it back, and counting what was given."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from paivand.access.actions.mechanism import action, remark
from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.core.rules.errors import Refused
from paivand.protection.actions.files import coded_step, locked_file
from paivand.protection.models import Survivor, SurvivorConsent
from paivand.protection.queries.directory import names
from paivand.protection.queries.referrals import answers_in_program, under_way
from paivand.protection.rules.consents import Kind
from paivand.protection.rules.disclosures import age_told
from paivand.referrals.actions.sealed import send_sealed_referral, tell_sealed_answer, withdraw_sealed
from paivand.referrals.models import DirectoryService, Referral
from paivand.referrals.rules.lenses import lens as lens_of
from paivand.referrals.rules.referrals import OriginKind, ReferralState, WithdrawReason
from paivand.registry.models import JourneyStep
from paivand.registry.rules.keys import row_key

REFERRED = "survivor.referred"


@action(Verb.SURVIVOR_WORK, on="survivor")
def refer(
    *, survivor: Survivor, referral_id: uuid.UUID, consent: SurvivorConsent, service: DirectoryService, priority: str,
    lens: str, chosen: Collection[str], words: Mapping[str, str], by: User,
) -> Survivor:  # fmt: skip
    """Send a survivor to a service of the organisation that she named.

    What leaves is what the lens names, as far as it was chosen: the code, what is needed and how soon always; a way to
    reach her only by the lens that asks for it. Nothing that she told in her own words can leave.

    Args:
        consent: her live consent to a referral in the service's sector, which names its organisation.
        chosen: the optional fields of the lens that leave.
        words: what is written for this referral: ``needs``, ``accompanied``, ``with_children``.

    Raises:
        Refused: ``closed``; ``consent`` where none reaches this service; else as ``send_sealed_referral``.
    """
    locked = locked_file(survivor)
    demand_agreed(consent, locked, service)
    told = {**told_of(locked), **{name: value.strip() for name, value in words.items()}}
    fields = lens_of(lens).chosen([*chosen, "needs"])
    send_sealed_referral(
        referral_id=referral_id, scope=locked.scope, service=service, receiver=answers_in_program(service),
        priority=priority, label=locked.code, values={name: told[name] for name in fields if told.get(name)},
        lens=lens, consent_ref=consent.pk, origin_id=locked.pk, by=by,
    )  # fmt: skip
    remark(act="refer", sector=consent.sector, lens=lens, fields=len(fields))
    return locked


@action(Verb.SURVIVOR_WORK, on="survivor")
def take_back(*, survivor: Survivor, referral: Referral, version: int, reason: str, by: User) -> Survivor:
    """Take a referral back; its holder is told and reads it no more.

    Raises:
        Refused: ``stale``, ``ended``, ``reason``.
    """
    withdraw_sealed(referral=referral, reason=reason, version=version, by=by)
    remark(act="referral.withdraw")
    return survivor


@action(Verb.SURVIVOR_WORK, on="survivor")
def note_answer(
    *, survivor: Survivor, referral: Referral, version: int, act: str, by: User, reason: str = "", outcome: str = "",
    happened_on: date | None = None,
) -> Survivor:  # fmt: skip
    """Write down what a service without account told by telephone.

    Raises:
        Refused: as ``tell_sealed_answer``.
    """
    answered = tell_sealed_answer(
        referral=referral, act=act, version=version, reason=reason, outcome=outcome, happened_on=happened_on, by=by
    )
    count_help(by, answered)
    remark(act=f"referral.{act}")
    return survivor


def stop_referrals(by: User, survivor: Survivor, consents: Collection[uuid.UUID]) -> int:
    """Take back what is under way on these consents; returns how many. A part of the action that withdraws them."""
    rows = under_way(by, survivor, consents)
    for row in rows:
        withdraw_sealed(referral=row, reason=WithdrawReason.CONSENT_WITHDRAWN, version=row.version, by=by)
    return len(rows)


def count_help(by: User, referral: Referral) -> None:
    """Write the coded step of a completed referral, once. A part of the actions in which its answer is seen.

    The provider may not write it, because it would have to know whose it is. So it is written when the room sees that
    the service was given.
    """
    if (
        referral.origin_id is None
        or referral.origin_kind != OriginKind.SURVIVOR
        or referral.state != ReferralState.COMPLETED
    ):
        return
    survivor = Survivor.objects.seen_by(by).filter(pk=referral.origin_id).first()
    if survivor is None:
        return
    step = coded_step(survivor, REFERRED, referral.helped_on or timezone.localdate(), by)
    step.id, step.outcome = row_key(referral.pk, REFERRED), referral.outcome
    JourneyStep.objects.bulk_create([step], ignore_conflicts=True)


def demand_agreed(consent: SurvivorConsent, survivor: Survivor, service: DirectoryService) -> None:
    """Raise a Refused unless this consent counts today and reaches this service."""
    reaches = (
        consent.survivor_id == survivor.pk
        and consent.kind == Kind.REFERRAL
        and consent.is_live_on(timezone.localdate())
        and names(consent, service)
    )
    if not reaches:
        raise Refused(
            _("No consent that counts names this organisation for this sector. Ask for it first."), "consent",
            field="service",
        )  # fmt: skip


def told_of(survivor: Survivor) -> dict[str, Any]:
    """What the file could tell through a lens, by the lens's codes."""
    contact = survivor.contact
    ways = [contact[part] for part in ("phone", "hours", "who_may_answer", "say_what", "never") if contact.get(part)]
    return {
        "sex": survivor.sex,
        "age_group": age_told(survivor.age_group, survivor.years_on(timezone.localdate())),
        "languages": [survivor.language] if survivor.language else [],
        "safe_contact": "; ".join(ways),
        "name": survivor.name_told.full,
        "told_duty": _("yes"),
    }
