"""Titles that a programme carries in several languages: English always, the others where somebody wrote them."""

from __future__ import annotations

from collections.abc import Mapping

LANGUAGES = ("tg", "ru", "en", "fa")

Titles = Mapping[str, str]
"""A text by language; languages without one are absent."""


def said(titles: Titles, language: str) -> str:
    """``titles`` in ``language``, or in English.

    >>> said({"en": "Well-being", "ru": "Благополучие"}, "ru-ru"), said({"en": "Well-being"}, "tg")
    ('Благополучие', 'Well-being')
    """
    return titles.get(language[:2]) or titles.get("en", "")


def written(titles: Titles) -> dict[str, str]:
    """``titles`` as they are kept: trimmed, without those that say nothing, in the order of the languages.

    >>> written({"ru": " Равенство ", "en": "Equality", "tg": "  "})
    {'ru': 'Равенство', 'en': 'Equality'}
    """
    found = {language: " ".join(titles.get(language, "").split()) for language in LANGUAGES}
    return {language: title for language, title in found.items() if title}
