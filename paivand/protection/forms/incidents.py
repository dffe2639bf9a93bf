"""What happened: the tree of questions in its order, the context beside it, and what became of each sector."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from paivand.core.models import Place
from paivand.protection.forms.fields import NO, YES, Choice, SealedForm, YesOrNo, answer, chosen, lines, today
from paivand.protection.models import Incident
from paivand.protection.rules import people
from paivand.protection.rules.drafts import INCIDENT_MAY_DECLINE, IncidentDraft
from paivand.protection.rules.sectors import INCIDENT_SECTORS, SECTOR_NAMES, SERVICE_ANSWER_NAMES
from paivand.protection.rules.violence import (
    ABDUCTION_NAMES,
    GENDER_BASED,
    HARMFUL_PRACTICE_NAMES,
    REPORTED_NAMES,
    TREE,
    HarmfulPractice,
    ReportedElsewhere,
    Violence,
    answers_of,
    classified,
)

_YES_OR_NO = {YES: _("yes"), NO: _("no")}
_BOOLEANS = ("told_by_survivor", "goods_exchanged", "previous_incidents", "perpetrator_before", "legal_action")
_CODES = (
    "abduction", "migration_stage", "day_time", "place_kind", "n_perpetrators", "perpetrator_sex", "perpetrator_age",
    "perpetrator_tie", "perpetrator_occupation",
)  # fmt: skip


class IncidentForm(SealedForm):
    """One incident."""

    reported_on = forms.DateField(label=_("Told to us on"))
    incident_on = forms.DateField(label=_("Happened on"), required=False)
    day_is_estimate = forms.BooleanField(label=_("The day is an estimate"), required=False)
    told_by_survivor = YesOrNo(label=_("The survivor tells it"))
    place = forms.ChoiceField(label=_("District where it happened"), required=False)
    place_kind = Choice(people.PLACE_KIND_NAMES, label=_("Kind of place"), may_decline=True)
    day_time = Choice(people.DAY_TIME_NAMES, label=_("Time of day"), may_decline=True)
    migration_stage = Choice(people.STAGE_NAMES, label=_("Stage of migration"), may_decline=True)
    harmful_practice = Choice(HARMFUL_PRACTICE_NAMES, label=_("A practice that tradition excuses"), may_decline=True)
    goods_exchanged = YesOrNo(label=_("Money, goods or favours were exchanged"))
    abduction = Choice(ABDUCTION_NAMES, label=_("Taken away"), may_decline=True)
    previous_incidents = YesOrNo(label=_("Something like it happened before"))
    reported_elsewhere = Choice(
        REPORTED_NAMES, label=_("Told to an organisation before"), required=True,
        help_text=_("So that it is not counted twice."),
    )  # fmt: skip
    n_perpetrators = Choice(people.HOW_MANY_NAMES, label=_("How many did it"), may_decline=True)
    perpetrator_sex = Choice(people.PERPETRATOR_SEX_NAMES, label=_("Sex"), may_decline=True)
    perpetrator_age = Choice(people.PERPETRATOR_AGE_NAMES, label=_("Age"), may_decline=True)
    perpetrator_tie = Choice(people.TIE_NAMES, label=_("Who it is to the survivor"), may_decline=True)
    perpetrator_occupation = Choice(people.OCCUPATION_NAMES, label=_("Occupation"), may_decline=True)
    perpetrator_before = YesOrNo(label=_("The same person did it before"))
    account = forms.CharField(
        label=_("In the survivor's words"), required=False, max_length=8000, widget=lines(6),
        help_text=_("Only what helps to help. It is sealed and leaves the program by no way. Name nobody who did it."),
    )  # fmt: skip
    legal_action = YesOrNo(label=_("Wants legal action"))

    TICKS = ("incident_on", "account")
    GROUPS = (
        (
            _("When and where"), "",
            ("reported_on", "told_by_survivor", "incident_on", "day_is_estimate", "day_time", "place", "place_kind",
             "migration_stage"),
        ),
        (
            _("What else is true of it"), _("Context makes no other type."),
            ("harmful_practice", "goods_exchanged", "abduction", "previous_incidents", "reported_elsewhere"),
        ),
        (
            _("Who did it"), _("No name, no address, nothing by which somebody is found."),
            ("n_perpetrators", "perpetrator_tie", "perpetrator_sex", "perpetrator_age", "perpetrator_occupation",
             "perpetrator_before"),
        ),
        (_("What was told"), "", ("account",)),
    )  # fmt: skip

    def __init__(self, *args: Any, districts: list[Place], **kwargs: Any) -> None:
        """Offer these districts as the place where it happened."""
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        for step in TREE:
            fields[f"tree_{step.key}"] = forms.ChoiceField(
                label=gettext(step.words), help_text=gettext(step.note), required=False, widget=forms.RadioSelect,
                choices=list(_YES_OR_NO.items()),
            )  # fmt: skip
        fields[f"tree_{GENDER_BASED}"] = forms.ChoiceField(
            label=gettext("Is it violence because of her or his sex, or because of what is expected of women or men?"),
            help_text=gettext("Yes: go through the six questions once more."), required=False,
            widget=forms.RadioSelect, choices=list(_YES_OR_NO.items()),
        )  # fmt: skip
        for sector in INCIDENT_SECTORS:
            fields[f"sector_{sector}"] = Choice(SERVICE_ANSWER_NAMES, label=gettext(SECTOR_NAMES[sector]).capitalize())
            fields[f"sector_{sector}"].choices = fields[f"sector_{sector}"].in_words()
        fields["place"].choices = [("", gettext("— not asked")), *((place.code, place.name) for place in districts)]
        if not self.is_bound:
            self.initial.setdefault("reported_on", today())

    @property
    def tree(self) -> list[Any]:
        """The questions of the tree in their order, with the last one."""
        return [self[f"tree_{key}"] for key in (*(step.key for step in TREE), GENDER_BASED)]

    @property
    def sectors(self) -> list[Any]:
        """What became of each sector."""
        return [self[f"sector_{sector}"] for sector in INCIDENT_SECTORS]

    @staticmethod
    def initial_of(incident: Incident) -> dict[str, Any]:
        """The present values of an incident; the answers of the tree are those that lead to its type."""
        plain = ("reported_on", "incident_on", "day_is_estimate", "harmful_practice", "reported_elsewhere", "account",
                 "version", *_CODES)  # fmt: skip
        initial: dict[str, Any] = {name: getattr(incident, name) for name in plain}
        initial |= {name: chosen(getattr(incident, name)) for name in _BOOLEANS}
        initial |= {f"tree_{key}": chosen(value) for key, value in answers_of(incident.violence).items()}
        initial |= {f"sector_{sector}": value for sector, value in incident.services.items()}
        initial["place"] = incident.place_id or ""
        return SealedForm.with_declined(initial, incident.declined, IncidentForm.TICKS)

    def clean(self) -> dict[str, Any]:
        clean: dict[str, Any] = super().clean() or {}
        answers = {key: answer(clean.get(f"tree_{key}", "")) for key in (*(step.key for step in TREE), GENDER_BASED)}
        violence = classified(answers)
        if violence is None:
            again = answers.get(GENDER_BASED) is True and not any(answers[step.key] for step in TREE)
            self.add_error(
                next((f"tree_{step.key}" for step in TREE if answers[step.key] is None), f"tree_{GENDER_BASED}"),
                gettext("It is gender-based violence, so one of the six applies. Go through them once more.")
                if again
                else gettext("Answer the questions one after another until the first yes."),
            )
        clean["violence"] = violence
        return clean

    def draft(self) -> IncidentDraft:
        """The incident as typed."""
        clean = self.cleaned_data
        practice = self.told("harmful_practice")
        services = {str(sector): clean[f"sector_{sector}"] for sector in INCIDENT_SECTORS}
        told: dict[str, Any] = {name: answer(clean[name]) for name in _BOOLEANS}
        told |= {name: self.told(name) for name in _CODES}
        return IncidentDraft(
            reported_on=clean["reported_on"], violence=Violence(clean["violence"]), incident_on=clean["incident_on"],
            day_is_estimate=clean["day_is_estimate"],
            harmful_practice=HarmfulPractice(practice) if practice else None,
            reported_elsewhere=ReportedElsewhere(clean["reported_elsewhere"]), place_id=clean["place"] or None,
            account=clean["account"], **told,
            services={sector: value for sector, value in services.items() if value},
            declined=self.declined(INCIDENT_MAY_DECLINE),
        )  # fmt: skip
