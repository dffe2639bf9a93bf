"""An activity that uses everything the writer of IATI can write, and that no rule finds fault with."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from paivand.evidence.rules.outward import iati

TODAY = date(2023, 12, 15)
MADE = datetime(2023, 12, 15, 8, 0, tzinfo=UTC)
GIVER = iati.Org({"en": "A fund"}, "XM-DAC-00001", "40", iati.FUNDING)
DOER = iati.Org({"en": "An agency", "tg": "Муассиса"}, "XM-DAC-00002", "40", iati.IMPLEMENTING)


def activity(**changes: Any) -> iati.Activity:
    """A programme in Kulob with two outputs, a budget of two years, and money that came and was spent."""
    whole = iati.Activity(
        identifier="XM-DAC-00002-JP1",
        reporting=iati.Org({"en": "An agency"}, "XM-DAC-00002", "40"),
        title={"en": "Families & “ties” <left> behind", "tg": "Оилаҳо", "ru": "Семьи", "fa": "خانواده‌ها"},
        descriptions=(("1", {"en": "What it does."}), ("3", {"en": "Whom it is for."})),
        participating=(GIVER, DOER, iati.Org({"en": "A partner without an identifier"}, kind="24", role="4")),
        status="4",
        dates=(("1", date(2021, 8, 1)), ("2", date(2021, 9, 1)), ("3", date(2023, 7, 31)), ("4", date(2023, 11, 30))),
        updated_at=MADE,
        contact=("An agency", "office@example.org"),
        scope="5",
        countries=(iati.Coded("TJ", percentage=Decimal(100)),),
        locations=(place("kulob"), place("dusti")),
        sectors=(
            iati.Coded("15190", iati.DAC_SECTORS, percentage=Decimal("62.5")),
            iati.Coded("16010", iati.DAC_SECTORS, percentage=Decimal("37.5")),
            iati.Coded("10.7", iati.SDG_TARGETS, percentage=Decimal(100)),
        ),
        tags=(
            iati.Coded("10", iati.TAG_SDG_GOAL, name={"en": "Goal 10"}),
            iati.Coded("10.7", iati.TAG_SDG_TARGET),
            iati.Coded("GCM-16", iati.OWN, "https://example.org/gcm", {"en": "Inclusion and cohesion"}),
        ),
        markers=(iati.Coded(iati.GENDER, "1", significance="2"), iati.Coded(iati.DISABILITY, "1", significance="1")),
        collaboration="4",
        flow="10",
        finance="110",
        aid=("C01",),
        tied="5",
        budgets=(
            budget(date(2021, 8, 1), date(2022, 7, 31), 1_200_000),
            budget(date(2022, 8, 1), date(2023, 7, 31), 1_000_000),
        ),
        transactions=(
            transaction(iati.INCOMING, date(2021, 9, 10), "2200000", provider=GIVER, receiver=DOER),
            transaction(iati.EXPENDITURE, date(2022, 3, 31), "1234.56", provider=DOER),
        ),
        results=(result(), replace(result(), kind="2", title={"en": "An outcome"})),
    )
    return replace(whole, **changes)


def place(ref: str) -> iati.Location:
    return iati.Location(
        ref, {"en": ref.title()}, (iati.Coded("TJ01", "A4"),), (("A4", "TJ01", 1),),
        (Decimal("37.9100"), Decimal("69.7800")),
    )  # fmt: skip


def budget(first: date, last: date, value: int) -> iati.Budget:
    return iati.Budget(first, last, iati.Amount(Decimal(value), first))


def transaction(kind: str, on: date, value: str, **more: Any) -> iati.Transaction:
    return iati.Transaction(kind, on, iati.Amount(Decimal(value), on, "USD"), f"T{on:%Y%m%d}", {"en": "Money"}, **more)


def result(**changes: Any) -> iati.Result:
    whole = iati.Result("1", {"en": "An output"}, (indicator(),), description={"en": "What came of it."})
    return replace(whole, **changes)


def indicator(**changes: Any) -> iati.Indicator:
    point = iati.Point(Decimal(200), (("sex", "female"), ("age", "18+")), ("kulob",), {"en": "Counted once."})
    whole = iati.Indicator(
        {"en": "Women who finished a course", "tg": "Занон"},
        description={"en": "Unique people."},
        references=(iati.Coded("4.3.1", "9", "https://example.org/4.3.1"),),
        baselines=(iati.Point(Decimal(0), on=date(2021, 7, 31)),),
        periods=(
            iati.Period(
                date(2021, 8, 1), date(2023, 11, 30), (iati.Point(Decimal(250)),), (iati.Point(Decimal(290)), point)
            ),
        ),
    )
    return replace(whole, **changes)
