"""What is typed about a field school: season, plots, observations, entries, field days, and what stayed."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from paivand.access.forms.fields import NOT_SAID, AmountField, RecordForm, count, day, line, lines, translated
from paivand.core.rules.amounts import write_amount
from paivand.core.rules.uploads import UNFIT_NAMES, Unfit
from paivand.learning.models import Enrolment, GroupCheck, Plot, SchoolMonth, SchoolSeason
from paivand.learning.rules.course import Course
from paivand.learning.rules.fields import (
    HEALTH_NAMES,
    SCHOOL_DAYS,
    SOIL_NAMES,
    TAKEN_NAMES,
    WAY_NAMES,
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
    entry_kinds,
    kinds,
)


def listed(name: str) -> list[tuple[str, str]]:
    """The rows of a list of field schools, as a form offers them."""
    language = get_language() or "en"
    return [(code, kind.title_in(language)) for code, kind in kinds(name).items()]


class SeasonForm(RecordForm):
    """The season; ``junior`` decides whether a host farm or a school with its committee is asked for."""

    commodity = forms.ChoiceField(label=_("What is grown"))
    title = line(_("Variety, or the question of the season"), longest=160, required=False)
    starts_on = day(_("The season begins on"))
    ends_on = day(_("It ended on"), required=False)
    host = line(
        _("Host farm"), longest=160, required=False,
        help_text=_("By its place, without a person's name: for example the field by the canal"),
    )  # fmt: skip
    school = line(_("School"), longest=160, required=False)
    n_guardians = count(_("Members of the guardians' committee"), least=1, most=50, required=False)
    committee_on = day(_("The committee last met on"), required=False)
    committee = lines(_("What the committee takes care of"), required=False, help_text=_("Without names"), rows=3)
    story = lines(_("The season in a few sentences"), required=False, help_text=_("Without names"), rows=4)

    def __init__(self, *args: Any, junior: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("commodity", [*NOT_SAID, *listed("commodities")])
        for name in ("host",) if junior else ("school", "n_guardians", "committee_on", "committee"):
            del self.fields[name]

    @staticmethod
    def initial_of(row: SchoolSeason | None) -> dict[str, Any]:
        """The present values."""
        if row is None:
            return {"version": 0, "starts_on": timezone.localdate()}
        names = ("commodity", "title", "starts_on", "ends_on", "host", "school", "n_guardians", "committee_on",
                 "committee", "story", "version")  # fmt: skip
        return {name: getattr(row, name) for name in names}

    def draft(self) -> SeasonDraft:
        """The season as typed."""
        clean = self.cleaned_data
        return SeasonDraft(
            clean["commodity"], clean["starts_on"], clean["ends_on"], clean["title"], clean.get("host", ""),
            clean.get("school", ""), clean.get("n_guardians"), clean.get("committee", ""), clean.get("committee_on"),
            clean["story"],
        )  # fmt: skip


class PlotForm(RecordForm):
    """A plot."""

    name = line(_("Name or number"), longest=40)
    way = forms.ChoiceField(label=_("How it is grown"), widget=forms.RadioSelect)
    water_way = forms.ChoiceField(label=_("How it is watered"))
    area = AmountField(label=_("Size in square metres"), help_text=_("Measure it: without it no yield can be told."))
    planted_on = day(_("Planted on"), required=False)
    note = line(_("What is done differently here"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("way", translated(WAY_NAMES))
        self.offer("water_way", [*NOT_SAID, *listed("water_ways")])

    @staticmethod
    def initial_of(row: Plot) -> dict[str, Any]:
        """The present values."""
        return {
            "name": row.name, "way": row.way, "water_way": row.water_way, "area": write_amount(row.area),
            "planted_on": row.planted_on, "note": row.note, "version": row.version,
        }  # fmt: skip

    def draft(self) -> PlotDraft:
        """The plot as typed."""
        clean = self.cleaned_data
        return PlotDraft(
            clean["name"], Way(clean["way"]), clean["water_way"], clean["area"], clean["planted_on"], clean["note"]
        )  # fmt: skip


class ObservationForm(RecordForm):
    """An analysis of a plot. The photograph stands last: what is typed before it is never lost."""

    observed_on = day(_("Day"))
    watchers = line(_("Small group"), longest=60, required=False, help_text=_("Its number or name, no person"))
    stage = forms.ChoiceField(label=_("How far the crop is"))
    health = forms.ChoiceField(label=_("How the plants look"), widget=forms.RadioSelect)
    soil = forms.ChoiceField(label=_("Soil, by the hand"), widget=forms.RadioSelect)
    height_cm = AmountField(label=_("Height of the plants in cm"))
    weather = line(_("Weather"), longest=120, required=False)
    water = line(_("Water since the last time"), longest=160, required=False)
    told = lines(_("What else the group saw"), rows=3, required=False, help_text=_("Without names"))
    decided = forms.ChoiceField(label=_("What the group decided"))
    decision = line(_("The decision in words"), required=False)
    photo = forms.FileField(
        label=_("Photograph"), required=False, allow_empty_file=True,
        help_text=_("Plants, not faces. Where it was taken is removed; at most 10 MB."),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )  # fmt: skip
    caption = line(_("What it shows"), longest=160, required=False)

    def __init__(self, *args: Any, too_large: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._too_large = too_large
        self.offer("stage", [*NOT_SAID, *listed("stages")])
        self.offer("health", translated(HEALTH_NAMES))
        self.offer("soil", translated(SOIL_NAMES))
        self.offer("decided", [*NOT_SAID, *listed("decisions")])
        language = get_language() or "en"
        for code, kind in kinds("animals").items():
            self.fields[f"seen.{code}"] = count(kind.title_in(language), most=9999, required=False)
        if not self.is_bound:
            self.initial.setdefault("observed_on", timezone.localdate())

    def clean(self) -> dict[str, Any]:
        """Say of a file that was too large that it was, instead of that there is none."""
        clean: dict[str, Any] = super().clean() or self.cleaned_data
        if self._too_large:
            self.errors.pop("photo", None)
            self.add_error("photo", forms.ValidationError(gettext(UNFIT_NAMES[Unfit.TOO_LARGE]), code="too_large"))
        return clean

    @property
    def seen(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The fields of what was counted: what harms, and what helps."""
        found: dict[bool, list[forms.BoundField]] = {True: [], False: []}
        for code, kind in kinds("animals").items():
            found[kind.harmful].append(self[f"seen.{code}"])
        return [(gettext("What harms"), found[True]), (gettext("What helps"), found[False])]

    def draft(self) -> ObservationDraft:
        """The observation as typed."""
        clean = self.cleaned_data
        return ObservationDraft(
            observed_on=clean["observed_on"], stage=clean["stage"], health=Health(clean["health"]),
            soil=Soil(clean["soil"]), decided=clean["decided"], weather=clean["weather"], height_cm=clean["height_cm"],
            seen={code: clean[f"seen.{code}"] for code in kinds("animals") if clean.get(f"seen.{code}")},
            water=clean["water"], told=clean["told"], decision=clean["decision"], watchers=clean["watchers"],
        )  # fmt: skip


class EntryForm(RecordForm):
    """A cost, a harvest, a revenue or water of one plot."""

    on_day = day(_("Day"))
    code = forms.ChoiceField(label=_("What for"))
    amount = AmountField(label=_("Amount"), required=True)
    quantity = AmountField(label=_("Kilograms"))
    note = line(_("Note"), longest=160, required=False)

    def __init__(self, *args: Any, kind: EntryKind, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        language = get_language() or "en"
        choices = [(code, row.title_in(language)) for code, row in entry_kinds(kind).items()]
        if choices:
            self.offer("code", [*NOT_SAID, *choices])
        else:
            del self.fields["code"]
        if kind is not EntryKind.REVENUE:
            del self.fields["quantity"]
        labels = {
            EntryKind.COST: _("Somoni"), EntryKind.HARVEST: _("Kilograms"), EntryKind.REVENUE: _("Somoni"),
            EntryKind.WATER: _("Litres"),
        }  # fmt: skip
        self.fields["amount"].label = labels[kind]
        if not self.is_bound:
            self.initial.setdefault("on_day", timezone.localdate())

    def draft(self) -> EntryDraft:
        """The entry as typed."""
        clean = self.cleaned_data
        return EntryDraft(
            self.kind, clean.get("code") or self.kind.value, clean["on_day"], clean["amount"] or Decimal(0),
            clean.get("quantity"), clean["note"],
        )  # fmt: skip


class StrikeForm(RecordForm):
    """Why an entry is struck out."""

    reason = line(_("Why it is struck out"), longest=160, help_text=_("In a few words and without names."))


class FieldDayForm(RecordForm):
    """A field day."""

    held_on = day(_("Day"))
    topic = line(_("What was shown"), longest=160)
    n_women = count(_("Women"), most=2000)
    n_men = count(_("Men"), most=2000)
    n_girls = count(_("Girls"), most=2000)
    n_boys = count(_("Boys"), most=2000)
    told = lines(_("What the visitors asked"), rows=3, required=False, help_text=_("Without names"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.is_bound:
            self.initial.setdefault("held_on", timezone.localdate())
            for name in ("n_women", "n_men", "n_girls", "n_boys"):
                self.initial.setdefault(name, 0)

    def draft(self) -> FieldDayDraft:
        """The field day as typed."""
        clean = self.cleaned_data
        return FieldDayDraft(
            clean["held_on"], clean["topic"], clean["n_women"], clean["n_men"], clean["n_girls"], clean["n_boys"],
            clean["told"],
        )  # fmt: skip


class CheckForm(RecordForm):
    """Whether the group goes on."""

    asked_on = day(_("Asked on"))
    goes_on = forms.ChoiceField(label=_("Does the group go on together"), widget=forms.RadioSelect)
    n_members = count(_("How many still work together"), least=1, most=100, required=False)
    told = line(_("What they do together"), required=False, help_text=_("Without names"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("goes_on", [("yes", gettext("yes")), ("no", gettext("no"))])

    @staticmethod
    def initial_of(row: GroupCheck | None) -> dict[str, Any]:
        """The present values."""
        if row is None:
            return {"version": 0, "asked_on": timezone.localdate()}
        return {
            "asked_on": row.asked_on, "goes_on": "yes" if row.goes_on else "no", "n_members": row.n_members,
            "told": row.told, "version": row.version,
        }  # fmt: skip

    def draft(self, months: int) -> CheckDraft:
        """The answer as typed."""
        clean = self.cleaned_data
        return CheckDraft(months, clean["asked_on"], clean["goes_on"] == "yes", clean["n_members"], clean["told"])


class PracticesForm(RecordForm):
    """Which practices each learner uses, at one time of asking."""

    asked_on = day(_("Asked on"))

    def __init__(
        self, *args: Any, course: Course, learners: Sequence[Enrolment],
        answers: Mapping[tuple[uuid.UUID, str], Taken], **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        self.course, self.learners = course, learners
        language = get_language() or "en"
        choices = [("", "—"), *translated(TAKEN_NAMES)]
        for learner in learners:
            for practice in course.practices:
                self.fields[f"{learner.pk}.{practice.code}"] = forms.ChoiceField(
                    label=practice.title_in(language), required=False, choices=choices
                )
                given = answers.get((learner.pk, practice.code))
                self.initial[f"{learner.pk}.{practice.code}"] = given.value if given else ""
        if not self.is_bound:
            self.initial.setdefault("asked_on", timezone.localdate())

    @property
    def rows(self) -> list[tuple[Enrolment, list[forms.BoundField], int]]:
        """Each learner with the fields of the practices, and how many were answered."""
        found = []
        for learner in self.learners:
            fields = [self[f"{learner.pk}.{practice.code}"] for practice in self.course.practices]
            found.append((learner, fields, sum(1 for field in fields if field.value())))
        return found

    def answers(self) -> dict[uuid.UUID, dict[str, Taken]]:
        """What was answered; learners who were not asked are not named."""
        found: dict[uuid.UUID, dict[str, Taken]] = {}
        for learner in self.learners:
            given = {
                practice.code: Taken(value)
                for practice in self.course.practices
                if (value := self.cleaned_data.get(f"{learner.pk}.{practice.code}"))
            }
            if given:
                found[learner.pk] = given
        return found


class SchoolMonthForm(RecordForm):
    """Days at school in one month, child by child; an empty field says nothing."""

    held = count(_("Days of lessons in this month"), least=1, most=SCHOOL_DAYS)

    def __init__(
        self, *args: Any, learners: Sequence[Enrolment], rows: Mapping[uuid.UUID, SchoolMonth], month: date,
        **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        self.learners, self.month = learners, month
        for learner in learners:
            self.fields[f"{learner.pk}"] = count(learner.name, most=SCHOOL_DAYS, required=False)
            if learner.pk in rows:
                self.initial[f"{learner.pk}"] = rows[learner.pk].attended
                self.initial.setdefault("held", rows[learner.pk].held)

    @property
    def rows(self) -> list[forms.BoundField]:
        """The fields of the children."""
        return [self[f"{learner.pk}"] for learner in self.learners]

    def attended(self) -> dict[uuid.UUID, int]:
        """The days of each child that was named."""
        return {
            learner.pk: days
            for learner in self.learners
            if (days := self.cleaned_data.get(f"{learner.pk}")) is not None
        }
