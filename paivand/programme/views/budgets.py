"""The budget: the UN table with its delivery, the versions, and the draft with its grid."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from paivand.access.rules.scopes import Scope
from paivand.access.views.gate import conflict, refuse
from paivand.core.rules.amounts import write_amount
from paivand.core.rules.errors import Refused
from paivand.programme.actions import budgets as actions
from paivand.programme.forms.money import AdoptForm, ShareForm, TotalForm
from paivand.programme.models import Budget
from paivand.programme.queries import money as queries
from paivand.programme.queries.programmes import participation_of, plan_tree
from paivand.programme.rules.budget import faults
from paivand.programme.rules.categories import scheme
from paivand.programme.views.found import PLANS, Asked, once, or_404
from paivand.programme.views.workplan import table_text


@require_GET
def budget_open(request: HttpRequest, programme_code: str) -> HttpResponse:
    """The budget that holds, or with ``?version=`` an earlier one or the draft."""
    asked = Asked.of(request, programme_code)
    versions = queries.budgets(asked.by, asked.programme)
    typed = request.GET.get("version", "")
    shown = next((row for row in versions if str(row.n) == typed), None) if typed else None
    if typed and shown is None:
        or_404(None)
    shown = shown or next((row for row in versions if not row.is_draft), None)
    draft = next((row for row in versions if row.is_draft), None)
    table = queries.budget_table(asked.by, asked.programme, shown)
    titles = {output.code: output for output in plan_tree(asked.by, asked.programme).outputs}
    return asked.page(
        request, "budget_open", here="budget", table=table, total=table.total, versions=versions, shown=shown,
        draft=draft, direct=table.direct_of(),
        outputs=[(titles[output], table.sum_of(output=output)) for output in table.outputs],
        agencies=[(agency, table.sum_of(agency=agency.id)) for agency in table.agencies],
    )  # fmt: skip


@require_GET
def budget_csv(request: HttpRequest, programme_code: str) -> HttpResponse:
    """Every line of the budget that holds, with what was spent of it."""
    asked = Asked.of(request, programme_code)
    table = queries.budget_table(asked.by, asked.programme)
    names = {agency.id: agency.name for agency in table.agencies}
    language = get_language() or "en"
    titles = {category.code: f"{category.n}. {category.title(language)}" for category in table.categories}
    order = {category.code: category.n for category in table.categories}
    rows: list[list[Any]] = [
        [_("Agency"), _("Output"), _("Category"), _("Budget"), _("Expenditure"), _("Commitments"), _("Currency")]
    ]
    for key in sorted(table.cells, key=lambda key: (names[key[0]], not key[1], key[1], order[key[2]])):
        money = table.cells[key]
        rows.append(
            [names[key[0]], key[1], titles[key[2]], money.budget, money.expenditure, money.commitments, table.currency]
        )
    answer = HttpResponse(table_text(rows), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="budget-{asked.programme.code.lower()}.csv"'
    return answer


@require_http_methods(["GET", "POST"])
def budget_begin(request: HttpRequest, programme_code: str) -> HttpResponse:
    """Begin the budget, or a revision of it."""
    asked = Asked.of(request, programme_code, PLANS, whole=True)
    before = queries.adopted_budget(asked.by, asked.programme)
    form = TotalForm(request.POST or None, initial={"total": write_amount(asked.programme.budget)})
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            once(
                lambda: actions.draft_budget(
                    programme=asked.programme, budget_id=form.form_key(), total=form.cleaned_data["total"], by=asked.by
                )
            )
            return asked.to("budget-draft")
    return asked.form_page(
        request, form, heading=_("Revise the budget") if before else _("Write the budget"), save=_("Begin the draft"),
        back=asked.address("budget-open"),
        note=_("The draft begins with the lines of the budget that holds.") if before else "",
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def budget_draft(request: HttpRequest, programme_code: str) -> HttpResponse:
    """The draft: every agency with its sum, what is still wrong, and its adoption."""
    asked = Asked.of(request, programme_code, PLANS)
    draft = _draft(asked)
    if request.method == "POST":
        asked.demand_whole(PLANS)
    is_revision = queries.adopted_budget(asked.by, asked.programme) is not None
    form = AdoptForm(
        request.POST or None, is_revision=is_revision,
        initial={"version": draft.version, "on": timezone.localdate()},
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            actions.adopt_budget(
                budget=draft, version=form.typed_version(), on=form.cleaned_data["on"],
                reason=form.cleaned_data.get("reason", ""), by=asked.by,
            )  # fmt: skip
            messages.success(request, _("The budget is adopted. It does not change any more."))
            return asked.to("budget-open")
    shares = {share.agency_id: share for share in queries.share_drafts(asked.by, draft)}
    rows = [
        (row.agency, shares.get(row.agency_id), asked.may_plan_for(row.agency_id))
        for row in asked.participations
        if row.is_puno and row.ended_on is None
    ]
    names = {row.agency_id: row.agency.name for row in asked.participations}
    wrong = [
        actions.told(fault, names.get(fault.agency_id, "") if fault.agency_id else "", draft.currency)
        for fault in faults(list(shares.values()), scheme(draft.scheme_from), draft.total)
    ]
    written = sum(share.total for share in shares.values())
    return asked.page(request, "budget_draft", form, draft=draft, rows=rows, wrong=wrong, written=written)


@require_http_methods(["GET", "POST"])
def budget_total(request: HttpRequest, programme_code: str) -> HttpResponse:
    """Change what the sum of the draft must be."""
    asked = Asked.of(request, programme_code, PLANS, whole=True)
    draft = _draft(asked)
    initial = {"version": draft.version, "total": write_amount(draft.total)}
    form = TotalForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            actions.change_total(
                budget=draft, version=form.typed_version(), total=form.cleaned_data["total"], by=asked.by
            )
            messages.success(request, _("Saved."))
            return asked.to("budget-draft")
    return asked.form_page(
        request, form, heading=_("Budget of the programme"), save=_("Save"), back=asked.address("budget-draft"),
        present=conflict(form, initial),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def share_edit(request: HttpRequest, programme_code: str, organisation_id: uuid.UUID) -> HttpResponse:
    """The grid of one agency: outputs by categories. It warns before it saves."""
    asked = Asked.of(request, programme_code, PLANS)
    draft = _draft(asked)
    participation = or_404(participation_of(asked.by, asked.programme, organisation_id))
    asked.demand_agency(PLANS, organisation_id)
    row = queries.share_of(asked.by, draft, organisation_id)
    present = next((one for one in queries.share_drafts(asked.by, draft) if one.agency_id == organisation_id), None)
    language = get_language() or "en"
    outputs = [(output.code, output.title(language)) for output in plan_tree(asked.by, asked.programme).outputs]
    initial = {"version": row.version if row else 0}
    form = ShareForm(
        request.POST or None, outputs=outputs, scheme=scheme(draft.scheme_from), share=present, initial=initial
    )  # fmt: skip
    warned = False
    if request.method == "POST" and form.is_valid():
        try:
            actions.write_share(
                budget=draft, where=Scope(agency_id=organisation_id), version=form.typed_version(),
                share=form.share(organisation_id), by=asked.by, anyway=form.cleaned_data["anyway"],
            )  # fmt: skip
            messages.success(request, _("Saved."))
            return asked.to("budget-draft")
        except Refused as refused:
            warned = refused.code == "indirect"
            form.add_refusal(refused)
    return asked.page(
        request, "share_form", form, agency=participation.agency, draft=draft, present_share=present, warned=warned,
        present=conflict(form, form.initial),
    )  # fmt: skip


def _draft(asked: Asked) -> Budget:
    draft: Budget = or_404(queries.draft_budget(asked.by, asked.programme))
    return draft
