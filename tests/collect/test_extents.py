"""One cell far from the list must not make a reader need all the memory of the server."""

from __future__ import annotations

import doctest
import io
import zipfile

import pytest
import xlsxwriter

from paivand.collect.rules import extents
from paivand.collect.rules.extents import demand_near
from paivand.collect.rules.lists import FileKind
from paivand.collect.rules.problems import Unreadable
from paivand.collect.rules.sheets import kind_of
from paivand.collect.rules.survey_sheets import read_book

CELL = '<table:table-cell office:value-type="string"><text:p>a</text:p></table:table-cell>'
WIDE = '<table:table-cell table:number-columns-repeated="1000" office:value-type="float"/>'
ODS = (
    '<?xml version="1.0"?><office:document-content xmlns:office="o" xmlns:table="t" xmlns:text="x">'
    '<table:table table:name="s">{}</table:table></office:document-content>'
)


def packed(name: str, content: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return stream.getvalue()


def xlsx(rows: str) -> bytes:
    return packed("xl/worksheets/sheet1.xml", f"<worksheet><sheetData>{rows}</sheetData></worksheet>")


def workbook(*cells: tuple[str, str]) -> bytes:
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    page = book.add_worksheet("survey")
    for place, said in cells:
        page.write_string(place, said)
    page.set_column(0, 16_383, 12, book.add_format({"bold": True}))
    page.write_blank("XFC1048576", None, book.add_format({"bold": True}))
    book.close()
    return stream.getvalue()


def test_the_examples_of_the_documentation_hold():
    assert doctest.testmod(extents).failed == 0


@pytest.mark.parametrize("cell", ["XFD1048576", "XFD5001", "Z200000"])
def test_a_space_far_away_is_named(cell):
    content = workbook(("A1", "type"), (cell, " "))
    for read in (kind_of, read_book):
        with pytest.raises(Unreadable) as told:
            read("a.xlsx", content)
        assert (told.value.code, told.value.values) == ("too_spread", {"given": cell})


def test_a_long_sheet_of_few_columns_is_near():
    demand_near(FileKind.XLSX, workbook(("A1", "type"), ("C1048576", "x")))


def test_formats_far_away_do_not_matter():
    assert read_book("a.xlsx", workbook(("A1", "type"), ("B1", "name"), ("A2", "text"), ("B2", "q"))).sheets["survey"]


@pytest.mark.parametrize("rows", [
    '<row r="1048576"><c><v>1</v></c><c r="XFD1048576"><is><t>a</t></is></c></row>',
    '<row r="1048575"><c r="A1048575"/></row><row><c><v>1</v></c>' + "<c><f>1</f></c>" * 5 + "</row>",
    '<x:row r="900000"><x:c r="ZZ900000"><x:f>A1</x:f></x:c></x:row>',
])  # fmt: skip
def test_cells_without_a_place_are_counted(rows):
    content = xlsx(rows)
    with pytest.raises(Unreadable) as told:
        demand_near(FileKind.XLSX, content)
    assert told.value.code == "too_spread"


@pytest.mark.parametrize(("rows", "is_near"), [
    (f'<table:table-row>{CELL}</table:table-row><table:table-row table:number-rows-repeated="1048575">'
     '<table:table-cell table:number-columns-repeated="16384"/></table:table-row>', True),
    (f'<table:table-row>{CELL}</table:table-row><table:table-row table:number-rows-repeated="5000">'
     '<table:table-cell/></table:table-row><table:table-row><table:table-cell table:number-columns-repeated="5000"/>'
     f"{CELL}</table:table-row>", False),
    (f'<table:table-row table:number-rows-repeated="20000">{WIDE}</table:table-row>', False),
])  # fmt: skip
def test_repetitions_of_an_ods_count_where_they_say_something(rows, is_near):
    content = packed("content.xml", ODS.format(rows))
    if is_near:
        demand_near(FileKind.ODS, content)
        return
    with pytest.raises(Unreadable) as told:
        demand_near(FileKind.ODS, content)
    assert told.value.code == "too_spread"


@pytest.mark.parametrize("content", ["<a", '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'])
def test_what_is_no_plain_sheet_is_broken(content):
    with pytest.raises(Unreadable) as told:
        demand_near(FileKind.XLSX, packed("xl/worksheets/sheet1.xml", content))
    assert told.value.code == "broken"


@pytest.mark.parametrize("part", [b"<x><!--%s--></x>", b'<x a="%s"/>'])
def test_a_tag_or_comment_without_end_is_given_up_early(part):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", part % (b"a" * 2_000_000))
    with pytest.raises(Unreadable) as refused:
        demand_near(FileKind.XLSX, content.getvalue())
    assert refused.value.code == "broken"


def test_a_long_text_is_no_endless_tag():
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"<x>%s</x>" % (b"a" * 2_000_000))
    demand_near(FileKind.XLSX, content.getvalue())
