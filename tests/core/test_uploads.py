"""A file is taken by what it is: whole, of one kind, without programs; its name and declared type say nothing."""

from __future__ import annotations

import io
import zipfile

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from paivand.cases.rules.papers import document_kinds, removal_reasons, titled
from paivand.core.rules import uploads
from paivand.core.rules.uploads import UNFIT_NAMES, Unfit, UnfitFileError, file_kinds, fit
from tests.cases.files import PLACE, docx, odt, pdf, photograph, zipped
from tests.methods.photographs import jpeg, png, webp

HTML = b"<!DOCTYPE html><html><script>fetch('/families/')</script></html>"
SVG = b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"


def refusal(content):
    with pytest.raises(UnfitFileError) as error:
        fit(content)
    return error.value.why


@pytest.mark.parametrize(
    ("content", "name"),
    [(pdf(), "PDF"), (jpeg(), "JPEG"), (png(), "PNG"), (webp(), "WebP"), (docx(), "DOCX"), (odt(), "ODT")],
    ids=["pdf", "jpeg", "png", "webp", "docx", "odt"],
)
def test_each_kind_of_the_list_is_known_by_its_content(content, name):
    assert fit(content).kind.name == name


def test_texts_and_pdfs_are_kept_as_they_are():
    for content in (pdf(), docx(), odt()):
        assert fit(content).content == content


def test_a_photograph_loses_where_it_was_taken():
    assert PLACE in photograph()
    assert PLACE not in fit(photograph()).content


@pytest.mark.parametrize(
    "content",
    [
        HTML, SVG, b"GIF89a" + bytes(40), b"MZ" + bytes(200), b"#!/bin/sh\nrm -rf /\n", b"just words",
        b"RIFF\x24\x00\x00\x00WAVEfmt " + bytes(30), zipped({"a.txt": "a"}), b"%!PS-Adobe-3.0\n", b"\x00" * 64,
        zipped({"[Content_Types].xml": "<Types/>", "xl/workbook.xml": "<x/>"}),
        zipped({"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": "<x/>"}),
        b"\xef\xbb\xbf" + pdf(), b"junk before " + pdf(), b"BM" + bytes(60), b"II*\x00" + bytes(60),
    ],
)  # fmt: skip
def test_other_kinds_are_refused(content):
    assert refusal(content) is Unfit.KIND


def test_an_empty_file_and_one_that_is_too_large_are_refused(monkeypatch):
    assert refusal(b"") is Unfit.EMPTY
    monkeypatch.setattr(uploads, "largest_bytes", lambda: len(pdf()) - 1)
    assert refusal(pdf()) is Unfit.TOO_LARGE


@pytest.mark.parametrize("content", [jpeg()[:-2], png()[:-12], webp()[:-3], pdf()[:-10], docx()[:-4], odt()[:-30]])
def test_a_file_that_was_cut_off_on_the_way_is_refused(content):
    assert refusal(content) in {Unfit.BROKEN, Unfit.TWO_KINDS}


def test_a_picture_that_is_also_a_page_loses_the_page():
    assert HTML not in fit(png() + HTML).content
    assert HTML not in fit(jpeg()[:2] + b"\xff\xfe" + (len(HTML) + 2).to_bytes(2, "big") + HTML + jpeg()[2:]).content


def test_a_picture_that_is_also_a_packed_file_loses_it():
    hidden = zipped({"a.html": HTML})
    for picture in (png(), jpeg(), webp()):
        kept = fit(picture + hidden).content
        assert not zipfile.is_zipfile(io.BytesIO(kept))


def test_a_picture_with_a_page_in_its_coded_part_is_refused():
    scan = b"\x3f" + HTML
    assert refusal(jpeg(scan=scan)) is Unfit.TWO_KINDS


@pytest.mark.parametrize("tail", [HTML, zipped({"a.txt": "a"}), b"MZ", b"\n<svg onload=x>"])
def test_a_pdf_with_something_behind_its_end_is_refused(tail):
    assert refusal(pdf() + tail) is Unfit.TWO_KINDS


def test_a_pdf_that_begins_as_a_page_is_refused():
    assert refusal(pdf().replace(b"\n", b"\n%<script>1</script>\n", 1)) is Unfit.TWO_KINDS


def test_a_locked_pdf_is_refused():
    locked = pdf(encryption=pikepdf.Encryption(owner="a", user="b"))
    assert refusal(locked) is Unfit.LOCKED


def test_a_pdf_without_a_page_is_refused():
    assert refusal(pdf(pages=0)) is Unfit.BROKEN


def opens_a_script(file):
    file.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert(1)"))


def launches(file):
    file.Root.OpenAction = file.make_indirect(pikepdf.Dictionary(S=pikepdf.Name.Launch, F=pikepdf.String("a.exe")))


def named_script(file):
    script = file.make_indirect(pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("1")))
    file.Root.Names = pikepdf.Dictionary(JavaScript=pikepdf.Dictionary(Names=[pikepdf.String("a"), script]))


def holds_a_file(file):
    file.attachments["a.html"] = pikepdf.AttachedFileSpec(file, HTML, filename="a.html")


def sends_a_form(file):
    action = pikepdf.Dictionary(S=pikepdf.Name.SubmitForm, F=pikepdf.String("https://example.org"))
    note = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=[0, 0, 9, 9], A=action)
    file.pages[0].Annots = pikepdf.Array([note])


@pytest.mark.parametrize("change", [opens_a_script, launches, named_script, holds_a_file, sends_a_form])
@pytest.mark.parametrize("packed", [False, True])
def test_a_pdf_that_acts_is_refused(change, packed):
    mode = pikepdf.ObjectStreamMode.generate if packed else pikepdf.ObjectStreamMode.disable
    assert refusal(pdf(change=change, object_stream_mode=mode)) is Unfit.ACTIVE


def test_a_pdf_that_only_turns_to_a_page_is_taken():
    def turns(file):
        file.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.GoTo, D=[file.pages[0].obj, pikepdf.Name.Fit])

    assert fit(pdf(change=turns)).kind.name == "PDF"


@pytest.mark.parametrize(
    "content",
    [
        docx(word__vbaProject_dot_bin=b"x"), docx(word__activeX__a_dot_xml="x"),
        docx(word__embeddings__oleObject1_dot_bin=b"x"), docx(word__afchunk_dot_html=HTML),
        odt(Basic__Standard__Module1_dot_xml="x"), odt(Scripts__python__a_dot_py="x"),
        odt(Pictures__a_dot_svg=SVG),
    ],
)  # fmt: skip
def test_a_text_with_a_program_or_a_page_in_it_is_refused(content):
    assert refusal(content) is Unfit.ACTIVE


def test_a_text_with_something_behind_or_before_it_is_refused():
    assert refusal(docx() + HTML) is Unfit.TWO_KINDS
    assert refusal(HTML + docx()) is Unfit.KIND


def test_a_text_that_unpacks_to_an_absurd_size_is_refused():
    bomb = docx(word__media__a_dot_png=bytes(120_000_000))
    assert len(bomb) < 1_000_000
    assert refusal(bomb) is Unfit.TOO_LARGE


def test_a_text_with_a_wrong_checksum_is_refused():
    content = bytearray(odt(a_dot_xml="a" * 200))
    at = content.find(b"content.xml") + len("content.xml")
    content[at + 3] ^= 0xFF
    assert refusal(bytes(content)) is Unfit.BROKEN


@given(
    st.binary(max_size=400), st.sampled_from([b"", b"%PDF-1.7\n", b"PK\x03\x04", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"])
)
def test_any_bytes_are_taken_or_refused_with_a_reason(body, beginning):
    try:
        taken = fit(beginning + body)
    except UnfitFileError as error:
        assert UNFIT_NAMES[error.why]  # noqa: PT017
        return
    assert taken.kind in file_kinds().values()


def test_every_reason_has_a_sentence_that_says_what_to_do():
    assert set(UNFIT_NAMES) == set(Unfit)


@pytest.mark.parametrize("group", [document_kinds(), removal_reasons()], ids=["kinds", "reasons"])
def test_kinds_and_reasons_have_titles_in_four_languages(group):
    for code, titles in group.items():
        assert set(titles) == {"tg", "ru", "en", "fa"}, code


def test_a_kind_that_is_gone_stands_for_itself():
    assert titled(document_kinds(), "old_kind", "tg") == "old_kind"
