"""The budget of a programme: written as a draft, agency by agency, and adopted once its sums are right."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from paivand.access.actions.mechanism import action, remark
from paivand.access.models import Agency, User
from paivand.access.rules.scopes import Scope
from paivand.access.rules.verbs import Verb
from paivand.core.rules.errors import Refused
from paivand.programme.actions.inside import MOST, demand_new, locked, set_values
from paivand.programme.models import (
    Budget,
    BudgetLine,
    BudgetShare,
    Output,
    Participation,
    Programme,
    Spending,
)
from paivand.programme.queries.money import adopted_budget, share_drafts
from paivand.programme.rules.budget import BudgetState, Fault, ShareDraft, Wrong, faults, indirect_fault
from paivand.programme.rules.categories import CENT, scheme
from paivand.programme.rules.spending import SpendingKind


@action(Verb.PROGRAMME_PLAN)
def draft_budget(*, programme: Programme, budget_id: uuid.UUID, total: Decimal, by: User) -> Budget:
    """Begin a version of the budget: the first one empty, a revision with the lines of the one that holds.

    Raises:
        Refused: ``twice``; ``draft`` while another version is being written; ``amount``.
    """
    demand_new(Budget, budget_id)
    if Budget.objects.filter(programme=programme, state=BudgetState.DRAFT).exists():
        raise Refused(_("A draft of the budget is there already. Adopt it first."), "draft")
    if not 0 < total < MOST:
        raise Refused(
            _("Write the whole budget: more than nothing, less than a thousand million."), "amount", field="total"
        )
    before = adopted_budget(by, programme)
    budget = Budget(
        id=budget_id, programme=programme, n=before.n + 1 if before else 1, total=total, currency=programme.currency,
        scheme_from=programme.starts_on,
    )  # fmt: skip
    budget.save(force_insert=True)
    if before:
        outputs = _outputs(programme)
        for share in share_drafts(by, before):
            _write(budget, share, outputs)
    remark(act="budget.draft", programme=programme.code, n=budget.n)
    return budget


@action(Verb.PROGRAMME_PLAN, on="where")
def write_share(
    *, budget: Budget, where: Scope, version: int, share: ShareDraft, by: User, anyway: bool = False
) -> BudgetShare:  # fmt: skip
    """Write one agency's part of a draft; ``version`` is that of its share, 0 for a new one.

    Raises:
        Refused: ``stale``; ``adopted``; ``agency`` without a part in the budget; ``line`` for an output or a category
            that is not there, or an amount that cannot be; ``indirect`` when the indirect cost is not the per cent of
            the direct ones, with ``detail["fault"]``, unless ``anyway``.
    """
    if where.agency_id != share.agency_id:
        raise ValueError("where= names the agency of the share.")
    draft = locked_draft(budget)
    outputs = _outputs(draft.programme)
    _demand_share(draft, share, outputs)
    fault = indirect_fault(share, scheme(draft.scheme_from))
    if fault and not anyway:
        raise Refused(told(fault, _name(share.agency_id), draft.currency), "indirect", field="indirect",
                      detail={"fault": fault})  # fmt: skip
    row = BudgetShare.objects.filter(budget=draft, agency_id=share.agency_id).first()
    if row is None:
        if version:
            raise Refused(_("This draft was begun anew meanwhile. Open the page again."), "stale")
        row = _write(draft, share, outputs)
    else:
        row = locked(row, version)
        BudgetLine.objects.filter(share=row).delete()
        row.indirect = share.indirect
        row.version += 1
        row.save(update_fields=["indirect", "version", "changed_at"])
        _write_lines(row, share, outputs)
    remark(act="budget.share", programme=draft.programme.code, n=draft.n, lines=len(share.lines))
    return row


@action(Verb.PROGRAMME_PLAN)
def adopt_budget(
    *, budget: Budget, version: int, on: date, by: User, reason: str = "", today: date | None = None
) -> Budget:  # fmt: skip
    """Adopt a draft: from now on it holds and never changes; the programme's budget becomes its total.

    Raises:
        Refused: ``stale``; ``adopted``; ``date`` in the future, or before the version it follows; ``reason`` for a
            revision without one; ``sums`` when the sums are wrong, saying which agency's and by how much; ``spent``
            when something was spent on a line that is not in it any more.
    """
    row = locked_draft(budget, version)
    programme = row.programme
    before = adopted_budget(by, programme)
    if on > (today or timezone.localdate()):
        raise Refused(_("The day lies in the future. Check it."), "date", field="on")
    if before and before.adopted_on and on < before.adopted_on:
        raise Refused(_("The budget before this one holds from a later day. Check the day."), "date", field="on")
    if before and not reason.strip():
        raise Refused(_("Say why the budget is revised."), "reason", field="reason")
    shares = share_drafts(by, row)
    wrong = faults(shares, scheme(row.scheme_from), row.total)
    if wrong:
        raise Refused(" ".join(told(one, _name(one.agency_id), row.currency) for one in wrong), "sums",
                      detail={"faults": wrong})  # fmt: skip
    _demand_spent_lines(programme, shares)
    set_values(
        row, {"state": BudgetState.ADOPTED, "adopted_on": on, "adopted_by_id": by.pk, "reason": reason.strip()}
    )  # fmt: skip
    if programme.budget != row.total:
        set_values(locked(programme), {"budget": row.total})
    remark(act="budget.adopt", programme=programme.code, n=row.n)
    return row


@action(Verb.PROGRAMME_PLAN)
def change_total(*, budget: Budget, version: int, total: Decimal, by: User) -> Budget:
    """Change what the sum of a draft must be.

    Raises:
        Refused: ``stale``; ``adopted``; ``amount``.
    """
    row = locked_draft(budget, version)
    if not 0 < total < MOST:
        raise Refused(
            _("Write the whole budget: more than nothing, less than a thousand million."), "amount", field="total"
        )
    remark(act="budget.total", fields=set_values(row, {"total": total}))
    return row


def locked_draft(budget: Budget, version: int | None = None) -> Budget:
    """The draft, locked.

    Raises:
        Refused: ``adopted`` when it is one no more.
    """
    row = locked(budget, version)
    if not row.is_draft:
        raise Refused(_("This budget is adopted and does not change any more. Begin a revision."), "adopted")
    return row


def told(fault: Fault, agency: str, currency: str) -> str:
    """What is wrong with a sum, in a sentence: whose, what it is, what it must be, and the difference."""
    values = {
        "agency": agency, "found": f"{fault.found:,.2f}", "expected": f"{fault.expected:,.2f}",
        "by": f"{abs(fault.difference):,.2f}", "currency": currency,
    }  # fmt: skip
    if fault.wrong is Wrong.INDIRECT:
        if fault.difference > 0:
            return (
                _(
                    "%(agency)s: the indirect support costs are %(found)s and must be %(expected)s %(currency)s; "
                    "that is %(by)s too much."
                )
                % values
            )
        return (
            _(
                "%(agency)s: the indirect support costs are %(found)s and must be %(expected)s %(currency)s; "
                "%(by)s are missing."
            )
            % values
        )
    if fault.difference > 0:
        return (
            _("All agencies together have %(found)s, the budget is %(expected)s %(currency)s: %(by)s too much.")
            % values
        )
    return (
        _("All agencies together have %(found)s, the budget is %(expected)s %(currency)s: %(by)s are missing.") % values
    )


def _name(agency_id: uuid.UUID | None) -> str:
    if agency_id is None:
        return ""
    return str(Agency.objects.values_list("name", flat=True).get(pk=agency_id))


def _outputs(programme: Programme) -> dict[str, Output]:
    return {row.code: row for row in Output.objects.filter(programme=programme)}


def _demand_share(budget: Budget, share: ShareDraft, outputs: dict[str, Output]) -> None:
    takes_part = Participation.objects.filter(
        programme=budget.programme_id, agency_id=share.agency_id, is_puno=True, ended_on=None
    )
    if not takes_part.exists():
        raise Refused(_("Only participating organisations have a part of the budget."), "agency", field="agency")
    known = scheme(budget.scheme_from).codes
    for (output, category), amount in share.lines.items():
        if output not in outputs or category not in known:
            raise Refused(_("This output or category does not exist in this budget."), "line")
        if amount <= 0 or amount >= MOST or amount != amount.quantize(CENT):
            raise Refused(_("An amount is more than nothing and has two decimals at most."), "line")
    if not 0 <= share.indirect < MOST:
        raise Refused(_("The indirect support costs are not less than nothing."), "line", field="indirect")


def _write(budget: Budget, share: ShareDraft, outputs: dict[str, Output]) -> BudgetShare:
    row = BudgetShare(budget=budget, agency_id=share.agency_id, indirect=share.indirect)
    row.save(force_insert=True)
    _write_lines(row, share, outputs)
    return row


def _write_lines(row: BudgetShare, share: ShareDraft, outputs: dict[str, Output]) -> None:
    BudgetLine.objects.bulk_create(
        [
            BudgetLine(share=row, agency_id=row.agency_id, output=outputs[output], category=category, amount=amount)
            for (output, category), amount in share.lines.items()
        ]
    )


def _demand_spent_lines(programme: Programme, shares: Sequence[ShareDraft]) -> None:
    budgeted = {(share.agency_id, *line) for share in shares for line in share.lines}
    rows = Spending.objects.filter(programme=programme, kind=SpendingKind.EXPENDITURE, output__isnull=False)
    rows = rows.filter(reverses=None, reversed_by=None).order_by()
    spent = set(rows.values_list("agency_id", "output__code", "category"))
    lost = sorted(spent - budgeted, key=lambda line: (line[1], line[2]))
    if lost:
        agency, output, category = lost[0]
        found, language = scheme(programme.starts_on).category(category), get_language() or "en"
        raise Refused(
            _("%(agency)s spent money on output %(output)s, category “%(category)s”: the budget needs this line.")
            % {"agency": _name(agency), "output": output, "category": found.title(language) if found else category},
            "spent",
        )  # fmt: skip
