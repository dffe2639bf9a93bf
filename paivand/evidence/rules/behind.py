"""Writes the statement that lists the steps behind a figure, the latest first; never a coded one.

It is written from the same conditions as the statements that count, so what is listed is what was counted.
"""

from __future__ import annotations

from paivand.core.rules.services import COMPLETED
from paivand.evidence.rules.asking import Ask
from paivand.evidence.rules.conditions import Conditions
from paivand.evidence.rules.indicators import Indicator, Where
from paivand.evidence.rules.relations import Dialect, Names
from paivand.evidence.rules.writing import in_order, literal, number_of_day

Place = tuple[str, str]
"""Where a page of the list ended: the day of its last step, and the step."""


def steps_behind(
    indicator: Indicator, ask: Ask, *, limit: int, dialect: Dialect = Dialect.POSTGRES, after: Place | None = None,
    names: Names = Names(),  # noqa: B008 - it is frozen
) -> str:  # fmt: skip
    """Rows of (step, day) that name somebody; of a share those of the whole. ``after`` is kept out and before."""
    where = indicator.whole or indicator.where
    conditions = Conditions(dialect, ask, where.having)
    further = ["not f.coded"]
    if after is not None:
        day, step = (literal(word, dialect) for word in after)
        earlier = f"{in_order('f.step', dialect)} < {step}"
        further.append(f"(f.happened_on < date {day} or f.happened_on = date {day} and {earlier})")
    return (
        f"select f.step, f.happened_on {_from(where, conditions, names, further)} "
        f"order by f.happened_on desc, {in_order('f.step', dialect)} desc limit {limit:d}"
    )


def coded_behind(
    indicator: Indicator, ask: Ask, *, dialect: Dialect = Dialect.POSTGRES, names: Names = Names(),  # noqa: B008 - it is frozen
) -> str:  # fmt: skip
    """Whether any coded step is counted: one row, or none."""
    where = indicator.whole or indicator.where
    conditions = Conditions(dialect, ask, where.having)
    return f"select 1 {_from(where, conditions, names, ['f.coded'])} limit 1"


def _from(where: Where, conditions: Conditions, names: Names, further: list[str]) -> str:
    must = [*conditions.standing("f"), *conditions.asked("f")]
    had = "".join(
        f"\nleft join (select coalesce(a.one, f.who) as one, min(f.happened_on) as since from {names.facts} f "
        f"left join {names.alias} a on a.who = f.who where "
        + " and ".join(
            [
                *conditions.standing("f"),
                f"f.outcome = {literal(COMPLETED, conditions.dialect)}",
                conditions.services([code], "f.service"),
            ]
        )
        + f" group by coalesce(a.one, f.who)) had{place} on had{place}.one = coalesce(a.one, f.who)"
        for place, code in enumerate(conditions.having, 1)
    )
    return (
        f"from (select f.*, {number_of_day('f.happened_on')} as day from {names.facts} f "
        f"where {' and '.join(must)}) f\nleft join {names.alias} a on a.who = f.who\n"
        f"left join (select who, sex, disability, tie, {number_of_day('aged_from')} as born from {names.people}) p "
        f"on p.who = coalesce(a.one, f.who){had}\n"
        f"where {' and '.join([conditions.of_step(where), *further])}"
    )
