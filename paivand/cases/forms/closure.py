"""The request for closure: reason, what came of it, the checklist, and an answer to everything that is open."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from paivand.cases.forms.cases import Deciding, Keyed, Versioned, translated, words
from paivand.cases.rules.cases import OUTCOME_NAMES, ClosingReason, Outcome
from paivand.cases.rules.closure import ANSWER_NAMES, CHECKED_NAMES, Checklist, ClosureDraft, OpenThing, unanswered


class ClosureForm(Keyed, Versioned):
    """A request for closure. Each check and each open thing is a field of its own."""

    reason = forms.ChoiceField(label=_("Why the case is closed"), widget=forms.RadioSelect)
    outcome = forms.ChoiceField(label=_("What came of it"), widget=forms.RadioSelect)
    story = forms.CharField(
        label=_("What came of it, in words"), max_length=2000, widget=words(),
        help_text=_("It stays when everything else is closed. Write what changed for the person"),
    )  # fmt: skip

    def __init__(
        self, *args: Any, checklist: Checklist, things: Sequence[tuple[OpenThing, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.checklist, self.things = checklist, [thing for thing, _label in things]
        language = get_language() or "en"
        grounds = [(str(reason), check.title(language)) for reason, check in checklist.grounds.items()]
        self.fields["reason"].choices = grounds  # type: ignore[attr-defined]
        self.fields["outcome"].choices = translated(OUTCOME_NAMES)  # type: ignore[attr-defined]
        for check in checklist.checks:
            names = {key: name for key, name in CHECKED_NAMES.items() if check.could_be(key)}
            self.fields[f"check-{check.code}"] = forms.ChoiceField(
                label=check.title(language), choices=translated(names), widget=forms.RadioSelect
            )  # fmt: skip
        for thing, label in things:
            choices = [(str(answer), gettext(ANSWER_NAMES[answer])) for answer in thing.answers]
            self.fields[f"open-{thing.name}"] = forms.ChoiceField(
                label=label, choices=choices, widget=forms.RadioSelect
            )  # fmt: skip
            if len(choices) == 1 and not self.is_bound:
                self.initial.setdefault(f"open-{thing.name}", choices[0][0])

    def clean(self) -> dict[str, Any]:
        clean = self.cleaned_data
        answers = {check.code: clean.get(f"check-{check.code}", "") for check in self.checklist.checks}
        for check in unanswered(self.checklist, answers, clean.get("reason", "")):
            if answers[check.code]:
                self.add_error(
                    f"check-{check.code}",
                    gettext("With this reason somebody can be talked with. Answer yes or no."),
                )
        return clean

    @property
    def checks(self) -> list[Any]:
        """The fields of the checklist."""
        return [self[name] for name in self.fields if name.startswith("check-")]

    @property
    def open_fields(self) -> list[Any]:
        """The fields of what is still open."""
        return [self[name] for name in self.fields if name.startswith("open-")]

    def draft(self) -> ClosureDraft:
        """The request as typed."""
        clean = self.cleaned_data
        return ClosureDraft(
            reason=ClosingReason(clean["reason"]), outcome=Outcome(clean["outcome"]), story=clean["story"],
            checklist={check.code: clean[f"check-{check.code}"] for check in self.checklist.checks},
            answers={thing.name: clean[f"open-{thing.name}"] for thing in self.things},
        )  # fmt: skip


class DecideClosureForm(Deciding):
    """A decision about exactly the request that was read."""

    comment = forms.CharField(
        label=_("Comment"), required=False, max_length=1000, widget=words(2),
        help_text=_("Needed when the request is returned, or closed without the whole checklist"),
    )  # fmt: skip
