"""Files of figures: workbook, tables, open data, and the values of DHIS2."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _

from paivand.access.models import User
from paivand.evidence.queries.outward.gathering import (
    categories_of,
    file,
    leaving,
    not_offered,
    parts,
    plan_of,
    results,
    unit,
    wanted_indicators,
)
from paivand.evidence.rules.asking import WHOLE
from paivand.evidence.rules.indicators import DIMENSION_NAMES, Dimension
from paivand.evidence.rules.outward import dhis2
from paivand.evidence.rules.outward.cells import Cell
from paivand.evidence.rules.outward.facts import HIDDEN, Fact, LeftOut, periods
from paivand.evidence.rules.outward.open_data import Described, OpenData, open_data_zip
from paivand.evidence.rules.outward.parameters import outward
from paivand.evidence.rules.outward.results import results_csv, results_json
from paivand.evidence.rules.outward.wanted import Made, Wanted
from paivand.evidence.rules.outward.workbook import results_xlsx
from paivand.programme.queries.money import budget_table


def workbook(by: User, wanted: Wanted) -> Made:
    """The results workbook; with the UN budget table where a programme is chosen."""
    told, left = results(by, wanted)
    programme, _tree = plan_of(by, wanted)
    budget = budget_table(by, programme) if programme else None
    content = results_xlsx(told, budget, _)
    return file(wanted, content, told.n_rows, n_hidden=told.n_hidden, left_out=tuple(left))


def table(by: User, wanted: Wanted) -> Made:
    """The results as CSV."""
    told, left = results(by, wanted)
    return file(wanted, results_csv(told), told.n_rows, n_hidden=told.n_hidden, left_out=tuple(left))


def json_file(by: User, wanted: Wanted) -> Made:
    """The results as JSON."""
    told, left = results(by, wanted)
    return file(wanted, results_json(told).encode(), told.n_rows, n_hidden=told.n_hidden, left_out=tuple(left))


def open_data(by: User, wanted: Wanted) -> Made:
    """The tidy table with its dictionary."""
    asked = wanted_indicators(wanted)
    found = leaving(by, wanted, asked, wanted.first, wanted.last)
    facts = [
        Fact(code, wanted.first, wanted.last, key, cell)
        for code, one in found.items()
        for key, cell in sorted({WHOLE: Cell(), **parts(one, wanted.by)}.items())
    ]
    programme, _tree = plan_of(by, wanted)
    told = OpenData(
        name="-".join(filter(None, ("results", wanted.programme.lower()))),
        title=str(programme) if programme else _("Results"),
        facts=facts,
        indicators={
            one.code: Described(
                one.name(wanted.language), one.question.get(wanted.language, one.question.get("en", "")),
                str(one.measure), unit(one, wanted.language),
            )
            for one in asked
        },
        licence=outward().licence,
        made_at=timezone.localtime(max((one.fresh_at for one in found.values()), default=timezone.now())),
        as_of=wanted.as_of,
        dimensions={str(one): _(DIMENSION_NAMES[one]) for one in wanted.by},
        categories=categories_of((fact.key for fact in facts), wanted.language),
    )  # fmt: skip
    hidden = sum(bool(fact.cell.hidden) for fact in facts)
    left = tuple(not_offered(found, wanted.by))
    return file(wanted, open_data_zip(told, _), len(facts), n_hidden=hidden, left_out=left)


def dhis2_json(by: User, wanted: Wanted) -> Made:
    """The values for DHIS2 as JSON."""
    values, left, _codes = _values(by, wanted)
    return file(wanted, dhis2.data_value_sets(values), len(values), n_hidden=_n_hidden(left), left_out=tuple(left))


def dhis2_adx(by: User, wanted: Wanted) -> Made:
    """The same values as ADX."""
    values, left, codes = _values(by, wanted)
    content = dhis2.adx(values, codes, timezone.now()) if codes else b""
    return file(wanted, content, len(values), n_hidden=_n_hidden(left), left_out=tuple(left))


def _values(by: User, wanted: Wanted) -> tuple[list[dhis2.DataValue], list[LeftOut], dhis2.Codes | None]:
    """Each period is counted by itself: who was reached in it, however often she was reached before."""
    if not wanted.first or not wanted.last:
        return [], [], None
    codes = dhis2.codes_on(wanted.last)
    if codes is None:
        return [], [LeftOut(str(wanted.last), dhis2.NO_DATA_SET)], None
    asked = wanted_indicators(wanted)
    dimensions = {Dimension.DISTRICT, *(Dimension(one) for element in codes.elements for one in element.by)}
    facts = [
        Fact(code, first, last, key, cell)
        for first, last in periods(wanted.first, wanted.last, wanted.months)
        for code, one in leaving(by, wanted, asked, first, last).items()
        for key, cell in sorted(parts(one, dimensions).items())
    ]
    values, left = dhis2.mapped(facts, codes)
    return values, left, codes


def _n_hidden(left: list[LeftOut]) -> int:
    return sum(one.why == HIDDEN for one in left)
