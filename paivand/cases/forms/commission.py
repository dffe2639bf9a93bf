"""What somebody typed about a commission, its signatures, appeals, and the second look at a sample."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from paivand.access.models import User
from paivand.cases.actions.appeals import Verdict
from paivand.cases.actions.selection_review import MOST_REVISITS, Look
from paivand.cases.forms.selection import VersionForm, day_widget, line, some_lines, told
from paivand.cases.models import SelectionRevisit, SelectionSeat
from paivand.cases.rules.selection import (
    APPEALED_TO,
    CONFLICT_NAMES,
    HOW_NAMES,
    OUTCOME_NAMES,
    AppealState,
    ConflictKind,
    Finding,
    Group,
    How,
    Outcome,
)
from paivand.cases.rules.selection_codes import codes
from paivand.core.models import new_id


class _Functions(forms.Form):
    function = forms.ChoiceField(label=_("As what"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["function"].choices = [("", "—"), *told(codes("functions"))]  # type: ignore[attr-defined]


class SeatForm(_Functions):
    """As what a signer sits down."""


class OfferForm(_Functions):
    """The colleague to whom a seat is offered."""

    seat_id = forms.UUIDField(widget=forms.HiddenInput, required=False)
    user: forms.ModelChoiceField[User] = forms.ModelChoiceField(None, label=_("Colleague"), empty_label="—")

    field_order = ["seat_id", "user", "function"]

    def __init__(self, *args: Any, colleagues: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["user"].queryset = colleagues
        fields["user"].label_from_instance = lambda user: user.full_name
        if not self.is_bound:
            self.initial.setdefault("seat_id", new_id())

    def form_key(self) -> uuid.UUID:
        """The key that makes a second sending of the same form harmless."""
        return self.cleaned_data.get("seat_id") or new_id()


class OutsideForm(_Functions):
    """A member from outside, by function and organisation."""

    seat_id = forms.UUIDField(widget=forms.HiddenInput, required=False)
    organisation = forms.CharField(
        label=_("Organisation"), max_length=120, widget=line(), help_text=_("For example: Jamoat Zarbdor. No names.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.is_bound:
            self.initial.setdefault("seat_id", new_id())

    def form_key(self) -> uuid.UUID:
        """The key that makes a second sending of the same form harmless."""
        return self.cleaned_data.get("seat_id") or new_id()


class AsideForm(forms.Form):
    """Who steps aside from a family, and why."""

    seat = forms.ChoiceField(label=_("Who"))
    kind = forms.ChoiceField(label=_("What ties her or him to the family"), widget=forms.RadioSelect)
    words = forms.CharField(label=_("In words"), max_length=300, required=False, widget=line())

    def __init__(self, *args: Any, seats: list[SelectionSeat], by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = [(str(one.pk), gettext("I myself")) for one in seats if one.user_id == by.pk and one.is_taken]
        heard = [
            (str(one.pk), f"{one.organisation} · {one.function_name}")
            for one in seats
            if not one.is_signer and one.is_taken
        ]
        fields: Any = self.fields
        fields["seat"].choices = own + heard
        fields["kind"].choices = [(key.value, gettext(name)) for key, name in CONFLICT_NAMES.items()]

    def tie(self) -> ConflictKind:
        """What ties them."""
        return ConflictKind(self.cleaned_data["kind"])


class SignForm(forms.Form):
    """The fingerprint of the list that the signer was shown, and that she stands for it."""

    list_hash = forms.CharField(widget=forms.HiddenInput, max_length=64)
    stands = forms.BooleanField(
        label=_("I have read the whole list and stand for it, apart from the families I stepped aside from.")
    )


class ConcludeForm(VersionForm):
    """That the signed list becomes the decision."""

    leave_unassessed = forms.BooleanField(
        label=_("Families that nobody assessed stay without a decision, and are assessed for the next selection."),
        required=False,
    )


class CloseForm(VersionForm):
    """Why some families could not be told."""

    reason = forms.CharField(
        label=_("Why some families could not be told"), max_length=300, required=False, widget=line()
    )


class AppealForm(forms.Form):
    """An appeal as it is brought."""

    appeal_id = forms.UUIDField(widget=forms.HiddenInput, required=False)
    code = forms.CharField(
        label=_("Code of the family"), max_length=20,
        help_text=_("A family that was forgotten may appeal too."),
        widget=forms.TextInput(attrs={"dir": "ltr", "autocomplete": "off", "placeholder": "F-000-0013"}),
    )  # fmt: skip
    brought_by = forms.ChoiceField(label=_("Who brings it"), widget=forms.RadioSelect)
    brought_on = forms.DateField(label=_("Brought on"), widget=day_widget())
    words = forms.CharField(
        label=_("What they say"), max_length=1000, widget=some_lines(4), help_text=_("In their own words.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["brought_by"].choices = told(codes("brought_by"))  # type: ignore[attr-defined]
        self.initial.setdefault("brought_on", timezone.localdate())
        if not self.is_bound:
            self.initial.setdefault("appeal_id", new_id())

    def form_key(self) -> uuid.UUID:
        """The key that makes a second sending of the same form harmless."""
        return self.cleaned_data.get("appeal_id") or new_id()


class VerdictForm(VersionForm):
    """What is decided about an appeal."""

    state = forms.ChoiceField(label=_("What is decided"), widget=forms.RadioSelect)
    moved_to = forms.ChoiceField(
        label=_("Where the family stands from now on"), required=False, widget=forms.RadioSelect
    )
    beyond_quota = forms.BooleanField(label=_("The family comes in addition to the places"), required=False)
    answer = forms.CharField(
        label=_("Why"), max_length=1000, widget=some_lines(4), help_text=_("The family is told your words.")
    )
    why_same_person = forms.CharField(
        label=_("Why nobody else can decide"), max_length=300, required=False, widget=line()
    )

    def __init__(self, *args: Any, signer: bool, full: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["state"].choices = [
            (AppealState.UPHELD, gettext("The family is right: upheld")),
            (AppealState.REJECTED, gettext("The decision stands: rejected")),
        ]
        fields["moved_to"].choices = [(outcome.value, gettext(OUTCOME_NAMES[outcome])) for outcome in APPEALED_TO]
        if not signer:
            del self.fields["why_same_person"]
        if not full:
            del self.fields["beyond_quota"]

    def verdict(self) -> Verdict:
        """The verdict as typed."""
        clean = self.cleaned_data
        upheld = clean["state"] == AppealState.UPHELD
        moved_to = Outcome(clean["moved_to"]) if upheld and clean["moved_to"] else None
        return Verdict(
            upheld, clean["answer"], moved_to, clean.get("why_same_person", ""), clean.get("beyond_quota", False)
        )  # fmt: skip


class SampleForm(forms.Form):
    """At most how many families of each group can be visited."""

    most = forms.IntegerField(
        label=_("At most so many of each group"), min_value=1, max_value=MOST_REVISITS, required=False,
        widget=forms.NumberInput(attrs={"dir": "ltr", "inputmode": "numeric"}),
        help_text=_("Leave it empty to take as many as the formula asks for."),
    )  # fmt: skip


class LookForm(VersionForm):
    """What the second look at a family found."""

    finding = forms.ChoiceField(label=_("What you found"), widget=forms.RadioSelect)
    how = forms.ChoiceField(label=_("How you looked"), widget=forms.RadioSelect, initial=How.HOME_VISIT)
    found_on = forms.DateField(label=_("Day"), widget=day_widget())
    words = forms.CharField(
        label=_("In words"), max_length=500, required=False, widget=some_lines(),
        help_text=_("What shows it, without names."),
    )  # fmt: skip

    def __init__(self, *args: Any, revisit: SelectionRevisit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        selected = revisit.group == Group.SELECTED
        fields["finding"].choices = [
            (Finding.RIGHT, gettext("rightly selected") if selected else gettext("rightly not selected")),
            (Finding.WRONG, gettext("should not have been selected") if selected
             else gettext("should have been selected")),
            (Finding.NOT_FOUND, gettext("the family was not found")),
        ]  # fmt: skip
        fields["how"].choices = [(key.value, gettext(name)) for key, name in HOW_NAMES.items()]
        self.initial.setdefault("version", revisit.version)
        self.initial.setdefault("found_on", revisit.found_on or timezone.localdate())
        if revisit.finding:
            self.initial.update({"finding": revisit.finding, "how": revisit.how, "words": revisit.words})

    def look(self) -> Look:
        """The look as typed."""
        clean = self.cleaned_data
        return Look(Finding(clean["finding"]), How(clean["how"]), clean["found_on"], clean["words"])
