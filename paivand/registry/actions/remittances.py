"""Money sent home, written down for several months at once."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _

from paivand.access.actions.mechanism import action, remark
from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.core.rules.errors import Refused
from paivand.core.rules.money import NoRateError, Rate, in_somoni, rate_of
from paivand.registry.actions.families import locked_family
from paivand.registry.actions.registration import lying_in
from paivand.registry.models import Family, FamilyMember, Remittance
from paivand.registry.queries.remittances import Key, received, remittances
from paivand.registry.rules.drafts import RemittanceDraft
from paivand.registry.rules.remittances import MOST_SOMONI, carried_signal, judged_month, money_signals


@action(Verb.FAMILY_EDIT, on="family")
def record_remittances(*, family: Family, rows: Sequence[RemittanceDraft], by: User) -> Family:
    """Write down what came in one month or several, by sender.

    A row about a sender and a month that is there already takes its place; a row without an amount clears the month.
    Amounts are turned into somoni at the rate of their month. The family's row then carries the signal for lists.

    Raises:
        Refused: with ``detail["row"]``, the place of the row in ``rows``, for the first that cannot be; ``stale`` with
            ``detail["rows"]`` when somebody else wrote other amounts since they were shown. Then nothing is written.
    """
    locked = locked_family(family)
    present = remittances(by, locked)
    drafts = [replace(row, month=row.month.replace(day=1)) for row in rows]
    rates = [demand_possible(draft, place) for place, draft in enumerate(drafts)]
    _demand_senders(locked, drafts)
    _demand_each_once(drafts)
    _demand_unchanged(present, drafts)
    written = cleared = 0
    for draft, rate in zip(drafts, rates, strict=True):
        row = present.get(_key(draft))
        if draft.amount is None:
            if row:
                row.delete()
                del present[_key(draft)]
                cleared += 1
            continue
        row = row or lying_in(locked.scope, Remittance(family=locked, sender_id=draft.sender_id, version=0))
        if fill_remittance(row, draft, rate):
            row.recorded_by = by
            row.version += 1
            row.save()
            written += 1
        present[_key(draft)] = row
    _carry(locked, present.values())
    remark(months=written, cleared=cleared)
    return locked


def carried(rows: Iterable[Remittance]) -> str:
    """The signal that a family's row carries for lists, from all that was written down about its money."""
    came = received(rows)
    return carried_signal(money_signals(came, judged_month(came, timezone.localdate())))


def _carry(family: Family, rows: Iterable[Remittance]) -> None:
    signal = carried(rows)
    if family.remittance_signal != signal:
        family.remittance_signal = signal
        family.save(update_fields=["remittance_signal", "changed_at"])


def fill_remittance(row: Remittance, draft: RemittanceDraft, rate: Rate) -> bool:
    """Copy what was told onto the row; whether anything changed."""
    amount = draft.amount or Decimal(0)
    new = {
        "month": draft.month,
        "amount": amount,
        "currency": str(draft.currency),
        "channel": str(draft.channel),
        "cost_amount": draft.cost_amount,
    }
    if not row._state.adding and all(getattr(row, name) == value for name, value in new.items()):
        return False
    for name, value in (new | {"rate": rate.rate, "amount_tjs": in_somoni(amount, rate)}).items():
        setattr(row, name, value)
    return True


def _key(draft: RemittanceDraft) -> Key:
    return draft.sender_id, draft.month


def demand_possible(draft: RemittanceDraft, place: int) -> Rate:
    """The rate of the row's month; a Refused that names what cannot be."""
    at = {"row": place}
    if draft.month > timezone.localdate():
        raise Refused(_("The month lies in the future. Check it."), "month", field="month", detail=at)
    amount, cost = draft.amount, draft.cost_amount
    if amount is not None and amount < 0:
        raise Refused(_("The amount must not be below zero. Check it."), "amount", field="amount", detail=at)
    if cost is not None and not (amount is not None and 0 <= cost <= amount):
        raise Refused(_("The cost of sending is more than what was sent. Check both."), "cost", field="cost_amount",
                      detail=at)  # fmt: skip
    rate = _rate(draft.currency, draft.month, at)
    if amount is not None and in_somoni(amount, rate) > MOST_SOMONI:
        raise Refused(_("This is more than a million somoni in one month. Check amount and currency."), "amount",
                      field="amount", detail=at)  # fmt: skip
    return rate


def _rate(currency: str, month: date, at: dict[str, int]) -> Rate:
    try:
        return rate_of(currency, month)
    except NoRateError as error:
        if error.first is None:
            words = _("There is no exchange rate for %(currency)s. Write the amount in somoni.")
        else:
            words = _("There is no exchange rate for %(currency)s before %(month)s. Write the amount in somoni.")
        month_told = f"{error.first:%m.%Y}" if error.first else ""
        raise Refused(
            words % {"currency": currency, "month": month_told}, "rate", field="currency", detail=at
        ) from None


def _demand_senders(family: Family, drafts: Sequence[RemittanceDraft]) -> None:
    senders = {draft.sender_id for draft in drafts if draft.sender_id}
    files = [family, *Family.objects.filter(merged_into=family)]
    members: set[uuid.UUID] = set(
        FamilyMember.objects.filter(family__in=files, person_id__in=senders).values_list("person_id", flat=True)
    )
    for place, draft in enumerate(drafts):
        if draft.sender_id and draft.sender_id not in members:
            raise Refused(_("The sender does not belong to the family. Choose again."), "member", field="sender",
                          detail={"row": place})  # fmt: skip


def _demand_each_once(drafts: Sequence[RemittanceDraft]) -> None:
    seen: set[Key] = set()
    for place, draft in enumerate(drafts):
        if _key(draft) in seen:
            raise Refused(_("This month is there twice for the same sender. Put the amounts together."), "month",
                          field="month", detail={"row": place})  # fmt: skip
        seen.add(_key(draft))


def _demand_unchanged(present: dict[Key, Remittance], drafts: Sequence[RemittanceDraft]) -> None:
    stale = []
    for place, draft in enumerate(drafts):
        row = present.get(_key(draft))
        if draft.known is not None and draft.known != (row.version if row else 0):
            stale.append(place)
    if stale:
        raise Refused(
            _("Somebody else saved other amounts while you were typing. Compare with the present ones and save again."),
            "stale", detail={"rows": stale},
        )  # fmt: skip
