"""The tables of questionnaires and their scores."""

from __future__ import annotations

COLUMNS: dict[str, dict[str, str]] = {}
