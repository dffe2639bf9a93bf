"""What happened, in the six types of the field's information system, decided in their fixed order.

One incident has one type: the first question that is answered with yes decides. What else is true of it, such as
trafficking or a harmful practice, is context and stands apart; it never makes another type.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from paivand.core.rules.texts import text
from paivand.protection.rules.parameters import health_hours
from paivand.protection.rules.people import INTIMATE


class Violence(StrEnum):
    """The type of an incident."""

    RAPE = "rape"
    SEXUAL_ASSAULT = "sexual_assault"
    PHYSICAL_ASSAULT = "physical_assault"
    FORCED_MARRIAGE = "forced_marriage"
    DENIAL = "denial"
    PSYCHOLOGICAL = "psychological"
    NOT_GBV = "not_gbv"


VIOLENCE_NAMES = {
    Violence.RAPE: text("rape"),
    Violence.SEXUAL_ASSAULT: text("sexual assault"),
    Violence.PHYSICAL_ASSAULT: text("physical assault"),
    Violence.FORCED_MARRIAGE: text("forced marriage"),
    Violence.DENIAL: text("denial of resources, opportunities or services"),
    Violence.PSYCHOLOGICAL: text("psychological or emotional abuse"),
    Violence.NOT_GBV: text("not gender-based violence"),
}
COUNTED = tuple(one for one in Violence if one is not Violence.NOT_GBV)
"""The types that stand in figures."""


@dataclass(frozen=True, slots=True)
class Step:
    """One question of the tree: yes decides the type, no leads to the next question.

    Args:
        key: its short stable name.
        words: the question.
        note: what belongs here although one might look for it elsewhere, or does not belong here.
        leads_to: the type that yes decides.
    """

    key: str
    words: str
    note: str
    leads_to: Violence


TREE = (
    Step(
        "penetration",
        text("Was there penetration, however slight, of any part of the body?"),
        text("With a part of the body or with an object; also within marriage."),
        Violence.RAPE,
    ),
    Step(
        "sexual_contact",
        text("Was there unwanted sexual contact, or an attempt at rape?"),
        text("Cutting of the genitals belongs here."),
        Violence.SEXUAL_ASSAULT,
    ),
    Step(
        "physical",
        text("Was she or he hurt bodily: hit, burnt, choked, cut, pushed?"),
        text("Violence that is not sexual. Cutting of the genitals was asked about before."),
        Violence.PHYSICAL_ASSAULT,
    ),
    Step(
        "marriage",
        text("Was it a marriage against her or his will?"),
        text("A marriage of a child belongs here, whoever agreed to it."),
        Violence.FORCED_MARRIAGE,
    ),
    Step(
        "denial",
        text("Was a right to money, property, school, health care or work kept from her or him?"),
        text("Somebody takes or withholds it. General poverty does not belong here."),
        Violence.DENIAL,
    ),
    Step(
        "psychological",
        text("Was there abuse by words or deeds that hurts the mind: threats, insults, being shut in, being followed?"),
        text("Also by telephone and in messages."),
        Violence.PSYCHOLOGICAL,
    ),
)
"""The questions in their order. The first yes decides."""

GENDER_BASED = "gender_based"
"""The question after six times no: is it violence because she is a woman, a girl, or because of what is expected of a
man? Yes means that the six questions are gone through once more."""


def classified(answers: Mapping[str, bool | None]) -> Violence | None:
    """The type that the answers decide, or None while a question before the first yes is open.

    >>> classified({"penetration": False, "sexual_contact": False, "physical": True})
    <Violence.PHYSICAL_ASSAULT: 'physical_assault'>
    >>> classified({"physical": True}) is None
    True
    """
    for step in TREE:
        answer = answers.get(step.key)
        if answer is None:
            return None
        if answer:
            return step.leads_to
    return Violence.NOT_GBV if answers.get(GENDER_BASED) is False else None


def answers_of(violence: Violence | str) -> dict[str, bool]:
    """The answers that lead to this type: no before it, yes at it.

    >>> answers_of("sexual_assault")
    {'penetration': False, 'sexual_contact': True}
    """
    given: dict[str, bool] = {}
    for step in TREE:
        given[step.key] = step.leads_to == violence
        if given[step.key]:
            return given
    return {**given, GENDER_BASED: False}


def next_question(answers: Mapping[str, bool | None]) -> str | None:
    """The key of the question that is asked next; None when the type is decided."""
    for step in TREE:
        answer = answers.get(step.key)
        if answer is None:
            return step.key
        if answer:
            return None
    return GENDER_BASED if answers.get(GENDER_BASED) is not False else None


# --- the context ------------------------------------------------------------------------------------------------------


class HarmfulPractice(StrEnum):
    """Whether a practice that tradition excuses was part of it."""

    NONE = "none"
    GENITAL_CUTTING = "genital_cutting"
    EARLY_MARRIAGE = "early_marriage"
    BRIDE_ABDUCTION = "bride_abduction"
    OTHER = "other"


class Abduction(StrEnum):
    """Whether she or he was taken away when it happened."""

    NONE = "none"
    FORCED_CONSCRIPTION = "forced_conscription"
    TRAFFICKED = "trafficked"
    OTHER = "other"


class ReportedElsewhere(StrEnum):
    """Whether this incident was reported to somebody before."""

    NO = "no"
    COUNTING = "counting"
    OTHER = "other"


HARMFUL_PRACTICE_NAMES = {
    HarmfulPractice.NONE: text("no"),
    HarmfulPractice.GENITAL_CUTTING: text("cutting of the genitals"),
    HarmfulPractice.EARLY_MARRIAGE: text("marriage of a child"),
    HarmfulPractice.BRIDE_ABDUCTION: text("abduction of a bride"),
    HarmfulPractice.OTHER: text("another one"),
}
ABDUCTION_NAMES = {
    Abduction.NONE: text("no"),
    Abduction.FORCED_CONSCRIPTION: text("forced into an armed group or the army"),
    Abduction.TRAFFICKED: text("trafficked"),
    Abduction.OTHER: text("abducted in another way"),
}
REPORTED_NAMES = {
    ReportedElsewhere.NO: text("no, to nobody before"),
    ReportedElsewhere.COUNTING: text("yes, to an organisation that counts incidents as we do"),
    ReportedElsewhere.OTHER: text("yes, to somebody else"),
}


def contradiction(violence: Violence, practice: HarmfulPractice | None) -> str:
    """Why a practice cannot stand beside the type, as a sentence; empty where it can.

    >>> contradiction(Violence.PHYSICAL_ASSAULT, HarmfulPractice.GENITAL_CUTTING) != ""
    True
    >>> contradiction(Violence.RAPE, HarmfulPractice.EARLY_MARRIAGE)
    ''
    """
    gravest = list(Violence).index(violence)
    if practice is HarmfulPractice.GENITAL_CUTTING and gravest > list(Violence).index(Violence.SEXUAL_ASSAULT):
        return text("Cutting of the genitals counts as sexual assault. Answer the second question with yes.")
    if practice is HarmfulPractice.EARLY_MARRIAGE and gravest > list(Violence).index(Violence.FORCED_MARRIAGE):
        return text("The marriage of a child counts as forced marriage. Answer the fourth question with yes.")
    return ""


def is_domestic(violence: str, tie: str) -> bool:
    """Whether an incident is violence by an intimate partner: a figure of its own, derived and never asked.

    >>> is_domestic("physical_assault", "partner"), is_domestic("forced_marriage", "partner")
    (True, False)
    """
    return tie in INTIMATE and violence not in {Violence.FORCED_MARRIAGE, Violence.NOT_GBV}


# --- health help that cannot wait -------------------------------------------------------------------------------------

NEEDS_HEALTH_AT_ONCE = frozenset({Violence.RAPE, Violence.SEXUAL_ASSAULT})

HEALTH_NAMES = {
    "prevention_of_hiv": text("prevention of HIV"),
    "emergency_contraception": text("emergency contraception"),
}


@dataclass(frozen=True, slots=True)
class Window:
    """One medical help that must begin before ``ends_at``."""

    key: str
    hours: int
    ends_at: datetime


def health_windows(violence: str, incident_on: date | None, now: datetime) -> list[Window]:
    """The helps whose time is not over yet, the most urgent first; hours count from the first minute of the day.

    >>> from datetime import timezone
    >>> now = datetime(2026, 11, 29, 12, tzinfo=timezone.utc)
    >>> [window.key for window in health_windows("rape", date(2026, 11, 26), now)]
    ['emergency_contraception']
    """
    if incident_on is None or violence not in NEEDS_HEALTH_AT_ONCE:
        return []
    began = datetime.combine(incident_on, time.min, now.tzinfo)
    windows = [Window(key, hours, began + timedelta(hours=hours)) for key, hours in health_hours().items()]
    return [window for window in windows if now < window.ends_at]
