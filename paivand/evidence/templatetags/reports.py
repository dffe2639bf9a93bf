"""Words of reports on the screen."""

from __future__ import annotations

from django import template
from django.conf import settings

register = template.Library()


@register.filter
def own_name(language: str) -> str:
    """A language by its own name."""
    return str(dict(settings.LANGUAGES).get(language, language))
