"""The results workbook: the table, a sheet for each dimension, figures of others, the budget, and what all of it means.

Figures are real numbers. A hidden cell is empty and grey, and the last column of its row says what is not shown. Texts
are written as texts, so that no cell is taken for a formula.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from paivand.core.rules.spreadsheets import Workbook, written
from paivand.core.rules.texts import text
from paivand.evidence.rules.outward.cells import Cell, Say, Written
from paivand.evidence.rules.outward.results import HIDDEN_NAMES, Results
from paivand.programme.rules.budget import BudgetTable, Money

AS_WRITTEN = {
    "in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
    "default_date_format": "yyyy-mm-dd",
}  # fmt: skip
_LANDSCAPE, _A4 = True, 9
_WIDTHS = {"code": 22, "title": 52, "number": 14, "words": 40}


class Book:
    """A workbook with the formats of the house, its sheets set up for print and for the direction of its language."""

    def __init__(self, *, right_to_left: bool, title: str) -> None:
        self._into = io.BytesIO()
        self._book = Workbook(self._into, AS_WRITTEN)
        self._book.set_properties({"title": written(title)[:250]})
        self._right_to_left = right_to_left
        self._names: set[str] = set()
        add = self._book.add_format
        self.head = add({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1, "bg_color": "#E8EEF2"})
        self.title = add({"bold": True, "font_size": 14})
        self.bold = add({"bold": True, "valign": "top", "text_wrap": True})
        self.words = add({"text_wrap": True, "valign": "top"})
        self.whole = add({"num_format": "#,##0", "valign": "top"})
        self.exact = add({"num_format": "#,##0.00", "valign": "top"})
        self.percent = add({"num_format": "0.0\\ %", "valign": "top"})
        self.day = add({"num_format": "yyyy-mm-dd", "valign": "top", "align": "left"})
        self.hidden = add({"bg_color": "#D0D0D0", "pattern": 4, "valign": "top"})

    def sheet(self, name: str, widths: Sequence[int], *, frozen: tuple[int, int]) -> Any:
        """A sheet whose first rows and columns stay in sight and stand on every printed page."""
        sheet = self._book.add_worksheet(self._name(name))
        if self._right_to_left:
            sheet.right_to_left()
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)
        sheet.freeze_panes(*frozen)
        sheet.repeat_rows(0, max(frozen[0] - 1, 0))
        sheet.set_landscape()
        sheet.set_paper(_A4)
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
        sheet.set_footer("&L&A&R&P / &N")
        return sheet

    def row(self, sheet: Any, row: int, values: Sequence[Written | Cell], style: Any = None) -> None:
        """A row of cells, each by its kind."""
        self.row_from(sheet, row, 0, values, style)

    def row_from(self, sheet: Any, row: int, column: int, values: Sequence[Written | Cell], style: Any = None) -> None:
        """Cells of a row, from a column on."""
        for place, value in enumerate(values, column):
            self.cell(sheet, row, place, value, style)

    def cell(self, sheet: Any, row: int, column: int, value: Written | Cell, style: Any = None) -> None:
        """One cell: a figure, a day, words, or a grey one for what is not shown."""
        if isinstance(value, Cell):
            if value.hidden:
                sheet.write_blank(row, column, None, self.hidden)
                return
            value = value.value
        if isinstance(value, str):
            if value:
                sheet.write_string(row, column, value, style or self.words)
        elif isinstance(value, date):
            sheet.write_datetime(row, column, value, style or self.day)
        elif isinstance(value, int | Decimal):
            whole = isinstance(value, int) or value == value.to_integral_value()
            sheet.write_number(row, column, value, style or (self.whole if whole else self.exact))

    def closed(self) -> bytes:
        """The whole file."""
        self._book.close()
        return self._into.getvalue()

    def _name(self, wanted: str) -> str:
        """A name that a sheet may have: 31 letters, none of those that formulas use, each once."""
        plain = _at_most("".join(letter for letter in written(wanted) if letter not in "[]:*?/\\'").strip(), 31) or "-"
        name, n = plain, 2
        while name.lower() in self._names:
            name, n = f"{_at_most(plain, 27)} {n}", n + 1
        self._names.add(name.lower())
        return name


def results_xlsx(told: Results, budget: BudgetTable | None = None, say: Say = str) -> bytes:
    """The workbook of results, with the UN budget table where one is given."""
    book = Book(right_to_left=told.is_right_to_left, title=told.programme_title or say(text("Results")))
    _results(book, told, say)
    for dimension, name in told.dimensions:
        _breakdown(book, told, dimension, name, say)
    if len(told.dimensions) > 1:
        _together(book, told, say)
    if told.external:
        _external(book, told, say)
    if budget:
        _budget(book, budget, told.language, say)
    _notes(book, told, say)
    return book.closed()


def _results(book: Book, told: Results, say: Say) -> None:
    months = [label for label, _cell in told.rows[0].trend] if told.rows else []
    names = (
        text("Code"), text("Indicator"), text("Unit"), text("Baseline"), text("Baseline of"), text("Target"),
        text("Target by"), text("Actual"), text("Progress"),
    )  # fmt: skip
    heads = [say(name) for name in names]
    widths = [_WIDTHS["code"], _WIDTHS["title"], 14, *[_WIDTHS["number"]] * (6 + len(months)), *[_WIDTHS["words"]] * 2]
    sheet = book.sheet(say(text("Results")), widths, frozen=(1, 2))
    book.row(sheet, 0, [*heads, *months, say(text("Not shown")), say(text("Explanation"))], book.head)
    at, output = 1, None
    for row in told.rows:
        if row.output_title and row.output != output:
            book.row(sheet, at, [row.output, row.output_title], book.bold)
            at += 1
        output = row.output
        book.row(sheet, at, [row.code, row.title, row.unit, row.baseline, row.baseline_on, row.target, row.target_on])
        book.cell(sheet, at, 7, row.actual)
        if row.progress is not None:
            book.cell(sheet, at, 8, row.progress / 100, book.percent)
        trend = dict(row.trend)
        for place, month in enumerate(months):
            book.cell(sheet, at, 9 + place, trend.get(month, Cell()))
        last = 9 + len(months)
        book.row_from(sheet, at, last, [_why(say, row.actual), row.note])
        at += 1


def _breakdown(book: Book, told: Results, dimension: str, name: str, say: Say) -> None:
    """A sheet with a column for each category of one dimension."""
    alone = [key[0] for row in told.rows for key in row.cells if len(key) == 1]
    found = {category for at, category in alone if at == dimension}
    order = [category for at, category in told.categories if at == dimension]
    categories = sorted(found, key=lambda one: (order.index(one) if one in order else len(order), one))
    widths = [_WIDTHS["code"], _WIDTHS["title"], *[_WIDTHS["number"]] * (len(categories) + 1), _WIDTHS["words"]]
    sheet = book.sheet(name, widths, frozen=(1, 2))
    heads = [say(text("Code")), say(text("Indicator")), *[told.category(dimension, one) for one in categories]]
    book.row(sheet, 0, [*heads, say(text("All")), say(text("Not shown"))], book.head)
    for at, row in enumerate(told.rows, 1):
        cells = [row.cells.get(((dimension, one),), Cell()) for one in categories]
        book.row(sheet, at, [row.code, row.title, *cells, row.actual])
        hidden = [told.category(dimension, one) for one, cell in zip(categories, cells, strict=True) if cell.hidden]
        book.row_from(sheet, at, len(categories) + 3, ["; ".join(hidden)])


def _together(book: Book, told: Results, say: Say) -> None:
    """A sheet with a row for every combination of several dimensions."""
    codes, names = [code for code, _name in told.dimensions], [name for _code, name in told.dimensions]
    widths = [_WIDTHS["code"], _WIDTHS["title"], *[20] * len(names), _WIDTHS["number"], _WIDTHS["words"]]
    sheet = book.sheet(say(text("Together")), widths, frozen=(1, 2))
    heads = [say(text("Code")), say(text("Indicator")), *names, say(text("Actual")), say(text("Not shown"))]
    book.row(sheet, 0, heads, book.head)
    at = 0
    for row in told.rows:
        for key in (key for key in told.keys(row) if len(key) > 1):
            at += 1
            cell, by = row.cells[key], dict(key)
            named = [told.category(code, by[code]) if code in by else "" for code in codes]
            book.row(sheet, at, [row.code, row.title, *named, cell, _why(say, cell)])
    if at:
        sheet.autofilter(0, 0, at, len(heads) - 1)


def _external(book: Book, told: Results, say: Say) -> None:
    names = (
        text("Code"), text("Indicator"), text("Figure"), text("Unit"), text("Source"), text("As of"),
        text("How it was counted"), text("Document"),
    )  # fmt: skip
    sheet = book.sheet(say(text("Figures of others")), [22, 52, 14, 14, 34, 14, 40, 40], frozen=(1, 2))
    book.row(sheet, 0, [say(name) for name in names], book.head)
    for at, row in enumerate(told.external, 1):
        values: list[Written | Cell] = [
            row.code,
            row.title,
            row.value,
            row.unit,
            row.source,
            row.as_of,
            row.method,
            row.document,
        ]
        book.row(sheet, at, values)


def _budget(book: Book, told: BudgetTable, language: str, say: Say) -> None:
    """The UN budget table: each category with budget, spending, commitments and delivery of every agency and of all."""
    parties = [*(agency.name for agency in told.agencies), say(text("All agencies"))]
    columns = [say(name) for name in (text("Budget"), text("Expenditure"), text("Commitments"), text("Delivery"))]
    sheet = book.sheet(say(text("Budget")), [6, 46, *[_WIDTHS["number"]] * (4 * len(parties))], frozen=(2, 2))
    heading = say(text("Category"))
    book.row(sheet, 0, ["", f"{heading} ({told.currency})"], book.head)
    for place, party in enumerate(parties):
        sheet.merge_range(0, 2 + 4 * place, 0, 5 + 4 * place, written(party), book.head)
    book.row(sheet, 1, ["", "", *columns * len(parties)], book.head)
    for at, (category, shares, together) in enumerate(told.rows(), 2):
        book.row(sheet, at, [category.n, category.title(language)])
        for place, money in enumerate([*shares, together]):
            _money(book, sheet, at, 2 + 4 * place, money)
    at = 2 + len(told.categories)
    totals = [*(told.sum_of(agency=agency.id) for agency in told.agencies), told.total]
    book.row(sheet, at, ["", say(text("Total"))], book.bold)
    for place, money in enumerate(totals):
        _money(book, sheet, at, 2 + 4 * place, money)
    _indirect_check(book, sheet, at + 2, told, say)


def _money(book: Book, sheet: Any, row: int, column: int, money: Money) -> None:
    for place, amount in enumerate((money.budget, money.expenditure, money.commitments)):
        book.cell(sheet, row, column + place, amount, book.exact)
    if money.delivery is not None:
        book.cell(sheet, row, column + 3, money.delivery / 100, book.percent)


def _indirect_check(book: Book, sheet: Any, row: int, told: BudgetTable, say: Say) -> None:
    """Below the table: the indirect cost of every agency against the per cent that it must be, and the whole sum."""
    scheme = told.scheme
    heads = [
        say(text("Check of the indirect cost (%(percent)s %% of the direct costs)"))
        % {"percent": f"{scheme.percent:f}"},
        say(text("Direct costs")), say(text("Must be")), say(text("Is")), say(text("Right")),
    ]  # fmt: skip
    book.row(sheet, row, ["", *heads], book.head)
    yes, no = say(text("yes")), say(text("no"))
    for at, agency in enumerate(told.agencies, row + 1):
        direct = told.direct_of(agency.id).budget
        must, found = scheme.indirect_of(direct), told.sum_of(agency=agency.id, category=scheme.indirect.code).budget
        book.row(sheet, at, ["", agency.name])
        for column, amount in enumerate((direct, must, found), 2):
            book.cell(sheet, at, column, amount, book.exact)
        book.cell(sheet, at, 5, yes if must == found else no)
    at = row + 1 + len(told.agencies)
    book.row(sheet, at, ["", say(text("Sum of the agencies against the programme's budget"))])
    book.cell(sheet, at, 3, told.total_planned, book.exact)
    book.cell(sheet, at, 4, told.total.budget, book.exact)
    book.cell(sheet, at, 5, yes if told.total.budget == told.total_planned else no)


def _notes(book: Book, told: Results, say: Say) -> None:
    sheet = book.sheet(say(text("Notes")), [34, 96], frozen=(1, 0))
    book.row(sheet, 0, [told.programme_title or say(text("Results")), ""], book.title)
    period = f"{told.first or '…'} – {told.last or '…'}"
    hidden = say(text("not shown"))
    smallest = say(
        text(
            "Groups of fewer than %(n)d people are not shown, and neither is any figure from which such a group could "
            "be computed. A cell that is not shown is empty and grey; it is never nought."
        )
    )
    rows: list[tuple[str, str]] = [
        (say(text("Programme")), told.programme),
        (say(text("Period of the services")), period),
        (say(text("As known on")), _moment(told.as_of or told.fresh_at)),
        (say(text("Computed on")), _moment(told.fresh_at)),
        (say(text("People")), say(text("Each person is counted once in a figure, however many services she received. "
                                       "Contacts of campaigns are contacts, never people."))),
        (say(text("Protection of small groups")), smallest % {"n": told.smallest}),
        *((f"– {code}", say(words)) for code, words in HIDDEN_NAMES.items()),
        (say(text("Figures")), f"{told.n_rows} · {hidden}: {told.n_hidden}"),
    ]  # fmt: skip
    for at, row in enumerate(rows, 1):
        book.cell(sheet, at, 0, row[0], book.bold)
        book.cell(sheet, at, 1, row[1])


def _why(say: Say, cell: Cell) -> str:
    return say(HIDDEN_NAMES.get(cell.flag, HIDDEN_NAMES["not_shown"])) if cell.flag else ""


def _moment(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M %Z").strip()


def _at_most(words: str, units: int) -> str:
    """The beginning of ``words`` that takes at most so many units of UTF-16, as spreadsheets count letters."""
    while len(words.encode("utf-16-le")) > 2 * units:
        words = words[:-1]
    return words
