"""What somebody typed about a round of a selection, and about families on its list."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from paivand.cases.models import SelectionCandidate, SelectionPlace, SelectionRound
from paivand.cases.queries.selection import UNDECIDED, UNTOLD, ListFilters
from paivand.cases.rules.selection import OUTCOME_NAMES, PROPOSED_REASONS, Choice, Outcome, Part
from paivand.cases.rules.selection_codes import Code, codes, reasons
from paivand.core.models import Place, new_id

AS_PROPOSED = "proposed"
_DIGITS = {"dir": "ltr", "inputmode": "numeric"}


def line(**attrs: str) -> forms.TextInput:
    """A line in any script."""
    return forms.TextInput(attrs={"dir": "auto", "autocomplete": "off", **attrs})


def some_lines(rows: int = 3) -> forms.Textarea:
    """A few lines in any script."""
    return forms.Textarea(attrs={"dir": "auto", "rows": rows})


def day_widget() -> forms.DateInput:
    """A day, by the browser's own calendar."""
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def told(listed: Mapping[str, Code]) -> list[tuple[str, str]]:
    """The entries of a list as choices in the reader's language."""
    return [(code, entry.title(get_language() or "en")) for code, entry in listed.items()]


class PlacesForm(forms.Form):
    """For how many families of each jamoat there is help; an empty field leaves the jamoat out."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self, *args: Any, jamoats: Iterable[Place], places: Iterable[SelectionPlace] = (), fixed: bool = False,
        **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        known = {place.jamoat_id: place.quota for place in places}
        self._codes: dict[str, str] = {}
        for jamoat in jamoats:
            if fixed and jamoat.pk not in known:
                continue
            name = f"places_{jamoat.pk}"
            self._codes[name] = jamoat.pk
            self.fields[name] = forms.IntegerField(
                label=jamoat.name, required=fixed, min_value=0, max_value=5000, initial=known.get(jamoat.pk),
                widget=forms.NumberInput(attrs=_DIGITS),
            )  # fmt: skip

    @property
    def jamoats(self) -> list[forms.BoundField]:
        """The fields of the jamoats."""
        return [self[name] for name in self._codes]

    def places(self) -> dict[str, int]:
        """The places of each jamoat that belongs to the round."""
        found = {code: self.cleaned_data.get(name) for name, code in self._codes.items()}
        return {code: quota for code, quota in found.items() if quota is not None}


class RoundForm(PlacesForm):
    """A selection that is begun."""

    round_id = forms.UUIDField(widget=forms.HiddenInput, required=False)
    programme = forms.ChoiceField(label=_("What families are selected for"))
    purpose = forms.CharField(
        label=_("In a few words"), max_length=200, required=False, widget=line(),
        help_text=_("For example: winter 2026, second group. Without names."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["programme"].choices = [("", "—"), *told(codes("programmes"))]  # type: ignore[attr-defined]
        if not self.is_bound:
            self.initial.setdefault("round_id", new_id())

    def clean(self) -> dict[str, Any]:
        clean = super().clean() or self.cleaned_data
        if not self.errors and not self.places():
            self.add_error(None, gettext("Write the number of places of at least one jamoat; 0 where there is none."))
        return clean

    def form_key(self) -> uuid.UUID:
        """The key that makes a second sending of the same form harmless."""
        return self.cleaned_data.get("round_id") or new_id()


class ShareForm(forms.Form):
    """A number of places that is shared between the jamoats by their need."""

    total = forms.IntegerField(
        label=_("Places in all"), min_value=1, max_value=5000, widget=forms.NumberInput(attrs=_DIGITS)
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


class VersionForm(forms.Form):
    """A button that knows what it was pressed on."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


class ReasonForm(VersionForm):
    """Why something ends."""

    reason = forms.CharField(label=_("Why"), max_length=300, widget=line())


class FamilyCodeForm(forms.Form):
    """The code of a family that is not on the list."""

    code = forms.CharField(
        label=_("Code of the family"), max_length=20,
        widget=forms.TextInput(attrs={"dir": "ltr", "autocomplete": "off", "placeholder": "F-000-0013"}),
    )  # fmt: skip


class FilterForm(forms.Form):
    """What narrows the list of a round. Whatever cannot be read is left out, and nothing is complained about."""

    jamoat = forms.ChoiceField(label=_("Jamoat"), required=False)
    decided = forms.ChoiceField(label=_("Decision"), required=False)
    urgent = forms.BooleanField(required=False)

    def __init__(self, *args: Any, chosen: SelectionRound, places: Iterable[SelectionPlace], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["jamoat"].choices = [("", gettext("all jamoats")), *((p.jamoat_id, p.jamoat.name) for p in places)]
        outcomes = [(key.value, gettext(name)) for key, name in OUTCOME_NAMES.items()]
        waiting = (UNTOLD, gettext("not told yet")) if chosen.is_signed else (UNDECIDED, gettext("not decided yet"))
        fields["decided"].choices = [("", gettext("all")), waiting, *outcomes]
        self.full_clean()

    def filters(self, part: Part) -> ListFilters:
        """The filters as typed."""
        clean = self.cleaned_data
        return ListFilters(
            clean.get("jamoat") or "", part, clean.get("decided") or "", urgent=bool(clean.get("urgent"))
        )  # fmt: skip


class DecisionForm(forms.Form):
    """What is decided about one family, and why. Each outcome has reasons of its own."""

    outcome = forms.ChoiceField(label=_("What is decided"), widget=forms.RadioSelect)
    referred_to = forms.ChoiceField(label=_("Where to"), required=False)
    words = forms.CharField(
        label=_("In words"), max_length=500, required=False, widget=some_lines(),
        help_text=_("Needed where the decision departs from the order of need. The family may be told your words."),
    )  # fmt: skip
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, candidate: SelectionCandidate, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["outcome"].choices = [(key.value, gettext(name)) for key, name in OUTCOME_NAMES.items()]
        fields["referred_to"].choices = [("", "—"), *told(codes("elsewhere"))]
        for outcome in Outcome:
            offered = {code: one for code, one in reasons(outcome).items() if code not in _AFTERWARDS}
            fields[f"reason_{outcome}"] = forms.ChoiceField(
                label=_("Why"), required=False, widget=forms.RadioSelect, choices=told(offered)
            )
        self.initial.setdefault("version", candidate.version)
        if candidate.outcome:
            self.initial.update(
                {
                    "outcome": candidate.outcome,
                    f"reason_{candidate.outcome}": candidate.reason_code,
                    "words": candidate.words,
                    "referred_to": candidate.referred_to,
                }
            )
        elif candidate.proposal:
            proposed = Outcome(candidate.proposal)
            self.initial.update({"outcome": proposed, f"reason_{proposed}": PROPOSED_REASONS[proposed]})

    @property
    def reason_fields(self) -> list[tuple[str, forms.BoundField]]:
        """The reasons of each outcome."""
        return [(outcome.value, self[f"reason_{outcome}"]) for outcome in Outcome]

    def clean(self) -> dict[str, Any]:
        clean = super().clean() or self.cleaned_data
        outcome = clean.get("outcome")
        if outcome and not clean.get(f"reason_{outcome}") and f"reason_{outcome}" not in self.errors:
            self.add_error(f"reason_{outcome}", gettext("Choose why it is decided so."))
        return clean

    def choice(self) -> Choice:
        """The decision as typed."""
        clean = self.cleaned_data
        outcome = Outcome(clean["outcome"])
        where = clean["referred_to"] if outcome is Outcome.REFERRED else ""
        return Choice(outcome, clean[f"reason_{outcome}"], clean["words"], where)


_AFTERWARDS = frozenset({"place_freed", "appeal_upheld"})
"""Reasons that the program gives by itself, after a list is signed."""


class ManyForm(forms.Form):
    """One decision about several families of a page: as proposed, or the same for all."""

    what = forms.ChoiceField(label=_("Decide about those ticked"))
    referred_to = forms.ChoiceField(label=_("Where to, if referred"), required=False)
    words = forms.CharField(label=_("In words"), max_length=500, required=False, widget=line())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        grouped = [
            (
                gettext(name),
                [
                    (f"{outcome}:{code}", one.title(get_language() or "en"))
                    for code, one in reasons(outcome).items()
                    if code not in _AFTERWARDS
                ],
            )
            for outcome, name in OUTCOME_NAMES.items()
        ]
        fields: Any = self.fields
        fields["what"].choices = [(AS_PROPOSED, gettext("as proposed")), *grouped]
        fields["referred_to"].choices = [("", "—"), *told(codes("elsewhere"))]

    def choice(self, candidate: SelectionCandidate) -> Choice | None:
        """The decision about one of them; None where nothing is proposed."""
        clean = self.cleaned_data
        if clean["what"] == AS_PROPOSED:
            if not candidate.proposal:
                return None
            proposed = Outcome(candidate.proposal)
            return Choice(proposed, PROPOSED_REASONS[proposed], clean["words"])
        outcome, _colon, reason = clean["what"].partition(":")
        where = clean["referred_to"] if outcome == Outcome.REFERRED else ""
        return Choice(Outcome(outcome), reason, clean["words"], where)


class ToldForm(VersionForm):
    """The day on which a family was told."""

    told_on = forms.DateField(label=_("Told on"), widget=day_widget())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("told_on", timezone.localdate())


class RefusalForm(VersionForm):
    """Why a family does not want it."""

    reason_code = forms.ChoiceField(label=_("Why"), widget=forms.RadioSelect)
    words = forms.CharField(label=_("In words"), max_length=500, required=False, widget=line())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason_code"].choices = told(reasons(Outcome.REFUSED))  # type: ignore[attr-defined]


class FillForm(VersionForm):
    """Why a family of the reserve gets the free place although another comes first."""

    words = forms.CharField(label=_("In words, if another family comes first"), max_length=500, required=False,
                            widget=line())  # fmt: skip
