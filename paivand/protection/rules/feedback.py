"""Questions to survivors about our work, answered without any key that leads back to them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from paivand.core.rules.texts import text
from paivand.protection.rules.parameters import smallest_feedback

YES, PARTLY, NO, NOT_SAID = "yes", "partly", "no", "not_said"
ANSWER_NAMES = {YES: text("yes"), PARTLY: text("in part"), NO: text("no"), NOT_SAID: text("I prefer not to say")}

QUESTIONS: dict[str, str] = {
    "easy_to_find": text("Was it easy to find out where help is?"),
    "easy_to_reach": text("Could you come to us without danger and without much cost?"),
    "hours": text("Were the hours good for you?"),
    "welcomed": text("Were you received kindly?"),
    "private": text("Could you talk without others hearing?"),
    "believed": text("Did you feel believed, and never blamed?"),
    "explained": text("Was it explained what would be written down and who would see it?"),
    "own_choice": text("Did you decide yourself what would be done?"),
    "could_refuse": text("Could you leave questions unanswered?"),
    "language": text("Were you spoken to in a language in which you feel at home?"),
    "same_person": text("Could you choose whether a woman or a man talks with you?"),
    "services": text("Did the services that you were sent to help you?"),
    "safer": text("Do you feel safer than before?"),
    "again": text("Would you send a friend in need to us?"),
}
"""The questions in their order, each with a key that never changes its meaning."""


@dataclass(frozen=True, slots=True)
class Tally:
    """What a question brought, in counts; empty counts where too few have answered."""

    key: str
    words: str
    counts: Mapping[str, int]


def quarter_of(day: date) -> date:
    """The first day of the quarter.

    >>> quarter_of(date(2026, 11, 29))
    datetime.date(2026, 10, 1)
    """
    return date(day.year, (day.month - 1) // 3 * 3 + 1, 1)


def quarter_before(quarter: date) -> date:
    """The first day of the quarter before.

    >>> quarter_before(date(2026, 1, 1))
    datetime.date(2025, 10, 1)
    """
    return date(quarter.year - 1, 10, 1) if quarter.month == 1 else date(quarter.year, quarter.month - 3, 1)


def tallies(answers: Iterable[Mapping[str, str]]) -> list[Tally] | None:
    """The counts for each question, or None while fewer have answered than may be shown.

    >>> tallies([{"safer": "yes"}]) is None
    True
    """
    rows = list(answers)
    if len(rows) < smallest_feedback():
        return None
    return [
        Tally(key, words, {one: sum(row.get(key, NOT_SAID) == one for row in rows) for one in ANSWER_NAMES})
        for key, words in QUESTIONS.items()
    ]
