"""Files about a programme's plan: who does what where, and the calendar of what is due."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _

from paivand.access.models import User
from paivand.core.models import Place
from paivand.core.rules.errors import Refused
from paivand.evidence.queries.entered import goals_of
from paivand.evidence.queries.outward.gathering import cell, file, leaving, unit, wanted_indicators
from paivand.evidence.rules.indicators import UNKNOWN, Dimension, Indicator, Measure, Source
from paivand.evidence.rules.outward.cells import Cell
from paivand.evidence.rules.outward.five_w import Doing, Reached, five_w_csv, five_w_xlsx, is_child, together
from paivand.evidence.rules.outward.icalendar import Due, calendar, report_days
from paivand.evidence.rules.outward.parameters import outward
from paivand.evidence.rules.outward.wanted import Made, Wanted
from paivand.evidence.rules.telling import Shown
from paivand.programme.models import Programme
from paivand.programme.queries.money import budget_table
from paivand.programme.queries.programmes import participations, plan_tree, programme_by_code
from paivand.programme.rules.plan import PlanOutput


def the_programme(by: User, wanted: Wanted) -> Programme:
    """The programme that a file is about.

    Raises:
        Refused: where there is none of this code.
    """
    found = programme_by_code(by, wanted.programme)
    if found is None:
        raise Refused(
            _("There is no programme of this code. Choose one from the list."), "programme", field="programme"
        )
    return found


def five_w_spreadsheet(by: User, wanted: Wanted) -> Made:
    """The 5W as a spreadsheet."""
    rows = doings(by, wanted)
    content = five_w_xlsx(rows, right_to_left=wanted.language == "fa", say=_)
    return file(wanted, content, len(rows), n_hidden=_n_hidden(rows))


def five_w_table(by: User, wanted: Wanted) -> Made:
    """The 5W as CSV."""
    rows = doings(by, wanted)
    return file(wanted, five_w_csv(rows, _), len(rows), n_hidden=_n_hidden(rows))


def _n_hidden(rows: list[Doing]) -> int:
    return sum(bool(one.hidden) for row in rows for one in vars(row.reached).values())


def doings(by: User, wanted: Wanted) -> list[Doing]:
    """A row for each indicator of people or families and each district in which it counted somebody.

    The target stands in the first row of its indicator and the budget in the first of its output, so that neither is
    added up over districts.
    """
    programme = the_programme(by, wanted)
    asked = [
        one for one in wanted_indicators(wanted)
        if one.source is Source.JOURNEY and one.measure in {Measure.PEOPLE, Measure.FAMILIES}
        and Dimension.DISTRICT in one.by
    ]  # fmt: skip
    found = leaving(by, wanted, asked, wanted.first, wanted.last)
    outputs = {output.code: output for output in plan_tree(by, programme).outputs}
    goals, table = goals_of(by, asked), budget_table(by, programme)
    budgets = {code: table.sum_of(output=code).budget for code in outputs} if table.currency == "USD" else {}
    rows: list[Doing] = []
    for one in asked:
        target = goals[one.code].target
        first: dict[str, Decimal | None] = {
            "targeted": target.value if target else None, "budget_usd": budgets.pop(one.output, None)
        }  # fmt: skip
        for place in _districts(found[one.code]):
            output = outputs.get(one.output)
            row = _doing(one, found[one.code], place, programme=programme, output=output, wanted=wanted, first=first)
            rows.append(row)
            first = {"targeted": None, "budget_usd": None}
    return _with_organisations(by, programme, _named(rows))


def _districts(one: Shown) -> list[str]:
    """The districts that have a figure, one that is hidden too; not those with nobody."""
    cells = one.along(Dimension.DISTRICT)
    return [place for (place,), told in sorted(cells.items()) if told.hidden or told.value]


def _doing(
    one: Indicator, told: Shown, place: str, *, programme: Programme, output: PlanOutput | None, wanted: Wanted,
    first: Mapping[str, Decimal | None],
) -> Doing:  # fmt: skip
    language = wanted.language
    return Doing(
        id=f"{programme.code}-{one.code}-{place}", programme=programme.code, indicator=one.name(language),
        output=output.title(language) if output else "", funder=programme.donor,
        implementer=output.agency if output else "", sector=next(iter(programme.sectors), ""), district=(place, place),
        status=programme.state_name, first=wanted.first or programme.first_on,
        last=wanted.last or min(programme.ends_on, timezone.localdate()), reported=timezone.localdate(),
        beneficiaries=unit(one, language), targeted=first["targeted"], budget_usd=first["budget_usd"],
        reached=reached(one, told, place), modality=_("services"),
    )  # fmt: skip


def reached(one: Indicator, told: Shown, place: str) -> Reached:
    """The figures of one district: of the cuts that are shown, and what follows from whom the indicator counts."""
    whole = cell(told.at(district=place))
    if one.measure is Measure.FAMILIES:
        return Reached(families=whole)
    sexes = {sex: cell(told.at(sex=sex, district=place)) for sex in ("female", "male") if _offers(told, Dimension.SEX)}
    adults, children = _ages(one, told, place)
    female, male = sexes.get("female", Cell()), sexes.get("male", Cell())
    found: dict[str, Cell] = {}
    if len(one.where.sex) == 1:
        only = one.where.sex[0]
        female, male = (whole, Cell(0)) if only == "female" else (Cell(0), whole)
        found = {"women": adults, "girls": children} if only == "female" else {"men": adults, "boys": children}
    elif one.where.age_from is not None and one.where.age_from >= 18:
        found = {"women": female, "men": male}
    elif one.where.age_to is not None and one.where.age_to < 18:
        found = {"girls": female, "boys": male}
    return Reached(people=whole, female=female, male=male, adults=adults, children=children, **found)


def _ages(one: Indicator, told: Shown, place: str) -> tuple[Cell, Cell]:
    """Adults and children of a district: sums of age bands as they are shown."""
    whole = cell(told.at(district=place))
    if one.where.age_from is not None and one.where.age_from >= 18:
        return whole, Cell(0)
    if one.where.age_to is not None and one.where.age_to < 18:
        return Cell(0), whole
    if not _offers(told, Dimension.AGE):
        return Cell(), Cell()
    bands = {
        band: cell(one_told)
        for (band, district), one_told in told.along(Dimension.AGE, Dimension.DISTRICT).items()
        if district == place
    }
    if any(is_child(band) is None and band != UNKNOWN for band in bands):
        return Cell(), Cell()
    adults = together(found for band, found in bands.items() if is_child(band) is False)
    return adults, together(found for band, found in bands.items() if is_child(band))


def _offers(told: Shown, dimension: Dimension) -> bool:
    return any(set(table) == {dimension, Dimension.DISTRICT} for table in told.tables)


def _named(rows: list[Doing]) -> list[Doing]:
    """The rows with the names and codes of their places; the p-code of the country's list where there is one."""
    codes = {row.district[0] for row in rows}
    places = Place.objects.filter(pk__in=codes).select_related("parent").prefetch_related("codes", "parent__codes")
    known = {place.pk: place for place in places}
    named = []
    for row in rows:
        place = known.get(row.district[0])
        if place is None:
            named.append(replace(row, district=("", _("unknown"))))
            continue
        region = (_p_code(place.parent), place.parent.name) if place.parent else ("", "")
        named.append(replace(row, district=(_p_code(place), place.name), region=region))
    return named


def _p_code(place: Place) -> str:
    found = [one.code for one in place.codes.all() if one.system == "p-code" and one.valid_until is None]
    return found[0] if found else str(place.pk)


def _with_organisations(by: User, programme: Programme, rows: list[Doing]) -> list[Doing]:
    lead = next((row.agency.name for row in participations(by, programme) if row.is_convening), "")
    return [replace(row, agency=lead) for row in rows]


def calendar_file(by: User, wanted: Wanted) -> Made:
    """Milestones that were not given up, and the days on which the reports of each year are awaited."""
    programme = the_programme(by, wanted)
    due = [
        Due(
            str(milestone.id), milestone.due_on,
            f"{programme.code} {activity.code}: {milestone.title(wanted.language)}",
            activity.title(wanted.language), _("Milestone"), reached=milestone.reached_on is not None, remind=14,
        )
        for activity in plan_tree(by, programme).activities
        for milestone in activity.milestones
    ]  # fmt: skip
    last = programme.closed_on or programme.ends_on
    reports = report_days(programme.first_on, last, outward().narrative, outward().financial, _)
    code = programme.code
    due += [replace(one, id=f"{code}-{one.id}", title=f"{code}: {one.title}") for one in reports]
    due = [one for one in due if _within(one, wanted)]
    content = calendar(str(programme), sorted(due, key=lambda one: one.on), timezone.now(), language=wanted.language)
    return file(wanted, content, len(due))


def _within(one: Due, wanted: Wanted) -> bool:
    return (wanted.first is None or one.on >= wanted.first) and (wanted.last is None or one.on <= wanted.last)
