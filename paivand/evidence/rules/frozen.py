"""The figures of a report as they were shown when they were taken: kept in no language, and never counted anew."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from paivand.evidence.rules.asking import WHOLE, Key
from paivand.evidence.rules.indicators import Dimension
from paivand.evidence.rules.telling import Hidden, Shown, Told

KEPT = ((), (Dimension.SEX,), (Dimension.AGE,), (Dimension.DISABILITY,), (Dimension.MONTH,))
"""The cuts that a report prints: the whole, the three that donors ask for, and the months of its picture."""

PARTED = (Dimension.SEX, Dimension.AGE, Dimension.DISABILITY)
"""The cuts that stand in the results table, in their order."""


@dataclass(frozen=True)
class Frozen:
    """An indicator in a report: what was told for the report's period, and from the beginning of the programme on."""

    period: Mapping[Key, Told]
    total: Mapping[Key, Told]

    def told(self, key: Key, *, total: bool) -> Told:
        """One cell. A cell that is missing counted nothing."""
        cells = self.total if total else self.period
        if key in cells:
            return cells[key]
        whole = cells.get(WHOLE)
        return Told(0) if whole is None or whole.hidden is None else Told(None, whole.hidden)

    def categories(self, dimension: Dimension) -> list[str]:
        """The categories of a cut that anything is told about, in the order of their codes; "unknown" last."""
        found = {
            key[0][1]
            for cells in (self.period, self.total)
            for key in cells
            if len(key) == 1 and key[0][0] == dimension
        }
        return sorted(found, key=lambda one: (one == "unknown", *_in_order(one)))


def _in_order(category: str) -> tuple[int, str]:
    first = category.split("-", maxsplit=1)[0].rstrip("+")
    return (int(first), "") if first.isdigit() and not category.startswith("20") else (0, category)


def freeze(period: Shown, total: Shown) -> dict[str, Any]:
    """The cells of the cuts that a report prints, as JSON holds them."""
    return {"period": list(_plain(period)), "total": list(_plain(total))}


def _plain(shown: Shown) -> Iterable[list[Any]]:
    cuts = {tuple(str(one) for one in cut) for cut in KEPT}
    for key, told in shown.cells.items():
        if tuple(name for name, _category in key) in cuts:
            yield [
                [list(pair) for pair in key],
                None if told.value is None else str(told.value),
                str(told.hidden) if told.hidden else "",
            ]


def thaw(plain: Mapping[str, Any]) -> Frozen:
    """What ``freeze`` kept."""
    return Frozen(_cells(plain["period"]), _cells(plain["total"]))


def _cells(plain: Iterable[Any]) -> dict[Key, Told]:
    return {
        tuple((str(name), str(category)) for name, category in pairs): Told(_value(value), Hidden(why) if why else None)
        for pairs, value, why in plain
    }


def _value(kept: str | None) -> int | Decimal | None:
    if kept is None:
        return None
    return Decimal(kept) if "." in kept else int(kept)
