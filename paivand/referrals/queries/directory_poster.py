"""What may hang on a wall: the services of a district that are open, checked lately, and may be known to everyone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from paivand.access.models import User
from paivand.referrals.models import DirectoryService
from paivand.referrals.queries.directory import services_for
from paivand.referrals.rules.directory import Need, check_again_on, needs


@dataclass(frozen=True)
class Poster:
    """A poster in one language: the services under what people come for, and what is left off it."""

    parts: Sequence[tuple[Need, list[DirectoryService]]]
    stale: Sequence[DirectoryService]
    wordless: Sequence[DirectoryService]
    check_again_on: date | None
    """The day from which one of its entries has not been checked for too long."""

    @property
    def n(self) -> int:
        """How many services stand on it."""
        return sum(len(rows) for _need, rows in self.parts)


def posters(by: User, district: str, languages: Sequence[str], today: date) -> dict[str, Poster]:
    """The posters of a district in some languages; ``by`` refers or keeps the directory, and so sees all services."""
    found = services_for(by, district)
    return {language: _poster(found, language, today) for language in languages}


def _poster(found: Sequence[DirectoryService], language: str, today: date) -> Poster:
    stale = [row for row in found if row.is_stale(today)]
    fresh = [row for row in found if not row.is_stale(today)]
    wordless = [row for row in fresh if not may_hang(row, language)]
    shown = [row for row in fresh if may_hang(row, language)]
    parts = [(need, [row for code in need.types for row in shown if row.type == code]) for need in needs()]
    return Poster(
        parts=[(need, rows) for need, rows in parts if rows],
        stale=stale,
        wordless=wordless,
        check_again_on=min((check_again_on(row.verified_on) for row in shown), default=None),
    )


def may_hang(service: DirectoryService, language: str) -> bool:
    """Whether a service may stand on a poster: a sensitive one in words that were agreed, any if it can be reached."""
    if service.is_sensitive:
        return bool(service.phone and service.poster_words.get(language))
    return bool(service.phone or service.address)
