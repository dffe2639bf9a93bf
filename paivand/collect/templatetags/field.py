"""How forms from the field read, in the reader's language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any

from django import template
from django.utils.translation import get_language, gettext

from paivand.collect.models import Form, Submission, SubmissionFile
from paivand.collect.rules.answered import SEVERAL, Line
from paivand.collect.rules.offered import UNOFFERED_WORDS, reasons
from paivand.collect.rules.submissions import STATE_NAMES, SubmissionState
from paivand.collect.rules.survey_export import STAYS, may_go_out
from paivand.collect.rules.taking import PROBLEM_WORDS, STATE_MEANING, Problem
from paivand.core.templatetags.paivand import comma, day, digits, moment, number
from paivand.registry.rules.duplicates import FIELD_NAMES
from paivand.registry.templatetags.story import month

register = template.Library()

_TONES = {
    SubmissionState.WAITING: "info", SubmissionState.TAKEN: "ok", SubmissionState.HELD: "warn",
    SubmissionState.MEND: "danger", SubmissionState.ASIDE: "quiet",
}  # fmt: skip
_NUMBERS = frozenset({"integer", "decimal", "range"})
_KEY = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_MAY_BE_A_YEAR = 10_000
_ICONS = {SubmissionState.WAITING: "clock", SubmissionState.TAKEN: "check"}


@register.filter
def form_title(form: Form) -> str:
    """What a form is called."""
    return form.title((get_language() or "tg")[:2])


@register.filter
def state_name(state: str) -> str:
    """A state in a word."""
    return gettext(STATE_NAMES[SubmissionState(state)])


@register.filter
def state_tone(state: str) -> str:
    """The tone of its badge."""
    return _TONES[SubmissionState(state)]


@register.filter
def state_icon(state: str) -> str:
    """The sign on its badge; most have none."""
    return _ICONS.get(SubmissionState(state), "")


@register.filter
def state_meaning(state: str) -> str:
    """A state in a sentence."""
    return gettext(STATE_MEANING[SubmissionState(state)])


@register.filter
def why(sent: Submission) -> str:
    """Why a form is not taken in, in a sentence of the reader's language: the rule's own, or that of the problem."""
    words = sent.problem_words or {}
    said = str((words.get("told") or {}).get((get_language() or "tg")[:2]) or words.get("message") or "")
    if said or sent.problem not in set(Problem):
        return said
    return gettext(PROBLEM_WORDS[Problem(sent.problem)])


@register.filter
def why_unoffered(sent: Submission) -> list[str]:
    """What speaks against an answer to a survey, a sentence for each reason."""
    kept = (sent.problem_words or {}).get("found") or []
    return [gettext(UNOFFERED_WORDS[one]) for one in reasons(kept)]


@register.filter
def evidence(found: Mapping[str, Any]) -> str:
    """What speaks for one person, in words, as in given name, surname, birth."""
    return comma().join(gettext(FIELD_NAMES[one]) for one in found.get("evidence") or [] if one in FIELD_NAMES)


@register.filter
def of(values: Mapping[str, Any], key: str) -> Any:
    """What stands under a key, or nothing."""
    return values.get(key)


@register.filter
def why_it_stays(file: SubmissionFile) -> str:
    """Why a file that came with a form is shown to nobody; empty for one that is."""
    return "" if may_go_out(file.name, file.mime) else gettext(STAYS)


@register.filter
def spoken(line: Line | None) -> str:
    """An answer as the reader's language writes it: its days, numbers and lists."""
    if line is None or not line.value:
        return line.words if line is not None else ""
    if line.type in _NUMBERS:
        return _counted(line)
    if line.type in {"date", "dateTime", "time"}:
        return _dated(line)
    return comma().join(line.told) if line.type in SEVERAL else line.words


def _counted(line: Line) -> str:
    """A number. A whole one of four digits may be a year, so it has no separator."""
    try:
        said = Decimal(line.value)
    except InvalidOperation:
        return line.words
    if line.type == "integer" and abs(said) < _MAY_BE_A_YEAR:
        return digits(line.value)
    return number(said) if said.is_finite() else line.words


def _dated(line: Line) -> str:
    if line.day is not None:
        return month(line.day) if line.month else day(line.day)
    try:
        return (
            digits(f"{time.fromisoformat(line.value):%H:%M}")
            if line.type == "time"
            else moment(datetime.fromisoformat(line.value))
        )
    except ValueError:
        return line.words


@register.filter
def is_hidden(line: Line) -> bool:
    """Whether an answer was chosen from a list in which the reader does not find it: all there is, is its key."""
    values = line.value.split() if line.list else []
    return bool(values) and values == list(line.told) and all(map(_KEY.fullmatch, values))
