"""How often an address tries something on the pages that are open to everyone.

Tries are counted in windows of fixed length: whoever goes on trying does not thereby prolong the wait of the others
behind the same address. Counts lie in the cache, which forgets them when their window is over.
"""

from __future__ import annotations

import hashlib
import ipaddress
import time

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest


def tried(request: HttpRequest, what: str, *, within_minutes: int, key: str = "", now: float | None = None) -> int:
    """Count a try of this address, or on the thing with this ``key``, and say how many there were in this window."""
    moment = time.time() if now is None else now
    name, left = _window(request, what, key, within_minutes, moment)
    n = int(cache.get(name, 0)) + 1
    cache.set(name, n, left)
    return n


def tries(request: HttpRequest, what: str, *, within_minutes: int, key: str = "", now: float | None = None) -> int:
    """How often this address, or anyone on the thing with this ``key``, tried in this window."""
    moment = time.time() if now is None else now
    return int(cache.get(_window(request, what, key, within_minutes, moment)[0], 0))


def _window(request: HttpRequest, what: str, key: str, within_minutes: int, now: float) -> tuple[str, int]:
    """The name under which is counted, and for how many seconds more."""
    length = within_minutes * 60
    whose = key or network(str(get_adapter().get_client_ip(request) or ""))
    digest = hashlib.sha256(whose.encode()).hexdigest()[:32]
    return f"{what}:{digest}:{int(now // length)}", int(length - now % length) + 1


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
