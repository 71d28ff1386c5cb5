"""A server that cannot prove who it is gets no request, and the unit says why."""

from __future__ import annotations

import datetime as dt
import ipaddress
import ssl

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

pytestmark = pytest.mark.slow

NOW = dt.datetime.now(dt.UTC)
DAY = dt.timedelta(days=1)


class Authority:
    """Signs certificates as a CA that the crawler trusts."""

    def __init__(self, folder, trusted: bool = True) -> None:
        self.folder = folder
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"CA {id(self)}")])
        self.certificate = self._made(
            self.key, self.name, self.name, self.key, (NOW - DAY, NOW + DAY), [], ca=True
        )
        self.file = folder / f"ca-{id(self)}.pem"
        self.file.write_bytes(self.certificate.public_bytes(serialization.Encoding.PEM))

    def server(self, *names: str, valid=(NOW - DAY, NOW + DAY), alone: bool = False) -> ssl.SSLContext:
        """A server's context; `alone`: signed by itself."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
        issuer, signer = (subject, key) if alone else (self.name, self.key)
        made = self._made(key, subject, issuer, signer, valid, names, ca=False)
        file = self.folder / f"server-{made.serial_number}.pem"
        private = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        file.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context

    def _made(self, key, subject, issuer, signer, valid, names, *, ca) -> x509.Certificate:
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(valid[0])
            .not_valid_after(valid[1])
            .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False
            )
        )
        if ca:
            usage = dict.fromkeys(
                ["digital_signature", "content_commitment", "key_encipherment", "data_encipherment"], False
            ) | dict.fromkeys(["key_agreement", "encipher_only", "decipher_only"], False)
            builder = builder.add_extension(
                x509.KeyUsage(key_cert_sign=True, crl_sign=True, **usage), critical=True
            )
        if names:
            general = [_general(name) for name in names]
            builder = builder.add_extension(x509.SubjectAlternativeName(general), critical=False)
        return builder.sign(signer, hashes.SHA256())


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def test_each_bad_certificate_is_refused_with_its_reason(servers, crawl, http, tmp_path):
    trusted, unknown = Authority(tmp_path), Authority(tmp_path)
    pages = {"/": http.page(b"fine")}
    contexts = {
        "": trusted.server("127.0.0.1"),
        "self-signed": trusted.server("127.0.0.1", alone=True),
        "not known here": unknown.server("127.0.0.1"),
        "has expired": trusted.server("127.0.0.1", valid=(NOW - 3 * DAY, NOW - DAY)),
        "not valid yet": trusted.server("127.0.0.1", valid=(NOW + DAY, NOW + 3 * DAY)),
        "another": trusted.server("127.0.0.2", "shop.example"),
        "names no host": trusted.server(),
    }
    running = {said: servers(context=context, answers=dict(pages)) for said, context in contexts.items()}
    six = servers(host="::1", context=trusted.server("::1"), answers=dict(pages))
    urls = {said: f"{server.url}/" for said, server in running.items()}
    other = f"https://shop.example:{running['another'].port}/"
    outcome = crawl(
        *urls.values(),
        f"{six.url}/",
        f"https://shop.example:{running[''].port}/",
        other,
        allow=tuple(
            f"{'[::1]' if each is six else each.host}:{each.port}" for each in (*running.values(), six)
        ),
        names={"shop.example": [["127.0.0.1"]]},
        environment={"SSL_CERT_FILE": str(trusted.file)},
    )
    assert outcome.pages[urls.pop("")][0]["body"] == "fine"
    assert outcome.pages[f"{six.url}/"][0]["body"] == "fine"
    # for a name, the name on the certificate counts
    assert "another" in outcome.reason(f"https://shop.example:{running[''].port}/")
    assert outcome.pages[other][0]["body"] == "fine"
    for said, url in urls.items():
        reason = outcome.reason(url)
        assert reason.startswith("TLS: the certificate of 127.0.0.1 is refused:"), reason
        assert said in reason
        if said != "another":
            assert running[said].requests == []
        # neither page nor robots.txt; and it is not tried again
        assert running[said].connections <= 4
    assert "Traceback" not in outcome.log
