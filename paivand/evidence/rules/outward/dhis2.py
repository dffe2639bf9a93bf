"""Figures for DHIS2: the mapping of codes, and the same values as ``dataValueSets`` JSON and as ADX (2015) XML.

Only the finest cells of a data element leave, those that its own categories and a district name: their sums are made
over there. What has no code on the other side, and what is protected, is listed; nothing is dropped in silence.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from xml.etree import ElementTree as Tree

from paivand.core.rules.parts import Part
from paivand.core.rules.spreadsheets import written
from paivand.core.rules.texts import text
from paivand.evidence.rules.asking import Key
from paivand.evidence.rules.indicators import Dimension
from paivand.evidence.rules.outward.facts import EMPTY, HIDDEN, Fact, LeftOut, months_of

SOURCE = Path(__file__).parents[3] / "parameters" / "dhis2.yaml"
_ADX = "urn:ihe:qrph:adx:2015"
_PLACE = Dimension.DISTRICT.value


@dataclass(frozen=True)
class Category:
    """A category of the other side: its code, and the code of each option by ours."""

    code: str
    options: Mapping[str, str]


@dataclass(frozen=True)
class Element:
    """A data element: our indicator, its code over there, and by which dimensions it is parted."""

    indicator: str
    code: str
    by: tuple[str, ...]


@dataclass(frozen=True)
class Combo:
    """How the code of a combination of options is made: by a pattern, unless it stands by itself."""

    by: tuple[str, ...]
    pattern: str
    codes: Mapping[str, str]


@dataclass(frozen=True)
class Codes:
    """One dated mapping.

    Attributes:
        data_sets: the data set by the months of its period.
        org_units: the organisation unit by the code of the place.
        default: the combination of an element without categories.
    """

    since: date
    data_sets: Mapping[int, str]
    categories: Mapping[str, Category]
    combos: tuple[Combo, ...]
    elements: tuple[Element, ...]
    org_units: Mapping[str, str]
    default: str

    def combo(self, by: Mapping[str, str]) -> str | None:
        """The code of a combination of categories; None where one of them has no code."""
        if not by:
            return self.default
        for one in self.combos:
            if set(one.by) == set(by):
                named = one.codes.get(" ".join(by[dimension] for dimension in one.by))
                if named:
                    return named
                options = {dimension: self.option(dimension, by[dimension]) for dimension in one.by}
                return None if None in options.values() else one.pattern.format(**options)
        return None

    def option(self, dimension: str, category: str) -> str | None:
        """The code of one option."""
        found = self.categories.get(dimension)
        return found.options.get(category) if found else None


@dataclass(frozen=True)
class DataValue:
    """One value as DHIS2 takes it."""

    element: str
    first: date
    months: int
    org_unit: str
    combo: str
    options: tuple[tuple[str, str], ...]
    """The code of each category with that of its option, for ADX."""
    value: int | Decimal


def read_codes(file: str, content: str) -> list[Codes]:
    """The mappings of a file, the earliest first.

    Raises:
        DeclarationError: with file, line and reason of the first thing that is wrong.
    """
    whole = Part.of(file, content).fields("source mappings", "note")
    whole["source"].text()
    return sorted((_mapping(part) for part in whole["mappings"]), key=lambda codes: codes.since)


def _mapping(part: Part) -> Codes:
    told = part.fields("from data_sets categories combos elements org_units default_combo", "note")
    sets = {int(months): one.text() for months, one in told["data_sets"].entries().items()}
    categories = {}
    for dimension, one in told["categories"].entries().items():
        if dimension not in set(Dimension) - {_PLACE}:
            one.fail(f"there is no dimension {dimension!r} that can be a category")
        fields = one.fields("code options")
        categories[dimension] = Category(
            fields["code"].text(), {ours: code.text() for ours, code in fields["options"].entries().items()}
        )
    combos = tuple(_combo(one, set(categories)) for one in told["combos"])
    elements: dict[str, Element] = {}
    for one in told["elements"]:
        fields = one.fields("indicator element", "by")
        by = tuple(name.text() for name in fields["by"]) if "by" in fields else ()
        if by and not any(set(combo.by) == set(by) for combo in combos):
            fields["by"].fail("there is no combination of these dimensions under combos")
        element = Element(fields["indicator"].code(), fields["element"].text(), by)
        if element.code in elements:
            one.fail(f"{element.code!r} stands here twice")
        elements[element.code] = element
    return Codes(
        date.fromisoformat(told["from"].text()), sets, categories, combos, tuple(elements.values()),
        {place: one.text() for place, one in told["org_units"].entries().items()}, told["default_combo"].text(),
    )  # fmt: skip


def _combo(part: Part, known: set[str]) -> Combo:
    fields = part.fields("by pattern", "codes")
    by = tuple(one.text() for one in fields["by"])
    if not set(by) <= known:
        fields["by"].fail("each dimension stands under categories first")
    pattern = fields["pattern"].text()
    if any(f"{{{dimension}}}" not in pattern for dimension in by):
        fields["pattern"].fail("the pattern holds every dimension in braces")
    codes = {ours: one.text() for ours, one in fields["codes"].entries().items()} if "codes" in fields else {}
    return Combo(by, pattern, codes)


@lru_cache(maxsize=1)
def declared() -> tuple[Codes, ...]:
    """The mappings of ``parameters/dhis2.yaml``."""
    return tuple(read_codes(SOURCE.name, SOURCE.read_text(encoding="utf-8")))


def codes_on(day: date) -> Codes | None:
    """The mapping that holds on a day."""
    held = [codes for codes in declared() if codes.since <= day]
    return held[-1] if held else None


NO_ELEMENT = text("no data element is named for this indicator")
NO_UNIT = text("no organisation unit is named for this place")
NO_COMBO = text("no code is named for this combination of categories")
NO_DATA_SET = text("no data set is named for periods of this length")
NO_CELLS = text("no figures by its categories were asked for")


def mapped(facts: Iterable[Fact], codes: Codes) -> tuple[list[DataValue], list[LeftOut]]:
    """The values in the codes of the other side, and everything that has none or is not shown."""
    elements: dict[str, list[Element]] = {}
    for element in codes.elements:
        elements.setdefault(element.indicator, []).append(element)
    values: list[DataValue] = []
    left: dict[LeftOut, None] = {}
    found: dict[str, bool] = {}
    for fact in facts:
        if fact.indicator not in elements:
            left[LeftOut(fact.indicator, NO_ELEMENT)] = None
        for element in elements.get(fact.indicator, []):
            found.setdefault(element.code, False)
            if {dimension for dimension, _category in fact.key} != {_PLACE, *element.by}:
                continue
            found[element.code] = True
            one = _value(fact, element, codes)
            if isinstance(one, LeftOut):
                left[one] = None
            else:
                values.append(one)
    for code, is_there in found.items():
        if not is_there:
            left[LeftOut(code, NO_CELLS)] = None
    return values, list(left)


def _value(fact: Fact, element: Element, codes: Codes) -> DataValue | LeftOut:
    by = fact.by
    place = by.pop(_PLACE)
    months = months_of(fact.first, fact.last) if fact.first and fact.last else None
    if fact.first is None or months is None or months not in codes.data_sets:
        return LeftOut(f"{fact.indicator} · {fact.first} – {fact.last}", NO_DATA_SET)
    unit, combo = codes.org_units.get(place), codes.combo(by)
    if unit is None:
        return LeftOut(place, NO_UNIT)
    if combo is None:
        return LeftOut(_named(fact.key), NO_COMBO)
    value = fact.cell.shown
    if value is None:
        return LeftOut(
            f"{fact.indicator} · {fact.first:%Y-%m} · {_named(fact.key)}", HIDDEN if fact.cell.hidden else EMPTY
        )
    options = tuple(
        (codes.categories[dimension].code, codes.option(dimension, by[dimension]) or by[dimension])
        for dimension in element.by
    )
    return DataValue(element.code, fact.first, months, unit, combo, options, value)


def _named(key: Key) -> str:
    return " · ".join(category for _dimension, category in key)


def period(first: date, months: int) -> str:
    """A period as DHIS2 names it.

    >>> period(date(2026, 11, 1), 1), period(date(2026, 10, 1), 3)
    ('202611', '2026Q4')
    """
    return f"{first:%Y%m}" if months == 1 else f"{first.year}Q{(first.month + 2) // 3}"


def data_value_sets(values: Iterable[DataValue]) -> bytes:
    """The values for ``/api/dataValueSets``: each with its period and organisation unit, identified by codes."""
    rows = [
        {
            "dataElement": one.element,
            "period": period(one.first, one.months),
            "orgUnit": one.org_unit,
            "categoryOptionCombo": one.combo,
            "value": f"{one.value:f}" if isinstance(one.value, Decimal) else str(one.value),
        }
        for one in values
    ]
    return (json.dumps({"dataValues": rows}, ensure_ascii=False, indent=1) + "\n").encode()


def adx(values: Iterable[DataValue], codes: Codes, exported_at: datetime) -> bytes:
    """The same values as ADX: a group for each organisation unit and period, identified by codes."""
    Tree.register_namespace("", _ADX)
    root = Tree.Element(f"{{{_ADX}}}adx", {"exported": exported_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")})
    groups: dict[tuple[str, date, int], Tree.Element] = {}
    for one in values:
        key = (one.org_unit, one.first, one.months)
        if key not in groups:
            length = f"{one.first.isoformat()}/P{one.months}M"
            attributes = {"orgUnit": one.org_unit, "period": length, "dataSet": codes.data_sets[one.months]}
            groups[key] = Tree.SubElement(root, f"{{{_ADX}}}group", _plain(attributes))
        value = f"{one.value:f}" if isinstance(one.value, Decimal) else str(one.value)
        attributes = {"dataElement": one.element, **dict(one.options), "value": value}
        Tree.SubElement(groups[key], f"{{{_ADX}}}dataValue", _plain(attributes))
    Tree.indent(root)
    return bytes(Tree.tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n"


def _plain(attributes: Mapping[str, str]) -> dict[str, str]:
    return {name: written(value) for name, value in attributes.items()}
