"""The forms that come with Paivand: which there are, where their tables come from, and who may fill them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

from paivand.access.rules.verbs import Verb
from paivand.collect.rules.instrument_forms import INSTRUMENTS, instrument_tables
from paivand.collect.rules.tables import Tables, read_folder

FORMS = Path(__file__).parent.parent.parent / "forms"
"""A folder for each form: its code, and in it a CSV for each sheet."""


@dataclass(frozen=True)
class Shipped:
    """A form of ours.

    Args:
        verbs: all of them are needed to receive it, each somewhere.
        generated: makes the tables where they are not kept as files.
    """

    code: str
    verbs: frozenset[Verb]
    generated: Callable[[], Tables] | None = None


def _form(code: str, *verbs: Verb, generated: Callable[[], Tables] | None = None) -> tuple[str, Shipped]:
    return code, Shipped(code, frozenset({Verb.FORM_FILL, *verbs}), generated)


SHIPPED: dict[str, Shipped] = dict(
    (
        _form("family_registration", Verb.FAMILY_REGISTER),
        _form("home_visit", Verb.JOURNEY_RECORD),
        _form("remittances", Verb.FAMILY_EDIT),
        *(_form(code, Verb.ASSESSMENT_RECORD, generated=partial(instrument_tables, code)) for code in INSTRUMENTS),
        _form("referral_feedback", Verb.REFERRAL_SEND),
        _form("follow_up", Verb.LEARNING_ENROL),
        _form("attendance", Verb.LEARNING_TEACH),
        _form("aesa", Verb.LEARNING_TEACH),
        _form("information_session", Verb.OUTREACH_RECORD),
    )
)  # fmt: skip
"""Every form of ours, in the order in which phones list them."""


@cache
def shipped_tables(code: str) -> Tables:
    """The tables of a form of ours.

    Raises:
        KeyError: there is none of this code.
        BadTable: its files cannot be read.
    """
    form = SHIPPED[code]
    return form.generated() if form.generated else read_folder(FORMS / code)
