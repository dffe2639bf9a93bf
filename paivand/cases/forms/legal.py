"""What a person typed about a legal matter, one of its steps, and how it came out."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from paivand.access.forms.fields import NOT_SAID, RecordForm, day, line, lines, translated
from paivand.cases.actions.legal import MatterDraft, StepDraft
from paivand.cases.models import LegalMatter, LegalStep
from paivand.cases.rules.legal import STEP_STATE_NAMES, MatterKind, StepState

Choices = Sequence[tuple[str, str]]


class MatterForm(RecordForm):
    """A matter of one kind: for whom, what she wants, who decides, and which referral does the work.

    Of a ``matter`` that was begun, whom it concerns and since when stay as they are.
    """

    person = forms.ChoiceField(label=_("Whom it concerns"), widget=forms.RadioSelect)
    opened_on = day(_("Begun on"))
    wish = lines(_("What the person wants"), rows=3, help_text=_("In her own words, as far as she says it."))
    body = forms.ChoiceField(label=_("Who decides"), required=False)
    referral = forms.ChoiceField(label=_("Referral that does the work"), required=False)
    reason = line(_("Why it is corrected"), required=False, help_text=_("In a few words and without names."))

    def __init__(
        self, *args: Any, kind: MatterKind, people: Choices = (), referrals: Choices = (),
        matter: LegalMatter | None = None, **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        language = get_language() or "en"
        self._kind, self._matter = kind, matter
        self.offer("person", people)
        self.offer("body", [*NOT_SAID, *((body.code, body.title(language)) for body in kind.bodies)])
        self.offer("referral", [*NOT_SAID, *referrals])
        self.initial.setdefault("opened_on", timezone.localdate())
        if len(people) == 1:
            self.initial.setdefault("person", people[0][0])
        if matter:
            del self.fields["person"], self.fields["opened_on"]
            self.fields["reason"].required = True

    @staticmethod
    def initial_of(matter: LegalMatter) -> dict[str, Any]:
        """The present values of a matter."""
        return {
            "wish": matter.wish, "body": matter.body, "referral": str(matter.referral or ""),
            "version": matter.version,
        }  # fmt: skip

    def draft(self) -> MatterDraft:
        """The matter as typed."""
        clean = self.cleaned_data
        return MatterDraft(
            kind=self._kind.code, wish=clean["wish"], body=clean["body"],
            person=self._matter.person_id if self._matter else uuid.UUID(clean["person"]),
            opened_on=self._matter.opened_on if self._matter else clean["opened_on"],
            referral=uuid.UUID(clean["referral"]) if clean["referral"] else None,
        )  # fmt: skip


class StepForm(RecordForm):
    """How a step of a matter stands."""

    state = forms.ChoiceField(label=_("How it stands"), widget=forms.RadioSelect)
    done_on = day(_("Done on"), required=False)
    due_on = day(
        _("Term"), required=False, help_text=_("Only where a day is set: a hearing, the last day of an appeal.")
    )
    note = line(_("More about it"), required=False)
    cost_amount = forms.DecimalField(
        label=_("Costs in somoni"), required=False, min_value=Decimal(0), max_digits=10, decimal_places=2,
        widget=forms.NumberInput(attrs={"dir": "ltr", "inputmode": "decimal", "step": "any"}),
    )  # fmt: skip
    document = forms.ChoiceField(label=_("Paper that shows it"), required=False)
    reason = line(_("Why it is corrected"), required=False, help_text=_("In a few words and without names."))

    def __init__(self, *args: Any, documents: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("state", translated(STEP_STATE_NAMES))
        self.offer("document", [*NOT_SAID, *documents])

    @staticmethod
    def initial_of(step: LegalStep) -> dict[str, Any]:
        """The present values of a step; one that is open is offered as done today, which is what is written mostly."""
        is_open = step.state == StepState.OPEN
        return {
            "state": StepState.DONE if is_open else step.state,
            "done_on": timezone.localdate() if is_open else step.done_on, "due_on": step.due_on, "note": step.note,
            "cost_amount": step.cost_amount, "document": str(step.document_id or ""), "version": step.version,
        }  # fmt: skip

    def draft(self) -> StepDraft:
        """The step as typed."""
        clean = self.cleaned_data
        return StepDraft(
            state=StepState(clean["state"]), due_on=clean["due_on"], done_on=clean["done_on"], note=clean["note"],
            cost_amount=clean["cost_amount"], document=uuid.UUID(clean["document"]) if clean["document"] else None,
        )  # fmt: skip


class MatterEndForm(RecordForm):
    """What came of a matter."""

    outcome = forms.ChoiceField(label=_("What came of it"), widget=forms.RadioSelect)
    ended_on = day(_("Day"))
    note = lines(_("More about it"), rows=3, required=False)

    def __init__(self, *args: Any, kind: MatterKind, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = get_language() or "en"
        self.offer("outcome", [(outcome.code, outcome.title(language)) for outcome in kind.outcomes])
        self.initial.setdefault("ended_on", timezone.localdate())
