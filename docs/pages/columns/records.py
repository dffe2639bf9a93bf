"""The tables of what is written down within a case."""

from __future__ import annotations

COLUMNS: dict[str, dict[str, str]] = {}
