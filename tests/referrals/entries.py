"""Entries of the directory for tests, made through the actions."""

from __future__ import annotations

from datetime import date, time
from typing import Any

from django.utils import timezone

from paivand.access.models.identity import acting_as
from paivand.core.models import new_id
from paivand.referrals.actions.directory import add_service, lying
from paivand.referrals.models import DirectoryService
from paivand.referrals.rules.directory import ServiceDraft
from paivand.referrals.rules.directory_hours import Hours
from tests.cast import KULOB

OFFICE = Hours(("mon", "tue", "wed", "thu", "fri"), time(8), time(17), time(12), time(13))
PHONE = "+992003310001"


def draft(**changes: Any) -> ServiceDraft:
    """The civil registry of Kulob, with whatever is changed about it."""
    values: dict[str, Any] = {
        "type": "registration", "name": "Шуъбаи САҲШ", "provider_name": "Вазорати адлия", "name_ru": "Отдел ЗАГС",
        "jamoat": "TJ-KT-02-02", "address": "кӯчаи Сомонӣ 14", "week": OFFICE, "phone": PHONE,
        "languages": ("tg",), "how_to_refer": "Аввал занг занед",
    }  # fmt: skip
    return ServiceDraft(**{**values, **changes})


def hidden(**changes: Any) -> ServiceDraft:
    """A safe place, whose address is told by telephone only."""
    values: dict[str, Any] = {
        "type": "safe_house", "name": "Хонаи ором", "name_ru": "", "provider_name": "Умед", "jamoat": "",
        "address": "", "address_hidden": True, "women_only": True,
    }  # fmt: skip
    return draft(**{**values, **changes})


def entry(by: Any, *, district: str = KULOB, on: date | None = None, **changes: Any) -> DirectoryService:
    """A service written down by ``by``; it must be somebody who keeps the directory of that district."""
    if "type" in changes and changes["type"] == "safe_house":
        made = hidden(**changes)
    else:
        made = draft(**({"jamoat": ""} if district != KULOB else {}), **changes)
    today = timezone.localdate()
    with acting_as(by):
        return add_service(
            scope=lying(district, made), service_id=new_id(), draft=made, on=on or today, today=today, by=by
        )
