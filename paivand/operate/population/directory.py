"""The directory of services of the demonstration, as ``parameters/demo_directory.yaml`` declares it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date, time, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from django.utils import timezone

from paivand.access.models import Agency, User
from paivand.access.models.identity import acting_as
from paivand.access.rules.roles import RoleKey
from paivand.operate.accounts import AGENCIES, DEMO_ACCOUNTS
from paivand.referrals.actions.directory import add_service, close_service, lying, pause_service
from paivand.referrals.actions.directory_reports import answer_report, report_change
from paivand.referrals.models import DirectoryService
from paivand.referrals.rules.directory import LANGUAGES, ServiceDraft
from paivand.referrals.rules.directory_hours import Hours
from paivand.referrals.rules.directory_reports import ReportState, Wrong
from paivand.registry.rules.keys import row_key

SOURCE = Path(__file__).resolve().parent.parent.parent / "parameters" / "demo_directory.yaml"
_FORM = uuid.UUID("019ab000-0000-7000-8000-00000000d1f0")
IMPOSSIBLE = "+9920033100"
"""How every number of the demonstration begins: no number of Tajikistan begins with two noughts."""


@lru_cache(maxsize=1)
def declared() -> dict[str, Any]:
    """The file as it stands."""
    read: dict[str, Any] = yaml.safe_load(SOURCE.read_text(encoding="utf-8"))
    return read


def service_id(key: str) -> uuid.UUID:
    """The key in the database of a service of the file."""
    return row_key(_FORM, "service", key)


def directory_written(users: Mapping[str, User]) -> bool:
    """Whether the directory is there."""
    with acting_as(_keeper(users)):
        return bool(DirectoryService.objects.exists())


def write_directory(users: Mapping[str, User], today: date) -> None:
    """Write the services and the reports about them, as the supervisor and the readers would do it.

    Args:
        users: the accounts by their user names.
        today: the day from which is counted back when each entry was checked.
    """
    keeper = _keeper(users)
    with acting_as(keeper):
        keys = {row["name"]: row["key"] for row in AGENCIES}
        agencies = {keys[one.name]: one.pk for one in Agency.objects.filter(name__in=keys)}
        for row in declared()["services"]:
            _write(row, users, agencies, today, keeper)
    for number, row in enumerate(declared()["reports"]):
        _report(row, number, users, keeper)


def _keeper(users: Mapping[str, User]) -> User:
    return users[next(one.username for one in DEMO_ACCOUNTS if one.role is RoleKey.SUPERVISOR)]


def _write(
    row: Mapping[str, Any], users: Mapping[str, User], agencies: Mapping[str, uuid.UUID], today: date, by: User
) -> None:
    draft = service_draft(row, users, agencies)
    on = today - timedelta(days=row["days_ago"])
    service = add_service(
        scope=lying(row["district"], draft), service_id=service_id(row["key"]), draft=draft, on=on, today=today, by=by
    )
    if "paused" in row:
        told = row["paused"]
        resumes_on = today + timedelta(days=told["resumes_in"])
        pause_service(
            service=service, version=service.version, on=on, why=told["why"], resumes_on=resumes_on, today=today, by=by
        )
    if "closed" in row:
        close_service(service=service, version=service.version, on=on, why=row["closed"]["why"], today=today, by=by)


def service_draft(row: Mapping[str, Any], users: Mapping[str, User], agencies: Mapping[str, uuid.UUID]) -> ServiceDraft:
    """A row of the file as an entry of the directory."""
    names = {f"name_{language}": row["names"].get(language, "") for language in LANGUAGES if language != "tg"}
    focal = row.get("focal_user")
    plain = {
        name: row[name]
        for name in ("hours", "eligibility", "cost", "cost_note", "capacity", "focal_name", "focal_post",
                     "how_to_refer", "address", "jamoat", "women_only", "address_hidden", "poster_words")
        if name in row
    }  # fmt: skip
    return ServiceDraft(
        type=row["type"], name=row["names"]["tg"], provider_name=row["provider"], week=_week(row),
        languages=tuple(row["languages"]), accessibility=tuple(row.get("accessibility", ())),
        is_sensitive=bool(row.get("sensitive")), phone=f"{IMPOSSIBLE}{row['phone']}" if "phone" in row else "",
        agency_id=agencies[row["agency"]] if "agency" in row else None,
        focal_user_id=users[focal].pk if focal else None, **names, **plain,
    )  # fmt: skip


def _week(row: Mapping[str, Any]) -> Hours:
    if row.get("around_the_clock"):
        return Hours(around_the_clock=True)
    week = row["week"]
    pause: list[time | None] = [time.fromisoformat(edge) for edge in week.get("break", ())] or [None, None]
    return Hours(
        tuple(week["days"]), time.fromisoformat(week["opens"]), time.fromisoformat(week["closes"]), pause[0], pause[1]
    )  # fmt: skip


def _report(row: Mapping[str, Any], number: int, users: Mapping[str, User], keeper: User) -> None:
    reporter = users[row["by"]]
    with acting_as(reporter):
        service = DirectoryService.objects.get(pk=service_id(row["service"]))
        report = report_change(
            service=service, report_id=row_key(_FORM, "report", number), wrong=Wrong(row["wrong"]), words=row["words"],
            by=reporter,
        )  # fmt: skip
    if "answer" in row:
        with acting_as(keeper):
            answer_report(
                report=report, state=ReportState(row["answer"]), answer=row["said"], version=report.version,
                now=timezone.now(), by=keeper,
            )  # fmt: skip
