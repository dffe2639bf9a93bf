"""What was tapped and typed into one section of a questionnaire."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from paivand.core.models import new_id
from paivand.instruments.rules.answers import Answer, Answers
from paivand.instruments.rules.instruments import (
    EVIDENCE_NAMES,
    SPECIAL_NAMES,
    Evidence,
    Item,
    say,
)
from paivand.instruments.rules.states import MODE_NAMES, STAGE_NAMES, Mode, Stage

NO_ANSWER = "-"
"""What stands before a reason for no answer, so that it is told from the code of an option."""

_MOST_TILES = 11
"""Numbers are tapped where there are no more of them; else they are typed."""


@dataclass(frozen=True, slots=True)
class Way:
    """One way to answer: a tile that can be tapped."""

    value: str
    label: str
    id: str
    chosen: bool


@dataclass(slots=True)
class Question:
    """One item as it stands on the screen, with the questions that an answer to it opens."""

    item: Item
    form: SectionForm
    hint: str = ""
    opens: tuple[str, ...] = ()
    follows: list[Question] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The name of its field."""
        return f"q_{self.item.code}"

    @property
    def text(self) -> str:
        """The question in the reader's language."""
        return say(self.item.text, _language())

    @property
    def help(self) -> str:
        """What stands under it."""
        return say(self.item.help, _language())

    @property
    def is_typed(self) -> bool:
        """Whether a number is typed, not tapped."""
        return is_typed(self.item)

    @property
    def is_row(self) -> bool:
        """Whether the tiles stand side by side: numbers, and yes or no."""
        return self.item.is_number or len(self.item.options) == 2

    @property
    def typed(self) -> str:
        """The number that stands in the field."""
        value = str(self.form[self.name].value() or "")
        return "" if value.startswith(NO_ANSWER) else value

    @property
    def ways(self) -> list[Way]:
        """The tiles of answers."""
        return self._ways(self.name, answer_choices(self.item))

    @property
    def specials(self) -> list[Way]:
        """The smaller tiles: why there is no answer."""
        name = f"n_{self.item.code}" if self.is_typed else self.name
        return self._ways(name, special_choices(self.item))

    @property
    def special_name(self) -> str:
        """The name of the field of the smaller tiles."""
        return f"n_{self.item.code}" if self.is_typed else self.name

    @property
    def evidence_name(self) -> str:
        """The name of the field of the evidence."""
        return f"e_{self.item.code}"

    @property
    def evidence(self) -> list[Way]:
        """On what the answer rests, where that is asked."""
        return self._ways(self.evidence_name, evidence_choices()) if self.item.evidence else []

    @property
    def errors(self) -> list[str]:
        """What has to be mended."""
        return [str(one) for name in (self.name, f"e_{self.item.code}") for one in self.form.errors.get(name, [])]

    def _ways(self, name: str, choices: Iterable[tuple[str, str]]) -> list[Way]:
        chosen = str(self.form[name].value() or "")
        return [Way(value, label, f"{name}_{value}", value == chosen) for value, label in choices]


def is_typed(item: Item) -> bool:
    """Whether the number of an item is typed: there are too many to tap."""
    return item.is_number and item.most - item.least + 1 > _MOST_TILES


def answer_choices(item: Item) -> list[tuple[str, str]]:
    """Value and label of every tile."""
    language = _language()
    if item.is_number:
        return [(str(n), str(n)) for n in range(item.least, item.most + 1)]
    return [(option.code, say(option.label, language)) for option in item.options]


def special_choices(item: Item) -> list[tuple[str, str]]:
    """Value and label of every reason for no answer that is offered."""
    return [(f"{NO_ANSWER}{one}", gettext(SPECIAL_NAMES[one])) for one in item.special]


def evidence_choices() -> list[tuple[str, str]]:
    """Value and label of everything an answer can rest on."""
    return [(one.value, gettext(EVIDENCE_NAMES[one])) for one in Evidence]


class SectionForm(forms.Form):
    """One section. Nothing is required: what is left open is shown before the questionnaire is completed."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self, *args: Any, items: Sequence[Item], answers: Answers, hints: Mapping[str, str] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.items = items
        self.hints = hints or {}
        for item in items:
            self._add(item)
        if not self.is_bound:
            self.initial = {**self.initial, **initial_of(items, answers)}

    def _add(self, item: Item) -> None:
        label = say(item.text, _language())
        if is_typed(item):
            self.fields[f"q_{item.code}"] = forms.CharField(label=label, required=False, max_length=4)
            self.fields[f"n_{item.code}"] = forms.ChoiceField(
                label=gettext("No answer"), required=False, choices=special_choices(item)
            )
        else:
            self.fields[f"q_{item.code}"] = forms.ChoiceField(
                label=label, required=False, choices=[*answer_choices(item), *special_choices(item)]
            )
        if item.evidence:
            self.fields[f"e_{item.code}"] = forms.ChoiceField(
                label=gettext("How you know it"), required=False, choices=evidence_choices()
            )

    def answers(self) -> dict[str, Answer]:
        """What was answered; an item that was left open is left out."""
        found: dict[str, Answer] = {}
        for item in self.items:
            value = self.cleaned_data.get(f"q_{item.code}") or self.cleaned_data.get(f"n_{item.code}") or ""
            value = value.translate(_DIGITS).strip() if is_typed(item) else value
            if value.startswith(NO_ANSWER):
                found[item.code] = Answer(missing=value.removeprefix(NO_ANSWER))
            elif value:
                evidence = self.cleaned_data.get(f"e_{item.code}", "") if value in item.evidence else ""
                found[item.code] = Answer(value, evidence=evidence)
        return found

    def questions(self) -> list[Question]:
        """The questions in their order; one that follows from another on this screen stands within that one."""
        found = {item.code: Question(item, self, self.hints.get(item.code, "")) for item in self.items}
        top = []
        for question in found.values():
            gate = found.get(question.item.when.item) if question.item.when else None
            if gate is None:
                top.append(question)
            else:
                gate.follows.append(question)
                gate.opens = (*gate.opens, *(question.item.when.codes if question.item.when else ()))
        return top


_DIGITS = str.maketrans("۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩", "01234567890123456789")


def initial_of(items: Sequence[Item], answers: Answers) -> dict[str, str]:
    """The answers that are kept already, by the names of the fields."""
    found: dict[str, str] = {}
    for item in items:
        answer = answers.get(item.code)
        if answer is None:
            continue
        kept = f"{NO_ANSWER}{answer.missing}" if answer.missing else answer.value
        found[f"n_{item.code}" if answer.missing and is_typed(item) else f"q_{item.code}"] = kept
        if answer.evidence:
            found[f"e_{item.code}"] = answer.evidence
    return found


def sent_once_more(form: Any, version: int) -> None:
    """Let a form that was stale be sent once more, now that its reader has seen what stands."""
    form.data = form.data.copy()
    form.data["version"] = str(version)


class BeginForm(forms.Form):
    """With whom a questionnaire is begun, and when in the help."""

    person = forms.ChoiceField(label=_("Whom you ask"), required=False, widget=forms.RadioSelect)
    stage = forms.ChoiceField(label=_("When"), required=False)
    mode = forms.ChoiceField(label=_("How it was asked"), required=False)
    form_id = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, people: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if people:
            self.fields["person"].choices = people  # type: ignore[attr-defined]
            self.fields["person"].required = True
        else:
            del self.fields["person"]
        self.fields["stage"].choices = [  # type: ignore[attr-defined]
            (key.value, gettext(name)) for key, name in STAGE_NAMES.items()
        ]
        self.fields["mode"].choices = [  # type: ignore[attr-defined]
            ("", gettext("not noted")), *((key.value, gettext(name)) for key, name in MODE_NAMES.items()),
        ]  # fmt: skip
        if not self.is_bound:
            self.initial.setdefault("form_id", new_id())
            self.initial.setdefault("stage", Stage.SINGLE)

    def stage_chosen(self) -> Stage:
        """When in the help it is asked."""
        return Stage(self.cleaned_data.get("stage") or Stage.SINGLE)

    def mode_chosen(self) -> Mode | None:
        """How it is asked, where that is noted."""
        chosen = self.cleaned_data.get("mode")
        return Mode(chosen) if chosen else None

    def form_key(self) -> uuid.UUID:
        """The key that makes a second sending of the same form harmless."""
        return self.cleaned_data.get("form_id") or new_id()


class CompleteForm(forms.Form):
    """On which day the questions were asked."""

    answered_on = forms.DateField(
        label=_("Asked on"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("answered_on", timezone.localdate())


class AsideForm(forms.Form):
    """Why a questionnaire is set aside."""

    reason = forms.CharField(
        label=_("Why"), max_length=300, widget=forms.TextInput(attrs={"dir": "auto", "autocomplete": "off"}),
        help_text=_("For example: asked of the wrong person"),
    )  # fmt: skip
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


class FlagForm(forms.Form):
    """What was done about a red flag."""

    note = forms.CharField(
        label=_("What was done"), max_length=2000, widget=forms.Textarea(attrs={"dir": "auto", "rows": 4}),
        help_text=_("Who was called, what was agreed, when you look again. No details that could harm."),
    )  # fmt: skip
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


def _language() -> str:
    return get_language() or "en"
