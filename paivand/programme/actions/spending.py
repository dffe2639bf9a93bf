"""Spending: entered with its evidence, never changed, taken back by an entry with the opposite sign."""

from __future__ import annotations

import hashlib
import uuid
from datetime import date
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from paivand.access.actions.mechanism import action, remark
from paivand.access.models import User
from paivand.access.rules.scopes import Scope
from paivand.access.rules.verbs import Verb
from paivand.core.models.files import store
from paivand.core.rules.errors import Refused
from paivand.core.rules.money import NoRateError
from paivand.core.rules.uploads import UNFIT_NAMES, Fit, UnfitFileError, fit
from paivand.programme.actions.inside import demand_new
from paivand.programme.models import Activity, BudgetLine, BudgetShare, Output, Programme, Spending
from paivand.programme.queries.money import adopted_budget
from paivand.programme.rules.categories import CENT, scheme
from paivand.programme.rules.spending import (
    CURRENCIES,
    RATE_STEP,
    SpendingDraft,
    UsedRate,
    rate_between,
    worth,
)

MOST = Decimal("100000000000")
"""More than this in any currency is a slip of the finger."""


@action(Verb.SPENDING_ENTER, on="where")
def enter_spending(
    *, programme: Programme, where: Scope, spending_id: uuid.UUID, draft: SpendingDraft, by: User,
    content: bytes | None = None, file_name: str = "", today: date | None = None,
) -> Spending:  # fmt: skip
    """Enter what an agency spent or promised. ``where`` names the agency; ``content`` is the evidence, if there is one.

    Raises:
        Refused: ``twice``; ``budget`` without an adopted budget; ``agency``, ``output``, ``activity``, ``category`` or
            ``line`` for what is not in it; ``future`` or ``outside`` for the day; ``amount``; ``currency``; ``rate``,
            ``rate_source``; ``description``; one of ``Unfit`` for a file that is not taken.
    """
    if where.agency_id != draft.agency_id:
        raise ValueError("where= names the agency of the draft.")
    demand_new(Spending, spending_id)
    output, activity = _demand_budgeted(programme, draft, by)
    _demand_day(programme, draft.spent_on, today or timezone.localdate())
    used = _demand_amount(programme, draft)
    if not draft.description.strip():
        raise Refused(_("Say what was paid for."), "description", field="description")
    taken = _fit(content)
    row = Spending(
        id=spending_id, programme=programme, agency_id=draft.agency_id, output=output, activity=activity,
        category=draft.category, kind=draft.kind, spent_on=draft.spent_on, amount=draft.amount,
        currency=draft.currency, rate=used.rate, rate_source=used.source[:200],
        worth=worth(draft.amount, used.rate), description=" ".join(draft.description.split()), recorded_by=by,
    )  # fmt: skip
    if taken:
        row.file_name, row.media_type = file_name[:160], taken.kind.media_type
        row.n_bytes, row.sha256 = len(taken.content), hashlib.sha256(taken.content).hexdigest()
    row.save(force_insert=True)
    if taken:
        store(row.pk, taken.content)
    remark(act="spending.enter", programme=programme.code, kind=draft.kind.value, evidence=bool(taken))
    return row


@action(Verb.SPENDING_ENTER, on="spending")
def take_back(*, spending: Spending, reversal_id: uuid.UUID, why: str, by: User) -> Spending:
    """Take an entry back by one with the opposite sign, of the same day and at the same rate; both stay in the list.

    Raises:
        Refused: ``twice``; ``why`` without a reason; ``already`` when it was taken back; ``reversal`` for an entry that
            takes another one back itself.
    """
    demand_new(Spending, reversal_id)
    row = spending
    if row.reverses_id:
        raise Refused(_("This entry takes another one back. Enter the right spending anew instead."), "reversal")
    if Spending.objects.filter(reverses=row).exists():
        raise Refused(_("This entry was taken back already."), "already")
    if not why.strip():
        raise Refused(_("Say in a few words why it is taken back."), "why", field="why")
    reversal = Spending(
        id=reversal_id, programme_id=row.programme_id, agency_id=row.agency_id, output_id=row.output_id,
        activity_id=row.activity_id, category=row.category, kind=row.kind, spent_on=row.spent_on, amount=-row.amount,
        currency=row.currency, rate=row.rate, rate_source=row.rate_source, worth=-row.worth,
        description=" ".join(why.split())[:300], reverses=row, recorded_by=by,
    )  # fmt: skip
    try:
        with transaction.atomic():
            reversal.save(force_insert=True)
    except IntegrityError:  # entries cannot be locked, as nobody may change them: the table itself lets one through
        raise Refused(_("This entry was taken back already."), "already") from None
    remark(act="spending.reverse", kind=row.kind)
    return reversal


@action(Verb.SPENDING_ENTER, on="spending")
def open_evidence(*, spending: Spending, by: User) -> Spending:
    """Note that ``by`` opens the evidence of an entry.

    Raises:
        Refused: ``none`` when it has none.
    """
    if not spending.has_file:
        raise Refused(_("This entry has no evidence."), "none")
    remark(act="evidence.open", spending=str(spending.pk))
    return spending


def _demand_budgeted(programme: Programme, draft: SpendingDraft, by: User) -> tuple[Output | None, Activity | None]:
    budget = adopted_budget(by, programme)
    if budget is None:
        raise Refused(_("This programme has no adopted budget yet. Spending is entered once it has one."), "budget")
    share = BudgetShare.objects.filter(budget=budget, agency_id=draft.agency_id).first()
    if share is None:
        raise Refused(_("This agency has no part in the budget."), "agency", field="agency")
    the_scheme = scheme(budget.scheme_from)
    if the_scheme.category(draft.category) is None:
        raise Refused(_("Choose the category from the list."), "category", field="category")
    if draft.category == the_scheme.indirect.code:
        if draft.output or draft.activity:
            raise Refused(_("Indirect support costs belong to no output. Leave the output empty."), "output",
                          field="output")  # fmt: skip
        return None, None
    output = Output.objects.filter(programme=programme, code=draft.output).first()
    if output is None:
        raise Refused(_("Choose the output that was paid for."), "output", field="output")
    if not BudgetLine.objects.filter(share=share, output=output, category=draft.category).exists():
        raise Refused(
            _("The agency has no budget for this category in output %(output)s. Choose another one, or revise the "
              "budget first.") % {"output": output.code}, "line", field="category",
        )  # fmt: skip
    return output, _activity(output, draft.activity)


def _activity(output: Output, code: str) -> Activity | None:
    if not code:
        return None
    activity: Activity | None = Activity.objects.filter(output=output, code=code).first()
    if activity is None:
        raise Refused(_("This activity does not belong to the output. Choose again."), "activity", field="activity")
    return activity


def _demand_day(programme: Programme, day: date, today: date) -> None:
    if day > today:
        raise Refused(_("The day lies in the future. Check it."), "future", field="spent_on")
    if not programme.first_on <= day <= programme.ends_on:
        raise Refused(
            _("The programme runs from %(first)s to %(last)s. Spending lies between these days.")
            % {"first": programme.first_on.isoformat(), "last": programme.ends_on.isoformat()},
            "outside", field="spent_on",
        )  # fmt: skip


def _demand_amount(programme: Programme, draft: SpendingDraft) -> UsedRate:
    if not 0 < draft.amount < MOST or draft.amount != draft.amount.quantize(CENT):
        raise Refused(_("Write an amount of more than nothing, with two decimals at most."), "amount", field="amount")
    if draft.currency not in CURRENCIES:
        raise Refused(_("Choose the currency from the list."), "currency", field="currency")
    if draft.currency == programme.currency:
        return UsedRate(Decimal(1), "")
    if draft.rate is not None:
        if not 0 < draft.rate < 100_000 or draft.rate.quantize(RATE_STEP) == 0:
            raise Refused(_("Write what one unit of the currency was worth."), "rate", field="rate")
        if not draft.rate_source.strip():
            raise Refused(_("Say where the rate comes from, such as the United Nations rate of that month."),
                          "rate_source", field="rate_source")  # fmt: skip
        return UsedRate(draft.rate.quantize(RATE_STEP), draft.rate_source.strip())
    try:
        return rate_between(draft.currency, programme.currency, draft.spent_on)
    except NoRateError:
        raise Refused(
            _("The table has no rate for this currency and month. Write the rate and where it comes from."), "rate",
            field="rate",
        ) from None  # fmt: skip


def _fit(content: bytes | None) -> Fit | None:
    if content is None:
        return None
    try:
        return fit(content)
    except UnfitFileError as error:
        raise Refused(_(UNFIT_NAMES[error.why]), error.why.value, field="file") from None
