"""What somebody types about outcomes, outputs, activities, progress and milestones."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from paivand.access.forms.fields import NOT_SAID, day, line
from paivand.core.rules.amounts import write_amount
from paivand.core.rules.journey_codes import services
from paivand.programme.forms.fields import NO_NAMES, PlanForm, TitledForm, code_field, in_languages, lines
from paivand.programme.models import Activity, Milestone, Outcome, Output
from paivand.programme.rules.plan import Level, MilestoneDraft, PartDraft, ProgressDraft


class PartForm(TitledForm):
    """An outcome, an output or an activity: the fields of other levels are left out."""

    code = code_field(_("Code"), max_length=8)
    agency = forms.ChoiceField(label=_("Who answers for it"))
    starts_on = day(_("Planned first day"))
    ends_on = day(_("Planned last day"))
    why = line(
        _("Why the days change"), required=False, help_text=_("Needed when the days of a running programme change.")
    )
    services = forms.MultipleChoiceField(
        label=_("Services of the journey that it delivers"), required=False, widget=forms.CheckboxSelectMultiple(),
        help_text=_("Figures of results are counted from these."),
    )  # fmt: skip
    gender_share = forms.DecimalField(
        label=_("Per cent of its budget for gender equality"), required=False, min_value=0, max_value=100,
        decimal_places=2,
    )  # fmt: skip
    assumption = lines(_("Assumption"), required=False, help_text=_("What must hold for it to succeed."))
    risk = lines(_("Risk"), required=False, help_text=NO_NAMES)

    sections = (
        ("", ("code", "title_en", "agency", "starts_on", "ends_on", "why", "gender_share"), True),
        TitledForm.OTHER_TITLES,
        (_("Assumption and risk"), ("assumption", "risk"), False),
        (_("Services"), ("services",), False),
    )

    def __init__(
        self, *args: Any, level: Level, agencies: Iterable[tuple[uuid.UUID, str]] = (), is_new: bool, **kwargs: Any
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        language = get_language() or "en"
        self.offer("agency", [*NOT_SAID, *((str(key), name) for key, name in agencies)])
        self.offer("services", [(one.code, f"{one.title(language)} · {one.code}") for one in services().values()])
        leave = {
            Level.OUTCOME: ("agency", "services", "gender_share", "starts_on", "ends_on", "why"),
            Level.OUTPUT: ("starts_on", "ends_on", "why"),
            Level.ACTIVITY: ("gender_share",),
        }[level]
        for name in (*leave, *(("why",) if is_new else ("code",))):
            self.fields.pop(name, None)

    def draft(self, code: str = "") -> PartDraft:
        """The part as typed."""
        clean = self.cleaned_data
        return PartDraft(
            code=(clean.get("code") or code).strip(), titles=self.titles(),
            agency_id=uuid.UUID(clean["agency"]) if clean.get("agency") else None,
            services=tuple(clean.get("services") or ()), assumption=clean["assumption"], risk=clean["risk"],
            gender_share=clean.get("gender_share"), starts_on=clean.get("starts_on"), ends_on=clean.get("ends_on"),
        )  # fmt: skip

    @staticmethod
    def initial_of(row: Outcome | Output | Activity) -> dict[str, Any]:
        """The values of a part."""
        found = {"version": row.version, "assumption": row.assumption, "risk": row.risk, **in_languages(row.titles)}
        if isinstance(row, Outcome):
            return found
        found |= {"agency": row.agency_id, "services": row.services}
        if isinstance(row, Output):
            return {**found, "gender_share": "" if row.gender_share is None else write_amount(row.gender_share)}
        return {**found, "starts_on": row.starts_on, "ends_on": row.ends_on}


class ProgressForm(PlanForm):
    """How far an activity is."""

    percent = forms.IntegerField(label=_("Progress in per cent"), min_value=0, max_value=100)
    noted_on = day(_("As of"))
    note = line(_("Note"), longest=500, required=False, help_text=NO_NAMES)

    def draft(self) -> ProgressDraft:
        """The progress as typed."""
        clean = self.cleaned_data
        return ProgressDraft(clean["percent"], clean["noted_on"], clean["note"])


class TurnForm(PlanForm):
    """The day on which an activity began, was finished, or was cancelled."""

    on = day(_("On"))


class RemoveForm(PlanForm):
    """The word of who deletes something that it is meant so."""

    sure = forms.BooleanField(label=_("It was written by mistake and is deleted for good"))


class MilestoneForm(TitledForm):
    """Something that is reached by a day."""

    due_on = day(_("Due on"))
    reached_on = day(_("Reached on"), required=False)

    sections = (("", ("title_en", "due_on", "reached_on"), True), TitledForm.OTHER_TITLES)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["title_en"].label = gettext("What is reached, in English")

    def draft(self) -> MilestoneDraft:
        """The milestone as typed."""
        return MilestoneDraft(self.titles(), self.cleaned_data["due_on"], self.cleaned_data["reached_on"])

    @staticmethod
    def initial_of(row: Milestone) -> dict[str, Any]:
        """The values of a milestone."""
        return {
            "version": row.version, "due_on": row.due_on, "reached_on": row.reached_on, **in_languages(row.titles),
        }  # fmt: skip
