"""Allowances: networks that a person lets a site be fetched from although they are not open."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from monitor.addresses.networks import Reach, book, network_of

if TYPE_CHECKING:
    from monitor.addresses.networks import Address

#: Ports of the schemes that are fetched.
DEFAULT_PORTS = {"http": 80, "https": 443}
_ENTRY = re.compile(r"\[(?P<bracketed>[^\]]+)\](?::(?P<p6>\d+))?|(?P<v4>[^:]+)(?::(?P<p4>\d+))?|(?P<v6>.+)")
_LOCALHOST = ("127.0.0.1", "[::1]")


@dataclass(frozen=True, slots=True)
class Allowance:
    """A network, or one address, that a person allows on some ports although it is not open."""

    network: IPv4Network | IPv6Network
    ports: frozenset[int]

    @classmethod
    def parse(cls, text: str) -> Allowance:
        """Read ``10.1.0.0/16``, ``10.1.2.3:8080``, ``[fd00:12::/32]:8080``; without a port 80 and 443.

        Raises:
            ValueError: it is written otherwise, or holds nothing that may be allowed.

        """
        found = _ENTRY.fullmatch(text.strip())
        parts = found.groupdict() if found else {}
        port = parts.get("p4") or parts.get("p6")
        try:
            network = ip_network(parts.get("v4") or parts.get("v6") or parts.get("bracketed") or "")
        except ValueError:
            raise ValueError(
                f"{text!r} is no network: write 10.1.0.0/16, 10.1.2.3:8080 or [fd00:12::/32]:8080"
            ) from None
        ports = frozenset({int(port)} if port else DEFAULT_PORTS.values())
        if any(not 0 < each < 65536 for each in ports):
            raise ValueError(f"{text!r}: there is no port {port}")
        _check_allowable(network, text)
        return cls(network, ports)

    def holds(self, address: Address, port: int) -> bool:
        """Say whether it allows this address on this port."""
        return port in self.ports and address.version == self.network.version and address in self.network


def _check_allowable(network: IPv4Network | IPv6Network, text: str) -> None:
    within = [
        each
        for each in book().networks
        if each.reach is Reach.ALLOWABLE
        and each.network.version == network.version
        and network.subnet_of(each.network)  # type: ignore[arg-type]  # versions are equal
    ]
    if within and (network.num_addresses > 1 or network_of(network[0]).reach is Reach.ALLOWABLE):
        return
    known = network_of(network[0])
    if known.reach is Reach.OPEN and network.prefixlen >= known.network.prefixlen and network.prefixlen > 0:
        raise ValueError(f"{text!r} is public: it needs no allowance")
    raise ValueError(f"{text!r} can never be allowed ({known.name}, {known.source})")


def own_address(base_url: str) -> tuple[str, ...]:
    """Return the allowance that a person gives by naming a site's `base_url`: that address and port alone.

    Only where it is written as an address (or ``localhost``): what a name resolves to is for others to say.
    """
    try:
        parts = urlsplit(base_url)
        host, port = parts.hostname or "", parts.port or DEFAULT_PORTS.get(parts.scheme, 0)
        hosts = _LOCALHOST if host == "localhost" else (f"[{host}]" if ":" in host else host,)
        entries = tuple(f"{each}:{port}" for each in hosts)
        for each in entries:
            Allowance.parse(each)
    except ValueError:
        return ()
    return entries
