"""Time stamps by an authority of our own: made with OpenSSL, asked over HTTP, then everything is edited."""

from __future__ import annotations

import datetime as dt
import hashlib
import http.server
import json
import shutil
import subprocess
import sys
import threading
import zipfile
from typing import TYPE_CHECKING, Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from monitor.demo.mall import Mall
from monitor.demo.server import serve
from monitor.evidence.chain import EvidenceError
from monitor.evidence.timestamp import ask_authority, check_stamp, stamps_of
from monitor.storage import open_database
from monitor.storage.engine import reading
from monitor.storage.evidence import anchors, records

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("openssl") is None, reason="the openssl command makes the stamps"),
]
pytest.importorskip("rfc3161_client", reason="the extra timestamp is not installed")


class Authority:
    """A CA and its time-stamping service, answered by `openssl ts`."""

    def __init__(self, folder: Path, name: str) -> None:
        self.folder = folder / name
        self.folder.mkdir()
        self.asked = 0
        self.answer: bytes | None = None
        ca_key, ca = self._certificate(f"{name} CA", None)
        key, signer = self._certificate(f"{name} TSA", (ca_key, ca))
        self.ca_file = self._pem("ca.pem", ca.public_bytes(serialization.Encoding.PEM))
        self._pem("tsa.pem", signer.public_bytes(serialization.Encoding.PEM))
        private = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        self._pem("tsa.key", private)
        (self.folder / "serial").write_text("01")
        (self.folder / "tsa.cnf").write_text(
            "[tsa]\ndefault_tsa = one\n[one]\nserial = serial\nsigner_cert = tsa.pem\n"
            "signer_key = tsa.key\nsigner_digest = sha256\ndefault_policy = 1.2.3.4.1\ndigests = sha256\n"
            "accuracy = secs:1\ness_cert_id_alg = sha256\n"
        )

    def stamp(self, request: bytes) -> bytes:
        self.asked += 1
        if self.answer is not None:
            return self.answer
        (self.folder / "request.tsq").write_bytes(request)
        command = [
            "openssl",
            "ts",
            "-reply",
            "-config",
            "tsa.cnf",
            "-queryfile",
            "request.tsq",
            "-out",
            "reply.tsr",
        ]
        subprocess.run(command, cwd=self.folder, check=True, capture_output=True)
        return (self.folder / "reply.tsr").read_bytes()

    def _pem(self, name: str, data: bytes) -> Path:
        file = self.folder / name
        file.write_bytes(data)
        return file

    @staticmethod
    def _certificate(name: str, issuer: tuple[Any, x509.Certificate] | None) -> tuple[Any, x509.Certificate]:
        key = rsa.generate_private_key(65537, 2048)
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        signer, issued_by = (key, subject) if issuer is None else (issuer[0], issuer[1].subject)
        now = dt.datetime.now(dt.UTC)
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issued_by)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - dt.timedelta(days=1))
            .not_valid_after(now + dt.timedelta(days=1))
            .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False
            )
        )
        if issuer is not None:
            usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
            builder = builder.add_extension(usage, critical=True)
        return key, builder.sign(signer, hashes.SHA256())


@pytest.fixture
def authority(tmp_path) -> Iterator[tuple[Authority, str]]:
    made = Authority(tmp_path, "honest")

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            request = self.rfile.read(int(self.headers["Content-Length"]))
            assert self.headers["Content-Type"] == "application/timestamp-query"
            answer = made.stamp(request)
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *arguments) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=[0.05], daemon=True).start()
    yield made, f"http://127.0.0.1:{server.server_port}/tsa"
    server.shutdown()
    server.server_close()


def verified(workplace, *arguments: str, status: int = 0) -> dict[str, Any]:
    said = workplace.monitor("evidence", "verify", *arguments, "--json", status=status).stdout
    found: dict[str, Any] = json.loads(said)
    return found


def codes(workplace, ca: bytes | None = None) -> list[str]:
    """What `verify` finds wrong with the stamps, asked directly: a command takes seconds."""
    engine = open_database(workplace.database_url)
    with reading(engine) as connection:
        values = {
            each.file: [row.chain for row in records(connection, each.id)] for each in anchors(connection)
        }
    engine.dispose()
    stamps = stamps_of(workplace.folder / "var" / "evidence")
    assert stamps
    return [problem.code for each in stamps for problem in check_stamp(each, values, ca).problems]


def test_a_stamp_holds_until_anything_is_edited(workplace, authority, tmp_path):
    tsa, url = authority
    with serve(Mall(day=0)) as server:
        workplace.plan("night", [{"site": "demo_gbk", "base_url": server.base_url("demo_gbk")}], ["弩"])
        workplace.monitor("crawl", "night")
    stamp = ("evidence", "timestamp", "1", "--tsa", url, "--tsa-ca", str(tsa.ca_file))
    said = workplace.monitor(*stamp).stdout
    evidence = workplace.folder / "var" / "evidence" / "run-1"
    (lines,), (answer,) = evidence.glob("head-*.txt"), evidence.glob("head-*.tsr")
    assert answer.name in said
    head = json.loads(workplace.monitor("evidence", "heads", "1", "--json").stdout)[0]["head"]
    # what anybody can do without this program
    check = ["openssl", "ts", "-verify", "-digest", head, "-in", str(answer), "-CAfile", str(tsa.ca_file)]
    assert subprocess.run(check, capture_output=True, check=False).returncode == 0

    (report,) = verified(workplace, "--tsa-ca", str(tsa.ca_file))["stamps"]
    assert report["signature_checked"]
    assert abs(dt.datetime.fromisoformat(report["at"]) - dt.datetime.now(dt.UTC)) < dt.timedelta(hours=1)
    assert not verified(workplace)["stamps"][0]["signature_checked"]
    other = Authority(tmp_path, "other")
    (problem,) = verified(workplace, "--tsa-ca", str(other.ca_file), status=1)["problems"]
    assert problem["code"] == "stamp"

    pack_is_checked(workplace, tmp_path)
    edits_are_found(workplace, lines, answer, tsa.ca_file.read_bytes())

    # an answer to another question, a refusal, and nonsense are not kept
    for wrong in (answer.read_bytes(), bytes.fromhex("300530030201 02"), b"<html>not found</html>"):
        tsa.answer = wrong
        with pytest.raises(EvidenceError):
            ask_authority(lines.read_text(encoding="utf-8"), url)
    tsa.answer = None
    for nowhere in ("http://127.0.0.1:1/", "file:///etc/passwd"):
        with pytest.raises(EvidenceError):
            ask_authority("lines", nowhere)
    workplace.monitor(*stamp[:-1], str(other.ca_file), status=2)
    assert len(list(evidence.glob("head-*"))) == 2


def edits_are_found(workplace, lines: Path, answer: Path, ca: bytes) -> None:
    text, signed = lines.read_text(encoding="utf-8"), answer.read_bytes()
    file, records, head = text.splitlines()[0].split(" ")
    lines.write_text(f"{file} {records} {'0' * 64}\n", encoding="utf-8")
    assert set(codes(workplace)) == {"stamp", "stamped-head"}
    lines.write_text("", encoding="utf-8")
    assert set(codes(workplace)) == {"stamp", "stamped-head"}
    lines.write_text(text, encoding="utf-8")
    answer.write_bytes(signed[:-20] + bytes([signed[-20] ^ 1]) + signed[-19:])
    assert codes(workplace, ca) == ["stamp"]
    answer.unlink()
    assert "stamp" in codes(workplace)
    answer.write_bytes(signed)
    assert codes(workplace, ca) == []
    assert head in text


def pack_is_checked(workplace, tmp_path: Path) -> None:
    pack = tmp_path / "证据.zip"
    workplace.monitor("evidence", "pack", str(workplace.rows()[0].id), "--to", str(pack))
    folder = tmp_path / "pack"
    zipfile.ZipFile(pack).extractall(folder)
    command = [sys.executable, "-I", "-S", str(folder / "verify.py")]
    assert subprocess.run(command, capture_output=True, check=False, env={}).returncode == 0
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    (stamp,) = manifest["stamps"]
    # a rewritten chain with a manifest to match, and the old stamp beside it
    lines = folder / stamp["heads"]
    file, records, _ = lines.read_text(encoding="utf-8").split(" ")
    forged = f"{file} {records} {'1' * 64}\n".encode()
    lines.write_bytes(forged)
    manifest["files"][stamp["heads"]] = hashlib.sha256(forged).hexdigest()
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    done = subprocess.run(command, capture_output=True, check=False, env={}, text=True)
    assert done.returncode == 1
    assert "时间戳不成立" in done.stdout
