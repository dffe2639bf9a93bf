"""What a person typed about a contact: agreed, made, missed, corrected."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from paivand.access.forms.fields import NOT_SAID, RecordForm, day, line, lines, translated
from paivand.cases.actions.visits import next_visit
from paivand.cases.forms.fields import keys
from paivand.cases.models import PlanGoal, Visit
from paivand.cases.rules.records import (
    MISSED_NAMES,
    PROGRESS_NAMES,
    VISIT_OUTCOME_NAMES,
    WAY_NAMES,
    GoalSeen,
    MissedDraft,
    MissedWhy,
    NextVisit,
    Progress,
    VisitDraft,
    VisitOutcome,
    Way,
)
from paivand.core.templatetags.paivand import apart

People = Sequence[tuple[str, str]]
"""The people of a case: key and name."""


class NextVisitFields(RecordForm):
    """The contact that is agreed next; nothing is agreed without a day."""

    next_on = day(_("Next contact on"), required=False)
    next_way = forms.ChoiceField(label=_("How"), required=False, widget=forms.RadioSelect)
    next_purpose = line(_("What for"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("next_way", translated(WAY_NAMES))
        self.initial.setdefault("next_way", Way.HOME)

    def next_draft(self) -> NextVisit | None:
        """What was agreed next."""
        clean = self.cleaned_data
        return next_visit(clean["next_on"], clean["next_way"] or Way.HOME, clean["next_purpose"])


class VisitForm(NextVisitFields):
    """A contact that was made."""

    way = forms.ChoiceField(label=_("How"), widget=forms.RadioSelect)
    happened_on = day(_("Day"))
    people = forms.MultipleChoiceField(
        label=_("Who was met"), required=False, widget=forms.CheckboxSelectMultiple
    )  # fmt: skip
    others_met = line(
        _("Who else was there"), longest=200, required=False,
        help_text=_("By what they are, without names: a neighbour, the teacher."),
    )  # fmt: skip
    outcome = forms.ChoiceField(label=_("How it came out"), widget=forms.RadioSelect)
    seen = lines(_("What was seen and heard"), required=False)
    agreed = lines(_("What was agreed"), required=False, rows=3)
    reason = line(_("Why it is corrected"), required=False, help_text=_("In a few words and without names."))

    def __init__(self, *args: Any, people: People, goals: Sequence[PlanGoal] = (), **kwargs: Any) -> None:
        self.goals = list(goals)
        super().__init__(*args, **kwargs)
        self.offer("way", translated(WAY_NAMES))
        self.offer("people", people)
        self.offer("outcome", translated(VISIT_OUTCOME_NAMES))
        for goal in self.goals:
            self.fields[f"goal_{goal.pk}"] = forms.ChoiceField(
                label=apart(goal.statement), required=False, choices=[*NOT_SAID, *translated(PROGRESS_NAMES)]
            )
            self.fields[f"goal_note_{goal.pk}"] = line(gettext("More about it"), required=False)
        self.initial.setdefault("happened_on", timezone.localdate())
        self.initial.setdefault("way", Way.HOME)
        self.initial.setdefault("outcome", VisitOutcome.COMPLETED)
        if len(people) == 1:
            self.initial.setdefault("people", [people[0][0]])

    @property
    def goal_fields(self) -> list[tuple[Any, Any]]:
        """For each goal of the plan the field of its progress and that of words about it."""
        return [(self[f"goal_{goal.pk}"], self[f"goal_note_{goal.pk}"]) for goal in self.goals]

    @staticmethod
    def initial_of(visit: Visit) -> dict[str, Any]:
        """The present values of a visit with ``met`` and ``judged``."""
        found: dict[str, Any] = {
            name: getattr(visit, name) for name in ("way", "happened_on", "outcome", "others_met", "seen", "agreed")
        }
        found |= {"version": visit.version, "people": [str(row.person_id) for row in visit.met]}  # type: ignore[attr-defined]
        for row in visit.judged:  # type: ignore[attr-defined]
            found |= {f"goal_{row.goal_id}": row.progress, f"goal_note_{row.goal_id}": row.note}
        return found

    def draft(self) -> VisitDraft:
        """The contact as typed."""
        clean = self.cleaned_data
        goals = tuple(
            GoalSeen(goal.pk, Progress(clean[f"goal_{goal.pk}"]), clean[f"goal_note_{goal.pk}"])
            for goal in self.goals
            if clean[f"goal_{goal.pk}"]
        )
        return VisitDraft(
            happened_on=clean["happened_on"], way=Way(clean["way"]), people=keys(clean["people"]),
            outcome=VisitOutcome(clean["outcome"]), others_met=clean["others_met"], seen=clean["seen"],
            agreed=clean["agreed"], goals=goals, next=self.next_draft(),
        )  # fmt: skip


class PlanVisitForm(NextVisitFields):
    """A contact that is agreed for a day."""

    def __init__(self, *args: Any, on: date | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["next_on"].required = True
        self.fields["next_on"].label = gettext("Day")
        if on:
            self.initial.setdefault("next_on", on)


class MissedForm(NextVisitFields):
    """Why an agreed contact did not come about, and when it is tried again."""

    why = forms.ChoiceField(label=_("Why it did not come about"), widget=forms.RadioSelect)
    note = line(_("More about it"), required=False)

    def __init__(self, *args: Any, way: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("why", [(key, name) for key, name in translated(MISSED_NAMES) if key != MissedWhy.MISTAKE])
        self.initial.setdefault("next_way", way)
        self.fields["next_on"].label = gettext("Try again on")

    def draft(self) -> MissedDraft:
        """The reason as typed."""
        clean = self.cleaned_data
        return MissedDraft(MissedWhy(clean["why"]), clean["note"], self.next_draft())
