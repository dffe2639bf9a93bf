"""How long what a form from the field said is kept, as ``parameters/field.yaml`` declares it."""

from __future__ import annotations

from datetime import timedelta
from functools import lru_cache
from pathlib import Path

import yaml

SOURCE = Path(__file__).parent.parent.parent / "parameters" / "field.yaml"


ERASED = "erased"
"""What stands where somebody had written why a form was set aside, once the form is erased."""


def kept_for() -> timedelta:
    """How long the XML and the files of a form stay after it was taken in or set aside."""
    return _days("kept_days")


def open_for() -> timedelta:
    """How long a form that is about others too may still wait after somebody among them withdrew the consent."""
    return _days("open_days_after_withdrawal")


@lru_cache(maxsize=4)
def _days(name: str) -> timedelta:
    return timedelta(days=int(yaml.safe_load(SOURCE.read_text(encoding="utf-8"))[name]["value"]))
