"""Requests to addresses that others name must not lead into our own network.

Names are resolved here and the connection is made to the very address that was checked, so a name that changes its mind
between check and use gains nothing. Redirects are the caller's to refuse: they would lead around it.
"""

import ipaddress
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class PrivateAddress(OSError):
    """A name stands for an address inside our own network."""


class GuardedResolver(AbstractResolver):
    """Resolves names to public addresses only; the connector connects to exactly what this returns."""

    def __init__(self, inner: AbstractResolver, *, allow_private: bool = False) -> None:
        self._inner = inner
        self._allow_private = allow_private

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Return the addresses of ``host``; raises PrivateAddress if a single one of them is private."""
        found = await self._inner.resolve(host, port, family)
        if not self._allow_private and not all(is_public(address["host"]) for address in found):
            raise PrivateAddress(f"{host} stands for a private address")
        return found

    async def close(self) -> None:
        await self._inner.close()


def is_public(host: str) -> bool:
    """Tell whether an address literal is reachable from the internet, whatever it is wrapped in."""
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo or (None, None))[1]
        if address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
    return address.is_global and not address.is_multicast


@asynccontextmanager
async def open_guarded_session(
    *, allow_private: bool = False, resolver: AbstractResolver | None = None
) -> AsyncIterator[aiohttp.ClientSession]:
    """Open a session for addresses that others name. It keeps no cookies and follows no proxy settings."""
    guard = GuardedResolver(resolver or aiohttp.ThreadedResolver(), allow_private=allow_private)
    connector = aiohttp.TCPConnector(resolver=guard, use_dns_cache=False, limit=200, limit_per_host=20)
    async with aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar()) as session:
        yield session


def is_literal(host: str) -> bool:
    """Tell whether a host is written as an address; the resolver is asked for names only."""
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True


def is_outside(url: str, *, allow_private: bool = False) -> bool:
    """Tell whether an address may be asked: https and not one of our own network's, unless those are allowed too."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        _ = parts.port
    except ValueError:
        return False
    if not host or parts.username is not None or parts.scheme not in {"http", "https"}:
        return False
    return allow_private or (parts.scheme == "https" and (is_public(host) if is_literal(host) else True))
