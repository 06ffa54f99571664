"""Where a request comes from, through the proxies that are trusted to say so.

``X-Forwarded-For`` is a list that the caller may begin with whatever it likes; each proxy adds at its end who spoke to
it. So it is read from the end, and whoever is no trusted proxy is the caller.
"""

from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address

from aiohttp import web

from api.keys import SETTINGS

ONE_CUSTOMER = 64
"""Bits of an IPv6 address that a provider gives to one customer, who may use any address below (RFC 6177)."""
MOST_HOPS = 32
"""A longer list is nobody's in good faith: what stands before its last entries is not looked at."""


def client_address(request: web.Request) -> str:
    """Return the caller's address, or of IPv6 its network: what limits per address count by."""
    heard = ",".join(request.headers.getall("X-Forwarded-For", ()))
    hops = [_without_port(hop.strip()) for hop in heard.rsplit(",", MOST_HOPS)[-MOST_HOPS:]] if heard else []
    return caller_of(request.remote or "", hops, request.app[SETTINGS].trusted_proxies)


def caller_of(peer: str, hops: Sequence[str], trusted: Sequence[IPv4Network | IPv6Network]) -> str:
    """Return who called, as counted: ``peer`` spoke to us, each of ``hops`` to the one behind it."""
    caller = _counted(peer, trusted)
    for hop in reversed(hops):
        if caller is not None:
            break
        if not _is_address(hop):
            # The proxy before it is trusted, what it was told is not: count it as that proxy's own.
            break
        peer, caller = hop, _counted(hop, trusted)
    return caller if caller is not None else peer


def _counted(text: str, trusted: Sequence[IPv4Network | IPv6Network]) -> str | None:
    """Return what an address counts as; None where it is a trusted proxy's."""
    if not _is_address(text):
        return text
    address = ip_address(text)
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    if any(address in network for network in trusted):
        return None
    if isinstance(address, IPv6Address):
        return str(IPv6Network((int(address), ONE_CUSTOMER), strict=False))
    return str(address)


def _without_port(hop: str) -> str:
    """Return the address of ``192.0.2.1:4711`` or ``[2001:db8::1]:4711``, as some proxies write it."""
    if hop.startswith("["):
        return hop[1:].partition("]")[0]
    return hop.partition(":")[0] if hop.count(":") == 1 else hop


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
