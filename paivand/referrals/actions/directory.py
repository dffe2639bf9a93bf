"""Keeping the directory of services true: adding, changing, checking, pausing, closing."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from datetime import date, time
from typing import Any

from django.utils.translation import gettext as _

from paivand.access.actions.mechanism import action, remark
from paivand.access.models import User
from paivand.access.rules.scopes import Scope
from paivand.access.rules.verbs import Verb
from paivand.core.models import Place
from paivand.core.rules.errors import Refused
from paivand.referrals.models import DirectoryService, ServiceChange, ServiceKey, ServiceReport
from paivand.referrals.rules.directory import (
    LANGUAGES,
    Accessibility,
    Cost,
    ServiceDraft,
    ServiceState,
    betrays,
    can_be_called,
    hides,
    service_types,
)
from paivand.referrals.rules.directory_hours import hours_fault
from paivand.referrals.rules.directory_reports import ServiceAct
from paivand.referrals.rules.directory_search import word_keys
from paivand.registry.rules.people import SpokenLanguage

PLAIN = (
    "type", "name", "name_ru", "name_en", "name_fa", "provider_name", "hours", "eligibility", "cost", "cost_note",
    "women_only", "capacity", "focal_name", "focal_post", "phone", "how_to_refer", "agency_id", "focal_user_id",
)  # fmt: skip
"""The fields that a draft gives as they are."""

UNTOLD = frozenset({"address", "jamoat_id"})
"""What the history names without its value: an address that is hidden later must not be read there."""


def lying(district: str, draft: ServiceDraft) -> Scope:
    """Where a service lies: in its district, with its provider's agency, owned by who answers referrals to it."""
    return Scope(district, draft.agency_id, None, draft.focal_user_id)


@action(Verb.DIRECTORY_EDIT, on="scope")
def add_service(
    *, scope: Scope, service_id: uuid.UUID, draft: ServiceDraft, on: date, today: date, by: User
) -> DirectoryService:
    """Add a service that somebody asked about on the day ``on``; ``scope`` is made by ``lying``.

    Raises:
        Refused: ``twice`` for a double tap, and as ``demand_sound``.
    """
    if DirectoryService.objects.filter(pk=service_id).exists():
        raise Refused(_("This form was saved already."), "twice")
    _demand_day(on, today)
    district = str(scope.district_id)
    row = DirectoryService(id=service_id, district_id=district, verified_on=on, verified_by=by)
    demand_sound(draft, district)
    _fill(row, draft)
    row.save(force_insert=True)
    _write_keys(row)
    _note(row, ServiceAct.ADDED, by)
    remark(act=ServiceAct.ADDED, type=row.type)
    return row


@action(Verb.DIRECTORY_EDIT, on="service")
def edit_service(
    *,
    service: DirectoryService,
    version: int,
    draft: ServiceDraft,
    checked_on: date | None = None,
    today: date,
    by: User,
) -> DirectoryService:
    """Change an entry; with ``checked_on`` everything in it was asked about on that day.

    Raises:
        Refused: ``stale``, and as ``demand_sound``.
    """
    row = _locked(service, version)
    demand_sound(draft, str(row.district_id))
    changes = _fill(row, draft)
    if not by.reach(Verb.DIRECTORY_EDIT).covers(row):
        raise Refused(
            _("You could not change this entry any more with this provider. Ask somebody with a wider right."),
            "beyond", field="agency",
        )  # fmt: skip
    if checked_on is not None:
        _demand_day(checked_on, today)
        row.verified_on, row.verified_by = checked_on, by
    row.version += 1
    row.save(force_update=True)
    if changes.keys() & _MOVES:
        ServiceReport.objects.filter(service=row).update(agency_id=row.agency_id, owner_id=row.owner_id)
        ServiceChange.objects.filter(service=row).update(
            agency_id=row.agency_id, owner_id=row.owner_id, is_sensitive=row.is_sensitive
        )
    _write_keys(row)
    if changes:
        _note(row, ServiceAct.EDITED, by, changes=changes)
    if checked_on is not None:
        _note(row, ServiceAct.VERIFIED, by)
    remark(act=ServiceAct.EDITED, changed=sorted(changes), checked=checked_on is not None)
    return row


@action(Verb.DIRECTORY_EDIT, on="service")
def verify_service(
    *, service: DirectoryService, version: int, on: date, note: str = "", today: date, by: User
) -> DirectoryService:
    """Write down that everything in an entry was asked about on the day ``on`` and is right.

    Raises:
        Refused: ``stale``, ``date`` for a day in the future or before the last check.
    """
    row = _locked(service, version)
    _demand_day(on, today)
    if on < row.verified_on:
        raise Refused(_("The entry was checked later than that. Write the day of your own check."), "date", field="on")
    row.verified_on, row.verified_by = on, by
    row.version += 1
    row.save(force_update=True)
    _note(row, ServiceAct.VERIFIED, by, note=note)
    remark(act=ServiceAct.VERIFIED)
    return row


@action(Verb.DIRECTORY_EDIT, on="service")
def pause_service(
    *,
    service: DirectoryService,
    version: int,
    on: date,
    why: str,
    resumes_on: date | None = None,
    today: date,
    by: User,
) -> DirectoryService:
    """Say that nobody can be sent there for a while.

    Raises:
        Refused: ``stale``, ``state``, ``why``, ``date``.
    """
    row = _locked(service, version)
    _demand_state(row, ServiceState.OPEN)
    _demand_day(on, today)
    if resumes_on is not None and resumes_on <= on:
        raise Refused(_("It opens again before it pauses. Check both days."), "date", field="resumes_on")
    return _stop(row, ServiceState.PAUSED, on=on, why=why, resumes_on=resumes_on, by=by)


@action(Verb.DIRECTORY_EDIT, on="service")
def close_service(
    *, service: DirectoryService, version: int, on: date, why: str, today: date, by: User
) -> DirectoryService:
    """Say that a service is gone for good. The entry stays, because referrals point to it.

    Raises:
        Refused: ``stale``, ``state``, ``why``, ``date``.
    """
    row = _locked(service, version)
    _demand_state(row, ServiceState.OPEN, ServiceState.PAUSED)
    _demand_day(on, today)
    return _stop(row, ServiceState.CLOSED, on=on, why=why, resumes_on=None, by=by)


@action(Verb.DIRECTORY_EDIT, on="service")
def reopen_service(
    *, service: DirectoryService, version: int, on: date, note: str = "", today: date, by: User
) -> DirectoryService:
    """Say that a service takes people again; whoever says so has asked, so the entry counts as checked on that day.

    Raises:
        Refused: ``stale``, ``state``, ``date``.
    """
    row = _locked(service, version)
    _demand_state(row, ServiceState.PAUSED, ServiceState.CLOSED)
    _demand_day(on, today)
    if row.stopped_on and on < row.stopped_on:
        raise Refused(_("This day lies before the day on which it stopped. Check it."), "date", field="on")
    row.state, row.stopped_on, row.stopped_why, row.resumes_on = ServiceState.OPEN, None, "", None
    row.verified_on, row.verified_by = max(on, row.verified_on), by
    row.version += 1
    row.save(force_update=True)
    _note(row, ServiceAct.REOPENED, by, note=note)
    remark(act=ServiceAct.REOPENED)
    return row


def demand_sound(draft: ServiceDraft, district: str) -> None:
    """Raise a Refused that names the first thing about an entry that cannot be.

    Raises:
        Refused: ``type``, ``name``, ``hidden``, ``phone``, ``place``, ``hours``, ``agency``.
    """
    if draft.type not in service_types():
        raise Refused(_("Choose the kind of service from the list."), "type", field="type")
    if not word_keys(draft.name):
        raise Refused(_("Write the name of the service with letters."), "name", field="name")
    for field, chosen, known in (
        ("cost", [draft.cost], Cost), ("languages", draft.languages, SpokenLanguage),
        ("accessibility", draft.accessibility, Accessibility),
    ):  # fmt: skip
        if not set(chosen) <= {str(one) for one in known}:
            raise Refused(_("Choose from the list only."), "choice", field=field)
    if draft.phone and not can_be_called(draft.phone):
        raise Refused(_("This is no telephone number. Check it."), "phone", field="phone")
    _demand_hidden(draft)
    if draft.jamoat and not Place.objects.jamoats().filter(pk=draft.jamoat, parent=district).exists():
        raise Refused(_("This jamoat lies in another district. Choose one of this district."), "place", field="jamoat")
    fault = hours_fault(draft.week)
    if fault:
        raise Refused(
            _("The hours do not fit together. Say on which days, from when until when; a break lies between."),
            "hours", field=fault,
        )  # fmt: skip
    if draft.focal_user_id:
        belongs = User.objects.filter(pk=draft.focal_user_id, is_active=True).values_list("agency_id", flat=True)
        if draft.agency_id is None or list(belongs) != [draft.agency_id]:
            raise Refused(
                _("Who answers referrals belongs to the provider's agency. Choose both so that they fit."),
                "agency", field="focal_user",
            )  # fmt: skip


def _demand_hidden(draft: ServiceDraft) -> None:
    """An address that is told by telephone only is written nowhere, not even the jamoat, and there is a telephone."""
    if not (draft.address_hidden or hides(draft.type)):
        return
    written = "address" if draft.address else "jamoat" if draft.jamoat else ""
    if written:
        raise Refused(
            _("The place of this service is told by telephone only. Leave address and jamoat empty."),
            "hidden", field=written,
        )  # fmt: skip
    if not draft.phone:
        raise Refused(_("Write the telephone on which the address is told."), "phone", field="phone")


def _fill(row: DirectoryService, draft: ServiceDraft) -> dict[str, list[Any]]:
    """Copy the draft onto the row; returns the fields that changed, each with what stood there and what stands now."""
    week = draft.week
    sensitive = draft.is_sensitive or betrays(draft.type)
    values: dict[str, Any] = {name: getattr(draft, name) for name in PLAIN} | {
        "is_sensitive": sensitive,
        "owner_id": draft.focal_user_id,
        "jamoat_id": draft.jamoat or None,
        "address": draft.address,
        "address_hidden": draft.address_hidden or hides(draft.type),
        "around_the_clock": week.around_the_clock,
        "days": list(week.days),
        "opens_at": week.opens_at,
        "closes_at": week.closes_at,
        "break_from": week.break_from,
        "break_until": week.break_until,
        "languages": list(draft.languages),
        "accessibility": list(draft.accessibility),
        "poster_words": _poster_words(draft.poster_words) if sensitive else {},
    }
    before = {name: getattr(row, name) for name in values}
    for name, value in values.items():
        setattr(row, name, value)
    return {
        name: [None, None] if name in UNTOLD else [_plain(before[name]), _plain(value)]
        for name, value in values.items()
        if before[name] != value and name != "owner_id"
    }


_MOVES = frozenset({"is_sensitive", "agency_id", "focal_user_id"})
"""The fields whose change moves an entry's history and reports to other readers."""


def _poster_words(words: Mapping[str, str]) -> dict[str, str]:
    return {language: words[language].strip() for language in LANGUAGES if words.get(language, "").strip()}


def _plain(value: Any) -> Any:
    if isinstance(value, time):
        return value.strftime("%H:%M")
    return str(value) if isinstance(value, uuid.UUID) else value


def _write_keys(row: DirectoryService) -> None:
    """Write the keys anew under which the service is found; a hidden place is found by nobody."""
    place = row.jamoat
    where = (place.name_tg, place.name_ru, place.name_en, place.name_fa) if place else ()
    words = word_keys(row.name, row.name_ru, row.name_en, row.name_fa, row.provider_name, row.address, *where)
    kinds: Iterable[tuple[str, Iterable[str]]] = (
        (ServiceKey.Kind.WORD, words),
        (ServiceKey.Kind.LANGUAGE, row.languages),
        (ServiceKey.Kind.ACCESS, row.accessibility),
    )
    ServiceKey.objects.filter(service=row).delete()
    ServiceKey.objects.bulk_create(
        ServiceKey(
            service=row, kind=kind, key=key, is_sensitive=row.is_sensitive, district_id=row.district_id,
            agency_id=row.agency_id, owner_id=row.owner_id,
        )
        for kind, keys in kinds for key in keys
    )  # fmt: skip


def _stop(
    row: DirectoryService, state: ServiceState, *, on: date, why: str, resumes_on: date | None, by: User
) -> DirectoryService:
    if not why.strip():
        raise Refused(_("Say why, so that nobody sends people there in vain."), "why", field="why")
    row.state, row.stopped_on, row.stopped_why, row.resumes_on = state, on, why, resumes_on
    row.version += 1
    row.save(force_update=True)
    act = ServiceAct.PAUSED if state is ServiceState.PAUSED else ServiceAct.CLOSED
    _note(row, act, by, note=why)
    remark(act=act)
    return row


def _note(
    row: DirectoryService, act: ServiceAct, by: User, *, changes: Mapping[str, Any] | None = None, note: str = ""
) -> None:
    ServiceChange(
        service=row, act=act, changes=dict(changes or {}), note=note, recorded_by=by, is_sensitive=row.is_sensitive,
        district_id=row.district_id, agency_id=row.agency_id, owner_id=row.owner_id,
    ).save(force_insert=True)  # fmt: skip


def _locked(service: DirectoryService, version: int) -> DirectoryService:
    row: DirectoryService = DirectoryService.objects.select_for_update().get(pk=service.pk)
    if row.version != version:
        raise Refused(
            _("Somebody else saved changes while you were typing. Compare with the present values and save again."),
            "stale",
        )
    return row


def _demand_state(row: DirectoryService, *states: ServiceState) -> None:
    if row.state not in states:
        raise Refused(_("Its state was changed meanwhile. Look at the entry again."), "state")


def _demand_day(on: date, today: date) -> None:
    if on > today:
        raise Refused(_("The day lies in the future. Check it."), "date", field="on")
