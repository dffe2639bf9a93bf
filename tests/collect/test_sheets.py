"""Files as they come: kinds, encodings, separators, headings, sizes."""

from __future__ import annotations

import io
import zipfile

import pytest

from paivand.collect.rules import columns, sheets
from paivand.collect.rules.columns import guess
from paivand.collect.rules.encodings import read_csv
from paivand.collect.rules.lists import LARGEST_FILE, FileKind
from paivand.collect.rules.problems import FAILURES, MESSAGES, Unreadable
from paivand.collect.rules.template import COLUMNS, HEADINGS, WORDS
from tests.collect.sheets import HEADINGS as TAJIK
from tests.collect.sheets import family_rows, text_file, workbook

JAMOATS = ("Даҳана", "Зираки")
VALUES = ("given", "family", "father", "mended", "limit", "row", "date", "count", "year", "district", "known", "name",
          "number", "reason", "code", "column")  # fmt: skip


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "windows-1251", "koi8-r"])
def test_a_text_file_is_read_in_its_encoding(encoding):
    text = text_file(family_rows(5, ["Дахана"]), ["Nr", "Номер семьи", "Фамилия", "Имя", "Отчество", "Пол"])
    plain = text.translate(str.maketrans("ғӣқӯҳҷҒӢҚӮҲҶ", "гикухчГИКУХЧ"))
    found = read_csv(plain.encode(encoding))
    assert found.rows[0][2] == "Фамилия"
    assert found.delimiter == ";"
    assert found.encoding.startswith(encoding.removesuffix("-sig"))
    assert not found.broken


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_the_separator_is_found(delimiter):
    found = read_csv(text_file(family_rows(5, JAMOATS), delimiter=delimiter).encode())
    assert found.delimiter == delimiter
    assert len(found.rows[1]) == len(TAJIK)


def test_a_line_in_another_encoding_is_named_by_row_and_column():
    lines = text_file(family_rows(5, JAMOATS, children=0)).splitlines()
    content = "\n".join(lines[:3]).encode() + b"\n" + "4;4;Сафарова;Мадина;Саидовна;ж".encode("windows-1251")
    found = read_csv(content + b"\n" + "\n".join(lines[4:]).encode())
    assert found.encoding == "utf-8"
    assert found.broken[(4, 2)] == "Сафарова"


def test_lost_and_doubly_encoded_letters_are_named():
    lost = read_csv("ном;насаб;пол\nЗар??а;Каримова;ж\n".encode())
    assert lost.broken == {(2, 0): ""}
    twice = "Зарина".encode().decode("windows-1251")
    assert read_csv(f"ном;насаб;пол\n{twice};Каримова;ж\n".encode()).broken == {(2, 0): "Зарина"}


@pytest.mark.parametrize(("name", "content", "code"), [
    ("a.xlsx", b"", "empty"),
    ("a.xlsx", b"no workbook", "broken"),
    ("a.pdf", b"%PDF-1.4", "unknown_kind"),
    ("a.xlsx", b"PK\x03\x04 broken", "broken"),
    ("a.csv", b"x" * (LARGEST_FILE + 1), "too_large"),
])  # fmt: skip
def test_a_file_that_cannot_be_read_is_refused_in_words(name, content, code):
    with pytest.raises(Unreadable) as refused:
        sheets.kind_of(name, content)
    assert refused.value.code == code
    assert FAILURES[code] % refused.value.values


def test_a_small_file_that_unpacks_into_a_huge_one_is_refused(monkeypatch):
    monkeypatch.setattr(sheets, "LARGEST_UNPACKED", 100_000)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * 200_000)
    with pytest.raises(Unreadable, match="too_large"):
        sheets.kind_of("a.xlsx", stream.getvalue())


def test_headings_are_found_below_titles_and_in_three_languages():
    for headings in (TAJIK, tuple(HEADINGS["ru"].values()), tuple(HEADINGS["en"].values())):
        rows = [["Рӯйхати оилаҳо"], [""], list(headings), ["1", "2"]]
        found = guess(rows)
        assert found is not None
        assert found.row == 2
        assert not found.unknown


def test_a_heading_that_stands_twice_and_one_that_is_not_known_are_named():
    found = guess([["Ном", "Насаб", "Ҷинс", "Ном", "Рост"]])
    assert found is not None
    assert (found.repeated, found.unknown) == ((3,), (4,))


@pytest.mark.parametrize("language", ["tg", "ru", "en", "fa"])
def test_the_empty_list_is_understood_in_every_language(language):
    headings = [HEADINGS[language][column] for column in COLUMNS]
    found = guess([headings])
    assert found is not None
    assert list(found.mapping) == [str(column) for column in COLUMNS]
    for column, words in WORDS[language].items():
        table = {"sex": "sex", "relation": "relation", "consent": "consent"}[column]
        assert all(columns.plain(word) in columns.lexicon(table) for word in words)


def test_no_word_stands_for_two_things():
    for table in ("columns", "sex", "relation", "consent", "country"):
        seen: dict[str, str] = {}
        for key, words in columns._words()[table].items():
            for word in words:
                assert seen.setdefault(columns.plain(str(word)), key) == key, (table, word)


def test_every_message_can_be_filled():
    for words in (*MESSAGES.values(), *FAILURES.values()):
        assert words % dict.fromkeys(VALUES, "x")


def test_a_workbook_keeps_the_numbers_of_its_rows():
    grid = sheets.read_grid("xlsx", workbook(family_rows(2, JAMOATS), titles=["Рӯйхат", ""]))
    assert grid.numbers[0] == 1
    assert sheets.shown(grid.rows[grid.numbers.index(3)][1]) == "Рақами оила"


def test_signs_that_nothing_can_keep_are_left_out():
    made, content = zipfile.ZipFile(io.BytesIO(workbook([["аQQQб"]], ["Ном"]))), io.BytesIO()
    with made, zipfile.ZipFile(content, "w") as again:
        for part in made.infolist():
            again.writestr(part, made.read(part).replace(b"QQQ", b"_x0000__x000B_"))
    grid = sheets.read_grid(FileKind.XLSX, content.getvalue())
    assert grid.rows == [["Ном"], ["аб"]]
