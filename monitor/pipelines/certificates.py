"""Certificates of servers: verified, and a failure says what is wrong with them.

Twisted verifies too, but says only "certificate verify failed"; and of a certificate that names no host at
all it logs an error and goes on (26.10). Here the same callback decides on everything and keeps the reason.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from OpenSSL.SSL import VERIFY_FAIL_IF_NO_PEER_CERT, VERIFY_PEER
from service_identity import VerificationError
from service_identity.exceptions import CertificateError as UnreadableCertificateError
from service_identity.hazmat import DNS_ID, IPAddress_ID, ServiceID, verify_service_identity
from service_identity.pyopenssl import extract_patterns
from twisted.internet.abstract import isIPAddress, isIPv6Address
from twisted.internet.interfaces import IOpenSSLClientConnectionCreator
from twisted.python.failure import Failure
from twisted.web.iweb import IPolicyForHTTPS
from zope.interface import implementer

if TYPE_CHECKING:
    from collections.abc import Callable

    from OpenSSL.crypto import X509
    from OpenSSL.SSL import Connection
    from twisted.protocols.tls import TLSMemoryBIOProtocol

#: Codes of OpenSSL's verification (X509_V_ERR_…, openssl-verification-options(1)) that servers really cause.
_MEANINGS = {
    9: "it is not valid yet",
    10: "it has expired",
    18: "it is self-signed",
    19: "an authority that nobody here trusts signed it",
    20: "the authority that signed it is not known here",
    21: "the authority that signed it is not known here",
    23: "it was revoked",
}


class CertificateError(Exception):
    """A server could not prove who it is; the message says why."""


@implementer(IPolicyForHTTPS)
class VerifyingPolicy:
    """Scrapy's policy for TLS, with our verification."""

    def __init__(self, policy: Any) -> None:  # noqa: ANN401 - an IPolicyForHTTPS
        self._policy = policy

    def creatorForNetloc(self, hostname: bytes, port: int) -> Any:  # noqa: ANN401, N802 - Twisted's
        """Return what makes the TLS connections to one server."""
        return _VerifyingCreator(self._policy.creatorForNetloc(hostname, port), hostname.decode("ascii"))


@implementer(IOpenSSLClientConnectionCreator)
class _VerifyingCreator:
    def __init__(self, creator: Any, hostname: str) -> None:  # noqa: ANN401 - Twisted's ClientTLSOptions
        self._creator = creator
        self._hostname = hostname

    def clientConnectionForTLS(self, protocol: TLSMemoryBIOProtocol) -> Connection:  # noqa: N802 - Twisted's
        connection: Connection = self._creator.clientConnectionForTLS(protocol)
        connection.set_verify(VERIFY_PEER | VERIFY_FAIL_IF_NO_PEER_CERT, _callback(protocol, self._hostname))
        return connection


def _callback(
    protocol: TLSMemoryBIOProtocol, hostname: str
) -> Callable[[Connection, X509, int, int, int], bool]:
    def verify(connection: Connection, certificate: X509, code: int, depth: int, ok: int) -> bool:
        del connection
        wrong = None if ok else _MEANINGS.get(code, f"OpenSSL's verification says {code}")
        if wrong is None and depth == 0:
            wrong = _wrong_host(certificate, hostname)
        if wrong is None:
            return True
        error = CertificateError(f"TLS: the certificate of {hostname} is refused: {wrong}")
        protocol.failVerification(Failure(error))  # type: ignore[no-untyped-call]
        return False

    return verify


def _wrong_host(certificate: X509, hostname: str) -> str | None:
    """Say why a certificate is not that of `hostname`; None when it is."""
    address = isIPAddress(hostname) or isIPv6Address(hostname)
    try:
        wanted: ServiceID = IPAddress_ID(hostname) if address else DNS_ID(hostname)
        verify_service_identity(extract_patterns(certificate), [wanted], [])
    except VerificationError:
        return "it is another host's"
    except (UnreadableCertificateError, ValueError) as error:
        return f"it names no host ({error})"
    return None
