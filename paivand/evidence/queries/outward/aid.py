"""A programme as an activity of IATI: plan, partners, money and results, all of it from the tables."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from itertools import groupby

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from paivand.access.models import User
from paivand.core.models import Place
from paivand.core.rules.texts import text
from paivand.evidence.queries.entered import goals_of
from paivand.evidence.queries.outward.gathering import file, leaving, not_offered, parts, wanted_indicators
from paivand.evidence.queries.outward.plans import the_programme
from paivand.evidence.rules.asking import WHOLE, Key
from paivand.evidence.rules.entering import Goals
from paivand.evidence.rules.indicators import Dimension, Indicator, Measure
from paivand.evidence.rules.outward import iati
from paivand.evidence.rules.outward.cells import Cell
from paivand.evidence.rules.outward.facts import HIDDEN, LeftOut
from paivand.evidence.rules.outward.iati_checks import findings
from paivand.evidence.rules.outward.iati_xml import iati_xml
from paivand.evidence.rules.outward.parameters import outward
from paivand.evidence.rules.outward.wanted import Made, Wanted
from paivand.evidence.rules.outward.years import parted_by_years
from paivand.evidence.rules.telling import Shown
from paivand.programme.models import Budget, Participation, Programme, Spending
from paivand.programme.queries.money import adopted_budget, all_spending
from paivand.programme.queries.programmes import districts_of, participations, plan_tree
from paivand.programme.rules.categories import Category, scheme
from paivand.programme.rules.programmes import IATI_ROLES, AgencyRole, ProgrammeState
from paivand.programme.rules.spending import SpendingKind

LANGUAGES = ("en", "tg", "ru", "fa")
_STATUS = {ProgrammeState.PLANNED: "1", ProgrammeState.RUNNING: "2", ProgrammeState.CLOSED: "4"}
_LEVELS = {"output": "1", "outcome": "2", "impact": "3"}
_KINDS = {SpendingKind.EXPENDITURE: iati.EXPENDITURE, SpendingKind.COMMITMENT: iati.COMMITMENT}
_OBJECTIVE = text("Objective %(n)d of the Global Compact for Migration")
_PRIMARY, _SECONDARY = text("primary objective"), text("secondary objective")
_WITHHELD = text("%(n)d parts are not shown: small groups of people are protected.")


def iati_file(by: User, wanted: Wanted) -> Made:
    """The file, with what the rules of the standard find in it."""
    programme = the_programme(by, wanted)
    asked = wanted_indicators(wanted)
    found = leaving(by, wanted, asked, wanted.first, wanted.last)
    told = activity(by, wanted, programme, asked, found)
    cells = [cell for one in found.values() for cell in parts(one, wanted.by).values()]
    points = sum(len(period.actuals) for result in told.results for one in result.indicators for period in one.periods)
    left = [LeftOut(f"{code} · {_label(key)}", HIDDEN) for code, one in found.items()
            for key, cell in sorted(parts(one, wanted.by).items()) if cell.hidden]  # fmt: skip
    return file(
        wanted, iati_xml([told], timezone.now()), points + len(told.transactions) + len(told.budgets),
        n_hidden=sum(bool(cell.hidden) for cell in cells), left_out=(*left, *not_offered(found, wanted.by)),
        findings=tuple(findings(told, timezone.localdate())),
    )  # fmt: skip


def activity(
    by: User, wanted: Wanted, programme: Programme, asked: list[Indicator], found: Mapping[str, Shown]
) -> iati.Activity:  # fmt: skip
    """The whole activity. Its default language is English, in which every title is; other languages stand beside it."""
    partners, spending, budget = (
        participations(by, programme),
        all_spending(by, programme),
        adopted_budget(by, programme),
    )
    places = districts_of(programme)
    known = outward()
    categories = {one.code: one for one in scheme(budget.scheme_from if budget else programme.starts_on).categories}
    changed = [row.changed_at for row in (programme, *partners, *spending)]
    return iati.Activity(
        identifier=programme.iati_identifier, reporting=_reporting(programme, partners), title=dict(programme.titles),
        descriptions=(("1", dict(programme.goal) or dict(programme.titles)),),
        participating=tuple(_participating(programme, partners)), status=_STATUS[ProgrammeState(programme.state)],
        dates=tuple(_dates(programme)), updated_at=max(changed), scope=_scope(places),
        contact=(programme.reporting_name, "") if programme.reporting_name else None,
        countries=(iati.Coded(known.country, percentage=Decimal(100)),),
        locations=tuple(_location(place) for place in places), currency=programme.currency,
        sectors=tuple(
            iati.Coded(code, iati.DAC_SECTORS, percentage=share) for code, share in programme.sector_shares.items()
        ),
        tags=tuple(_tags(programme)), markers=tuple(_markers(programme)), collaboration=known.collaboration,
        flow=known.flow, finance=known.finance, aid=(known.aid,), tied=known.tied,
        budgets=tuple(_budgets(programme, budget)), transactions=tuple(_transactions(spending, partners, categories)),
        results=tuple(_results(by, wanted, programme, asked, found)),
    )  # fmt: skip


def _reporting(programme: Programme, partners: list[Participation]) -> iati.Org:
    """The organisation that reports; its kind as its participation says, else multilateral."""
    same = [row for row in partners if row.iati_ref and row.iati_ref == programme.reporting_ref]
    lead = same or [row for row in partners if row.is_convening]
    kind = next((row.organisation_type for row in lead if row.organisation_type), "40")
    return iati.Org({"en": programme.reporting_name}, programme.reporting_ref, kind)


def _participating(programme: Programme, partners: list[Participation]) -> Iterable[iati.Org]:
    if programme.donor and not any(AgencyRole.FUNDING in row.roles for row in partners):
        yield iati.Org({"en": programme.donor}, role=iati.FUNDING)
    for row in partners:
        for role in AgencyRole:
            if role in row.roles:
                name = {"en": row.agency.name}
                yield iati.Org(name, row.iati_ref, row.organisation_type, IATI_ROLES[role])


def _dates(programme: Programme) -> Iterable[tuple[str, date]]:
    yield iati.PLANNED_START, programme.starts_on
    if programme.started_on:
        yield iati.ACTUAL_START, programme.started_on
    yield iati.PLANNED_END, programme.ends_on
    if programme.closed_on:
        yield iati.ACTUAL_END, programme.closed_on


def _scope(places: list[Place]) -> str:
    """National without districts; else several regions, one region, or one district."""
    if not places:
        return "4"
    if len(places) == 1:
        return "7"
    return "6" if len({place.parent_id for place in places}) == 1 else "5"


def _location(place: Place) -> iati.Location:
    names = {language: str(getattr(place, f"name_{language}", "")) for language in LANGUAGES}
    point = (place.latitude, place.longitude) if place.latitude is not None and place.longitude is not None else None
    return iati.Location(place.pk, names, (), ((("A4", outward().country, 0),)), point)


def _tags(programme: Programme) -> Iterable[iati.Coded]:
    for code in programme.sdg_targets:
        yield iati.Coded(code, iati.TAG_SDG_TARGET if "." in code else iati.TAG_SDG_GOAL)
    uri = outward().migration_compact
    for numbers, weight in ((programme.gcm_primary, _PRIMARY), (programme.gcm_secondary, _SECONDARY)):
        for n in numbers:
            words = {}
            for language in LANGUAGES:
                with override(language):
                    words[language] = f"{_(_OBJECTIVE) % {'n': n}} ({_(weight)})"
            yield iati.Coded(f"GCM-{n}", iati.OWN, uri, words)


def _markers(programme: Programme) -> Iterable[iati.Coded]:
    yield iati.Coded(iati.GENDER, "1", significance=str(programme.dac_gender))
    yield iati.Coded(iati.DISABILITY, "1", significance=str(programme.dac_disability))


def _budgets(programme: Programme, budget: Budget | None) -> Iterable[iati.Budget]:
    """The budget by years of the programme, each in proportion to its days; indicative until it is adopted."""
    total = budget.total if budget else programme.budget
    for first, last, amount in parted_by_years(total, programme.starts_on, programme.ends_on):
        kind = "2" if budget and budget.n > 1 else "1"
        yield iati.Budget(first, last, iati.Amount(amount, first), kind, "2" if budget else "1")


def _transactions(
    spending: list[Spending], partners: list[Participation], categories: Mapping[str, Category]
) -> Iterable[iati.Transaction]:
    """What was spent or promised, by month, agency and category: words of entries stay, they may name people."""
    refs = {row.agency_id: row for row in partners}
    groups: defaultdict[tuple[str, str, str, str], list[Spending]] = defaultdict(list)
    for row in spending:
        groups[f"{row.spent_on:%Y-%m}", str(row.agency_id), row.kind, row.category].append(row)
    for (month, _agency, kind, category), rows in sorted(groups.items()):
        value = sum((row.worth for row in rows), Decimal())
        if not value:
            continue
        partner, agency = refs.get(rows[0].agency_id), rows[0].agency
        ref, type_ = (partner.iati_ref, partner.organisation_type) if partner else ("", "")
        on = max(row.spent_on for row in rows)
        yield iati.Transaction(
            kind=_KINDS[SpendingKind(kind)],
            on=on,
            amount=iati.Amount(value, on),
            ref=f"{month}-{str(agency.pk)[-6:]}-{kind[:3]}-{category}",
            description=dict(categories[category].titles) if category in categories else {"en": category},
            provider=iati.Org({"en": agency.name}, ref, type_),
        )


def _results(
    by: User, wanted: Wanted, programme: Programme, asked: list[Indicator], found: Mapping[str, Shown]
) -> Iterable[iati.Result]:  # fmt: skip
    """A result for each outcome and output that has indicators."""
    tree, goals = plan_tree(by, programme), goals_of(by, asked)
    titles = {part.code: dict(part.titles) for part in tree.outcomes}
    titles |= {part.code: dict(part.titles) for part in tree.outputs}
    ordered = sorted(asked, key=lambda one: (one.output, _LEVELS.get(one.level, "9")))
    for (code, kind), group in groupby(ordered, key=lambda one: (one.output, _LEVELS.get(one.level, "9"))):
        indicators = [_indicator(one, found[one.code], goals[one.code], wanted, programme) for one in group]
        yield iati.Result(kind, titles.get(code) or dict(programme.titles), tuple(indicators))


def _indicator(one: Indicator, told: Shown, goals: Goals, wanted: Wanted, programme: Programme) -> iati.Indicator:
    first = wanted.first or programme.first_on
    last = wanted.last or min(programme.ends_on, timezone.localdate())
    cells, places = parts(told, wanted.by), set(programme.districts)
    hidden = sum(bool(cell.hidden) for key, cell in cells.items() if key != WHOLE)
    actuals = [
        _point(cell, key, places, hidden if key == WHOLE else 0)
        for key, cell in sorted(cells.items())
        if cell.shown is not None
    ]
    baseline, target = goals.baseline, goals.target
    return iati.Indicator(
        title=dict(one.title),
        measure=iati.PERCENTAGE if one.measure is Measure.SHARE else iati.UNIT,
        ascending=one.rising,
        description=dict(one.question),
        references=(iati.Coded(one.code, iati.OWN),),
        baselines=(iati.Point(baseline.value, on=baseline.on),) if baseline else (),
        periods=(iati.Period(first, last, (iati.Point(target.value),) if target else (), tuple(actuals)),),
    )


def _point(cell: Cell, key: Key, places: set[str], hidden: int) -> iati.Point:
    """An actual value; a district of the activity is also its location."""
    by = dict(key)
    district = by.get(str(Dimension.DISTRICT), "")
    comment = {}
    if hidden:
        for language in LANGUAGES:
            with override(language):
                comment[language] = _(_WITHHELD) % {"n": hidden}
    value = cell.shown
    return iati.Point(
        None if value is None else Decimal(value), tuple(by.items()), (district,) if district in places else (), comment
    )


def _label(key: Key) -> str:
    return " · ".join(category for _dimension, category in key)
