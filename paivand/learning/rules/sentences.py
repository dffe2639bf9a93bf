"""Sentences that rules say to people: a text of the program with what fills its gaps, translated by the screen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Term:
    """A word of the program inside a sentence, which is translated too."""

    source: str


Value = str | int | Term | tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Sentence:
    """A whole sentence, not translated yet.

    Args:
        source: as ``text()`` marked it, with named gaps.
        values: what fills them; a ``Term`` is translated, several terms are joined by commas.
    """

    source: str
    values: Mapping[str, Value] = field(default_factory=dict)

    def said(self, translate: Callable[[str], str] = str) -> str:
        """The sentence, by a function such as ``gettext``; without one in English.

        >>> one = Sentence("It is for: %(who)s.", {"who": (Term("women"), Term("girls"))})
        >>> one.said({"women": "женщины", "girls": "девочки", one.source: "Это для них: %(who)s."}.__getitem__)
        'Это для них: женщины, девочки.'
        """
        return translate(self.source) % {name: _filled(value, translate) for name, value in self.values.items()}


def _filled(value: Value, translate: Callable[[str], str]) -> str | int:
    if isinstance(value, Term):
        return translate(value.source)
    if isinstance(value, tuple):
        return ", ".join(translate(one.source) for one in value)
    return value
