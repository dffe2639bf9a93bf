"""A report as a text document (DOCX) that can be worked on further: real styles, tables whose heads come again on each
page, pictures with words for who cannot see them, and the language set, so that it is read aloud and spelled rightly.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from paivand.evidence.rules.markup import Block, BlockKind, blocks
from paivand.evidence.rules.report_content import Narrative, ReportContent, ResultGroup

TYPEFACE, INSTEAD = "Source Sans 3", "Calibri"
"""The typeface of the screen and the paper, and the one that a machine without it takes."""
LOCALES = {"en": "en-GB", "ru": "ru-RU", "tg": "tg-Cyrl-TJ"}
_DEED, _SOFT, _WARN = RGBColor(0x8C, 0x1D, 0x3F), RGBColor(0x55, 0x46, 0x3A), RGBColor(0xB3, 0x30, 0x1C)
_RESULT_WIDTHS = (48, 27, 19, 22, 20, 20, 21, 44, 27, 19)
_MONEY_WIDTHS = (125, 36, 36, 36, 30)
_STYLES = {
    BlockKind.PARAGRAPH: "Normal",
    BlockKind.LIST: "List Bullet",
    BlockKind.NUMBERED: "List Number",
}


@dataclass(frozen=True)
class Pictures:
    """Pictures as PNG: the bars of each group and each time series, in their order; and photographs by story."""

    bars: Mapping[str, bytes]
    series: Sequence[bytes]
    photos: Mapping[str, bytes]


def docx(content: ReportContent, pictures: Pictures, made_at: datetime) -> bytes:
    """The document. The same content gives the same text; ``made_at`` stands in its properties."""
    paper = Document()
    _prepare(paper, content, made_at)
    _cover(paper, content)
    _narrative(paper, content, [one for one in content.sections if one.early])
    _pictures(paper, content, pictures)
    _narrative(paper, content, [one for one in content.sections if not one.early])
    _stories(paper, content, pictures.photos)
    _turn(paper, landscape=True)
    _results(paper, content)
    _money(paper, content)
    _turn(paper, landscape=False)
    if content.annex:
        paper.add_heading(content.words["annex"], 1)
        for one in content.annex:
            paper.add_heading(one.title, 2)
            _text(paper, one.text, level=3)
    kept = io.BytesIO()
    paper.save(kept)
    return kept.getvalue()


# --- the whole -------------------------------------------------------------------------------------------------------


def _prepare(paper: Any, content: ReportContent, made_at: datetime) -> None:
    properties = paper.core_properties
    properties.title = f"{content.kind} · {content.title}"
    properties.subject, properties.language = content.period, LOCALES[content.language]
    properties.author, properties.comments, properties.last_modified_by = "Paivand", "", "Paivand"
    properties.created = properties.modified = made_at.replace(tzinfo=None, microsecond=0)
    styles = paper.styles
    _speak(styles.element.find(qn("w:docDefaults")), content.language)
    for name, size, colour in (
        ("Normal", 10.5, None), ("Title", 26, _DEED), ("Subtitle", 13, _SOFT), ("Heading 1", 17, _DEED),
        ("Heading 2", 13, None), ("Heading 3", 11, _DEED), ("Heading 4", 10.5, None), ("Caption", 8.5, _SOFT),
        ("List Bullet", 10.5, None), ("List Number", 10.5, None),
    ):  # fmt: skip
        style = styles[name]
        style.font.size = Pt(size)
        _set_typeface(style)
        style.font.color.rgb = colour or RGBColor(0x2A, 0x21, 0x1B)
    styles["Normal"].paragraph_format.space_after = Pt(7)
    for name in ("Heading 1", "Heading 2", "Heading 3", "Heading 4"):
        styles[name].font.italic = False
        styles[name].paragraph_format.keep_with_next = True
    _say_instead(paper)
    section = paper.sections[0]
    _measure(section, landscape=False)
    _head_and_foot(section, content)


def _speak(defaults: Any, language: str) -> None:
    """Set the language of everything that says no other."""
    found = defaults.find(f".//{qn('w:lang')}")
    for name in ("val", "eastAsia", "bidi"):
        found.set(qn(f"w:{name}"), LOCALES[language] if name == "val" else found.get(qn(f"w:{name}"), "en-GB"))


def _set_typeface(style: Any) -> None:
    style.font.name = TYPEFACE
    fonts = style.element.rPr.rFonts
    for name in list(fonts.attrib):
        if "Theme" in name:
            del fonts.attrib[name]
    for name in ("ascii", "hAnsi", "cs", "eastAsia"):
        fonts.set(qn(f"w:{name}"), TYPEFACE)


def _say_instead(paper: Any) -> None:
    """Name the typeface to take where there is not ours."""
    for part in paper.part.package.iter_parts():
        if str(part.partname) == "/word/fontTable.xml":
            told = (
                f'<w:font w:name="{TYPEFACE}"><w:altName w:val="{INSTEAD}"/>'
                '<w:family w:val="swiss"/><w:pitch w:val="variable"/></w:font></w:fonts>'
            )
            part._blob = re.sub(rb"</w:fonts>\s*$", told.encode(), part.blob)


def _measure(section: Any, *, landscape: bool) -> None:
    short, long = Mm(210), Mm(297)
    section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = (long, short) if landscape else (short, long)
    side = Mm(14) if landscape else Mm(20)
    section.left_margin = section.right_margin = side
    section.top_margin = section.bottom_margin = Mm(18)


def _turn(paper: Any, *, landscape: bool) -> None:
    _measure(paper.add_section(WD_SECTION.NEW_PAGE), landscape=landscape)


def _head_and_foot(section: Any, content: ReportContent) -> None:
    if content.draft:
        above = section.header.paragraphs[0]
        above.alignment = WD_ALIGN_PARAGRAPH.CENTER
        _run(above, content.draft, bold=True, colour=_WARN, size=8.5)
    below = section.footer.paragraphs[0]
    _run(below, f"{content.title} · {content.kind} · {content.period} · ", colour=_SOFT, size=8.5)
    _field(below, "PAGE")


def _field(paragraph: Any, code: str) -> None:
    """A field that the program fills, such as the number of the page."""
    for kind, words in (("begin", ""), ("", code), ("end", "")):
        run = paragraph.add_run()
        run.font.size = Pt(8.5)
        if kind:
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
        else:
            mark = OxmlElement("w:instrText")
            mark.set(qn("xml:space"), "preserve")
            mark.text = words
        run._r.append(mark)


# --- texts -----------------------------------------------------------------------------------------------------------


def _run(paragraph: Any, words: str, *, bold: bool = False, colour: Any = None, size: float | None = None) -> None:
    run = paragraph.add_run(words)
    run.bold = bold or None
    if colour is not None:
        run.font.color.rgb = colour
    if size is not None:
        run.font.size = Pt(size)


def _text(paper: Any, typed: str, level: int) -> None:
    for block in blocks(typed):
        _block(paper, block, level)


def _block(paper: Any, block: Block, level: int) -> None:
    if block.kind in {BlockKind.HEADING, BlockKind.SMALL_HEADING}:
        deep = min(level + (block.kind is BlockKind.SMALL_HEADING), 4)
        paper.add_heading("".join(run.words for run in block.lines[0]), deep)
        return
    for n, line in enumerate(block.lines):
        paragraph = paper.add_paragraph(style=_STYLES[block.kind])
        if block.kind is BlockKind.NUMBERED and n == 0:
            _begin_numbers(paper, paragraph)
        elif block.kind is BlockKind.NUMBERED:
            _go_on(paper, paragraph)
        for run in line:
            _run(paragraph, run.words, bold=run.bold)


def _begin_numbers(paper: Any, paragraph: Any) -> None:
    """Count anew: Word would go on from the list before."""
    numbering = paper.part.numbering_part.element
    style = paper.styles["List Number"].element
    abstract = numbering.num_having_numId(style.pPr.numPr.numId.val).abstractNumId.val
    made = numbering.add_num(abstract)
    made.add_lvlOverride(ilvl=0).add_startOverride(1)
    _number(paragraph, made.numId)


def _go_on(paper: Any, paragraph: Any) -> None:
    _number(paragraph, paper.part.numbering_part.element.findall(qn("w:num"))[-1].numId)


def _number(paragraph: Any, number: int) -> None:
    properties = paragraph._p.get_or_add_pPr().get_or_add_numPr()
    properties.get_or_add_numId().val = number
    properties.get_or_add_ilvl().val = 0


def _note(paper: Any, words: str) -> None:
    if words:
        _run(paper.add_paragraph(), words, colour=_SOFT, size=9.5)


def _cover(paper: Any, content: ReportContent) -> None:
    paper.add_paragraph(content.kind, style="Subtitle")
    paper.add_paragraph(content.title, style="Title")
    paper.add_paragraph(content.period, style="Subtitle")
    if content.draft:
        _run(paper.add_paragraph(), content.draft, bold=True, colour=_WARN)
    table = _table(paper, 2, (52, 118))
    for fact in content.facts:
        row = _row(table)
        _fill(row.cells[0], fact.label, colour=_SOFT)
        _fill(row.cells[1], *fact.values)
    _note(paper, content.made)
    paper.add_page_break()


def _narrative(paper: Any, content: ReportContent, sections: Iterable[Narrative]) -> None:
    group = ""
    for section in sections:
        if section.group and section.group != group:
            paper.add_heading(section.group, 1)
        group = section.group
        level = 2 if group else 1
        paper.add_heading(section.title, level)
        if section.agency:
            _note(paper, f"{content.words['written_by']}: {section.agency}")
        if section.missing:
            _run(paper.add_paragraph(), section.missing, bold=True, colour=_WARN)
        else:
            _text(paper, section.text, level + 1)


# --- pictures --------------------------------------------------------------------------------------------------------


def picture_words(group: ResultGroup) -> str:
    """The bars of a group in words."""
    return "; ".join(f"{row.title}: {row.reached}" for row in group.rows if row.percent is not None)


def _pictures(paper: Any, content: ReportContent, pictures: Pictures) -> None:
    if pictures.bars:
        paper.add_heading(content.words["progress"], 1)
        _note(paper, content.words["progress_note"])
        for group in content.results:
            if group.title in pictures.bars:
                paper.add_heading(group.title, 2)
                _picture(paper, pictures.bars[group.title], picture_words(group))
    if content.series:
        paper.add_heading(content.words["months"], 1)
        _note(paper, content.words["months_note"])
        for one, png in zip(content.series, pictures.series, strict=True):
            paper.add_heading(one.title, 2)
            _picture(paper, png, one.words)


def _picture(paper: Any, png: bytes, words: str, width: int = 168) -> None:
    shape = paper.add_picture(io.BytesIO(png), width=Mm(width))
    properties = shape._inline.docPr
    properties.set("descr", words)
    properties.set("title", words[:80])


def _stories(paper: Any, content: ReportContent, photos: Mapping[str, bytes]) -> None:
    told = [story for story in content.stories if story.text]
    if not told and not content.left_out:
        return
    paper.add_heading(content.words["stories"], 1)
    _note(paper, content.words["stories_note"])
    _note(paper, content.left_out)
    for story in told:
        paper.add_heading(story.title, 2)
        if story.key in photos:
            _picture(paper, photos[story.key], story.caption, width=80)
            paper.add_paragraph(story.caption, style="Caption")
        _text(paper, story.text, 3)


# --- tables ----------------------------------------------------------------------------------------------------------


def _table(paper: Any, n: int, widths: Sequence[int]) -> Any:
    table = paper.add_table(rows=0, cols=n, style="Table Grid")
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
    return table


def _row(table: Any, *, head: bool = False) -> Any:
    row = table.add_row()
    properties = row._tr.get_or_add_trPr()
    properties.append(OxmlElement("w:cantSplit"))
    if head:
        properties.append(OxmlElement("w:tblHeader"))
    for cell, column in zip(row.cells, table.columns, strict=True):
        cell.width = column.width
    return row


def _fill(
    cell: Any, *lines: str, bold: bool = False, end: bool = False, colour: Any = None, size: float = 9, shade: str = ""
) -> None:  # fmt: skip
    for n, words in enumerate(line for line in lines if line):
        paragraph = cell.paragraphs[0] if n == 0 else cell.add_paragraph()
        paragraph.paragraph_format.space_after = Pt(1)
        if end:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        _run(paragraph, words, bold=bold, colour=colour, size=size)
    if shade:
        mark = OxmlElement("w:shd")
        for name, value in (("val", "clear"), ("color", "auto"), ("fill", shade)):
            mark.set(qn(f"w:{name}"), value)
        cell._tc.get_or_add_tcPr().append(mark)


def _heads(table: Any, labels: Sequence[str]) -> None:
    row = _row(table, head=True)
    for cell, label in zip(row.cells, labels, strict=True):
        _fill(cell, label, bold=True, colour=RGBColor(0xFF, 0xFF, 0xFF), size=8, shade="8C1D3F")


def _band(table: Any, words: str) -> None:
    row = _row(table)
    _fill(row.cells[0].merge(row.cells[-1]), words, bold=True, size=8.5, shade="F8F3EA")


def _results(paper: Any, content: ReportContent) -> None:
    words = content.words
    paper.add_heading(words["results"], 1)
    _note(paper, words["results_note"])
    table = _table(paper, len(_RESULT_WIDTHS), _RESULT_WIDTHS)
    _heads(table, [
        words[f"col_{name}"]
        for name in (
            "result", "by", "baseline", "milestone", "target", "period", "cumulative", "variance", "means", "agency"
        )
    ])  # fmt: skip
    for group in content.results:
        _band(table, group.title)
        for row in group.rows:
            first = _row(table)
            told = (row.baseline, row.milestone, row.target, row.period, row.cumulative)
            _fill(first.cells[0], row.code, row.title, size=8)
            _fill(first.cells[1], words["everybody"], bold=True, size=8)
            for n, value in enumerate(told):
                _fill(first.cells[2 + n], value, bold=n >= len(told) - 2, end=True, size=8)
            for n, lines in ((7, (row.reached, row.variance)), (8, (row.means,)), (9, (row.agency,))):
                _fill(first.cells[n], *lines, size=8)
            last = first
            for part in row.parts:
                last = _row(table)
                _fill(last.cells[1], part.name, size=8)
                _fill(last.cells[5], part.period, end=True, size=8)
                _fill(last.cells[6], part.cumulative, end=True, size=8)
            if last is not first:
                for n in (0, 2, 3, 4, 7, 8, 9):
                    first.cells[n].merge(last.cells[n])


def _money(paper: Any, content: ReportContent) -> None:
    if not content.money:
        return
    words = content.words
    paper.add_heading(words["money"], 1)
    _note(paper, content.money_note)
    table = _table(paper, len(_MONEY_WIDTHS), _MONEY_WIDTHS)
    _heads(table, [words[f"col_{name}"] for name in ("category", "budget", "spent", "committed", "delivery")])
    for part in content.money:
        _band(table, part.title)
        for line in part.rows:
            row = _row(table)
            _fill(row.cells[0], line.name, bold=line.strong)
            for cell, value in zip(row.cells[1:], line.cells, strict=True):
                _fill(cell, value, bold=line.strong, end=True)
