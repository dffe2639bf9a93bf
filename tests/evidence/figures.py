"""Results as they could be shown: two indicators by sex and district, with a small group that is hidden."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from paivand.evidence.rules.asking import Key
from paivand.evidence.rules.outward.cells import Cell
from paivand.evidence.rules.outward.results import ExternalRow, ResultRow, Results
from paivand.programme.rules.budget import BudgetAgency, BudgetTable, Money
from paivand.programme.rules.categories import scheme

FRESH = datetime(2023, 12, 1, 9, 30, tzinfo=UTC)
FEMALE: Key = (("sex", "female"),)
MALE: Key = (("sex", "male"),)
KULOB: Key = (("district", "TJ-KUL"),)
BOTH: Key = (("sex", "female"), ("district", "TJ-KUL"))
CATEGORIES = {
    ("sex", "female"): "women", ("sex", "male"): "men", ("sex", "unknown"): "unknown",
    ("district", "TJ-KUL"): "Kulob", ("district", "TJ-DUS"): "Dusti",
}  # fmt: skip


def results(**changes: Any) -> Results:
    rows = (
        ResultRow(
            "women_trained", "=Women who learned", Cell(290), unit="people", output="1.1", output_title="Output 1.1",
            baseline=Decimal(0), baseline_on=date(2021, 7, 31), target=Decimal(250), target_on=date(2023, 11, 30),
            progress=Decimal(116), trend=(("2022", Cell(200)), ("2023", Cell(90))), note="More than planned.",
            cells={(): Cell(290), MALE: Cell(3, "small"), FEMALE: Cell(287), KULOB: Cell(None, "further"),
                   BOTH: Cell(120)},
        ),
        ResultRow("mean_grant", "Mean grant", Cell(Decimal("1234.50")), unit="TJS", measure="mean", output="1.1",
                  output_title="Output 1.1", cells={FEMALE: Cell(), BOTH: Cell(None, "not_shown")}),
    )  # fmt: skip
    whole: dict[str, Any] = {
        "rows": rows, "fresh_at": FRESH, "programme": "JP", "programme_title": "A joint programme",
        "first": date(2021, 8, 1), "last": date(2023, 11, 30), "dimensions": (("sex", "Sex"), ("district", "District")),
        "categories": CATEGORIES,
        "external": (ExternalRow("women_trained", "Women", "@another report", Decimal(300), as_of=date(2023, 6, 1)),),
    }  # fmt: skip
    return Results(**{**whole, **changes})


def budget() -> BudgetTable:
    """Two agencies; the indirect cost of the second is a cent too much."""
    one, two = uuid.UUID(int=1), uuid.UUID(int=2)
    cells = {
        (one, "1.1", "staff"): Money(Decimal("1000.00"), Decimal("250.00"), Decimal("50.00")),
        (one, "", "indirect"): Money(Decimal("70.00")),
        (two, "1.1", "travel"): Money(Decimal("500.00")),
        (two, "", "indirect"): Money(Decimal("35.01")),
    }
    return BudgetTable(
        "JP", "USD", Decimal("1605.01"), scheme(date(2022, 1, 1)),
        (BudgetAgency(one, "First agency"), BudgetAgency(two, "Second agency")), ("1.1",), cells,
    )  # fmt: skip
