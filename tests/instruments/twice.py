"""Answers drawn at random and read by the engine, for scales that are computed a second time."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st

from paivand.instruments.rules.answers import Answer, Answers
from paivand.instruments.rules.catalogue import instrument
from paivand.instruments.rules.instruments import Instrument, Special
from paivand.instruments.rules.scores import (
    Reading,
    readings,
)

MANY = settings(max_examples=80)
DONT_KNOW, REFUSED = Answer(missing=Special.DONT_KNOW), Answer(missing=Special.REFUSED)


def declared(code: str) -> Instrument:
    found = instrument(code)
    assert found is not None
    return found


def given_answers(**values: Any) -> Answers:
    """Answers by item; None for one that the person does not know."""
    return {code: DONT_KNOW if value is None else Answer(value=str(value)) for code, value in values.items()}


def read(code: str, answers: Answers) -> dict[str, Reading]:
    return {one.scale: one for one in readings(declared(code), answers)}


def drawn(code: str) -> st.SearchStrategy[dict[str, str | None]]:
    """Any answers to a questionnaire: for each item a code, a number, not known, or nothing at all."""
    ways = {}
    for item in declared(code).items():
        values = [option.code for option in item.options] or [str(n) for n in range(item.least, item.most + 1)]
        ways[item.code] = st.one_of(st.none(), *[st.sampled_from(values)] * 4)
    return st.fixed_dictionaries({}, optional=ways)


def as_answers(values: dict[str, str | None]) -> Answers:
    return {code: DONT_KNOW if value is None else Answer(value=value) for code, value in values.items()}


def mean_half_up(values: list[Decimal], places: str) -> Decimal:
    """A mean rounded half up, without a fraction: scaled whole numbers."""
    scale = Decimal(1) / Decimal(places)
    numerator, denominator = int(sum(values) * 10**6 * int(scale)), len(values) * 10**6
    whole, rest = divmod(numerator, denominator)
    return Decimal(whole + (2 * rest >= denominator)) / scale
