"""Budgets and spending: the UN budget table, the versions of a budget, and the entries behind a sum."""

from __future__ import annotations

import uuid
from collections import defaultdict
from decimal import Decimal

from django.db.models import Q, Sum

from paivand.access.models import User
from paivand.core.rules.pages import Page
from paivand.programme.models import Budget, BudgetLine, BudgetShare, Output, Participation, Programme, Spending
from paivand.programme.rules.budget import BudgetAgency, BudgetState, BudgetTable, Key, Money, ShareDraft
from paivand.programme.rules.categories import scheme
from paivand.programme.rules.plan import in_order
from paivand.programme.rules.spending import SpendingKind

PAGE = 50


def budgets(by: User, programme: Programme) -> list[Budget]:
    """All versions of a budget, the latest first."""
    return list(Budget.objects.seen_by(by).filter(programme=programme).select_related("adopted_by"))


def budget_numbered(by: User, programme: Programme, n: int) -> Budget | None:
    """One version."""
    found: Budget | None = Budget.objects.seen_by(by).filter(programme=programme, n=n).first()
    return found


def adopted_budget(by: User, programme: Programme) -> Budget | None:
    """The version that holds: the last one that was adopted."""
    rows = Budget.objects.seen_by(by).filter(programme=programme, state=BudgetState.ADOPTED)
    found: Budget | None = rows.order_by("-n").first()
    return found


def draft_budget(by: User, programme: Programme) -> Budget | None:
    """The version that is being written."""
    found: Budget | None = Budget.objects.seen_by(by).filter(programme=programme, state=BudgetState.DRAFT).first()
    return found


def share_drafts(by: User, budget: Budget) -> list[ShareDraft]:
    """The shares of a budget as plain values, by agency."""
    lines: dict[uuid.UUID, dict[tuple[str, str], Decimal]] = defaultdict(dict)
    for row in BudgetLine.objects.seen_by(by).filter(share__budget=budget).select_related("output"):
        lines[row.share_id][row.output.code, row.category] = row.amount
    shares = BudgetShare.objects.seen_by(by).filter(budget=budget).order_by("agency__sort_key")
    return [ShareDraft(share.agency_id, lines[share.pk], share.indirect) for share in shares]


def share_of(by: User, budget: Budget, agency_id: uuid.UUID) -> BudgetShare | None:
    """The share of one agency."""
    found: BudgetShare | None = BudgetShare.objects.seen_by(by).filter(budget=budget, agency_id=agency_id).first()
    return found


def budget_table(by: User, programme: Programme, budget: Budget | None = None) -> BudgetTable:
    """The UN budget table: the budget that holds (or another version of it), with everything spent until now.

    A programme without an adopted budget gives a table with nothing budgeted; what was spent stands in it all the same.
    """
    budget = budget or adopted_budget(by, programme)
    the_scheme = scheme(budget.scheme_from if budget else programme.starts_on)
    cells: dict[Key, Money] = defaultdict(Money)
    if budget:
        for share in share_drafts(by, budget):
            for (output, category), amount in share.lines.items():
                cells[share.agency_id, output, category] += Money(budget=amount)
            cells[share.agency_id, "", the_scheme.indirect.code] += Money(budget=share.indirect)
    _add_spent(by, programme, cells)
    gender = Output.objects.seen_by(by).filter(programme=programme).values_list("code", "gender_share")
    outputs = dict(gender)
    return BudgetTable(
        programme=programme.code, currency=programme.currency,
        total_planned=budget.total if budget else programme.budget, scheme=the_scheme,
        agencies=_agencies(by, programme, {key[0] for key in cells}), outputs=tuple(sorted(outputs, key=in_order)),
        cells=dict(cells), n=budget.n if budget else 0, adopted_on=budget.adopted_on if budget else None,
        gender_shares={code: share for code, share in outputs.items() if share is not None},
    )  # fmt: skip


def _add_spent(by: User, programme: Programme, cells: dict[Key, Money]) -> None:
    spent = Spending.objects.seen_by(by).filter(programme=programme).order_by()
    sums = spent.values_list("agency_id", "output__code", "category", "kind").annotate(spent=Sum("worth"))
    for agency, output, category, kind, amount in sums:
        money = Money(expenditure=amount) if kind == SpendingKind.EXPENDITURE else Money(commitments=amount)
        cells[agency, output or "", category] += money


def _agencies(by: User, programme: Programme, named: set[uuid.UUID]) -> tuple[BudgetAgency, ...]:
    """The participating organisations and whoever else has money in the table; the convening one first."""
    rows = Participation.objects.seen_by(by).filter(Q(is_puno=True) | Q(agency__in=named), programme=programme)
    ordered = sorted(rows.select_related("agency"), key=lambda row: (not row.is_convening, row.agency.sort_key))
    return tuple(BudgetAgency(row.agency_id, row.agency.name, row.iati_ref) for row in ordered)


def spending_page(
    by: User, programme: Programme, *, agency: uuid.UUID | None = None, output: str = "", kind: str = "",
    after: str = "",
) -> Page[Spending]:  # fmt: skip
    """A page of what was spent, the latest first."""
    rows = Spending.objects.seen_by(by).filter(programme=programme)
    if agency:
        rows = rows.filter(agency=agency)
    if output:
        rows = rows.filter(output__code=output)
    if kind in set(SpendingKind):
        rows = rows.filter(kind=kind)
    day, _, last = after.partition("~")
    if last:
        try:
            rows = rows.filter(Q(spent_on__lt=day) | Q(spent_on=day, pk__lt=uuid.UUID(last)))
        except ValueError:
            return Page([], None, more=False)
    rows = rows.select_related("agency", "output", "activity", "reverses", "reversed_by")
    found = list(rows.order_by("-spent_on", "-id")[: PAGE + 1])
    return Page.cut(found, PAGE, lambda row: f"{row.spent_on}~{row.pk}")


def all_spending(by: User, programme: Programme) -> list[Spending]:
    """Everything that was spent, in the order of its days; for exports of transactions."""
    rows = Spending.objects.seen_by(by).filter(programme=programme)
    return list(rows.select_related("agency", "output", "activity").order_by("spent_on", "id"))


def spending_entry(by: User, programme: Programme, spending_id: uuid.UUID) -> Spending | None:
    """One entry."""
    rows = Spending.objects.seen_by(by).filter(programme=programme, pk=spending_id)
    joined = rows.select_related("agency", "output", "activity", "reverses", "reversed_by", "recorded_by")
    found: Spending | None = joined.first()
    return found
