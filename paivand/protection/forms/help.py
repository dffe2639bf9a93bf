"""Needs, safety plan, actions, follow-ups, the questions about our work, and what is taken out."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from paivand.core.models import Place
from paivand.protection.forms.fields import Choice, SealedForm, day_widget, lines, today, translated
from paivand.protection.models import SafetyPlan, SurvivorConsent
from paivand.protection.rules.drafts import PLAN_PARTS, ActionDraft, FollowUpDraft
from paivand.protection.rules.feedback import ANSWER_NAMES, QUESTIONS
from paivand.protection.rules.sectors import SECTOR_NAMES, Sector
from paivand.protection.rules.states import (
    ACTION_NAMES,
    CONTACT_NAMES,
    DOMAIN_HINTS,
    DOMAIN_NAMES,
    GOAL_NAMES,
    NEED_NAMES,
    PROGRESS_NAMES,
    ActionState,
    Contact,
    Domain,
    Goal,
    NeedLevel,
    Progress,
)


class NeedsForm(SealedForm):
    """What is needed, part by part."""

    assessed_on = forms.DateField(label=_("Asked on"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for domain in Domain:
            level: Any = Choice(NEED_NAMES, label=_("How pressing"), widget=forms.RadioSelect)
            level.choices = translated(NEED_NAMES)
            self.fields[f"level_{domain}"] = level
            self.fields[f"note_{domain}"] = forms.CharField(
                label=_("What was said"), required=False, max_length=2000, widget=lines(2)
            )
        if not self.is_bound:
            self.initial.setdefault("assessed_on", today())

    @property
    def groups(self) -> list[dict[str, Any]]:
        """The day, then a part of the form for each part of life."""
        parts = [
            {
                "title": gettext(DOMAIN_NAMES[domain]).capitalize(),
                "note": gettext(DOMAIN_HINTS[domain]),
                "fields": [{"field": self[f"level_{domain}"]}, {"field": self[f"note_{domain}"]}],
            }
            for domain in Domain
        ]
        return [{"title": "", "note": "", "fields": [{"field": self["assessed_on"]}]}, *parts]

    def needs(self) -> dict[Domain, NeedLevel]:
        """The levels of the parts that were talked about."""
        chosen = {domain: self.cleaned_data[f"level_{domain}"] for domain in Domain}
        return {domain: NeedLevel(level) for domain, level in chosen.items() if level}

    def notes(self) -> dict[Domain, str]:
        """What was said."""
        return {domain: self.cleaned_data[f"note_{domain}"] for domain in Domain}


class PlanForm(SealedForm):
    """The safety plan, in her or his words."""

    reviewed_on = forms.DateField(label=_("Gone through on"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for part, question in PLAN_PARTS.items():
            self.fields[part] = forms.CharField(
                label=gettext(question), required=False, max_length=2000, widget=lines(2)
            )

    @property
    def groups(self) -> list[dict[str, Any]]:
        """The questions, then the day."""
        return [
            {"title": "", "note": "", "fields": [{"field": self[part]} for part in PLAN_PARTS]},
            {"title": "", "note": "", "fields": [{"field": self["reviewed_on"]}]},
        ]

    @staticmethod
    def initial_of(plan: SafetyPlan | None) -> dict[str, Any]:
        """The present plan; the day is always today's."""
        return {**(plan.content if plan else {}), "version": plan.version if plan else 0, "reviewed_on": today()}


class ActionForm(SealedForm):
    """One need and what is to be done about it."""

    sector = Choice(SECTOR_NAMES, label=_("Sector"), required=True)
    need = forms.CharField(label=_("What is needed"), max_length=1000, widget=lines(2))
    action = forms.CharField(label=_("What is to be done, and by whom"), max_length=1000, widget=lines(2))
    due_on = forms.DateField(label=_("Until"), required=False)
    consent = forms.ChoiceField(
        label=_("With which organisation"), required=False,
        help_text=_("Only those that she or he agreed to. Empty: we do it ourselves."),
    )  # fmt: skip
    must_report = forms.BooleanField(
        label=_("A duty to report follows from it, and she or he knows it"), required=False
    )

    GROUPS = (("", "", ("sector", "need", "action", "due_on", "consent", "must_report")),)

    def __init__(self, *args: Any, consents: list[SurvivorConsent], **kwargs: Any) -> None:
        """Offer these consents to referrals."""
        super().__init__(*args, **kwargs)
        self.consents = {str(row.pk): row for row in consents}
        self.fields["consent"].choices = [  # type: ignore[attr-defined]
            ("", "—"),
            *((key, f"{gettext(row.get_sector_display())}: {row.organisation}") for key, row in self.consents.items()),
        ]

    @property
    def chosen_consent(self) -> SurvivorConsent | None:
        """The chosen consent."""
        return self.consents.get(self.cleaned_data["consent"])

    def draft(self) -> ActionDraft:
        """The action as typed."""
        clean = self.cleaned_data
        return ActionDraft(
            Sector(clean["sector"]), clean["need"], clean["action"], clean["must_report"], clean["due_on"]
        )


class EndActionForm(SealedForm):
    """That an action was done, or dropped."""

    state = forms.ChoiceField(label=_("What became of it"), widget=forms.RadioSelect)
    done_on = forms.DateField(label=_("On"))
    outcome = forms.CharField(label=_("What came of it"), required=False, max_length=1000, widget=lines(2))
    GROUPS = (("", "", ("state", "done_on", "outcome")),)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ends = {state: name for state, name in ACTION_NAMES.items() if state is not ActionState.PLANNED}
        self.fields["state"].choices = translated(ends)  # type: ignore[attr-defined]
        if not self.is_bound:
            self.initial.setdefault("done_on", today())
            self.initial.setdefault("state", ActionState.DONE)


class FollowUpForm(SealedForm):
    """A contact: how far each goal is, and when one meets again."""

    happened_on = forms.DateField(label=_("On"))
    contact = Choice(CONTACT_NAMES, label=_("How"), required=True)
    note = forms.CharField(label=_("What was said and done"), required=False, max_length=4000, widget=lines(4))
    next_on = forms.DateField(label=_("Next contact"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for goal in Goal:
            self.fields[f"goal_{goal}"] = forms.ChoiceField(
                label=gettext(GOAL_NAMES[goal]).capitalize(), widget=forms.RadioSelect,
                choices=translated(PROGRESS_NAMES),
            )  # fmt: skip
        if not self.is_bound:
            self.initial.setdefault("happened_on", today())

    @property
    def groups(self) -> list[dict[str, Any]]:
        """The contact, the goals, the next contact."""
        return [
            {"title": "", "note": "", "fields": [{"field": self[name]} for name in ("happened_on", "contact")]},
            {
                "title": _("How far each goal is"), "note": "",
                "fields": [{"field": self[f"goal_{goal}"], "inline": True} for goal in Goal],
            },
            {"title": "", "note": "", "fields": [{"field": self[name]} for name in ("note", "next_on")]},
        ]  # fmt: skip

    def draft(self) -> FollowUpDraft:
        """The contact as typed."""
        clean = self.cleaned_data
        return FollowUpDraft(
            clean["happened_on"], Contact(clean["contact"]),
            {goal: Progress(clean[f"goal_{goal}"]) for goal in Goal}, clean["note"], clean["next_on"],
        )  # fmt: skip


class FeedbackForm(forms.Form):
    """The questions about our work. The key of the answers is drawn by lot and tells no time."""

    form_id = forms.UUIDField(widget=forms.HiddenInput)
    district = forms.ChoiceField(label=_("District"))

    def __init__(self, *args: Any, districts: list[Place], **kwargs: Any) -> None:
        """Ask for the district only where there are several."""
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["district"].choices = [(place.code, place.name) for place in districts]
        if len(districts) == 1:
            fields["district"].widget = forms.HiddenInput()
            self.initial.setdefault("district", districts[0].code)
        for key, words in QUESTIONS.items():
            fields[key] = forms.ChoiceField(
                label=gettext(words), required=False, widget=forms.RadioSelect, choices=translated(ANSWER_NAMES)
            )
        if not self.is_bound:
            self.initial.setdefault("form_id", uuid.uuid4())

    @property
    def questions(self) -> list[Any]:
        """The questions in their order."""
        return [self[key] for key in QUESTIONS]

    def answers(self) -> dict[str, str]:
        """What was answered."""
        return {key: self.cleaned_data[key] for key in QUESTIONS if self.cleaned_data[key]}


class ExportForm(forms.Form):
    """Which time, for whom and for what."""

    since = forms.DateField(label=_("Told from"), widget=day_widget())
    until = forms.DateField(label=_("Until"), widget=day_widget())
    reason = forms.CharField(
        label=_("What the file is for, and who receives it"), max_length=300, widget=lines(2),
        help_text=_("It is kept in the audit and written into the file. Name nobody who is helped."),
    )  # fmt: skip
