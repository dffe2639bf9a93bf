"""The incident table in the shape of the field's recorder: 42 columns of codes, and nothing in anybody's words.

The headings are those that the recorder's users know and stay English, so that tables of several organisations can be
laid together. What would lead to a person has a column that stays empty, because programs that read the table count
columns: the day of birth gives the year only, and ethnicity is not asked for here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from paivand.protection.rules.violence import Violence

SHORTEST_REASON = 15
MOST_ROWS = 20_000


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its short stable key and its heading."""

    key: str
    heading: str


COLUMNS = (
    Column("incident_id", "INCIDENT ID"),
    Column("survivor_code", "SURVIVOR CODE"),
    Column("caseworker_code", "CASE WORKER CODE"),
    Column("interview_on", "DATE OF INTERVIEW"),
    Column("incident_on", "DATE OF INCIDENT"),
    Column("birth", "DATE OF BIRTH"),
    Column("sex", "SEX"),
    Column("ethnicity", "ETHNICITY"),
    Column("origin", "COUNTRY OF ORIGIN"),
    Column("marital", "CIVIL / MARITAL STATUS"),
    Column("displacement", "DISPLACEMENT STATUS AT REPORT"),
    Column("disability", "PERSON WITH DISABILITY?"),
    Column("child_alone", "UNACCOMPANIED, SEPARATED OR OTHER VULNERABLE CHILD?"),
    Column("migration_stage", "STAGE OF DISPLACEMENT AT INCIDENT"),
    Column("day_time", "INCIDENT TIME OF DAY"),
    Column("place_kind", "INCIDENT LOCATION"),
    Column("region", "COUNTY OF INCIDENT"),
    Column("district", "DISTRICT OF INCIDENT"),
    Column("camp", "CAMP / TOWN"),
    Column("violence", "GBV TYPE"),
    Column("harmful_practice", "HARMFUL TRADITIONAL PRACTICE"),
    Column("goods_exchanged", "GOODS MONEY EXCHANGED"),
    Column("abduction", "ABDUCTION TYPE"),
    Column("reported_elsewhere", "PREVIOUSLY REPORTED?"),
    Column("previous_incidents", "PREVIOUS GBV INCIDENTS?"),
    Column("n_perpetrators", "NUMBER OF PRIMARY PERPETRATORS"),
    Column("perpetrator_sex", "ALLEGED PERPETRATOR SEX"),
    Column("perpetrator_before", "PREVIOUS INCIDENT WITH THIS PERPETRATOR"),
    Column("perpetrator_age", "ALLEGED PERPETRATOR AGE GROUP"),
    Column("perpetrator_tie", "ALLEGED PERPETRATOR - SURVIVOR RELATIONSHIP"),
    Column("perpetrator_occupation", "ALLEGED PERPETRATOR OCCUPATION"),
    Column("came_from", "REFERRED TO YOU FROM?"),
    Column("safe_house", "SAFE HOUSE / SHELTER"),
    Column("health", "HEALTH / MEDICAL SERVICES"),
    Column("psychosocial", "PSYCHOSOCIAL SERVICES"),
    Column("legal_action", "WANTS LEGAL ACTION?"),
    Column("legal", "LEGAL ASSISTANCE SERVICES"),
    Column("security", "POLICE / OTHER SECURITY SERVICES"),
    Column("livelihoods", "LIVELIHOODS PROGRAM"),
    Column("protection", "CHILD PROTECTION SERVICES / EDUCATION"),
    Column("consent", "CONSENT GIVEN"),
    Column("agency_code", "AGENCY CODE"),
)
"""The columns in the recorder's order."""

ALWAYS_EMPTY = frozenset({"ethnicity", "camp"})
"""Columns for what is not asked here, or would say more exactly than the district where somebody lives."""

DECLINED, NOT_ASKED = "declined", ""

VIOLENCE_CODES: Mapping[Violence, str] = {
    Violence.RAPE: "Rape",
    Violence.SEXUAL_ASSAULT: "Sexual Assault",
    Violence.PHYSICAL_ASSAULT: "Physical Assault",
    Violence.FORCED_MARRIAGE: "Forced Marriage",
    Violence.DENIAL: "Denial of Resources, Opportunities or Services",
    Violence.PSYCHOLOGICAL: "Psychological / Emotional Abuse",
}
"""How the recorder names the types. What is not gender-based violence has no name there: it does not stand in it."""


def yes_or_no(value: bool | None) -> str:
    """A yes-or-no answer; empty where it was not asked.

    >>> yes_or_no(True), yes_or_no(None)
    ('Yes', '')
    """
    return NOT_ASKED if value is None else "Yes" if value else "No"
