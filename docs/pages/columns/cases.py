"""The tables of cases and plans."""

from __future__ import annotations

COLUMNS: dict[str, dict[str, str]] = {}
