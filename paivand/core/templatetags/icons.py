"""Drawings of 24 by 24 that stand beside words, or with a title for them."""

from __future__ import annotations

from functools import lru_cache

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()

DRAWINGS = {
    "send": '<path d="M20.5 4 3.5 10.5l7 3 3 7L20.5 4ZM10.5 13.5l4-4" />',
    "board": '<path d="M4 20.5V10M10 20.5V4M16 20.5v-8M21 20.5H2.5" />',
    "horn": '<path d="M4 10v4h3.5l8.5 4.5v-13L7.5 10H4ZM19 9.5a4 4 0 0 1 0 5M8.5 14l1 6H12l-1-4.5" />',
    "chart": '<path d="M4 20h16M5.5 15.5l4.5-5 3.5 3 5.5-7.5" />',
    "flag": '<path d="M6 21V4M6 4.5c4-2 8 2 12.5 0v9c-4.5 2-8.5-2-12.5 0" />',
    "home": '<path d="M4 11.5 12 5l8 6.5M6.5 10v9.5h11V10M10 19.5v-5h4v5" />',
    "family": '<circle cx="8" cy="7.5" r="3" /><circle cx="17" cy="9.5" r="2.25" /><path d="M2.5 20v-2.5A4.5 4.5 0 0 1 7 13h2a4.5 4.5 0 0 1 4.5 4.5V20M14.5 14.5a4 4 0 0 1 2-.5h1a4 4 0 0 1 4 4v2" />',
    "people": '<circle cx="12" cy="8" r="3.25" /><path d="M6 20v-1.5A4.5 4.5 0 0 1 10.5 14h3a4.5 4.5 0 0 1 4.5 4.5V20M5.5 5.5a2.75 2.75 0 0 0 0 5M2.5 17.5c0-1.5.5-2.75 1.5-3.5M18.5 5.5a2.75 2.75 0 0 1 0 5M21.5 17.5c0-1.5-.5-2.75-1.5-3.5" />',
    "user": '<circle cx="12" cy="8" r="3.75" /><path d="M4.5 20.5A6 6 0 0 1 10.5 15h3a6 6 0 0 1 6 5.5" />',
    "plus": '<path d="M12 5v14M5 12h14" />',
    "glass": '<rect x="4" y="4" width="16" height="16" rx="2" /><path d="m12.5 4-2 5 3.5 2.5-3 3 1.5 5.5M10.5 9 4 10.5M14 11.5l6-1M11 14.5 5.5 20" />',
    "eye": '<path d="M2.5 12c2-4 5.25-6.25 9.5-6.25S19.5 8 21.5 12c-2 4-5.25 6.25-9.5 6.25S4.5 16 2.5 12Z" /><circle cx="12" cy="12" r="2.75" />',
    "list": '<path d="M9 6.5h11M9 12h11M9 17.5h11M4.5 6.5h.01M4.5 12h.01M4.5 17.5h.01" />',
    "building": '<path d="M5 20.5v-15L13 3v17.5M13 9l6 2v9.5M3 20.5h18M8.5 8.5h1M8.5 12h1M8.5 15.5h1M15.5 14h.5M15.5 17h.5" />',
    "shield": '<path d="M12 3.5c2.5 1.75 5 2.5 7.5 2.5 0 7-2.5 11.5-7.5 14.5C7 17.5 4.5 13 4.5 6c2.5 0 5-.75 7.5-2.5ZM9 12l2.25 2.25L15.25 10" />',
    "search": '<circle cx="10.5" cy="10.5" r="6" /><path d="m15 15 5.5 5.5" />',
    "menu": '<path d="M4 7h16M4 12h16M4 17h16" />',
    "more": '<path d="M5.5 12h.01M12 12h.01M18.5 12h.01" stroke-width="3" />',
    "close": '<path d="m6 6 12 12M18 6 6 18" />',
    "check": '<path d="m4.5 12.5 5 5 10-11" />',
    "warn": '<path d="M12 4 2.75 20h18.5L12 4ZM12 10v4.5M12 17.25v.01" />',
    "info": '<circle cx="12" cy="12" r="8.5" /><path d="M12 11v5.5M12 7.75v.01" />',
    "clock": '<circle cx="12" cy="12" r="8.5" /><path d="M12 7v5l3.5 2" />',
    "back": '<path d="M14.5 5.5 8 12l6.5 6.5" />',
    "next": '<path d="M9.5 5.5 16 12l-6.5 6.5" />',
    "down": '<path d="m6 9.5 6 6 6-6" />',
    "lock": '<rect x="5" y="10.5" width="14" height="10" rx="2" /><path d="M8 10.5V8a4 4 0 0 1 8 0v2.5M12 14.5v2" />',
    "key": '<circle cx="7.5" cy="15.5" r="4" /><path d="m10.5 12.5 8.5-8.5M15.5 7.5l3 3M13 10l2 2" />',
    "phone": '<path d="M5 4h3.5l1.75 4.5-2.25 1.75a11.5 11.5 0 0 0 5.75 5.75l1.75-2.25L20 15.5V19a1.5 1.5 0 0 1-1.5 1.5A15.5 15.5 0 0 1 3.5 5.5 1.5 1.5 0 0 1 5 4Z" />',
    "pin": '<path d="M12 21c-4-4.25-6.5-7.5-6.5-10.75a6.5 6.5 0 0 1 13 0C18.5 13.5 16 16.75 12 21Z" /><circle cx="12" cy="10" r="2.25" />',
    "calendar": '<rect x="4" y="5.5" width="16" height="15" rx="2" /><path d="M4 10h16M8.5 3.5v4M15.5 3.5v4" />',
    "print": '<path d="M7 9V4h10v5M7 17H5a1.5 1.5 0 0 1-1.5-1.5v-5A1.5 1.5 0 0 1 5 9h14a1.5 1.5 0 0 1 1.5 1.5v5A1.5 1.5 0 0 1 19 17h-2M7 14h10v6.5H7Z" />',
    "external": '<path d="M14 4.5h5.5V10M19 5l-8.5 8.5M17.5 13.5v5A1.5 1.5 0 0 1 16 20H6a1.5 1.5 0 0 1-1.5-1.5v-10A1.5 1.5 0 0 1 6 7h5" />',
    "logout": '<path d="M13.5 4.5h-7A1.5 1.5 0 0 0 5 6v12a1.5 1.5 0 0 0 1.5 1.5h7M10 12h10.5M17 8.5l3.5 3.5-3.5 3.5" />',
    "language": '<circle cx="12" cy="12" r="8.5" /><path d="M3.5 12h17M12 3.5c2.5 2.5 3.5 5.25 3.5 8.5s-1 6-3.5 8.5c-2.5-2.5-3.5-5.25-3.5-8.5s1-6 3.5-8.5Z" />',
    "trash": '<path d="M4.5 6.5h15M9.5 6.5v-3h5v3M6.5 6.5l1 14h9l1-14M10.25 10.5v6M13.75 10.5v6" />',
    "edit": '<path d="M4.5 19.5 5.5 15 16 4.5l3.5 3.5L9 18.5l-4.5 1ZM13.5 7l3.5 3.5" />',
    "sort": '<path d="m8 9.5 4-4 4 4M8 14.5l4 4 4-4" />',
    "undo": '<path d="M8.5 5 4 9.5 8.5 14M4.5 9.5h9a5.5 5.5 0 0 1 0 11H9" />',
    "download": '<path d="M12 4v11M7.5 11l4.5 4.5 4.5-4.5M4.5 19.5h15" />',
    "upload": '<path d="M12 15V4.5M7.5 9 12 4.5 16.5 9M4.5 15.5v4h15v-4" />',
    "case": '<path d="M3.5 8.5A1.5 1.5 0 0 1 5 7h14a1.5 1.5 0 0 1 1.5 1.5v10A1.5 1.5 0 0 1 19 20H5a1.5 1.5 0 0 1-1.5-1.5v-10ZM8.5 7V5.5A1.5 1.5 0 0 1 10 4h4a1.5 1.5 0 0 1 1.5 1.5V7M3.5 12.5c5.5 2 11.5 2 17 0M12 13v2" />',
    "filter": '<path d="M4 6.5h16M7 12h10M10 17.5h4" />',
    "health": '<path d="M12 20C7.5 16.5 4 13 4 9.25A4.25 4.25 0 0 1 12 7a4.25 4.25 0 0 1 8 2.25C20 13 16.5 16.5 12 20ZM12 9.5v5M9.5 12h5" />',
    "talk": '<path d="M4.5 5.5h11v8h-6l-3 3v-3h-2v-8ZM18.5 9h1v8.5h-2v3l-3-3h-4v-1" />',
    "scales": '<path d="M12 4v16M8 20h8M5 7h14M5 7l-2.5 6h5L5 7ZM19 7l-2.5 6h5L19 7ZM2.5 13a2.5 2.5 0 0 0 5 0M16.5 13a2.5 2.5 0 0 0 5 0" />',
    "work": '<rect x="3.5" y="8" width="17" height="11.5" rx="2" /><path d="M9 8V5.5A1.5 1.5 0 0 1 10.5 4h3A1.5 1.5 0 0 1 15 5.5V8M3.5 13h17M12 12v2.5" />',
    "child": '<circle cx="12" cy="6" r="2.75" /><path d="M12 9v6M7 11.5c1.5 1 3 1.25 5 1.25s3.5-.25 5-1.25M9.5 20.5 12 15l2.5 5.5" />',
    "book": '<path d="M12 7C10 5.5 7 5 3.5 5v13c3.5 0 6.5.5 8.5 2 2-1.5 5-2 8.5-2V5C17 5 14 5.5 12 7ZM12 7v13" />',
    "box": '<path d="M4 8.5 12 4.5l8 4v8l-8 4-8-4v-8ZM4 8.5l8 4 8-4M12 12.5v8" />',
    "water": '<path d="M12 3.5c3.5 4.25 5.75 7.5 5.75 10.75a5.75 5.75 0 0 1-11.5 0C6.25 11 8.5 7.75 12 3.5ZM9 14.5a3 3 0 0 0 2.5 3" />',
    "paper": '<path d="M6 3.5h8l4 4v13H6v-17ZM14 3.5v4h4M9 12h6M9 15.5h6" />',
    "food": '<path d="M4 12.5h16a8 8 0 0 1-5 7H9a8 8 0 0 1-5-7ZM9 9c-1-1.25 1-2.25 0-4M13 9c-1-1.25 1-2.25 0-4" />',
    "money": '<rect x="3" y="6.5" width="18" height="11.5" rx="2" /><circle cx="12" cy="12.25" r="2.5" /><path d="M6.5 12.25h.01M17.5 12.25h.01" />',
    "access": '<circle cx="11" cy="4.75" r="1.75" /><path d="M11 8v6h5l2.5 5M11 10.5h4M8 11.5a5 5 0 1 0 6.5 6.25" />',
}
"""The strokes of each drawing, by its name."""

UNKNOWN = '<circle cx="12" cy="12" r="4" />'

POINTING = frozenset({"next", "back", "external", "logout", "undo"})
"""Drawings that point along the line of writing, and are turned round where it runs from right to left."""


@register.simple_tag
def icon(name: str, title: str = "", css: str = "") -> SafeString:
    """A drawing; ``title`` only where no words stand beside it."""
    return _drawn(name, str(title or ""), css or "")


@lru_cache(maxsize=1024)
def _drawn(name: str, title: str, css: str) -> SafeString:
    classes = " ".join(word for word in ("icon", "icon-points" if name in POINTING else "", css) if word)
    role = format_html('role="img" aria-label="{}"', title) if title else SafeString('aria-hidden="true"')
    return format_html(
        '<svg class="{}" viewBox="0 0 24 24" {} focusable="false">{}</svg>',
        classes,
        role,
        SafeString(DRAWINGS.get(name, UNKNOWN)),  # written here, never taken from anybody
    )


@register.simple_tag
def badge(words: str, tone: str = "", icon: str = "") -> SafeString:
    """A state in a word or two; ``tone`` is ok, warn, danger, info, primary or quiet."""
    return format_html(
        '<span class="badge badge-{}">{}{}</span>', tone or "quiet", _drawn(icon, "", "") if icon else "", words
    )
