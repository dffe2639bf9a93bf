"""Devices as their owners and those who care for them see them."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date

from django.db.models import F, Q, QuerySet
from django.utils.translation import get_language

from paivand.access.models import Team, User
from paivand.access.models.policies import InScope
from paivand.access.rules.verbs import Verb
from paivand.collect.models import Device, Form, FormVersion
from paivand.collect.rules.devices import DeviceState, settings_password
from paivand.collect.rules.submissions import DeviceKind
from paivand.core.models.sealed import keyed_digest
from paivand.core.rules.pages import Page
from paivand.core.rules.privacy import DataClass

PAGE = 25
MOST_OWN = 50
MOST_COLLEAGUES = 300


def cares(by: User) -> bool:
    """Whether ``by`` gives devices to colleagues."""
    return Verb.DEVICE_MANAGE in by.verbs


def guides(by: User) -> bool:
    """Whether ``by`` may set a colleague's device up: it holds what its worker sees, so caring alone is not enough."""
    return cares(by) and bool(by.reach(Verb.FORM_MEND, DataClass.FIELD))


def _seen(by: User) -> QuerySet[Device]:
    found: QuerySet[Device] = Device.objects.seen_by(by)
    return found.select_related("user__team", "issued_by", "revoked_by")


def own_devices(by: User) -> list[Device]:
    """The devices of ``by``: those that open something first, and of these the newest."""
    return list(_seen(by).filter(user_id=by.pk).order_by(F("revoked_at").asc(nulls_first=True), "-pk")[:MOST_OWN])


def colleagues_devices(by: User, *, after: str = "", size: int = PAGE) -> Page[Device]:
    """A page of the devices of others that ``by`` cares for, the newest first."""
    if not cares(by):
        return Page([], None, more=False)
    found = _seen(by).filter(InScope(Verb.DEVICE_MANAGE).q(by, None)).exclude(user_id=by.pk)
    if after:
        try:
            found = found.filter(pk__lt=uuid.UUID(after))
        except ValueError:
            return Page([], None, more=False)
    return Page.cut(list(found.order_by("-pk")[: size + 1]), size, lambda row: str(row.pk))


def device_by_id(by: User, key: uuid.UUID) -> Device | None:
    """One device, if ``by`` may see it."""
    row: Device | None = _seen(by).filter(pk=key).first()
    return row


def password_of(device: Device) -> str:
    """The password of the settings of the app on this device. It is stored nowhere: a digest of its key gives it."""
    return settings_password(keyed_digest("device settings", str(device.pk)))


def cares_for(by: User, device: Device) -> bool:
    """Whether ``by`` cares for this device, and so may know the password of its settings."""
    return bool(device.kind == DeviceKind.COLLECT and by.reach(Verb.DEVICE_MANAGE).covers(device))


def state_of(device: Device, today: date) -> DeviceState:
    """How a device stands on a day."""
    if device.revoked_at is not None:
        return DeviceState.SHUT
    if not device.is_open(today):
        return DeviceState.ENDED
    return DeviceState.USED if device.seen_at else DeviceState.NEW


@dataclass(frozen=True)
class HeldForm:
    """A form on a device, in the version that it fetched last.

    Args:
        newest: the version that a phone gets now; empty for a form that phones get no more.
    """

    title: str
    version: str
    newest: str

    @property
    def is_current(self) -> bool:
        """Whether the device has what it would get now."""
        return self.version == self.newest


def held_forms(by: User, device: Device) -> list[HeldForm]:
    """The forms that a device fetched, by their titles."""
    codes = list(device.forms)
    if not codes:
        return []
    language = (get_language() or "en")[:2]
    current = dict(FormVersion.objects.filter(form__code__in=codes, is_current=True).values_list("form__code", "name"))
    titles = dict(Form.objects.filter(code__in=codes).values_list("code", "titles"))
    found = []
    for code, version in device.forms.items():
        said = titles.get(code) or {}
        title = said.get(language) or said.get("tg") or next(iter(said.values()), code)
        found.append(HeldForm(str(title), str(version), current.get(code, "")))
    return sorted(found, key=lambda one: one.title)


def cared_teams(by: User) -> QuerySet[Team]:
    """The teams to whose people ``by`` may give devices."""
    reach = by.reach(Verb.DEVICE_MANAGE)
    found = Team.objects.filter(Team.policy.visible(by)).select_related("agency", "district").order_by("name", "pk")
    if reach.everywhere:
        return found
    return found.filter(
        Q(pk__in=reach.teams) | Q(agency_id__in=reach.agencies) | Q(district_id__in=reach.districts)
    )  # fmt: skip


def colleagues(by: User, team: Team | None = None) -> list[User]:
    """The people of the teams in question, by name; whether each may fill in forms is asked when she is chosen."""
    if not cares(by):
        return []
    found = User.objects.filter(User.policy.visible(by), is_active=True).select_related("team")
    found = found.filter(team=team) if team else found.filter(team__in=cared_teams(by).order_by())
    return list(found.order_by("sort_key", "pk")[:MOST_COLLEAGUES])
