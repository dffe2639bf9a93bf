"""What is made in the background for a report: its figures and its papers; how far that is, and why it ended."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from paivand.core.rules.texts import text

FORMATS = ("pdf", "docx")
"""The forms in which a report is printed."""

KEPT_HOURS = 24
"""So long a paper is kept for who asked for it. Whoever wants it later has it made anew."""

SILENT_MINUTES = 5
"""After so many minutes without a word a work is taken up again; one paper takes seconds."""

MOST_TRIES = 3
"""A work whose worker fell silent so often is given up: it would bring down the next one too."""


class WorkKind(StrEnum):
    """What is made."""

    FIGURES = "figures"
    PAPERS = "papers"


class WorkState(StrEnum):
    """How far it is."""

    WAITING = "waiting"
    WORKING = "working"
    DONE = "done"
    FAILED = "failed"


WORK_STATE_NAMES: dict[WorkState, str] = {
    WorkState.WAITING: text("waiting for its turn"),
    WorkState.WORKING: text("being made"),
    WorkState.DONE: text("made"),
    WorkState.FAILED: text("not made"),
}


class Trouble(StrEnum):
    """Why it was not made."""

    RIGHT = "right"
    STALE = "stale"
    LOCKED = "locked"
    PAPER = "paper"
    SILENT = "silent"
    OTHER = "other"


TROUBLE_WORDS: dict[Trouble, str] = {
    Trouble.RIGHT: text("Who asked for it may not see this report any more."),
    Trouble.STALE: text("The report was changed meanwhile. Look at it, and take the figures anew."),
    Trouble.LOCKED: text("The report was locked meanwhile, and a locked report keeps its figures."),
    Trouble.PAPER: text("The document could not be typeset. Try again; if it fails again, tell an administrator."),
    Trouble.SILENT: text("The work was broken off three times. Tell an administrator."),
    Trouble.OTHER: text("The report does not stand where this can be done. Look at it again."),
}


def trouble_of(code: str) -> Trouble:
    """The trouble that a refusal with this code means."""
    return Trouble(code) if code in set(Trouble) else Trouble.OTHER


def paper_key(language: str, form: str) -> str:
    """A paper as it is asked for.

    >>> paper_key("tg", "pdf")
    'tg.pdf'
    """
    return f"{language}.{form}"


def all_papers(languages: Iterable[str]) -> list[str]:
    """Every paper of a report in these languages.

    >>> all_papers(["en"])
    ['en.pdf', 'en.docx']
    """
    return [paper_key(language, form) for language in languages for form in FORMATS]
