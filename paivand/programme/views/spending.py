"""Spending: the list, an entry with its evidence, entering, and taking back."""

from __future__ import annotations

import uuid
from typing import Any

from csp.decorators import csp
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_http_methods

from paivand.access.rules.scopes import Scope
from paivand.access.views.gate import refuse
from paivand.access.views.uploads import SANDBOX, Measured, sent_file
from paivand.core.models.files import content_of
from paivand.core.rules.errors import Refused
from paivand.programme.actions import spending as actions
from paivand.programme.forms.money import SpendingForm, TakeBackForm
from paivand.programme.models import Spending
from paivand.programme.queries import money as queries
from paivand.programme.queries.programmes import plan_tree
from paivand.programme.rules.categories import scheme
from paivand.programme.rules.spending import SPENDING_KIND_NAMES
from paivand.programme.views.found import SPENDS, Asked, once, or_404


@require_GET
def spending_list(request: HttpRequest, programme_code: str) -> HttpResponse:
    """Everything that was spent or promised, the latest first."""
    asked = Asked.of(request, programme_code)
    filters = {name: request.GET.get(name, "") for name in ("agency", "output", "kind")}
    page = queries.spending_page(
        asked.by, asked.programme, agency=_key(filters["agency"]), output=filters["output"], kind=filters["kind"],
        after=request.GET.get("after", ""),
    )  # fmt: skip
    table = queries.budget_table(asked.by, asked.programme)
    return asked.page(
        request, "spending_list", here="spending", page=page, rows=_named(asked, page.rows), total=table.total,
        agencies=table.agencies, outputs=table.outputs, kinds=list(SPENDING_KIND_NAMES.items()), filters=filters,
        filtered=any(filters.values()), may_enter=asked.may_spend and table.n > 0,
    )  # fmt: skip


@csrf_exempt  # only until the handler of the upload is set; ``_spending_add`` is protected
@require_http_methods(["GET", "POST"])
def spending_add(request: HttpRequest, programme_code: str) -> HttpResponse:
    """Enter spending; its evidence is measured while it comes in."""
    measured = Measured(request)
    request.upload_handlers = [measured]
    return _spending_add(request, programme_code, measured)


@csrf_protect
def _spending_add(request: HttpRequest, programme_code: str, measured: Measured) -> HttpResponse:
    asked = Asked.of(request, programme_code, SPENDS)
    given: tuple[Any, ...] = (request.POST, request.FILES) if request.method == "POST" else ()
    tree = plan_tree(asked.by, asked.programme)
    language = get_language() or "en"
    form = SpendingForm(
        *given, agencies=asked.agencies(SPENDS, with_budget=True), scheme=scheme(asked.programme.starts_on),
        outputs=[(one.code, f"{one.code} {one.title(language)}") for one in tree.outputs],
        activities=[(one.code, f"{one.code} {one.title(language)}") for one in tree.activities],
        too_large=measured.too_large,
        initial={"currency": asked.programme.currency, "agency": request.GET.get("agency", ""),
                 "output": request.GET.get("output", ""), "spent_on": _usual_day(asked)},
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        draft, file = form.draft(), form.cleaned_data["file"]
        with refuse(form):
            once(
                lambda: actions.enter_spending(
                    programme=asked.programme, where=Scope(agency_id=draft.agency_id), spending_id=form.form_key(),
                    draft=draft, by=asked.by, content=file.read() if file else None,
                    file_name=str(file.name) if file else "",
                )
            )  # fmt: skip
            messages.success(request, _("The spending is entered."))
            return asked.to("spending-list")
    return asked.form_page(
        request, form, heading=_("Enter spending"), save=_("Enter"), back=asked.address("spending-list"),
        with_file=True,
        note=_("An entry is never changed. If something in it is wrong, take it back and enter it anew."),
    )  # fmt: skip


def _usual_day(asked: Asked) -> Any:
    today = timezone.localdate()
    return today if asked.programme.first_on <= today <= asked.programme.ends_on else None


@require_GET
def spending_open(request: HttpRequest, programme_code: str, spending_id: uuid.UUID) -> HttpResponse:
    """One entry."""
    asked = Asked.of(request, programme_code)
    row = _entry(asked, spending_id)
    [(_row, category)] = _named(asked, [row])
    return asked.page(
        request, "spending_open", row=row, category=category, may_act=asked.may_spend_for(row.agency_id),
        reversal=getattr(row, "reversed_by", None),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def spending_take_back(request: HttpRequest, programme_code: str, spending_id: uuid.UUID) -> HttpResponse:
    """Take an entry back."""
    asked = Asked.of(request, programme_code, SPENDS)
    row = _entry(asked, spending_id)
    asked.demand_agency(SPENDS, row.agency_id)
    form = TakeBackForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            once(
                lambda: actions.take_back(
                    spending=row, reversal_id=form.form_key(), why=form.cleaned_data["why"], by=asked.by
                )
            )
            messages.success(request, _("The entry is taken back. Both entries stay in the list."))
            return asked.to("spending-list")
    return asked.form_page(
        request, form, heading=_("Take the entry back"), save=_("Take it back"),
        back=asked.address("spending-open", row.pk),
        note=_("A second entry with the opposite sign is written. Both stay in the list."),
    )  # fmt: skip


@csp(SANDBOX)  # type: ignore[untyped-decorator]
@require_GET
def evidence_file(request: HttpRequest, programme_code: str, spending_id: uuid.UUID) -> HttpResponse:
    """The evidence of an entry: handed out to be kept, or with ``?show=1`` shown in a page that can do nothing."""
    asked = Asked.of(request, programme_code, SPENDS)
    row = _entry(asked, spending_id)
    asked.demand_agency(SPENDS, row.agency_id)
    try:
        actions.open_evidence(spending=row, by=asked.by)
    except Refused:
        raise Http404 from None
    stem = f"{asked.programme.code.lower()}-{row.spent_on:%Y-%m-%d}-{row.pk.hex[-6:]}"
    return sent_file(content_of(row), row.media_type, stem, shown=bool(request.GET.get("show")))


def _entry(asked: Asked, spending_id: uuid.UUID) -> Spending:
    row: Spending = or_404(queries.spending_entry(asked.by, asked.programme, spending_id))
    return row


def _named(asked: Asked, rows: Any) -> list[tuple[Spending, str]]:
    """Entries with the names of their categories."""
    the_scheme, language = scheme(asked.programme.starts_on), get_language() or "en"
    found = {one.code: one.title(language) for one in the_scheme.categories}
    return [(row, found.get(row.category, row.category)) for row in rows]


def _key(typed: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(typed)
    except ValueError:
        return None
