"""What the person tells after a referral: whether the help came, whether it helped, and what was wrong."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from paivand.core.rules.errors import Refused
from paivand.core.rules.texts import text
from paivand.referrals.rules.referrals import Act

LONGEST_WORDS = 1000


class Received(StrEnum):
    """Whether the person got the help, as she tells it."""

    COMPLETED = "completed"
    PARTLY = "partly"
    BEGUN = "begun"
    WAITING = "waiting"
    DECLINED = "declined"
    NOT_COMPLETED = "not_completed"


class Helped(StrEnum):
    """Whether it helped."""

    YES = "yes"
    SOMEWHAT = "somewhat"
    NO = "no"


class Trouble(StrEnum):
    """What was hard or wrong."""

    FAR = "far"
    WAITED = "waited"
    PAPERS = "papers"
    ASKED_FOR_MONEY = "asked_for_money"
    TREATED_BADLY = "treated_badly"
    LANGUAGE = "language"
    OTHER = "other"


RECEIVED_NAMES = {
    Received.COMPLETED: text("yes, wholly"),
    Received.PARTLY: text("yes, in part"),
    Received.BEGUN: text("the help has begun"),
    Received.WAITING: text("not yet, the person waits"),
    Received.DECLINED: text("the service did not take the person"),
    Received.NOT_COMPLETED: text("it did not come about"),
}
HELPED_NAMES = {Helped.YES: text("yes, it helped"), Helped.SOMEWHAT: text("a little"), Helped.NO: text("no")}
TROUBLE_NAMES = {
    Trouble.FAR: text("too far, or the way is dear"),
    Trouble.WAITED: text("a long wait"),
    Trouble.PAPERS: text("papers were missing"),
    Trouble.ASKED_FOR_MONEY: text("was asked for money or a favour"),
    Trouble.TREATED_BADLY: text("was treated badly"),
    Trouble.LANGUAGE: text("they did not understand each other"),
    Trouble.OTHER: text("something else"),
}
CAME = frozenset({Received.COMPLETED, Received.PARTLY})
"""The help was there."""
GRAVE = frozenset({Trouble.ASKED_FOR_MONEY, Trouble.TREATED_BADLY})
"""What a supervisor must hear on the same day, by word of mouth."""
ACT_OF = {
    Received.COMPLETED: Act.COMPLETE,
    Received.PARTLY: Act.COMPLETE,
    Received.BEGUN: Act.BEGIN,
    Received.DECLINED: Act.DECLINE,
    Received.NOT_COMPLETED: Act.NOT_COMPLETE,
}
"""Which answer of a service without account follows from what the person tells."""


@dataclass(frozen=True, slots=True)
class FeedbackDraft:
    """What somebody told who was referred; ``helped`` is None where there was nothing yet that could help."""

    asked_on: date
    received: Received
    helped: Helped | None = None
    helped_on: date | None = None
    troubles: tuple[Trouble, ...] = ()
    more_needed: bool = False
    words: str = ""

    def demand(self, sent_on: date, today: date) -> None:
        """Raise unless it can be kept.

        Raises:
            Refused: naming the field.
        """
        if not sent_on <= self.asked_on <= today:
            raise Refused(
                text("The day lies before the referral or in the future. Choose another day."), "date", field="asked_on"
            )
        if self.helped_on is not None and not sent_on <= self.helped_on <= self.asked_on:
            raise Refused(
                text("The help lies between the referral and the day of asking. Check both days."), "date",
                field="helped_on",
            )  # fmt: skip
        if self.helped is None and self.received in CAME:
            raise Refused(text("Say whether it helped."), "helped", field="helped")
        if self.helped is not None and self.received not in CAME | {Received.BEGUN}:
            raise Refused(text("What did not come cannot have helped. Leave it empty."), "helped", field="helped")
        if self.helped_on is not None and self.received not in CAME:
            raise Refused(text("Write the day of the help only where it came."), "date", field="helped_on")
        if len(self.words) > LONGEST_WORDS:
            raise Refused(text("At most 1,000 letters."), "long", field="words")
