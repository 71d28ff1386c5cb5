"""Guard: refuses what a fetch may not reach."""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from monitor.addresses.allowance import DEFAULT_PORTS, Allowance
from monitor.addresses.networks import Reach, network_of, plain
from monitor.addresses.spelling import is_odd, literal_address

if TYPE_CHECKING:
    from collections.abc import Iterable


class ForbiddenAddressError(Exception):
    """A fetch was refused; the message names the address, what it is, and by which source."""


class Guard:
    """Refuses what a fetch may not reach."""

    def __init__(self, allowances: Iterable[Allowance] = ()) -> None:
        self._allowances = tuple(allowances)

    @classmethod
    def of(cls, entries: Iterable[str]) -> Guard:
        """Make one of allowances as they are written.

        Raises:
            ValueError: an entry cannot be read or may not be allowed.

        """
        return cls([Allowance.parse(each) for each in entries])

    def check_url(self, url: str) -> None:
        """Refuse a URL that is not http(s), hides its host, or names a forbidden address outright.

        Raises:
            ForbiddenAddressError: with the reason.

        """
        try:
            parts = urlsplit(url)
            host, port = parts.hostname or "", parts.port
            address = literal_address(host)
        except ValueError as error:
            raise ForbiddenAddressError(f"refused: {url[:200]!r} is no address of a page: {error}") from None
        if parts.scheme not in DEFAULT_PORTS:
            raise ForbiddenAddressError(f"refused: only http and https are fetched, not {parts.scheme}:")
        if "@" in parts.netloc or "\\" in parts.netloc:
            raise ForbiddenAddressError(f"refused: a user name stands before the host in {url[:200]!r}")
        if not host:
            raise ForbiddenAddressError(f"refused: {url[:200]!r} names no host")
        if address is None:
            return
        self.check(str(address), port or DEFAULT_PORTS[parts.scheme])
        if is_odd(host, address):
            raise ForbiddenAddressError(f"refused: {host} is an odd spelling of {address}")

    def check(self, host: str, port: int) -> None:
        """Refuse an IP address, as text, that may not be connected to on this port.

        Raises:
            ForbiddenAddressError: with the reason; also for what is no IP address.

        """
        try:
            address = ip_address(host)
        except ValueError:
            raise ForbiddenAddressError(f"refused: {host!r} is not resolved to an address") from None
        known = network_of(address)
        if known.reach is Reach.OPEN:
            return
        if known.reach is Reach.ALLOWABLE and any(
            each.holds(plain(address), port) for each in self._allowances
        ):
            return
        raise ForbiddenAddressError(
            f"refused: {host} port {port} is not reached ({known.name}, {known.source})"
        )
