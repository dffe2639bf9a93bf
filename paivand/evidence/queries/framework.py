"""The results framework: outcomes, outputs and their indicators, each with what stands beside its figure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from decimal import Decimal

from paivand.access.models import User
from paivand.evidence.models import Explanation, ExternalFigure
from paivand.evidence.queries.entered import explanations, external_figures, goals_of
from paivand.evidence.queries.shown import shown
from paivand.evidence.rules.entering import Goals, progress
from paivand.evidence.rules.filters import Filters, months_between
from paivand.evidence.rules.indicators import Dimension, Goal, Indicator
from paivand.evidence.rules.telling import Shown, Told
from paivand.programme.models import Programme
from paivand.programme.queries.programmes import plan_tree, programmes
from paivand.programme.rules.words import said


@dataclass(frozen=True)
class Line:
    """One indicator of the framework.

    Attributes:
        aim: what should be reached by the day that is asked about.
        percent: how much of the way to the target is done; None where it cannot be said.
        months: the figure of each month of all indicators together; None where it is hidden.
    """

    indicator: Indicator
    told: Told
    goals: Goals
    aim: Goal | None
    percent: Decimal | None
    months: tuple[float | None, ...]
    external: Sequence[ExternalFigure]
    explained: Explanation | None

    @property
    def bar(self) -> int:
        """The percent as a bar can show it."""
        return 0 if self.percent is None else max(0, min(100, round(self.percent)))

    @property
    def disagrees(self) -> list[ExternalFigure]:
        """Figures of other sources that are not ours."""
        return [row for row in self.external if self.told.value is None or row.value != Decimal(self.told.value)]


@dataclass(frozen=True)
class OutputLines:
    """An output with its indicators; without a code, those that hang under none."""

    code: str
    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class OutcomeLines:
    """An outcome with its outputs."""

    code: str
    title: str
    outputs: tuple[OutputLines, ...]


@dataclass(frozen=True)
class Framework:
    """The whole page of a programme.

    Attributes:
        month_codes: the months that the small pictures run through.
        several: the programmes that one can choose between.
    """

    programme: Programme | None
    outcomes: tuple[OutcomeLines, ...]
    fresh_at: datetime | None
    month_codes: tuple[str, ...]
    several: tuple[Programme, ...] = field(default=())

    @property
    def lines(self) -> list[Line]:
        """Every indicator, in order."""
        return [line for outcome in self.outcomes for output in outcome.outputs for line in output.lines]


def framework(
    by: User, indicators: Sequence[Indicator], filters: Filters, *, today: date, zone: tzinfo, language: str,
    programme: str = "",
) -> Framework:  # fmt: skip
    """The framework of one programme: that of ``programme``, or the first that has indicators."""
    known = programmes(by)
    codes = [one.programme for one in indicators]
    having = tuple(one for one in known if one.code in codes)
    chosen = next((one for one in having if one.code == programme), having[0] if having else None)
    wanted = [one for one in indicators if chosen is None or one.programme == chosen.code]
    lines, fresh_at, months = lines_of(by, wanted, filters, today=today, zone=zone)
    return Framework(chosen, _grouped(by, chosen, lines, language), fresh_at, months, having)


def lines_of(
    by: User, indicators: Sequence[Indicator], filters: Filters, *, today: date, zone: tzinfo
) -> tuple[list[Line], datetime | None, tuple[str, ...]]:
    """The lines of these indicators, up to when records are counted, and the months of their small pictures."""
    answers = shown(by, indicators, filters.ask(zone))
    goals = goals_of(by, indicators)
    external = external_figures(by, indicators)
    explained = explanations(by, indicators, filters.last or filters.as_of)
    months = _months(answers)
    day = filters.last or filters.as_of or today
    lines = []
    for one in indicators:
        answer, own = answers[one.code], goals[one.code]
        lines.append(
            Line(
                one, answer.whole, own, own.aimed_at(day), progress(own, answer.whole.value, rising=one.rising),
                _by_month(answer, months), external[one.code], next(iter(explained[one.code]), None),
            )
        )  # fmt: skip
    fresh = min((answer.fresh_at for answer in answers.values()), default=None)
    return lines, fresh, months


def _months(answers: Mapping[str, Shown]) -> tuple[str, ...]:
    found = {key[0] for answer in answers.values() for key in answer.along(Dimension.MONTH) if key[0][:1].isdigit()}
    return tuple(months_between(min(found), max(found))) if found else ()


def _by_month(answer: Shown, months: Sequence[str]) -> tuple[float | None, ...]:
    told = answer.along(Dimension.MONTH)
    if not told:
        return ()
    return tuple(_number(told[(month,)]) if (month,) in told else 0.0 for month in months)


def _number(told: Told) -> float | None:
    return None if told.value is None else float(told.value)


def _grouped(by: User, programme: Programme | None, lines: Sequence[Line], language: str) -> tuple[OutcomeLines, ...]:
    """The lines under the programme's outcomes and outputs; what hangs under none comes last."""
    left = list(lines)
    found = []
    for outcome in plan_tree(by, programme).outcomes if programme else ():
        outputs = []
        for output in outcome.outputs:
            own = tuple(line for line in left if line.indicator.output == output.code)
            if own:
                outputs.append(OutputLines(output.code, said(output.titles, language), own))
                left = [line for line in left if line not in own]
        own = tuple(line for line in left if line.indicator.output == outcome.code)
        if own:
            outputs.insert(0, OutputLines("", "", own))
            left = [line for line in left if line not in own]
        if outputs:
            found.append(OutcomeLines(outcome.code, said(outcome.titles, language), tuple(outputs)))
    if left:
        codes = list(dict.fromkeys(line.indicator.output for line in left))
        rest = (OutputLines(code, "", tuple(one for one in left if one.indicator.output == code)) for code in codes)
        found.append(OutcomeLines("", "", tuple(rest)))
    return tuple(found)
