"""Who may get a certificate, who not and why, and what is printed on all certificates of a group."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from paivand.core.rules.texts import text
from paivand.learning.rules.course import Certificate as Declared
from paivand.learning.rules.course import Design, Exam, ExamScale, Words, say
from paivand.learning.rules.states import EnrolmentState

AT_ONCE = 50
"""So many certificates are issued in one transaction of the background."""

SILENT_MINUTES = 3
"""After so many minutes without a word a batch is taken up again."""


class BatchState(StrEnum):
    """How far a batch of certificates is."""

    WAITING = "waiting"
    WORKING = "working"
    DONE = "done"
    STOPPED = "stopped"


BATCH_STATE_NAMES = {
    BatchState.WAITING: text("waiting for its turn"),
    BatchState.WORKING: text("being issued"),
    BatchState.DONE: text("all issued"),
    BatchState.STOPPED: text("stopped"),
}

DESIGN_NAMES = {
    Design.DIPLOMA: text("record of a state diploma"),
    Design.COMPLETION: text("certificate of completion"),
}


class WhyNot(StrEnum):
    """Why somebody gets no certificate."""

    NOT_GIVEN = "not_given"
    STILL_LEARNING = "still_learning"
    NOT_COMPLETED = "not_completed"
    LEFT = "left"
    NEVER_BEGAN = "never_began"
    HAS_ONE = "has_one"
    NO_DIPLOMA_NUMBER = "no_diploma_number"
    NAME_ERASED = "name_erased"


WHY_NOT_NAMES = {
    WhyNot.NOT_GIVEN: text("No certificate is given for this course."),
    WhyNot.STILL_LEARNING: text("The course is not completed yet."),
    WhyNot.NOT_COMPLETED: text("The course was not completed: what it asks for was not reached."),
    WhyNot.LEFT: text("Left the group before its end."),
    WhyNot.NEVER_BEGAN: text("Was not enrolled in this group."),
    WhyNot.HAS_ONE: text("A valid certificate was issued already. Revoke it first if it is wrong."),
    WhyNot.NAME_ERASED: text("The name was erased, because the consent was withdrawn."),
    WhyNot.NO_DIPLOMA_NUMBER: text("Write the number of the state diploma."),
}

_BY_STATE = {
    EnrolmentState.ENROLLED: WhyNot.STILL_LEARNING,
    EnrolmentState.FAILED: WhyNot.NOT_COMPLETED,
    EnrolmentState.LEFT: WhyNot.LEFT,
    EnrolmentState.APPLIED: WhyNot.NEVER_BEGAN,
    EnrolmentState.WAITING: WhyNot.NEVER_BEGAN,
    EnrolmentState.DECLINED: WhyNot.NEVER_BEGAN,
}


@dataclass(frozen=True)
class Terms:
    """What the certificates of one issue have in common, and the number of each state diploma by enrolment.

    Args:
        signatories: a name for each post that the course declares, in its order; empty where it is signed by hand.
        body: who issues them; empty for what the course declares.
        diploma_series: of the state's forms.
    """

    issued_on: date
    signatories: tuple[str, ...] = ()
    body: str = ""
    diploma_series: str = ""
    diploma_numbers: Mapping[str, str] = field(default_factory=dict)

    def plain(self) -> dict[str, Any]:
        """As JSON can hold it."""
        return {
            "issued_on": self.issued_on.isoformat(),
            "signatories": list(self.signatories),
            "body": self.body,
            "diploma_series": self.diploma_series,
            "diploma_numbers": dict(self.diploma_numbers),
        }

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> Terms:
        """What ``plain`` was made of."""
        return cls(
            date.fromisoformat(plain["issued_on"]), tuple(plain["signatories"]), plain["body"],
            plain["diploma_series"], dict(plain["diploma_numbers"]),
        )  # fmt: skip

    def diploma_number(self, enrolment: uuid.UUID) -> str:
        """The number of the state diploma of one learner; empty if none was written."""
        return self.diploma_numbers.get(str(enrolment), "")


def why_not(declared: Declared | None, state: str, *, has_one: bool, named: bool = True) -> WhyNot | None:
    """Why a learner in this state gets no certificate; None if she may have one.

    Args:
        named: whether there is a name to print.

    >>> why_not(None, "completed", has_one=False)
    <WhyNot.NOT_GIVEN: 'not_given'>
    """
    if declared is None:
        return WhyNot.NOT_GIVEN
    if state != EnrolmentState.COMPLETED:
        return _BY_STATE[EnrolmentState(state)]
    if has_one:
        return WhyNot.HAS_ONE
    return None if named else WhyNot.NAME_ERASED


def signed_by(declared: Declared, terms: Terms) -> list[dict[str, Any]]:
    """The posts that sign, with the names that were written for them."""
    names = (*terms.signatories, *[""] * len(declared.signatories))
    return [
        {"name": name, "post": in_languages(post, declared.languages)}
        for name, post in zip(names, declared.signatories, strict=False)
    ]


def issued_by(declared: Declared, terms: Terms) -> dict[str, str]:
    """Who issues it, in each language of the paper: as it was written, or else as the course declares."""
    if terms.body:
        return dict.fromkeys(declared.languages, terms.body)
    return in_languages(declared.body, declared.languages)


def in_languages(words: Words, languages: tuple[str, ...]) -> dict[str, str]:
    """These words in each of the languages."""
    return {language: say(words, language) for language in languages}


def mark_of(exam: Exam | None, points: Decimal | None) -> str:
    """The result of an exam as it is printed; empty without one.

    >>> mark_of(None, Decimal(80))
    ''
    """
    if exam is None or points is None:
        return ""
    written = f"{points.normalize():f}"
    return f"{written} / 100" if exam.scale is ExamScale.POINTS else written


def numbered_from(first: str, wanted: int) -> list[str]:
    """So many numbers of diplomas in a row, with as many digits as the first.

    Raises:
        ValueError: when ``first`` does not end with digits.

    >>> numbered_from("0045127", 3), numbered_from("А-098", 2)
    (['0045127', '0045128', '0045129'], ['А-098', 'А-099'])
    """
    head = first.rstrip("0123456789")
    digits = first[len(head) :]
    if not digits:
        raise ValueError(f"{first} does not end with digits.")
    return [f"{head}{int(digits) + n:0{len(digits)}d}" for n in range(wanted)]
