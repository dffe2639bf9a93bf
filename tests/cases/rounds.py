"""Rounds of a selection for the tests: families with a profile, a commission, a list that is decided and signed."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from paivand.access.models.identity import acting_as
from paivand.access.queries.users import placement
from paivand.cases.actions import commission, selection, selection_list
from paivand.cases.models import SelectionCandidate, SelectionRound
from paivand.cases.queries.commission import present_list
from paivand.cases.queries.selection import candidates
from paivand.cases.rules.selection import Choice, Outcome
from paivand.core.models import new_id
from paivand.core.rules.writing import writing
from paivand.instruments.models import Assessment
from paivand.instruments.queries.assessments import Vulnerability
from tests.cast import KULOB, register

ZARBDOR, ZIRAKI = "TJ-KT-02-02", "TJ-KT-02-03"


def band(severity: Decimal | None) -> str:
    """The band of the vulnerability profile."""
    if severity is None:
        return ""
    return "high" if severity >= 60 else "medium" if severity >= 35 else "low"


class Profiles:
    """What the vulnerability profile says, told by the test and read by the program.

    The program's own reading of answers is tried where answers are given; here the order and the decisions are tried.
    """

    def __init__(self, by: Any) -> None:
        self.by = by
        self.said: dict[uuid.UUID, Vulnerability] = {}

    def say(
        self, family: Any, severity: float | str | None, *, urgent: Iterable[str] = (), on: date | None = None
    ) -> Vulnerability:
        """Let the profile of a family be this one, asked on this day; a row in the database stands behind it."""
        on = on or timezone.localdate()
        with acting_as(self.by), writing("a test"):
            row = Assessment(
                family=family, instrument="vulnerability", instrument_version="1", state="completed",
                answered_on=on, completed_at=timezone.now(), recorded_by=self.by, district_id=family.district_id,
                agency_id=family.agency_id, team_id=family.team_id, owner_id=family.owner_id,
            )  # fmt: skip
            row.save()
        exact = None if severity is None else Decimal(str(severity)).quantize(Decimal("0.01"))
        found = Vulnerability(
            severity=exact, band=band(exact), urgent=tuple(urgent),
            factors=(("no_earner", Decimal("9.00")), ("debt", Decimal("5.00"))), assessment_id=row.pk,
            answered_on=on, version="1", evidence={"no_earner": "seen"},
        )  # fmt: skip
        self.said[family.pk] = found
        return found

    def aged(self, family: uuid.UUID, days: int) -> Vulnerability:
        """The profile of a family as if it had been asked so many days ago."""
        return replace(self.said[family], answered_on=timezone.localdate() - timedelta(days=days))

    def __call__(self, by: Any, families: Iterable[uuid.UUID]) -> dict[uuid.UUID, Vulnerability]:
        return {family: self.said[family] for family in families if family in self.said}


def opened(by: Any, *, places: dict[str, int] | None = None, **changes: Any) -> SelectionRound:
    """A round of Kulob that is being prepared."""
    values: dict[str, Any] = {"programme": "casework", "purpose": "", "places": places or {ZARBDOR: 2}}
    with acting_as(by):
        return selection.open_round(scope=placement(by, KULOB), round_id=new_id(), by=by, **{**values, **changes})


def seated(chosen: SelectionRound, *people: Any, function: str = "social_worker") -> None:
    """Each of these people takes a seat as a signer."""
    for one in people:
        with acting_as(one):
            commission.take_seat(chosen=chosen, function=function, by=one)


def drawn(chosen: SelectionRound, by: Any, now: datetime | None = None) -> SelectionRound:
    """The round with its list."""
    with acting_as(by):
        chosen.refresh_from_db()
        return selection.draw_up_list(chosen=chosen, version=chosen.version, by=by, now=now)


def begun(by: Any, *signers: Any, places: dict[str, int] | None = None) -> SelectionRound:
    """A round whose list lies with a commission of these signers."""
    chosen = opened(by, places=places)
    seated(chosen, *(signers or (by,)))
    chosen = drawn(chosen, by)
    with acting_as(by):
        return selection.begin_commission(chosen=chosen, version=chosen.version, by=by)


def row_of(by: Any, chosen: SelectionRound, family: Any) -> SelectionCandidate:
    """The row of a family on the list, read anew."""
    with acting_as(by):
        return SelectionCandidate.objects.select_related("round", "family", "jamoat").get(round=chosen, family=family)


def rows_of(by: Any, chosen: SelectionRound, **filters: Any) -> list[SelectionCandidate]:
    """The first page of the list."""
    from paivand.cases.queries.selection import ListFilters

    with acting_as(by):
        return list(candidates(by, chosen, ListFilters(**filters)).rows)


REASONS = {
    Outcome.SELECTED: "greatest_need",
    Outcome.RESERVE: "others_in_greater_need",
    Outcome.REFERRED: "better_helped_there",
    Outcome.NOT_ELIGIBLE: "no_migrant",
    Outcome.REFUSED: "does_not_want",
}


def choice(outcome: str, words: str = "", reason: str = "") -> Choice:
    """A decision with its usual reason."""
    what = Outcome(outcome)
    return Choice(what, reason or REASONS[what], words, "health" if what is Outcome.REFERRED else "")


def decided(by: Any, chosen: SelectionRound, family: Any, outcome: str, words: str = "не по очереди") -> Any:
    """Decide about one family."""
    row = row_of(by, chosen, family)
    with acting_as(by):
        return selection_list.decide(candidate=row, choice=choice(outcome, words), version=row.version, by=by)


def decided_as_proposed(by: Any, chosen: SelectionRound) -> None:
    """Decide about every listed family as the order proposes."""
    with acting_as(by):
        for row in SelectionCandidate.objects.filter(round=chosen, part="listed", outcome=""):
            reason = {"selected": "greatest_need", "reserve": "others_in_greater_need", "not_eligible": "need_below"}
            selection_list.decide(
                candidate=row, choice=Choice(Outcome(row.proposal), reason[row.proposal]), version=row.version, by=by
            )


def signed(chosen: SelectionRound, *people: Any) -> None:
    """Each of these people signs the list as it stands."""
    for one in people:
        with acting_as(one):
            commission.sign_list(chosen=chosen, list_hash=present_list(one, chosen).fingerprint, by=one)


def concluded(by: Any, chosen: SelectionRound, *, leave: bool = False, now: datetime | None = None) -> SelectionRound:
    """The round with its signed list decided."""
    with acting_as(by):
        chosen.refresh_from_db()
        return commission.conclude(chosen=chosen, leave_unassessed=leave, version=chosen.version, by=by, now=now)


def whole(by: Any, other: Any, *, places: dict[str, int] | None = None) -> SelectionRound:
    """A round from its beginning to the decision, with the proposals taken over and signed by two."""
    chosen = begun(by, by, other, places=places)
    decided_as_proposed(by, chosen)
    signed(chosen, by, other)
    return concluded(by, chosen, leave=True)


def families(by: Any, n: int, *, jamoat: str = ZARBDOR, members: int = 0) -> list[Any]:
    """So many families of a jamoat."""
    letters = "абвгдежзиклмнопрст"
    return [register(by, jamoat=jamoat, given=f"Ҷамила{letters[i]}", members=members) for i in range(n)]
