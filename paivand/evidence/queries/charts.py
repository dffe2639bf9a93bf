"""The parts of pictures, from figures as they are shown: categories in their order, with names in a language."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

from paivand.core.rules.pictures import Part
from paivand.evidence.queries.naming import category_names, said_shortly
from paivand.evidence.rules.filters import months_between
from paivand.evidence.rules.indicators import UNKNOWN, AgeSet, Dimension
from paivand.evidence.rules.telling import Hidden, Shown, Told

ORDERED = {Dimension.MONTH, Dimension.AGE}
"""Dimensions whose categories have an order of their own; others go by size."""


def part(told: Told, label: str, *, code: str = "", short: str = "", href: str = "") -> Part:
    """One category of a picture."""
    hidden = told.hidden is not None and told.hidden is not Hidden.NOTHING
    value = None if told.value is None else float(told.value)
    return Part(label[:1].upper() + label[1:], value, said_shortly(told), hidden, short, code, href)


def parts_by(
    shown: Shown,
    dimension: Dimension,
    language: str,
    *,
    ages: AgeSet | None = None,
    href: Callable[[str], str] | None = None,
) -> list[Part]:
    """The categories of one dimension: ages in their order, the rest by size, the unknown one last."""
    told = {key[0]: one for key, one in shown.along(dimension).items()}
    if dimension is Dimension.AGE and ages is not None and told:
        codes = [band for band in (*ages.bands, UNKNOWN) if band in told or band != UNKNOWN]
        codes += [code for code in told if code not in codes]
    else:
        codes = sorted(told, key=lambda code: (code == UNKNOWN, -_size(told[code]), code))
    names = category_names(dimension, codes, language)
    return [part(told.get(code, Told(0)), names[code], code=code) for code in codes]


def _size(told: Told) -> Decimal:
    return Decimal(-1) if told.value is None else Decimal(told.value)


def parts_by_month(
    shown: Shown, named: Callable[[str], str], short: Callable[[str], str], months: Sequence[str] = ()
) -> list[Part]:
    """Every month from the first to the last, none left out."""
    told = {key[0]: one for key, one in shown.along(Dimension.MONTH).items() if key[0][:1].isdigit()}
    if not told:
        return []
    every = months or months_between(min(told), max(told))
    return [part(told.get(code, Told(0)), named(code), code=code, short=short(code)) for code in every]


def sexes_by_age(shown: Shown, ages: AgeSet, language: str) -> Mapping[str, list[Part]]:
    """For female, male and unknown the parts of each band of ages, the unknown band last."""
    told = shown.along(Dimension.SEX, Dimension.AGE)
    bands = [*ages.bands, *([UNKNOWN] if any(key[1] == UNKNOWN for key in told) else [])]
    names = category_names(Dimension.AGE, bands, language)
    return {
        sex: [part(told.get((sex, band), Told(0)), names[band], code=band) for band in bands]
        for sex in ("female", "male", UNKNOWN)
    }
