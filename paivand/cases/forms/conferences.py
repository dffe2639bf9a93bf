"""What a person typed about a case conference and its decisions."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from paivand.access.forms.fields import NOT_SAID, RecordForm, day, line, lines
from paivand.cases.forms.fields import keys
from paivand.cases.models import Conference
from paivand.cases.rules.records import ConferenceDraft, DecisionDraft

N_DECISIONS = 4
"""How many decisions one form has room for; more are added by correcting it."""

SOMEBODY_ELSE = "else"


class ConferenceForm(RecordForm):
    """A case conference: who took part, what was spoken about, what was decided."""

    held_on = day(_("Day"))
    venue = line(_("Where"), longest=120, required=False)
    staff = forms.MultipleChoiceField(label=_("Who of the programme took part"), widget=forms.CheckboxSelectMultiple)
    others = lines(
        _("Who else took part"), rows=3, longest=1000, required=False,
        help_text=_("One on each line, by what they are: the doctor of the health centre, the school's director."),
    )  # fmt: skip
    points = lines(_("What was spoken about"), rows=6)
    reason = line(_("Why it is corrected"), required=False, help_text=_("In a few words and without names."))

    def __init__(self, *args: Any, staff: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("staff", staff)
        doers = [*NOT_SAID, *staff, (SOMEBODY_ELSE, gettext("somebody else"))]
        for n in range(N_DECISIONS):
            self.fields[f"what_{n}"] = line(gettext("What was decided"), required=False)
            self.fields[f"doer_{n}"] = forms.ChoiceField(
                label=gettext("Who carries it out"), required=False, choices=doers
            )
            self.fields[f"who_{n}"] = line(gettext("Who else, by office"), longest=120, required=False)
            self.fields[f"due_on_{n}"] = day(gettext("Until"), required=False)
        self.initial.setdefault("held_on", timezone.localdate())

    @property
    def decision_rows(self) -> list[tuple[Any, ...]]:
        """The fields of each decision."""
        names = ("what", "doer", "who", "due_on")
        return [tuple(self[f"{name}_{n}"] for name in names) for n in range(N_DECISIONS)]

    @staticmethod
    def initial_of(conference: Conference) -> dict[str, Any]:
        """The present values of a conference with ``present``."""
        present: Any = conference.present  # type: ignore[attr-defined]
        return {
            "held_on": conference.held_on, "venue": conference.venue, "points": conference.points,
            "staff": [str(row.user_id) for row in present if row.user_id],
            "others": "\n".join(row.function for row in present if not row.user_id), "version": conference.version,
        }  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """Whoever carries out a decision is named."""
        clean: dict[str, Any] = super().clean() or self.cleaned_data
        for n in range(N_DECISIONS):
            if not clean.get(f"what_{n}"):
                continue
            if clean.get(f"doer_{n}") in {"", SOMEBODY_ELSE} and not clean.get(f"who_{n}"):
                self.add_error(f"who_{n}", gettext("Say for each decision who carries it out."))
        return clean

    def draft(self) -> ConferenceDraft:
        """The conference as typed."""
        clean = self.cleaned_data
        decisions = []
        for n in range(N_DECISIONS):
            if clean[f"what_{n}"]:
                doer = clean[f"doer_{n}"]
                worker = uuid.UUID(doer) if doer and doer != SOMEBODY_ELSE else None
                decisions.append(
                    DecisionDraft(clean[f"what_{n}"], worker, "" if worker else clean[f"who_{n}"], clean[f"due_on_{n}"])
                )
        others = tuple(" ".join(one.split()) for one in clean["others"].splitlines() if one.strip())
        return ConferenceDraft(
            held_on=clean["held_on"], points=clean["points"], venue=clean["venue"], staff=keys(clean["staff"]),
            others=others, decisions=tuple(decisions),
        )  # fmt: skip


class DecisionForm(RecordForm):
    """What came of a decision."""

    done_on = day(_("Day"))
    note = line(_("What came of it"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("done_on", timezone.localdate())
