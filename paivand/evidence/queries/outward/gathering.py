"""The shown figures of indicators as plain values, in the words of one language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _

from paivand.access.models import User
from paivand.core.rules.texts import text
from paivand.evidence.queries.entered import explanations, external_figures, goals_of
from paivand.evidence.queries.naming import category_names
from paivand.evidence.queries.shown import shown
from paivand.evidence.rules.asking import Ask, Key, Period
from paivand.evidence.rules.entering import progress
from paivand.evidence.rules.indicators import DIMENSION_NAMES, UNKNOWN, Dimension, Indicator
from paivand.evidence.rules.outward.cells import Cell
from paivand.evidence.rules.outward.facts import LeftOut
from paivand.evidence.rules.outward.results import ExternalRow, ResultRow, Results
from paivand.evidence.rules.outward.wanted import ABOUT, Made, Wanted
from paivand.evidence.rules.reading import indicators
from paivand.evidence.rules.telling import Hidden, Shown, Told
from paivand.programme.models import Programme
from paivand.programme.queries.programmes import plan_tree, programme_by_code
from paivand.programme.rules.plan import PlanTree

NOT_OFFERED = text("figures are not offered in these parts together, because they would be too small")
_MONTHS = 12
"""How many months a trend shows."""


def wanted_indicators(wanted: Wanted) -> list[Indicator]:
    """The indicators of the chosen programme, or of all, in their order."""
    return [one for one in indicators().values() if not wanted.programme or one.programme == wanted.programme]


def question(wanted: Wanted) -> Ask:
    """What is asked of the figures."""
    return Ask(period=Period(wanted.first, wanted.last), as_of=wanted.as_of)


def leaving(by: User, wanted: Wanted, asked: Sequence[Indicator], first: date | None, last: date | None) -> dict[
    str, Shown
]:  # fmt: skip
    """The figures of a time as they may leave: protected against editions that were published before, too."""
    ask = replace(question(wanted), period=Period(first, last))
    return shown(by, asked, ask, leaving=True)


def cell(told: Told) -> Cell:
    """A shown figure as the writers take it."""
    if told.hidden is None or told.hidden is Hidden.NOTHING:
        return Cell(told.value)
    if told.hidden is Hidden.HELD:
        return Cell(told.value, "" if told.value is not None else "small", held=told.value is not None)
    return Cell(None, str(told.hidden))


def parts(one: Shown, by: Iterable[Dimension]) -> dict[Key, Cell]:
    """The cells whose dimensions are all among ``by``; the whole too."""
    wanted = {str(dimension) for dimension in by}
    return {key: cell(told) for key, told in one.cells.items() if {dimension for dimension, _value in key} <= wanted}


def categories_of(keys: Iterable[Key], language: str) -> dict[tuple[str, str], str]:
    """The names of all categories that stand in the keys, ages by their years and the unknown last."""
    pairs = {pair for key in keys for pair in key}
    found: dict[tuple[str, str], str] = {}
    for dimension in sorted({dimension for dimension, _category in pairs}):
        codes = sorted((category for at, category in pairs if at == dimension), key=_place)
        named = category_names(Dimension(dimension), codes, language)
        found |= {(dimension, code): named[code] for code in codes}
    return found


def _place(category: str) -> tuple[bool, int, str]:
    low = category.rstrip("+").partition("-")[0]
    return category == UNKNOWN, int(low) if low.isdigit() else 0, category


def not_offered(found: Mapping[str, Shown], by: Sequence[Dimension]) -> list[LeftOut]:
    """What was asked for and is not shown in any cut: single dimensions of an indicator, and more than offered."""
    left = []
    for code, one in found.items():
        offered = {dimension for table in one.tables for dimension in table}
        missing = [_(DIMENSION_NAMES[dimension]) for dimension in by if dimension not in offered]
        if missing:
            left.append(LeftOut(f"{code} · {', '.join(missing)}", NOT_OFFERED))
    if len(by) > 2:
        left.append(LeftOut(", ".join(_(DIMENSION_NAMES[dimension]) for dimension in by), NOT_OFFERED))
    return left


def results(by: User, wanted: Wanted) -> tuple[Results, list[LeftOut]]:
    """The results table with its parts, goals, explanations and the figures of others."""
    asked = wanted_indicators(wanted)
    found = leaving(by, wanted, asked, wanted.first, wanted.last)
    programme, tree = plan_of(by, wanted)
    names = categories_of((key for one in found.values() for key in parts(one, wanted.by)), wanted.language)
    rows = _rows(by, wanted, asked, found, tree)
    return (
        Results(
            rows=tuple(rows), fresh_at=timezone.localtime(max((one.fresh_at for one in found.values()), default=None)
                                                           or timezone.now()),
            language=wanted.language, programme=wanted.programme, programme_title=str(programme or ""),
            first=wanted.first, last=wanted.last, as_of=wanted.as_of,
            dimensions=tuple((str(one), _(DIMENSION_NAMES[one])) for one in wanted.by), categories=names,
            external=tuple(_external(by, wanted, asked)),
        ),
        not_offered(found, wanted.by),
    )  # fmt: skip


def plan_of(by: User, wanted: Wanted) -> tuple[Programme | None, PlanTree]:
    """The chosen programme and its plan."""
    programme = programme_by_code(by, wanted.programme) if wanted.programme else None
    return programme, plan_tree(by, programme) if programme else PlanTree()


def _rows(
    by: User, wanted: Wanted, asked: Sequence[Indicator], found: Mapping[str, Shown], tree: PlanTree
) -> list[ResultRow]:  # fmt: skip
    goals, explained = goals_of(by, asked), explanations(by, asked, wanted.last)
    titles = {part.code: part.title(wanted.language) for part in tree.outcomes}
    titles |= {part.code: part.title(wanted.language) for part in tree.outputs}
    rows = []
    for one in asked:
        baseline, target = goals[one.code].baseline, goals[one.code].target
        actual = cell(found[one.code].whole)
        words = [row.words for row in explained[one.code] if row.language == wanted.language] or [
            row.words for row in explained[one.code]
        ]
        rows.append(
            ResultRow(
                code=one.code, title=one.name(wanted.language), actual=actual, unit=unit(one, wanted.language),
                measure=str(one.measure), level=one.level, output=one.output, output_title=titles.get(one.output, ""),
                baseline=baseline.value if baseline else None, baseline_on=baseline.on if baseline else None,
                target=target.value if target else None, target_on=target.on if target else None,
                progress=progress(goals[one.code], actual.shown, rising=one.rising),
                trend=_trend(found[one.code]), cells=parts(found[one.code], wanted.by), note=words[0] if words else "",
            )
        )  # fmt: skip
    months = sorted({month for row in rows for month, _cell in row.trend})[-_MONTHS:]
    return [replace(row, trend=tuple((month, dict(row.trend).get(month, Cell())) for month in months)) for row in rows]


def _trend(one: Shown) -> tuple[tuple[str, Cell], ...]:
    months = one.along(Dimension.MONTH)
    return tuple((month, cell(told)) for (month,), told in sorted(months.items()))


def _external(by: User, wanted: Wanted, asked: Sequence[Indicator]) -> list[ExternalRow]:
    by_code = {one.code: one for one in asked}
    return [
        ExternalRow(
            code, by_code[code].name(wanted.language), row.source, row.value, unit(by_code[code], wanted.language),
            row.as_of_on, row.method, " ".join(filter(None, (row.document, row.link))),
        )
        for code, rows in external_figures(by, asked).items()
        for row in rows
    ]  # fmt: skip


def unit(one: Indicator, language: str) -> str:
    """What an indicator counts, in words."""
    return one.unit.get(language) or one.unit.get("en", "")


def file(wanted: Wanted, content: bytes, n_rows: int, **more: object) -> Made:
    """A made file with the name and the type of its format."""
    about = ABOUT[wanted.format]
    stamp = timezone.localdate().isoformat()
    name = "-".join(filter(None, ("results", wanted.programme.lower(), str(wanted.format).replace("_", "-"), stamp)))
    return Made(f"{name}.{about.ending}", about.media_type, content, n_rows, **more)  # type: ignore[arg-type]
