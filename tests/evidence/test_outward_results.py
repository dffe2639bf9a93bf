"""The results table in a terminal, as JSON, as CSV and as a workbook: real numbers, and nothing where it is hidden."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from paivand.core.rules.spreadsheets import written
from paivand.evidence.rules.outward.cells import MARK, Cell, csv_text
from paivand.evidence.rules.outward.results import ResultRow, results_csv, results_json, results_table
from paivand.evidence.rules.outward.workbook import results_xlsx
from tests.evidence.figures import FRESH, budget, results


def sheets(content: bytes) -> dict[str, list[list[Any]]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}


def rows_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def test_the_table_for_a_terminal_lines_up_and_marks_what_is_hidden() -> None:
    lines = results_table(results()).splitlines()
    assert lines[0].split() == ["Code", "Indicator", "Baseline", "Target", "Actual", "Progress"]
    assert "women_trained  =Women who learned" in lines[2]
    assert lines[2].endswith("0     250      290     116 %")
    parts = [line.split() for line in lines[3:7]]
    assert parts == [["women", "287"], ["men", "···"], ["Kulob", "···"], ["women", "·", "Kulob", "120"]]
    assert lines[-1].startswith("··· is not shown: fewer than 5 people")


def test_the_table_says_nothing_of_hiding_where_nothing_is_hidden() -> None:
    assert "···" not in results_table(results(rows=(ResultRow("a", "A", Cell(12)),)))


def test_json_gives_null_and_the_reason_for_what_is_hidden() -> None:
    told = json.loads(results_json(results()))
    first, second = told["indicators"]
    assert (first["actual"], first["hidden"], first["progress_percent"]) == (290, None, 116)
    assert {"by": {"sex": "male"}, "value": None, "hidden": "small"} in first["cells"]
    assert second["actual"] == 1234.5
    assert told["period"] == {"first": "2021-08-01", "last": "2023-11-30"}


def test_csv_has_a_row_for_every_figure_and_leaves_the_hidden_ones_empty() -> None:
    rows = rows_of(results_csv(results()))
    assert len(rows) == results().n_rows == 8
    hidden = [row for row in rows if row["hidden"]]
    assert [row["actual"] for row in hidden] == [""] * 3
    assert rows[0]["title"] == "'=Women who learned"
    assert [(row["sex"], row["district"]) for row in rows[:3]] == [("all", "all"), ("female", "all"), ("male", "all")]


def test_the_workbook_opens_and_its_numbers_are_numbers() -> None:
    found = sheets(results_xlsx(results(), budget()))
    assert list(found) == ["Results", "Sex", "District", "Together", "Figures of others", "Budget", "Notes"]
    head, output, first, second = found["Results"][:4]
    assert head[:9] == [
        "Code", "Indicator", "Unit", "Baseline", "Baseline of", "Target", "Target by", "Actual", "Progress",
    ]  # fmt: skip
    assert head[9:] == ["2022", "2023", "Not shown", "Explanation"]
    assert output[:2] == ["1.1", "Output 1.1"]
    assert first[1] == "=Women who learned"
    assert (first[3], first[5], first[7], first[8], first[9]) == (0, 250, 290, pytest.approx(1.16), 200)
    assert second[7] == 1234.5


def test_hidden_cells_of_the_workbook_are_empty_and_named() -> None:
    found = sheets(results_xlsx(results()))
    head, first, second = found["Sex"]
    assert head == ["Code", "Indicator", "women", "men", "All", "Not shown"]
    assert first[2:] == [287, "", 290, "men"]
    assert second[2:] == ["", "", 1234.5, ""]
    assert [row[2:] for row in found["Together"][1:]] == [
        ["women", "Kulob", 120, ""],
        ["women", "Kulob", "", "not shown: too detailed for what it counts"],
    ]


def test_no_hidden_figure_stands_anywhere_in_the_file() -> None:
    rows = (ResultRow("a", "A", Cell(4321987, "small"), cells={(("sex", "male"),): Cell(4321988, "further")}),)
    told = results(rows=rows, external=())
    packed = zipfile.ZipFile(io.BytesIO(results_xlsx(told)))
    everything = b"".join(packed.read(name) for name in packed.namelist())
    everything += results_csv(told) + results_json(told).encode() + results_table(told).encode()
    assert b"432198" not in everything


def test_the_budget_table_has_every_agency_its_delivery_and_the_check_of_seven_per_cent() -> None:
    rows = sheets(results_xlsx(results(), budget()))["Budget"]
    assert rows[0][2] == "First agency"
    assert rows[1][2:6] == ["Budget", "Expenditure", "Commitments", "Delivery"]
    staff = next(row for row in rows if row[0] == 1)
    assert staff[2:6] == [1000, 250, 50, 0.25]
    total = next(row for row in rows if row[1] == "Total")
    assert (total[2], total[6], total[10]) == (1070, 535.01, 1605.01)
    checked = {row[1]: row[2:6] for row in rows if row[1] in {"First agency", "Second agency"}}
    assert checked == {"First agency": [1000, 70, 70, "yes"], "Second agency": [500, 35, 35.01, "no"]}
    assert rows[-1][3:6] == [1605.01, 1605.01, "yes"]


def test_a_workbook_in_dari_reads_from_the_right() -> None:
    packed = zipfile.ZipFile(io.BytesIO(results_xlsx(results(language="fa"), budget())))
    for name in packed.namelist():
        if name.startswith("xl/worksheets/sheet"):
            assert b'rightToLeft="1"' in packed.read(name), name
    assert b"rightToLeft" not in zipfile.ZipFile(io.BytesIO(results_xlsx(results()))).read("xl/worksheets/sheet1.xml")


def test_every_sheet_keeps_its_heads_in_sight_and_fits_the_width_of_a_page() -> None:
    packed = zipfile.ZipFile(io.BytesIO(results_xlsx(results(), budget())))
    for name in packed.namelist():
        if name.startswith("xl/worksheets/sheet"):
            page = packed.read(name).decode()
            assert [one for one in ("<pane", 'orientation="landscape"', 'fitToHeight="0"') if one not in page] == [], (
                name
            )


def test_heads_and_notes_are_said_in_the_language_of_the_file() -> None:
    found = sheets(results_xlsx(results(), say=lambda words: f"«{words}»"))
    assert "«Results»" in found
    assert found["«Results»"][0][0] == "«Code»"


@given(st.text(min_size=1), st.text(), st.text())
def test_a_workbook_bears_any_words_and_takes_none_for_a_formula(title: str, name: str, note: str) -> None:
    rows = (ResultRow("a", title, Cell(7), note=note, cells={(("sex", "x"),): Cell(1)}),)
    content = results_xlsx(results(rows=rows, dimensions=(("sex", name),), external=()))
    packed = zipfile.ZipFile(io.BytesIO(content))
    assert not any(b"<f>" in packed.read(one) for one in packed.namelist() if "worksheets" in one)
    assert len(sheets(content)) == 3


@given(st.lists(st.lists(st.text(), min_size=2, max_size=2), max_size=5))
def test_csv_gives_back_what_was_written_and_no_cell_begins_a_formula(rows: list[list[str]]) -> None:
    content = csv_text(rows).decode()
    assert content.startswith(MARK)
    back = list(csv.reader(io.StringIO(content.removeprefix(MARK), newline="")))
    assert [[cell.removeprefix("'") for cell in row] for row in back if row] == [
        [written(cell).removeprefix("'") for cell in row] for row in rows
    ]
    assert not any(cell[:1] in set("=+-@") for row in back for cell in row)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-(10**9), max_value=10**9))
def test_a_number_in_csv_is_the_number(value: Decimal) -> None:
    assert Decimal(csv_text([[value]], mark=False).decode().strip()) == value


def test_rows_without_a_trend_or_parts_make_a_workbook_too() -> None:
    found = sheets(results_xlsx(results(rows=(ResultRow("a", "A", Cell()),), external=(), dimensions=())))
    assert list(found) == ["Results", "Notes"]
    assert any(str(FRESH.year) in str(row[1]) for row in found["Notes"])
