"""Two records side by side: every fact of both, what agrees, and what each comparison weighs."""

from __future__ import annotations

from dataclasses import dataclass

from paivand.access.models import User
from paivand.methods.linkage import Comparison, Finding, compare
from paivand.registry.models import Document, DuplicatePair, FamilyMember, Person
from paivand.registry.queries.duplicates import homes
from paivand.registry.queries.families import members
from paivand.registry.queries.matches import Record, records
from paivand.registry.rules.duplicates import model


@dataclass(frozen=True)
class Home:
    """One file a person is in, and who else is."""

    member: FamilyMember
    others: list[FamilyMember]


@dataclass(frozen=True)
class Side:
    """One of the two records."""

    person: Person
    record: Record
    phones: list[str]
    papers: list[Document]
    homes: list[Home]


@dataclass(frozen=True)
class Bar:
    """One comparison in the picture of the weights, in units of its width of 100; right of ``nought`` speaks for."""

    finding: Finding
    start: float
    width: float


@dataclass(frozen=True)
class SideBySide:
    """Two records, compared as they stand now."""

    one: Side
    other: Side
    comparison: Comparison
    bars: list[Bar]
    nought: float
    likely_at: float

    @property
    def both(self) -> tuple[Side, Side]:
        """The two records."""
        return self.one, self.other


def side_by_side(by: User, pair: DuplicatePair) -> SideBySide | None:
    """Both records of a pair with all that is compared; None when one of them may not be read any more."""
    people = (pair.one, pair.other)
    known = records(by, [person.pk for person in people])
    if len(known) < 2:
        return None
    lived = homes(by, known)
    papers: dict[object, list[Document]] = {}
    for paper in Document.objects.seen_by(by).filter(person_id__in=known).order_by("kind", "pk"):
        papers.setdefault(paper.person_id, []).append(paper)
    sides = [
        Side(
            person, known[person.pk], [masked(number) for number in sorted(known[person.pk].facts.phones)],
            papers.get(person.pk, []),
            [
                Home(row, [one for one in members(by, row.family) if one.person_id != person.pk])
                for row in lived.get(person.pk, [])[:2]
            ],
        )
        for person in people
    ]  # fmt: skip
    comparison = compare(known[pair.one_id].facts, known[pair.other_id].facts, model())
    bars, nought, likely_at = waterfall(comparison)
    return SideBySide(sides[0], sides[1], comparison, bars, nought, likely_at)


def masked(number: str) -> str:
    """A telephone number of which enough is shown to compare, and too little to call.

    >>> masked("+992918123456")
    '+992 ··· 34 56'
    """
    return f"{number[:4]} ··· {number[-4:-2]} {number[-2:]}"


def waterfall(comparison: Comparison) -> tuple[list[Bar], float, float]:
    """The weights as bars that go on from one another, the line of nought and the line of "likely"."""
    told = [finding for finding in comparison.findings if finding.weight]
    ends, total = [0.0, model().likely], 0.0
    for finding in told:
        total += finding.weight
        ends.append(total)
    low, high = min(ends), max(ends)
    unit = 100 / (high - low)
    bars, reached = [], 0.0
    for finding in told:
        start = min(reached, reached + finding.weight)
        bars.append(Bar(finding, round((start - low) * unit, 2), round(abs(finding.weight) * unit, 2)))
        reached += finding.weight
    return bars, round(-low * unit, 2), round((model().likely - low) * unit, 2)
