"""Seasons of the demonstration's field schools: plots, what was seen in them, what they cost and brought; budgets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from paivand.access.models import User
from paivand.learning.actions.households import write_household
from paivand.learning.actions.seasons import (
    add_plot,
    check_group,
    enter_for_plot,
    hold_field_day,
    observe_plot,
    write_season,
)
from paivand.learning.actions.taken_up import ask_practices, write_school_month
from paivand.learning.models import Enrolment, Group, Plot
from paivand.learning.rules.course import Feature
from paivand.learning.rules.fields import (
    CheckDraft,
    EntryDraft,
    EntryKind,
    FieldDayDraft,
    Health,
    ObservationDraft,
    PlotDraft,
    SeasonDraft,
    Soil,
    Taken,
    Way,
    When,
)
from paivand.learning.rules.household import Household, Line, Owed, Per
from paivand.operate.population.cohorts import GroupPlan, told

MONTHS_UNTIL_CHECKED = 6


@dataclass(frozen=True)
class Field:
    """The school whose season is told, who tells it, and the day from which everything is counted back."""

    plan: GroupPlan
    group: Group
    lead: User
    today: date


def tell_season(plan: GroupPlan, group: Group, rows: Sequence[Enrolment], lead: User, today: date) -> None:
    """Tell the season of a field school as far as it has come; of junior schools the garden of one in five."""
    if not plan.course.has(Feature.PLOTS):
        return
    words, junior = told()["seasons"], plan.course.has(Feature.JUNIOR)
    if junior and not plan.example and int(plan.key.rsplit("_", 1)[-1]) % 5:
        return
    over = plan.state == "finished"
    what = words["commodities"].get(plan.course.code, "tomato")
    draft = SeasonDraft(
        commodity=what, starts_on=plan.starts_on, ends_on=plan.ends_on if over else None, title=plan.name,
        host=plan.seeds.choice(words["hosts"]), school=group.venue if junior else "",
        n_guardians=plan.seeds.randint(5, 9) if junior else None, committee=words["committee"] if junior else "",
        committee_on=plan.starts_on if junior else None, story=plan.seeds.choice(words["stories"]),
    )  # fmt: skip
    write_season(group=group, version=0, draft=draft, by=lead)
    field = Field(plan, group, lead, today)
    for way, water, better in ((Way.IMPROVED, "drip", 1.0), (Way.USUAL, "furrow", 0.62)):
        if junior and way is Way.USUAL:
            continue
        _plot(field, way, water, better)
    if over and not junior:
        _field_day(field)
    if over and not (junior and not plan.example):
        _practices(field, rows, When.END, plan.ends_on)
        checked = plan.ends_on + timedelta(days=30 * MONTHS_UNTIL_CHECKED + 5)
        if checked < today:
            n = max(1, len(rows) - plan.seeds.randint(2, 7))
            draft_check = CheckDraft(MONTHS_UNTIL_CHECKED, checked, goes_on=True, n_members=n, told=words["goes_on"])
            check_group(group=group, version=0, draft=draft_check, by=lead, today=today)
    if junior and rows:
        _days_at_school(field, rows)


def _plot(field: Field, way: Way, water: str, better: float) -> None:
    plan, group, lead, today = field.plan, field.group, field.lead, field.today
    words, chance = told()["seasons"], plan.seeds
    area = Decimal(chance.choice((40, 60, 80)))
    draft = PlotDraft(words["plots"][way.value], way, water, area, plan.starts_on + timedelta(days=7))
    plot = add_plot(group=group, plot_id=plan.id_of("plot", way), draft=draft, by=lead)
    until = min(plan.ends_on, today - timedelta(days=1))
    _seen(field, plot, way, until)
    days = (until - plan.starts_on).days
    entries: list[tuple[EntryKind, str, int, Decimal, Decimal | None]] = [
        (EntryKind.COST, "seed", 7, area * Decimal("1.1"), None),
        (EntryKind.COST, "manure" if way is Way.IMPROVED else "fertiliser", 9, area * Decimal("0.8"), None),
        (EntryKind.COST, "own_work", 30, area * Decimal("1.6"), None),
        (EntryKind.WATER, "water", 25, area * Decimal(18 if water == "drip" else 41), None),
        (EntryKind.WATER, "water", 55, area * Decimal(22 if water == "drip" else 48), None),
    ]
    for n in (62, 74, 86):
        kilos = (area * Decimal(str(round(better * chance.uniform(1.3, 1.7), 2)))).quantize(Decimal("0.1"))
        entries.append((EntryKind.HARVEST, "harvest", n, kilos, None))
        entries.append((EntryKind.REVENUE, "sold", n + 1, (kilos * Decimal("3.4")).quantize(Decimal("0.01")), kilos))
    for i, (kind, code, day, amount, quantity) in enumerate(entries):
        if day < days:
            entry = EntryDraft(kind, code, plan.starts_on + timedelta(days=day), amount, quantity)
            enter_for_plot(
                group=group, plot=plot, entry_id=plan.id_of("entry", way, i), draft=entry, by=lead, today=today
            )


def _seen(field: Field, plot: Plot, way: Way, until: date) -> None:
    """What small groups saw in the plot, about once a month."""
    plan, words = field.plan, told()["seasons"]
    for n, (days, stage) in enumerate(((14, "planting"), (42, "growth"), (70, "fruiting"))):
        day = plan.starts_on + timedelta(days=days)
        if day > until:
            return
        draft = ObservationDraft(
            observed_on=day, stage=stage, health=Health.GOOD if way is Way.IMPROVED else Health.FAIR, soil=Soil.MOIST,
            decided=plan.seeds.choice(words["decided"]), height_cm=Decimal(12 + 24 * n),
            seen={"aphids": plan.seeds.randint(1, 9), "ladybirds": plan.seeds.randint(1, 6)},
            told=plan.seeds.choice(words["seen"]),
        )  # fmt: skip
        observe_plot(
            group=field.group,
            plot=plot,
            observation_id=plan.id_of("seen", way, n),
            draft=draft,
            by=field.lead,
            today=field.today,
        )


def _field_day(field: Field) -> None:
    plan, chance = field.plan, field.plan.seeds
    draft = FieldDayDraft(
        plan.ends_on, told()["seasons"]["shown"], chance.randint(12, 34), chance.randint(3, 14), chance.randint(0, 9),
        chance.randint(0, 7),
    )  # fmt: skip
    hold_field_day(group=field.group, day_id=plan.id_of("field day"), draft=draft, by=field.lead)


def _practices(field: Field, rows: Sequence[Enrolment], asked: When, on: date) -> None:
    plan = field.plan
    answers: dict[Any, dict[str, Taken]] = {
        row.pk: {
            one.code: plan.seeds.choice((Taken.YES, Taken.YES, Taken.PARTLY, Taken.NO)) for one in plan.course.practices
        }
        for row in rows
    }
    if plan.course.practices and answers:
        ask_practices(group=field.group, asked=asked, asked_on=on, answers=answers, by=field.lead)


def _days_at_school(field: Field, rows: Sequence[Enrolment]) -> None:
    """The days on which the children were at school, in the first full month of the school garden."""
    plan, today = field.plan, field.today
    month = (plan.starts_on.replace(day=1) + timedelta(days=32)).replace(day=1)
    if month.month in {6, 7, 8} or (month + timedelta(days=31)).replace(day=1) > today:
        return
    attended = {row.pk: 22 - plan.seeds.randint(0, 4) for row in rows}
    write_school_month(group=field.group, month=month, held=22, attended=attended, by=field.lead, today=today)


def tell_budgets(plan: GroupPlan, group: Group, rows: Sequence[Enrolment], lead: User, today: date) -> None:
    """Budgets and debts that a few learners of a course on money made together with their trainer."""
    first = today.replace(day=1)
    for n, row in enumerate(rows[: plan.example.get("plans", 0)]):
        chance = plan.seeds
        lines = (
            Line("trade" if n % 2 else "harvest_sold", Decimal(chance.randrange(300, 900, 50))),
            Line("remittance", Decimal(chance.randrange(900, 2200, 100))),
            Line("food", Decimal(chance.randrange(800, 1500, 50))),
            Line("school", Decimal(chance.randrange(80, 260, 20))),
            Line("home", Decimal(chance.randrange(90, 220, 10))),
        )
        debts = (
            Owed("bank", Decimal(chance.randrange(3000, 9000, 500)), percent=Decimal(26), per=Per.YEAR, n_months=24),
            Owed("shop", Decimal(chance.randrange(200, 900, 50)), least=Decimal(100)),
            Owed("relative", Decimal(chance.randrange(500, 2500, 100)), least=Decimal(100)),
        )
        draft = Household(first, lines, debts[: 1 + n % 3], extra=Decimal(100))
        enrolment = Enrolment.objects.get(pk=row.pk)
        write_household(group=group, enrolment=enrolment, version=0, draft=draft, by=lead)
