"""Who calls, through proxies: nobody's word is taken but a trusted proxy's."""

from ipaddress import ip_network

import pytest

from api.client_address import caller_of

OURS = (ip_network("127.0.0.1"), ip_network("10.0.0.0/8"), ip_network("fd00::/8"))

CALLERS = {
    "a caller without a proxy": ("192.0.2.7", (), "192.0.2.7"),
    "a caller that claims another's address": ("192.0.2.7", ("198.51.100.1",), "192.0.2.7"),
    "behind our proxy": ("127.0.0.1", ("198.51.100.1",), "198.51.100.1"),
    "behind two of ours": ("127.0.0.1", ("198.51.100.1", "10.1.2.3"), "198.51.100.1"),
    "what the caller itself put before": ("127.0.0.1", ("203.0.113.9", "198.51.100.1"), "198.51.100.1"),
    "a claim to be one of ours": ("127.0.0.1", ("10.0.0.9", "198.51.100.1"), "198.51.100.1"),
    "no address at all": ("127.0.0.1", ("unknown",), "127.0.0.1"),
    "words before one of ours": ("127.0.0.1", ("<script>", "10.1.2.3"), "10.1.2.3"),
    "our own machine": ("127.0.0.1", ("10.1.2.3",), "10.1.2.3"),
    "a proxy that says nothing": ("127.0.0.1", (), "127.0.0.1"),
    "any address of one customer's network": ("fd00::1", ("2001:db8:1:2:3:4:5:6",), "2001:db8:1:2::/64"),
    "an IPv4 caller of an IPv6 socket": ("::ffff:192.0.2.7", (), "192.0.2.7"),
    "our proxy on an IPv6 socket": ("::ffff:127.0.0.1", ("198.51.100.1",), "198.51.100.1"),
    "a socket without an address": ("", ("198.51.100.1",), ""),
}


@pytest.mark.parametrize(("peer", "hops", "counted"), CALLERS.values(), ids=CALLERS)
def test_who_calls(peer: str, hops: tuple[str, ...], counted: str) -> None:
    assert caller_of(peer, hops, OURS) == counted
