"""What a programme is: its dates, who takes part in it and as what, and the marks that donors ask for."""

from __future__ import annotations

import calendar
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from enum import IntEnum, StrEnum

from paivand.core.rules.texts import text
from paivand.programme.rules.words import Titles


class ProgrammeState(StrEnum):
    """How far a programme is."""

    PLANNED = "planned"
    RUNNING = "running"
    CLOSED = "closed"


class AgencyRole(StrEnum):
    """As what an organisation takes part; the four roles of IATI."""

    FUNDING = "funding"
    ACCOUNTABLE = "accountable"
    EXTENDING = "extending"
    IMPLEMENTING = "implementing"


class Marker(IntEnum):
    """How far a programme serves an aim: gender equality (the UN's Gender Equality Marker) or human rights."""

    NONE = 0
    LIMITED = 1
    SIGNIFICANT = 2
    PRINCIPAL = 3


class DacMarker(IntEnum):
    """How far a programme serves an aim, as OECD DAC asks: gender equality, inclusion of persons with disabilities."""

    NOT_TARGETED = 0
    SIGNIFICANT = 1
    PRINCIPAL = 2


STATE_NAMES = {
    ProgrammeState.PLANNED: text("planned"),
    ProgrammeState.RUNNING: text("running"),
    ProgrammeState.CLOSED: text("closed"),
}
ROLE_NAMES = {
    AgencyRole.FUNDING: text("funds"),
    AgencyRole.ACCOUNTABLE: text("accountable"),
    AgencyRole.EXTENDING: text("extending"),
    AgencyRole.IMPLEMENTING: text("implements"),
}
IATI_ROLES: Mapping[AgencyRole, str] = {
    AgencyRole.FUNDING: "1",
    AgencyRole.ACCOUNTABLE: "2",
    AgencyRole.EXTENDING: "3",
    AgencyRole.IMPLEMENTING: "4",
}
"""The codes of IATI's list OrganisationRole."""
MARKER_NAMES = {
    Marker.NONE: text("0 · not expected to serve it"),
    Marker.LIMITED: text("1 · in a limited way"),
    Marker.SIGNIFICANT: text("2 · a significant aim"),
    Marker.PRINCIPAL: text("3 · the principal aim"),
}
DAC_MARKER_NAMES = {
    DacMarker.NOT_TARGETED: text("0 · not targeted"),
    DacMarker.SIGNIFICANT: text("1 · a significant aim"),
    DacMarker.PRINCIPAL: text("2 · the principal aim"),
}
ORGANISATION_TYPES: Mapping[str, str] = {
    "10": text("Government"),
    "11": text("Local government"),
    "15": text("Other public sector"),
    "21": text("International NGO"),
    "22": text("National NGO"),
    "24": text("NGO of the partner country"),
    "30": text("Public private partnership"),
    "40": text("Multilateral"),
    "60": text("Foundation"),
    "70": text("Private sector"),
    "71": text("Private sector in the provider country"),
    "72": text("Private sector in the aid recipient country"),
    "80": text("Academic, training and research"),
    "90": text("Other organisation"),
}
"""IATI's list OrganisationType, as far as it is used here."""

N_GCM_OBJECTIVES = 23
"""The Global Compact for Migration has this many objectives."""
CODE = re.compile(r"[A-Z0-9][A-Z0-9-]{1,11}")
_SDG_TARGET = re.compile(r"(?:[1-9]|1[0-7])(?:\.(?:\d{1,2}|[a-d]))?")
_DAC_SECTOR = re.compile(r"\d{5}")
_WHOLE = Decimal(100)


def code_of(typed: str) -> str | None:
    """The short code of a programme: capital Latin letters, digits and hyphens, 2 to 12; None when it is none.

    >>> code_of(" jp-2021 "), code_of("jp 2021"), code_of("a")
    ('JP-2021', None, None)
    """
    found = typed.strip().upper()
    return found if CODE.fullmatch(found) else None


def is_sdg_target(code: str) -> bool:
    """Whether this is a goal or a target of the Sustainable Development Goals.

    >>> [is_sdg_target(code) for code in ("5", "5.2", "17.18", "5.a", "18", "5.2.1")]
    [True, True, True, True, False, False]
    """
    return bool(_SDG_TARGET.fullmatch(code))


def is_gcm_objective(number: int) -> bool:
    """Whether the Global Compact for Migration has an objective of this number."""
    return 1 <= number <= N_GCM_OBJECTIVES


def sector_fault(sectors: Mapping[str, Decimal]) -> str:
    """What is wrong with a division by DAC sectors, as a word; empty when nothing is, or none is given.

    >>> sector_fault({"15190": Decimal(60), "15180": Decimal(40)}), sector_fault({"15190": Decimal(60)})
    ('', 'sum')
    >>> sector_fault({"151": Decimal(100)}), sector_fault({"15190": Decimal(100), "15180": Decimal(0)})
    ('code', 'percent')
    """
    if any(not _DAC_SECTOR.fullmatch(code) for code in sectors):
        return "code"
    if any(not 0 < percent <= _WHOLE for percent in sectors.values()):
        return "percent"
    return "sum" if sectors and sum(sectors.values()) != _WHOLE else ""


def last_day(begin: date, months: int) -> date:
    """The last day of ``months`` months that begin on ``begin``.

    >>> last_day(date(2021, 8, 1), 24), last_day(date(2021, 1, 31), 1)
    (datetime.date(2023, 7, 31), datetime.date(2021, 2, 27))
    """
    index = begin.year * 12 + begin.month - 1 + months
    year, month = divmod(index, 12)
    day = min(begin.day, calendar.monthrange(year, month + 1)[1])
    return date(year, month + 1, day) - timedelta(days=1)


@dataclass(frozen=True)
class ProgrammeDraft:
    """A programme as somebody wrote it. ``sectors``: the per cent of each DAC sector, together 100."""

    code: str
    titles: Titles
    goal: Titles
    starts_on: date
    months: int
    donor: str
    budget: Decimal
    currency: str = "USD"
    fund: str = ""
    themes: tuple[str, ...] = ()
    gcm_primary: tuple[int, ...] = ()
    gcm_secondary: tuple[int, ...] = ()
    sdg_targets: tuple[str, ...] = ()
    gender_marker: Marker = Marker.NONE
    human_rights_marker: Marker = Marker.NONE
    dac_gender: DacMarker = DacMarker.NOT_TARGETED
    dac_disability: DacMarker = DacMarker.NOT_TARGETED
    sectors: Mapping[str, Decimal] = field(default_factory=dict)
    iati_identifier: str = ""
    reporting_ref: str = ""
    reporting_name: str = ""
    districts: tuple[str, ...] = ()
    started_on: date | None = None
    extended_to_on: date | None = None
    extended_why: str = ""
    closed_on: date | None = None


@dataclass(frozen=True)
class ParticipationDraft:
    """Who takes part in a programme and as what. ``is_puno``: a participating UN organisation, with a budget."""

    agency_id: uuid.UUID
    roles: tuple[AgencyRole, ...]
    is_puno: bool = False
    is_convening: bool = False
    iati_ref: str = ""
    organisation_type: str = ""
    part: Titles = field(default_factory=dict)
