"""Writes the statements that count: many indicators in one pass over the steps.

A pass gives each step a mask: one bit for each condition that it fulfils. Where nothing parts the figures, or only what
is the same for all steps of a person, the bits are put together for each person, and equal masks are counted: one
grouping for all indicators instead of one count of distinct people for each. Otherwise each indicator finds a person's
first step that counts, whose categories are hers.

Rows come back by position: ``reading`` of a statement says how.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from paivand.core.rules.journey_codes import COMPLETED
from paivand.evidence.rules.asking import Ask
from paivand.evidence.rules.conditions import (
    CHILD_SET,
    CONTACTS,
    OF_THE_PERSON,
    VALUES,
    Conditions,
    unfit,
)
from paivand.evidence.rules.indicators import AgeSet, Dimension, Indicator, Measure, Source
from paivand.evidence.rules.relations import Dialect, Names
from paivand.evidence.rules.writing import exact, first, in_order, item, literal, number_of_day, whole_number

BITS = 60
"""Conditions of one pass: a mask is a number of 64 bits, of which one is the sign."""


class Reading(StrEnum):
    """What the rows of a statement are.

    ``masks``: mask, categories, how many have them. ``parts``: number of the indicator, categories, total, n, people;
    cells that add up. ``cube``: the same, but sums over a dimension are rows of their own, with null for it.
    """

    MASKS = "masks"
    PARTS = "parts"
    CUBE = "cube"


@dataclass(frozen=True)
class Bits:
    """The bits of an indicator in the masks of a pass: what counts, and for a share what it is a share of."""

    whole: int
    hit: int


@dataclass(frozen=True)
class Statement:
    """A statement, and what its rows say: the n-th indicator is the one with number n in a row."""

    text: str
    reading: Reading
    indicators: tuple[Indicator, ...]
    by: tuple[Dimension, ...]
    bits: tuple[Bits, ...] = ()

    @property
    def adds_up(self) -> bool:
        """Whether its rows over people add up with those over other people who have nothing to do with them.

        So do all but medians, and records that are of no person.
        """
        return all(one.source is Source.JOURNEY and one.measure is not Measure.MEDIAN for one in self.indicators)


def statements(
    indicators: Sequence[Indicator],
    ask: Ask,
    *,
    dialect: Dialect,
    ages: Mapping[str, AgeSet],
    names: Names = Names(),  # noqa: B008 - it is frozen
) -> list[Statement]:
    """The statements that answer ``ask`` for all ``indicators`` over the relations called ``names``.

    Raises:
        ValueError: a declaration that no engine can count, or an age set that is not in ``ages``.
    """
    for one in indicators:
        if reason := unfit(one):
            raise ValueError(f"{one.code}: {reason}")
    written: list[Statement] = []
    for age_set, some in _by_ages(indicators, ask, ages).items():
        steps = [one for one in some if one.source is Source.JOURNEY]
        for part in _passes(steps):
            written += _Journey(part, ask, dialect, age_set, names).statements()
        records = [one for one in some if one.source is not Source.JOURNEY]
        if records:
            written += _Records(tuple(records), ask, dialect, names).statements()
    return written


def steps_behind(
    indicator: Indicator,
    ask: Ask,
    *,
    dialect: Dialect,
    ages: Mapping[str, AgeSet],
    names: Names = Names(),  # noqa: B008 - it is frozen
) -> str:
    """A statement whose rows are the plain steps that an indicator counts: step and day. Coded ones stay closed."""
    ((age_set, _one),) = _by_ages([indicator], ask, ages).items()
    journey = _Journey([indicator], ask, dialect, age_set, names)
    whole = whole_number(journey.bits[0].whole)
    return (
        f"with {journey._steps([], 'not f.coded')}\n"
        f"select cast(step as {'uuid' if dialect is not Dialect.SPARK else 'string'}) as step, happened_on from steps "
        f"where (mask & {whole}) <> 0"
    )


def dimensions(ask: Ask) -> tuple[Dimension, ...]:
    """The dimensions asked for, each once."""
    return tuple(dict.fromkeys(ask.by))


def _by_ages(indicators: Sequence[Indicator], ask: Ask, ages: Mapping[str, AgeSet]) -> dict[AgeSet, list[Indicator]]:
    """Indicators whose ages fall into the same bands; all together where age does not matter."""
    if Dimension.AGE not in ask.by:
        return {AgeSet("", (0,)): list(indicators)}
    found: dict[AgeSet, list[Indicator]] = {}
    for one in indicators:
        code = ask.ages or one.ages
        if code not in ages:
            raise ValueError(f"{one.code}: there is no age set {code}")
        found.setdefault(ages[code], []).append(one)
    return found


def _passes(indicators: Sequence[Indicator]) -> list[list[Indicator]]:
    """Indicators by what they count (people, their families, or single steps), as many as a mask can hold."""
    kinds: dict[str, list[Indicator]] = {}
    for one in indicators:
        kinds.setdefault(_unit(one), []).append(one)
    return [group[low : low + BITS // 2] for group in kinds.values() for low in range(0, len(group), BITS // 2)]


def _unit(indicator: Indicator) -> str:
    if indicator.measure is Measure.FAMILIES:
        return "family"
    if indicator.measure is Measure.MEDIAN:
        return "median of people" if indicator.per_person else "median"
    adds_up = indicator.measure in (Measure.SUM, Measure.MEAN)
    if indicator.measure is Measure.EVENTS or (adds_up and not indicator.per_person):
        return "step"
    return "sums of people" if adds_up else "one"


class _Journey:
    """One pass over the steps for indicators that count the same kind of thing."""

    def __init__(self, indicators: Sequence[Indicator], ask: Ask, dialect: Dialect, ages: AgeSet, names: Names) -> None:
        self.indicators, self.ask, self.dialect, self.ages, self.names = tuple(indicators), ask, dialect, ages, names
        self.unit, self.by = _unit(indicators[0]), dimensions(ask)
        self.wheres = [where for one in indicators for where in (one.where, one.whole) if where]
        self.having = tuple(dict.fromkeys(code for where in self.wheres for code in where.having))
        self.conditions = Conditions(dialect, ask, self.having)
        texts = {where: self.conditions.of_step(where) for where in self.wheres}
        place = {condition: bit for bit, condition in enumerate(dict.fromkeys(texts.values()))}
        self.mask = [(1 << bit, condition) for condition, bit in place.items()]
        self.bits = tuple(
            Bits(whole=1 << place[texts[one.whole or one.where]], hit=1 << place[texts[one.where]])
            for one in indicators
        )

    def statements(self) -> list[Statement]:
        cats = [f"c{number}" for number in range(1, len(self.by) + 1)]
        if self.unit in ("step", "median", "median of people"):
            return [self._statement(self._of_steps(cats) if self.unit == "step" else self._medians(cats), Reading.CUBE)]
        if self.unit == "family" and not self.by:
            return [self._statement(self._masks("family", []), Reading.MASKS)]
        if self.unit == "one" and not self.by:
            return [self._statement(self._masks("one", []), Reading.MASKS)]
        if self.unit == "one" and set(self.by) <= set(OF_THE_PERSON):
            # What a coded step says of somebody is its own, and may differ from step to step.
            return [
                self._statement(self._masks("one", cats, "not f.coded"), Reading.MASKS),
                self._statement(self._firsts_counted(cats, "f.coded"), Reading.PARTS),
            ]
        return [self._statement(self._firsts_counted(cats), Reading.PARTS)]

    def _statement(self, text: str, reading: Reading) -> Statement:
        return Statement(text, reading, self.indicators, self.by, self.bits)

    # --- what is counted ---------------------------------------------------------------------------------------------

    def _masks(self, unit: str, cats: Sequence[str], further: str = "") -> str:
        """Equal masks of people, or of families, counted."""
        some = {Dialect.DUCKDB: "any_value", Dialect.POSTGRES: "min", Dialect.SPARK: "any_value"}[self.dialect]
        kept = "".join(f", {some}({cat}) as {cat}" for cat in cats)
        listed = "".join(f", {cat}" for cat in cats)
        return (
            f"with {self._steps(cats, further)},\n"
            f"each_one as (select bit_or(mask) as mask{kept} from steps where mask <> 0 and {unit} is not null "
            f"group by {unit})\n"
            f"select mask{listed}, count(*) from each_one group by mask{listed}"
        )

    def _firsts_counted(self, cats: Sequence[str], further: str = "") -> str:
        """Units by the categories of their first step that counts: cells that add up."""
        unit = "family" if self.unit == "family" else "one"
        values = [item("chosen", place, self.dialect) for place in range(1, len(cats) + 1)]
        named = "".join(f"{value} as {cat}, " for value, cat in zip(values, cats, strict=True))
        groups = ", ".join(["i", *(str(place) for place in range(2, len(cats) + 2))])
        return (
            f"with {self._steps(cats, further)},\n{self._marked()},\n{self._firsts(unit, cats)}\n"
            f"select i, {named}{exact('sum(quantity)')}, sum(hit), count(*) from firsts group by {groups}"
        )

    def _of_steps(self, cats: Sequence[str]) -> str:
        """Single steps, and how many people are behind them: people are in several cells, so that these do not add."""
        groups = f"i, cube({', '.join(cats)})" if cats else "i"
        listed = "".join(f"{cat}, " for cat in cats)
        return (
            f"with {self._steps(cats)},\n{self._marked()}\n"
            f"select i, {listed}{exact('sum(quantity)')}, count(*), count(distinct one) from marked group by {groups}"
        )

    def _medians(self, cats: Sequence[str]) -> str:
        """The middle value, or the two middle ones, of steps or of people's sums."""
        if self.unit == "median":
            rows = f"rows_of as (select i, {''.join(f'{cat}, ' for cat in cats)}one, quantity as v, 1 as w from marked)"
        else:
            values = [item("chosen", place, self.dialect) for place in range(1, len(cats) + 1)]
            named = "".join(f"{value} as {cat}, " for value, cat in zip(values, cats, strict=True))
            rows = f"{self._firsts('one', cats)},\nrows_of as (select i, {named}one, quantity as v, 1 as w from firsts)"
        return f"with {self._steps(cats)},\n{self._marked()},\n{rows},\n{medians(cats)}"

    # --- the passes --------------------------------------------------------------------------------------------------

    def _steps(self, cats: Sequence[str], further: str = "") -> str:
        """The steps that may count, each with its mask, the one it belongs to and its categories."""
        marks = " | ".join(
            f"case when {condition} then {whole_number(bit)} else {whole_number(0)} end" for bit, condition in self.mask
        )
        named = "".join(
            f", {self.conditions.category(dimension, self.ages)} as {cat}"
            for dimension, cat in zip(self.by, cats, strict=bool(cats))
        )
        family = "p.family as family, " if self.unit == "family" else ""
        must = " and ".join([*self._may_count(), *([further] if further else [])])
        return (
            f"{self._had()}steps as (select coalesce(a.one, f.who) as one, {family}f.step as step, "
            f"f.happened_on as happened_on, f.quantity as quantity, {marks} as mask{named}\n"
            f"from (select f.*, {number_of_day('f.happened_on')} as day from {self.names.facts} f where {must}) f\n"
            f"left join {self.names.alias} a on a.who = f.who"
            f"{self._joined()})"
        )

    def _may_count(self) -> list[str]:
        """What a step must fulfil whichever indicator it counts for: it keeps whole parts of files from being read."""
        services = {code for where in self.wheres for code in where.services}
        outcomes = {code for where in self.wheres for code in where.outcomes}
        must = [*self.conditions.standing("f"), *self.conditions.asked("f")]
        if all(where.services for where in self.wheres):
            must.append(self.conditions.services(sorted(services), "f.service"))
        if all(where.outcomes for where in self.wheres):
            must += self.conditions.among("f.outcome", sorted(outcomes))
        return must

    def _had(self) -> str:
        """Since when somebody has completed each service that a condition looks back at."""
        return "".join(
            f"had{place} as (select coalesce(a.one, f.who) as one, min(f.happened_on) as since "
            f"from {self.names.facts} f left join {self.names.alias} a on a.who = f.who where "
            + " and ".join(
                [
                    *self.conditions.standing("f"),
                    f"f.outcome = {literal(COMPLETED, self.dialect)}",
                    self.conditions.services([code], "f.service"),
                ]
            )
            + " group by coalesce(a.one, f.who)),\n"
            for place, code in enumerate(self.having, 1)
        )

    def _joined(self) -> str:
        """Who somebody is, where it matters, and since when she had what conditions look back at."""
        family = "nullif(family, '')" if self.dialect is Dialect.POSTGRES else "family"
        people = (
            f"\nleft join (select who, sex, disability, tie, {family} as family, {number_of_day('aged_from')} as born "
            f"from {self.names.people}) p on p.who = coalesce(a.one, f.who)"
        )
        return (people if self._needs_people() else "") + "".join(
            f"\nleft join had{place} on had{place}.one = coalesce(a.one, f.who)"
            for place in range(1, len(self.having) + 1)
        )

    def _needs_people(self) -> bool:
        return (
            self.unit == "family"
            or not {*OF_THE_PERSON, Dimension.AGE}.isdisjoint(self.by)
            or any(
                where.sex or where.disability or where.ties or (where.age_from, where.age_to) != (None, None)
                for where in self.wheres
            )
        )

    def _marked(self) -> str:
        """Each step once for each indicator that it counts for."""
        rows = ", ".join(
            f"({number}, {whole_number(bits.whole)}, {whole_number(bits.hit)})" for number, bits in enumerate(self.bits)
        )
        return (
            f"kinds as (select * from (values {rows}) k (i, w, h)),\n"
            "marked as (select k.i, s.*, (s.mask & k.w) <> 0 as counts, (s.mask & k.h) <> 0 as hits "
            "from steps s join kinds k on (s.mask & (k.w | k.h)) <> 0)"
        )

    def _firsts(self, unit: str, cats: Sequence[str]) -> str:
        """Each unit of each indicator, with the categories of its first step and its sum."""
        order = ["happened_on", in_order("step", self.dialect)]
        chosen = f", {first(cats, order, 'counts', self.dialect)} as chosen" if cats else ""
        return (
            f"firsts as (select i, {unit}{chosen}, max(case when hits then 1 else 0 end) as hit, "
            f"sum(case when counts then quantity end) as quantity from marked where {unit} is not null "
            f"group by i, {unit} having max(case when counts then 1 else 0 end) = 1)"
        )


def medians(cats: Sequence[str]) -> str:
    """The end of a statement: the two middle values of ``rows_of`` (i, categories, one, v, w) in each cell, added up.

    A row stands in the cell of every subset of its categories; null is the whole of a dimension. ``w`` is how often a
    value is there, so that what takes an entry back takes its value away. Of an odd number the middle one counts twice.
    """
    spread = "".join(
        f", case when ({1 << place} & k.subset) <> 0 then {cat} end as {cat}" for place, cat in enumerate(cats)
    )
    subsets = ", ".join(f"({number})" for number in range(1 << len(cats)))
    listed = "".join(f", {cat}" for cat in cats)
    same = "".join(f" and b.{cat} is not distinct from m.{cat}" for cat in cats)
    twice = (
        "(case when 2 * upto >= n and 2 * (upto - w) < n then 1 else 0 end "
        "+ case when 2 * upto > n and 2 * (upto - w) <= n then 1 else 0 end)"
    )
    return (
        f"cells as (select i{spread}, one, v, w from rows_of cross join (values {subsets}) k (subset)),\n"
        f"often as (select i{listed}, v, sum(w) as w from cells group by i{listed}, v having sum(w) > 0),\n"
        f"ranked as (select i{listed}, v, w, sum(w) over (partition by i{listed} order by v) as upto, "
        f"sum(w) over (partition by i{listed}) as n from often),\n"
        f"middle as (select i{listed}, {exact(f'sum(v * {twice})')} as total from ranked group by i{listed}),\n"
        f"behind as (select i{listed}, count(distinct one) as people from cells group by i{listed})\n"
        f"select m.i{''.join(f', m.{cat}' for cat in cats)}, m.total, 2, b.people from middle m join behind b "
        f"on b.i = m.i{same}"
    )


class _Records:
    """Groups and entries of reach: a few thousand rows, so each indicator reads them for itself."""

    def __init__(self, indicators: tuple[Indicator, ...], ask: Ask, dialect: Dialect, names: Names) -> None:
        self.indicators, self.ask, self.dialect, self.names = indicators, ask, dialect, names
        self.by, self.conditions = dimensions(ask), Conditions(dialect, ask)

    def statements(self) -> list[Statement]:
        cats = [f"c{number}" for number in range(1, len(self.by) + 1)]
        added = tuple(one for one in self.indicators if one.measure is not Measure.MEDIAN)
        middle = tuple(one for one in self.indicators if one.measure is Measure.MEDIAN)
        written = []
        if added:
            listed = "".join(f"{cat}, " for cat in cats)
            text = (
                f"with rows_of as ({self._rows(added, cats)})\nselect i, {listed}{exact('sum(v)')}, sum(w), 0 "
                f"from rows_of group by {', '.join(['i', *cats])}"
            )
            written.append(Statement(text, Reading.PARTS, added, self.by))
        if middle:
            text = f"with rows_of as ({self._rows(middle, cats)}),\n{medians(cats)}"
            written.append(Statement(text, Reading.CUBE, middle, self.by))
        return written

    def _rows(self, indicators: Sequence[Indicator], cats: Sequence[str]) -> str:
        return "\nunion all ".join(
            part for number, one in enumerate(indicators) for part in self._rows_of(number, one, cats)
        )

    def _rows_of(self, number: int, one: Indicator, cats: Sequence[str]) -> list[str]:
        """The records of one indicator, each with how many it counts for and its value."""
        is_group = one.source is Source.GROUPS
        relation = self.names.groups if is_group else self.names.reach
        must = self.conditions.of_group(one.where) if is_group else self.conditions.of_entry(one.where)
        # An entry that takes another back has negative contacts, and takes back its place in a count of entries too.
        n = "1" if is_group else "case when r.n_contacts < 0 then -1 when r.n_contacts > 0 then 1 else 0 end"
        value = VALUES[one.source].get(one.value, "0")
        if one.measure is Measure.MEDIAN:
            value = f"abs({value})"
        parts = [("", "", value)]
        if one.measure is Measure.CONTACTS:
            parts = [("", "", "r.n_contacts")]
            if Dimension.SEX in self.by or Dimension.AGE in self.by:
                parts = list(CONTACTS)
        written = []
        for sex, age, value in parts:
            categories = zip(self._categories(one, sex, age), cats, strict=True)
            named = "".join(f"{category} as {cat}, " for category, cat in categories)
            written.append(
                f"select {number} as i, {named}null as one, {value} as v, {n} as w from {relation} r "
                f"where {' and '.join(must) or 'true'}"
            )
        return written

    def _categories(self, one: Indicator, sex: str, age: str) -> list[str]:
        found = []
        for dimension in self.by:
            value = self.conditions.category_of_record(dimension, one.source)
            if dimension is Dimension.SEX and sex:
                value = literal(sex, self.dialect)
            if dimension is Dimension.AGE and age and (self.ask.ages or one.ages) == CHILD_SET:
                value = literal(age, self.dialect)
            found.append(value)
        return found
