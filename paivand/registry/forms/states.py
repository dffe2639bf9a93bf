"""What a person typed about who heads a family, and what becomes of its file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from paivand.core.templatetags.paivand import apart
from paivand.registry.forms.families import translated
from paivand.registry.forms.particulars import NOT_SAID, day_widget
from paivand.registry.models import FamilyMember
from paivand.registry.rules import RELATION_NAMES, Relation
from paivand.registry.rules.families import STATE_NAMES, FamilyState, may_become


class HeadForm(forms.Form):
    """Which member becomes the head, and what the old head is to the new one."""

    member = forms.ChoiceField(label=_("New head of the family"), widget=forms.RadioSelect)
    former = forms.ChoiceField(label=_("What the old head is to the new one"))
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, members: Sequence[FamilyMember], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._members = {str(row.pk): row for row in members if row.relation != Relation.HEAD and row.shown}  # type: ignore[attr-defined]
        self.fields["member"].choices = [  # type: ignore[attr-defined]
            (key, f"{apart(row.shown.full_name)} · {row.relation_name}")  # type: ignore[attr-defined]
            for key, row in self._members.items()
        ]
        others = {key: name for key, name in RELATION_NAMES.items() if key is not Relation.HEAD}
        self.fields["former"].choices = [*NOT_SAID, *translated(others)]  # type: ignore[attr-defined]

    def chosen(self) -> FamilyMember:
        """The chosen member."""
        return self._members[self.cleaned_data["member"]]

    def place_of_former(self) -> Relation:
        """What the old head is to the new one."""
        return Relation(self.cleaned_data["former"])


class StateForm(forms.Form):
    """What has become of a family's file, since when and why."""

    state = forms.ChoiceField(label=_("What happened"), widget=forms.RadioSelect)
    on = forms.DateField(label=_("Since"), widget=day_widget())
    reason = forms.CharField(label=_("Reason"), max_length=300, widget=forms.TextInput(attrs={"dir": "auto"}))
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, state: FamilyState, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ways = {key: name for key, name in STATE_NAMES.items() if may_become(state, key)}
        if state is not FamilyState.ACTIVE:
            ways = {key: gettext("The family is with us again: open the file") for key in ways}
        self.fields["state"].choices = translated(ways)  # type: ignore[attr-defined]
        if len(ways) == 1:
            self.initial.setdefault("state", str(next(iter(ways))))
        self.initial.setdefault("on", timezone.localdate())
