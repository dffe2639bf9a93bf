"""Reports on paper: a tagged PDF and a DOCX with real styles, in three languages."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import pikepdf
import pytest
from docx import Document
from docx.oxml.ns import qn

from paivand.evidence.queries.report_papers import report_docx, report_pdf
from paivand.evidence.rules.report_content import Narrative, Told
from paivand.evidence.rules.report_docx import LOCALES
from tests.evidence.reporting import TEXT, content
from tests.evidence.test_report_rules import pdf_words

MADE = datetime(2026, 1, 15, 9, tzinfo=UTC)
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8cfc0000003010100c9fe92ef"
    "0000000049454e44ae426082"
)


def opened(made: bytes):
    return Document(io.BytesIO(made))


@pytest.mark.parametrize("language", ["en", "ru", "tg"])
def test_the_pdf_can_be_read_aloud_in_its_language(language):
    with pikepdf.open(io.BytesIO(report_pdf(content(language), {"story-1": PNG}))) as pdf:
        assert str(pdf.Root.Lang) == language
        assert b"pdfuaid" in pdf.Root.Metadata.read_bytes()
        words = pdf_words(pdf)
    assert "Ҷавонон, қадам, ғамхорӣ".replace(" ", "") in words.replace(" ", "")


def test_the_same_content_gives_the_same_pdf():
    assert report_pdf(content(), {}) == report_pdf(content(), {})


def test_a_draft_says_on_its_pages_that_it_is_one_and_what_is_missing():
    section = Narrative("Summary", "", missing="This section is not written yet.")
    with pikepdf.open(io.BytesIO(report_pdf(content(draft="Draft only", sections=(section,)), {}))) as pdf:
        words = "".join(pdf_words(pdf).split())
    assert words.count("Draftonly") > 1
    assert "Thissectionisnotwrittenyet." in words


def test_the_docx_has_real_headings_lists_and_bold_words():
    paper = opened(report_docx(content(), {}, MADE))
    styles = {(one.style.name, one.text) for one in paper.paragraphs}
    assert ("Heading 1", "Summary") in styles
    assert ("Heading 2", "What changed") in styles
    assert ("List Bullet", "fewer debts") in styles
    assert ("List Number", "one") in styles
    assert any(run.bold and run.text == "visited" for one in paper.paragraphs for run in one.runs)
    assert "**" not in "".join(one.text for one in paper.paragraphs)
    assert TEXT.count("- ") == sum(name == "List Bullet" for name, _words in styles)


def test_two_numbered_lists_of_a_docx_both_begin_with_one():
    section = Narrative("S", "1. a\n2. b\n\nBetween\n\n1. c\n2. d")
    paper = opened(report_docx(content(sections=(section,)), {}, MADE))
    numbers = [
        one._p.pPr.numPr.numId.val for one in paper.paragraphs if one.style.name == "List Number"
    ]  # fmt: skip
    assert numbers[0] == numbers[1] != numbers[2] == numbers[3]


def test_the_heads_of_tables_come_again_and_pictures_have_words():
    paper = opened(report_docx(content(), {"story-1": PNG}, MADE))
    results, money = paper.tables[1], paper.tables[2]
    for table in (results, money):
        assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    assert [cell.text for cell in results.rows[0].cells][2] == "Baseline"
    told = [shape._inline.docPr.get("descr") for shape in paper.inline_shapes]
    assert told == ["People with legal help: 87 %", "two months", "Hands at work"]


def test_parts_of_an_indicator_share_its_cells():
    results = opened(report_docx(content(), {}, MADE)).tables[1]
    assert results.cell(2, 0).text == results.cell(4, 0).text == "legal\nPeople with legal help"
    assert [results.cell(n, 1).text for n in (2, 3, 4)] == ["Total", "Women", "Men"]


@pytest.mark.parametrize("language", ["en", "ru", "tg"])
def test_the_docx_says_its_language_and_typeface(language):
    paper = opened(report_docx(content(language), {}, MADE))
    spoken = paper.styles.element.find(f".//{qn('w:lang')}").get(qn("w:val"))
    assert spoken == paper.core_properties.language == LOCALES[language]
    assert paper.styles["Normal"].font.name == "Source Sans 3"
    fonts = next(p for p in paper.part.package.iter_parts() if str(p.partname) == "/word/fontTable.xml")
    assert b'<w:altName w:val="Calibri"/>' in fonts.blob


def test_a_story_without_words_is_on_no_paper():
    story = Told("story-1", "0" * 64)
    made = content(stories=(story,))
    assert "A new start" not in "".join(one.text for one in opened(report_docx(made, {}, MADE)).paragraphs)
    with pikepdf.open(io.BytesIO(report_pdf(made, {}))) as pdf:
        assert "Anewstart" not in "".join(pdf_words(pdf).split())


def test_a_photograph_stands_beside_its_story():
    assert len(report_pdf(content(), {"story-1": PNG})) > len(report_pdf(content(), {}))
