"""What ``parameters/outward.yaml`` says: the licence of open data, days of reports, and codes for IATI."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from paivand.core.rules.parts import Part
from paivand.evidence.rules.outward.open_data import Licence

SOURCE = Path(__file__).parents[3] / "parameters" / "outward.yaml"
_IATI = "country collaboration flow finance aid tied migration_compact"


@dataclass(frozen=True)
class Outward:
    """The parameters of files that leave. ``narrative`` and ``financial``: month and day of the following year."""

    licence: Licence
    narrative: tuple[int, int]
    financial: tuple[int, int]
    country: str
    collaboration: str
    flow: str
    finance: str
    aid: str
    tied: str
    migration_compact: str


def read_outward(file: str, content: str) -> Outward:
    """The parameters of a file.

    Raises:
        DeclarationError: with file, line and reason of the first thing that is wrong.
    """
    whole = Part.of(file, content).fields("open_data deadlines iati")
    data = whole["open_data"].fields("source from licence")
    licence = data["licence"].fields("code title address")
    days = whole["deadlines"].fields("source from narrative financial")
    iati = whole["iati"].fields(f"source from {_IATI}")
    return Outward(
        Licence(licence["code"].text(), licence["title"].text(), licence["address"].text()),
        _day(days["narrative"]),
        _day(days["financial"]),
        **{name: iati[name].text() for name in _IATI.split()},
    )


def _day(part: Part) -> tuple[int, int]:
    month, _, day = part.text().partition("-")
    if not (month.isdigit() and day.isdigit() and 1 <= int(month) <= 12 and 1 <= int(day) <= 31):
        part.fail("here must stand a month and a day, such as 03-31")
    return int(month), int(day)


@lru_cache(maxsize=1)
def outward() -> Outward:
    """The declared parameters."""
    return read_outward(SOURCE.name, SOURCE.read_text(encoding="utf-8"))
