"""The season of a field school, as the asking user may see it. What tells about learners is empty for who may not."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, Sum

from paivand.access.models import User
from paivand.learning.models import (
    Enrolment,
    FieldDay,
    FieldPhoto,
    Group,
    GroupCheck,
    Observation,
    Plot,
    PlotEntry,
    PracticeAdoption,
    SchoolMonth,
    SchoolSeason,
    Session,
)
from paivand.learning.rules.fields import SeasonResult, Taken, Way, When, measured, season_result
from paivand.learning.rules.states import TOOK_PART, SessionState

PAGE = 20
"""Observations and entries on one page."""


def season_of(by: User, group: Group) -> SchoolSeason | None:
    """The season of a school."""
    row: SchoolSeason | None = (
        SchoolSeason.objects.seen_by(by).select_related("recorded_by").filter(group=group).first()
    )  # fmt: skip
    return row


def plots_of(by: User, group: Group) -> list[Plot]:
    """The plots of a school, the improved ones first, then the farmers' own, then other trials."""
    order = {way.value: place for place, way in enumerate(Way)}
    found = Plot.objects.seen_by(by).filter(group=group)
    return sorted(found, key=lambda row: (order[row.way], row.name))


def plot(by: User, group: Group, plot_id: uuid.UUID) -> Plot | None:
    """One plot of a school."""
    row: Plot | None = Plot.objects.seen_by(by).select_related("group").filter(group=group, pk=plot_id).first()
    return row


def brought(by: User, group: Group, plots: Iterable[Plot]) -> SeasonResult:
    """What the plots cost and brought, from all entries that were not struck out."""
    sums: dict[uuid.UUID, list[tuple[str, Decimal]]] = defaultdict(list)
    counted = (
        PlotEntry.objects.seen_by(by).filter(group=group, struck_at=None).values_list("plot_id", "kind")
        .annotate(whole=Sum("amount"))
    )  # fmt: skip
    for plot_id, kind, whole in counted:
        sums[plot_id].append((kind, whole))
    return season_result({str(row.pk): (Way(row.way), measured(row.area, sums[row.pk])) for row in plots})


def observations_of(by: User, group: Group, before: Observation | None = None) -> list[Observation]:
    """Observations, the latest first, one more than a page; ``before`` goes on from one."""
    found = Observation.objects.seen_by(by).select_related("plot", "recorded_by").filter(group=group)
    if before is not None:
        same = found.filter(observed_on=before.observed_on, id__lt=before.pk)
        found = found.filter(observed_on__lt=before.observed_on) | same
    return list(found.order_by("-observed_on", "-id")[: PAGE + 1])


def observation(by: User, group: Group, observation_id: uuid.UUID) -> Observation | None:
    """One observation of a school."""
    row: Observation | None = (
        Observation.objects.seen_by(by).select_related("plot").filter(group=group, pk=observation_id).first()
    )  # fmt: skip
    return row


def photos_of(by: User, rows: Iterable[Observation]) -> dict[uuid.UUID, list[FieldPhoto]]:
    """The photographs of observations that were not taken away; none for who may not see learners."""
    found: dict[uuid.UUID, list[FieldPhoto]] = defaultdict(list)
    keys = [row.pk for row in rows]
    if keys:
        for row in FieldPhoto.objects.seen_by(by).filter(observation_id__in=keys, removed_at=None).order_by("id"):
            if row.observation_id:
                found[row.observation_id].append(row)
    return found


def entries_of(by: User, group: Group, before: PlotEntry | None = None) -> list[PlotEntry]:
    """Entries, the latest first, struck ones too, one more than a page; ``before`` goes on from one."""
    found = PlotEntry.objects.seen_by(by).select_related("plot", "recorded_by").filter(group=group)
    if before is not None:
        found = found.filter(on_day__lt=before.on_day) | found.filter(on_day=before.on_day, id__lt=before.pk)
    return list(found.order_by("-on_day", "-id")[: PAGE + 1])


def entry(by: User, group: Group, entry_id: uuid.UUID) -> PlotEntry | None:
    """One entry of a school."""
    row: PlotEntry | None = (
        PlotEntry.objects.seen_by(by).select_related("plot").filter(group=group, pk=entry_id).first()
    )  # fmt: skip
    return row


def field_days_of(by: User, group: Group) -> list[FieldDay]:
    """The field days of a school in their order."""
    return list(FieldDay.objects.seen_by(by).filter(group=group).order_by("held_on"))


def checks_of(by: User, group: Group) -> dict[int, GroupCheck]:
    """What was found 6 and 12 months after, by months."""
    return {row.months: row for row in GroupCheck.objects.seen_by(by).filter(group=group)}


def learners_of(by: User, group: Group) -> list[Enrolment]:
    """Who takes part, or took part, by name; nobody for who may not see learners."""
    found = Enrolment.objects.seen_by(by).filter(group=group, state__in=TOOK_PART)
    return sorted(found, key=lambda row: row.name)


@dataclass(frozen=True, slots=True)
class TakenUp:
    """How many learners use a practice, at one time of asking."""

    n_yes: int = 0
    n_partly: int = 0
    n_no: int = 0

    @property
    def n(self) -> int:
        """How many were asked."""
        return self.n_yes + self.n_partly + self.n_no

    @property
    def percent(self) -> int | None:
        """Who uses it wholly or in part, of those asked; None of nobody."""
        return round(100 * (self.n_yes + self.n_partly) / self.n) if self.n else None


def taken_up(by: User, group: Group) -> dict[tuple[str, When], TakenUp]:
    """By practice and time of asking; empty for who may not see learners."""
    counts: dict[tuple[str, When], dict[str, int]] = defaultdict(dict)
    found = PracticeAdoption.objects.seen_by(by).filter(group=group)
    for practice, asked, taken, n in found.values_list("practice", "asked", "taken").annotate(n=Count("id")):
        counts[practice, When(asked)][f"n_{taken}"] = n
    return {key: TakenUp(**values) for key, values in counts.items()}


def answers_of(by: User, group: Group, asked: When) -> dict[tuple[uuid.UUID, str], Taken]:
    """What each learner answered, by enrolment and practice."""
    found = PracticeAdoption.objects.seen_by(by).filter(group=group, asked=asked.value)
    return {(row.enrolment_id, row.practice): Taken(row.taken) for row in found}


@dataclass(frozen=True, slots=True)
class MonthAtSchool:
    """All children of a junior school in one month: days of lessons held for them, and days they were there."""

    month: date
    n: int
    held: int
    attended: int

    @property
    def percent(self) -> int:
        """The share of days on which they were there."""
        return round(100 * self.attended / self.held)


def months_at_school(by: User, group: Group) -> list[MonthAtSchool]:
    """By month; empty for who may not see learners."""
    found = SchoolMonth.objects.seen_by(by).filter(group=group).values("month").order_by("month")
    rows = found.annotate(n=Count("id"), whole=Sum("held"), there=Sum("attended"))
    return [MonthAtSchool(row["month"], row["n"], row["whole"], row["there"]) for row in rows]


def school_month_of(by: User, group: Group, month: date) -> Mapping[uuid.UUID, SchoolMonth]:
    """The rows of one month, by enrolment."""
    found = SchoolMonth.objects.seen_by(by).filter(group=group, month=month.replace(day=1))
    return {row.enrolment_id: row for row in found}


def lessons_of(by: User, group: Group) -> list[Session]:
    """The sessions of a junior school that were held, the latest first: topics, life skill, energiser."""
    found = Session.objects.seen_by(by).filter(group=group, state=SessionState.HELD)
    return list(found.order_by("-on_day", "-n")[:12])


@dataclass(frozen=True, slots=True)
class Agreed:
    """How many children take part, and of how many both guardian and child agreed."""

    n: int
    n_child: int
    n_guardian: int


def agreed(rows: Iterable[Enrolment]) -> Agreed:
    """Consents of a junior school."""
    learners = list(rows)
    return Agreed(
        len(learners),
        sum(1 for row in learners if row.child_agreed_on),
        sum(1 for row in learners if row.guardian_agreed_on),
    )
