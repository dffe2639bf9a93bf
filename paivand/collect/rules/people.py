"""Reads one row of a list: the person in it, her migrant, and what it says about the family."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from paivand.collect.rules import cells
from paivand.collect.rules.cells import Reading, Told
from paivand.collect.rules.columns import OF_FAMILY, Column
from paivand.collect.rules.problems import Problem, error, note
from paivand.collect.rules.sheets import Cell, Grid, is_blank, shown
from paivand.core.rules.dates import Birth, Precision
from paivand.registry.rules import Relation, Sex

C = Column
_DISAGREE = {Precision.DAY: 1, Precision.MONTH: 1, Precision.YEAR: 1, Precision.ESTIMATE: 1}


@dataclass(slots=True)
class Person:
    """A person as a row tells her."""

    given_name: str
    sex: Sex
    family_name: str = ""
    father_name: str = ""
    birth: Birth | None = None
    phone: str = ""
    document: str = ""
    country: str = ""
    departed: Told | None = None

    def plain(self) -> dict[str, Any]:
        """As it is stored: what is not known is left out."""
        found: dict[str, Any] = {
            "given_name": self.given_name,
            "sex": str(self.sex),
            "family_name": self.family_name,
            "father_name": self.father_name,
            "phone": self.phone,
            "document": self.document,
            "country": self.country,
        }
        if self.birth:
            found |= {"birth_on": self.birth.on.isoformat(), "birth_precision": str(self.birth.precision)}
        if self.departed:
            found |= {"departed_on": self.departed.on.isoformat(), "departed_precision": str(self.departed.precision)}
        return {name: value for name, value in found.items() if value}


@dataclass(slots=True)
class Row:
    """One row as it was read. ``place`` is its position among the rows, from 0."""

    number: int
    place: int
    values: dict[str, str]
    problems: list[Problem] = field(default_factory=list)
    person: Person | None = None
    relation: Relation | None = None
    migrant: Person | None = None
    migrant_relation: Relation | None = None
    consent: bool | None = None
    consent_on: date | None = None
    guardian: str = ""

    @property
    def has_errors(self) -> bool:
        """Whether a person has to mend something in it."""
        return any(problem.level == "error" for problem in self.problems)


class Reader:
    """Reads the rows of one grid, whose columns mean what ``mapping`` says."""

    def __init__(self, grid: Grid, mapping: Sequence[str], headings: int, today: date) -> None:
        self.grid, self.today, self.headings = grid, today, headings
        self.columns = {Column(key): index for index, key in enumerate(mapping) if key}
        self.n_headings = max((n + 1 for n, cell in enumerate(grid.rows[headings]) if not is_blank(cell)), default=0)
        self.by_number = {number: place for place, number in enumerate(grid.numbers)}
        self.of_persons = bool({C.FAMILY_KEY, C.RELATION} & set(self.columns))

    def row(self, place: int) -> Row:
        """The row at ``place`` of the grid."""
        grid = self.grid
        number, cell_row = grid.numbers[place], grid.rows[place]
        row = Row(number, place, {})
        got: dict[Column, Reading] = {}
        for column, index in self.columns.items():
            reading = Reading(self._cell(row, cell_row, column, index), index, row.problems)
            if not is_blank(reading.cell):
                row.values[str(column)] = shown(reading.cell)[:300]
            if self._is_readable(row, reading, column):
                got[column] = reading
        for index in range(self.n_headings, len(cell_row)):
            if not is_blank(cell_row[index]):
                row.problems.append(self._beyond(index, shown(cell_row[index])))
                break
        self._read(row, got)
        return row

    def _beyond(self, index: int, given: str) -> Problem:
        """A cell to the right of the headings: in a text file a separator slipped in, in a workbook it is a remark."""
        return error("cells_beyond", index, given) if self.grid.delimiter else note("no_heading", index, given)

    def _cell(self, row: Row, cell_row: Sequence[Cell], column: Column, index: int) -> Cell:
        cell: Cell = cell_row[index] if index < len(cell_row) else ""
        merged = self.grid.merged.get((row.number, index))
        if merged is None or not is_blank(cell):
            return cell
        top, left = merged
        if top not in self.by_number or self.by_number[top] <= self.headings:
            return cell
        above = self.grid.rows[self.by_number[top]]
        first: Cell = above[left] if left < len(above) else ""
        if is_blank(first):
            return cell
        if column in OF_FAMILY and left == index:
            if column is not C.FAMILY_KEY:
                row.problems.append(note("merged_filled", index, shown(first), row=top))
            return first
        row.problems.append(error("cell_merged", index, shown(first)))
        return cell

    def _is_readable(self, row: Row, reading: Reading, column: Column) -> bool:
        broken = self.grid.broken.get((row.number, reading.column))
        if broken is not None:
            if broken:
                reading.fails("cell_other_encoding", mended=broken[:60])
            else:
                reading.fails("cell_broken")
            return False
        if isinstance(reading.cell, bool) and column is C.CONSENT:
            return True
        return not cells.is_spoilt(reading)

    def _read(self, row: Row, got: dict[Column, Reading]) -> None:
        """Fill ``row`` from the cells that can be read."""

        def given(column: Column) -> Reading | None:
            reading = got.get(column)
            return reading if reading and not is_blank(reading.cell) else None

        sex = cells.read_sex(got[C.SEX]) if C.SEX in got else None
        family, name, father = self._names(row, got)
        birth = self._birth(row, given(C.BIRTH), given(C.AGE))
        phone, paper = given(C.PHONE), given(C.DOCUMENT)
        if name and sex:
            row.person = Person(
                name, sex, family, father, birth,
                phone=cells.read_phone(phone) if phone else "",
                document=cells.read_document(paper) if paper else "",
            )  # fmt: skip
        else:
            _ = phone and cells.read_phone(phone), paper and cells.read_document(paper)
        if relation := given(C.RELATION):
            row.relation = cells.read_relation(relation, sex)
            row.person = row.person if row.relation else None
        self._migration(row, given)
        if agreed := given(C.CONSENT):
            row.consent = cells.read_consent(agreed)
        if day := given(C.CONSENT_ON):
            row.consent_on = cells.read_consent_day(day, self.today)
        if guardian := given(C.GUARDIAN):
            row.guardian = cells.read_text(guardian, cells.LONGEST_PLACE)

    def _names(self, row: Row, got: dict[Column, Reading]) -> tuple[str, str, str]:
        family = name = father = ""
        whole = got.get(C.FULL_NAME)
        if whole and not is_blank(whole.cell):
            family, name, father = cells.read_full_name(whole)
        if C.FAMILY_NAME in got:
            family = cells.read_name(got[C.FAMILY_NAME]) or family
        if C.FATHER_NAME in got:
            father = cells.read_name(got[C.FATHER_NAME]) or father
        if C.GIVEN_NAME in got:
            before = len(row.problems)
            name = cells.read_name(got[C.GIVEN_NAME]) or name
            silent = not any(problem.level == "error" for problem in row.problems[before:])
            if not name and silent:
                got[C.GIVEN_NAME].fails("given_missing")
        elif whole and is_blank(whole.cell):
            whole.fails("given_missing")
        return family, name, father

    def _birth(self, row: Row, born: Reading | None, aged: Reading | None) -> Birth | None:
        age = cells.read_age(aged) if aged else None
        if born is None:
            if age is None or aged is None:
                return None
            told = Birth.from_age(age, asked_on=self.today)
            aged.mended("age_used", year=told.on.year)
            return told
        birth = cells.read_birth(born, self.today)
        if birth and age is not None and aged:
            apart = abs(birth.age(self.today).years - age)
            if apart > _DISAGREE[birth.precision]:
                aged.fails("age_disagrees", count=apart)
        return birth

    def _migration(self, row: Row, given: Any) -> None:
        """Whose the country is: the migrant's where the list names one, else the person's of the row."""
        country, departed, named = given(C.COUNTRY), given(C.DEPARTED), given(C.MIGRANT_NAME)
        land = cells.read_country(country) if country else ""
        left = cells.read_departure(departed, self.today) if departed else None
        relation = given(C.MIGRANT_RELATION)
        if departed and left and not country:
            departed.fails("country_missing")
        if country and land and not departed:
            country.mended("departed_missing")
        if C.MIGRANT_NAME not in self.columns:
            if row.person:
                row.person.country, row.person.departed = land, left
            return
        if named is None:
            if country or departed:
                where = self.columns[C.MIGRANT_NAME]
                row.problems.append(error("migrant_missing", where))
            return
        family, name, father = cells.read_full_name(named)
        kind = cells.read_relation(relation, None) if relation else None
        if relation is None:
            named.mended("migrant_assumed")
            kind = Relation.SPOUSE
        if name and kind:
            sex = cells.sex_of_relation(shown(relation.cell)) if relation else None
            if sex is None:
                spouse_of_man = kind is Relation.SPOUSE and row.person and row.person.sex is Sex.MALE
                sex = Sex.FEMALE if spouse_of_man else Sex.MALE
            row.migrant = Person(name, sex, family, father, country=land, departed=left)
            row.migrant_relation = kind
