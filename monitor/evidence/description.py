"""What the description of a record says: who collected what, how, and under which robots.txt."""

from __future__ import annotations

import base64
import getpass
import hashlib
import os
import platform
import socket
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from cryptography import x509

from monitor import __version__
from monitor.evidence.exchange import split_message

if TYPE_CHECKING:
    from monitor.evidence.exchange import Exchange, RobotsDecision


@lru_cache(maxsize=1)
def collector_facts() -> dict[str, Any]:
    """Say which program collects, on which machine, as whom."""
    try:
        user = getpass.getuser()
    except (OSError, KeyError):
        user = str(os.getuid())
    return {
        "software": f"monitor {__version__}",
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.release()}",
        "host": socket.gethostname(),
        "user": user,
        "pid": os.getpid(),
    }


def exchange_facts(exchange: Exchange) -> dict[str, Any]:
    """Describe an exchange; the members that hold it are named by the chain."""
    body = split_message(exchange.received)[1]
    return {
        "url": exchange.url,
        "method": exchange.method,
        "status": exchange.status,
        "ip": exchange.ip,
        "proxy": exchange.proxy,
        "exact": exchange.exact,
        "masked": list(exchange.masked),
        "requested_at": exchange.requested_at.isoformat(),
        "received_at": exchange.received_at.isoformat(),
        "body_sha256": hashlib.sha256(body).hexdigest(),
        "body_bytes": len(body),
        "tls": exchange.tls,
        "certificates": [certificate_facts(each) for each in exchange.certificates],
    }


@lru_cache(maxsize=64)
def certificate_facts(der: bytes) -> dict[str, Any]:
    """Describe a certificate, and keep it whole."""
    certificate = x509.load_der_x509_certificate(der)
    return {
        "subject": certificate.subject.rfc4514_string(),
        "issuer": certificate.issuer.rfc4514_string(),
        "serial": f"{certificate.serial_number:x}",
        "not_before": certificate.not_valid_before_utc.isoformat(),
        "not_after": certificate.not_valid_after_utc.isoformat(),
        "sha256": hashlib.sha256(der).hexdigest(),
        "der": base64.b64encode(der).decode("ascii"),
    }


def robots_facts(robots: RobotsDecision, snapshot_record: int | None) -> dict[str, Any]:
    """Describe a decision by robots.txt.

    Args:
        robots: the decision.
        snapshot_record: number of the record of this chain that holds robots.txt as it was fetched.

    """
    body = split_message(robots.snapshot[-1].received)[1] if robots.snapshot else None
    return {
        "decision": robots.decision,
        "rule": robots.rule,
        "user_agent": robots.user_agent,
        "snapshot": snapshot_record,
        "snapshot_sha256": None if body is None else hashlib.sha256(body).hexdigest(),
        "snapshot_status": robots.snapshot[-1].status if robots.snapshot else None,
    }
