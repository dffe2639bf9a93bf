"""How often an address tries something on the pages that are open to everyone."""

from __future__ import annotations

import hashlib

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest


def tried(request: HttpRequest, what: str, *, within_minutes: int, key: str = "") -> int:
    """Count a try of this address, or on the thing with this ``key``, and say how many there were lately."""
    name = _name(request, what, key)
    cache.add(name, 0, within_minutes * 60)
    return int(cache.incr(name))


def tries(request: HttpRequest, what: str, *, key: str = "") -> int:
    """How often this address, or anyone on the thing with this ``key``, tried lately."""
    return int(cache.get(_name(request, what, key), 0))


def _name(request: HttpRequest, what: str, key: str) -> str:
    whose = key or str(get_adapter().get_client_ip(request) or "")
    return f"{what}:{hashlib.sha256(whose.encode()).hexdigest()[:32]}"
