"""Connecting outside the crawler: resolved once, every answer looked at, one of those very answers taken."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from monitor.addresses.guard import Guard


def connected(host: str, port: int, guard: Guard, timeout: float) -> socket.socket:
    """Return a connection to a host.

    Args:
        host: a name or an address.
        port: of the host.
        guard: says what may be reached; one forbidden answer of the DNS condemns the name.
        timeout: seconds, of each attempt and of each read or write afterwards.

    Raises:
        ForbiddenAddressError: the guard forbids it.
        OSError: it cannot be reached.

    """
    answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    for *_, address in answers:
        guard.check(str(address[0]), port)
    error = OSError(f"{host} has no address")
    for family, kind, protocol, _, address in answers:
        connection = socket.socket(family, kind, protocol)
        connection.settimeout(timeout)
        try:
            connection.connect(address)
        except OSError as failed:
            connection.close()
            error = failed
        else:
            return connection
    raise error
