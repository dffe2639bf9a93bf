"""Workbooks: what people wrote stays a text in them, whatever it looks like."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

import paivand
from paivand.core.rules.spreadsheets import Workbook, harmless

FORMULA = '<r><t>x</t></r></is></c><c r="C1"><f>HYPERLINK("https://example.org","press")</f></c><c><is><r></r>'
TEXTS = (
    FORMULA, "<r>&</r>", "<r>" + "a" * 40_000 + "</r>", "=1+1", "+992900000000", "-5", "@x", "\ufffe\x01here",
    "https://example.org/", "{=1}", "12", "\ttab",
)  # fmt: skip


@pytest.mark.parametrize("options", [{"constant_memory": True}, {"in_memory": True}], ids=lambda one: next(iter(one)))
def test_no_text_becomes_a_formula_a_link_or_markup(options: dict[str, bool]):
    into = io.BytesIO()
    book = Workbook(into, options)
    page = book.add_worksheet()
    cut = [page.write_string(row, 0, text) for row, text in enumerate(TEXTS)]
    book.close()
    with zipfile.ZipFile(into) as packed:
        held = "".join(packed.read(name).decode() for name in packed.namelist() if name.endswith(".xml"))
        links = [name for name in packed.namelist() if "worksheets/_rels" in name]
    assert "<f>" not in held
    assert links == []
    into.seek(0)
    told = [row[0] for row in CalamineWorkbook.from_filelike(into).get_sheet_by_index(0).to_python()]
    assert [one.strip() if isinstance(one, str) else one for one in told] == [
        *(text[:32_766] if len(text) > 32_767 else re.sub("[\ufffe\x01]", "", text).strip() for text in TEXTS)
    ]
    assert [row for row, n in enumerate(cut) if n] == [2], "the caller is told what was cut off"


def test_a_plain_table_marks_whatever_begins_like_a_formula():
    for sign in "=+-@\t\r\n＝＋－＠":
        assert harmless(f"{sign}1") == f"'{sign}1"
    assert harmless("1=1") == "1=1"


def test_every_workbook_of_the_program_is_made_here():
    folder = Path(paivand.__file__).parent
    made = {path.relative_to(folder).as_posix() for path in folder.rglob("*.py") if "xlsxwriter" in path.read_text()}
    assert made == {"core/rules/spreadsheets.py"}
