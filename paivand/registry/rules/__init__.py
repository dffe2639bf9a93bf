"""Pure decisions of the registry of families."""

from __future__ import annotations

from enum import StrEnum

from paivand.core.rules.texts import text


class Sex(StrEnum):
    """As the person, or who answers for her, says."""

    FEMALE = "female"
    MALE = "male"


class Relation(StrEnum):
    """What a member is to the head of the family."""

    HEAD = "head"
    SPOUSE = "spouse"
    CHILD = "child"
    PARENT = "parent"
    SIBLING = "sibling"
    CHILD_IN_LAW = "child_in_law"
    PARENT_IN_LAW = "parent_in_law"
    GRANDCHILD = "grandchild"
    OTHER_RELATIVE = "other_relative"
    NOT_RELATED = "not_related"


class ConsentPurpose(StrEnum):
    """What a person agrees to, one purpose at a time."""

    REGISTRATION = "registration"
    SERVICES = "services"
    REFERRAL = "referral"
    REPORTING = "reporting"
    TRACING = "tracing"
    RESEARCH = "research"
    PHOTO = "photo"


class GivenBy(StrEnum):
    """Who gave a consent."""

    SELF = "self"
    GUARDIAN = "guardian"


class ConsentMethod(StrEnum):
    """How a consent was given."""

    SIGNATURE = "signature"
    THUMBPRINT = "thumbprint"
    SPOKEN = "spoken"


SEX_NAMES = {Sex.FEMALE: text("female"), Sex.MALE: text("male")}
RELATION_NAMES = {
    Relation.HEAD: text("head of the family"),
    Relation.SPOUSE: text("wife or husband"),
    Relation.CHILD: text("daughter or son"),
    Relation.PARENT: text("mother or father"),
    Relation.SIBLING: text("sister or brother"),
    Relation.CHILD_IN_LAW: text("daughter-in-law or son-in-law"),
    Relation.PARENT_IN_LAW: text("mother-in-law or father-in-law"),
    Relation.GRANDCHILD: text("grandchild"),
    Relation.OTHER_RELATIVE: text("other relative"),
    Relation.NOT_RELATED: text("not related"),
}
PURPOSE_NAMES = {
    ConsentPurpose.REGISTRATION: text("registration"),
    ConsentPurpose.SERVICES: text("services"),
    ConsentPurpose.REFERRAL: text("referral"),
    ConsentPurpose.REPORTING: text("reporting"),
    ConsentPurpose.TRACING: text("tracing"),
    ConsentPurpose.RESEARCH: text("research"),
    ConsentPurpose.PHOTO: text("photo"),
}
GIVEN_BY_NAMES = {GivenBy.SELF: text("the person herself or himself"), GivenBy.GUARDIAN: text("a parent or guardian")}
METHOD_NAMES = {
    ConsentMethod.SIGNATURE: text("signature"),
    ConsentMethod.THUMBPRINT: text("thumbprint"),
    ConsentMethod.SPOKEN: text("spoken, before a witness"),
}

ADULT = 18
"""The age from which a person consents alone; younger ones assent and a guardian consents."""

REGISTERED = "registry.registered"
"""The service code of the first step on every journey."""

OLDEST = 120
"""No living person is older; a date of birth before that is a slip."""


def may_consent_alone(years: int) -> bool:
    """Whether somebody of this age consents for herself.

    >>> may_consent_alone(18), may_consent_alone(17)
    (True, False)
    """
    return years >= ADULT
