"""The tables of selection."""

from __future__ import annotations

COLUMNS: dict[str, dict[str, str]] = {}
