"""Reads CSV files: which encoding, which separator, and which cells lost their letters on the way."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from paivand.collect.rules.lists import MOST_ROWS
from paivand.collect.rules.problems import Unreadable

ENCODINGS = ("windows-1251", "koi8-r")
"""Encodings of one byte for each letter, tried where a file is no UTF-8."""
DELIMITERS = (";", ",", "\t", "|")
_TAJIK = set("ғӣқӯҳҷҒӢҚӮҲҶ" + "ѓќїўњљѐЃЌЇЎЊЉЀ№«»–—“”")
"""Tajik letters, the letters of old fonts that stand for them, and usual signs."""
_USUAL = set("абвгдеёжзийклмнопрстуфхцчшщъыьэюя")
_FREQUENT = set("оаеинтрсвл")
_LOST = re.compile("\ufffd|(?:[^\\W\\d_]\\?{1,}[^\\W\\d_])|\\?{3,}")
_SECOND = re.escape(bytes(range(0x80, 0xC0)).decode("windows-1251", errors="ignore"))
_MOJIBAKE = re.compile(f"(?:[РСТУ][{_SECOND}]){{3,}}")


@dataclass(slots=True)
class Sheet:
    """The rows of a CSV file with the number of the line on which each begins."""

    rows: list[list[str]]
    numbers: list[int]
    encoding: str
    delimiter: str
    broken: dict[tuple[int, int], str] = field(default_factory=dict)
    """Cells with lost letters, by row number and column: what they may have said, or an empty text."""


def read_csv(content: bytes) -> Sheet:
    """The cells of a CSV file.

    UTF-16 and UTF-8 are known by their marks or because the bytes fit; else the encoding of one byte whose letters
    look most like a text. A file of mixed encodings is read line by line: a line that is no UTF-8 is read in the other
    encoding, and its cells are named.

    Raises:
        Unreadable: ``encoding`` with row and column, when no encoding gives a text.
    """
    encoding, lines, foreign = decoded(content)
    delimiter = delimiter_of(lines)
    rows, numbers, broken = [], [], {}
    for number, row in _parsed("\n".join(lines), delimiter):
        for column, cell in enumerate(row):
            if _LOST.search(cell):
                broken[(number, column)] = ""
            elif (mended := mojibake(cell)) or (number in foreign and not cell.isascii()):
                broken[(number, column)] = mended or cell
        rows.append(row)
        numbers.append(number)
        if len(rows) > MOST_ROWS * 2:
            raise Unreadable("too_many_rows", limit=MOST_ROWS)
    return Sheet(rows, numbers, encoding, delimiter, broken)


def decoded(content: bytes) -> tuple[str, list[str], frozenset[int]]:
    """The encoding, the lines, and the numbers of lines that are in another encoding than the rest."""
    for mark, name in ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8-sig")):
        if content.startswith(mark):
            try:
                return name, _lines(content.decode(name)), frozenset()
            except UnicodeDecodeError:
                break
    if b"\x00" in content[:200]:
        name = "utf-16-le" if content[1:2] == b"\x00" else "utf-16-be"
        try:
            return name, _lines(content.decode(name)), frozenset()
        except UnicodeDecodeError as bad:
            raise Unreadable("encoding", row=1, column="A") from bad
    try:
        return "utf-8", _lines(content.decode("utf-8-sig")), frozenset()
    except UnicodeDecodeError:
        pass
    parts = [part.rstrip(b"\r") for part in content.removeprefix(b"\xef\xbb\xbf").split(b"\n")]
    whole = {number for number, part in enumerate(parts, 1) if _is_utf8(part) and not part.isascii()}
    other = [number for number, part in enumerate(parts, 1) if not _is_utf8(part)]
    if whole and len(other) <= len(whole):  # UTF-8 with foreign lines in it
        lines = [part.decode("utf-8") if _is_utf8(part) else _one_byte(part)[1] for part in parts]
        return "utf-8", _without_end(lines), frozenset(other)
    name, text = _one_byte(content, row=other[0] if other else 1)
    return name, _lines(text), frozenset()


def _lines(text: str) -> list[str]:
    return _without_end(text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n"))


def _without_end(lines: list[str]) -> list[str]:
    while lines and not lines[-1].strip():
        lines.pop()
    return lines


def _is_utf8(part: bytes) -> bool:
    try:
        part.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _one_byte(content: bytes, row: int = 1) -> tuple[str, str]:
    """The likeliest encoding of one byte and the text in it."""
    texts = [(name, content.decode(name, errors="replace")) for name in ENCODINGS]
    name, text = max(texts, key=lambda found: likeness(found[1]))
    if likeness(text) <= 0:
        raise Unreadable("encoding", row=row, column="A")
    return name, text


def likeness(text: str) -> float:
    """How much ``text`` looks like Russian or Tajik: frequent small letters speak for it, odd ones against.

    >>> likeness("Зарина") > likeness("Зарина".encode("koi8-r").decode("windows-1251"))
    True
    """
    sample = text[:200_000]
    letters = [letter for letter in sample if not letter.isascii()]
    if not letters:
        return 1.0
    small = sum(letter in _USUAL or letter in _TAJIK for letter in letters)
    frequent = sum(letter in _FREQUENT for letter in letters)
    odd = len(re.findall("[а-яё][А-ЯЁ]", sample)) + sum(letter.lower() not in _USUAL | _TAJIK for letter in letters)
    return (small + 2 * frequent - 4 * odd) / len(letters)


def mojibake(text: str) -> str:
    """What a text says that was UTF-8 and was read as windows-1251; empty when it is none.

    >>> mojibake("Зарина".encode().decode("windows-1251")), mojibake("Зарина")
    ('Зарина', '')
    """
    if not _MOJIBAKE.search(text):
        return ""
    try:
        return text.encode("windows-1251").decode("utf-8")
    except (UnicodeDecodeError, UnicodeEncodeError):
        return ""


def delimiter_of(lines: Sequence[str]) -> str:
    """The separator that cuts most lines into the same number of cells.

    >>> delimiter_of(["ном;насаб;пол", "Зарина, Гулнора;Каримова;ж"])
    ';'
    """
    best, score = DELIMITERS[0], 0.0
    sample = [line for line in lines[:60] if line.strip()]
    for delimiter in DELIMITERS:
        counts = [len(next(csv.reader([line], delimiter=delimiter), [])) for line in sample]
        if not counts:
            continue
        usual = max(set(counts), key=counts.count)
        found = 0.0 if usual < 2 else counts.count(usual) / len(counts) * usual
        if found > score:
            best, score = delimiter, found
    return best


def _parsed(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """The rows with the number of the row, as a spreadsheet program counts them: a cell may hold several lines."""
    reader = csv.reader(io.StringIO(text), delimiter=delimiter)
    number = 0
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as bad:
            raise Unreadable("broken") from bad
        number += 1
        yield number, row
