"""Words about users and their devices, and what seals the drafts that users keep on them."""

from __future__ import annotations

import base64
from typing import Any

from django import template
from django.utils.translation import gettext

from paivand.access.models import User
from paivand.access.queries.on_device import key_on_device, name_on_device
from paivand.access.rules.devices import device_name

register = template.Library()


@register.filter
def device(user_agent: str) -> str:
    """Browser and system in two words; the rest of what a browser says tells people nothing."""
    return device_name(user_agent) or gettext("unknown device")


@register.simple_tag(takes_context=True)
def draft_owner(context: dict[str, Any]) -> str:
    """The name under which a user's unsaved forms lie on a shared phone; it does not tell who that is."""
    user = context["request"].user
    return name_on_device(user) if isinstance(user, User) else ""


@register.simple_tag(takes_context=True)
def draft_key(context: dict[str, Any]) -> str:
    """The key that seals a user's unsaved forms on the phone: given to her alone (frontend/src/pages/drafts.ts)."""
    user = context["request"].user
    return base64.b64encode(key_on_device(user)).decode() if isinstance(user, User) else ""
