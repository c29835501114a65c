"""`allow()`: how often the same network or address may ask for something. Views of every app call it.

The count is kept in the shared cache, so it holds for all web processes. Without the cache pages and forms
stay open (`allow()` says yes), and the login is closed (`is_counting()` says no).
"""

import hashlib
import ipaddress
import secrets
import time

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

# An IPv6 customer has a whole network of this size, so single addresses would be no limit.
IPV6_PREFIX = 64


def allow(scope: str, key: str, limit: int, seconds: int) -> bool:
    """Count one more request of ``key`` in ``scope``; False once there were more than ``limit`` in ``seconds``.

    Fixed windows: at the turn of a window at most twice the limit passes. Keys are hashed: the cache holds
    no addresses of people.
    """
    window = int(time.time() // seconds)
    digest = hashlib.sha256(key.strip().lower().encode(errors="replace")).hexdigest()[:32]
    name = f"throttle:{scope}:{digest}:{window}"
    cache.add(name, 0, seconds)
    try:
        count = cache.incr(name)
    except ValueError:  # the window ended between the two calls
        return True
    return count <= limit


def is_counting() -> bool:
    """Whether the shared cache remembers, so that limits hold. Asked where a secret could be guessed."""
    token = secrets.token_hex(8)
    name = f"throttle:probe:{token}"
    cache.set(name, token, 10)
    return cache.get(name) == token


def client_network(request: HttpRequest) -> str:
    """The visitor's network: an IPv4 address or an IPv6 /64.

    Behind n trusted proxies it is the n-th address from the right of X-Forwarded-For, which the outermost of
    them wrote; what a visitor puts into that header stands further left and changes nothing.
    """
    address = request.META.get("REMOTE_ADDR", "")
    if proxies := settings.TRUSTED_PROXIES:
        hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if hop.strip()]
        if len(hops) >= proxies:
            address = hops[-proxies]
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return address[:64]
    if ip.version == 6:
        return str(ipaddress.ip_network((ip, IPV6_PREFIX), strict=False))
    return str(ip)
