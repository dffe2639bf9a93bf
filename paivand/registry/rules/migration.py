"""Migration: who left, how he is abroad, how he came back, and what became of his tie to the family."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from paivand.core.rules.dates import Precision
from paivand.core.rules.texts import text


class LegalStatus(StrEnum):
    """On what ground the migrant is abroad."""

    PATENT = "patent"
    CONTRACT = "contract"
    RESIDENCE = "residence"
    CITIZEN = "citizen"
    REGISTERED_ONLY = "registered_only"
    STUDENT = "student"
    NO_PAPERS = "no_papers"
    NOT_KNOWN = "not_known"


class ReturnKind(StrEnum):
    """How a migration ended."""

    SEASON_END = "season_end"
    PLANNED = "planned"
    LOST_WORK = "lost_work"
    ILLNESS = "illness"
    FAMILY_REASON = "family_reason"
    DEPORTED = "deported"
    DIED_ABROAD = "died_abroad"
    OTHER = "other"


class AbsenceStatus(StrEnum):
    """The migrant's tie to his family: dated, one of them current."""

    REMITTING = "in_regular_contact_and_remitting"
    IRREGULAR = "remitting_irregularly"
    CONTACT_ONLY = "contact_no_remittance"
    SILENT_LT6M = "no_contact_lt6m"
    SILENT_6_12M = "no_contact_6_12m"
    SILENT_GT12M = "no_contact_gt12m"
    SECOND_FAMILY = "second_family_abroad"
    DIVORCED_COURT = "divorced_court"
    DIVORCED_RELIGIOUS = "divorced_religious"
    IMPRISONED = "imprisoned"
    DETAINED = "detained_awaiting_deportation"
    DEPORTED = "deported_reentry_ban"
    MISSING = "missing"
    DECEASED = "deceased"
    DISABLED_RETURNED = "disabled_returned"
    ILL_RETURNED = "ill_returned"
    RETURNED_WELL = "returned_well"
    CONSCRIPTED = "conscripted"


class DivorceChannel(StrEnum):
    """How a religious divorce was spoken."""

    IN_PERSON = "in_person"
    PHONE = "phone"
    MESSAGE = "message"
    THROUGH_RELATIVE = "through_relative"


RESTRICTED = frozenset({AbsenceStatus.CONSCRIPTED})
"""Shown on the file to those who see case data; never in a list, a filter or an export."""

RETURNED = frozenset({AbsenceStatus.DISABLED_RETURNED, AbsenceStatus.ILL_RETURNED, AbsenceStatus.RETURNED_WELL})
"""The migrant is at home again."""

_A = AbsenceStatus
GRAVITY = (
    _A.DECEASED, _A.MISSING, _A.IMPRISONED, _A.DETAINED, _A.DEPORTED, _A.SILENT_GT12M, _A.SECOND_FAMILY,
    _A.DIVORCED_RELIGIOUS, _A.DIVORCED_COURT, _A.DISABLED_RETURNED, _A.SILENT_6_12M, _A.ILL_RETURNED, _A.SILENT_LT6M,
    _A.CONTACT_ONLY, _A.IRREGULAR, _A.REMITTING, _A.RETURNED_WELL,
)  # fmt: skip
"""The order in which one of several migrants speaks for the family in lists: first who is lost to it for good or
cannot help himself, then who has turned away, then who is silent, last who supports it or is at home. Restricted
statuses have no place in it."""

ABSENCE_GROUPS: dict[str, tuple[AbsenceStatus, ...]] = {
    text("in contact"): (_A.REMITTING, _A.IRREGULAR, _A.CONTACT_ONLY),
    text("silent"): (_A.SILENT_LT6M, _A.SILENT_6_12M, _A.SILENT_GT12M, _A.MISSING),
    text("separated"): (_A.SECOND_FAMILY, _A.DIVORCED_COURT, _A.DIVORCED_RELIGIOUS),
    text("held or sent away"): (_A.IMPRISONED, _A.DETAINED, _A.DEPORTED, _A.CONSCRIPTED),
    text("at home again"): (_A.RETURNED_WELL, _A.ILL_RETURNED, _A.DISABLED_RETURNED),
    text("died"): (_A.DECEASED,),
}
"""How the statuses stand together in a list to choose from."""

ENDS = frozenset({AbsenceStatus.DECEASED})
"""What nothing follows: only a mistake is corrected."""

LEGAL_STATUS_NAMES = {
    LegalStatus.PATENT: text("work patent"),
    LegalStatus.CONTRACT: text("work contract or permit"),
    LegalStatus.RESIDENCE: text("residence permit"),
    LegalStatus.CITIZEN: text("citizen of that country"),
    LegalStatus.REGISTERED_ONLY: text("registered, without a right to work"),
    LegalStatus.STUDENT: text("student"),
    LegalStatus.NO_PAPERS: text("without papers"),
    LegalStatus.NOT_KNOWN: text("not known"),
}
RETURN_NAMES = {
    ReturnKind.SEASON_END: text("end of the season"),
    ReturnKind.PLANNED: text("as planned, for good"),
    ReturnKind.LOST_WORK: text("lost the work"),
    ReturnKind.ILLNESS: text("illness or accident"),
    ReturnKind.FAMILY_REASON: text("for the family's sake"),
    ReturnKind.DEPORTED: text("deported"),
    ReturnKind.DIED_ABROAD: text("died abroad"),
    ReturnKind.OTHER: text("another reason"),
}
ABSENCE_NAMES = {
    AbsenceStatus.REMITTING: text("in regular contact, sends money"),
    AbsenceStatus.IRREGULAR: text("sends money irregularly"),
    AbsenceStatus.CONTACT_ONLY: text("in contact, sends no money"),
    AbsenceStatus.SILENT_LT6M: text("no contact for less than 6 months"),
    AbsenceStatus.SILENT_6_12M: text("no contact for 6 to 12 months"),
    AbsenceStatus.SILENT_GT12M: text("no contact for more than 12 months"),
    AbsenceStatus.SECOND_FAMILY: text("second family abroad"),
    AbsenceStatus.DIVORCED_COURT: text("divorced by court"),
    AbsenceStatus.DIVORCED_RELIGIOUS: text("divorced by talaq"),
    AbsenceStatus.IMPRISONED: text("imprisoned"),
    AbsenceStatus.DETAINED: text("detained, awaiting deportation"),
    # The ban itself is written down apart and never shown in lists.
    AbsenceStatus.DEPORTED: text("was deported"),
    AbsenceStatus.MISSING: text("missing"),
    AbsenceStatus.DECEASED: text("deceased"),
    AbsenceStatus.DISABLED_RETURNED: text("returned with a disability"),
    AbsenceStatus.ILL_RETURNED: text("returned ill"),
    AbsenceStatus.RETURNED_WELL: text("returned well"),
    AbsenceStatus.CONSCRIPTED: text("conscripted or with an armed group"),
}
CHANNEL_OF_DIVORCE_NAMES = {
    DivorceChannel.IN_PERSON: text("in person"),
    DivorceChannel.PHONE: text("by telephone"),
    DivorceChannel.MESSAGE: text("by message"),
    DivorceChannel.THROUGH_RELATIVE: text("through a relative"),
}


def public_status(status: AbsenceStatus | str) -> str:
    """The status as lists and exports may show it: empty for a restricted one.

    >>> public_status("missing"), public_status("conscripted")
    ('missing', '')
    """
    return "" if AbsenceStatus(status) in RESTRICTED else str(status)


def most_serious(statuses: Iterable[AbsenceStatus | str]) -> str:
    """The status that speaks for a family with several migrants; empty when none may be shown.

    >>> most_serious(["returned_well", "no_contact_gt12m", "conscripted"]), most_serious(["conscripted"])
    ('no_contact_gt12m', '')
    """
    shown = {public_status(status) for status in statuses}
    return next((str(status) for status in GRAVITY if status in shown), "")


@dataclass(frozen=True, slots=True)
class Stay:
    """A stay abroad as a stretch of days, the ends as exactly as they are known."""

    departed_on: date
    departed_precision: Precision
    returned_on: date | None = None
    returned_precision: Precision = Precision.DAY


def last_day(on: date, precision: Precision) -> date:
    """The last day of a date that is known to the day, the month or the year.

    >>> last_day(date(2026, 2, 1), Precision.MONTH), last_day(date(2026, 1, 1), Precision.YEAR)
    (datetime.date(2026, 2, 28), datetime.date(2026, 12, 31))
    """
    if precision == Precision.DAY:
        return on
    if precision == Precision.MONTH:
        following = date(on.year + on.month // 12, on.month % 12 + 1, 1)
        return following - timedelta(days=1)
    return date(on.year, 12, 31)


def first_day(on: date, precision: Precision) -> date:
    """The first day of a date that is known to the day, the month or the year: what the database keeps.

    >>> first_day(date(2026, 2, 14), Precision.MONTH), first_day(date(2026, 2, 14), Precision.YEAR)
    (datetime.date(2026, 2, 1), datetime.date(2026, 1, 1))
    """
    if precision == Precision.DAY:
        return on
    return on.replace(day=1) if precision == Precision.MONTH else date(on.year, 1, 1)


def returned_before_leaving(stay: Stay) -> bool:
    """Whether the return lies wholly before the departure, as exactly as both are known.

    >>> returned_before_leaving(Stay(date(2024, 3, 15), Precision.DAY, date(2024, 1, 1), Precision.YEAR))
    False
    """
    return stay.returned_on is not None and last_day(stay.returned_on, stay.returned_precision) < stay.departed_on


def overlap(one: Stay, other: Stay) -> bool:
    """Whether nobody can have made both stays: each began surely before the other surely ended.

    >>> season = Stay(date(2025, 3, 1), Precision.MONTH, date(2025, 11, 1), Precision.MONTH)
    >>> [overlap(season, Stay(date(2025, month, 1), Precision.MONTH)) for month in (10, 11)]
    [True, False]
    """

    def begins_within(later: Stay, earlier: Stay) -> bool:
        begun = last_day(later.departed_on, later.departed_precision)
        return earlier.returned_on is None or begun < earlier.returned_on

    return begins_within(one, other) and begins_within(other, one)
