"""Referrals of the sealed room: sent, taken back and answered under its own right, naming nobody.

The room brings the values itself and the consent from its own ledger. A sealed referral is drafted and sent in one
act, goes to a named account or by a link, and stands in no list, count or notice of anybody else on the sender's side.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from paivand.access.actions.mechanism import action, remark
from paivand.access.models import User
from paivand.access.rules.scopes import Scope
from paivand.access.rules.verbs import Verb
from paivand.core.rules.errors import Refused
from paivand.referrals.actions.disclosing import disclose
from paivand.referrals.actions.drafts import demand_takes_people, next_number
from paivand.referrals.actions.links import Issued, demand_open_way, make_link
from paivand.referrals.actions.moving import close_to_receiver, locked, move, was_done
from paivand.referrals.actions.notices import tell
from paivand.referrals.actions.sending import note_told, receiver_label, take_back
from paivand.referrals.models import DirectoryService, Preparation, Referral
from paivand.referrals.rules.lenses import lens as lens_of
from paivand.referrals.rules.lenses import lenses
from paivand.referrals.rules.notices import Audience, NoticeKind
from paivand.referrals.rules.referrals import Act, OriginKind, Priority, Sensitivity, Way


@action(Verb.SURVIVOR_WORK, on="scope")
def send_sealed_referral(
    *, referral_id: uuid.UUID, scope: Scope, service: DirectoryService, priority: str, label: str,
    values: Mapping[str, Any], lens: str, consent_ref: uuid.UUID, origin_id: uuid.UUID, by: User,
    receiver: User | None = None, now: datetime | None = None,
) -> Referral:  # fmt: skip
    """Send a survivor's referral with the least data.

    Args:
        scope: where it lies: district, agency, team and owner of the survivor's record.
        label: the survivor code.
        values: what leaves, by the codes of a sealed lens; ``survivor_code`` and ``priority`` are filled in here.
        consent_ref: the consent of the sealed room for this kind of service and this organisation.
        receiver: the account that answers. Without one it leaves by a link, which ``issue_sealed_link`` makes.

    Raises:
        Refused: ``twice`` when the form was saved already, ``service``, ``lens``, ``needs``, ``priority``.
    """
    before = Referral.objects.filter(pk=referral_id).first()
    if before:
        raise Refused(_("This form was saved already."), "twice", detail={"code": before.code})
    demand_takes_people(service)
    content = _sealed_values(lens, {**values, "survivor_code": label, "priority": priority})
    if priority not in set(Priority):
        raise Refused(_("Choose how soon an answer is needed."), "priority", field="priority")
    moment = now or timezone.now()
    row = Referral(
        id=referral_id, number=next_number(), service=service, service_type=service.type, is_discreet=True,
        sensitivity=Sensitivity.SEALED, origin_kind=OriginKind.SURVIVOR, origin_id=origin_id, reference=label,
        priority=priority, consent_ref=consent_ref, sender=by, receiver=receiver,
        way=Way.ACCOUNT if receiver else Way.LINK, district_id=str(scope.district_id), agency_id=scope.agency_id,
        team_id=scope.team_id, owner_id=scope.owner_id,
    )  # fmt: skip
    # Drafted and sent at once: a sealed draft would be a row that rests on nothing.
    edge = move(row, Act.SEND, by=by, now=moment)
    Preparation.about(row, needs=str(content["needs"]), lens=lens, fields=list(content), told=content).save()
    if receiver:
        label_of = f"{receiver_label(service)}, {receiver.full_name}"
        disclose(row, lens, content, way=Way.ACCOUNT, receiver=label_of, by=by, now=moment)
        tell(row, NoticeKind.ARRIVED, Audience.RECEIVER, moment)
    remark(act="send", edge=edge, way=row.way, fields=len(content))
    return row


@action(Verb.SURVIVOR_WORK, on="referral")
def issue_sealed_link(
    *, referral: Referral, language: str, call_whom: str, version: int, by: User, now: datetime | None = None
) -> Issued:
    """Make the link of a sealed referral, anew if there is one; it shows what was sent, a code and never a name.

    Raises:
        Refused: as ``issue_link``.
    """
    row = locked(by, referral)
    demand_open_way(row, version)
    prepared = Preparation.objects.get(referral=row)
    issued = make_link(
        row, prepared.lens, dict(prepared.told), language=language, call_whom=call_whom,
        receiver=receiver_label(row.service), by=by, now=now or timezone.now(),
        names_agreed="name" in prepared.told,
    )  # fmt: skip
    remark(act="link.issue", fields=len(prepared.told))
    return issued


@action(Verb.SURVIVOR_WORK, on="referral")
def revoke_sealed_link(*, referral: Referral, version: int, by: User, now: datetime | None = None) -> Referral:
    """Take the link of a sealed referral back; the referral itself goes on.

    Raises:
        Refused: ``link`` where there is none to take back; else as ``issue_link``.
    """
    row = locked(by, referral)
    demand_open_way(row, version)
    if not row.link_digest:
        raise Refused(_("There is no link to take back."), "link")
    close_to_receiver(row, now or timezone.now())
    row.version += 1
    row.save()
    remark(act="link.revoke")
    return row


@action(Verb.SURVIVOR_WORK, on="referral")
def withdraw_sealed(
    *, referral: Referral, reason: str, version: int, by: User, note: str = "", now: datetime | None = None
) -> Referral:
    """Take a sealed referral back; ``consent_withdrawn`` is a reason here, because the room keeps its own ledger.

    Raises:
        Refused: ``stale``, ``ended``, ``reason``.
    """
    row = locked(by, referral)
    if was_done(row, Act.WITHDRAW, version, by):
        return row
    edge = take_back(row, reason, by=by, now=now or timezone.now(), note=note, by_consent=True)
    remark(act="withdraw", edge=edge)
    return row


@action(Verb.SURVIVOR_WORK, on="referral")
def tell_sealed_answer(
    *, referral: Referral, act: str, version: int, by: User, reason: str = "", outcome: str = "",
    happened_on: date | None = None, note: str = "", now: datetime | None = None,
) -> Referral:  # fmt: skip
    """Write down what a receiver without account told about a sealed referral by telephone.

    Raises:
        Refused: as ``tell_answer``.
    """
    row = locked(by, referral)
    if was_done(row, Act(act), version, by):
        return row
    edge = note_told(row, Act(act), by=by, now=now or timezone.now(), reason=reason, outcome=outcome,
                     happened_on=happened_on, note=note)  # fmt: skip
    remark(act=f"told.{act}", edge=edge)
    return row


def _sealed_values(code: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values that leave, in the lens's order; empty ones say nothing and stay."""
    if code not in lenses() or not lenses()[code].sealed:
        raise Refused(_("Choose what the service is told."), "lens", field="lens")
    given = {name: value for name, value in values.items() if value not in (None, "", [])}
    places = lens_of(code).places
    if set(given) - set(places):
        raise Refused(_("More would leave than what the service is told. Choose again what it is told."), "lens")
    if missing := [name for name in lens_of(code).needed if name not in given]:
        raise Refused(_("Something that the service needs is missing. Fill it in."), "needs", field=missing[0])
    return {name: given[name] for name in places if name in given}
