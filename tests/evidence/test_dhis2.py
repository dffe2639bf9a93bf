"""Figures for DHIS2: right codes, the same values in both forms, and a list of whatever is not handed over."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from paivand.core.rules.parts import DeclarationError
from paivand.evidence.rules.asking import Key
from paivand.evidence.rules.indicators import UNKNOWN
from paivand.evidence.rules.outward import dhis2
from paivand.evidence.rules.outward.cells import Cell
from paivand.evidence.rules.outward.facts import EMPTY, HIDDEN, Fact, LeftOut, months_of, periods
from paivand.evidence.rules.reading import indicators
from paivand.evidence.rules.telling import tables_of

MONTH = (date(2026, 11, 1), date(2026, 11, 30))
QUARTER = (date(2026, 10, 1), date(2026, 12, 31))
(CODES,) = dhis2.read_codes(
    "codes.yaml",
    """
source: invented
mappings:
  - from: 2020-01-01
    data_sets: {1: PAIVAND_M, 3: PAIVAND_Q}
    default_combo: default
    categories:
      sex: {code: SEX, options: {female: F, male: M}}
      age: {code: AGE, options: {"18-24": "18_24"}}
    combos: [{by: [sex, age], pattern: "{sex}_{age}"}]
    elements:
      - {indicator: financially_literate, element: PVD_FIN_LITERATE, by: [sex, age]}
      - {indicator: farmer_schools, element: PVD_FFS}
    org_units: {TJ-KT-02: TJ-KT-02, unknown: TJ-KT}
""",
)


def fact(key: dict[str, str], value: int | None = 12, *, hidden: str = "", code: str = "financially_literate",
         time: tuple[date, date] = MONTH) -> Fact:  # fmt: skip
    told: Key = tuple(key.items())
    return Fact(code, *time, told, Cell(value, hidden))


PART = {"district": "TJ-KT-02", "sex": "female", "age": "18-24"}


def test_a_figure_gets_its_codes_in_both_forms() -> None:
    values, left = dhis2.mapped([fact(PART), fact(PART, 30, time=QUARTER)], CODES)
    assert left == []
    told = json.loads(dhis2.data_value_sets(values))["dataValues"]
    assert told == [
        {"dataElement": "PVD_FIN_LITERATE", "period": "202611", "orgUnit": "TJ-KT-02",
         "categoryOptionCombo": "F_18_24", "value": "12"},
        {"dataElement": "PVD_FIN_LITERATE", "period": "2026Q4", "orgUnit": "TJ-KT-02",
         "categoryOptionCombo": "F_18_24", "value": "30"},
    ]  # fmt: skip
    root = etree.fromstring(dhis2.adx(values, CODES, datetime(2026, 12, 1, 8, tzinfo=UTC)))
    assert root.tag == "{urn:ihe:qrph:adx:2015}adx"
    assert root.get("exported") == "2026-12-01T08:00:00Z"
    groups = [dict(group.attrib) for group in root]
    assert groups == [
        {"orgUnit": "TJ-KT-02", "period": "2026-11-01/P1M", "dataSet": "PAIVAND_M"},
        {"orgUnit": "TJ-KT-02", "period": "2026-10-01/P3M", "dataSet": "PAIVAND_Q"},
    ]
    assert dict(root[0][0].attrib) == {
        "dataElement": "PVD_FIN_LITERATE", "SEX": "F", "AGE": "18_24", "value": "12",
    }  # fmt: skip


def test_an_element_without_categories_has_the_default_combination() -> None:
    values, left = dhis2.mapped([fact({"district": "TJ-KT-02"}, 4, code="farmer_schools")], CODES)
    assert (values[0].combo, values[0].options, left) == ("default", (), [])


def test_sums_of_what_leaves_are_not_sent_twice() -> None:
    values, left = dhis2.mapped([fact(PART), fact({}), fact({"district": "TJ-KT-02"}), fact({"sex": "female"})], CODES)
    assert len(values) == 1
    assert left == []


@pytest.mark.parametrize(
    ("one", "left"),
    [
        (fact(PART, code="families_registered"), LeftOut("families_registered", dhis2.NO_ELEMENT)),
        (fact({**PART, "district": "TJ-SU-01"}), LeftOut("TJ-SU-01", dhis2.NO_UNIT)),
        (fact({**PART, "age": "3-4"}), LeftOut("TJ-KT-02 · female · 3-4", dhis2.NO_COMBO)),
        (
            fact(PART, 3, hidden="small"),
            LeftOut("financially_literate · 2026-11 · TJ-KT-02 · female · 18-24", HIDDEN),
        ),
        (fact(PART, None), LeftOut("financially_literate · 2026-11 · TJ-KT-02 · female · 18-24", EMPTY)),
        (
            fact(PART, time=(date(2026, 1, 1), date(2026, 12, 31))),
            LeftOut("financially_literate · 2026-01-01 – 2026-12-31", dhis2.NO_DATA_SET),
        ),
        (fact({}), LeftOut("PVD_FIN_LITERATE", dhis2.NO_CELLS)),
    ],
)
def test_what_cannot_be_handed_over_is_listed(one: Fact, left: LeftOut) -> None:
    assert dhis2.mapped([one], CODES) == ([], [left])


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["TJ-KT-02", "TJ-SU-01", "unknown"]), st.sampled_from(["female", "male", "other"]),
            st.sampled_from(["18-24", "3-4"]), st.one_of(st.none(), st.integers(0, 99)), st.sampled_from(["", "small"]),
        ),
        unique_by=lambda row: row[:3],
    )
)  # fmt: skip
def test_every_figure_is_either_sent_or_listed_and_no_hidden_one_is_sent(
    rows: list[tuple[str, str, str, int | None, str]],
) -> None:
    facts = [
        fact({"district": place, "sex": sex, "age": age}, value, hidden=hidden)
        for place, sex, age, value, hidden in rows
    ]
    values, left = dhis2.mapped(facts, CODES)
    sendable = [
        one for one in facts
        if one.by["district"] != "TJ-SU-01" and one.by["sex"] != "other" and one.by["age"] != "3-4"
        and one.cell.shown is not None
    ]  # fmt: skip
    assert [one.value for one in values] == [one.cell.value for one in sendable]
    assert bool(left) == (len(sendable) < len(facts))
    assert len(json.loads(dhis2.data_value_sets(values))["dataValues"]) == len(values)


def test_a_decimal_has_no_exponent() -> None:
    told = Fact("farmer_schools", *MONTH, (("district", "TJ-KT-02"),), Cell(Decimal("1E+3")))
    values, _left = dhis2.mapped([told], CODES)
    assert json.loads(dhis2.data_value_sets(values))["dataValues"][0]["value"] == "1000"


def test_an_indicator_may_be_two_elements_by_sex_and_by_age() -> None:
    codes = dhis2.codes_on(date(2026, 11, 1))
    assert codes is not None
    facts = [fact({"sex": "female", "district": "TJ-KT-02"}), fact({"age": "18-24", "district": "TJ-KT-02"}, 7)]
    values, left = dhis2.mapped(facts, codes)
    assert [(one.element, one.combo, one.value) for one in values] == [
        ("PVD_FIN_LITERATE_SEX", "F", 12), ("PVD_FIN_LITERATE_AGE", "18_24", 7),
    ]  # fmt: skip
    assert left == []


def test_every_declared_element_asks_for_a_table_that_is_offered() -> None:
    codes = dhis2.codes_on(date(2026, 11, 1))
    assert codes is not None
    for element in codes.elements:
        tables = [{str(one) for one in table} for table in tables_of(indicators()[element.indicator])]
        assert {"district", *element.by} in tables, element.code
        assert element.by == () or codes.combo(dict.fromkeys(element.by, UNKNOWN)), element.code


BEGIN = "source: x\nmappings:\n- from: 2020-01-01\n  data_sets: {1: M}\n  default_combo: d\n  org_units: {}\n"


@pytest.mark.parametrize(
    ("rest", "line", "reason"),
    [
        ("  categories: {colour: {code: C, options: {}}}\n  combos: []\n  elements: []\n", 7, "no dimension 'colour'"),
        ("  categories: {}\n  combos: [{by: [sex], pattern: x}]\n  elements: []\n", 8, "stands under categories first"),
        (
            "  categories: {sex: {code: S, options: {f: F}}}\n  combos: [{by: [sex], pattern: x}]\n  elements: []\n",
            8, "every dimension in braces",
        ),
        ("  categories: {}\n  combos: []\n  elements: [{indicator: a, element: A, by: [sex]}]\n", 9, "no combination"),
        (
            "  categories: {}\n  combos: []\n  elements: [{indicator: a, element: A}, {indicator: b, element: A}]\n", 9,
            "stands here twice",
        ),
    ],
)  # fmt: skip
def test_a_wrong_mapping_is_refused_with_line_and_reason(rest: str, line: int, reason: str) -> None:
    with pytest.raises(DeclarationError, match=reason) as refused:
        dhis2.read_codes("dhis2.yaml", BEGIN + rest)
    assert refused.value.line == line


def test_the_mapping_of_the_day_holds_and_a_named_combination_beats_the_pattern() -> None:
    content = BEGIN + (
        "  categories: {sex: {code: S, options: {female: F, male: M}}}\n"
        "  combos: [{by: [sex], pattern: 'P_{sex}', codes: {female: WOMEN}}]\n  elements: []\n"
    )
    (codes,) = dhis2.read_codes("dhis2.yaml", content)
    assert [codes.combo({"sex": one}) for one in ("female", "male", "unknown")] == ["WOMEN", "P_M", None]
    assert dhis2.codes_on(date(2019, 1, 1)) is None


@given(st.dates(date(2020, 1, 1), date(2026, 1, 1)), st.integers(0, 900), st.sampled_from([1, 3]))
def test_periods_are_whole_follow_one_another_and_lie_within(first: date, days: int, months: int) -> None:
    last = date.fromordinal(first.toordinal() + days)
    found = periods(first, last, months)
    assert all(first <= begin < end <= last and months_of(begin, end) == months for begin, end in found)
    assert all(one[1].toordinal() + 1 == other[0].toordinal() for one, other in pairwise(found))
