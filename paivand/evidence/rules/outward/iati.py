"""An activity as the International Aid Transparency Initiative describes it, version 2.03: values, without XML.

The names of the attributes follow the standard's elements. Codes come from its code lists and stand as texts, because
the lists of other publishers grow. ``iati_checks`` judges an activity, ``iati_xml`` writes it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

Texts = Mapping[str, str]
"""A narrative by language code, such as ``{"en": "Families", "tg": "Оилаҳо"}``."""

VERSION = "2.03"
OWN = "99"
"""The vocabulary of the reporting organisation's own codes, in every list that has one."""
DAC_SECTORS, SDG_GOALS, SDG_TARGETS, SDG_INDICATORS = "1", "7", "8", "9"
TAG_SDG_GOAL, TAG_SDG_TARGET = "2", "3"
GENDER, DISABILITY = "1", "11"
PLANNED_START, ACTUAL_START, PLANNED_END, ACTUAL_END = "1", "2", "3", "4"
INCOMING, COMMITMENT, DISBURSEMENT, EXPENDITURE = "1", "2", "3", "4"
FUNDING, ACCOUNTABLE, EXTENDING, IMPLEMENTING = "1", "2", "3", "4"
UNIT, PERCENTAGE, QUALITATIVE = "1", "2", "5"


@dataclass(frozen=True)
class Org:
    """An organisation: its registered identifier where it has one, the kind of it, and its name."""

    name: Texts
    ref: str = ""
    kind: str = ""
    role: str = ""
    activity_id: str = ""


@dataclass(frozen=True)
class Coded:
    """A code of a vocabulary: sector, tag, reference of a result or of an indicator, country, policy marker."""

    code: str
    vocabulary: str = ""
    uri: str = ""
    name: Texts = field(default_factory=dict)
    percentage: Decimal | None = None
    significance: str = ""


@dataclass(frozen=True)
class Location:
    """A place of the activity. ``ref`` is what results point at."""

    ref: str
    name: Texts
    codes: tuple[Coded, ...] = ()
    administrative: tuple[tuple[str, str, int], ...] = ()
    """Vocabulary, code and level of the division that it lies in."""
    point: tuple[Decimal, Decimal] | None = None
    exactness: str = "2"
    reach: str = "2"
    location_class: str = "1"


@dataclass(frozen=True)
class Amount:
    """Money. An empty currency is the activity's default."""

    value: Decimal
    on: date
    currency: str = ""


@dataclass(frozen=True)
class Budget:
    """What is meant to be spent within a time of at most one year."""

    first: date
    last: date
    amount: Amount
    kind: str = "1"
    status: str = "2"


@dataclass(frozen=True)
class Transaction:
    """Money that came, was promised, was passed on or was spent."""

    kind: str
    on: date
    amount: Amount
    ref: str = ""
    description: Texts = field(default_factory=dict)
    provider: Org | None = None
    receiver: Org | None = None
    sectors: tuple[Coded, ...] = ()
    countries: tuple[Coded, ...] = ()


@dataclass(frozen=True)
class Point:
    """A baseline, a target or an actual value: of the whole, or of a part named by its dimensions.

    ``value`` is None where it is qualitative. A value that is protected makes no point at all: an empty one would break
    the standard, and nought would be a lie.
    """

    value: Decimal | None
    dimensions: tuple[tuple[str, str], ...] = ()
    locations: tuple[str, ...] = ()
    comment: Texts = field(default_factory=dict)
    on: date | None = None


@dataclass(frozen=True)
class Period:
    """A time with what was aimed at and what was reached."""

    first: date
    last: date
    targets: tuple[Point, ...] = ()
    actuals: tuple[Point, ...] = ()


@dataclass(frozen=True)
class Indicator:
    """An indicator of a result."""

    title: Texts
    measure: str = UNIT
    ascending: bool = True
    adds_up: bool = False
    description: Texts = field(default_factory=dict)
    references: tuple[Coded, ...] = ()
    baselines: tuple[Point, ...] = ()
    periods: tuple[Period, ...] = ()


@dataclass(frozen=True)
class Result:
    """An output, outcome or other result with its indicators."""

    kind: str
    title: Texts
    indicators: tuple[Indicator, ...]
    adds_up: bool = False
    description: Texts = field(default_factory=dict)
    references: tuple[Coded, ...] = ()


@dataclass(frozen=True)
class Activity:
    """One activity: in Paivand a programme."""

    identifier: str
    reporting: Org
    title: Texts
    descriptions: tuple[tuple[str, Texts], ...]
    participating: tuple[Org, ...]
    status: str
    dates: tuple[tuple[str, date], ...]
    updated_at: datetime
    language: str = "en"
    currency: str = "USD"
    contact: tuple[str, str] | None = None
    """The name of the organisation that answers, and its address for mail."""
    scope: str = ""
    countries: tuple[Coded, ...] = ()
    regions: tuple[Coded, ...] = ()
    locations: tuple[Location, ...] = ()
    sectors: tuple[Coded, ...] = ()
    tags: tuple[Coded, ...] = ()
    markers: tuple[Coded, ...] = ()
    collaboration: str = ""
    flow: str = ""
    finance: str = ""
    aid: tuple[str, ...] = ()
    tied: str = ""
    budgets: tuple[Budget, ...] = ()
    transactions: tuple[Transaction, ...] = ()
    results: tuple[Result, ...] = ()
