"""The tables of referrals."""

from __future__ import annotations

COLUMNS: dict[str, dict[str, str]] = {}
