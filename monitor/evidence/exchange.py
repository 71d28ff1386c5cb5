"""One request and its response, as they went over the wire."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class RobotsDecision:
    """What robots.txt says of one URL, and what was made of it."""

    #: ``allowed``, ``not obeyed`` (the site profile says so), ``unavailable`` (there is none: 4xx,
    #: or redirects without end; RFC 9309, 2.3.1.3). Where it cannot be reached no page is fetched.
    decision: str
    #: the line that decided, with its group; None when no line applies
    rule: str | None = None
    #: the name we looked ourselves up by
    user_agent: str | None = None
    #: robots.txt as it was fetched, with redirects; empty when it was not
    snapshot: tuple[Exchange, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Exchange:
    """One request and its response."""

    url: str
    method: str
    #: Bytes that were sent: request line, headers, body.
    sent: bytes
    #: Bytes that came: status line, headers, body with its transfer and content encoding.
    received: bytes
    #: Whether both are the very bytes of the wire; else they were rebuilt from what the client had parsed.
    exact: bool
    status: int
    #: Address connected to; that of the proxy when there is one.
    ip: str | None
    requested_at: datetime
    received_at: datetime
    #: TLS version and cipher, e.g. ``TLSv1.3 TLS_AES_256_GCM_SHA384``; None without TLS.
    tls: str | None = None
    #: Certificates that the server showed, its own first, DER.
    certificates: tuple[bytes, ...] = ()
    proxy: str | None = None
    #: Names of request headers whose values are replaced by as many asterisks: keys to an account.
    masked: tuple[str, ...] = ()
    robots: RobotsDecision = field(default_factory=lambda: RobotsDecision(decision="not obeyed"))


def split_message(message: bytes) -> tuple[bytes, bytes]:
    """Split an HTTP message into its head, blank line included, and its body."""
    head, found, body = message.partition(b"\r\n\r\n")
    return (head + found, body) if found else (message, b"")
