"""What a declaration asks of a record, as a condition; and the categories of a record, as expressions.

A condition on the journey reads ``f`` (the step), ``p`` (the person it belongs to after merges) and ``had1``, ``had2``…
(since when that person has completed a service).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from paivand.evidence.rules.asking import Ask, Period
from paivand.evidence.rules.indicators import UNKNOWN, AgeSet, Dimension, Indicator, Measure, Source, Where
from paivand.evidence.rules.relations import Dialect
from paivand.evidence.rules.writing import day, in_order, literal, literals, moment, month

OF_THE_PERSON = (Dimension.SEX, Dimension.DISABILITY, Dimension.TIE)
"""Dimensions whose category is the same for all steps of a person, unless they are coded."""
CHILD_SET = "child"
"""The only age set that contacts can be parted by: they are counted as children and grown people."""
_GROWN, _CHILD = "18+", "0-17"

MEASURES: dict[Source, tuple[Measure, ...]] = {
    Source.JOURNEY: (Measure.PEOPLE, Measure.FAMILIES, Measure.EVENTS, Measure.SUM, Measure.MEAN, Measure.MEDIAN,
                     Measure.SHARE),
    Source.GROUPS: (Measure.EVENTS, Measure.SUM, Measure.MEAN, Measure.MEDIAN),
    Source.REACH: (Measure.EVENTS, Measure.CONTACTS, Measure.SUM, Measure.MEAN, Measure.MEDIAN),
}  # fmt: skip
"""What can be measured of which records."""
VALUES: dict[Source, dict[str, str]] = {
    Source.JOURNEY: {"quantity": "f.quantity"},
    Source.GROUPS: {"learners": "r.n_learners", "sessions": "r.n_sessions"},
    Source.REACH: {"contacts": "r.n_contacts", "repeat": "r.n_repeat"},
}
"""What can be added up, and in which column it stands."""
PARTS: dict[Source, tuple[str, ...]] = {
    Source.JOURNEY: ("services", "outcomes", "sex", "age_from", "age_to", "disability", "ties", "districts", "jamoats",
                     "agencies", "having"),
    Source.GROUPS: ("services", "states", "districts", "jamoats", "agencies"),
    Source.REACH: ("channels", "topics", "districts", "jamoats", "agencies"),
}  # fmt: skip
"""The parts of a condition that each kind of record can answer."""


def unfit(indicator: Indicator) -> str:
    """Why no engine can count this declaration; empty if all can. For the author of a declaration, in English."""
    source, measure = indicator.source, indicator.measure
    if measure not in MEASURES[source]:
        return f"{source} has no {measure}"
    if measure in (Measure.SUM, Measure.MEAN, Measure.MEDIAN) and indicator.value not in VALUES[source]:
        return f"{source} has no value {indicator.value}"
    if indicator.per_person and source is not Source.JOURNEY:
        return f"{source} has no people to add up for"
    if (measure is Measure.SHARE) != (indicator.whole is not None):
        return "whole belongs to a share, and a share needs it"
    for where in filter(None, (indicator.where, indicator.whole)):
        for name in vars(where):
            if getattr(where, name) not in ((), None) and name not in PARTS[source]:
                return f"{source} cannot be restricted by {name}"
    return ""


@dataclass(frozen=True)
class Conditions:
    """Writes conditions for one engine and one question; ``having`` are the services that somebody asks about."""

    dialect: Dialect
    ask: Ask
    having: tuple[str, ...] = ()

    def services(self, codes: Iterable[str], column: str) -> str:
        """Whether a service is one of ``codes``, in which ``x.*`` stands for all of a noun."""
        plain = [code for code in codes if not code.endswith(".*")]
        nouns = sorted({code[:-2] for code in codes if code.endswith(".*")})
        parts = [f"{column} in {literals(plain, self.dialect)}"] if plain else []
        # A range instead of a pattern, so that parts of files and indexes are passed over; "/" is what follows ".".
        ordered = in_order(column, self.dialect)
        parts += [
            f"({ordered} >= {literal(noun + '.', self.dialect)} and {ordered} < {literal(noun + '/', self.dialect)})"
            for noun in nouns
        ]
        return parts[0] if len(parts) == 1 else f"({' or '.join(parts)})"

    def among(self, column: str, codes: Sequence[str]) -> list[str]:
        return [f"{column} in {literals(codes, self.dialect)}"] if codes else []

    def period(self, column: str, period: Period) -> list[str]:
        return [
            *([f"{column} >= {day(period.first)}"] if period.first else []),
            *([f"{column} <= {day(period.last)}"] if period.last else []),
        ]

    def standing(self, alias: str) -> list[str]:
        """That a step was known at the moment asked for, and had not been taken back by then."""
        if self.ask.as_of is None:
            return [f"{alias}.reversed_at is null"]
        then = moment(self.ask.as_of, self.dialect)
        return [f"{alias}.recorded_at <= {then}", f"({alias}.reversed_at is null or {alias}.reversed_at > {then})"]

    def known(self, alias: str) -> list[str]:
        """That an entry or a state was known at the moment asked for."""
        return [f"{alias}.recorded_at <= {moment(self.ask.as_of, self.dialect)}"] if self.ask.as_of else []

    def asked(self, alias: str) -> list[str]:
        """The question's own restrictions."""
        return [
            *self.period(f"{alias}.happened_on", self.ask.period),
            *self.among(f"{alias}.district", self.ask.districts),
            *self.among(f"{alias}.jamoat", self.ask.jamoats),
            *self.among(f"{alias}.agency", self.ask.agencies),
        ]

    def places(self, where: Where, alias: str) -> list[str]:
        return [
            *self.among(f"{alias}.district", where.districts),
            *self.among(f"{alias}.jamoat", where.jamoats),
            *self.among(f"{alias}.agency", where.agencies),
        ]

    def of_step(self, where: Where) -> str:
        """Whether a step counts, apart from what the question itself restricts."""
        parts = [
            *([self.services(where.services, "f.service")] if where.services else []),
            *self.among("f.outcome", where.outcomes),
            *self.among(category(Dimension.SEX), where.sex),
            *self.ages(where),
            *self.among(category(Dimension.DISABILITY), where.disability),
            *self.among(category(Dimension.TIE), where.ties),
            *self.places(where, "f"),
            *(f"had{self.having.index(code) + 1}.since <= f.happened_on" for code in where.having),
        ]
        return " and ".join(parts) or "true"

    def of_group(self, where: Where) -> list[str]:
        """What must hold of a group, the question's own restrictions included."""
        return [
            *self.known("r"),
            *self.asked("r"),
            *([self.services(where.services, "r.service")] if where.services else []),
            *self.among("r.state", where.states),
            *self.places(where, "r"),
        ]

    def of_entry(self, where: Where) -> list[str]:
        """What must hold of an entry of reach, the question's own restrictions included."""
        return [
            *self.known("r"),
            *self.asked("r"),
            *self.among("r.channel", where.channels),
            *self.among("r.topic", where.topics),
            *self.places(where, "r"),
        ]

    def ages(self, where: Where) -> list[str]:
        """The bounds of age: of a coded step the whole group must lie inside, and an unknown age never does."""
        low, high = where.age_from, where.age_to
        if low is None and high is None:
            return []
        coded = ["f.age_low is not null"]
        plain = ["p.born is not null"]
        if low is not None:
            coded.append(f"f.age_low >= {low:d}")
            # Nobody is below 0: who was served before the day from which her age counts is 0.
            plain += [f"f.day - p.born >= {low * 10000:d}"] if low > 0 else []
        if high is not None:
            coded.append(f"f.age_high <= {high:d}")
            plain.append(f"f.day - p.born < {(high + 1) * 10000:d}" if high >= 0 else "false")
        return [f"case when f.coded then {' and '.join(coded)} else {' and '.join(plain)} end"]

    def category(self, dimension: Dimension, ages: AgeSet) -> str:
        """The category of a step, as a text that is never null."""
        if dimension is Dimension.AGE:
            return age_band(ages, self.dialect)
        if dimension is Dimension.MONTH:
            return month("f.happened_on", self.dialect)
        return category(dimension)

    def category_of_record(self, dimension: Dimension, source: Source) -> str:
        """The category of a group or an entry of reach."""
        if dimension is Dimension.MONTH:
            return month("r.happened_on", self.dialect)
        has = (Dimension.DISTRICT, Dimension.JAMOAT, Dimension.AGENCY) + (
            (Dimension.SERVICE,) if source is Source.GROUPS else (Dimension.CHANNEL, Dimension.TOPIC)
        )
        return _named(f"r.{dimension}") if dimension in has else f"'{UNKNOWN}'"


def category(dimension: Dimension) -> str:
    """The category of a step in a dimension that is a column of hers or of the person's."""
    columns = {
        Dimension.SEX: "case when f.coded then f.sex else p.sex end",
        Dimension.DISABILITY: "case when f.coded then '' else p.disability end",
        Dimension.TIE: "case when f.coded then '' else p.tie end",
        Dimension.DISTRICT: "f.district",
        Dimension.JAMOAT: "f.jamoat",
        Dimension.AGENCY: "f.agency",
        Dimension.SERVICE: "f.service",
    }
    return _named(columns[dimension]) if dimension in columns else f"'{UNKNOWN}'"


def _named(column: str) -> str:
    return f"coalesce(nullif({column}, ''), '{UNKNOWN}')"


def age_band(ages: AgeSet, dialect: Dialect) -> str:
    """The band on the day of the step; of a coded step the band that holds its whole group of age."""
    last = len(ages.bounds) - 1
    plain, coded = [], []
    for place, (low, band) in reversed(list(enumerate(zip(ages.bounds, ages.bands, strict=True)))):
        name = literal(band, dialect)
        plain.append(f"when f.day - p.born >= {low * 10000:d} then {name}" if low > 0 else f"else {name}")
        upper = "" if place == last else f" and f.age_high < {ages.bounds[place + 1]:d}"
        coded.append(f"when f.age_low >= {low:d}{upper} then {name}")
    if ages.bounds[0] > 0:
        plain.append(f"else '{UNKNOWN}'")
    return (
        f"case when f.coded then case {' '.join(coded)} else '{UNKNOWN}' end "
        f"else case when p.born is null then '{UNKNOWN}' {' '.join(plain)} end end"
    )


CONTACTS: tuple[tuple[str, str, str], ...] = (
    ("female", _GROWN, "r.n_women"),
    ("female", _CHILD, "r.n_girls"),
    ("male", _GROWN, "r.n_men"),
    ("male", _CHILD, "r.n_boys"),
    # The rest, so that the parts add up to all contacts whatever was known of them.
    (UNKNOWN, UNKNOWN, "r.n_contacts - r.n_women - r.n_girls - r.n_men - r.n_boys"),
)
"""The parts of the contacts of an entry: sex, age, and how many."""
