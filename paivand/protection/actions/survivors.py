"""Survivors' files: opened after the first talk, mended, closed with their checklist, opened again."""

from __future__ import annotations

import secrets
import uuid
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from paivand.access.actions.mechanism import action, remark
from paivand.access.models import User
from paivand.access.rules.scopes import Scope
from paivand.access.rules.verbs import Verb
from paivand.core.rules.errors import Refused
from paivand.protection.actions.files import coded_step, demand_fresh, locked_file, once, tell
from paivand.protection.models import Survivor, SurvivorConsent, SurvivorKey, SurvivorTransition
from paivand.protection.queries.directory import sectors_there
from paivand.protection.queries.referrals import under_way
from paivand.protection.queries.survivors import digests_of
from paivand.protection.rules.consents import Given, Kind, why_not_valid
from paivand.protection.rules.drafts import Name, SurvivorDraft, refused_answers
from paivand.protection.rules.people import age_group_on
from paivand.protection.rules.sectors import unavailable
from paivand.protection.rules.states import Closing, Edge, after, missing_checks, too_early
from paivand.registry.models import JourneyStep

_NUMBERS, _TRIES = 1_000_000, 40
SUPPORTED = "survivor.supported"


@action(Verb.SURVIVOR_WORK, on="scope")
def open_file(
    *, scope: Scope, survivor_id: uuid.UUID, draft: SurvivorDraft, given: Given, reporting: bool, told_on: date,
    by: User, although_unavailable: bool = False, on: date | None = None,
) -> Survivor:  # fmt: skip
    """Open a survivor's file after the first talk, under a code drawn by lot.

    Nothing is written unless some of the help that is asked for can be had: what cannot help is not collected.

    Args:
        given: her consent to be helped; of a child also what child and caregiver say.
        reporting: whether she agrees, apart from that, to be counted without a name.
        told_on: when she was told, before she told anything, what must be passed on by law.
        although_unavailable: she knows that part of what she wants is not to be had in the district now.
        on: the day of the first talk, today unless told.

    Raises:
        Refused: ``twice``; ``wanted``, ``no_service``, ``unavailable``; ``consent``, ``date``, ``declined``, ``age``.
    """
    once(Survivor, survivor_id)
    day = on or timezone.localdate()
    if max(told_on, given.given_on) > day or day > timezone.localdate() or told_on > given.given_on:
        raise Refused(
            _("She or he is told about duties to report first, then agrees, and neither lies in the future."), "date",
            field="told_on",
        )  # fmt: skip
    survivor = Survivor(
        id=survivor_id, told_on=told_on, opened_on=day, last_contact_on=day, recorded_by=by,
        unavailable=_demand_help(by, scope, draft, although_unavailable), district_id=str(scope.district_id),
        agency_id=scope.agency_id, team_id=scope.team_id, owner_id=scope.owner_id,
    )  # fmt: skip
    fill_survivor(survivor, draft, day)
    _demand_valid(given, survivor, day)
    _save_under_a_code(survivor)
    for kind in (Kind.SERVICES, Kind.REPORTING) if reporting else (Kind.SERVICES,):
        consent_row(survivor, kind, given, by).save()
    _step(survivor, None, Edge.OPEN, day, by).save()
    _write_keys(survivor)
    JourneyStep.objects.bulk_create([coded_step(survivor, SUPPORTED, day, by)])
    remark(act="file.open", sectors=len(draft.wanted), declined=len(draft.declined))
    return survivor


@action(Verb.SURVIVOR_WORK, on="survivor")
def read_file(*, survivor: Survivor, by: User) -> Survivor:
    """Note that a file was opened for reading."""
    remark(act="file.read")
    return survivor


@action(Verb.SURVIVOR_WORK, on="survivor")
def edit_file(*, survivor: Survivor, version: int, draft: SurvivorDraft, by: User) -> Survivor:
    """Change what is known of the person. Which help is wanted may change too, and is not asked of the directory again.

    Raises:
        Refused: ``stale``, ``closed``, ``declined``, ``age``, ``wanted``.
    """
    locked = locked_file(survivor)
    demand_fresh(locked, version)
    if not draft.wanted:
        raise Refused(_("Choose which help is wanted."), "wanted", field="wanted")
    before = locked.name
    changed = fill_survivor(locked, draft, locked.opened_on)
    locked.version += 1
    locked.save()
    if locked.name != before:
        _write_keys(locked)
    remark(act="file.edit", changed=changed)
    return locked


@action(Verb.SURVIVOR_WORK, on="survivor")
def close_file(*, survivor: Survivor, version: int, closing: Closing, note: str, on: date, by: User) -> Survivor:
    """Close a file with its reason and its checklist.

    Raises:
        Refused: ``stale``; ``state`` when it is closed already; ``date``; ``under_way`` while a referral is; ``checks``
            for what was not done; ``too_early`` for want of contact after too few days.
    """
    locked = locked_file(survivor, at_work=False)
    demand_fresh(locked, version)
    state = _demand_edge(locked, Edge.CLOSE)
    today = timezone.localdate()
    if not locked.opened_on <= on <= today:
        raise Refused(_("The day lies before the file was opened or in the future. Check it."), "date", field="on")
    if under_way(by, locked):
        raise Refused(
            _("A referral is under way. Take it back, or wait for its end, then close the file."), "under_way"
        )  # fmt: skip
    if too_early(closing, on):
        raise Refused(
            _("The last contact is not long enough ago for this reason. Choose another reason, or wait."), "too_early",
            field="closing",
        )  # fmt: skip
    if missing_checks(closing):
        raise Refused(
            _("Something of the checklist is not done yet. Do it first; the review alone may be explained instead."),
            "checks", field="checks",
        )  # fmt: skip
    step = _step(locked, locked.state, Edge.CLOSE, on, by)
    step.reason, step.checks = closing.reason, sorted(closing.checks)
    step.note = "\n".join(part for part in (note.strip(), closing.waived_because.strip()) if part)
    locked.state, locked.closed_on, locked.closing_reason, locked.next_on = state, on, closing.reason, None
    locked.version += 1
    locked.save()
    step.save()
    remark(act="file.close", edge=f"{step.from_state}>{state}")
    return locked


@action(Verb.SURVIVOR_WORK, on="survivor")
def reopen_file(*, survivor: Survivor, version: int, why: str, by: User) -> Survivor:
    """Open a closed file again: she came back, or something was found to be undone.

    Raises:
        Refused: ``stale``, ``state``; ``why`` without a word.
    """
    locked = locked_file(survivor, at_work=False)
    demand_fresh(locked, version)
    state = _demand_edge(locked, Edge.REOPEN)
    if not why.strip():
        raise Refused(_("Say why, in a few words."), "why", field="why")
    today = timezone.localdate()
    step = _step(locked, locked.state, Edge.REOPEN, today, by)
    step.note = why.strip()
    locked.state, locked.closed_on, locked.closing_reason = state, None, ""
    locked.reopened_on = locked.last_contact_on = today
    locked.version += 1
    locked.save()
    step.save()
    remark(act="file.reopen", edge=f"{step.from_state}>{state}")
    return locked


def fill_survivor(survivor: Survivor, draft: SurvivorDraft, on: date) -> list[str]:
    """Copy the draft onto the file; returns the names of the fields that changed.

    Raises:
        Refused: ``declined`` where a declined question is answered, ``age`` where year and group contradict each other.
    """
    answered = refused_answers(draft)
    if answered:
        raise Refused(
            _("This question was declined and is answered too. Keep one of the two."), "declined", field=answered[0]
        )
    group = draft.age_group
    if draft.birth_year:
        group = age_group_on(draft.birth_year, on)
        if draft.age_group and draft.age_group != age_group_on(draft.birth_year + 1, on) and draft.age_group != group:
            raise Refused(_("Year of birth and age contradict each other. Check both."), "age", field="birth_year")
    if not group and "age_group" not in draft.declined:
        raise Refused(_("Choose the age, or note that she or he prefers not to say."), "age", field="age_group")
    if not draft.sex and "sex" not in draft.declined:
        raise Refused(_("Choose the sex, or note that she or he prefers not to say."), "sex", field="sex")
    new: dict[str, Any] = {
        "name": _name_kept(draft.name), "contact": draft.contact.kept(), "sex": draft.sex,
        "birth_year": draft.birth_year, "age_group": str(group or ""), "marital": draft.marital,
        "displacement": draft.displacement, "disability": draft.disability, "child_alone": draft.child_alone,
        "origin": draft.origin, "language": draft.language, "came_from": draft.came_from,
        "wanted": [str(sector) for sector in draft.wanted], "declined": sorted(draft.declined),
    }  # fmt: skip
    changed = [name for name, value in new.items() if getattr(survivor, name) != value]
    for name, value in new.items():
        setattr(survivor, name, value)
    return changed


def consent_row(survivor: Survivor, kind: Kind, given: Given, by: User) -> SurvivorConsent:
    """The unsaved row of a consent, without sector and organisation."""
    return tell(
        SurvivorConsent, survivor, by, kind=kind, method=given.method, given_on=given.given_on, assent=given.assent,
        caregiver=str(given.caregiver or ""), caregiver_reason=given.caregiver_reason.strip(),
    )  # fmt: skip


def demand_valid(given: Given, survivor: Survivor, on: date) -> Given:
    """The consent, without what is asked for children only where it is none's; a Refused where it does not count."""
    _demand_valid(given, survivor, on)
    return given


def _demand_valid(given: Given, survivor: Survivor, on: date) -> None:
    fault = why_not_valid(given, survivor.age_group, survivor.years_on(on))
    if fault:
        raise Refused(_(fault[1]), "consent", field=fault[0])


def _demand_help(by: User, scope: Scope, draft: SurvivorDraft, although: bool) -> list[str]:
    """The wanted sectors that cannot be had now; a Refused where none can, or where she does not know it yet."""
    if not draft.wanted:
        raise Refused(
            _("Ask first which help is wanted. Nothing is written down that helps nobody."), "wanted", field="wanted"
        )
    missing = unavailable(draft.wanted, sectors_there(by, str(scope.district_id)))
    if len(missing) == len(set(draft.wanted)):
        raise Refused(
            _(
                "No service for this is open in the directory of the district. Nothing is collected that cannot help: "
                "tell her or him where help is, and write nothing down."
            ),
            "no_service", field="wanted",
        )  # fmt: skip
    if missing and not although:
        raise Refused(
            _("For a part of it no service is open in the district. Say so, and ask whether to go on."), "unavailable",
            field="although_unavailable", detail={"sectors": [str(sector) for sector in missing]},
        )  # fmt: skip
    return [str(sector) for sector in missing]


def _save_under_a_code(survivor: Survivor) -> None:
    """Draw numbers until one is free. Numbers of files beyond reach are taken too, without being seen."""
    for _again in range(_TRIES):
        survivor.number = 1 + secrets.randbelow(_NUMBERS - 1)
        try:
            with transaction.atomic():
                survivor.save(force_insert=True)
        except IntegrityError as error:
            if "number" not in str(error):
                raise
        else:
            return
    raise Refused(_("No free code was found. Try again."), "code")


def _write_keys(survivor: Survivor) -> None:
    """Write the digests anew under which the file is found by name."""
    SurvivorKey.objects.filter(survivor=survivor).delete()
    place = {"district_id": survivor.district_id, "agency_id": survivor.agency_id, "team_id": survivor.team_id,
             "owner_id": survivor.owner_id}  # fmt: skip
    SurvivorKey.objects.bulk_create(
        SurvivorKey(survivor=survivor, digest=digest, **place) for digest in sorted(digests_of(survivor.name_told))
    )


def _step(survivor: Survivor, state: str | None, edge: Edge, on: date, by: User) -> SurvivorTransition:
    reached = after(state, edge)
    return tell(
        SurvivorTransition, survivor, by, edge=edge, from_state=state or "", to_state=str(reached), happened_on=on
    )


def _demand_edge(survivor: Survivor, edge: Edge) -> str:
    """The state that the edge leads to; a Refused where it leads nowhere."""
    reached = after(survivor.state, edge)
    if reached is None:
        raise Refused(_("The file is not in a state in which this is done. Open its page again."), "state")
    return str(reached)


def _name_kept(name: Name) -> dict[str, str]:
    parts = {"given": name.given, "family": name.family, "father": name.father}
    return {part: value for part, value in parts.items() if value}
