"""The tables of the sealed room."""

from __future__ import annotations

COLUMNS: dict[str, dict[str, str]] = {}
