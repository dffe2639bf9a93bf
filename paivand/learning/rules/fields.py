"""Field schools: a season on a host farm, its plots, what the group saw in them, what they cost and brought.

The lists stand in ``parameters/field_schools.yaml``. Every draft checks itself with ``demand``; messages name a field.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from paivand.core.rules.errors import Refused
from paivand.core.rules.texts import text
from paivand.learning.rules.course import Words, say
from paivand.methods.margins import Difference, Plot, Result, compared, result, together

SOURCE = Path(__file__).parent.parent.parent / "parameters" / "field_schools.yaml"

MOST_AREA = Decimal(100_000)
"""Square metres: ten hectares. A study plot is smaller."""
MOST_AMOUNT = Decimal(1_000_000)
MOST_LITRES = Decimal(100_000_000)
MOST_PEOPLE = 2000
"""As many as a field day of a whole jamoat."""
SCHOOL_DAYS = 27
"""The most days of lessons that a month can have, at six in a week."""
CHECK_MONTHS = (6, 12)
"""Months after the end of the season at which one asks whether the group goes on."""


class Way(StrEnum):
    """How a plot is grown: the two that are compared, and another one that the group tries besides."""

    IMPROVED = "improved"
    USUAL = "usual"
    TRIAL = "trial"


WAY_NAMES = {
    Way.IMPROVED: text("improved way"),
    Way.USUAL: text("farmers' own way"),
    Way.TRIAL: text("another trial"),
}


class Soil(StrEnum):
    """How much water the soil holds, by the hand."""

    DRY = "dry"
    MOIST = "moist"
    WET = "wet"


SOIL_NAMES = {
    Soil.DRY: text("dry: it falls apart in the hand"),
    Soil.MOIST: text("moist: it stays together"),
    Soil.WET: text("wet: water comes out"),
}


class Health(StrEnum):
    """How the plants look, in the four colours of the board."""

    GOOD = "good"
    FAIR = "fair"
    POOR = "poor"
    DYING = "dying"


HEALTH_NAMES = {
    Health.GOOD: text("green: they grow well"),
    Health.FAIR: text("yellow: some are weak"),
    Health.POOR: text("orange: many are weak"),
    Health.DYING: text("red: they are dying"),
}


class EntryKind(StrEnum):
    """What is entered for a plot."""

    COST = "cost"
    HARVEST = "harvest"
    REVENUE = "revenue"
    WATER = "water"


ENTRY_NAMES = {
    EntryKind.COST: text("cost"),
    EntryKind.HARVEST: text("harvest"),
    EntryKind.REVENUE: text("revenue"),
    EntryKind.WATER: text("water"),
}
UNITS = {
    EntryKind.COST: text("somoni"),
    EntryKind.HARVEST: text("kg"),
    EntryKind.REVENUE: text("somoni"),
    EntryKind.WATER: text("litres"),
}
MEASURE_NAMES = {
    "yield_m2": text("Harvest, kg from m²"),
    "cost_m2": text("Cost, somoni for m²"),
    "revenue_m2": text("Revenue, somoni from m²"),
    "margin_m2": text("Gross margin, somoni from m²"),
    "cost_kg": text("Cost, somoni for a kg"),
    "water_kg": text("Water, litres for a kg"),
    "water_m2": text("Water, litres on m²"),
}
"""What two ways are compared by: see ``methods.margins``."""


class When(StrEnum):
    """When one asks what somebody took home to her own field."""

    END = "end"
    NEXT = "next"


WHEN_NAMES = {When.END: text("at the end"), When.NEXT: text("next season")}


class Taken(StrEnum):
    """Whether a learner took a practice up."""

    YES = "yes"
    PARTLY = "partly"
    NO = "no"


TAKEN_NAMES = {
    Taken.YES: text("uses it"),
    Taken.PARTLY: text("uses it in part"),
    Taken.NO: text("does not use it"),
}


@dataclass(frozen=True, slots=True)
class Kind:
    """A row of a list, as declared; ``harmful`` for what is looked for on plants."""

    code: str
    title: Words
    harmful: bool = False

    def title_in(self, language: str) -> str:
        """What it is called."""
        return say(self.title, language)


@lru_cache(maxsize=1)
def _lists() -> Mapping[str, Mapping[str, Kind]]:
    declared: dict[str, Any] = yaml.safe_load(SOURCE.read_text(encoding="utf-8"))
    return {
        name: {row["code"]: Kind(row["code"], row["title"], row.get("harmful", False)) for row in rows}
        for name, rows in declared.items()
        if isinstance(rows, list)
    }


def kinds(name: str) -> Mapping[str, Kind]:
    """One of the lists: commodities, stages, water_ways, costs, revenues, animals, decisions.

    >>> kinds("water_ways")["drip"].title_in("en"), kinds("animals")["ladybirds"].harmful
    ('Drip irrigation', False)
    """
    return _lists()[name]


def entry_kinds(kind: EntryKind) -> Mapping[str, Kind]:
    """What an entry of this kind can be: costs and revenues have their lists, harvest and water are one thing."""
    return kinds({EntryKind.COST: "costs", EntryKind.REVENUE: "revenues"}[kind]) if kind in _LISTED else {}


_LISTED = frozenset({EntryKind.COST, EntryKind.REVENUE})


# --- drafts ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SeasonDraft:
    """A season of a school: what is grown, from when to when, on whose land, and for a junior school with whom.

    Args:
        school: the school that a junior field school belongs to; empty for farmers.
        n_guardians: members of the guardians' committee; None where there is none.
    """

    commodity: str
    starts_on: date
    ends_on: date | None = None
    title: str = ""
    host: str = ""
    school: str = ""
    n_guardians: int | None = None
    committee: str = ""
    committee_on: date | None = None
    story: str = ""

    def demand(self, *, junior: bool) -> None:
        """Raise unless it can be kept.

        Raises:
            Refused: naming the field.
        """
        if self.commodity not in kinds("commodities"):
            raise Refused(text("Choose what is grown."), "commodity", field="commodity")
        if self.ends_on and self.ends_on < self.starts_on:
            raise Refused(text("A season ends after it begins. Compare the two days."), "order", field="ends_on")
        if not junior and not self.host.strip():
            raise Refused(text("Write whose land it is, or what the place is called."), "host", field="host")
        if junior and not self.school.strip():
            raise Refused(text("Write the name of the school."), "school", field="school")
        if self.n_guardians is not None and not 1 <= self.n_guardians <= 50:
            raise Refused(text("A committee has from 1 to 50 members."), "number", field="n_guardians")
        if not junior and (self.n_guardians is not None or self.school):
            raise Refused(text("Only a junior field school has a school and a committee."), "junior", field="school")


@dataclass(frozen=True, slots=True)
class PlotDraft:
    """A plot: how it is grown and watered, and its size in square metres; None where nobody measured it."""

    name: str
    way: Way
    water_way: str
    area: Decimal | None = None
    planted_on: date | None = None
    note: str = ""

    def demand(self) -> None:
        """Raise unless it can be kept.

        Raises:
            Refused: naming the field.
        """
        if not self.name.strip():
            raise Refused(text("Give the plot a name or a number."), "name", field="name")
        if self.water_way not in kinds("water_ways"):
            raise Refused(text("Choose how the plot is watered."), "water_way", field="water_way")
        if self.area is not None and not (self.area.is_finite() and Decimal("0.1") <= self.area <= MOST_AREA):
            raise Refused(text("Write the size in square metres, from 0.1 to 100,000."), "area", field="area")


@dataclass(frozen=True, slots=True)
class ObservationDraft:
    """An agro-ecosystem analysis (AESA): what a small group saw in a plot, and what it decided.

    Args:
        seen: what lives on the plants, by code: how many on ten plants.
        height_cm: the mean height of the plants looked at.
        decided: the code of the decision, ``decision`` its words.
    """

    observed_on: date
    stage: str
    health: Health
    soil: Soil
    decided: str
    weather: str = ""
    height_cm: Decimal | None = None
    seen: Mapping[str, int] | None = None
    water: str = ""
    told: str = ""
    decision: str = ""
    watchers: str = ""

    def demand(self, today: date) -> None:
        """Raise unless it can be kept.

        Raises:
            Refused: naming the field.
        """
        if self.observed_on > today:
            raise Refused(
                text("This day has not come yet. Write the day on which you looked."), "future", field="observed_on"
            )
        if self.stage not in kinds("stages"):
            raise Refused(text("Choose how far the crop is."), "stage", field="stage")
        if self.decided not in kinds("decisions"):
            raise Refused(text("Choose what the group decided."), "decided", field="decided")
        if self.decided == "other" and not self.decision.strip():
            raise Refused(text("Write what the group decided."), "decision", field="decision")
        if self.height_cm is not None and not (self.height_cm.is_finite() and 0 < self.height_cm <= 1000):
            raise Refused(text("Write the height in centimetres, from 0.1 to 1,000."), "height", field="height_cm")
        for code, number in (self.seen or {}).items():
            if code not in kinds("animals") or not 1 <= number <= 9999:
                raise Refused(text("Write how many you counted on ten plants, from 1 to 9,999."), "seen", field="seen")


@dataclass(frozen=True, slots=True)
class EntryDraft:
    """A cost, a harvest, a revenue or water of one plot: in somoni, kilograms, somoni or litres.

    ``quantity`` of a revenue is how many kilograms it was; None where nobody weighed it.
    """

    kind: EntryKind
    code: str
    on_day: date
    amount: Decimal
    quantity: Decimal | None = None
    note: str = ""

    def demand(self, today: date) -> None:
        """Raise unless it can be kept.

        Raises:
            Refused: naming the field.
        """
        listed = entry_kinds(self.kind)
        if listed and self.code not in listed:
            raise Refused(text("Choose what it was for."), "code", field="code")
        if not listed and self.code != self.kind.value:
            raise Refused(text("Choose what it was for."), "code", field="code")
        if self.on_day > today:
            raise Refused(text("This day has not come yet."), "future", field="on_day")
        most = MOST_LITRES if self.kind is EntryKind.WATER else MOST_AMOUNT
        if not self.amount.is_finite() or not 0 < self.amount <= most:
            raise Refused(text("Write an amount above zero."), "amount", field="amount")
        if self.quantity is not None and (
            self.kind is not EntryKind.REVENUE or not self.quantity.is_finite() or not 0 < self.quantity <= MOST_AMOUNT
        ):
            raise Refused(
                text("Write the kilograms above zero, or leave the field empty."), "quantity", field="quantity"
            )


@dataclass(frozen=True, slots=True)
class FieldDayDraft:
    """A day on which the school shows its field to others: visitors are counted, not named."""

    held_on: date
    topic: str
    n_women: int
    n_men: int
    n_girls: int = 0
    n_boys: int = 0
    told: str = ""

    def demand(self, today: date) -> None:
        """Raise unless it can be kept.

        Raises:
            Refused: naming the field.
        """
        if self.held_on > today:
            raise Refused(text("This day has not come yet. Write it down afterwards."), "future", field="held_on")
        if not self.topic.strip():
            raise Refused(text("Write what was shown."), "topic", field="topic")
        counts = (self.n_women, self.n_men, self.n_girls, self.n_boys)
        if any(number < 0 for number in counts) or not 1 <= sum(counts) <= MOST_PEOPLE:
            raise Refused(text("Write how many came, 1 to 2,000 in all."), "number", field="n_women")


@dataclass(frozen=True, slots=True)
class CheckDraft:
    """What was found 6 or 12 months after the season: whether the group goes on together."""

    months: int
    asked_on: date
    goes_on: bool
    n_members: int | None = None
    told: str = ""

    def demand(self, ended_on: date | None, today: date) -> None:
        """Raise unless it can be kept.

        Raises:
            Refused: naming the field.
        """
        if self.months not in CHECK_MONTHS:
            raise Refused(text("The group is asked after 6 and after 12 months."), "months", field="months")
        if self.asked_on > today:
            raise Refused(text("This day has not come yet."), "future", field="asked_on")
        if ended_on is None or self.asked_on < ended_on:
            raise Refused(text("The group is asked after the end of its season."), "early", field="asked_on")
        if self.n_members is not None and not 1 <= self.n_members <= 100:
            raise Refused(text("Write how many still work together, from 1 to 100."), "number", field="n_members")
        if not self.goes_on and self.n_members is not None:
            raise Refused(
                text("A group that ended has no members. Leave the number empty."), "ended", field="n_members"
            )


@dataclass(frozen=True, slots=True)
class SchoolMonthDraft:
    """Days of lessons that the school held in a month, and on how many of them a child was there."""

    month: date
    held: int
    attended: int

    def demand(self, today: date) -> None:
        """Raise unless it can be kept.

        Raises:
            Refused: naming the field.
        """
        if self.month.replace(day=1) > today:
            raise Refused(text("This month has not come yet."), "future", field="month")
        if not 1 <= self.held <= SCHOOL_DAYS:
            raise Refused(text("A month has from 1 to 27 days of lessons."), "held", field="held")
        if not 0 <= self.attended <= self.held:
            raise Refused(text("Nobody is at school on more days than it is open."), "attended", field="attended")


# --- what the plots brought ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Side:
    """All plots of one way together, with what they brought."""

    way: Way
    n: int
    plot: Plot
    result: Result


@dataclass(frozen=True, slots=True)
class SeasonResult:
    """Plot by plot, way by way, and the improved way against the farmers' own; empty where one of them is missing."""

    plots: Mapping[str, Result]
    sides: Mapping[Way, Side]
    differences: Mapping[str, Difference]


def measured(area: Decimal | None, entries: Iterable[tuple[str, Decimal]]) -> Plot:
    """A plot from its entries, as pairs of kind and amount. A kind without an entry was not measured: it is None.

    >>> plot = measured(Decimal(20), [("harvest", Decimal(30)), ("harvest", Decimal("12.5")), ("cost", Decimal(40))])
    >>> plot.harvest, plot.cost, plot.water
    (Decimal('42.5'), Decimal('40'), None)
    """
    sums: dict[str, Decimal] = {}
    for kind, amount in entries:
        sums[kind] = sums.get(kind, Decimal(0)) + amount
    return Plot(
        area=area,
        harvest=sums.get(EntryKind.HARVEST),
        cost=sums.get(EntryKind.COST),
        revenue=sums.get(EntryKind.REVENUE),
        water=sums.get(EntryKind.WATER),
    )


def season_result(plots: Mapping[str, tuple[Way, Plot]]) -> SeasonResult:
    """What a season brought.

    >>> found = season_result({
    ...     "1": (Way.IMPROVED, Plot(Decimal(10), Decimal(50))), "2": (Way.USUAL, Plot(Decimal(10), Decimal(40))),
    ... })
    >>> str(found.differences["yield_m2"].percent), found.sides[Way.IMPROVED].n
    ('25.0', 1)
    """
    sides = {}
    for way in Way:
        of_way = [plot for each, plot in plots.values() if each is way]
        if of_way:
            whole = together(of_way)
            sides[way] = Side(way, len(of_way), whole, result(whole))
    both = Way.IMPROVED in sides and Way.USUAL in sides
    return SeasonResult(
        plots={key: result(plot) for key, (_way, plot) in plots.items()},
        sides=sides,
        differences=compared(sides[Way.IMPROVED].plot, sides[Way.USUAL].plot) if both else {},
    )
