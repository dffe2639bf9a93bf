"""How long what a form from the field said is kept, as ``parameters/field.yaml`` declares it."""

from __future__ import annotations

from datetime import timedelta
from functools import lru_cache
from pathlib import Path

import yaml

SOURCE = Path(__file__).parent.parent.parent / "parameters" / "field.yaml"


@lru_cache(maxsize=1)
def kept_for() -> timedelta:
    """How long the XML and the files of a form stay after it was taken in."""
    return timedelta(days=int(yaml.safe_load(SOURCE.read_text(encoding="utf-8"))["kept_days"]["value"]))
