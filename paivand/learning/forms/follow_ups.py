"""What a learner answered when somebody asked after her."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from paivand.access.forms.fields import AmountField, RecordForm, day, lines
from paivand.learning.models import FollowUp
from paivand.learning.rules.course import Asked, Course
from paivand.learning.rules.drafts import FollowDraft
from paivand.learning.rules.states import FollowKind, FollowState

_YES_NO = (("yes", _("yes")), ("no", _("no")), ("", _("not asked")))
_ANSWERS = {"yes": True, "no": False, "": None}


def _yes_or_no(label: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=_YES_NO, widget=forms.RadioSelect, required=False)


class FollowUpForm(RecordForm):
    """Whether she was reached, and what the course asks afterwards.

    Args:
        task: what is asked about sessions that were missed is only a note.
        course: names what is asked, and the practices.
    """

    reached = forms.ChoiceField(label=_("Was she or he reached"), widget=forms.RadioSelect)
    on = day(_("Asked on"))
    working = _yes_or_no(_("Has work now"))
    own_business = _yes_or_no(_("Has a business of her or his own"))
    income_before = AmountField(label=_("Income in a month before the course, somoni"))
    income_after = AmountField(
        label=_("Income in a month now, somoni"), help_text=_("As told. Empty if it was not said.")
    )
    practices = forms.MultipleChoiceField(
        label=_("What is still done as it was learnt"), required=False, widget=forms.CheckboxSelectMultiple
    )
    note = lines(_("In a few words"), rows=3, longest=300, required=False)

    def __init__(self, *args: Any, task: FollowUp, course: Course | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.task = task
        self.offer("reached", [("yes", gettext("yes")), ("no", gettext("no, could not be reached"))])
        asked = course.follow_up.asked if course and course.follow_up and task.kind == FollowKind.AFTER else ()
        if Asked.WORKING not in asked:
            del self.fields["working"]
        if Asked.OWN_BUSINESS not in asked:
            del self.fields["own_business"]
        if Asked.INCOME not in asked:
            del self.fields["income_before"], self.fields["income_after"]
        if Asked.PRACTICES not in asked or not (course and course.practices):
            del self.fields["practices"]
        elif course:
            language = get_language() or "en"
            self.offer("practices", [(one.code, one.title_in(language)) for one in course.practices])
        if task.kind == FollowKind.MISSED:
            self.fields["note"].help_text = gettext(
                "Why she or he did not come, and what was agreed. The trainer reads it."
            )

    @staticmethod
    def initial_of(task: FollowUp) -> dict[str, Any]:
        """What stands there, to be corrected; today where nothing was asked yet."""
        words = {True: "yes", False: "no", None: ""}
        state = {FollowState.DONE: "yes", FollowState.NOT_REACHED: "no"}
        return {
            "reached": state.get(FollowState(task.state), ""), "on": task.done_on or timezone.localdate(),
            "working": words[task.working], "own_business": words[task.own_business],
            "income_before": task.income_before, "income_after": task.income_after, "practices": task.practices,
            "note": task.note, "version": task.version,
        }  # fmt: skip

    def draft(self) -> FollowDraft:
        """What was answered; what the course does not ask stays open."""
        clean = self.cleaned_data
        return FollowDraft(
            reached=clean["reached"] == "yes", on=clean["on"], working=_ANSWERS[clean.get("working", "")],
            own_business=_ANSWERS[clean.get("own_business", "")], income_before=clean.get("income_before"),
            income_after=clean.get("income_after"), practices=tuple(clean.get("practices", ())), note=clean["note"],
        )  # fmt: skip
