"""What a supervisor wrote down about a session, and what she found in a file."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from paivand.access.models import User
from paivand.cases.actions.supervision import FileDraft, SessionDraft
from paivand.cases.forms.oversight import words
from paivand.cases.models import Case, ReviewedFile, SupervisionSession
from paivand.cases.rules.supervision import SESSION_FORM_NAMES, Finding, Item, SessionForm, checklist
from paivand.core.models import new_id

CORRECTIONS = 3
"""How many things one may agree to put right at once."""


def day_field(label: Any, **kwargs: Any) -> forms.DateField:
    """A day, by the browser's own calendar."""
    return forms.DateField(
        label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **kwargs
    )  # fmt: skip


class KeyedForm(forms.Form):
    """A form that knows one sending of itself from another."""

    form_id = forms.UUIDField(widget=forms.HiddenInput, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["form_id"].initial = new_id

    def form_key(self) -> uuid.UUID:
        """The key under which one sending is kept."""
        return self.cleaned_data.get("form_id") or new_id()


class SessionDraftForm(KeyedForm):
    """A session with one worker or several; the cases of theirs that were spoken about are ticked."""

    form = forms.ChoiceField(label=_("How"), widget=forms.RadioSelect)
    held_on = day_field(_("Day"))
    topics = words(_("What was spoken about"), required=False)
    agreed = words(_("What is agreed"))
    next_on = day_field(_("Next session"), required=False)
    wellbeing = words(
        _("How the worker is"), required=False,
        help_text=_("Only the two of you read it, ever. It is stored encrypted."),
    )  # fmt: skip

    def __init__(
        self, *args: Any, workers: Sequence[User], cases: Sequence[Case] = (), **kwargs: Any
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        self.workers, self.cases = workers, cases
        several = len(workers) > 1
        fits = [key for key in SessionForm if (key is SessionForm.GROUP) == several]
        self.fields["form"].choices = [(str(key), gettext(SESSION_FORM_NAMES[key])) for key in fits]  # type: ignore[attr-defined]
        self.fields["form"].initial = fits[0]
        self.fields["held_on"].initial = timezone.localdate
        if several:
            del self.fields["wellbeing"]
        for case in cases:
            self.fields[f"case_{case.pk}"] = forms.BooleanField(label=case.code, required=False)
            self.fields[f"agreed_{case.pk}"] = words(_("What is agreed for this case"), rows=2, required=False)

    @property
    def case_rows(self) -> list[tuple[Case, Any, Any]]:
        """Each case with its tick and its words."""
        return [(case, self[f"case_{case.pk}"], self[f"agreed_{case.pk}"]) for case in self.cases]

    def draft(self, worker: User | None = None) -> SessionDraft:
        """The session as it was with ``worker``: with those of the ticked cases that are hers."""
        clean = self.cleaned_data
        ticked = [
            (case, clean[f"agreed_{case.pk}"])
            for case in self.cases
            if (clean[f"case_{case.pk}"] or clean[f"agreed_{case.pk}"]) and worker and case.owner_id == worker.pk
        ]
        return SessionDraft(
            form=SessionForm(clean["form"]), held_on=clean["held_on"], topics=clean["topics"], agreed=clean["agreed"],
            next_on=clean["next_on"], wellbeing=clean.get("wellbeing", ""), cases=ticked,
        )  # fmt: skip

    @staticmethod
    def initial_of(session: SupervisionSession, wellbeing: str) -> dict[str, Any]:
        """What stands now."""
        return {
            "form": session.form, "held_on": session.held_on, "topics": session.topics, "agreed": session.agreed,
            "next_on": session.next_on, "wellbeing": wellbeing, "version": session.version,
        }  # fmt: skip


class DrawForm(KeyedForm):
    """Whose files are drawn, and how many."""

    worker = forms.ChoiceField(label=_("Whose files"))
    size = forms.IntegerField(label=_("How many"), min_value=1, max_value=20, initial=3)
    with_closed = forms.BooleanField(label=_("Also cases that were closed in the last 90 days"), required=False)

    def __init__(self, *args: Any, workers: Sequence[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.workers = {str(user.pk): user for user in workers}
        self.fields["worker"].choices = [(pk, user.full_name) for pk, user in self.workers.items()]  # type: ignore[attr-defined]

    def chosen(self) -> User:
        """The worker."""
        return self.workers[self.cleaned_data["worker"]]


class FileForm(forms.Form):
    """What was found about each item of the checklist, and what is put right until when."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    remarks = words(_("Remarks"), required=False)

    def __init__(self, *args: Any, child: bool, closed: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        listed, language = checklist(), (get_language() or "en")[:2]
        answers = [(str(finding), listed.answer(finding, language)) for finding in Finding]
        for item in listed.items:
            applies = item.applies(child=child, closed=closed)
            self.fields[item.code] = forms.ChoiceField(
                label=item.title(language), choices=answers, widget=forms.RadioSelect,
                initial=None if applies else Finding.NOT_APPLICABLE,
            )  # fmt: skip
            self.fields[f"{item.code}_note"] = words(_("Note"), rows=1, longest=300, required=False)
        chosen = [("", "—"), *((item.code, item.title(language)) for item in listed.items)]
        for place in range(CORRECTIONS):
            self.fields[f"what_{place}"] = forms.CharField(
                label=_("What is put right"), max_length=300, required=False,
                widget=forms.TextInput(attrs={"dir": "auto", "autocomplete": "off"}),
            )  # fmt: skip
            self.fields[f"item_{place}"] = forms.ChoiceField(label=_("About"), choices=chosen, required=False)
            self.fields[f"due_{place}"] = day_field(_("Until"), required=False)

    def clean(self) -> dict[str, Any]:
        clean = super().clean() or self.cleaned_data
        for place in range(CORRECTIONS):
            if clean.get(f"what_{place}") and not clean.get(f"due_{place}"):
                self.add_error(f"due_{place}", gettext("Say until which day it is put right."))
        return clean

    @property
    def sections(self) -> list[tuple[str, list[tuple[Item, Any, Any]]]]:
        """The items with their fields, section by section."""
        listed, language = checklist(), (get_language() or "en")[:2]
        return [
            (
                titles.get(language) or titles["en"],
                [(item, self[item.code], self[f"{item.code}_note"]) for item in listed.items if item.section == code],
            )
            for code, titles in listed.sections
        ]

    @property
    def correction_rows(self) -> list[tuple[Any, Any, Any]]:
        """The places for things to put right."""
        return [(self[f"what_{n}"], self[f"item_{n}"], self[f"due_{n}"]) for n in range(CORRECTIONS)]

    def draft(self) -> FileDraft:
        """What was found."""
        clean = self.cleaned_data
        findings: Mapping[str, tuple[Finding, str]] = {
            item.code: (Finding(clean[item.code]), clean[f"{item.code}_note"]) for item in checklist().items
        }
        corrections: list[tuple[str, str, date]] = [
            (clean[f"item_{n}"], clean[f"what_{n}"], clean[f"due_{n}"])
            for n in range(CORRECTIONS)
            if clean[f"what_{n}"]
        ]
        return FileDraft(findings, clean["remarks"], corrections)

    @staticmethod
    def initial_of(file: ReviewedFile) -> dict[str, Any]:
        """What was found before."""
        found: dict[str, Any] = {"version": file.version, "remarks": file.remarks}
        for code, row in file.findings.items():
            found |= {code: row["finding"], f"{code}_note": row["note"]}
        return found


class FinishForm(forms.Form):
    """What stands out over all files."""

    remarks = words(_("What stands out over all files"), required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)
