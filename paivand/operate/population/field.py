"""Writes what the workers of the demonstration sent from telephones: taken in, to be decided, to be mended."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from xml.sax.saxutils import escape

from django.utils import timezone

from paivand.access.models import User
from paivand.access.models.identity import acting_as, for_purpose
from paivand.access.queries.users import placement
from paivand.collect.actions.arrival import Sending, SentFile, keep, whole
from paivand.collect.actions.devices import issue_device, revoke_device
from paivand.collect.actions.taking import take_waiting
from paivand.collect.models import Device, FormVersion, Submission
from paivand.collect.queries.door import Opened
from paivand.collect.rules.filled import read_filled
from paivand.collect.rules.submissions import DeviceKind
from paivand.registry.models import Family
from paivand.registry.rules.keys import row_key

ROOT = uuid.UUID("019a0000-0000-7000-8000-0000000f1e1d")
WORKERS = ("social.kulob", "social.dusti")
Told = Mapping[str, Any]
"""Answers by path; a repeat is a list of such."""


def field_written(worker: User) -> bool:
    """Whether something was sent already."""
    with acting_as(worker):
        return Submission.objects.seen_by(worker).exists()


def write_field(users: Mapping[str, User], today: date) -> None:
    """Give the workers their telephones, and take in what they sent."""
    _give_telephones(users, today)
    for name in WORKERS:
        worker = users[name]
        worker.forget_rights()
        with acting_as(worker):
            device = Device.objects.filter(user=worker, revoked_at=None).order_by("id").first()
            homes = list(Family.objects.seen_by(worker).select_related("head").order_by("-number")[:12])
        if device is None or not homes:
            continue
        for number, (code, told) in enumerate(_filled_in(homes, worker, today)):
            send(worker, device, row_key(ROOT, worker.username, number), code, told)
        take_waiting(worker.pk)


def _give_telephones(users: Mapping[str, User], today: date) -> None:
    """One for each worker until the end of the year to come, and one that was lost."""
    supervisor = users["supervisor"]
    for name in WORKERS:
        _device(users[name], "Телефони идора", users[name], today + timedelta(days=365))
    lost = _device(users[WORKERS[0]], "Телефони гумшуда", users[WORKERS[0]], today + timedelta(days=90))
    with acting_as(supervisor):
        revoke_device(device=lost, by=supervisor)


def _device(worker: User, label: str, by: User, until: date) -> Device:
    with acting_as(by):
        return issue_device(user=worker, kind=DeviceKind.COLLECT, label=label, by=by, expires_on=until)[0]


def _filled_in(homes: Sequence[Family], worker: User, today: date) -> Iterator[tuple[str, Told]]:
    """Money that came to two families, a family that is registered already, and a consent that a child gave."""
    for family in homes[1:3]:
        yield (
            "remittances",
            {
                "family": family.pk, "sender": _away(family, worker),
                "months": [
                    {"month": _month(today, back), "amount": amount, "currency": "RUB", "channel": "transfer"}
                    for back, amount in ((2, 14000), (1, 9000))
                ],
            },
        )  # fmt: skip
    yield "family_registration", _registration(homes[0], today, born=_born(homes[0]))
    yield (
        "family_registration",
        _registration(homes[3], today, born=f"{today.year - 15}-04-02", given="Шаҳрбону", family_name="Лоиқова"),
    )


def _away(family: Family, worker: User) -> str:
    """Somebody of the family beside its head, by the key of her or his membership's person."""
    with acting_as(worker):
        member = family.members.exclude(relation="head").order_by("pk").first()
    return str(member.person_id) if member else ""


def _month(today: date, back: int) -> str:
    first = today.replace(day=1)
    for _one in range(back):
        first = (first - timedelta(days=1)).replace(day=1)
    return first.isoformat()


def _born(family: Family) -> str:
    return str(family.head.birth_on or "1988-05-04")


def _registration(family: Family, today: date, *, born: str, given: str = "", family_name: str = "") -> Told:
    head = family.head
    return {
        "start_here/agreed": "OK",
        "place/jamoat": family.jamoat_id, "place/village": family.village, "place/registered_on": today,
        "head/given_name": given or head.given_name, "head/family_name": family_name or head.family_name,
        "head/father_name": "" if given else head.father_name, "head/sex": "female" if given else head.sex,
        "head/birth_known": "day", "head/birth_day": born,
        "n_others": 0,
        "consent/given_by": "self", "consent/method": "spoken", "consent/language": "tg", "consent/given_on": today,
    }  # fmt: skip


def send(
    worker: User, device: Device, instance: uuid.UUID, code: str, told: Told,
    *, files: Sequence[SentFile] = (), now: datetime | None = None,
) -> None:  # fmt: skip
    """Bring one filled form in by the door's own way."""
    with for_purpose("upkeep"):
        version = FormVersion.objects.get(form__code=code, is_current=True)
    xml = (
        f'<data id="{code}" version="{escape(version.name)}">{_nodes(told)}'
        f"<meta><instanceID>uuid:{instance}</instanceID></meta></data>"
    ).encode()
    opened = Opened(device.pk, worker.pk, worker.username, worker.language, placement(worker, str(device.district_id)))
    with whole() as stored, acting_as(worker):
        keep(Sending(xml, read_filled(xml), files), opened, stored, now=now or timezone.now())


def _nodes(told: Told) -> str:
    """Answers as nested elements."""
    groups: dict[str, dict[str, Any]] = {}
    found = []
    for path, value in told.items():
        first, _slash, rest = path.partition("/")
        if rest:
            groups.setdefault(first, {})[rest] = value
        elif isinstance(value, list):
            found += [f"<{first}>{_nodes(one)}</{first}>" for one in value]
        else:
            found.append(f"<{first}>{escape(str(value))}</{first}>")
    return "".join([*found, *(f"<{name}>{_nodes(inner)}</{name}>" for name, inner in groups.items())])
