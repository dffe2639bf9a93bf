"""How often an address tries something on the pages that are open to everyone.

Tries are counted in windows that begin with the first of them and have a fixed length: whoever goes on trying does not
prolong the wait of the others behind the same address. Counts lie in the cache, which forgets them afterwards.
"""

from __future__ import annotations

import hashlib
import ipaddress
import time

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest


def tried(request: HttpRequest, what: str, *, within_minutes: int, key: str = "") -> int:
    """Count a try of this address, or on the thing with this ``key``, and say how many there were in this window."""
    name, now = _name(request, what, key), time.time()
    n, ends_at = _counted(name, now) or (0, now + within_minutes * 60)
    cache.set(name, (n + 1, ends_at), int(ends_at - now) + 1)
    return n + 1


def tries(request: HttpRequest, what: str, *, key: str = "") -> int:
    """How often this address, or anyone on the thing with this ``key``, tried in this window."""
    found = _counted(_name(request, what, key), time.time())
    return found[0] if found else 0


def _counted(name: str, now: float) -> tuple[int, float] | None:
    """How many there were in the window that runs, and when it ends."""
    found = cache.get(name)
    # A release before kept the number alone: what it counted is forgotten.
    return found if isinstance(found, tuple) and now < found[1] else None


def _name(request: HttpRequest, what: str, key: str) -> str:
    whose = key or network(str(get_adapter().get_client_ip(request) or ""))
    return f"{what}:{hashlib.sha256(whose.encode()).hexdigest()[:32]}"


def network(address: str) -> str:
    """What one subscriber has: an address of IPv4; of IPv6 a whole network, whose addresses are free to choose.

    >>> network("192.0.2.7"), network("2001:db8:1:2:aaaa::1"), network("::ffff:192.0.2.7"), network("unix:")
    ('192.0.2.7', '2001:db8:1:2::', '192.0.2.7', 'unix:')
    """
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ipaddress.IPv6Address(int(found) >> 64 << 64))
