"""From exact figures to what may be shown: every cut of an indicator is protected together with all its others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from paivand.evidence.rules.asking import WHOLE, Figure, Key, Value
from paivand.evidence.rules.indicators import UNKNOWN, Dimension, Indicator, Measure
from paivand.evidence.rules.telling import SMALLEST, Hidden, Told, tables_of
from paivand.methods import disclosure
from paivand.methods.disclosure import Hierarchy, Protected, Release, Rule, Why

Cells = dict[Key, Told]
_ORDER = {str(dimension): place for place, dimension in enumerate(Dimension)}
_HIT = "counted"
"""A dimension of a share only: whether somebody is counted above the line."""
_PART = "part"
"""A dimension of an indicator that opens into others: in which of them somebody stands."""
_WHY: Mapping[Why, Hidden] = {
    Why.SMALL: Hidden.SMALL,
    Why.HELD: Hidden.HELD,
    Why.FURTHER: Hidden.FURTHER,
    Why.PART: Hidden.CHILD,
    Why.LINE: Hidden.FURTHER,
    Why.TABLE: Hidden.FURTHER,
    Why.REFUSED: Hidden.NOT_SHOWN,
    Why.ALL: Hidden.SMALL,
}


def in_order(pairs: Iterable[tuple[str, str]]) -> Key:
    """A cell with its dimensions in the order in which all cells name them."""
    return tuple(sorted(pairs, key=lambda pair: _ORDER[pair[0]]))


def protected(
    indicator: Indicator,
    figure: Figure,
    *,
    districts: Mapping[str, str],
    earlier: Sequence[Mapping[Key, int | None]] = (),
) -> Cells:
    """What may be shown of an indicator.

    Args:
        figure: the exact cells of all its tables together.
        districts: for each jamoat its district.
        earlier: the cells of editions that overlap with this question, as they were shown.
    """
    cells = {in_order(key): value for key, value in figure.cells.items()}
    if not indicator.counts_people:
        return {key: Told(value) if value is not None else Told(None, Hidden.NOTHING) for key, value in cells.items()}
    people = {in_order(key): n for key, n in figure.people.items()}
    if indicator.measure is Measure.SHARE:
        return _shares(indicator, cells, people, {in_order(key): n for key, n in figure.hits.items()}, districts)
    found = _protect(indicator, people, districts, earlier)
    # An empty cell was left out by the engine, but not by protection: an empty one that is hidden may not read as 0.
    keys = sorted({*filter(_known, cells), *(in_order(cell) for cell in found)})
    if indicator.measure in {Measure.PEOPLE, Measure.FAMILIES}:
        return {key: _count(key, found, earlier, people.get(key, 0)) for key in keys}
    return {key: _value(key, cells.get(key), found) for key in keys}


def protected_together(
    family: Sequence[Indicator],
    figures: Mapping[str, Figure],
    *,
    districts: Mapping[str, str],
    earlier: Mapping[str, Sequence[Mapping[Key, int | None]]] | None = None,
) -> dict[str, Cells]:
    """What may be shown of an indicator and of the parts into which it opens, by code.

    Where everybody stands in exactly one part, a small part is the whole less the others: so they are protected as one
    set of tables. A cut by two dimensions of a part is then shown when none of its figures is small, or not at all.

    Args:
        family: the whole, and then its parts; or one indicator alone.
        figures: the exact cells of each, by code.
        earlier: the cells of editions that overlap, as they were shown, by code.
    """
    before = earlier or {}
    if len(family) > 1 and _make_up(family, figures):
        return _as_one(family, figures, districts, before)
    return {
        one.code: protected(one, figures[one.code], districts=districts, earlier=before.get(one.code, ()))
        for one in family
    }


def _make_up(family: Sequence[Indicator], figures: Mapping[str, Figure]) -> bool:
    """Whether the parts are the whole, in each of the dimensions that all of them have."""
    if any(one.measure is not Measure.PEOPLE or one.sensitive or one.ages != family[0].ages for one in family):
        return False
    shared = _shared(family)
    whole, *parts = (
        {frozenset(key): n for key, n in figures[one.code].people.items() if _table(key) in shared} for one in family
    )
    return all(
        whole.get(cell, 0) == sum(part.get(cell, 0) for part in parts)
        for cell in {*whole, *(c for p in parts for c in p)}
    )


def _table(key: Iterable[tuple[str, str]]) -> frozenset[str]:
    return frozenset(str(dimension) for dimension, _category in key)


def _shared(family: Sequence[Indicator]) -> set[frozenset[str]]:
    """The cuts that all of a family have."""
    cuts = [{frozenset(map(str, table)) for table in tables_of(one)} for one in family]
    return {frozenset(), *set.intersection(*cuts)}


def _as_one(
    family: Sequence[Indicator], figures: Mapping[str, Figure], districts: Mapping[str, str],
    earlier: Mapping[str, Sequence[Mapping[Key, int | None]]],
) -> dict[str, Cells]:  # fmt: skip
    shared = _shared(family)
    whole, *parts = family
    cells: dict[Key, int] = {}
    before: list[dict[Key, int | None]] = []
    for one in family:
        mark = () if one is whole else ((_PART, one.code),)
        for key, n in figures[one.code].people.items():
            if one is whole or _table(key) in shared:
                cells[(*key, *mark)] = n
        before += [{(*key, *mark): n for key, n in edition.items()} for edition in earlier.get(one.code, ())]
    found = _protect(whole, cells, districts, before, tables=[table | {_PART} for table in shared])
    told: dict[str, Cells] = {one.code: {} for one in family}
    for cell in found:
        code = dict(cell).get(_PART, whole.code)
        key = in_order(pair for pair in cell if pair[0] != _PART)
        marked = (*key, (_PART, code)) if code != whole.code else key
        told[code][key] = _count(marked, found, before, cells.get(marked, 0))
    for one in parts:
        for key in figures[one.code].cells:
            if _known(key):
                told[one.code].setdefault(in_order(key), Told(None, Hidden.NOT_SHOWN))
    return told


def _known(key: Key) -> bool:
    """Whether the cell is offered: a step that lies in no jamoat is none of the jamoats'."""
    return (str(Dimension.JAMOAT), UNKNOWN) not in key


def _protect(
    indicator: Indicator, people: Mapping[Key, int], districts: Mapping[str, str],
    earlier: Sequence[Mapping[Key, int | None]] = (), *, further: str = "", tables: Iterable[frozenset[str]] = (),
) -> Protected:  # fmt: skip
    allowed = [frozenset(map(str, table)) | ({further} if further else set()) for table in tables_of(indicator)]
    jamoats = {category for key in people for dimension, category in key if dimension == Dimension.JAMOAT}
    nested = jamoats - {UNKNOWN} and not indicator.sensitive
    return disclosure.protect(
        {frozenset(key): n for key, n in people.items() if _known(key)},
        hierarchies=[Hierarchy("jamoat", "district", {one: districts[one] for one in jamoats - {UNKNOWN}})]
        if nested
        else [],
        rule=Rule(smallest=SMALLEST, tables=(*allowed, *tables)),
        earlier=[Release({frozenset(key): value for key, value in cells.items()}) for cells in earlier],
    )


def _count(key: Key, found: Protected, earlier: Sequence[Mapping[Key, int | None]], n: int) -> Told:
    """What is told of a count of ``n``: where it is held, the newest published figure that it differs from by few."""
    cell = frozenset(key)
    why = found.why.get(cell)
    if why is Why.HELD:
        former = [value for cells in earlier if (value := cells.get(key)) is not None and abs(value - n) < SMALLEST]
        return Told(former[0] if former else None, Hidden.HELD)
    return Told(found.get(cell, 0)) if why is None else Told(None, _WHY[why])


def _value(key: Key, value: Value, found: Protected) -> Told:
    """A number over people: told where their number is told and not small."""
    cell = frozenset(key)
    why = found.why.get(cell)
    if value is None and why is None:
        return Told(None, Hidden.NOTHING)
    if cell in found and disclosure.may_average(found, cell):
        return Told(value)
    return Told(None, _WHY[why] if why else Hidden.SMALL)


def _shares(
    indicator: Indicator, cells: Mapping[Key, Value], people: Mapping[Key, int], hits: Mapping[Key, int],
    districts: Mapping[str, str],
) -> Cells:  # fmt: skip
    """Shares by one dimension at most, with those above the line and the others as two groups to protect."""
    single = {key: n for key, n in people.items() if len(key) <= 1}
    crossed = dict(single)
    for key, n in single.items():
        crossed[(*key, (_HIT, "yes"))] = hits.get(key, 0)
        crossed[(*key, (_HIT, "no"))] = n - hits.get(key, 0)
    found = _protect(indicator, crossed, districts, further=_HIT)
    told: Cells = {}
    for key in filter(_known, cells):
        cell = frozenset(key)
        if len(key) > 1:
            told[key] = Told(None, Hidden.NOT_SHOWN)
        elif cells[key] is None:
            told[key] = Told(None, Hidden.NOTHING)
        elif disclosure.share(found, cell | {(_HIT, "yes")}, cell) is not None:
            told[key] = Told(cells[key])
        else:
            told[key] = Told(None, Hidden.SMALL)
    return told


def as_published(cells: Mapping[Key, Told]) -> list[list[object]]:
    """Cells as an edition keeps them: pairs, value as text, and why it is hidden.

    >>> as_published({(("sex", "female"),): Told(12), (): Told(None, Hidden.SMALL)})
    [[[], None, 'small'], [[['sex', 'female']], '12', None]]
    """
    return [
        [
            [list(pair) for pair in key],
            None if told.value is None else str(told.value),
            told.hidden and str(told.hidden),
        ]
        for key, told in sorted(cells.items())
    ]


def as_read(rows: Iterable[Sequence[object]]) -> dict[Key, Told]:
    """The cells of an edition.

    >>> as_read([[[["sex", "female"]], "12", None]])
    {(('sex', 'female'),): Told(value=12, hidden=None)}
    """
    found: dict[Key, Told] = {}
    for pairs, value, hidden in rows:
        key = in_order((str(dimension), str(category)) for dimension, category in pairs)  # type: ignore[attr-defined]
        found[key] = Told(_number(value), Hidden(str(hidden)) if hidden else None)
    return found


def _number(value: object) -> Value:
    if value is None:
        return None
    return Decimal(str(value)) if "." in str(value) else int(str(value))


def counts_of(cells: Mapping[Key, Told]) -> dict[Key, int | None]:
    """The counts of an edition, for laying new ones beside them; what was hidden, or stood for an older one, is None.

    >>> counts_of({(): Told(12), (("sex", "male"),): Told(None, Hidden.SMALL)})
    {(): 12, (('sex', 'male'),): None}
    """
    return {key: told.value if isinstance(told.value, int) else None for key, told in cells.items()}


def merged(figures: Iterable[Figure], indicator: Indicator) -> Figure:
    """The figures of several cuts of one indicator as one; they agree where they meet."""
    cells: dict[Key, Value] = {}
    people: dict[Key, int] = {}
    hits: dict[Key, int] = {}
    for figure in figures:
        cells |= {in_order(key): value for key, value in figure.cells.items()}
        people |= {in_order(key): n for key, n in figure.people.items()}
        hits |= {in_order(key): n for key, n in figure.hits.items()}
    if WHOLE not in cells and indicator.measure in {Measure.PEOPLE, Measure.FAMILIES, Measure.EVENTS, Measure.CONTACTS}:
        cells[WHOLE] = 0
    return Figure(indicator.code, cells, people or _whole_numbers(cells, indicator), hits)


def _whole_numbers(cells: Mapping[Key, Value], indicator: Indicator) -> dict[Key, int]:
    counts = indicator.measure in {Measure.PEOPLE, Measure.FAMILIES}
    return {key: value for key, value in cells.items() if isinstance(value, int)} if counts else {}
