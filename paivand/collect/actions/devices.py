"""Access of devices: given, shut off, and what is known of their contact."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from paivand.access.actions.mechanism import action, remark
from paivand.access.models import User
from paivand.access.models.identity import acting_as
from paivand.access.rules.scopes import Scope
from paivand.access.rules.verbs import Verb
from paivand.collect.models import Device
from paivand.collect.queries.door import Opened, token_digest
from paivand.collect.rules.submissions import DeviceKind
from paivand.collect.rules.tokens import new_token
from paivand.core.models import new_id
from paivand.core.rules.errors import Refused
from paivand.core.rules.privacy import DataClass
from paivand.core.rules.writing import writing

SEEN_EVERY = timedelta(minutes=1)
LONGEST_LABEL, LONGEST_AGENT = 80, 200


@dataclass(frozen=True)
class _Access:
    """What is given to whose device."""

    user: User
    kind: DeviceKind
    label: str
    expires_on: date | None
    now: datetime
    device_id: uuid.UUID


def place_of(user: User) -> Scope:
    """Where a worker's device lies: the district of her team, else the first one of her roles.

    Raises:
        Refused: ``no_place``.
    """
    district = user.team.district_id if user.team is not None else next(iter(_standing(user)[1]), None)
    if district is None:
        raise Refused(_("This user belongs to no district yet. Give her a team or a role in a district."), "no_place")
    return Scope(district, user.agency_id, user.team_id, user.pk)


def _standing(user: User) -> tuple[bool, list[str]]:
    """Whether somebody may fill in forms, and the districts of her roles.

    It is read as herself: whoever gives her a device need not be one who sees everybody's roles.
    """
    user.forget_rights()
    with acting_as(user):
        codes = sorted({code for held in user.live_assignments for code in held.districts})
        may_fill = bool(user.reach(Verb.FORM_FILL))
    user.forget_rights()
    return may_fill, codes


def issue_device(
    *, user: User, kind: DeviceKind, label: str, by: User, expires_on: date | None = None, now: datetime | None = None,
    device_id: uuid.UUID | None = None,
) -> tuple[Device, str]:  # fmt: skip
    """Give a device access; the token is known now and never again. One's own by ``form.fill``, else ``device.manage``.

    Args:
        device_id: the key of the device to be. Given again, because the answer was lost or the button pressed twice,
            the device gets a new token in place of the one before, as long as it was never used.

    Raises:
        Refused: ``twice`` for a key whose device is in use; ``label``; ``expires`` for a day that is over; ``right``
            for somebody who may fill in no forms; ``reach`` for whoever does not guide that work; ``no_place``.
    """
    access = _Access(user, kind, label, expires_on, now or timezone.now(), device_id or new_id())
    if user.pk == by.pk:
        return _issue_own(access=access, by=by)
    return _issue_for(scope=place_of(user), access=access, by=by)


@action(Verb.FORM_FILL, self_service=True)
def _issue_own(*, access: _Access, by: User) -> tuple[Device, str]:
    return _issued(place_of(by), access, by)


@action(Verb.DEVICE_MANAGE, on="scope")
def _issue_for(*, scope: Scope, access: _Access, by: User) -> tuple[Device, str]:
    if not _standing(access.user)[0]:
        raise Refused(_("This user may not fill in forms. Give her a role for it first."), "right")
    # What a device holds its worker may see: whoever could set it up for her would see it, too.
    if not by.reach(Verb.FORM_MEND, DataClass.FIELD).covers(scope):
        raise Refused(
            _("Only she herself, or whoever guides her work, sets up her device: it holds the families that she sees."),
            "reach",
        )
    return _issued(scope, access, by)


def _issued(scope: Scope, access: _Access, by: User) -> tuple[Device, str]:
    user, kind, now, expires_on = access.user, access.kind, access.now, access.expires_on
    named = access.label.strip()
    if not any(sign.isprintable() and sign != " " for sign in named) or len(named) > LONGEST_LABEL:
        raise Refused(_("Write what the device is called, in a few words."), "label", field="label")
    if expires_on is not None and expires_on < timezone.localdate(now):
        raise Refused(_("This day is over. Choose a later one."), "expires", field="expires_on")
    token = new_token()
    before = Device.objects.select_for_update().filter(pk=access.device_id).first()
    if before is not None:
        return _with_another_token(before, access, token), token
    device = Device(
        id=access.device_id, user=user, kind=kind, label=named, token_digest=token_digest(token), issued_by=by,
        issued_at=now, expires_on=expires_on, district_id=str(scope.district_id), agency_id=scope.agency_id,
        team_id=scope.team_id, owner_id=user.pk,
    )  # fmt: skip
    device.save(force_insert=True)
    remark(act="device.issue", device=str(device.pk), kind=str(kind))
    return device, token


def _with_another_token(row: Device, access: _Access, token: str) -> Device:
    if row.user_id != access.user.pk or row.revoked_at is not None or row.seen_at is not None:
        raise Refused(_("This was sent already, and the device is in use. Open the page anew to give access."), "twice")
    row.token_digest, row.label, row.expires_on = token_digest(token), access.label.strip(), access.expires_on
    row.version += 1
    row.save(update_fields=["token_digest", "label", "expires_on", "version", "changed_at"])
    remark(act="device.issue", device=str(row.pk), kind=str(row.kind), again=True)
    return row


def revoke_device(*, device: Device, by: User, now: datetime | None = None) -> Device:
    """Shut a device off, at once and for good. One's own by ``form.fill``, a colleague's by ``device.manage``.

    Raises:
        Refused: ``already``.
    """
    moment = now or timezone.now()
    if device.user_id == by.pk:
        return _revoke_own(device=device, now=moment, by=by)
    return _revoke_for(device=device, now=moment, by=by)


@action(Verb.FORM_FILL, self_service=True)
def _revoke_own(*, device: Device, now: datetime, by: User) -> Device:
    return _revoked(device, now, by)


@action(Verb.DEVICE_MANAGE, on="device")
def _revoke_for(*, device: Device, now: datetime, by: User) -> Device:
    return _revoked(device, now, by)


def _revoked(device: Device, now: datetime, by: User) -> Device:
    row: Device = Device.objects.select_for_update().get(pk=device.pk)
    if row.revoked_at is not None:
        raise Refused(_("This device is shut off already."), "already")
    row.revoked_at, row.revoked_by = now, by
    row.version += 1
    row.save(update_fields=["revoked_at", "revoked_by", "version", "changed_at"])
    remark(act="device.revoke", device=str(row.pk))
    return row


def note_contact(
    opened: Opened, *, agent: str, now: datetime, fetched: tuple[str, str] | None = None, n_waiting: int | None = None
) -> None:
    """Note that a device was here: the time at most once a minute, and the version of the form that it fetched.

    It concerns the device's own row, and is written for nobody's eyes but those who care for devices.
    """
    said = agent.replace("\x00", "")[:LONGEST_AGENT]
    device = opened.device
    known = device.agent == said and (fetched is None or device.forms.get(fetched[0]) == fetched[1])
    known = known and n_waiting in {None, device.n_waiting}
    if known and device.seen_at is not None and now - device.seen_at < SEEN_EVERY:
        return
    device.seen_at, device.agent = now, said
    if fetched is not None:
        device.forms = {**device.forms, fetched[0]: fetched[1]}
    if n_waiting is not None:
        device.n_waiting = n_waiting
    with writing("device.contact"):
        device.save(update_fields=["seen_at", "agent", "forms", "n_waiting", "changed_at"])
