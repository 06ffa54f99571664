"""Keeps tests on this machine: looking up or connecting to anything but the loopback fails the test that tried."""

from __future__ import annotations

import ipaddress
import os
import sys
from dataclasses import dataclass, field


class OutsideConnection(RuntimeError):
    """A test tried to reach another machine."""


@dataclass
class OutsideGuard:
    """Refuses outside addresses in this process, and remembers who was asked for."""

    attempts: list[str] = field(default_factory=list)
    is_open: bool = False
    """Lets everything pass: only for tests that were asked to talk to a real provider."""

    def install(self) -> None:
        """Watch this process's sockets and look-ups, for good: an audit hook cannot be removed."""
        sys.addaudithook(self._audit)

    def take_attempts(self) -> list[str]:
        """Return the attempts since the last call."""
        taken, self.attempts[:] = list(self.attempts), []
        return taken

    def _audit(self, event: str, arguments: tuple[object, ...]) -> None:
        if event in {"socket.connect", "socket.sendto", "socket.sendmsg"}:
            address = arguments[1]
            host = address[0] if isinstance(address, tuple) else None  # Unix sockets have a path, sendmsg may have None
        elif event in {"socket.getaddrinfo", "socket.gethostbyname"}:
            host = arguments[0]
        else:
            return
        if not self.is_open and not is_loopback(host):
            self.attempts.append(f"{event} {host!r}")
            raise OutsideConnection(f"tests stay on this machine: {event} {host!r}")


def is_loopback(host: object) -> bool:
    """Tell whether a host as given to a socket call means this machine."""
    if host is None or host == "":
        return True
    name = os.fsdecode(host) if isinstance(host, str | bytes) else ""
    if name in {"localhost", "0.0.0.0", "::"} or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name.partition("%")[0]).is_loopback
    except ValueError:
        return False
