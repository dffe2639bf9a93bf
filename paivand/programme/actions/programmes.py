"""Beginning a programme, changing it, and who takes part."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from paivand.access.actions.mechanism import action, remark
from paivand.access.models import Agency, User
from paivand.access.rules.verbs import Verb
from paivand.core.models import Place
from paivand.core.rules.errors import Refused
from paivand.programme.actions.inside import MOST, demand_new, demand_titles, locked, set_values
from paivand.programme.models import Activity, BudgetShare, Output, Participation, Programme, Spending
from paivand.programme.rules.programmes import (
    ORGANISATION_TYPES,
    AgencyRole,
    ParticipationDraft,
    ProgrammeDraft,
    ProgrammeState,
    code_of,
    is_gcm_objective,
    is_sdg_target,
    sector_fault,
)
from paivand.programme.rules.spending import CURRENCIES
from paivand.programme.rules.words import written


@action(Verb.PROGRAMME_PLAN)
def begin_programme(
    *, programme_id: uuid.UUID, draft: ProgrammeDraft, by: User, today: date | None = None
) -> Programme:  # fmt: skip
    """Write down a new programme; ``programme_id`` is made by the form, so that a double tap makes one.

    Raises:
        Refused: ``twice``; ``code`` for one that is none or taken; else as ``edit_programme``.
    """
    demand_new(Programme, programme_id)
    code = code_of(draft.code)
    if code is None:
        raise Refused(_("Write a code of 2 to 12 capital Latin letters, digits and hyphens, such as JP-2021."),
                      "code", field="code")  # fmt: skip
    if Programme.objects.filter(code=code).exists():
        raise Refused(_("Another programme has this code already. Choose another one."), "code", field="code")
    values = _values(draft, today or timezone.localdate())
    programme = Programme(id=programme_id, code=code, **values)
    programme.save(force_insert=True)
    remark(act="programme.begin")
    return programme


@action(Verb.PROGRAMME_PLAN)
def edit_programme(
    *, programme: Programme, version: int, draft: ProgrammeDraft, by: User, today: date | None = None
) -> Programme:  # fmt: skip
    """Change what is known of a programme; its code stays.

    Raises:
        Refused: ``stale``; ``title``, ``date``, ``extension``, ``amount``, ``currency``, ``goals``, ``sectors``,
            ``place`` for what cannot be.
    """
    row = locked(programme, version)
    values = _values(draft, today or timezone.localdate())
    if values["currency"] != row.currency and Spending.objects.filter(programme=row).exists():
        raise Refused(_("Something was spent already: the currency cannot change any more."), "currency",
                      field="currency")  # fmt: skip
    remark(act="programme.edit", fields=set_values(row, values))
    return row


def _values(draft: ProgrammeDraft, today: date) -> dict[str, Any]:
    _demand_days(draft, today)
    _demand_money(draft)
    _demand_marks(draft)
    districts = set(Place.objects.districts().filter(pk__in=draft.districts).values_list("pk", flat=True))
    if len(districts) != len(set(draft.districts)):
        raise Refused(_("One of these is no district of the list. Choose again."), "place", field="districts")
    state = ProgrammeState.CLOSED if draft.closed_on else ProgrammeState.PLANNED
    if draft.started_on and not draft.closed_on:
        state = ProgrammeState.RUNNING
    return {
        "titles": demand_titles(draft.titles), "goal": written(draft.goal), "state": state,
        "starts_on": draft.starts_on, "months": draft.months, "started_on": draft.started_on,
        "extended_to_on": draft.extended_to_on, "extended_why": draft.extended_why.strip(),
        "closed_on": draft.closed_on, "donor": draft.donor.strip(), "fund": draft.fund.strip(),
        "budget": draft.budget, "currency": draft.currency, "themes": [theme.strip() for theme in draft.themes],
        "gcm_primary": list(draft.gcm_primary), "gcm_secondary": list(draft.gcm_secondary),
        "sdg_targets": list(draft.sdg_targets), "gender_marker": int(draft.gender_marker),
        "human_rights_marker": int(draft.human_rights_marker), "dac_gender": int(draft.dac_gender),
        "dac_disability": int(draft.dac_disability),
        "sectors": {code: str(percent) for code, percent in draft.sectors.items()},
        "iati_identifier": draft.iati_identifier.strip(), "reporting_ref": draft.reporting_ref.strip(),
        "reporting_name": draft.reporting_name.strip(), "districts": sorted(districts),
    }  # fmt: skip


def _demand_days(draft: ProgrammeDraft, today: date) -> None:
    if not 1 <= draft.months <= 240:
        raise Refused(_("A programme lasts from 1 to 240 months."), "months", field="months")
    for field in ("started_on", "closed_on"):
        day = getattr(draft, field)
        if day and day > today:
            raise Refused(_("The day lies in the future. Check it."), "date", field=field)
    if draft.closed_on and (draft.started_on is None or draft.closed_on < draft.started_on):
        raise Refused(_("A programme is closed after it began. Write both days."), "date", field="closed_on")
    if draft.extended_to_on and draft.extended_to_on <= draft.starts_on:
        raise Refused(_("An extension ends after the planned beginning. Check the day."), "extension",
                      field="extended_to_on")  # fmt: skip
    if bool(draft.extended_to_on) != bool(draft.extended_why.strip()):
        field = "extended_why" if draft.extended_to_on else "extended_to_on"
        raise Refused(_("An extension has its last day and its reason. Write both."), "extension", field=field)


def _demand_money(draft: ProgrammeDraft) -> None:
    if not draft.donor.strip():
        raise Refused(_("Write who pays for the programme."), "donor", field="donor")
    if not 0 < draft.budget < MOST:
        raise Refused(_("Write the whole budget: more than nothing, less than a thousand million."), "amount",
                      field="budget")  # fmt: skip
    if draft.currency not in CURRENCIES:
        raise Refused(_("Choose the currency from the list."), "currency", field="currency")


def _demand_marks(draft: ProgrammeDraft) -> None:
    if not all(is_gcm_objective(number) for number in (*draft.gcm_primary, *draft.gcm_secondary)):
        raise Refused(_("The Global Compact has the objectives 1 to 23. Check the numbers."), "goals",
                      field="gcm_primary")  # fmt: skip
    if set(draft.gcm_primary) & set(draft.gcm_secondary):
        raise Refused(_("An objective is either served first or besides, not both."), "goals", field="gcm_secondary")
    if not all(is_sdg_target(code) for code in draft.sdg_targets):
        raise Refused(_("Write goals and targets as in 5, 5.2 or 17.a, each on its own line."), "goals",
                      field="sdg_targets")  # fmt: skip
    said = {
        "code": _("A DAC sector has a code of five digits, such as 15180."),
        "percent": _("Each sector has a share of more than nothing, at most 100 per cent."),
        "sum": _("The shares of the sectors are 100 per cent together. Check them."),
    }
    fault = sector_fault(draft.sectors)
    if fault:
        raise Refused(said[fault], "sectors", field="sectors")


@action(Verb.PROGRAMME_PLAN)
def let_take_part(*, programme: Programme, version: int, draft: ParticipationDraft, by: User) -> Participation:
    """Write down that an organisation takes part, or change as what. ``version`` is 0 for one that is new.

    Raises:
        Refused: ``stale``; ``agency`` that does not exist; ``roles`` for none; ``type``; ``convening`` when another
            agency convenes, or this one is no participating organisation; ``budget`` when one with a budget should
            lose it.
    """
    _demand_part(programme, draft)
    values = {
        "roles": [role.value for role in AgencyRole if role in draft.roles], "is_puno": draft.is_puno,
        "is_convening": draft.is_convening, "iati_ref": draft.iati_ref.strip(),
        "organisation_type": draft.organisation_type, "part": written(draft.part), "ended_on": None,
    }  # fmt: skip
    row = Participation.objects.select_for_update().filter(programme=programme, agency_id=draft.agency_id).first()
    if row is None:
        row = Participation(programme=programme, agency_id=draft.agency_id, **values)
        row.save(force_insert=True)
        remark(act="agency.joins", programme=programme.code)
        return row
    row = locked(row, version)
    if row.is_puno and not draft.is_puno and _has_money(row):
        raise Refused(_("This agency has a budget or spent something: it stays a participating organisation."),
                      "budget", field="is_puno")  # fmt: skip
    remark(act="agency.edit", programme=programme.code, fields=set_values(row, values))
    return row


def _demand_part(programme: Programme, draft: ParticipationDraft) -> None:
    if not Agency.objects.filter(pk=draft.agency_id).exists():
        raise Refused(_("Choose an organisation from the list. An administrator adds one that is missing."),
                      "agency", field="agency")  # fmt: skip
    if not draft.roles:
        raise Refused(_("Say at least one role: who funds, who is accountable, who implements."), "roles",
                      field="roles")  # fmt: skip
    if draft.organisation_type and draft.organisation_type not in ORGANISATION_TYPES:
        raise Refused(_("Choose the type of organisation from the list."), "type", field="organisation_type")
    if not draft.is_convening:
        return
    if not draft.is_puno:
        raise Refused(_("The convening agency is one of the participating organisations with a budget."),
                      "convening", field="is_convening")  # fmt: skip
    others = Participation.objects.filter(programme=programme, is_convening=True, ended_on=None)
    if others.exclude(agency_id=draft.agency_id).exists():
        raise Refused(_("Another agency convenes this programme. Take it from that one first."), "convening",
                      field="is_convening")  # fmt: skip


def _has_money(row: Participation) -> bool:
    shares = BudgetShare.objects.filter(budget__programme=row.programme_id, agency=row.agency_id)
    spent = Spending.objects.filter(programme=row.programme_id, agency=row.agency_id)
    return bool(shares.exists() or spent.exists())


@action(Verb.PROGRAMME_PLAN)
def end_part(
    *, participation: Participation, version: int, on: date, by: User, today: date | None = None
) -> Participation:
    """Write down that an organisation takes part no longer; what it did and spent stays.

    Raises:
        Refused: ``stale``; ``already``; ``date`` in the future; ``plan`` while it answers for a part of the plan.
    """
    row = locked(participation, version)
    if row.ended_on:
        raise Refused(_("This organisation takes part no longer already."), "already")
    if on > (today or timezone.localdate()):
        raise Refused(_("The day lies in the future. Check it."), "date", field="on")
    answers = Output.objects.filter(programme=row.programme_id, agency=row.agency_id).exists()
    if answers or Activity.objects.filter(programme=row.programme_id, agency=row.agency_id).exists():
        raise Refused(_("This organisation answers for outputs or activities. Give them to another one first."), "plan")
    set_values(row, {"ended_on": on, "is_convening": False})
    remark(act="agency.leaves")
    return row
