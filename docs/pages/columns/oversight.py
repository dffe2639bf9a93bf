"""The tables of assignment and supervision."""

from __future__ import annotations

COLUMNS: dict[str, dict[str, str]] = {}
