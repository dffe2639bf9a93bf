"""What a person typed about the way back to school."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from paivand.access.forms.fields import NOT_SAID, RecordForm, day, line, lines, translated
from paivand.cases.actions.schooling import ReturnDraft, SchoolingDraft
from paivand.cases.rules.schooling import ENDED_NAMES, STILL_NAMES, TRY_NAMES, EndedWhy, SchoolTryKind, Still
from paivand.registry.rules.people import OUT_OF_SCHOOL_NAMES, OutOfSchoolReason


class SchoolingForm(RecordForm):
    """Since when a child is out of school, and why."""

    person = forms.ChoiceField(label=_("Which child"), widget=forms.RadioSelect)
    out_since = day(_("Out of school since"), help_text=_("A guess is better than nothing."))
    reason = forms.ChoiceField(label=_("Why"))
    reason_note = line(_("In their own words"), required=False)

    def __init__(self, *args: Any, children: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("person", children)
        self.offer("reason", [*NOT_SAID, *translated(OUT_OF_SCHOOL_NAMES)])
        if len(children) == 1:
            self.initial.setdefault("person", children[0][0])

    def draft(self) -> SchoolingDraft:
        """The time out of school as typed."""
        clean = self.cleaned_data
        return SchoolingDraft(
            uuid.UUID(clean["person"]), clean["out_since"], OutOfSchoolReason(clean["reason"]), clean["reason_note"]
        )


class TryForm(RecordForm):
    """Something that was done so that the child comes back."""

    what = forms.ChoiceField(label=_("What was done"))
    tried_on = day(_("Day"))
    note = line(_("What came of it"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("what", [*NOT_SAID, *translated(TRY_NAMES)])
        self.initial.setdefault("tried_on", timezone.localdate())

    def chosen(self) -> SchoolTryKind:
        """What was done."""
        return SchoolTryKind(self.cleaned_data["what"])


class ReturnForm(RecordForm):
    """That the child is back, and what made the difference."""

    back_on = day(_("Back since"))
    school = line(_("School and class"), longest=120, required=False)
    helped = forms.MultipleChoiceField(
        label=_("What made the difference"), required=False, widget=forms.CheckboxSelectMultiple
    )
    helped_note = lines(_("In words"), rows=3, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("helped", translated(TRY_NAMES))
        self.initial.setdefault("back_on", timezone.localdate())

    def draft(self) -> ReturnDraft:
        """The return as typed."""
        clean = self.cleaned_data
        helped = tuple(SchoolTryKind(one) for one in clean["helped"])
        return ReturnDraft(clean["back_on"], clean["school"], helped, clean["helped_note"])


class SchoolEndForm(RecordForm):
    """Why the way back ends without a return."""

    why = forms.ChoiceField(label=_("Why"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("why", translated(ENDED_NAMES))

    def chosen(self) -> EndedWhy:
        """The reason."""
        return EndedWhy(self.cleaned_data["why"])


class CheckForm(RecordForm):
    """What was found when somebody asked again."""

    still = forms.ChoiceField(label=_("How it stands"), widget=forms.RadioSelect)
    checked_on = day(_("Asked on"))
    note = line(_("More about it"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("still", translated(STILL_NAMES))
        self.initial.setdefault("checked_on", timezone.localdate())

    def chosen(self) -> Still:
        """How it stands."""
        return Still(self.cleaned_data["still"])
