"""5W with hashtags, open data with its dictionary, and the calendar: each read back by other means."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from paivand.core.rules.parts import DeclarationError
from paivand.evidence.rules.outward.cells import Cell
from paivand.evidence.rules.outward.facts import Fact
from paivand.evidence.rules.outward.five_w import COLUMNS, Doing, Reached, five_w_csv, five_w_xlsx, together
from paivand.evidence.rules.outward.icalendar import Due, calendar, escaped, folded, report_days
from paivand.evidence.rules.outward.open_data import Described, Licence, OpenData, open_data_zip
from paivand.evidence.rules.outward.parameters import SOURCE, outward, read_outward

MADE = datetime(2026, 12, 1, 8, tzinfo=UTC)
DOING = Doing(
    "JP-a-TJ-KT-02", "JP", "=Women who learned", "Output 1", "A fund", "An agency", region=("TJ-KT", "Khatlon"),
    district=("TJ-KT-02", "Kulob"), first=date(2026, 1, 1), targeted=Decimal(250),
    reached=Reached(people=Cell(120), women=Cell(100), men=Cell(3, "small")), budget_usd=Decimal("1000.50"),
    contact="office@example.org",
)  # fmt: skip
SECTION = (
    "#meta+id #org+funding+name #org+prog+name #org+impl+name #sector #activity+project+code #activity+name "
    "#output+name #adm1+name #adm2+name #adm3+name #loc+name #status #date+start #date+end #date+reported "
    "#beneficiary+type #targeted+ind #reached+ind #reached+f+adults #reached+m+adults #reached+f+children "
    "#reached+m+children #reached+hh #reached+ind+disability #modality #value+budget+c_usd #contact+email"
)
"""The hashtags that humanitarian 5W tables carry, in their order."""


def test_hashtags_stand_in_the_row_under_the_headings_and_keep_their_sign() -> None:
    rows = list(csv.reader(io.StringIO(five_w_csv([DOING]).decode("utf-8-sig"))))
    assert rows[1] == [tag for _key, tag, _head in COLUMNS]
    assert [tag for tag in rows[1] if tag in SECTION.split()] == SECTION.split()
    told = dict(zip(rows[1], rows[2], strict=True))
    assert told["#activity+name"] == "'=Women who learned"
    assert (told["#reached+ind"], told["#reached+f+adults"], told["#reached+m+adults"]) == ("120", "100", "")
    assert told["#meta+suppressed"] == "Men reached"
    assert (told["#adm2+name"], told["#adm2+code"], told["#loc+name"]) == ("Kulob", "TJ-KT-02", "")
    assert told["#date+start"] == "2026-01-01"


def test_the_spreadsheet_holds_the_same_with_numbers_as_numbers() -> None:
    content = five_w_xlsx([DOING], right_to_left=False)
    rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    told = dict(zip(rows[1], rows[2], strict=True))
    assert (told["#reached+ind"], told["#value+budget+c_usd"], told["#reached+m+adults"]) == (120, 1000.5, "")
    assert told["#activity+name"] == "=Women who learned"


@given(st.lists(st.tuples(st.integers(0, 99), st.booleans())))
def test_a_sum_with_a_hidden_part_is_hidden(parts: list[tuple[int, bool]]) -> None:
    found = together(Cell(None if hidden else value, "small" if hidden else "") for value, hidden in parts)
    if any(hidden for _value, hidden in parts):
        assert found.shown is None
        assert found.hidden
    else:
        assert found.value == (sum(value for value, _hidden in parts) if parts else None)


FACTS = (
    Fact("a", date(2026, 1, 1), date(2026, 1, 31), (), Cell(20)),
    Fact("a", date(2026, 1, 1), date(2026, 1, 31), (("sex", "female"),), Cell(17)),
    Fact("a", date(2026, 1, 1), date(2026, 1, 31), (("sex", "male"),), Cell(3, "small")),
    Fact("b", None, None, (), Cell(Decimal("0.50"))),
)
OPEN = OpenData(
    "jp-results", "Results", FACTS,
    {"a": Described("A", "How many?", "people", "people"), "b": Described("B", "What?", "mean")},
    Licence("CC-BY-4.0", "Attribution", "https://example.org/by"), MADE,
    dimensions={"sex": "Sex", "district": "District"}, categories={("sex", "male"): "men", ("sex", "female"): "women"},
)  # fmt: skip


def archive(told: OpenData) -> dict[str, str]:
    packed = zipfile.ZipFile(io.BytesIO(open_data_zip(told)))
    return {name: packed.read(name).decode("utf-8-sig") for name in packed.namelist()}


def test_open_data_is_tidy_and_marks_what_is_not_shown() -> None:
    rows = list(csv.DictReader(io.StringIO(archive(OPEN)["data.csv"])))
    assert [(row["sex"], row["district"], row["value"], row["suppressed"], row["reason"]) for row in rows] == [
        ("all", "all", "20", "false", ""),
        ("female", "all", "17", "false", ""),
        ("male", "all", "", "true", "small"),
        ("all", "all", "0.50", "false", ""),
    ]


def test_the_schema_describes_every_column_and_the_data_obey_it() -> None:
    found = archive(OPEN)
    package = json.loads(found["datapackage.json"])
    assert package["licenses"][0]["name"] == "CC-BY-4.0"
    fields = package["resources"][0]["schema"]["fields"]
    rows = list(csv.DictReader(io.StringIO(found["data.csv"])))
    assert [field["name"] for field in fields] == list(rows[0])
    for field in fields:
        constraints = field.get("constraints", {})
        for row in rows:
            assert row[field["name"]] or not constraints.get("required"), field
            assert row[field["name"]] in constraints.get("enum", [row[field["name"]]]), field
    key = package["resources"][0]["schema"]["primaryKey"]
    assert len({tuple(row[name] for name in key) for row in rows}) == len(rows)


def test_the_dictionary_explains_columns_indicators_categories_and_the_licence() -> None:
    rows = list(csv.DictReader(io.StringIO(archive(OPEN)["dictionary.csv"])))
    told = {(row["kind"], row["name"]): row["meaning"] for row in rows}
    assert told["category", "sex=male"] == "men"
    assert told["indicator", "a"] == "A. How many?"
    assert "https://example.org/by" in told["licence", "CC-BY-4.0"]
    assert ("column", "suppressed") in told
    assert "CC-BY" in archive(OPEN)["dictionary.csv"]
    assert "https://example.org/by" in archive(OPEN)["LICENCE.txt"]


def test_the_same_data_make_the_same_archive() -> None:
    assert open_data_zip(OPEN) == open_data_zip(replace(OPEN))


def unfolded(content: bytes) -> list[str]:
    """The lines of a calendar as a reader joins them again."""
    text = content.decode()
    assert "\n" not in text.replace("\r\n", "")
    return text.replace("\r\n ", "").split("\r\n")[:-1]


def unescaped(words: str) -> str:
    out, at = "", 0
    while at < len(words):
        if words[at] == "\\":
            out += {"n": "\n"}.get(words[at + 1], words[at + 1])
            at += 2
        else:
            out += words[at]
            at += 1
    return out


def test_the_calendar_has_an_all_day_entry_for_each_day() -> None:
    due = [
        Due("m1", date(2026, 12, 31), "Школа, поле; ӣ", "Line\none", "Milestone"),
        Due("m2", date(2027, 1, 1), "x", remind=7),
    ]
    lines = unfolded(calendar("JP", due, MADE, language="tg"))
    assert lines[:3] == ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Paivand//Results//EN"]
    assert lines[-1] == "END:VCALENDAR"
    assert "DTSTART;VALUE=DATE:20261231" in lines
    assert "DTEND;VALUE=DATE:20270101" in lines
    assert "UID:m1@paivand" in lines
    assert "SUMMARY;LANGUAGE=tg:Школа\\, поле\\; ӣ" in lines
    assert "DESCRIPTION;LANGUAGE=tg:Line\\none" in lines
    assert lines.count("TRIGGER:-P7D") == lines.count("BEGIN:VALARM") == lines.count("END:VALARM") == 1
    assert lines.count("BEGIN:VEVENT") == lines.count("END:VEVENT") == lines.count("DTSTAMP:20261201T080000Z") == 2


def test_what_is_reached_calls_nobody_to_mind() -> None:
    assert "VALARM" not in calendar("JP", [Due("m", MADE.date(), "x", remind=7, reached=True)], MADE).decode()


def test_reports_are_awaited_in_the_spring_after_each_year() -> None:
    found = report_days(date(2021, 8, 1), date(2023, 11, 30), (3, 31), (4, 30))
    assert [(one.id, one.on) for one in found] == [
        ("narrative-2021", date(2022, 3, 31)), ("financial-2021", date(2022, 4, 30)),
        ("narrative-2022", date(2023, 3, 31)), ("financial-2022", date(2023, 4, 30)),
        ("narrative-2023", date(2024, 3, 31)), ("financial-2023", date(2024, 4, 30)),
    ]  # fmt: skip
    assert found[0].title == "Narrative report for 2021"


@given(st.text(alphabet=st.characters(exclude_categories=["Cc", "Cs"])), st.text())
def test_any_words_come_back_and_no_line_is_longer_than_75_octets(title: str, about: str) -> None:
    content = calendar(title, [Due("m", date(2026, 1, 1), title, about, about)], MADE)
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    line = next(line for line in unfolded(content) if line.startswith("SUMMARY"))
    assert unescaped(line.partition(":")[2]) == title


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\r\n")))
def test_folding_is_undone_by_joining(line: str) -> None:
    assert folded(line).replace("\r\n ", "") == line


def test_a_text_cannot_end_its_line_and_begin_another_property() -> None:
    assert escaped("x\r\nATTACH:evil\nx\rX") == "x\\nATTACH:evil\\nx\\nX"


def test_the_declared_parameters_are_whole_and_a_wrong_day_is_refused() -> None:
    assert (outward().narrative, outward().financial) == ((3, 31), (4, 30))
    content = SOURCE.read_text(encoding="utf-8").replace('"03-31"', '"31 March"')
    with pytest.raises(DeclarationError, match="such as 03-31"):
        read_outward("outward.yaml", content)
