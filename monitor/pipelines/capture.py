"""Middlewares that bring each page's exchanges, redirects included, and robots.txt's word to its PageRead."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

from scrapy import signals
from scrapy.spidermiddlewares.base import BaseSpiderMiddleware

from monitor.evidence.exchange import Exchange, RobotsDecision
from monitor.pipelines.items import PageRead, PictureRead
from monitor.pipelines.redirects import site_of
from monitor.pipelines.wire import WIRE, Wire

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from scrapy.robotstxt import RobotParser

#: Key of `Request.meta` that names the headers whose values no record may hold.
SECRETS = "monitor_secrets"
#: Key of `Request.meta` under which the exchanges so far are found: redirects, then the answer.
_EXCHANGES = "monitor_exchanges"


class CaptureMiddleware:
    """Downloader middleware, innermost: sees responses before Scrapy decompresses or follows them."""

    def __init__(self, crawler: Crawler) -> None:
        self._obey = crawler.settings.getbool("ROBOTSTXT_OBEY")
        self._own_name: str = crawler.settings["ROBOTSTXT_USER_AGENT"] or crawler.settings["USER_AGENT"]
        self._parsers: dict[str, RobotParser] = {}
        self._snapshots: dict[str, tuple[Exchange, ...]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way in."""
        middleware = cls(crawler)
        crawler.signals.connect(middleware.robots_parsed, signal=signals.robots_parsed)
        return middleware

    def robots_parsed(self, robotparser: RobotParser, request: Request) -> None:
        """Remember what robots.txt of a site says."""
        self._parsers[site_of(request.url)] = robotparser

    def process_response(self, request: Request, response: Response) -> Response:
        """Note the exchange, behind the redirects that led to it; an attempt that is repeated falls away."""
        redirects = request.meta.get("redirect_times", 0)
        asks_robots = request.meta.get("dont_obey_robotstxt", False)
        decision = RobotsDecision(decision="not obeyed") if asks_robots else self._decision(request.url)
        exchanges = (
            *request.meta.get(_EXCHANGES, ())[:redirects],
            exchange_of(request, response, decision),
        )
        request.meta[_EXCHANGES] = exchanges
        if asks_robots:
            self._snapshots[site_of(exchanges[0].url)] = exchanges
        return response

    def _decision(self, url: str) -> RobotsDecision:
        site = site_of(url)
        if not self._obey:
            return RobotsDecision(decision="not obeyed")
        snapshot = self._snapshots.get(site, ())
        if site not in self._parsers or not _given(snapshot):
            return RobotsDecision(decision="unavailable", user_agent=self._own_name, snapshot=snapshot)
        return RobotsDecision(
            decision="allowed",
            rule=robots_rule(self._parsers[site], url, self._own_name),
            user_agent=self._own_name,
            snapshot=snapshot,
        )


class AttachExchanges(BaseSpiderMiddleware):
    """Spider middleware: gives each page and picture the exchanges that its response came by."""

    def get_processed_item(self, item: Any, response: Response | None) -> Any:  # noqa: ANN401 - any item
        """Attach them."""
        if response is None or not isinstance(item, PageRead | PictureRead):
            return item
        return replace(item, exchanges=response.meta.get(_EXCHANGES, ()))


def exchange_of(request: Request, response: Response, robots: RobotsDecision) -> Exchange:
    """Return what went over the wire; without a `Wire`, rebuild it from what Scrapy parsed and say so."""
    wire: Wire | None = request.meta.pop(WIRE, None)
    now = datetime.now(UTC)
    if wire is not None:
        sent, received = bytes(wire.sent), _final(bytes(wire.received))
    else:
        sent, received = _rebuilt_request(request), _rebuilt_response(response)
    secrets = tuple(request.meta.get(SECRETS, ()))
    sent = without_secrets(sent, secrets)
    return Exchange(
        url=response.url,
        method=request.method,
        sent=sent,
        received=received,
        exact=wire is not None,
        status=response.status,
        ip=str(response.ip_address) if response.ip_address is not None else None,
        requested_at=now if wire is None else wire.requested_at,
        received_at=now,
        tls=None if wire is None else wire.tls,
        certificates=() if wire is None else wire.certificates,
        proxy=request.meta.get("proxy"),
        masked=secrets,
        robots=robots,
    )


def without_secrets(sent: bytes, names: Iterable[str]) -> bytes:
    """Hide the values of headers that are keys to an account, one for one, so that lengths still fit."""
    head, blank, body = sent.partition(b"\r\n\r\n")
    for name in names:
        line = re.compile(rb"(?im)^(" + re.escape(name.encode()) + rb":[ \t]*)([^\r\n]*)")
        head = line.sub(lambda found: found[1] + b"*" * len(found[2]), head)
    return head + blank + body


def robots_rule(parser: RobotParser, url: str, user_agent: str) -> str | None:
    """Name the line of robots.txt that decides on a URL, with its group; None when no line applies.

    Scrapy's parsers only answer yes or no; Protego keeps its rules to itself, in the order of their weight.
    """
    rules = getattr(getattr(parser, "rp", None), "_get_matching_rule_set", lambda _: None)(user_agent)
    if rules is None:
        return None
    parts = urlsplit(url)
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    for rule in rules._rules:  # noqa: SLF001 - Protego tells nobody else
        if rule.value.match(path or "/"):
            return f"User-agent: {rules.user_agent} | {rule.field.title()}: {rule.value._pattern}"  # noqa: SLF001
    return None


def _given(snapshot: tuple[Exchange, ...]) -> bool:
    """Whether there is a robots.txt, empty or not."""
    return bool(snapshot) and snapshot[-1].status < HTTPStatus.MULTIPLE_CHOICES


def _final(received: bytes) -> bytes:
    """Leave out interim answers (1xx): what is kept is the one that Scrapy took."""
    while received[:9].startswith(b"HTTP/1.") and received[9:10] == b"1":
        received = received.partition(b"\r\n\r\n")[2]
    return received


def _rebuilt_request(request: Request) -> bytes:
    target = urlsplit(request.url)
    path = (target.path or "/") + (f"?{target.query}" if target.query else "")
    head = f"{request.method} {path} HTTP/1.1\r\nHost: {target.netloc}\r\n".encode()
    return head + request.headers.to_string() + b"\r\n\r\n" + request.body


def _rebuilt_response(response: Response) -> bytes:
    head = f"{response.protocol or 'HTTP/1.1'} {response.status} \r\n".encode()
    return head + response.headers.to_string() + b"\r\n\r\n" + response.body
