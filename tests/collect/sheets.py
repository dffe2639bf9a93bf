"""Spreadsheets for the tests, written as jamoats write them; all names are invented."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import date
from typing import Any

import xlsxwriter

GIVEN = (
    "Ҷамила", "Зарина", "Мадина", "Гулнора", "Саодат", "Фарзона", "Нилуфар", "Меҳрангез", "Шаҳноза", "Тахмина",
    "Дилбар", "Рухшона", "Матлуба", "Ойгул", "Парвина", "Лайло", "Сабоҳат", "Назира", "Ҳанифа", "Моҳира",
)  # fmt: skip
SURNAME = (
    "Каримова", "Назарова", "Раҳмонова", "Сафарова", "Холиқова", "Ғафурова", "Одинаева", "Шарифова", "Давлатова",
    "Қосимова", "Ҳоҷиева", "Раҷабова", "Бобоева", "Ятимова", "Азизова", "Латифова", "Мирзоева", "Саидова", "Восиева",
    "Юсуфова", "Амирова", "Гулова", "Ниёзова", "Тошева", "Валиева",
)  # fmt: skip
FATHER = ("Раҳимовна", "Каримовна", "Саидовна", "Ҳасановна", "Бобоевна", "Назаровна", "Ҷӯраевна", "Холовна")
SON = ("Фарҳод", "Сомон", "Беҳрӯз", "Далер", "Ҷамшед", "Хуршед", "Рустам", "Сино", "Фирӯз", "Искандар")
JAMOATS = ("Даҳана", "Зираки")

HEADINGS = ("№", "Рақами оила", "Насаб", "Ном", "Номи падар", "Ҷинс", "Санаи таваллуд", "Нисбат", "Ҷамоат", "Деҳа",
            "Телефон", "Шиноснома", "Розигӣ")  # fmt: skip


def family_rows(n: int, jamoats: Sequence[str], *, children: int = 1) -> list[list[Any]]:
    """Rows of ``n`` families: the head and her children, each different from all others."""
    rows: list[list[Any]] = []
    for k in range(n):
        surname, given = SURNAME[k % 25], GIVEN[(k // 25) % 20]
        father = FATHER[(k // 500 + k) % 8]
        born = date(1960 + (k * 7) % 40, 1 + k % 12, 2 + (k // 12) % 26)
        where = [jamoats[k % len(jamoats)], f"Деҳаи {k % 9 + 1}"]
        rows.append(
            [
                len(rows) + 1,
                k + 1,
                surname,
                given,
                father,
                "зан",
                born,
                "сардор",
                *where,
                f"93{k:07}",
                f"А {k:08}",
                "ҳа",
            ]
        )
        for c in range(children):
            child = date(2008 + (k + c) % 15, 1 + (k + c) % 12, 2 + k % 26)
            name = SON[(k + c) % 10]
            rows.append(
                [len(rows) + 1, k + 1, surname.removesuffix("а"), name, SON[k // 10 % 10], "мард", child, "писар",
                 *where, "", "", ""]
            )  # fmt: skip
    return rows


def workbook(
    rows: Sequence[Sequence[Any]], headings: Sequence[str] = HEADINGS, *, titles: Sequence[str] = (),
    merged: Sequence[tuple[int, int, int, Any]] = (), sheet: str = "Рӯйхат",
) -> bytes:  # fmt: skip
    """An XLSX file. ``merged`` holds first row, last row (as on the screen), column and value."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    page = book.add_worksheet(sheet)
    day = book.add_format({"num_format": "dd.mm.yyyy"})
    n = 0
    for title in titles:
        page.write_string(n, 0, title)
        n += 1
    for column, heading in enumerate(headings):
        page.write_string(n, column, heading)
    for row in rows:
        n += 1
        for column, cell in enumerate(row):
            if isinstance(cell, date):
                page.write_datetime(n, column, cell, day)
            elif isinstance(cell, str):
                if cell:
                    page.write_string(n, column, cell)
            else:
                page.write(n, column, cell)
    for first, last, column, value in merged:
        page.merge_range(first - 1, column, last - 1, column, value)
    book.close()
    return stream.getvalue()


def text_file(rows: Sequence[Sequence[Any]], headings: Sequence[str] = HEADINGS, *, delimiter: str = ";") -> str:
    """A CSV file as text."""
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=delimiter)
    writer.writerow(headings)
    for row in rows:
        writer.writerow([f"{cell:%d.%m.%Y}" if isinstance(cell, date) else cell for cell in row])
    return stream.getvalue()
