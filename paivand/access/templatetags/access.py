"""Words about users and their devices, and what seals the drafts that users keep on them."""

from __future__ import annotations

import base64
from typing import Any

from django import template
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext

from paivand.access.models import User
from paivand.access.rules.devices import device_name

register = template.Library()


@register.filter
def device(user_agent: str) -> str:
    """Browser and system in two words; the rest of what a browser says tells people nothing."""
    return device_name(user_agent) or gettext("unknown device")


@register.simple_tag(takes_context=True)
def draft_owner(context: dict[str, Any]) -> str:
    """The name under which a user's unsaved forms lie on a shared phone; it does not tell who that is."""
    return _of_user("paivand.draft.owner", context).hex()[:20]


@register.simple_tag(takes_context=True)
def draft_key(context: dict[str, Any]) -> str:
    """The key that seals a user's unsaved forms on the phone: given to her alone (frontend/src/pages/drafts.ts)."""
    return base64.b64encode(_of_user("paivand.draft.key", context)).decode()


def _of_user(purpose: str, context: dict[str, Any]) -> bytes:
    user = context["request"].user
    return salted_hmac(purpose, str(user.pk), algorithm="sha256").digest() if isinstance(user, User) else b""
