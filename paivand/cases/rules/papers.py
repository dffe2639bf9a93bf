"""What a document of a case can be, and why it is taken away: the lists of ``parameters/case_documents.yaml``."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

SOURCE = Path(__file__).parent.parent.parent / "parameters" / "case_documents.yaml"


@lru_cache(maxsize=1)
def _declared() -> dict[str, Any]:
    declared: dict[str, Any] = yaml.safe_load(SOURCE.read_text(encoding="utf-8"))
    return declared


def document_kinds() -> dict[str, Mapping[str, str]]:
    """What a document can be: the titles in four languages by code."""
    return dict(_declared()["kinds"])


def removal_reasons() -> dict[str, Mapping[str, str]]:
    """Why a document is taken away: the titles in four languages by code."""
    return dict(_declared()["removal_reasons"])


def titled(group: Mapping[str, Mapping[str, str]], code: str, language: str) -> str:
    """The title of ``code`` in ``language``, or in English; an unknown code stands for itself.

    >>> titled(document_kinds(), "court_decision", "en"), titled(document_kinds(), "song", "en")
    ('court decision', 'song')
    """
    titles = group.get(code, {})
    return titles.get(language[:2]) or titles.get("en") or code
