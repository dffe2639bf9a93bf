"""What stands in the cells of files of a survey: what was answered, which no program takes for anything else."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from paivand.access.models.identity import acting_as
from paivand.collect.actions import survey_exports
from paivand.collect.models import SurveyAnswer
from paivand.collect.rules.survey_export import MOST_LINES, FileKind, Words
from paivand.core.rules.errors import Refused
from paivand.core.rules.writing import writing
from tests.collect.surveys import answered, in_use
from tests.collect.test_survey_answers import exported

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def without_java(monkeypatch: pytest.MonkeyPatch) -> None:
    """ODK Validate takes a second for each form."""
    monkeypatch.setattr("paivand.collect.rules.xforms.java_present", lambda: False)


@pytest.fixture
def version(manija: Any) -> Any:
    return in_use(manija)


def test_a_plain_table_holds_codes_and_no_formula(manija: Any, zarina: Any, version: Any):
    answered(zarina, version, {"wish": '=HYPERLINK("x")'})
    text = exported(manija, version, FileKind.CSV, Words.CODES).decode("utf-8-sig")
    [row] = list(csv.DictReader(io.StringIO(text)))
    assert (row["roof"], row["needs"], row["rooms"]) == ("tin", "water light", "3")
    assert row["wish"] == '\'=HYPERLINK("x")'


def test_places_go_out_coarse(manija: Any, zarina: Any, version: Any):
    answered(zarina, version)
    answered(zarina, version, {"place": ""})
    told = json.loads(exported(manija, version, FileKind.GEOJSON, Words.CODES))
    [feature] = told["features"]
    assert feature["geometry"] == {"type": "Point", "coordinates": [69.785, 37.912]}
    assert (feature["properties"]["rooms"], feature["properties"]["roof"]) == (3, "tin")


def test_no_answer_becomes_a_formula_in_any_file(manija: Any, zarina: Any, version: Any):
    signs = ["=1+1", "+1", "-1", "@A1", "\t=1", "<r><f>1+1</f></r>"]
    for sign in signs:
        answered(zarina, version, {"wish": sign, "children": [{"name": sign, "age": sign[:1]}]})
    lines = list(csv.reader(io.StringIO(exported(manija, version, FileKind.CSV).decode("utf-8-sig"))))
    assert not [cell for line in lines for cell in line if cell[:1] in "=+-@\t" and cell]
    content = exported(manija, version, FileKind.XLSX)
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        assert not [name for name in packed.namelist() if b"<f>" in packed.read(name)]
    book = CalamineWorkbook.from_object(io.BytesIO(content))
    wish = book.get_sheet_by_index(0).to_python()[0].index("Чӣ мехоҳед?")
    assert {line[wish].strip() for line in book.get_sheet_by_index(0).to_python()[1:]} == {one.strip() for one in signs}
    assert {line[2].strip() for line in book.get_sheet_by_index(1).to_python()[1:]} == {one.strip() for one in signs}


def test_a_workbook_keeps_to_the_limits_of_spreadsheets(
    manija: Any, zarina: Any, version: Any, monkeypatch: pytest.MonkeyPatch
):
    answered(zarina, version, {"wish": "😀" * 20_000, "rooms": "9929181234567890", "today": "1899-12-31"})
    answered(zarina, version, {"wish": "short", "rooms": "1e400"})
    book = CalamineWorkbook.from_object(io.BytesIO(exported(manija, version, FileKind.XLSX)))
    heads, second, first = book.get_sheet_by_index(0).to_python()
    wish, rooms = heads.index("Чӣ мехоҳед?"), heads.index("Чанд ҳуҷра?")
    assert first[wish] == "😀" * 16_383, "32,767 units of UTF-16 and no half a letter"
    assert (first[rooms], second[rooms]) == ("9929181234567890", "1e400"), "no digit is lost, no number is endless"
    about = {str(name): str(words) for name, words in book.get_sheet_by_name("About").to_python()}
    assert about["Cut off"].startswith("1 text is longer than a cell")
    whole = exported(manija, version, FileKind.CSV, Words.CODES).decode("utf-8-sig")
    assert [row["wish"] for row in csv.DictReader(io.StringIO(whole))] == ["short", "😀" * 20_000]
    assert MOST_LINES < 1_048_576
    monkeypatch.setattr(survey_exports, "MOST_LINES", 3)
    with pytest.raises(Refused) as refused:
        exported(manija, version, FileKind.XLSX)  # two answers, and four children
    assert refused.value.code == "too_many"


def test_a_place_that_is_none_brings_no_point_and_no_file_that_cannot_be_read(manija: Any, zarina: Any, version: Any):
    answered(zarina, version, {"rooms": "1e400"})
    for _each in range(4):
        answered(zarina, version)
    with acting_as(zarina), writing("a test"):  # as if an older version had asked something else under this name
        kept = list(SurveyAnswer.objects.order_by("id"))
        for row, said in zip(kept[1:], ("nan nan", "37.9 1e9", "by the river", "37.9"), strict=True):
            row.values = row.values | {"place": said}
            row.save()
    told = json.loads(exported(manija, version, FileKind.GEOJSON, Words.CODES), parse_constant=pytest.fail)
    [feature] = told["features"]
    assert feature["id"] == str(kept[0].pk)
    assert feature["properties"]["rooms"] == "1e400"
