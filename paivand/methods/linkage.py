"""Whether two records are likely one person: keys to find candidates by, weights to judge them.

Candidates are found by *match keys*: texts that two records of one person most likely share, each made of several
facts, so that a key stays rare among a million people. They are compared field by field. Each comparison ends in a
*level* (same spelling, likely the same, different, …), and each level has a weight in bits, the logarithm of how much
more often it occurs between two records of one person than between records of two (Fellegi and Sunter 1969, *A theory
for record linkage*): every bit doubles the odds. No sum of weights merges anybody: it only puts a pair before a
person's eyes.

The probabilities come from outside, as dated parameters; ``estimated`` learns them from a list without known answers.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from paivand.methods.names import Part, either_key, name_keys

SPREAD = 1
"""How many years two told years of birth may lie apart."""
GUESSED = 3
"""How many years a birth that was guessed from an age may lie from the true one."""

MISSING = "missing"
"""The level where one side is not known: it says nothing, and weighs nothing."""

FIELDS: Mapping[str, tuple[str, ...]] = {
    "given": ("spelling", "likely", "swapped", "known_as", "near", "different"),
    "family": ("spelling", "likely", "swapped", "near", "different"),
    "father": ("spelling", "likely", "near", "different"),
    "sex": ("same", "different"),
    "birth": ("day", "month", "year", "other_day", "close_year", "guessed", "different"),
    "phone": ("same", "different"),
    "document": ("same", "different"),
    "place": ("village", "jamoat", "different"),
    "mother": ("same", "different"),
}
"""The comparisons and their levels, from what speaks most for one person to what speaks most against."""

LIKELY, POSSIBLE, APART = "likely", "possible", "apart"


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of one record; empty where it is not.

    Args:
        born: the first day of the known period, and ``precision`` its length: day, month, year or estimate.
        documents: kind and number of each paper.
        household: the family's key; two members of one family are compared more strictly.
        mother: the mother's given name, where the family tells it.
    """

    given: str
    family: str = ""
    father: str = ""
    also: str = ""
    sex: str = ""
    born: date | None = None
    precision: str = ""
    phones: frozenset[str] = frozenset()
    documents: frozenset[tuple[str, str]] = frozenset()
    jamoat: str = ""
    village: str = ""
    mother: str = ""
    household: str = ""


@dataclass(frozen=True, slots=True)
class Level:
    """How often a level occurs between two records of one person (``m``) and of two people (``u``)."""

    m: float
    u: float

    @property
    def weight(self) -> float:
        """What it says, in bits: above zero for one person, below for two."""
        return math.log2(self.m / self.u)


@dataclass(frozen=True)
class Model:
    """The weights, how frequent names are, and from which sums on a pair is shown.

    Args:
        levels: for each field and each of its levels.
        shares: for each name part, the share of people who bear the name with this ``k2``.
        rare: for each name part, the share taken for a name that is not among ``shares``.
        likely: the sum from which a pair is likely one person.
        possible: the sum from which it is worth a look.
        most: the most that the rarity or frequency of one name may add or take, in bits.
    """

    levels: Mapping[str, Mapping[str, Level]]
    shares: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    rare: Mapping[str, float] = field(default_factory=dict)
    likely: float = 12.0
    possible: float = 7.0
    most: float = 4.0

    def weight(self, name: str, level: str) -> float:
        """The weight of one level; nothing for what is missing."""
        return 0.0 if level == MISSING else self.levels[name][level].weight

    def rarity(self, name: Part, key: str) -> float:
        """What the rarity of a shared name adds to its weight, in bits: below zero for a frequent name."""
        share = self.shares.get(name, {}).get(key, self.rare.get(name, 0.0))
        if not share:
            return 0.0
        chance = sum(self.levels[name][level].u for level in ("spelling", "likely"))
        return max(-self.most, min(self.most, math.log2(chance / share)))


@dataclass(frozen=True, slots=True)
class Finding:
    """One comparison: the field, its level, and what that says in bits."""

    field: str
    level: str
    weight: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two records compared.

    Args:
        findings: one for each field, in the order of ``FIELDS``.
        weight: the sum, in bits.
        grade: ``likely``, ``possible`` or ``apart``.
        kept_apart: the rule that kept them apart or lowered the grade: ``twins``, ``namesakes``, ``household``, or
            nothing.
    """

    findings: tuple[Finding, ...]
    weight: float
    grade: str
    kept_apart: str = ""

    @property
    def agreeing(self) -> tuple[str, ...]:
        """The fields that speak for one person."""
        return tuple(finding.field for finding in self.findings if finding.weight > 0)


def compare(one: Facts, other: Facts, model: Model) -> Comparison:
    """Compare two records field by field and say how much speaks for one person.

    Three rules stand above the sum, because chance does not rule in families:

    * *household*: two members listed in one family under different given names are two people;
    * *twins*: the same surname, father and birth with another given name are two people; with a given name that is
      merely near (Ҳасан, Ҳусан) they are at most possible;
    * *namesakes*: cousins bear the same names. With another birth, or another parent and not the same year, they are
      two people; with another parent only, or another day of one year, they are at most possible. A shared telephone
      or mother sets this rule aside.

    A shared document number sets aside all three: papers are looked at by a person then.
    """
    levels = _levels(one, other)
    findings = []
    for name, level in levels.items():
        weight = model.weight(name, level)
        if level in {"spelling", "likely"} and name in {"given", "family", "father"}:
            part: Part = name  # type: ignore[assignment]
            weight += model.rarity(part, name_keys(getattr(one, name), part).k2)
        findings.append(Finding(name, level, round(weight, 2)))
    total = round(sum(finding.weight for finding in findings), 2)
    rule, highest = _rule(levels, one, other)
    grade = LIKELY if total >= model.likely else POSSIBLE if total >= model.possible else APART
    if grade == LIKELY and highest != LIKELY:
        grade = highest
    elif grade == POSSIBLE and highest == APART:
        grade = APART
    return Comparison(tuple(findings), total, grade, rule)


def _rule(levels: Mapping[str, str], one: Facts, other: Facts) -> tuple[str, str]:  # noqa: PLR0911  # one for each rule
    """The rule that applies, and the highest grade it allows."""
    given, born = levels["given"], levels["birth"]
    if levels["document"] == "same":
        return "", LIKELY
    if given in {"near", "different"} and one.household and one.household == other.household:
        return "household", APART
    kin = levels["family"] in {"spelling", "likely"} or levels["father"] in {"spelling", "likely"}
    if given == "different":
        return ("twins" if kin and born in {"day", "month", "year"} else ""), APART
    if given == "near" and kin and born in {"day", "month"}:
        return "twins", POSSIBLE
    if "same" in (levels["phone"], levels["mother"]):
        return "", LIKELY
    other_parent = "different" in (levels["father"], levels["mother"])
    if born == "different" or (other_parent and born in {"other_day", "close_year", "guessed"}):
        return "namesakes", APART
    if (other_parent and born != "day") or levels["father"] == "different" or born == "other_day":
        return "namesakes", POSSIBLE
    return "", LIKELY


def _levels(one: Facts, other: Facts) -> dict[str, str]:
    given, family = _name_level(one.given, other.given, "given"), _name_level(one.family, other.family, "family")
    if given in {"near", "different"} and one.family and other.family and _crossed(one, other):
        given = family = "swapped"
    if given in {"near", "different"}:
        also = (_name_level(a, b, "given") for a, b in ((one.also, other.given), (one.given, other.also)) if a and b)
        given = "known_as" if any(level in {"spelling", "likely"} for level in also) else given
    return {
        "given": given,
        "family": family,
        "father": _name_level(one.father, other.father, "father"),
        "sex": _same(one.sex, other.sex),
        "birth": birth_level(one.born, one.precision, other.born, other.precision),
        "phone": _any_shared(one.phones, other.phones),
        "document": _document_level(one.documents, other.documents),
        "place": _place_level(one, other),
        "mother": MISSING
        if not (one.mother and other.mother)
        else _same(name_keys(one.mother, "given").k2, name_keys(other.mother, "given").k2),
    }


def _name_level(one: str, other: str, part: Part) -> str:
    a, b = name_keys(one, part), name_keys(other, part)
    if not a.k2 or not b.k2 or a.k2.startswith("ar:") != b.k2.startswith("ar:"):
        return MISSING  # not written down, or in scripts whose keys cannot meet
    if a.k1 == b.k1:
        return "spelling"
    if a.k2 == b.k2:
        return "likely"
    slips = 1 if min(len(a.k2), len(b.k2)) < 7 else 2
    if (a.k3 == b.k3 and len(a.k3) > 2) or distance(a.k2, b.k2, slips) <= slips:
        return "near"
    return "different"


def _crossed(one: Facts, other: Facts) -> bool:
    """Whether the given name of one is the surname of the other, both ways round."""
    return either_key(one.given) == either_key(other.family) and either_key(one.family) == either_key(other.given)


def _same(one: str, other: str) -> str:
    if not one or not other:
        return MISSING
    return "same" if one == other else "different"


def _any_shared(one: frozenset[str], other: frozenset[str]) -> str:
    if not one or not other:
        return MISSING
    return "same" if one & other else "different"


def _document_level(one: frozenset[tuple[str, str]], other: frozenset[tuple[str, str]]) -> str:
    if one & other:
        return "same"
    return "different" if {kind for kind, _ in one} & {kind for kind, _ in other} else MISSING


def _place_level(one: Facts, other: Facts) -> str:
    if not one.jamoat or not other.jamoat:
        return MISSING
    if one.jamoat != other.jamoat:
        return "different"
    return "village" if one.village and one.village == other.village else "jamoat"


def birth_level(one: date | None, exact: str, other: date | None, exact_other: str) -> str:
    """How two births agree. The first of January is what papers say when only the year was known, and counts as such.

    A year may be one off where one side is no more than a year, or where the rest agrees to the day: a slip of the pen.

    >>> birth_level(date(1984, 3, 12), "day", date(1984, 3, 12), "day")
    'day'
    >>> birth_level(date(1984, 1, 1), "day", date(1984, 1, 1), "day")
    'year'
    >>> birth_level(date(1984, 3, 12), "day", date(1984, 12, 3), "day")
    'month'
    """
    if one is None or other is None:
        return MISSING
    exact, exact_other = _precision(one, exact), _precision(other, exact_other)
    gap = abs(one.year - other.year)
    if gap == 0:
        return _same_year(one, exact, other, exact_other)
    if "estimate" in (exact, exact_other):
        return "guessed" if gap <= GUESSED else "different"
    coarse = "year" in (exact, exact_other)
    same_day = one.month == other.month and (one.day == other.day or "month" in (exact, exact_other))
    return "close_year" if gap <= SPREAD and (coarse or same_day) else "different"


def _precision(born: date, precision: str) -> str:
    return "year" if precision == "day" and (born.month, born.day) == (1, 1) else precision


def _same_year(one: date, exact: str, other: date, exact_other: str) -> str:
    if {exact, exact_other} & {"year", "estimate"}:
        return "year"
    if exact == exact_other == "day":
        if one == other:
            return "day"
        turned = (one.month, one.day) == (other.day, other.month)
        return "month" if turned or one.month == other.month else "other_day"
    return "month" if one.month == other.month else "other_day"


def distance(one: str, other: str, most: int) -> int:
    """The number of letters to add, drop, change or exchange with the neighbour, or ``most`` + 1 if it is more.

    >>> distance("rustam", "rsutam", 2), distance("karim", "karam", 2), distance("ali", "zebuniso", 2)
    (1, 1, 3)
    """
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, start=1):
        last, row = row, [i]
        for j, b in enumerate(other, start=1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
        before = last
    return min(row[-1], most + 1)


def match_keys(
    given: str, family: str, father: str, birth_year: int | None, *, guessed: bool = False
) -> tuple[str, ...]:
    """The keys under which a record is stored, for finding possible duplicates of it later.

    * ``gf``: given name and surname, in either order (forms swap them);
    * ``gfn``: the same, of a record without a birth;
    * ``gfy``: the same with the year of birth, and with the years around it where it was ``guessed``;
    * ``gpy``: given name, father's name and year (surnames change with marriage and law);
    * ``by``: the consonants of given name and surname with the year (slips of the pen).

    >>> a = match_keys("Ҷамшед", "Каримов", "Раҳим", 1984)
    >>> b = match_keys("Jamshed", "Karimzoda", "Rahimovich", 1984)
    >>> sorted(set(a) & set(b))
    ['by:jmwd|krm|1984', 'gf:jamwid|karim', 'gfy:jamwid|karim|1984', 'gpy:jamwid|rahim|1984']
    """
    around = GUESSED - SPREAD if guessed else 0
    return tuple(sorted(_keys(given, family, father, birth_year, around, stored=True)))


def sought_keys(
    given: str, family: str, father: str, birth_year: int | None, *, guessed: bool = False
) -> tuple[str, ...]:
    """The keys to look a new record up by: as ``match_keys``, for every year that the birth may have been told with.

    Without a year of birth the bare ``gf`` key is sought, with one the rarer keys only: among a million people a
    frequent name alone meets hundreds.

    >>> len(sought_keys("Ҷамшед", "Каримов", "", 1984)), len(sought_keys("Ҷамшед", "Каримов", "", None))
    (7, 1)
    """
    around = GUESSED if guessed else SPREAD
    return tuple(sorted(_keys(given, family, father, birth_year, around, stored=False)))


def _keys(given: str, family: str, father: str, year: int | None, around: int, *, stored: bool) -> set[str]:
    years = range(year - around, year + around + 1) if year else range(0)
    close = [year] if stored and year else list(range(year - SPREAD, year + SPREAD + 1)) if year else []
    (one, block), (other, other_block) = either_key(given), either_key(family)
    found = set()
    if one and other:
        both, blocks = "|".join(sorted((one, other))), "|".join(sorted((block, other_block)))
        if stored or not year:
            found.add(f"gf:{both}")
        if stored != bool(year):
            found.add(f"gfn:{both}")
        found |= {f"gfy:{both}|{born}" for born in years} | {f"by:{blocks}|{born}" for born in close}
    name, parent = name_keys(given, "given").k2, name_keys(father, "father").k2
    if name and parent:
        found |= {f"gpy:{name}|{parent}|{born}" for born in years}
    return {key[:160] for key in found}


def shares(names: Iterable[str], part: Part) -> dict[str, float]:
    """How frequent each name is among ``names``, by its ``k2``.

    >>> shares(["Али", "Ali", "Карим", "Раҳим"], "given")["ali"]
    0.5
    """
    counts: dict[str, int] = {}
    for name in names:
        key = name_keys(name, part).k2
        if key:
            counts[key] = counts.get(key, 0) + 1
    total = sum(counts.values())
    return {key: count / total for key, count in counts.items()}


def estimated(patterns: Mapping[tuple[str, ...], int], model: Model, *, rounds: int = 40) -> tuple[Model, float]:
    """The model with ``m`` learnt from pairs whose truth nobody knows, and the share of true pairs among them.

    Expectation and maximisation over counts of patterns (Winkler 1988): each pattern is first given the odds that the
    present model says, then every ``m`` becomes how often its level occurs in the pairs so weighted. ``u`` stays: it is
    known from pairs taken at random. Levels that are missing say nothing and count nothing.

    Args:
        patterns: how many pairs show each pattern; a pattern has a level for each of ``FIELDS``, in their order.
        rounds: how often the two steps are repeated; they end early when nothing moves any more.

    Raises:
        ValueError: when there is no pair to learn from.
    """
    total = sum(patterns.values())
    if not total:
        raise ValueError("There is no pair to learn from.")
    share = 0.1
    levels = {name: dict(model.levels[name]) for name in FIELDS}
    for _round in range(rounds):
        sums: dict[str, dict[str, float]] = {name: dict.fromkeys(FIELDS[name], 0.0) for name in FIELDS}
        expected = 0.0
        for pattern, count in patterns.items():
            odds = share / (1 - share)
            for name, level in zip(FIELDS, pattern, strict=True):
                if level != MISSING:
                    odds *= levels[name][level].m / levels[name][level].u
            chance = count * odds / (1 + odds)
            expected += chance
            for name, level in zip(FIELDS, pattern, strict=True):
                if level != MISSING:
                    sums[name][level] += chance
        before, share = share, min(max(expected / total, 1e-9), 1 - 1e-9)
        for name, found in sums.items():
            seen = sum(found.values())
            if seen:
                floor = 1e-4  # a level never met is rare, not impossible
                levels[name] = {
                    level: Level(max(found[level] / seen, floor), levels[name][level].u) for level in FIELDS[name]
                }
        if abs(share - before) < 1e-9:
            break
    return replace(model, levels=levels), share
