"""The tables of the directory of services."""

from __future__ import annotations

COLUMNS: dict[str, dict[str, str]] = {}
