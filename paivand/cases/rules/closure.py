"""Closing a case: what is checked before, how what is still open is answered, and the hash of what is closed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from paivand.cases.rules.cases import ClosingReason, Outcome
from paivand.core.rules.texts import text

SOURCE = Path(__file__).parent.parent.parent / "parameters" / "closure_checklist.yaml"

SILENCE = timedelta(days=30)
"""After so long without a contact a case may be closed for want of it."""


class ClosureState(StrEnum):
    """Where a request for closure stands."""

    ASKED = "asked"
    TAKEN_BACK = "taken_back"
    RETURNED = "returned"
    APPROVED = "approved"
    WAIVED = "waived"


CLOSURE_STATE_NAMES = {
    ClosureState.ASKED: text("waits for approval"),
    ClosureState.TAKEN_BACK: text("taken back"),
    ClosureState.RETURNED: text("returned with a comment"),
    ClosureState.APPROVED: text("approved"),
    ClosureState.WAIVED: text("closed without the whole checklist, with a reason"),
}


class Checked(StrEnum):
    """An answer to a check."""

    YES = "yes"
    NO = "no"
    DOES_NOT_APPLY = "does_not_apply"


CHECKED_NAMES = {
    Checked.YES: text("yes"),
    Checked.NO: text("no"),
    Checked.DOES_NOT_APPLY: text("cannot be: nobody to talk with"),
}


@dataclass(frozen=True)
class Check:
    """One line of the checklist; ``may_not_apply`` are the closing reasons for which nobody can be talked with."""

    code: str
    titles: Mapping[str, str]
    may_not_apply: frozenset[ClosingReason] = frozenset()

    def title(self, language: str) -> str:
        """The line in ``language``, or in English."""
        return self.titles.get(language[:2], self.titles["en"])

    def could_be(self, answer: Checked) -> bool:
        """Whether this answer can be given for any reason at all."""
        return answer is not Checked.DOES_NOT_APPLY or bool(self.may_not_apply)

    def answers(self, reason: str) -> list[Checked]:
        """The answers that can be given where a case is closed for this reason."""
        return [one for one in Checked if one is not Checked.DOES_NOT_APPLY or reason in self.may_not_apply]


@dataclass(frozen=True)
class Checklist:
    """One version of the checklist: the grounds by closing reason, and the checks."""

    code: str
    since: date
    grounds: Mapping[ClosingReason, Check]
    checks: tuple[Check, ...]


@lru_cache(maxsize=1)
def checklists() -> dict[str, Checklist]:
    """Every version by its code, the earliest first."""
    declared = yaml.safe_load(SOURCE.read_text(encoding="utf-8"))["versions"]
    found = {}
    for version in sorted(declared, key=lambda version: version["from"]):
        grounds = {ClosingReason(row["reason"]): Check(row["code"], row["title"]) for row in version["grounds"]}
        checks = tuple(
            Check(row["code"], row["title"], frozenset(map(ClosingReason, row["may_not_apply"])))
            for row in version["checks"]
        )
        found[version["code"]] = Checklist(version["code"], version["from"], grounds, checks)
    return found


def checklist_on(day: date) -> Checklist:
    """The version that is asked on ``day``.

    >>> [check.code for check in checklist_on(date(2026, 12, 1)).checks]
    ['safety_talked', 'may_come_back', 'referrals_closed', 'supervisor_informed']
    """
    known = list(checklists().values())
    return max((one for one in known if one.since <= day), default=known[0], key=lambda one: one.since)


def unanswered(checklist: Checklist, answers: Mapping[str, str], reason: str) -> list[Check]:
    """The checks without an answer that may be given."""
    return [check for check in checklist.checks if answers.get(check.code) not in check.answers(reason)]


def failed(checklist: Checklist, answers: Mapping[str, str]) -> list[Check]:
    """The checks that were answered with no: such a closure is waived, never approved."""
    return [check for check in checklist.checks if answers.get(check.code) == Checked.NO]


# --- what is still open ---------------------------------------------------------------------------------------------


class OpenKind(StrEnum):
    """What may still be open in a case that is to be closed."""

    STEP = "step"
    REFERRAL = "referral"
    DUE = "due"


class Answer(StrEnum):
    """What becomes of something that was open when the case was closed."""

    DONE = "done"
    NOT_DONE = "not_done"
    GOES_ON = "goes_on"
    DROPPED = "dropped"


ANSWER_NAMES = {
    Answer.DONE: text("it was done"),
    Answer.NOT_DONE: text("it was not done"),
    Answer.GOES_ON: text("it goes on without us, and the family knows"),
    Answer.DROPPED: text("not needed any more"),
}

POSSIBLE_ANSWERS = {
    OpenKind.STEP: (Answer.DONE, Answer.NOT_DONE, Answer.GOES_ON),
    OpenKind.REFERRAL: (Answer.GOES_ON,),
    OpenKind.DUE: (Answer.DROPPED,),
}
"""A referral that shall not go on is withdrawn first, so that its receiver is told."""


@dataclass(frozen=True, slots=True)
class OpenThing:
    """Something that is still open: its kind, a key that stays the same while it is open, and its state."""

    kind: OpenKind
    key: str
    state: str

    @property
    def name(self) -> str:
        """Kind and key in one word, as the form calls it."""
        return f"{self.kind}-{self.key}"

    @property
    def answers(self) -> tuple[Answer, ...]:
        """What may become of it."""
        return POSSIBLE_ANSWERS[self.kind]


@dataclass(frozen=True, slots=True)
class ClosureDraft:
    """A request for closure as typed. ``answers`` are by the name of the open thing."""

    reason: ClosingReason
    outcome: Outcome
    story: str
    checklist: Mapping[str, str] = field(default_factory=dict)
    answers: Mapping[str, str] = field(default_factory=dict)


def wrongly_answered(things: Iterable[OpenThing], answers: Mapping[str, str]) -> list[OpenThing]:
    """The open things without an answer that may be given."""
    return [thing for thing in things if answers.get(thing.name) not in thing.answers]


def answered(things: Iterable[OpenThing], answers: Mapping[str, str]) -> list[dict[str, str]]:
    """The open things with their answers, as a closure keeps them: in one order, whatever order they came in."""
    rows = [
        {"kind": thing.kind.value, "key": thing.key, "state": thing.state, "answer": str(answers.get(thing.name, ""))}
        for thing in things
    ]
    return sorted(rows, key=lambda row: (row["kind"], row["key"]))


def closure_content(facts: Mapping[str, Any], things: Iterable[OpenThing]) -> dict[str, Any]:
    """What the hash of a closure is made of: what the worker said, the plan in force, and what is open.

    Args:
        facts: case, number of the closure, plan and its hash, reason, outcome, story, checklist and its version, and
            ``answers`` by the name of the open thing.
        things: what is open, as it stands in the database.
    """
    return {
        **{name: value for name, value in facts.items() if name != "answers"},
        "open": answered(things, facts["answers"]),
    }
