"""What tests of programmes are made of: the Joint Programme founded, drafts with something changed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from paivand.access.models import Agency
from paivand.access.models.identity import acting_as
from paivand.access.rules.scopes import Scope
from paivand.core.models import new_id
from paivand.programme.actions.founding import add_missing_agencies, found_programme, joint_programme
from paivand.programme.actions.spending import enter_spending
from paivand.programme.models import Programme, Spending
from paivand.programme.rules.programmes import ProgrammeDraft
from paivand.programme.rules.spending import SpendingDraft, SpendingKind

TODAY = date(2026, 11, 20)


def founded(manager: Any, admin: Any, declaration: Any = None) -> Programme:
    """A programme from its declaration, that of the parameters unless told."""
    declaration = declaration or joint_programme()
    with acting_as(admin):
        add_missing_agencies(declaration=declaration, by=admin)
    with acting_as(manager):
        return found_programme(declaration=declaration, by=manager, today=TODAY)


def agency(name: str) -> Agency:
    """The agency of this name; within somebody's identity."""
    return Agency.objects.get(name=name)


def drafted(**changes: Any) -> ProgrammeDraft:
    """A programme that begins in 2025."""
    values: dict[str, Any] = {
        "code": "NEXT-1", "titles": {"en": "Next programme"}, "goal": {"en": "A goal"}, "starts_on": date(2025, 1, 1),
        "months": 24, "donor": "A donor", "budget": Decimal(107000), "started_on": date(2025, 1, 15),
    }  # fmt: skip
    return ProgrammeDraft(**{**values, **changes})


def spending(agency_id: Any, **changes: Any) -> SpendingDraft:
    """Spending of FAO's output on supplies."""
    values: dict[str, Any] = {
        "agency_id": agency_id, "output": "2.2", "category": "supplies", "kind": SpendingKind.EXPENDITURE,
        "spent_on": date(2022, 5, 10), "amount": Decimal("1500.00"), "currency": "USD",
        "description": "Қубурҳои обёрии қатрагӣ",
    }  # fmt: skip
    return SpendingDraft(**{**values, **changes})


def spent(by: Any, programme: Programme, name: str = "FAO", **changes: Any) -> Spending:
    """Spending entered by ``by``."""
    more = {key: changes.pop(key) for key in ("content", "file_name", "spending_id", "today") if key in changes}
    with acting_as(by):
        one = agency(name)
        return enter_spending(
            programme=programme, where=Scope(agency_id=one.pk), draft=spending(one.pk, **changes), by=by,
            **{"spending_id": new_id(), "today": TODAY, **more},
        )  # fmt: skip
