"""Download handler that keeps the very bytes of the wire beside what Scrapy makes of them.

Scrapy hands out headers that were parsed and a body without its transfer encoding; evidence needs what was
sent and what came. Twisted's protocol sees both, after TLS: this handler listens there and changes nothing.
It rests on names that Scrapy 2.19 keeps to itself; a test in `tests/pipelines` says when they move.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from OpenSSL.crypto import FILETYPE_ASN1, dump_certificate
from scrapy.core.downloader.handlers.http11 import (
    HTTP11DownloadHandler,
    _LenientHTTP11ClientFactory,
    _LenientHTTP11ClientProtocol,
    _ScrapyAgent,
)
from scrapy.utils._download_handlers import wrap_twisted_exceptions
from scrapy.utils.defer import maybe_deferred_to_future

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from twisted.internet.defer import Deferred
    from twisted.internet.interfaces import IAddress
    from twisted.web._newclient import Request as TxRequest
    from twisted.web.iweb import IResponse

#: Key of `Request.meta` under which the `Wire` of a response is found.
WIRE = "monitor_wire"


@dataclass(slots=True)
class Wire:
    """What went over a connection for one request."""

    requested_at: datetime
    sent: bytearray = field(default_factory=bytearray)
    received: bytearray = field(default_factory=bytearray)
    #: TLS version and cipher; None without TLS
    tls: str | None = None
    #: DER, the server's own first
    certificates: tuple[bytes, ...] = ()


class WireDownloadHandler(HTTP11DownloadHandler):
    """Scrapy's handler for http and https; leaves the `Wire` of each response in its request's meta."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._pool._factory = _WireFactory  # noqa: SLF001 - as Scrapy does it itself

    async def download_request(self, request: Request) -> Response:
        """Fetch as Scrapy does, through an agent that hands over the wire."""
        agent = _WireAgent(
            contextFactory=self._contextFactory,
            bindAddress=self._bind_address,
            pool=self._pool,
            maxsize=self._default_maxsize,
            warnsize=self._default_warnsize,
            fail_on_dataloss=self._fail_on_dataloss,
            crawler=self._crawler,
            tls_verbose_logging=self._tls_verbose_logging,
        )
        with wrap_twisted_exceptions():
            return await maybe_deferred_to_future(agent.download_request(request))


class _WireAgent(_ScrapyAgent):
    """One per request."""

    _meta: dict[str, Any]

    def download_request(self, request: Request) -> Deferred[Response]:
        self._meta = request.meta
        self._meta.pop(WIRE, None)
        return super().download_request(request)

    def _cb_bodydone(self, result: Any, url: str) -> Response:  # noqa: ANN401 - Scrapy's own dictionary
        self._meta[WIRE] = result["txresponse"].monitor_wire
        return super()._cb_bodydone(result, url)


class _WireProtocol(_LenientHTTP11ClientProtocol):
    """One per connection; listens to both directions."""

    _wire: Wire

    def request(self, request: TxRequest) -> Deferred[IResponse]:
        wire = self._wire = Wire(requested_at=datetime.now(UTC))
        write_to: Any = request.writeTo
        request.writeTo = lambda transport: write_to(_Listening(transport, wire.sent))  # type: ignore[method-assign]
        waiting: Deferred[IResponse] = super().request(request)

        transport: Any = self.transport

        def attach(response: IResponse) -> IResponse:
            response.monitor_wire = wire
            with suppress(AttributeError):
                wire.tls, wire.certificates = _tls_of(transport.getHandle())
            return response

        return waiting.addCallback(attach)

    def dataReceived(self, data: bytes) -> None:  # noqa: N802 - Twisted's name
        self._wire.received += data
        super().dataReceived(data)  # type: ignore[no-untyped-call]


class _WireFactory(_LenientHTTP11ClientFactory):
    """Makes the protocols of the pool."""

    def buildProtocol(self, addr: IAddress | None) -> _WireProtocol:  # noqa: N802 - Twisted's name
        del addr
        return _WireProtocol(self._quiescentCallback)  # type: ignore[no-untyped-call]


class _Listening:
    """A transport that notes what is written to it."""

    def __init__(self, transport: Any, sent: bytearray) -> None:  # noqa: ANN401 - any of Twisted's
        self._transport = transport
        self._sent = sent

    def write(self, data: bytes) -> None:
        self._sent += data
        self._transport.write(data)

    def writeSequence(self, data: list[bytes]) -> None:  # noqa: N802 - Twisted's name
        self._sent += b"".join(data)
        self._transport.writeSequence(data)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the transport has
        return getattr(self._transport, name)


def _tls_of(connection: Any) -> tuple[str | None, tuple[bytes, ...]]:  # noqa: ANN401 - OpenSSL's or a socket
    version, cipher = connection.get_protocol_version_name(), connection.get_cipher_name()
    chain = connection.get_peer_cert_chain() or []
    return f"{version} {cipher}", tuple(dump_certificate(FILETYPE_ASN1, each) for each in chain)
