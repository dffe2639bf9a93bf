"""The grid of months: what was typed about money sent home, turned into drafts."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from paivand.core.rules.amounts import read_amount, write_amount
from paivand.core.rules.whole_numbers import read_whole
from paivand.registry.forms.families import translated
from paivand.registry.models import Remittance
from paivand.registry.queries.remittances import Key
from paivand.registry.rules.drafts import RemittanceDraft
from paivand.registry.rules.remittances import CHANNEL_NAMES, Channel, Currency, month_before

SPANS = (6, 12, 24)
"""How many months the grid may show."""


class AmountField(forms.CharField):
    """An amount as people write it: 12500, 12 500, 12.500 or 12500,50; empty gives None."""

    def __init__(self, **kwargs: Any) -> None:
        attributes = {"inputmode": "decimal", "autocomplete": "off", "dir": "ltr", "enterkeyhint": "next"}
        super().__init__(required=False, max_length=20, widget=forms.TextInput(attrs=attributes), **kwargs)

    def clean(self, value: Any) -> Decimal | None:
        typed = str(super().clean(value) or "")
        if not typed.strip():
            return None
        amount = read_amount(typed)
        if amount is None:
            raise forms.ValidationError(
                gettext("Write the amount with digits only, such as 12500 or 12500,50."), code="amount"
            )
        return amount


class MonthForm(forms.Form):
    """One month of one sender. ``shown`` says what stood there when the page was opened."""

    amount = AmountField(label=_("Amount"))
    currency = forms.ChoiceField(label=_("Currency"), choices=[(c.value, c.value) for c in Currency])
    channel = forms.ChoiceField(label=_("Channel"))
    cost_amount = AmountField(label=_("Cost of sending"))
    shown = forms.CharField(widget=forms.HiddenInput, required=False, max_length=120)

    def __init__(
        self, data: Any = None, *, month: date, row: Remittance | None, usual: tuple[str, str]
    ) -> None:  # fmt: skip
        self.month = month
        self.row = row
        super().__init__(data, prefix=f"m{month:%Y%m}", use_required_attribute=False)
        self.fields["channel"].choices = translated(CHANNEL_NAMES)  # type: ignore[attr-defined]
        currency, channel = (row.currency, row.channel) if row else usual
        self.initial = {
            "amount": write_amount(row.amount) if row else "",
            "currency": currency,
            "channel": channel,
            "cost_amount": write_amount(row.cost_amount) if row else "",
            "shown": shown(row),
        }

    def clean(self) -> dict[str, Any]:
        clean: dict[str, Any] = super().clean() or {}
        if clean.get("cost_amount") is not None and clean.get("amount") is None and "amount" not in self.errors:
            self.add_error("amount", gettext("Write what was sent, or take the cost away."))
        return clean

    def draft(self, sender: uuid.UUID | None) -> RemittanceDraft | None:
        """The month as typed; None when it stands as it was shown."""
        clean = self.cleaned_data
        known, *before = (clean["shown"] or "0").split("|")
        amount: Decimal | None = clean["amount"]
        typed = [write_amount(amount), clean["currency"], clean["channel"], write_amount(clean["cost_amount"])]
        if typed == before or (amount is None and not any(before)):
            return None
        return RemittanceDraft(
            month=self.month, amount=amount, currency=Currency(clean["currency"]), channel=Channel(clean["channel"]),
            sender_id=sender, cost_amount=clean["cost_amount"] if amount is not None else None,
            known=read_whole(known) or 0,
        )  # fmt: skip

    def show_conflict(self) -> None:
        """Say that somebody else wrote this month meanwhile; saving once more then takes the place of that."""
        self.add_error("amount", gettext("Somebody else wrote this month meanwhile."))
        self.data = self.data.copy()  # type: ignore[attr-defined]
        self.data[self.add_prefix("shown")] = shown(self.row)  # type: ignore[index]
        self.conflict = True

    conflict = False


def shown(row: Remittance | None) -> str:
    """What stands in a month: version, amount, currency, channel and cost."""
    if row is None:
        return "0"
    parts = (write_amount(row.amount), row.currency, row.channel, write_amount(row.cost_amount))
    return "|".join((str(row.version), *parts))


def month_forms(
    rows: Mapping[Key, Remittance], sender: uuid.UUID | None, *, this_month: date, span: int, data: Any = None
) -> list[MonthForm]:
    """A form for each of the last ``span`` months, the running one first.

    Empty months begin with the currency and channel that the sender used last.
    """
    own = [row for (who, _month), row in rows.items() if who == sender]
    last = max(own or list(rows.values()), key=lambda row: row.month, default=None)
    usual = (last.currency, last.channel) if last else (str(Currency.RUB), str(Channel.TRANSFER))
    months = [month_before(this_month, n) for n in range(span)]
    return [MonthForm(data, month=month, row=rows.get((sender, month)), usual=usual) for month in months]
