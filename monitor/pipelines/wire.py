"""Download handler that keeps the very bytes of the wire beside what Scrapy makes of them.

Scrapy hands out headers that were parsed and a body without its transfer encoding; evidence needs what was
sent and what came. Twisted's protocol sees both, after TLS: this handler listens there and changes nothing.
It rests on names that Scrapy 2.19 keeps to itself; a test in `tests/pipelines` says when they move.

It is also the one door to the network: every page, redirect, sitemap and robots.txt passes here. So here
stand the guard of addresses, the verification of certificates and the limit on what a server may send
(docs/safety.md).
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from OpenSSL.crypto import FILETYPE_ASN1, dump_certificate
from scrapy.core.downloader.handlers.http11 import (
    HTTP11DownloadHandler,
    _BindAddressAgent,
    _LenientHTTP11ClientFactory,
    _LenientHTTP11ClientProtocol,
    _ScrapyAgent,
)
from scrapy.exceptions import DownloadCancelledError, DownloadFailedError, ResponseDataLossError
from scrapy.utils._download_handlers import normalize_bind_address, wrap_twisted_exceptions
from scrapy.utils.defer import maybe_deferred_to_future
from twisted.python.failure import Failure
from twisted.web._newclient import HEADER, STATUS

from monitor.addresses import ForbiddenAddressError, Guard
from monitor.pipelines.certificates import CertificateError, VerifyingPolicy
from monitor.pipelines.reach import GuardedReactor
from monitor.pipelines.refusals import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from twisted.internet.defer import Deferred
    from twisted.internet.interfaces import IAddress
    from twisted.web._newclient import Request as TxRequest
    from twisted.web.iweb import IResponse

#: Key of `Request.meta` under which the `Wire` of a response is found.
WIRE = "monitor_wire"
#: Bytes of status line and headers, interim answers included: as many as browsers take.
_LONGEST_HEAD = 256 * 1024
#: Bytes that headers and the sizes of chunks may add to a body.
_FRAMING = 1024 * 1024


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


class ResponseTooLargeError(Exception):
    """A server sent more than a page may have, headers and framing included."""


class WireDownloadHandler(HTTP11DownloadHandler):
    """Scrapy's handler for http and https; leaves the `Wire` of each response in its request's meta.

    Settings: ``ALLOW_PRIVATE``, addresses that this crawl may reach although they are not public
    (`monitor.addresses.Allowance`); ``DOWNLOAD_MAXSIZE``, bytes of a body.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        from twisted.internet import reactor  # noqa: PLC0415 - it is chosen when the crawl begins

        # as Scrapy does it itself
        self._pool._factory = partial(_WireFactory, self._default_maxsize)  # type: ignore[assignment]  # noqa: SLF001
        self._contextFactory: Any = VerifyingPolicy(self._contextFactory)
        self._guard = Guard.of(crawler.settings.getlist("ALLOW_PRIVATE"))
        self._reactor = GuardedReactor(reactor, self._guard)

    async def download_request(self, request: Request) -> Response:
        """Fetch as Scrapy does, through an agent that hands over the wire.

        Raises:
            Refusal: the address may not be reached, the certificate is not the server's, or there is too
            much of it.

        """
        if request.meta.get("proxy"):
            raise Refusal("refused: through a proxy nobody can see which address is reached")
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
        agent.reactor = self._reactor
        try:
            self._guard.check_url(request.url)
            with wrap_twisted_exceptions():
                return await maybe_deferred_to_future(agent.download_request(request))
        except ForbiddenAddressError as error:
            raise Refusal(f"{error}; asked for {request.url[:200]}") from error
        except DownloadCancelledError as error:
            # Scrapy cancels a download for its size alone
            limit = request.meta.get("download_maxsize", self._default_maxsize)
            raise Refusal(f"too large: its size is over {limit} bytes") from error
        except (DownloadFailedError, ResponseDataLossError) as error:
            for cause in _causes(error):
                if isinstance(cause, CertificateError | ResponseTooLargeError):
                    raise Refusal(str(cause)) from error
            raise


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Go down to what a failed download rests on; Twisted wraps it in lists of failures."""
    waiting: list[BaseException | None] = [error]
    while waiting:
        found = waiting.pop()
        if found is None:
            continue
        yield found
        waiting.append(found.__cause__)
        waiting.extend(each.value for each in getattr(found, "reasons", ()) if isinstance(each, Failure))


class _WireAgent(_ScrapyAgent):
    """One per request."""

    _meta: dict[str, Any]
    reactor: GuardedReactor

    def _get_agent(self, request: Request, timeout: float) -> _BindAddressAgent:
        bind_to = normalize_bind_address(request.meta.get("bindaddress") or self._bindAddress)
        return _BindAddressAgent(
            reactor=self.reactor,  # type: ignore[arg-type]  # the interfaces that an agent needs
            contextFactory=self._contextFactory,
            connectTimeout=timeout,
            bindAddress=bind_to,
            pool=self._pool,
        )

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
    #: bytes of a body; 0: any number
    maxsize: int

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
        received = self._wire.received
        received += data
        if self.maxsize and len(received) > self.maxsize + _FRAMING:
            self._give_up(f"{self.maxsize + _FRAMING} bytes with headers and chunks")
            return
        super().dataReceived(data)  # type: ignore[no-untyped-call]
        parser: Any = self._parser
        if len(received) > _LONGEST_HEAD and parser is not None and parser.state in (STATUS, HEADER):
            self._give_up(f"{_LONGEST_HEAD} bytes of headers alone")

    def _give_up(self, limit: str) -> None:
        error = ResponseTooLargeError(f"too large: its size is over {limit}")
        self._giveUp(Failure(error))  # type: ignore[no-untyped-call]
        transport: Any = self.transport
        transport.abortConnection()


class _WireFactory(_LenientHTTP11ClientFactory):
    """Makes the protocols of the pool."""

    def __init__(self, maxsize: int, *arguments: Any) -> None:  # noqa: ANN401 - the pool's
        super().__init__(*arguments)  # type: ignore[no-untyped-call]
        self._maxsize = maxsize

    def buildProtocol(self, addr: IAddress | None) -> _WireProtocol:  # noqa: N802 - Twisted's name
        del addr
        protocol = _WireProtocol(self._quiescentCallback)  # type: ignore[no-untyped-call]
        protocol.maxsize = self._maxsize
        return protocol


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
