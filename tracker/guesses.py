"""How often one address may name a code that does not exist: a class may mistype, nobody may guess.

Counted in this process: looking at a page writes nothing to the database, and a code has 49 bits.
"""

from __future__ import annotations

import ipaddress

from allauth.account.adapter import get_adapter
from django.core.cache import caches
from django.http import HttpRequest

MOST = 60
SECONDS = 600


def too_many(request: HttpRequest) -> bool:
    found: int = caches["process"].get(_key(request), 0)
    return found >= MOST


def missed(request: HttpRequest) -> None:
    """One more; the first starts the clock."""
    key = _key(request)
    if not caches["process"].add(key, 1, SECONDS):
        try:
            caches["process"].incr(key)
        except ValueError:  # it ended in between
            caches["process"].add(key, 1, SECONDS)


def _key(request: HttpRequest) -> str:
    """The address; of IPv6 the network of 64 bits, which is one household."""
    text: str = get_adapter().get_client_ip(request)
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return "guesses:unknown"
    return f"guesses:{ipaddress.ip_network((address, 64 if address.version == 6 else 32), strict=False)}"
