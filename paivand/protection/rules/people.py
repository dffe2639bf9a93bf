"""What is asked about a survivor and about who did it: the fewest facts with which help and counting are possible."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from paivand.core.rules.texts import text


class AgeGroup(StrEnum):
    """Groups of age as the field counts them."""

    CHILD = "0-11"
    ADOLESCENT = "12-17"
    YOUNG = "18-25"
    ADULT = "26-40"
    OLDER = "41-60"
    ELDERLY = "61+"


AGE_NAMES = {
    AgeGroup.CHILD: text("0 to 11 years"),
    AgeGroup.ADOLESCENT: text("12 to 17 years"),
    AgeGroup.YOUNG: text("18 to 25 years"),
    AgeGroup.ADULT: text("26 to 40 years"),
    AgeGroup.OLDER: text("41 to 60 years"),
    AgeGroup.ELDERLY: text("61 years and older"),
}
MINORS = frozenset({AgeGroup.CHILD, AgeGroup.ADOLESCENT})
_BEGINS = ((61, AgeGroup.ELDERLY), (41, AgeGroup.OLDER), (26, AgeGroup.ADULT), (18, AgeGroup.YOUNG),
           (12, AgeGroup.ADOLESCENT))  # fmt: skip
OLDEST = 110


def age_group(years: int) -> AgeGroup:
    """The group of somebody of this age.

    >>> age_group(11), age_group(12), age_group(61)
    (<AgeGroup.CHILD: '0-11'>, <AgeGroup.ADOLESCENT: '12-17'>, <AgeGroup.ELDERLY: '61+'>)
    """
    return next((group for least, group in _BEGINS if years >= least), AgeGroup.CHILD)


def age_group_on(birth_year: int, day: date) -> AgeGroup:
    """The group on ``day`` of somebody born in this year, whose birthday is taken to be past.

    >>> age_group_on(2008, date(2026, 3, 1))
    <AgeGroup.YOUNG: '18-25'>
    """
    return age_group(max(0, day.year - birth_year))


class MaritalStatus(StrEnum):
    """As the survivor says."""

    SINGLE = "single"
    MARRIED = "married"
    DIVORCED = "divorced"
    WIDOWED = "widowed"


class Displacement(StrEnum):
    """Whether she or he lives away from home, and why."""

    RESIDENT = "resident"
    RETURNEE = "returnee"
    INTERNAL = "internal"
    REFUGEE = "refugee"
    FOREIGNER = "foreigner"


class MigrationStage(StrEnum):
    """At which stage of a migration it happened."""

    NOT_MOVED = "not_moved"
    BEFORE = "before"
    ON_THE_WAY = "on_the_way"
    ABROAD = "abroad"
    AFTER_RETURN = "after_return"


class Disability(StrEnum):
    """A disability, as the survivor says."""

    NONE = "none"
    MENTAL = "mental"
    PHYSICAL = "physical"
    BOTH = "both"


class ChildAlone(StrEnum):
    """Whether a child lives without those who should care."""

    NO = "no"
    UNACCOMPANIED = "unaccompanied"
    SEPARATED = "separated"
    OTHER = "other"


class DayTime(StrEnum):
    """When in the day it happened."""

    MORNING = "morning"
    AFTERNOON = "afternoon"
    EVENING = "evening"
    NOT_KNOWN = "not_known"


class PlaceKind(StrEnum):
    """Where it happened, as a kind of place and never as an address."""

    OWN_HOME = "own_home"
    OTHER_HOME = "other_home"
    STREET = "street"
    FIELD = "field"
    SCHOOL = "school"
    WORK = "work"
    MARKET = "market"
    TRANSPORT = "transport"
    INSTITUTION = "institution"
    ONLINE = "online"
    OTHER = "other"


class Tie(StrEnum):
    """What the perpetrator is to the survivor. An intimate partner makes it domestic violence."""

    PARTNER = "partner"
    FORMER_PARTNER = "former_partner"
    IN_LAW = "in_law"
    CAREGIVER = "caregiver"
    RELATIVE = "relative"
    HOUSEHOLD = "household"
    NEIGHBOUR = "neighbour"
    EMPLOYER = "employer"
    TEACHER = "teacher"
    OFFICIAL = "official"
    HELPER = "helper"
    STRANGER = "stranger"
    NOT_KNOWN = "not_known"


class Occupation(StrEnum):
    """The perpetrator's occupation, in the broadest groups."""

    FARMER = "farmer"
    TRADER = "trader"
    LABOURER = "labourer"
    MIGRANT = "migrant"
    STUDENT = "student"
    TEACHER = "teacher"
    HEALTH_WORKER = "health_worker"
    OFFICIAL = "official"
    SECURITY = "security"
    RELIGIOUS = "religious"
    AID_WORKER = "aid_worker"
    NONE = "none"
    OTHER = "other"
    NOT_KNOWN = "not_known"


class HowMany(StrEnum):
    """How many did it."""

    ONE = "1"
    TWO = "2"
    THREE = "3"
    MORE = "3+"
    NOT_KNOWN = "not_known"


class PerpetratorSex(StrEnum):
    """Who did it, by sex."""

    MALE = "male"
    FEMALE = "female"
    BOTH = "both"
    NOT_KNOWN = "not_known"


class PerpetratorAge(StrEnum):
    """The perpetrator's age, in the groups of survivors."""

    CHILD = "0-11"
    ADOLESCENT = "12-17"
    YOUNG = "18-25"
    ADULT = "26-40"
    OLDER = "41-60"
    ELDERLY = "61+"
    NOT_KNOWN = "not_known"


class CameFrom(StrEnum):
    """Who told the survivor about us."""

    SELF = "self"
    FAMILY = "family"
    HEALTH = "health"
    PSYCHOSOCIAL = "psychosocial"
    POLICE = "police"
    LEGAL = "legal"
    SAFE_HOUSE = "safe_house"
    SOCIAL_WORK = "social_work"
    SCHOOL = "school"
    LEADER = "leader"
    OTHER = "other"


MARITAL_NAMES = {
    MaritalStatus.SINGLE: text("single"),
    MaritalStatus.MARRIED: text("married or living together"),
    MaritalStatus.DIVORCED: text("divorced or separated"),
    MaritalStatus.WIDOWED: text("widowed"),
}
DISPLACEMENT_NAMES = {
    Displacement.RESIDENT: text("lives at home"),
    Displacement.RETURNEE: text("came back from abroad"),
    Displacement.INTERNAL: text("moved within the country"),
    Displacement.REFUGEE: text("refugee or asks for asylum"),
    Displacement.FOREIGNER: text("citizen of another country"),
}
STAGE_NAMES = {
    MigrationStage.NOT_MOVED: text("nobody moved"),
    MigrationStage.BEFORE: text("before leaving"),
    MigrationStage.ON_THE_WAY: text("on the way"),
    MigrationStage.ABROAD: text("abroad"),
    MigrationStage.AFTER_RETURN: text("after the return"),
}
DISABILITY_NAMES = {
    Disability.NONE: text("none"),
    Disability.MENTAL: text("mental or intellectual"),
    Disability.PHYSICAL: text("physical"),
    Disability.BOTH: text("both"),
}
CHILD_ALONE_NAMES = {
    ChildAlone.NO: text("no"),
    ChildAlone.UNACCOMPANIED: text("without any grown-up who cares"),
    ChildAlone.SEPARATED: text("apart from the parents, with other relatives"),
    ChildAlone.OTHER: text("at risk in another way"),
}
DAY_TIME_NAMES = {
    DayTime.MORNING: text("morning"),
    DayTime.AFTERNOON: text("afternoon"),
    DayTime.EVENING: text("evening or night"),
    DayTime.NOT_KNOWN: text("not known"),
}
PLACE_KIND_NAMES = {
    PlaceKind.OWN_HOME: text("the survivor's home"),
    PlaceKind.OTHER_HOME: text("another home"),
    PlaceKind.STREET: text("street or path"),
    PlaceKind.FIELD: text("field or garden"),
    PlaceKind.SCHOOL: text("school"),
    PlaceKind.WORK: text("place of work"),
    PlaceKind.MARKET: text("market or shop"),
    PlaceKind.TRANSPORT: text("bus, car or train"),
    PlaceKind.INSTITUTION: text("office, hospital or other institution"),
    PlaceKind.ONLINE: text("by telephone or on the internet"),
    PlaceKind.OTHER: text("another place"),
}
TIE_NAMES = {
    Tie.PARTNER: text("husband, wife or partner"),
    Tie.FORMER_PARTNER: text("former husband, wife or partner"),
    Tie.IN_LAW: text("in-laws"),
    Tie.CAREGIVER: text("parent or who cares for the child"),
    Tie.RELATIVE: text("another relative"),
    Tie.HOUSEHOLD: text("somebody of the same household"),
    Tie.NEIGHBOUR: text("neighbour or acquaintance"),
    Tie.EMPLOYER: text("employer or colleague"),
    Tie.TEACHER: text("teacher"),
    Tie.OFFICIAL: text("official"),
    Tie.HELPER: text("somebody who gives help or services"),
    Tie.STRANGER: text("stranger"),
    Tie.NOT_KNOWN: text("not known"),
}
OCCUPATION_NAMES = {
    Occupation.FARMER: text("farmer"),
    Occupation.TRADER: text("trader or business"),
    Occupation.LABOURER: text("worker"),
    Occupation.MIGRANT: text("works abroad"),
    Occupation.STUDENT: text("pupil or student"),
    Occupation.TEACHER: text("teacher"),
    Occupation.HEALTH_WORKER: text("health worker"),
    Occupation.OFFICIAL: text("official"),
    Occupation.SECURITY: text("police, army or guard"),
    Occupation.RELIGIOUS: text("religious leader"),
    Occupation.AID_WORKER: text("works for an aid organisation"),
    Occupation.NONE: text("without work"),
    Occupation.OTHER: text("another one"),
    Occupation.NOT_KNOWN: text("not known"),
}
HOW_MANY_NAMES = {
    HowMany.ONE: text("one"),
    HowMany.TWO: text("two"),
    HowMany.THREE: text("three"),
    HowMany.MORE: text("more than three"),
    HowMany.NOT_KNOWN: text("not known"),
}
PERPETRATOR_SEX_NAMES = {
    PerpetratorSex.MALE: text("male"),
    PerpetratorSex.FEMALE: text("female"),
    PerpetratorSex.BOTH: text("men and women"),
    PerpetratorSex.NOT_KNOWN: text("not known"),
}
PERPETRATOR_AGE_NAMES = {
    **{PerpetratorAge(group.value): name for group, name in AGE_NAMES.items()},
    PerpetratorAge.NOT_KNOWN: text("not known"),
}
CAME_FROM_NAMES = {
    CameFrom.SELF: text("nobody, came by herself or himself"),
    CameFrom.FAMILY: text("family or friend"),
    CameFrom.HEALTH: text("health care"),
    CameFrom.PSYCHOSOCIAL: text("psychosocial support"),
    CameFrom.POLICE: text("police"),
    CameFrom.LEGAL: text("legal aid"),
    CameFrom.SAFE_HOUSE: text("safe house"),
    CameFrom.SOCIAL_WORK: text("social worker"),
    CameFrom.SCHOOL: text("school"),
    CameFrom.LEADER: text("leader of the community"),
    CameFrom.OTHER: text("somebody else"),
}

INTIMATE = frozenset({Tie.PARTNER, Tie.FORMER_PARTNER})
