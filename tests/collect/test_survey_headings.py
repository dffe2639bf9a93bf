"""Headings of files of answers: no two columns of a table have the same."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from paivand.collect.rules.survey_export import FileKind, Words, headings
from tests.collect.surveys import HEADINGS, answered, in_use, workbook
from tests.collect.test_survey_answers import exported

FIXED = ["Answer", "Day", "District"]


def named(*labels: str, words: Words = Words.LABELS) -> list[str]:
    asked = [{"path": f"q{at}", "label": {"en": label}} for at, label in enumerate(labels)]
    return headings(asked, words, "en", fixed=FIXED)


def test_a_label_that_repeats_has_the_code_behind_it():
    assert named("Roof", "Name", "Name") == ["Roof", "Name (q1)", "Name (q2)"]
    assert named("day ", "DISTRICT") == ["day (q0)", "DISTRICT (q1)"], "programs know no capitals"
    assert named("Name", "Name", words=Words.CODES) == ["q0", "q1"]
    tricky = named("Day", "Day (q0)", "Day (q0)*")
    assert len({*FIXED, *tricky}) == len(FIXED) + 3


@pytest.mark.django_db
def test_no_column_of_a_file_is_lost_to_who_reads_it_by_headings(
    manija: Any, zarina: Any, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("paivand.collect.rules.xforms.java_present", lambda: False)
    asked = [HEADINGS, ["text", "when", "Day", "Day"], ["begin repeat", "kids", "Child", "Child"]]
    asked += [["text", "line", "Row", "Row"], ["end repeat"]]
    version = in_use(manija, workbook(survey=asked))
    answered(zarina, version, {"when": "in spring", "kids": [{"line": "the first"}]})
    [row] = csv.DictReader(io.StringIO(exported(manija, version, FileKind.CSV).decode("utf-8-sig")))
    assert row["Day (when)"] == "in spring"
    assert row["Day"] != "in spring"
    book = CalamineWorkbook.from_object(io.BytesIO(exported(manija, version, FileKind.XLSX)))
    assert [book.get_sheet_by_index(at).to_python()[0][-1] for at in (0, 1)] == ["Day (when)", "Row (kids/line)"]
