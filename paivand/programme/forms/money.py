"""What somebody types about a budget and about spending."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from paivand.access.forms.fields import NOT_SAID, day, line, translated
from paivand.core.rules.amounts import write_amount
from paivand.core.rules.errors import Refused
from paivand.core.rules.uploads import UNFIT_NAMES, Unfit, file_kinds
from paivand.programme.forms.fields import NO_NAMES, AmountField, PlanForm, RateField
from paivand.programme.rules.budget import ShareDraft
from paivand.programme.rules.categories import Scheme
from paivand.programme.rules.spending import CURRENCIES, SPENDING_KIND_NAMES, SpendingDraft, SpendingKind

INDIRECT = "indirect"
"""What the list of outputs offers for the indirect cost, which belongs to none."""


class TotalForm(PlanForm):
    """What the sum of a draft must be."""

    total = AmountField(label=_("Budget of the programme"))


class AdoptForm(PlanForm):
    """From when a budget holds, and why it was revised."""

    on = day(_("Holds from"))
    reason = line(_("Why the budget is revised"), longest=500, required=False, help_text=NO_NAMES)

    def __init__(self, *args: Any, is_revision: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_revision:
            del self.fields["reason"]


class ShareForm(PlanForm):
    """The grid of one agency: outputs down, categories across, and the indirect cost."""

    indirect = AmountField(
        label=_("Indirect support costs"), required=False,
        help_text=_("Leave it empty to have it worked out from the direct costs."),
    )  # fmt: skip
    anyway = forms.BooleanField(
        label=_("Save it as it stands; the sums are put right before the budget is adopted."), required=False
    )

    def __init__(
        self, *args: Any, outputs: Sequence[tuple[str, str]], scheme: Scheme, share: ShareDraft | None, **kwargs: Any
    ) -> None:  # fmt: skip
        self.scheme = scheme
        self.outputs = outputs
        initial = kwargs.setdefault("initial", {})
        lines: Mapping[tuple[str, str], Decimal] = share.lines if share else {}
        for (output, category), amount in lines.items():
            initial[cell(output, category)] = write_amount(amount)
        if share:
            initial["indirect"] = write_amount(share.indirect)
        super().__init__(*args, **kwargs)
        language = get_language() or "en"
        for code, _title in outputs:
            for one in scheme.direct:
                label = f"{code} · {one.title(language)}"
                self.fields[cell(code, one.code)] = AmountField(label=label, required=False)

    def rows(self) -> list[tuple[str, str, list[tuple[str, Any]]]]:
        """Each output: its code, its title, and its fields with the names of their categories."""
        language = get_language() or "en"
        return [
            (code, title, [(one.title(language), self[cell(code, one.code)]) for one in self.scheme.direct])
            for code, title in self.outputs
        ]

    def add_refusal(self, refused: Refused) -> None:
        """Put a refusal on its field, or on the form."""
        field = refused.field if refused.field in self.fields else None
        self.add_error(field, forms.ValidationError(refused.message, code=refused.code))

    def share(self, agency_id: uuid.UUID) -> ShareDraft:
        """The grid as typed; nothing and zero make no line."""
        lines = {}
        for output, _title in self.outputs:
            for category in self.scheme.direct:
                amount = self.cleaned_data.get(cell(output, category.code))
                if amount:
                    lines[output, category.code] = amount
        indirect = self.cleaned_data["indirect"]
        if indirect is None:
            indirect = self.scheme.indirect_of(sum(lines.values(), Decimal(0)))
        return ShareDraft(agency_id, lines, indirect)


def cell(output: str, category: str) -> str:
    """The name of a field of the grid."""
    return f"{category}_{output.replace('.', '_')}"


class SpendingForm(PlanForm):
    """What was spent or promised."""

    agency = forms.ChoiceField(label=_("Agency"))
    kind = forms.ChoiceField(
        label=_("Kind"), widget=forms.RadioSelect, initial=SpendingKind.EXPENDITURE,
        help_text=_("A commitment is a contract or an order that is not paid yet. Take it back once it is."),
    )  # fmt: skip
    output = forms.ChoiceField(label=_("Output"))
    activity = forms.ChoiceField(label=_("Activity"), required=False)
    category = forms.ChoiceField(label=_("Category"))
    spent_on = day(_("Date"))
    amount = AmountField(label=_("Amount"))
    currency = forms.ChoiceField(label=_("Currency"), choices=[(one, one) for one in CURRENCIES])
    rate = RateField(
        label=_("Rate"), required=False,
        help_text=_("What one unit was worth in the programme's currency. Empty: the table of rates."),
    )  # fmt: skip
    rate_source = line(_("Source of the rate"), longest=200, required=False)
    description = line(_("For what"), help_text=NO_NAMES)
    file = forms.FileField(
        label=_("Evidence"), required=False, widget=forms.FileInput(), allow_empty_file=True,
        help_text=_("Invoice, receipt or contract: a photograph, a PDF or a text, at most 10 MB."),
    )  # fmt: skip

    sections = (
        ("", ("agency", "kind", "output", "activity", "category"), True),
        (_("Amount"), ("spent_on", "amount", "currency"), True),
        (_("Another rate than that of the table"), ("rate", "rate_source"), False),
        (_("Evidence"), ("description", "file"), True),
    )

    def __init__(
        self, *args: Any, agencies: Iterable[tuple[uuid.UUID, str]], outputs: Iterable[tuple[str, str]],
        activities: Iterable[tuple[str, str]], scheme: Scheme, too_large: bool = False, **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        language = get_language() or "en"
        self.scheme = scheme
        self._too_large = too_large
        offered = [(str(key), name) for key, name in agencies]
        self.offer("agency", offered if len(offered) == 1 else [*NOT_SAID, *offered])
        self.offer("kind", translated(SPENDING_KIND_NAMES))
        self.offer("output", [*NOT_SAID, *outputs, (INDIRECT, gettext("none: indirect support costs"))])
        self.offer("activity", [*NOT_SAID, *activities])
        self.offer("category", [*NOT_SAID, *((one.code, one.title(language)) for one in scheme.direct)])
        self.fields["category"].required = False
        accepts = [kind.media_type for kind in file_kinds().values()]
        self.fields["file"].widget.attrs["accept"] = ",".join([*accepts, ".docx", ".odt"])

    def clean(self) -> dict[str, Any]:
        clean: dict[str, Any] = super().clean() or self.cleaned_data
        if self._too_large:
            self.errors.pop("file", None)
            self.add_error("file", forms.ValidationError(gettext(UNFIT_NAMES[Unfit.TOO_LARGE]), code="too_large"))
        if clean.get("output") == INDIRECT and clean.get("category"):
            self.add_error(
                "category", gettext("Indirect support costs have a category of their own. Leave this empty.")
            )
        elif clean.get("output") not in {None, INDIRECT} and not clean.get("category"):
            self.add_error("category", gettext("Choose the category from the list."))
        return clean

    def draft(self) -> SpendingDraft:
        """The spending as typed."""
        clean = self.cleaned_data
        indirect = clean["output"] == INDIRECT
        return SpendingDraft(
            agency_id=uuid.UUID(clean["agency"]), output="" if indirect else clean["output"],
            category=self.scheme.indirect.code if indirect else clean["category"],
            kind=SpendingKind(clean["kind"]), spent_on=clean["spent_on"], amount=clean["amount"],
            currency=clean["currency"], description=clean["description"], activity=clean["activity"],
            rate=clean["rate"], rate_source=clean["rate_source"],
        )  # fmt: skip


class TakeBackForm(PlanForm):
    """Why an entry is taken back."""

    why = line(_("Why it is taken back"), help_text=NO_NAMES)
