"""The budget of a household as typed: one amount for a typical month, others where a month differs, and the debts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from paivand.access.forms.fields import NOT_SAID, AmountField, RecordForm, count, line, translated
from paivand.core.rules.amounts import write_amount
from paivand.learning.rules.course import say
from paivand.learning.rules.household import (
    METHOD_NAMES,
    MOST_DEBTS,
    NOTHING,
    PER_NAMES,
    SIDE_NAMES,
    Household,
    Line,
    Owed,
    Per,
    Side,
    household_rules,
)
from paivand.methods.debts import LONGEST, MONTHS_A_YEAR, Method, month_of

SPARE_DEBTS = 2
"""Empty debts under those that are written down."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the budget: its field, the fields of its months, and whether one of them differs."""

    field: BoundField
    months: tuple[BoundField, ...]
    differs: bool


@dataclass(frozen=True, slots=True)
class Part:
    """The lines of one side of the budget, with its name."""

    side: Side
    name: str
    rows: tuple[Row, ...]


class MonthField(forms.CharField):
    """A month, as 2026-12 or 12.2026; gives its first day."""

    def __init__(self, **kwargs: Any) -> None:
        attributes = {"type": "month", "dir": "ltr", "autocomplete": "off", "placeholder": "2026-12"}
        super().__init__(max_length=10, widget=forms.TextInput(attrs=attributes), **kwargs)

    def clean(self, value: Any) -> date | None:
        typed = str(super().clean(value) or "").strip()
        if not typed:
            return None
        found = re.fullmatch(r"(\d{4})-(\d{1,2})", typed) or re.fullmatch(r"(\d{1,2})\.(\d{4})", typed)
        if found:
            year, month = sorted(map(int, found.groups()), reverse=True)
            if 2000 <= year <= 2100 and 1 <= month <= MONTHS_A_YEAR:
                return date(year, month, 1)
        raise forms.ValidationError(gettext("Write the month as 2026-12 or 12.2026."), code="month")


class HouseholdForm(RecordForm):
    """The whole plan on one page. Names of fields are those that the rules name in a refusal."""

    first_month = MonthField(label=_("First month"))
    method = forms.ChoiceField(label=_("Way out of debt"), widget=forms.RadioSelect)
    extra = AmountField(
        label=_("Paid each month beyond the agreed payments"),
        help_text=_("In somoni. Even a little shortens the way."),
    )

    def __init__(self, *args: Any, start: Household | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.start = start or Household(timezone.localdate().replace(day=1))
        self.offer("method", translated(METHOD_NAMES))
        language = get_language() or "en"
        for code, category in household_rules().categories.items():
            title = say(category.title, language)
            self.fields[f"line.{code}"] = AmountField(label=title)
            for index in range(MONTHS_A_YEAR):
                self.fields[f"line.{code}.{index}"] = AmountField(label=title)
        for number in range(self.n_debts):
            self._add_debt(number, language)

    @property
    def n_debts(self) -> int:
        """How many debts the page has room for."""
        typed = [int(key.split(".")[1]) + 1 for key in self.data if re.fullmatch(r"debt\.\d", key)]
        return min(MOST_DEBTS, max([len(self.start.debts) + SPARE_DEBTS, *typed]))

    def _add_debt(self, number: int, language: str) -> None:
        lenders = [(code, say(title, language)) for code, title in household_rules().lenders.items()]
        self.fields |= {
            f"debt.{number}.lender": forms.ChoiceField(
                label=_("Who lent it"), required=False, choices=[*NOT_SAID, *lenders]
            ),
            f"debt.{number}.who": line(
                _("Which debt"),
                longest=60,
                required=False,
                help_text=_("In the family's own words: the cow, the wedding"),
            ),
            f"debt.{number}": AmountField(label=_("Owed today")),
            f"debt.{number}.percent": AmountField(label=_("Interest")),
            f"debt.{number}.per": forms.ChoiceField(label=_("for"), choices=translated(PER_NAMES), required=False),
            f"debt.{number}.least": AmountField(
                label=_("Agreed payment a month"), help_text=_("Empty: worked out from the months that are left")
            ),
            f"debt.{number}.n_months": count(_("Months left"), least=1, most=LONGEST, required=False),
        }

    @staticmethod
    def first_values() -> dict[str, Any]:
        """What a new plan begins with: the running month."""
        return {"first_month": f"{timezone.localdate():%Y-%m}"}

    @staticmethod
    def initial_of(household: Household, version: int) -> dict[str, Any]:
        """The present values."""
        values: dict[str, Any] = {
            "version": version, "first_month": f"{household.first_month:%Y-%m}", "method": household.method.value,
            "extra": write_amount(household.extra) if household.extra else "",
        }  # fmt: skip
        for row in household.lines:
            values[f"line.{row.category}"] = write_amount(row.typical) if row.typical else ""
            values |= {f"line.{row.category}.{index}": write_amount(amount) for index, amount in row.months.items()}
        for number, debt in enumerate(household.debts):
            values |= {
                f"debt.{number}": write_amount(debt.balance), f"debt.{number}.lender": debt.lender,
                f"debt.{number}.who": debt.who, f"debt.{number}.percent": write_amount(debt.percent),
                f"debt.{number}.per": debt.per.value, f"debt.{number}.least": write_amount(debt.least),
                f"debt.{number}.n_months": debt.n_months or "",
            }  # fmt: skip
        return values

    def clean(self) -> dict[str, Any]:
        """A debt has a lender and an amount, or nothing at all."""
        clean: dict[str, Any] = super().clean() or self.cleaned_data
        for number in range(self.n_debts):
            name = f"debt.{number}"
            if name in self.errors or f"{name}.lender" in self.errors:
                continue
            told = any(clean.get(f"{name}.{part}") for part in ("lender", "who", "percent", "least", "n_months"))
            if clean.get(name) and not clean.get(f"{name}.lender"):
                self.add_error(f"{name}.lender", gettext("Choose who lent the money."))
            elif told and clean.get(name) is None:
                self.add_error(name, gettext("Write what is owed today, or 0 when it is paid."))
        return clean

    def draft(self) -> Household:
        """The plan as typed."""
        clean = self.cleaned_data
        rows = []
        for code in household_rules().categories:
            months = {
                index: amount for index in range(MONTHS_A_YEAR) if (amount := clean[f"line.{code}.{index}"]) is not None
            }
            row = Line(code, clean[f"line.{code}"] or NOTHING, months)
            if not row.is_empty:
                rows.append(row)
        return Household(
            clean["first_month"], tuple(rows), tuple(self._debts(clean)), Method(clean["method"]),
            clean["extra"] or NOTHING,
        )  # fmt: skip

    def _debts(self, clean: Mapping[str, Any]) -> Iterator[Owed]:
        for number in range(self.n_debts):
            name = f"debt.{number}"
            balance: Decimal | None = clean[name]
            if balance is not None:
                yield Owed(
                    clean[f"{name}.lender"], balance, clean[f"{name}.who"].strip(), clean[f"{name}.percent"] or NOTHING,
                    Per(clean[f"{name}.per"] or Per.YEAR), clean[f"{name}.n_months"], clean[f"{name}.least"],
                )  # fmt: skip

    @property
    def parts(self) -> list[Part]:
        """The lines by side, as the page shows them."""
        found: dict[Side, list[Row]] = {side: [] for side in Side}
        for code, category in household_rules().categories.items():
            months = tuple(self[f"line.{code}.{index}"] for index in range(MONTHS_A_YEAR))
            differs = any(field.value() not in {None, ""} or field.errors for field in months)
            found[category.side].append(Row(self[f"line.{code}"], months, differs))
        return [Part(side, gettext(SIDE_NAMES[side]), tuple(rows)) for side, rows in found.items()]

    @property
    def months(self) -> tuple[date, ...]:
        """The months above the fields: those of the plan as it was opened."""
        return tuple(month_of(self.start.first_month, number) for number in range(1, MONTHS_A_YEAR + 1))

    @property
    def debts(self) -> list[dict[str, Any]]:
        """The fields of each debt; ``empty`` where nothing is written yet, besides the first."""
        return [
            {
                "empty": number > 0
                and not any(
                    self[name].value() or self[name].errors
                    for name in (f"debt.{number}", f"debt.{number}.lender", f"debt.{number}.who")
                ),
                "balance": self[f"debt.{number}"],
                **{
                    part: self[f"debt.{number}.{part}"]
                    for part in ("lender", "who", "percent", "per", "least", "n_months")
                },
            }
            for number in range(self.n_debts)
        ]


class TryForm(forms.Form):
    """Another extra amount, tried without saving it."""

    extra = AmountField(label=_("Try another amount beyond the agreed payments"))
