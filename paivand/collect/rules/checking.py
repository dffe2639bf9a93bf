"""Checks a list: puts its rows together to families and finds what has to be mended, by row and column."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from paivand.collect.rules.cells import LONGEST_PLACE, Reading, read_text
from paivand.collect.rules.columns import Column, plain
from paivand.collect.rules.lists import MOST_ROWS, RowState
from paivand.collect.rules.people import Person, Reader, Row
from paivand.collect.rules.places import Gazetteer
from paivand.collect.rules.problems import Level, Problem, Unreadable, error, note
from paivand.collect.rules.sheets import Grid, is_blank, is_empty, shown
from paivand.registry.rules import Relation, may_consent_alone

C = Column
LARGEST_FAMILY = 30
_SEED = uuid.UUID("6f1f5f43-6f0e-5d43-9d0c-2f3c8f8e7a51")
_TOTALS = frozenset(plain(word) for word in ("ҳамагӣ", "ҷамъ", "итого", "всего", "total", "sum"))


@dataclass(frozen=True, slots=True)
class Known:
    """What a list is checked against."""

    today: date
    district: str
    district_name: str
    jamoats: Gazetteer
    districts: Gazetteer
    own_districts: frozenset[str] | None = None
    """The districts within the user's reach; None for all."""
    consent_for_all: bool = False
    seed: str = ""
    """Sets apart families of the same content that may both be registered: district, agency, team."""


@dataclass(slots=True)
class Family:
    """The rows of one family, the head's first."""

    rows: list[Row]
    head: Row | None = None
    jamoat: str = ""
    village: str = ""
    agrees: bool | None = None
    key: uuid.UUID | None = None


@dataclass(slots=True)
class CheckedRow:
    """One row with all that was found about it, as it is stored."""

    number: int
    values: dict[str, str]
    understood: dict[str, Any]
    problems: list[Problem]
    state: RowState
    is_head: bool
    family_key: uuid.UUID | None


@dataclass(slots=True)
class Checked:
    """The whole list."""

    rows: list[CheckedRow] = field(default_factory=list)
    n_empty: int = 0
    n_families: int = 0
    by_family: dict[uuid.UUID, list[CheckedRow]] = field(default_factory=dict)

    def members(self, key: uuid.UUID) -> list[CheckedRow]:
        """The rows of one family to be."""
        return self.by_family.get(key, [])


def check(grid: Grid, mapping: Sequence[str], headings: int, known: Known) -> Checked:
    """Check all rows below the row of headings (its position in the grid).

    Raises:
        Unreadable: ``no_rows`` or ``too_many_rows``.
    """
    reader = Reader(grid, mapping, headings, known.today)
    rows, n_empty = _rows(grid, reader, headings)
    families = list(_families(rows, reader, grid))
    for family in families:
        _check_family(family, reader, grid, known)
    _find_repetitions(families)
    _find_papers(families, reader)
    found = Checked(n_empty=n_empty)
    for family in families:
        checked = list(_judged(family, known))
        found.rows += checked
        if family.key:
            found.by_family[family.key] = checked
        found.n_families += checked[0].state is RowState.OK
    found.rows.sort(key=lambda row: row.number)
    return found


def _rows(grid: Grid, reader: Reader, headings: int) -> tuple[list[Row], int]:
    rows, n_empty = [], 0
    heading_cells = [shown(cell) for cell in grid.rows[headings]]
    for place in range(headings + 1, len(grid.rows)):
        cells = grid.rows[place]
        if is_empty(cells) or _is_total(cells) or [shown(cell) for cell in cells] == heading_cells:
            n_empty += 1
            continue
        if not any(index < len(cells) and not is_blank(cells[index]) for index in reader.columns.values()):
            n_empty += 1
            continue
        rows.append(reader.row(place))
        if len(rows) > MOST_ROWS:
            raise Unreadable("too_many_rows", limit=MOST_ROWS)
    if not rows:
        raise Unreadable("no_rows")
    return rows, n_empty


def _is_total(cells: Sequence[Any]) -> bool:
    given = [shown(cell) for cell in cells if not is_blank(cell)]
    return 0 < len(given) <= 3 and plain(given[0]) in _TOTALS


def _families(rows: list[Row], reader: Reader, grid: Grid) -> Iterator[Family]:
    """Rows with the same number of a family belong together; without numbers, those that follow a head."""
    if not reader.of_persons:
        yield from (Family([row]) for row in rows)
        return
    groups: dict[str, Family] = {}
    present = ""
    for row in rows:
        key = plain(row.values.get(C.FAMILY_KEY, "")) or row.values.get(C.FAMILY_KEY, "")
        if C.FAMILY_KEY not in reader.columns:
            wants_new = row.relation is Relation.HEAD or not present
            key = f"row {row.number}" if wants_new else present
        elif not key:  # the number stands in the first row of the family only
            key = f"row {row.number}" if row.relation is Relation.HEAD or not present else present
        present = key
        groups.setdefault(key, Family([])).rows.append(row)
    yield from groups.values()


# --- one family ------------------------------------------------------------------------------------------------------


def _check_family(family: Family, reader: Reader, grid: Grid, known: Known) -> None:
    _find_head(family, reader)
    lead = family.head or family.rows[0]
    if len(family.rows) > LARGEST_FAMILY:
        where = reader.columns.get(C.FAMILY_KEY, -1)
        lead.problems.append(error("family_too_large", where, limit=LARGEST_FAMILY))
    _find_place(family, lead, reader, grid, known)
    _find_consent(family, lead, reader, known)
    person = family.head.person if family.head else None
    if person and person.birth:
        if may_consent_alone(person.birth.age(known.today).years):
            for row in family.rows:
                row.guardian = ""  # a grown-up agrees herself
        elif not any(row.guardian for row in family.rows):
            where = reader.columns.get(C.BIRTH, reader.columns.get(C.AGE, -1))
            lead.problems.append(error("child_head", where, lead.values.get(C.BIRTH, "")))


def _find_head(family: Family, reader: Reader) -> None:
    if C.RELATION not in reader.columns:
        family.head = family.rows[0]
        family.head.relation = Relation.HEAD
        for row in family.rows[1:]:
            row.problems.append(error("relation_missing", reader.columns.get(C.FAMILY_KEY, -1)))
        return
    where = reader.columns[C.RELATION]
    for row in family.rows:
        if row.relation is Relation.HEAD:
            if family.head is None:
                family.head = row
            else:
                given = row.values.get(C.RELATION, "")
                row.problems.append(error("two_heads", where, given, row=family.head.number))
        elif not row.values.get(C.RELATION):
            row.problems.append(error("relation_missing", where))
    unread = any(problem.code.startswith("relation") for row in family.rows for problem in row.problems)
    if family.head is None and not unread:
        family.rows[0].problems.append(error("head_missing", where))


def _find_place(family: Family, lead: Row, reader: Reader, grid: Grid, known: Known) -> None:
    """District, jamoat and village: the head's row tells, or the first of the family's rows that does."""

    def told(column: Column) -> tuple[Row, Reading] | None:
        for row in (lead, *family.rows):
            if column in reader.columns and row.values.get(column):
                spoilt = any(p.column == reader.columns[column] and p.level == "error" for p in row.problems)
                if not spoilt:
                    return row, Reading(row.values[column], reader.columns[column], row.problems)
        return None

    if district := told(C.DISTRICT):
        _check_district(*district, known)
    if jamoat := told(C.JAMOAT):
        family.jamoat = _jamoat(*jamoat, known)
    elif not any(p.column == reader.columns.get(C.JAMOAT) for row in family.rows for p in row.problems):
        lead.problems.append(error("jamoat_missing", reader.columns.get(C.JAMOAT, -1)))
    if village := told(C.VILLAGE):
        family.village = read_text(village[1], LONGEST_PLACE)


def _check_district(row: Row, reading: Reading, known: Known) -> None:
    codes, _present = known.districts.find(reading.words)
    if known.district in codes:
        return
    if not codes:
        reading.fails("district_unknown")
    elif known.own_districts is not None and not known.own_districts & set(codes):
        reading.fails("district_outside")
    else:
        reading.fails("district_elsewhere", district=known.district_name)


def _jamoat(row: Row, reading: Reading, known: Known) -> str:
    codes, present = known.jamoats.find(reading.words)
    here = [code for code in codes if known.jamoats.places[code].parent == known.district]
    if here:
        if not present:
            reading.mended("jamoat_read_as", name=known.jamoats.places[here[0]].name)
        return here[0]
    if codes:
        parent = known.jamoats.places[codes[0]].parent
        there = known.districts.places.get(parent)
        reading.fails("jamoat_elsewhere", district=there.name if there else parent)
        return ""
    names = sorted(place.name for place in known.jamoats.places.values() if place.parent == known.district)
    reading.fails("jamoat_unknown", district=known.district_name, known=", ".join(names[:20]))
    return ""


def _find_consent(family: Family, lead: Row, reader: Reader, known: Known) -> None:
    answers = [row.consent for row in family.rows if row.consent is not None]
    if False in answers:
        family.agrees = False
    elif answers or known.consent_for_all:
        family.agrees = True
    elif not any(problem.code == "consent_unknown" for row in family.rows for problem in row.problems):
        lead.problems.append(error("consent_missing", reader.columns.get(C.CONSENT, -1)))


# --- repetitions within the list -------------------------------------------------------------------------------------


def _likeness(family: Family, person: Person) -> str:
    birth = f"{person.birth.on}{person.birth.precision}" if person.birth else ""
    return "|".join(
        (plain(person.family_name), plain(person.given_name), plain(person.father_name), person.sex, birth,
         family.jamoat, plain(family.village))
    )  # fmt: skip


def _find_repetitions(families: list[Family]) -> None:
    """The same person twice: the second time is a mistake; where it is a head, the whole family stands twice.

    Rows with different numbers of papers are different people.
    """
    seen: dict[str, tuple[Row, str]] = {}
    for family in families:
        if family.agrees is False:
            continue
        for row in family.rows:
            if row.person is None:
                continue
            key = _likeness(family, row.person)
            first = seen.setdefault(key, (row, row.person.document))
            if first[0] is row or (first[1] and row.person.document and first[1] != row.person.document):
                continue
            code = "row_twice" if row is family.head else "person_twice"
            row.problems.append(error(code, -1, row=first[0].number))


def _find_papers(families: list[Family], reader: Reader) -> None:
    where = reader.columns.get(C.DOCUMENT)
    if where is None:
        return
    seen: dict[str, Row] = {}
    for family in families:
        for row in family.rows:
            paper = plain(row.person.document).replace(" ", "") if row.person else ""
            if not paper:
                continue
            first = seen.setdefault(paper, row)
            twice = any(problem.code in {"row_twice", "person_twice"} for problem in row.problems)
            if first is not row and not twice:
                row.problems.append(error("document_twice", where, row.values.get(C.DOCUMENT, ""), row=first.number))


# --- the verdict -----------------------------------------------------------------------------------------------------


def _judged(family: Family, known: Known) -> Iterator[CheckedRow]:
    """The rows as they are stored. Of a family that does not agree nothing is kept but the numbers of its rows."""
    if family.agrees is False:
        lead = next(row for row in family.rows if row.consent is False)
        for row in family.rows:
            said = note("consent_refused", -1) if row is lead else note("left_with_family", -1, row=lead.number)
            yield CheckedRow(row.number, {}, {}, [said], RowState.SKIPPED, False, None)
        return
    wrong = [row for row in family.rows if row.has_errors]
    if not wrong:
        family.key = family_key(family, known.seed)
    for row in family.rows:
        state = RowState.ERROR if row.has_errors else RowState.HELD if wrong else RowState.OK
        if state is RowState.HELD:
            row.problems.append(Problem("held_back", Level.HELD, -1, "", {"row": wrong[0].number}))
        understood = _understood(family, row) if state is RowState.OK else {}
        yield CheckedRow(row.number, row.values, understood, row.problems, state, row is family.head, family.key)


def _understood(family: Family, row: Row) -> dict[str, Any]:
    assert row.person is not None  # noqa: S101
    found: dict[str, Any] = {"person": row.person.plain(), "relation": str(row.relation or Relation.HEAD)}
    if row.migrant:
        found["migrant"] = row.migrant.plain()
        found["migrant_relation"] = str(row.migrant_relation)
    if row is family.head:
        found |= {"jamoat": family.jamoat, "village": family.village}
        day = next((one.consent_on for one in family.rows if one.consent_on), None)
        guardian = next((one.guardian for one in (row, *family.rows) if one.guardian), "")
        found |= {"consent_on": day.isoformat()} if day else {}
        found |= {"guardian": guardian} if guardian else {}
    return found


def family_key(family: Family, seed: str) -> uuid.UUID:
    """The key of the family to be: the same people in the same place always get the same."""
    people = []
    for row in family.rows:
        for person, relation in ((row.person, row.relation), (row.migrant, row.migrant_relation)):
            if person is None:
                continue
            birth = [str(person.birth.on), str(person.birth.precision)] if person.birth else []
            names = [plain(name) for name in (person.family_name, person.given_name, person.father_name)]
            people.append([*names, str(person.sex), str(relation), *birth])
    content = json.dumps([seed, family.jamoat, plain(family.village), sorted(people)], ensure_ascii=False)
    return uuid.uuid5(_SEED, content)
