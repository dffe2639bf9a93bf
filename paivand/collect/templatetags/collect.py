"""How the remarks on a list read, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.translation import gettext

from paivand.collect.rules.columns import COLUMN_NAMES, Column, letter
from paivand.collect.rules.problems import FAILURES, MESSAGES

register = template.Library()


@register.filter
def remark(problem: Mapping[str, Any]) -> str:
    """A remark in words."""
    values = {**problem["values"], "given": problem["values"].get("given", problem["given"])}
    return str(gettext(MESSAGES[problem["code"]]) % values)


@register.filter
def remark_kind(code: str) -> str:
    """A remark without the values of a single row, for the list of kinds."""
    words = gettext(MESSAGES[code]) % _Dots()
    return words.replace("….", "…").strip()


@register.filter
def failure(error: Mapping[str, Any]) -> str:
    """Why a list failed."""
    return str(gettext(FAILURES[error["code"]]) % error["values"])


@register.filter
def column_letter(index: int) -> str:
    """The letters of a column."""
    return letter(index) if index >= 0 else ""


@register.filter
def column_name(key: str) -> str:
    """What a column fills, in words."""
    return gettext(COLUMN_NAMES[Column(key)]) if key else ""


@register.filter
def at(values: Any, index: int) -> Any:
    """The value at a position, or an empty text."""
    return values[index] if 0 <= index < len(values) else ""


class _Dots(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "…"
