"""The signs of a section, and the content of a report, as values."""

from __future__ import annotations

import io
import json
import re

import pikepdf
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from paivand.core.paper import typeset
from paivand.evidence.rules.markup import BlockKind, blocks, clean, words_of
from paivand.evidence.rules.report_content import Narrative, Told, digest, for_typesetter, read_content
from paivand.evidence.rules.reports import (
    REPORT_MOVES,
    ReportState,
    SectionKey,
    may_move,
    sections_of,
)
from tests.evidence.reporting import content

TYPED = st.text(alphabet=st.sampled_from("ab Ҷ#*-_$@<>{}[]()\\/\"'`=+~1.\n\t•&%^|:;,"), max_size=200)


def test_a_text_is_read_into_headings_paragraphs_and_lists():
    found = blocks("# Kulob\ntwo lines\nof one paragraph\n\n- one\n- **two**\n1. a\n2) b\n## Small")
    assert [one.kind for one in found] == [
        BlockKind.HEADING, BlockKind.PARAGRAPH, BlockKind.LIST, BlockKind.NUMBERED, BlockKind.SMALL_HEADING,
    ]  # fmt: skip
    assert found[1].lines[0][0].words == "two lines of one paragraph"
    assert [line[0].bold for line in found[2].lines] == [False, True]
    assert len(found[3].lines) == 2


@pytest.mark.parametrize(
    "typed", ["#no space", "** not bold **", "**", "a ** b", "-", "1.", "#", "#set page(fill: red)"]
)
def test_what_is_no_sign_of_ours_stays_as_it_was_typed(typed):
    assert words_of(blocks(typed)) == typed
    assert all(one.kind is BlockKind.PARAGRAPH for one in blocks(typed))


@given(TYPED)
def test_no_letter_is_lost_or_added(typed):
    """Only the signs themselves and white space go: every letter and digit that was typed is printed once, in order."""
    letters = [sign for sign in typed if sign.isalpha()]
    assert [sign for sign in words_of(blocks(typed)) if sign.isalpha()] == letters


@given(st.text(max_size=60))
def test_what_no_paper_can_hold_is_left_out(typed):
    found = clean(typed)
    found.encode("utf-8")
    assert "\x00" not in found
    assert clean(found) == found


@pytest.mark.parametrize(
    "typed",
    [
        '#read("/etc/passwd")', "#import \"paper.typ\": *", "$ x $ #panic()", "*b* _i_ `r` @ref <label> \\u{41} = h",
        '"); panic("out', "#{panic()}", "// gone", "/* gone */ here", "https://example.org/#a--b~c...", "]#panic()[",
    ],
)  # fmt: skip
def test_nothing_typed_is_read_by_the_typesetter_as_its_own_code(typed):
    """The words come out of the PDF as they went in: neither run nor swallowed."""
    made = printed_words(typed)
    assert "".join(typed.split()) in made


@given(st.text(alphabet=st.sampled_from("#${}[]()\\/\"'`*_=+-~@<>.,: ab\n"), min_size=1, max_size=80))
def test_whatever_is_typed_a_report_can_be_set(typed):
    assume(typed.strip())
    data = for_typesetter(content(sections=(Narrative(typed, typed),)), {})
    assert typeset("report", data, "en").startswith(b"%PDF")


def printed_words(typed: str) -> str:
    """What a reader finds in the tagged PDF of a report whose only section is ``typed``, without white space."""
    section = Narrative("Section", typed)
    data = for_typesetter(content(sections=(section,)), {})
    with pikepdf.open(io.BytesIO(typeset("report", data, "en"))) as pdf:
        return "".join(pdf_words(pdf).split())


def pdf_words(pdf) -> str:
    """The text of every page, by the tables of its typefaces."""
    told = []
    for page in pdf.pages:
        fonts = {}
        for name, font in page.Resources.get("/Font", {}).items():
            table = font.ToUnicode.read_bytes().decode("latin-1")
            pairs = re.findall(r"<([0-9a-f]{4})>\s*<([0-9a-f]+)>", table, re.IGNORECASE)
            fonts[name] = {int(code, 16): bytes.fromhex(to).decode("utf-16-be") for code, to in pairs}
        here = {}
        for operands, operator in pikepdf.parse_content_stream(page):
            if str(operator) == "Tf":
                here = fonts[str(operands[0])]
            if str(operator) in {"TJ", "Tj"}:
                runs = operands[0] if str(operator) == "TJ" else [operands[0]]
                for run in runs:
                    if isinstance(run, pikepdf.String):
                        codes = bytes(run)
                        told += [here.get(int.from_bytes(codes[n : n + 2], "big"), "") for n in range(0, len(codes), 2)]
    return "".join(told)


def test_a_content_comes_back_from_what_is_kept_and_its_hash_with_it():
    whole = content()
    again = read_content(json.loads(json.dumps(whole.plain())))
    assert again == whole
    assert digest(again.locked()) == digest(whole.locked())


def test_a_locked_content_holds_no_words_of_a_story_and_notices_a_change_of_them():
    story = content().stories[0]
    kept = content().locked()
    assert story.text not in json.dumps(kept)
    changed = Told.of(story.key, story.title, "She cooks.", story.caption, "")
    assert digest(content(stories=(changed,)).locked()) != digest(kept)
    assert digest(content(draft="Draft").locked()) == digest(kept)


def test_a_report_is_never_locked_without_review():
    assert not may_move(ReportState.DRAFT, ReportState.LOCKED)
    assert REPORT_MOVES[ReportState.LOCKED] == {ReportState.DRAFT}


def test_every_language_has_every_section_and_progress_once_for_each_output():
    found = sections_of(["en", "tg"], ["1.1", "2.1"])
    assert len(found) == 2 * (len(SectionKey) + 1)
    assert len(set(found)) == len(found)
