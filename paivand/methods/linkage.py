"""Whether two records are likely one person: keys to find candidates by, weights to judge them.

Candidates are found by *match keys*: texts that two records of one person most likely share, each made of several
facts, so that a key stays rare among a million people. They are compared field by field; the sum of the weights (in
bits: each doubles the odds) says how much speaks for one person (Fellegi and Sunter 1969, *A theory for record
linkage*). No sum merges anybody: it only puts a pair before a person's eyes.
"""

from __future__ import annotations

from paivand.methods.names import name_keys

SPREAD = 1
"""How many years two told years of birth may lie apart."""


def match_keys(given: str, family: str, father: str, birth_year: int | None) -> tuple[str, ...]:
    """The keys under which a record is stored, for finding possible duplicates of it later.

    * ``gf``: given name and surname, in either order (forms swap them);
    * ``gfy``: the same with the year of birth;
    * ``gpy``: given name, father's name and year (surnames change with marriage and law);
    * ``by``: the consonants of given name and surname with the year (slips of the pen).

    >>> a = match_keys("Ҷамшед", "Каримов", "Раҳим", 1984)
    >>> b = match_keys("Jamshed", "Karimzoda", "Rahimovich", 1984)
    >>> sorted(set(a) & set(b))
    ['by:jmwd|krm|1984', 'gf:jamwid|karim', 'gfy:jamwid|karim|1984', 'gpy:jamwid|rahim|1984']
    """
    return tuple(sorted(_keys(given, family, father, [birth_year] if birth_year else [], with_bare=True)))


def sought_keys(given: str, family: str, father: str, birth_year: int | None) -> tuple[str, ...]:
    """The keys to look a new record up by: as ``match_keys``, for every year within ``SPREAD``.

    Without a year of birth the bare ``gf`` key is sought, with one the rarer keys only: among a million people a
    frequent name alone meets hundreds.

    >>> len(sought_keys("Ҷамшед", "Каримов", "", 1984)), len(sought_keys("Ҷамшед", "Каримов", "", None))
    (6, 1)
    """
    years = list(range(birth_year - SPREAD, birth_year + SPREAD + 1)) if birth_year else []
    return tuple(sorted(_keys(given, family, father, years, with_bare=not years)))


def _keys(given: str, family: str, father: str, years: list[int], *, with_bare: bool) -> set[str]:
    one, other, parent = name_keys(given, "given"), name_keys(family, "family"), name_keys(father, "father")
    found = set()
    if one.k2 and other.k2:
        both, block = "|".join(sorted((one.k2, other.k2))), "|".join(sorted((one.k3, other.k3)))
        if with_bare:
            found.add(f"gf:{both}")
        for year in years:
            found |= {f"gfy:{both}|{year}", f"by:{block}|{year}"}
    if one.k2 and parent.k2:
        found |= {f"gpy:{one.k2}|{parent.k2}|{year}" for year in years}
    return {key[:160] for key in found}
