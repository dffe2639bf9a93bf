"""Forms of a plan: its words, needs, goals and steps, what became of them, and the decision about a version."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from paivand.cases.forms.cases import Deciding, Keyed, Versioned, day_widget, line, translated, words
from paivand.cases.models import CasePerson, Plan, PlanAction, PlanGoal, PlanNeed
from paivand.cases.rules.kinds import case_kinds
from paivand.cases.rules.plans import (
    AREA_NAMES,
    DOER_NAMES,
    GOAL_STATE_NAMES,
    STEP_STATE_NAMES,
    Area,
    Doer,
    GoalDraft,
    NeedDraft,
    StepDraft,
    WordsDraft,
)
from paivand.core.templatetags.paivand import apart
from paivand.referrals.models import Referral
from paivand.referrals.rules.directory import service_types

NOBODY = [("", "—")]


class WordsForm(Versioned):
    """What the person and the child say, and the note on the child's best interest where the kind asks for it."""

    own_words = forms.CharField(
        label=_("In the person's own words"), required=False, max_length=2000, widget=words(),
        help_text=_("What she wishes, as she says it"),
    )  # fmt: skip
    child_view = forms.CharField(
        label=_("What the child says"), required=False, max_length=2000, widget=words(),
        help_text=_("Asked alone, in a way that fits the age. Of a child who cannot speak yet: what you saw"),
    )  # fmt: skip
    interest_options = forms.CharField(
        label=_("Which ways were considered"), required=False, max_length=2000, widget=words(),
        help_text=_("At least two, with what speaks for and against each"),
    )  # fmt: skip
    interest_child = forms.CharField(
        label=_("What the child thinks of them"), required=False, max_length=2000, widget=words()
    )
    interest_decision = forms.CharField(
        label=_("What was decided, and why it is best for the child"), required=False, max_length=2000, widget=words()
    )
    interest_deciders = forms.CharField(label=_("Who decided"), required=False, max_length=300, widget=line())

    def __init__(self, *args: Any, best_interest: bool, child: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not best_interest:
            for name in [name for name in self.fields if name.startswith("interest_")]:
                del self.fields[name]
        if not child:
            del self.fields["child_view"]

    @staticmethod
    def initial_of(plan: Plan) -> dict[str, Any]:
        """The present words."""
        return {**{name: getattr(plan, name) for name in WordsDraft.__slots__}, "version": plan.version}

    def draft(self, plan: Plan) -> WordsDraft:
        """The words as typed; what the form does not ask stays."""
        return WordsDraft(
            **{name: self.cleaned_data.get(name, getattr(plan, name)).strip() for name in WordsDraft.__slots__}
        )


class NeedForm(Keyed, Versioned):
    """A need."""

    area = forms.ChoiceField(label=_("Part of life"))
    statement = forms.CharField(
        label=_("What is needed"), max_length=300, widget=line(), help_text=_("In one sentence, as it is")
    )
    person = forms.ChoiceField(label=_("Who needs it"), required=False)

    def __init__(self, *args: Any, people: Sequence[CasePerson], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["area"].choices = [*NOBODY, *translated(AREA_NAMES)]  # type: ignore[attr-defined]
        everybody = ("", gettext("all of them"))
        self.fields["person"].choices = [everybody, *named(people)]  # type: ignore[attr-defined]

    @staticmethod
    def initial_of(need: PlanNeed) -> dict[str, Any]:
        """The present values of a need."""
        return {
            "area": need.area, "statement": need.statement, "person": str(need.person_id or ""),
            "version": need.version,
        }  # fmt: skip

    def draft(self) -> NeedDraft:
        """The need as typed."""
        clean = self.cleaned_data
        person = uuid.UUID(clean["person"]) if clean["person"] else None
        return NeedDraft(Area(clean["area"]), clean["statement"], person)


def named(people: Sequence[CasePerson]) -> list[tuple[str, str]]:
    """The people of a case as choices; under the key with which they stand in it."""
    return [(str(row.person_id), row.shown.full_name) for row in people if row.shown]  # type: ignore[attr-defined]


class GoalForm(Keyed, Versioned):
    """A goal."""

    statement = forms.CharField(
        label=_("What shall be true one day"), max_length=300, widget=line(),
        help_text=_("So that both of you can see whether it is reached: “Farhod goes to school every day”"),
    )  # fmt: skip
    by_on = forms.DateField(label=_("Until"), required=False, widget=day_widget())

    @staticmethod
    def initial_of(goal: PlanGoal) -> dict[str, Any]:
        """The present values of a goal."""
        return {"statement": goal.statement, "by_on": goal.by_on, "version": goal.version}

    def draft(self) -> GoalDraft:
        """The goal as typed."""
        return GoalDraft(self.cleaned_data["statement"], self.cleaned_data["by_on"])


class StepForm(Keyed, Versioned):
    """A step: who does what until when."""

    what = forms.CharField(
        label=_("What is done"), max_length=300, widget=line(),
        help_text=_("One thing, in plain words. The family reads it on its sheet"),
    )  # fmt: skip
    doer = forms.ChoiceField(label=_("Who does it"), widget=forms.RadioSelect)
    person = forms.ChoiceField(label=_("Who of the family"), required=False)
    doer_name = forms.CharField(
        label=_("Name of the service or of the other one"), required=False, max_length=120, widget=line()
    )
    by_on = forms.DateField(label=_("Until"), widget=day_widget())
    service_type = forms.ChoiceField(label=_("Kind of service"), required=False)
    referral = forms.ChoiceField(label=_("By this referral"), required=False)

    def __init__(
        self, *args: Any, people: Sequence[CasePerson], kind: str, referrals: Sequence[Referral], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["doer"].choices = translated(DOER_NAMES)  # type: ignore[attr-defined]
        self.fields["person"].choices = [*NOBODY, *named(people)]  # type: ignore[attr-defined]
        self.fields["service_type"].choices = [*NOBODY, *service_choices(kind)]  # type: ignore[attr-defined]
        rows = [(str(row.pk), f"{apart(row.code)} · {apart(row.service.title)}") for row in referrals]
        self.fields["referral"].choices = [*NOBODY, *rows]  # type: ignore[attr-defined]
        if not rows:
            del self.fields["referral"]
        self.initial.setdefault("doer", Doer.WORKER)

    @staticmethod
    def initial_of(step: PlanAction) -> dict[str, Any]:
        """The present values of a step."""
        return {
            "what": step.what, "doer": step.doer, "person": str(step.doer_person_id or ""),
            "doer_name": step.doer_name, "by_on": step.by_on, "service_type": step.service_type,
            "referral": str(step.referral_id or ""), "version": step.version,
        }  # fmt: skip

    def draft(self) -> StepDraft:
        """The step as typed."""
        clean = self.cleaned_data
        return StepDraft(
            what=clean["what"], doer=Doer(clean["doer"]), by_on=clean["by_on"],
            doer_person_id=uuid.UUID(clean["person"]) if clean["person"] else None, doer_name=clean["doer_name"],
            service_type=clean["service_type"],
            referral_id=uuid.UUID(clean["referral"]) if clean.get("referral") else None,
        )  # fmt: skip


def service_choices(kind: str) -> list[tuple[str, str]]:
    """The kinds of services: first those that a case of this kind begins with, then the others."""
    language, types = get_language() or "en", service_types()
    found = case_kinds().get(kind)
    first = [code for code in (found.default_services if found else ()) if code in types]
    order = [*first, *(code for code in types if code not in first)]
    return [(code, types[code].title(language)) for code in order]


class StepNoteForm(Versioned):
    """What became of a step."""

    state = forms.ChoiceField(label=_("Was it done"), widget=forms.RadioSelect)
    on = forms.DateField(label=_("On"), widget=day_widget())
    note = forms.CharField(
        label=_("Note"), required=False, max_length=300, widget=line(),
        help_text=_("If it was not done: why"),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["state"].choices = translated(STEP_STATE_NAMES)  # type: ignore[attr-defined]
        self.initial.setdefault("on", timezone.localdate())


class GoalNoteForm(Versioned):
    """How far a goal is met."""

    state = forms.ChoiceField(label=_("How far it is met"), widget=forms.RadioSelect)
    on = forms.DateField(label=_("On"), widget=day_widget())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["state"].choices = translated(GOAL_STATE_NAMES)  # type: ignore[attr-defined]
        self.initial.setdefault("on", timezone.localdate())


class DecideForm(Deciding):
    """A decision about the version of a plan that was read."""

    comment = forms.CharField(
        label=_("What should be changed"), required=False, max_length=1000, widget=words(),
        help_text=_("Needed when it is returned"),
    )  # fmt: skip
