"""The reactor as our agents see it: every name's answers, and every connection, pass a `Guard`.

Twisted resolves a name, then connects to one answer after another. The resolver here looks at all answers;
one that is forbidden condemns the name, and none of the others is tried. `connectTCP` is the last door: it
takes addresses only, so nothing is resolved between the check and the connection.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from twisted.internet.interfaces import (
    IHostnameResolver,
    IReactorPluggableNameResolver,
    IResolutionReceiver,
)
from zope.interface import implementer

from monitor.addresses import ForbiddenAddressError

if TYPE_CHECKING:
    from monitor.addresses import Guard

# Twisted's interfaces come from zope, whose types mypy cannot see: what implements them here is Any to it.


@implementer(IReactorPluggableNameResolver)
class GuardedReactor:
    """A reactor that opens no connection which `guard` forbids."""

    def __init__(self, reactor: Any, guard: Guard) -> None:  # noqa: ANN401 - several interfaces at once
        self._reactor = reactor
        self._guard = guard

    @property
    def nameResolver(self) -> Any:  # noqa: ANN401, N802 - an IHostnameResolver
        """The reactor's resolver of this moment, guarded."""
        return _GuardedResolver(self._reactor.nameResolver, self._guard)

    def installNameResolver(self, resolver: Any) -> Any:  # noqa: ANN401, N802 - IHostnameResolver
        """Install another resolver on the reactor itself."""
        return self._reactor.installNameResolver(resolver)

    def connectTCP(self, host: str, port: int, *arguments: Any, **named: Any) -> Any:  # noqa: ANN401, N802 - Twisted's
        """Connect to an IP address.

        Raises:
            ForbiddenAddressError: the guard forbids it, or `host` is a name.

        """
        self._guard.check(host, port)
        return self._reactor.connectTCP(host, port, *arguments, **named)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the reactor has
        return getattr(self._reactor, name)


@implementer(IHostnameResolver)
class _GuardedResolver:
    def __init__(self, resolver: Any, guard: Guard) -> None:  # noqa: ANN401 - an IHostnameResolver
        self._resolver = resolver
        self._guard = guard

    def resolveHostName(self, receiver: Any, *arguments: Any, **named: Any) -> Any:  # noqa: ANN401, N802 - Twisted's
        collecting = _Collecting(receiver, self._guard)
        return self._resolver.resolveHostName(collecting, *arguments, **named)


@implementer(IResolutionReceiver)
class _Collecting:
    """Keeps the answers back until all are there."""

    def __init__(self, receiver: Any, guard: Guard) -> None:  # noqa: ANN401 - an IResolutionReceiver
        self._receiver = receiver
        self._guard = guard
        self._answers: list[Any] = []

    def resolutionBegan(self, resolution: Any) -> None:  # noqa: ANN401, N802 - an IHostResolution
        self._receiver.resolutionBegan(resolution)

    def addressResolved(self, address: Any) -> None:  # noqa: ANN401, N802 - an IAddress
        self._answers.append(address)

    def resolutionComplete(self) -> None:  # noqa: N802 - Twisted's name
        forbidden = [each for each in self._answers if self._forbids(each)]
        # the forbidden ones alone go on: connectTCP refuses them, with the reason
        for each in forbidden or self._answers:
            self._receiver.addressResolved(each)
        self._receiver.resolutionComplete()

    def _forbids(self, answer: Any) -> bool:  # noqa: ANN401 - IPv4Address or IPv6Address
        try:
            self._guard.check(answer.host, answer.port)
        except ForbiddenAddressError:
            return True
        return False
