"""Documents on paper: set from data alone, in the same typefaces everywhere, and locked when they must be."""

from __future__ import annotations

import io
import struct
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pikepdf
import polib
import pytest

from paivand.core import paper
from paivand.core.paper import PaperError, encrypted, typeset

ROOT = Path(__file__).resolve().parents[2]
SLIP = """
#import "paper.typ": *
#show: paper.with(title: data.title)
= #data.title
#data.words
"""


@pytest.fixture
def slip(tmp_path, monkeypatch):
    """A template of one heading and one paragraph."""
    (tmp_path / "paper.typ").write_text((paper.TEMPLATES / "paper.typ").read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "slip.typ").write_text(SLIP, encoding="utf-8")
    monkeypatch.setattr(paper, "TEMPLATES", tmp_path)
    return tmp_path


def opened(pdf: bytes, password: str = "") -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(pdf), password=password)


def typefaces_in(pdf: bytes) -> set[str]:
    found = set()
    for page in opened(pdf).pages:
        for font in page.Resources.Font.values():
            found.add(str(font.BaseFont).partition("+")[2].partition("-")[0])
    return found


def letters_of(path: Path) -> set[int]:
    """The characters that a typeface draws, read from its table ``cmap``."""
    raw = path.read_bytes()
    tables = {
        tag: start for tag, _sum, start, _size in
        (struct.unpack(">4sIII", raw[12 + 16 * n: 28 + 16 * n]) for n in range(struct.unpack(">H", raw[4:6])[0]))
    }  # fmt: skip
    base, found = tables[b"cmap"], set()
    for n in range(struct.unpack(">H", raw[base + 2 : base + 4])[0]):
        start = base + struct.unpack(">HHI", raw[base + 4 + 8 * n : base + 12 + 8 * n])[2]
        if struct.unpack(">H", raw[start : start + 2])[0] != 4:
            continue
        size = struct.unpack(">H", raw[start + 6 : start + 8])[0] // 2
        ends = struct.unpack(f">{size}H", raw[start + 14 : start + 14 + 2 * size])
        begins = struct.unpack(f">{size}H", raw[start + 16 + 2 * size : start + 16 + 4 * size])
        for begin, end in zip(begins, ends, strict=True):
            found |= set(range(begin, end + 1))
    return found


def test_a_document_bears_its_title_language_and_direction(slip):
    tajik = opened(typeset("slip", {"title": "Роҳи кумак", "words": "Ҷойи бехатар"}, "tg"))
    dari = opened(typeset("slip", {"title": "راه کمک", "words": "جای امن"}, "fa"))
    assert (str(tajik.Root.Lang), str(dari.Root.Lang)) == ("tg", "fa")
    assert str(tajik.docinfo.Title) == "Роҳи кумак"
    assert str(dari.Root.ViewerPreferences.Direction) == "/R2L"
    assert bool(tajik.Root.MarkInfo.Marked) is True


def test_each_script_is_set_in_its_typeface_and_no_other_typeface_is_used(slip):
    latin = typeset("slip", {"title": "Help", "words": "Қӯҳистон, ҷамоати Ғӯлаш, Кӯлоб"}, "tg")
    both = typeset("slip", {"title": "راه کمک", "words": "مرکز صحی «Маркази саломатӣ»، ۱۲۳"}, "fa")
    assert typefaces_in(latin) == {"SourceSans3"}
    assert typefaces_in(both) == {"SourceSans3", "Vazirmatn"}


def test_every_letter_of_the_catalogues_can_be_printed():
    drawn = set().union(*(letters_of(path) for path in paper.TYPEFACES.glob("*400Regular.ttf")))
    used = {
        letter
        for path in (ROOT / "paivand/locale").rglob("django.po") for entry in polib.pofile(str(path))
        for text in (entry.msgid, entry.msgstr, *entry.msgstr_plural.values()) for letter in text
        if not unicodedata.category(letter).startswith("C")
    }  # fmt: skip
    assert len(used) > 150
    assert {letter for letter in used if ord(letter) not in drawn} <= {"→", "…", "✓"}


@pytest.mark.parametrize("words", [
    "#panic(1)", '#read("/etc/passwd")', "$ x $ *bold* _it_ @label <label> `raw` \\ // /* = -", '#import "x": *',
])  # fmt: skip
def test_what_stands_in_the_data_is_never_read_as_markup(slip, words):
    (slip / "length.typ").write_text(
        '#import "paper.typ": *\n#show: paper.with(title: "x")\n#assert(data.words.len() == data.n)\n#data.words',
        encoding="utf-8",
    )
    assert typeset("length", {"words": words, "n": len(words.encode())}, "en").startswith(b"%PDF-")


def claims_to_be_read_aloud(pdf: bytes) -> bool:
    document = opened(pdf)
    return b"pdfuaid" in document.Root.Metadata.read_bytes()


@pytest.mark.parametrize("words", ["ба мо занг занед 🙂", "\ufeffКӯлоб", "中文"])
def test_a_sign_without_a_typeface_spoils_no_document(slip, words):
    made = typeset("slip", {"title": "Help", "words": words}, "tg")
    assert len(opened(made).pages) == 1
    assert not claims_to_be_read_aloud(made)
    assert claims_to_be_read_aloud(typeset("slip", {"title": "Help", "words": "ба мо занг занед"}, "tg"))


def test_the_same_data_give_the_same_bytes(slip):
    data = {"title": "Help", "words": "Кӯлоб"}
    assert typeset("slip", data, "tg") == typeset("slip", data, "tg")


def test_several_threads_set_at_once(slip):
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda n: typeset("slip", {"title": "Help", "words": str(n % 3)}, "en"), range(24)))
    assert len(set(made)) == 3


@pytest.mark.parametrize("name", ["../secrets", "slip.typ", "", "nowhere", "/etc/passwd"])
def test_only_a_template_of_the_program_is_set(slip, name):
    with pytest.raises(PaperError, match="no template"):
        typeset(name, {}, "en")


def test_a_template_reaches_no_file_outside_and_no_package(slip, tmp_path_factory):
    outside = tmp_path_factory.mktemp("outside") / "secret.txt"
    outside.write_text("secret")
    for wanted in (
        f'#read("{outside}")',
        f'#read("../{outside.parent.name}/secret.txt")',
        '#import "@preview/cetz:0.3.4"',
    ):
        (slip / "greedy.typ").write_text(wanted, encoding="utf-8")
        with pytest.raises(PaperError, match="could not be set"):
            typeset("greedy", {}, "en")


def test_a_failure_does_not_repeat_the_data(slip):
    with pytest.raises(PaperError) as caught:
        typeset("slip", {"title": "Саида Раҳимова"}, "tg")
    assert "Саида" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_without_the_front_end_one_is_told_to_build_it(slip, tmp_path, monkeypatch):
    monkeypatch.setattr(paper, "TYPEFACES", tmp_path / "nowhere")
    paper._typefaces.cache_clear()
    with pytest.raises(PaperError, match="npm run build"):
        typeset("slip", {"title": "x", "words": ""}, "en")
    paper._typefaces.cache_clear()


def test_a_locked_document_opens_with_its_password_only(slip):
    plain = typeset("slip", {"title": "Referral R-000-0013", "words": "Кӯлоб"}, "tg")
    locked = encrypted(plain, "хона-8841-боғ")
    for wrong in ("", "хона-8841-бог"):
        with pytest.raises(pikepdf.PasswordError):
            opened(locked, wrong)
    document = opened(locked, "хона-8841-боғ")
    assert (document.encryption.R, document.encryption.bits) == (6, 256)
    assert str(document.docinfo.Title) == "Referral R-000-0013"
    assert b"Referral" not in locked
    assert document.allow.accessibility
    assert not document.allow.modify_other


def test_two_locks_of_one_document_differ(slip):
    plain = typeset("slip", {"title": "x", "words": ""}, "en")
    assert encrypted(plain, "a-password") != encrypted(plain, "a-password")


def test_a_short_password_locks_nothing():
    with pytest.raises(ValueError, match="at least 8"):
        encrypted(b"", "1234567")


def test_words_of_a_drawing_that_run_from_the_right_keep_their_order():
    drawing = '<svg xmlns="http://www.w3.org/2000/svg" width="200" height="40">{}</svg>'
    dari, latin = '<text x="5" y="20">۱۹ اکتوبر ۲۰۲۶</text>', '<text x="5" y="20">19 October 2026</text>'
    apart = drawing.format(dari.replace("۱۹", "\u2068۱۹").replace("۲۰۲۶", "۲۰۲۶\u2069"))
    assert paper._set_apart(drawing.format(dari)) == apart
    assert paper._set_apart(drawing.format(latin)) == drawing.format(latin)
    assert paper.painted(drawing.format(dari))[:4] == b"\x89PNG"
