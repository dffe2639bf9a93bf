"""Migration: who left, how he is abroad, how he came back, and what became of his tie to the family."""

from __future__ import annotations

from enum import StrEnum

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
    AbsenceStatus.DEPORTED: text("deported with a re-entry ban"),
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
