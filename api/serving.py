"""Serving: the application behind one listening socket, until told to stop."""

from api.ports import PortsOpener
from core.settings import Settings


def serve_forever(settings: Settings, *, open_ports: PortsOpener, host: str, port: int | None, role: str) -> None:
    """Serve until SIGTERM or Ctrl-C."""
    raise NotImplementedError
