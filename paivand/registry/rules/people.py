"""What is known of a person beside the name: papers, schooling, marriage, languages, and how to reach her safely."""

from __future__ import annotations

import re
from enum import StrEnum

from paivand.core.rules.texts import text


class DocumentKind(StrEnum):
    """A paper that says who somebody is or what she is entitled to."""

    PASSPORT = "passport"
    FOREIGN_PASSPORT = "foreign_passport"
    BIRTH_CERTIFICATE = "birth_certificate"
    MARRIAGE_CERTIFICATE = "marriage_certificate"
    DIVORCE_CERTIFICATE = "divorce_certificate"
    DEATH_CERTIFICATE = "death_certificate"
    TAX_NUMBER = "tax_number"
    PENSION_BOOK = "pension_book"
    DISABILITY_CERTIFICATE = "disability_certificate"
    DIPLOMA = "diploma"
    OTHER = "other"


class DocumentStatus(StrEnum):
    """Whether the paper is in the person's hands and of use."""

    VALID = "valid"
    EXPIRED = "expired"
    LOST = "lost"
    CONFISCATED = "confiscated"
    NEVER_HAD = "never_had"
    IN_PROCESS = "in_process"


class Education(StrEnum):
    """The highest schooling completed."""

    NONE = "none"
    PRIMARY = "primary"
    BASIC = "basic"
    SECONDARY = "secondary"
    VOCATIONAL = "vocational"
    HIGHER = "higher"


class School(StrEnum):
    """Whether a child goes to school."""

    NOT_YET = "not_yet"
    ATTENDING = "attending"
    OUT = "out"
    FINISHED = "finished"


class OutOfSchoolReason(StrEnum):
    """Why a child is out of school."""

    WORK = "work"
    CARE = "care"
    COST = "cost"
    DISTANCE = "distance"
    NO_PAPERS = "no_papers"
    ILLNESS = "illness"
    DISABILITY = "disability"
    MARRIAGE = "marriage"
    NOT_ALLOWED = "not_allowed"
    OTHER = "other"


class Marital(StrEnum):
    """Marital status as the person says."""

    SINGLE = "single"
    MARRIED = "married"
    SEPARATED = "separated"
    DIVORCED = "divorced"
    WIDOWED = "widowed"


class Marriage(StrEnum):
    """How a marriage was made: only a civil one gives a claim before the law."""

    CIVIL = "civil"
    CIVIL_AND_RELIGIOUS = "civil_and_religious"
    RELIGIOUS = "religious"
    UNREGISTERED = "unregistered"


class SpokenLanguage(StrEnum):
    """A language somebody can be spoken to in."""

    TAJIK = "tg"
    UZBEK = "uz"
    RUSSIAN = "ru"
    KYRGYZ = "ky"
    TURKMEN = "tk"
    PAMIRI = "pamiri"
    DARI = "fa"
    SIGN = "sign"
    OTHER = "other"


class MayCall(StrEnum):
    """Whether a number may be used at all."""

    YES = "yes"
    MESSAGE_ONLY = "message_only"
    THROUGH_OTHER = "through_other"
    NO = "no"
    NOT_ASKED = "not_asked"


DOCUMENT_NAMES = {
    DocumentKind.PASSPORT: text("passport"),
    DocumentKind.FOREIGN_PASSPORT: text("passport for travel abroad"),
    DocumentKind.BIRTH_CERTIFICATE: text("birth certificate"),
    DocumentKind.MARRIAGE_CERTIFICATE: text("marriage certificate"),
    DocumentKind.DIVORCE_CERTIFICATE: text("divorce certificate"),
    DocumentKind.DEATH_CERTIFICATE: text("death certificate"),
    DocumentKind.TAX_NUMBER: text("tax number"),
    DocumentKind.PENSION_BOOK: text("pension book"),
    DocumentKind.DISABILITY_CERTIFICATE: text("disability certificate"),
    DocumentKind.DIPLOMA: text("diploma"),
    DocumentKind.OTHER: text("other paper"),
}
DOCUMENT_STATUS_NAMES = {
    DocumentStatus.VALID: text("valid"),
    DocumentStatus.EXPIRED: text("expired"),
    DocumentStatus.LOST: text("lost"),
    DocumentStatus.CONFISCATED: text("confiscated"),
    DocumentStatus.NEVER_HAD: text("never had"),
    DocumentStatus.IN_PROCESS: text("in process"),
}
EDUCATION_NAMES = {
    Education.NONE: text("no schooling"),
    Education.PRIMARY: text("primary (4 classes)"),
    Education.BASIC: text("basic (9 classes)"),
    Education.SECONDARY: text("secondary (11 classes)"),
    Education.VOCATIONAL: text("vocational"),
    Education.HIGHER: text("higher"),
}
SCHOOL_NAMES = {
    School.NOT_YET: text("too young for school"),
    School.ATTENDING: text("goes to school"),
    School.OUT: text("out of school"),
    School.FINISHED: text("finished school"),
}
OUT_OF_SCHOOL_NAMES = {
    OutOfSchoolReason.WORK: text("works"),
    OutOfSchoolReason.CARE: text("cares for others at home"),
    OutOfSchoolReason.COST: text("clothes, books or way cost too much"),
    OutOfSchoolReason.DISTANCE: text("the school is too far"),
    OutOfSchoolReason.NO_PAPERS: text("has no papers"),
    OutOfSchoolReason.ILLNESS: text("is ill"),
    OutOfSchoolReason.DISABILITY: text("lives with a disability"),
    OutOfSchoolReason.MARRIAGE: text("is married or about to be"),
    OutOfSchoolReason.NOT_ALLOWED: text("the family does not allow it"),
    OutOfSchoolReason.OTHER: text("another reason"),
}
MARITAL_NAMES = {
    Marital.SINGLE: text("never married"),
    Marital.MARRIED: text("married"),
    Marital.SEPARATED: text("separated"),
    Marital.DIVORCED: text("divorced"),
    Marital.WIDOWED: text("widowed"),
}
MARRIAGE_NAMES = {
    Marriage.CIVIL: text("registered with the civil registry"),
    Marriage.CIVIL_AND_RELIGIOUS: text("registered, and by nikoh"),
    Marriage.RELIGIOUS: text("by nikoh only"),
    Marriage.UNREGISTERED: text("not registered at all"),
}
LANGUAGE_NAMES = {
    SpokenLanguage.TAJIK: text("Tajik"),
    SpokenLanguage.UZBEK: text("Uzbek"),
    SpokenLanguage.RUSSIAN: text("Russian"),
    SpokenLanguage.KYRGYZ: text("Kyrgyz"),
    SpokenLanguage.TURKMEN: text("Turkmen"),
    SpokenLanguage.PAMIRI: text("a Pamir language"),
    SpokenLanguage.DARI: text("Dari"),
    SpokenLanguage.SIGN: text("sign language"),
    SpokenLanguage.OTHER: text("another language"),
}
MAY_CALL_NAMES = {
    MayCall.YES: text("may be called"),
    MayCall.MESSAGE_ONLY: text("messages only, no calls"),
    MayCall.THROUGH_OTHER: text("only through the person named"),
    MayCall.NO: text("must not be called"),
    MayCall.NOT_ASKED: text("not asked yet: ask before the first call"),
}

COUNTRY_CODE = "992"
"""The telephone code of Tajikistan: nine digits follow."""


def phone_number(typed: str) -> str:
    """A telephone number as ``+`` and digits, or an empty text when it cannot be one.

    Nine digits are a number of Tajikistan; a Russian 8 before ten digits becomes +7.

    >>> phone_number("918 12-34-56"), phone_number("8 (495) 123-45-67"), phone_number("00992 93 500 00 00")
    ('+992918123456', '+74951234567', '+992935000000')
    """
    digits = re.sub(r"\D", "", typed)
    if digits.startswith("00"):
        digits = digits[2:]
    elif len(digits) == 11 and digits.startswith("8") and not typed.strip().startswith("+"):
        digits = f"7{digits[1:]}"
    elif len(digits) == 9:
        digits = f"{COUNTRY_CODE}{digits}"
    return f"+{digits}" if 10 <= len(digits) <= 15 else ""


def document_key(number: str) -> str:
    """A document's number without spaces, dashes and look-alike letters, for finding it again.

    >>> document_key("А 0123-456"), document_key("A0123456")
    ('A0123456', 'A0123456')
    """
    folded = number.upper().translate(str.maketrans("АВСЕНКМОРТХ", "ABCEHKMOPTX"))
    return "".join(letter for letter in folded if letter.isalnum())[:40]


SCHOOL_AGES = range(6, 19)
"""The ages at which a child goes to school, or should."""

OF_AGE = 18
"""The age at which the law lets people marry."""

SHORTEST_DOCUMENT_NUMBER = 4
"""The fewest letters and digits of a paper's number. Their forms are free: papers of many states and times are met."""

MARRIED_ONCE = frozenset({Marital.MARRIED, Marital.SEPARATED, Marital.DIVORCED, Marital.WIDOWED})
"""Who is or was married, so that one may ask how the marriage was made."""

AT_SCHOOL_AGE = text("School is asked for children from 6 to 18. Check the age, or what is written about school.")
MARRIED_EARLY = text("Married and under 18. Check the age; if it is right, speak with your supervisor.")


def doubts(school: str, marital: str, years: int | None) -> list[str]:
    """What looks wrong, but may be right: shown as a remark, never a reason to refuse.

    >>> doubts("attending", "", 34) == [AT_SCHOOL_AGE], doubts("attending", "", 12), doubts("", "married", 15) != []
    (True, [], True)
    """
    if years is None:
        return []
    found = []
    if school in {School.ATTENDING, School.OUT} and years not in SCHOOL_AGES:
        found.append(AT_SCHOOL_AGE)
    if school == School.NOT_YET and years > SCHOOL_AGES.start + 1:
        found.append(AT_SCHOOL_AGE)
    if marital in MARRIED_ONCE and years < OF_AGE:
        found.append(MARRIED_EARLY)
    return found


def says_how_married(marital: str, marriage: str) -> bool:
    """Whether it can be said how the marriage was made: only of somebody who is or was married.

    >>> says_how_married("married", "religious"), says_how_married("", "religious"), says_how_married("single", "")
    (True, False, True)
    """
    return not marriage or marital in MARRIED_ONCE


def long_enough(number: str) -> bool:
    """Whether a paper's number is long enough to be one; an empty one is not known.

    >>> long_enough("А 0123456"), long_enough("A-1"), long_enough("")
    (True, False, True)
    """
    return not number or len(document_key(number)) >= SHORTEST_DOCUMENT_NUMBER
