"""Consent of survivors: to services, to reporting, and to each referral by sector and named organisation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from paivand.core.rules.texts import text
from paivand.protection.rules.parameters import assent_age
from paivand.protection.rules.people import MINORS, AgeGroup


class Kind(StrEnum):
    """What is agreed to. Reporting is asked apart: help never hangs on it."""

    SERVICES = "services"
    REPORTING = "reporting"
    REFERRAL = "referral"


class Caregiver(StrEnum):
    """For a child: what the caregiver says, or why none was asked."""

    AGREES = "agrees"
    UNSAFE = "unsafe"
    NONE = "none"


class Method(StrEnum):
    """How the consent was given."""

    WRITTEN = "written"
    SPOKEN = "spoken"


KIND_NAMES = {
    Kind.SERVICES: text("to be helped by us"),
    Kind.REPORTING: text("to be counted in figures without a name"),
    Kind.REFERRAL: text("to be referred to an organisation"),
}
CAREGIVER_NAMES = {
    Caregiver.AGREES: text("the caregiver agrees"),
    Caregiver.UNSAFE: text("not asked: it is not safe for the child"),
    Caregiver.NONE: text("not asked: there is none"),
}
METHOD_NAMES = {
    Method.WRITTEN: text("in writing"),
    Method.SPOKEN: text("spoken"),
}


@dataclass(frozen=True, slots=True)
class Given:
    """Who agrees, and how."""

    given_on: date
    method: Method
    assent: bool | None = None
    caregiver: Caregiver | None = None
    caregiver_reason: str = ""


def may_be_asked(group: AgeGroup | str, years: int | None) -> bool:
    """Whether a child is old enough to be asked; an unknown age within the youngest group counts as old enough.

    >>> may_be_asked("0-11", 4), may_be_asked("0-11", None), may_be_asked("26-40", None)
    (False, True, True)
    """
    return group != AgeGroup.CHILD or years is None or years >= assent_age()


def why_not_valid(given: Given, group: AgeGroup | str, years: int | None) -> tuple[str, str] | None:
    """Why a consent does not count, as the name of the field and a sentence; None where it does.

    A grown-up agrees alone. A child is asked from the age of assent on, and a no of the child counts. A caregiver is
    asked too, unless that is not safe or there is none: then it is written why.
    """
    if group not in MINORS:
        return None
    if may_be_asked(group, years):
        if given.assent is None:
            return "assent", text("A child of this age is asked too. Write down what the child says.")
        if not given.assent:
            return "assent", text("The child does not agree, and that is the last word.")
    if given.caregiver is None:
        return "caregiver", text("Say what the caregiver says, or why it was not asked.")
    if given.caregiver is not Caregiver.AGREES and not given.caregiver_reason.strip():
        return "caregiver_reason", text("Write why no caregiver was asked, and who stands by the child instead.")
    return None
