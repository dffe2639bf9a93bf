"""What a person typed about help that reached members of a family, or that is taken back."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from paivand.core.models import Place, new_id
from paivand.registry.actions.journey import Help
from paivand.registry.models import Family, JourneyStep, Person
from paivand.registry.queries.journey import places_of_help
from paivand.registry.rules.catalogue import COMPLETED, outcome_title, services


class HelpForm(forms.Form):
    """Help that reached one or several members: what, whom, when, where, how much, and how it came out."""

    form_id = forms.UUIDField(widget=forms.HiddenInput)
    service = forms.ChoiceField(label=_("What help"), widget=forms.RadioSelect)
    people = forms.MultipleChoiceField(label=_("Whom it reached"), widget=forms.CheckboxSelectMultiple)
    happened_on = forms.DateField(label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    place: forms.ModelChoiceField[Place] = forms.ModelChoiceField(None, label=_("Where"), empty_label=None)
    quantity = forms.DecimalField(
        label=_("How much"), min_value=Decimal("0.01"), max_digits=8, decimal_places=2, initial=1,
        help_text=_("In visits or talks; 1 is the rule."),
        widget=forms.NumberInput(attrs={"dir": "ltr", "inputmode": "decimal", "step": "any"}),
    )  # fmt: skip
    outcome = forms.ChoiceField(label=_("How it came out"), widget=forms.RadioSelect, initial=COMPLETED)

    def __init__(self, *args: Any, family: Family, members: Sequence[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = get_language() or "en"
        offered = [service for service in services().values() if service.by_hand]
        outcomes = dict.fromkeys(outcome for service in offered for outcome in service.outcomes)
        fields: Any = self.fields
        fields["service"].choices = [(service.code, service.title(language)) for service in offered]
        fields["outcome"].choices = [(code, outcome_title(code, language)) for code in outcomes]
        fields["people"].choices = [(str(person.pk), person.full_name) for person in members]
        fields["place"].queryset = places_of_help(family)
        fields["place"].label_from_instance = lambda place: place.name
        self._people = {str(person.pk): person for person in members}
        self.initial.setdefault("form_id", new_id())
        self.initial.setdefault("happened_on", timezone.localdate())
        self.initial.setdefault("place", family.jamoat_id)
        if len(members) == 1:
            self.initial.setdefault("people", list(self._people))

    def chosen(self) -> list[Person]:
        """The members that are ticked."""
        return [self._people[key] for key in self.cleaned_data["people"]]

    def given(self) -> Help:
        """The help as typed."""
        clean = self.cleaned_data
        return Help(clean["service"], clean["outcome"], clean["happened_on"], clean["place"], clean["quantity"])

    def form_key(self) -> uuid.UUID:
        """The key that makes a second sending of the same form harmless."""
        key: uuid.UUID = self.cleaned_data["form_id"]
        return key


class ReversalForm(forms.Form):
    """For whom a step is wrong, and why."""

    steps = forms.MultipleChoiceField(label=_("For whom it is wrong"), widget=forms.CheckboxSelectMultiple)
    reason = forms.CharField(
        label=_("Why it is wrong"), max_length=300, widget=forms.TextInput(attrs={"dir": "auto"}),
        help_text=_("In a few words and without names."),
    )  # fmt: skip

    def __init__(self, *args: Any, steps: Sequence[tuple[JourneyStep, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["steps"].choices = [(str(step.pk), name) for step, name in steps]  # type: ignore[attr-defined]
        self._steps = {str(step.pk): step for step, _name in steps}
        self.initial.setdefault("steps", list(self._steps))

    def chosen(self) -> list[JourneyStep]:
        """The steps that are ticked."""
        return [self._steps[key] for key in self.cleaned_data["steps"]]
