"""Finds the texts that people read, in Python and in templates."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from babel.messages.extract import extract
from django.utils.translation.template import templatize

_KEYWORDS: dict[str, Any] = {
    "gettext": None, "gettext_lazy": None, "gettext_noop": None, "_": None,
    "ngettext": (1, 2), "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2), "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3), "npgettext_lazy": ((1, "c"), 2, 3),
}  # fmt: skip
_TEXT_IMPORT = re.compile(r"^from paivand\.core\.rules\.texts import .*\btext\b", re.MULTILINE)
_TEMPLATES = {".html", ".txt", ".svg"}


@dataclass(frozen=True)
class Message:
    """A text in the source, with its plural and its context if it has them, and the file it stands in."""

    singular: str
    plural: str
    context: str
    place: str


def messages_in(root: Path) -> Iterator[Message]:
    """Every text below ``root``; places are given relative to the folder above it. Migrations are left out."""
    for path in sorted(root.rglob("*")):
        place = path.relative_to(root.parent).as_posix()
        if path.suffix == ".py" and "migrations" not in path.parts:
            yield from python_messages(path.read_text(encoding="utf-8"), place)
        elif path.suffix in _TEMPLATES and "templates" in path.relative_to(root).parts:
            yield from template_messages(path.read_text(encoding="utf-8"), place)


def python_messages(source: str, place: str) -> Iterator[Message]:
    """The texts in Python code. ``text("...")`` counts where it is imported from ``core.rules.texts``."""
    keywords = {**_KEYWORDS, "text": None} if _TEXT_IMPORT.search(source) else _KEYWORDS
    code = io.BytesIO(source.encode())
    for _line, found, _comments, context in extract("python", code, keywords=keywords, options={"encoding": "utf-8"}):
        singular, plural = found if isinstance(found, tuple) else (found, "")
        yield Message(singular, plural, context or "", place)


def template_messages(source: str, place: str) -> Iterator[Message]:
    """The texts in a Django template, by way of Django's own translation of templates into calls."""
    calls = templatize(source, origin=place)
    # Only the calls matter; the indentation of what is left of the template would not be Python.
    yield from python_messages("\n".join(line.strip() for line in calls.splitlines()), place)
