"""What psychosocial help changed: scores before and after, by the questionnaire of an order of sessions."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import get_language

from paivand.access.models import User
from paivand.cases.rules.sessions import Flow, flows
from paivand.instruments.models import Score
from paivand.instruments.rules.catalogue import instruments
from paivand.registry.queries.consents import open_files
from paivand.registry.queries.people import same_person

USUAL = "five_sessions"
"""The order of sessions by whose questionnaire is measured where none was chosen."""


@dataclass(frozen=True, slots=True)
class Gain:
    """A score before and a score after, where they were taken, and whether the change is good.

    Args:
        better: in which direction a change is good: low, high, or empty where neither is.
    """

    before: Decimal | None = None
    after: Decimal | None = None
    better: str = ""

    @property
    def change(self) -> Decimal | None:
        """By how much the score changed; None while one of the two is missing."""
        return None if self.before is None or self.after is None else self.after - self.before

    @property
    def size(self) -> Decimal:
        """How large the change is, without its sign."""
        return abs(self.change or Decimal(0))

    @property
    def tone(self) -> str:
        """``ok`` for a change for the better, ``warn`` for the worse, ``quiet`` for none.

        >>> Gain(Decimal(9), Decimal(4), "low").tone, Gain(Decimal(4), Decimal(9), "low").tone
        ('ok', 'warn')
        """
        if not self.change or not self.better:
            return "quiet"
        return "ok" if (self.change < 0) == (self.better == "low") else "warn"


def flow_or_usual(code: str) -> Flow:
    """The order of sessions of this code, or the usual one."""
    return flows().get(code) or flows()[USUAL]


def instrument_name(code: str) -> str:
    """What a questionnaire is called, in the reader's language."""
    declared = instruments().get(code)
    if declared is None:
        return code
    return declared.title.get((get_language() or "en")[:2], declared.title["en"])


def gains(by: User, people: Iterable[uuid.UUID], flow: Flow) -> dict[uuid.UUID, Gain]:
    """For each of ``people`` the first score before and the last one after; two questions to the database."""
    asked = list(people)
    records = same_person(by, asked)
    rows = (
        Score.objects.seen_by(by)
        .filter(
            assessment__person_id__in=list(records), assessment__instrument=flow.instrument,
            assessment__state="completed", assessment__stage__in=["before", "after"], scale=flow.scale,
        )
        .order_by("assessment__answered_on", "assessment_id", "computed_at")
        .values_list("assessment__person_id", "assessment__stage", "assessment_id", "value")
    )  # fmt: skip
    # The latest computation of each questionnaire counts; then the first one before and the last one after.
    latest: dict[tuple[uuid.UUID, str], dict[uuid.UUID, Decimal | None]] = {}
    for person, stage, assessment, value in rows:
        latest.setdefault((records[person], stage), {})[assessment] = value
    better = _better(flow)
    found = {}
    for pk in asked:
        before = [value for value in latest.get((records[pk], "before"), {}).values() if value is not None]
        after = [value for value in latest.get((records[pk], "after"), {}).values() if value is not None]
        found[pk] = Gain(before[0] if before else None, after[-1] if after else None, better)
    return found


def _better(flow: Flow) -> str:
    declared = instruments().get(flow.instrument)
    scale = next((one for one in declared.scales if one.code == flow.scale), None) if declared else None
    return str(scale.better or "") if scale else ""


def file_codes(by: User, people: Iterable[uuid.UUID]) -> dict[uuid.UUID, str]:
    """The code of the open file of each of ``people``: where questionnaires about her are answered."""
    asked = list(people)
    return {pk: files[0].code for pk, files in open_files(by, asked).items() if files}
