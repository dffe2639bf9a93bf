"""Filters on users and their devices."""

from __future__ import annotations

from django import template
from django.utils.translation import gettext

from paivand.access.rules.devices import device_name

register = template.Library()


@register.filter
def device(user_agent: str) -> str:
    """Browser and system in two words; the rest of what a browser says tells people nothing."""
    return device_name(user_agent) or gettext("unknown device")
