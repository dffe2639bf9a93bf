"""Migrations of invented people: stays abroad one after another, and what became of the tie to the family."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from paivand.core.rules.dates import Precision
from paivand.operate.population.naming import lists
from paivand.operate.population.people import Being, Household
from paivand.operate.population.profile import Chance, declared, month_index, month_start, weights
from paivand.registry.rules import Sex
from paivand.registry.rules.drafts import AbsenceDraft, BanDraft, MigrationDraft, ReturnDraft
from paivand.registry.rules.migration import AbsenceStatus, DivorceChannel, LegalStatus, ReturnKind
from paivand.registry.rules.stories import StayDraft

_A = AbsenceStatus
AT_HOME = frozenset({_A.RETURNED_WELL, _A.ILL_RETURNED, _A.DISABLED_RETURNED, _A.DEPORTED})
ENDED = AT_HOME | {_A.DECEASED}
"""The stay abroad is over."""
SENDS = frozenset({_A.REMITTING, _A.IRREGULAR})
TOGETHER = SENDS | {_A.CONTACT_ONLY, _A.SILENT_LT6M, _A.SILENT_6_12M, _A.SILENT_GT12M}
"""What may hold for a couple that is abroad together."""
_OF_SPOUSES = frozenset({_A.SECOND_FAMILY, _A.DIVORCED_RELIGIOUS, _A.DIVORCED_COURT})
_SINCE = {
    _A.IRREGULAR: (3, 14), _A.CONTACT_ONLY: (3, 12), _A.SILENT_LT6M: (2, 5), _A.SILENT_6_12M: (7, 11),
    _A.SILENT_GT12M: (14, 34), _A.SECOND_FAMILY: (4, 26), _A.DIVORCED_RELIGIOUS: (2, 24), _A.DIVORCED_COURT: (3, 24),
    _A.IMPRISONED: (3, 22), _A.DETAINED: (0, 1), _A.MISSING: (7, 30), _A.CONSCRIPTED: (3, 18), _A.DECEASED: (2, 20),
}  # fmt: skip
"""How many months ago each status began."""
_END_OF = {_A.ILL_RETURNED: ReturnKind.ILLNESS, _A.DISABLED_RETURNED: ReturnKind.ILLNESS,
           _A.DEPORTED: ReturnKind.DEPORTED, _A.DECEASED: ReturnKind.DIED_ABROAD}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Away:
    """All that is known of one migrant."""

    status: AbsenceStatus
    since: int
    """The index of the month in which the status began."""
    stays: tuple[StayDraft, ...]
    absences: tuple[AbsenceDraft, ...]
    bans: tuple[BanDraft, ...]

    def is_abroad_in(self, month: int) -> bool:
        """Whether the migrant was abroad in the month with this index."""
        return any(
            month_index(stay.departure.departed_on) <= month
            and (stay.end is None or month_index(stay.end.returned_on) >= month)
            for stay in self.stays
        )


def status_of(chance: Chance, house: Household) -> AbsenceStatus:
    """What became of the tie of the family's first migrant."""
    if house.shape == "returned":
        return AbsenceStatus(chance.of("returned_status"))
    status = AbsenceStatus(chance.of("absence_status"))
    if status in _OF_SPOUSES and house.shape in ("grandparent", "mother_abroad", "alone"):
        return _A.CONTACT_ONLY
    return status


class Traveller:
    """Invents the journeys of one migrant, counted back from ``today``."""

    def __init__(self, chance: Chance, house: Household, being: Being, today: date) -> None:
        self.chance, self.house, self.being, self.today = chance, house, being, today
        self.now = month_index(today)
        self.words = lists()["contact"][{"ru": "ru", "dari": "fa"}.get(house.script, "tg")]
        self.country = chance.of("countries")
        self.sector = chance.of("sectors")

    def away(self, status: AbsenceStatus) -> Away:
        """The journeys that ended in ``status``."""
        low, high = _SINCE.get(status, (0, 0))
        since = self.now - self.chance.between(low, high)
        if status in AT_HOME:
            since = self._return_month(self.now - 11, self.now - 1)
        stays = [self._last_stay(status, since)]
        for _ in range(int(self.chance.of("earlier_stays"))):
            earlier = self._stay_before(stays[0])
            if earlier is None:
                break
            stays.insert(0, earlier)
        if status in SENDS and status is not _A.IRREGULAR:
            since = month_index(stays[-1].departure.departed_on)
        end = stays[-1].end
        absences = tuple(self._absences(status, since, stays[-1], end.returned_on if end else None))
        return Away(status, since, tuple(stays), absences, tuple(self._bans(stays)))

    def _last_stay(self, status: AbsenceStatus, since: int) -> StayDraft:
        months = self._months()
        if status in ENDED:
            end = ReturnDraft(self._day(since), self._how(status), Precision.DAY)
            return StayDraft(self._departure(since - months), end)
        if status in SENDS or status is _A.CONTACT_ONLY:
            latest, earliest = self.now - (since != self.now) - 1, self.now - max(2, months)
            left = self._weighted_month("departure_months", min(earliest, latest), latest)
            return StayDraft(self._departure(min(left, since) if status is not _A.REMITTING else left))
        return StayDraft(self._departure(since - self.chance.between(3, 20)))

    def _how(self, status: AbsenceStatus) -> ReturnKind:
        if status in _END_OF:
            return _END_OF[status]
        return self.chance.one([ReturnKind.SEASON_END, ReturnKind.SEASON_END, ReturnKind.PLANNED, ReturnKind.LOST_WORK,
                                ReturnKind.FAMILY_REASON])  # fmt: skip

    def _stay_before(self, next_stay: StayDraft) -> StayDraft | None:
        """A stay that ended some months before the next one began; none before the migrant was grown up."""
        before = month_index(next_stay.departure.departed_on)
        back = self._return_month(before - 8, before - 1)
        left = back - self._months()
        if left < self.now - (self.being.age - 18) * 12:
            return None
        kind = ReturnKind(self.chance.of("return_kinds"))
        return StayDraft(self._departure(left), ReturnDraft(month_start(back), kind, Precision.MONTH))

    def _months(self) -> int:
        low, _, high = self.chance.of("stay_months").partition("-")
        return self.chance.between(int(low), int(high))

    def _return_month(self, first: int, last: int) -> int:
        return self._weighted_month("return_months", first, last)

    def _weighted_month(self, table: str, first: int, last: int) -> int:
        by_month = weights(table)
        months = {str(index): by_month[str(index % 12 + 1)] for index in range(first, last + 1)}
        return int(self.chance.among(months))

    def _departure(self, month: int) -> MigrationDraft:
        chance = self.chance
        work = chance.one(lists()["works"][self.sector if chance.happens(0.85) else chance.of("sectors")])
        cities = lists()["cities"][self.country]
        ranked = {city: 1 / (rank + 1.5) for rank, city in enumerate(cities)}
        exact, tells_work, tells_city = chance.happens(0.15), chance.happens(0.88), chance.happens(0.9)
        city = chance.among(ranked)
        return MigrationDraft(
            country=self.country, departed_on=self._day(month) if exact else month_start(month),
            departed_precision=Precision.DAY if exact else Precision.MONTH, city=city if tells_city else "",
            occupation=work["isco"] if tells_work else "",
            work=work[{"ru": "ru", "dari": "fa"}.get(self.house.script, "tg")] if tells_work else "",
            legal_status=LegalStatus(chance.of("legal_status")),
        )  # fmt: skip

    def _day(self, month: int) -> date:
        start = month_start(month)
        day = start + timedelta(days=self.chance.between(0, calendar.monthrange(start.year, start.month)[1] - 1))
        return min(day, self.today)

    def _absences(self, status: AbsenceStatus, since: int, stay: StayDraft, ended: date | None) -> list[AbsenceDraft]:
        """The dated statuses of the last stay, the present one last."""
        told = self.chance.one(self.words["told_by"]) if self.chance.happens(0.6) else ""
        left = stay.departure.departed_on
        found: list[AbsenceDraft] = []
        if status is not _A.REMITTING and since > month_index(left):
            found.append(AbsenceDraft(_A.REMITTING, left, told_by=told))
        if status is _A.SILENT_GT12M:
            found += [
                AbsenceDraft(_A.SILENT_LT6M, month_start(since - 12)),
                AbsenceDraft(_A.SILENT_6_12M, month_start(since - 6)),
            ]
            found = [one for one in found if one.since_on >= left]
        elif status is _A.SILENT_6_12M and month_start(since - 6) > left:
            found.append(AbsenceDraft(_A.SILENT_LT6M, month_start(since - 6)))
        day = ended or max(left, month_start(since) + timedelta(days=self.chance.between(0, 25)))
        facts = self._facts(status)
        found.append(AbsenceDraft(status, min(day, self.today), told_by=told, **facts))
        return found

    def _facts(self, status: AbsenceStatus) -> dict[str, Any]:
        """What belongs to this status alone."""
        chance = self.chance
        if status is _A.DIVORCED_RELIGIOUS:
            how = {"phone": 46, "message": 30, "through_relative": 16, "in_person": 8}
            return {"channel": DivorceChannel(chance.among(how))}
        if status is _A.MISSING:
            return {"search_asked": chance.happens(0.6)}
        if status is _A.DECEASED:
            return {"body_returned": chance.happens(0.85), "compensation": chance.happens(0.2)}
        return {}

    def _bans(self, stays: list[StayDraft]) -> list[BanDraft]:
        """The ban after the last deportation."""
        last = stays[-1]
        if (
            last.end is None
            or last.end.kind is not ReturnKind.DEPORTED
            or not self.chance.happens("banned_of_deported")
        ):
            return []
        term, learnt = self.chance.of("ban_years"), last.end.returned_on
        for_life = term == "life"
        until = None if for_life else date(learnt.year + int(term), learnt.month, min(learnt.day, 28))
        return [BanDraft(self.country, learnt, until_on=until, for_life=for_life)]


def second_status(chance: Chance, being: Being) -> AbsenceStatus:
    """What became of the tie of a family's second migrant: rarely the worst."""
    table = {_A.REMITTING: 50, _A.IRREGULAR: 20, _A.CONTACT_ONLY: 15, _A.SILENT_LT6M: 5, _A.RETURNED_WELL: 10}
    if being.sex is Sex.FEMALE:
        table = {_A.REMITTING: 60, _A.IRREGULAR: 25, _A.CONTACT_ONLY: 15}
    return AbsenceStatus(chance.among({str(key): weight for key, weight in table.items()}))


def falls(chance: Chance, status: AbsenceStatus) -> bool:
    """Whether a sender's money fell lately."""
    return status in SENDS and chance.happens(declared("falling"))
