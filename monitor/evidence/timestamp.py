"""Time stamps of a third party (RFC 3161, 可信时间戳) on the head of a run, kept beside its chains.

What is stamped are the lines of `head_lines`: their SHA-256, which the authority signs, is the head of the
run as it is printed. ``run-N/head-TIME.txt`` holds the lines, ``head-TIME.tsr`` the authority's answer:
``openssl ts -verify -data head-TIME.txt -in head-TIME.tsr -CAfile CA.pem`` checks them without this program.
"""

from __future__ import annotations

import hashlib
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from monitor.evidence.chain import EvidenceError, make_folder, sync_folder
from monitor.evidence.verifier import Problem, stamps_digest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

#: Bytes of an answer; with certificates they take some thousand.
_LARGEST = 1 << 20
_MISSING = 'time stamps need the extra "timestamp": pip install "monitor[timestamp]"'


@dataclass(frozen=True, kw_only=True, slots=True)
class Stamp:
    """One stamp as it stands in the evidence folder."""

    run_id: int
    #: within the evidence folder, without ending
    name: str
    lines: bytes
    response: bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class StampReport:
    """What a check of one stamp found."""

    name: str
    #: when the authority says that it saw the head, UTC; None where that cannot be read
    at: datetime | None
    #: whether its signature was checked against an authority that the caller trusts
    signature_checked: bool
    problems: tuple[Problem, ...]


def ask_authority(lines: str, url: str, *, timeout: float = 30.0) -> bytes:
    """Have a time-stamping authority stamp the lines of a head; return its answer (DER).

    Args:
        lines: see `head_lines`.
        url: of the authority, as a person named it; redirects are not followed.
        timeout: seconds.

    Raises:
        EvidenceError: it does not answer, refuses, or stamps something else.

    """
    client = _client()
    data = lines.encode()
    builder = client.TimestampRequestBuilder().data(data).hash_algorithm(client.HashAlgorithm.SHA256)
    wanted = builder.build()
    answer = _post(url, wanted.as_bytes(), timeout)
    try:
        response = client.decode_timestamp_response(answer)
    except ValueError as error:
        raise EvidenceError(f"{url} answered with no time stamp: {error}") from None
    if response.status != client.PKIStatus.GRANTED:
        said = "; ".join(response.status_string) or f"status {response.status}"
        raise EvidenceError(f"{url} refused to stamp: {said}")
    info = response.tst_info
    if info.message_imprint.message != hashlib.sha256(data).digest() or info.nonce != wanted.nonce:
        raise EvidenceError(f"{url} stamped something else than it was asked to: nothing is kept")
    return answer


def keep_stamp(folder: Path, run_id: int, lines: str, response: bytes, now: datetime) -> str:
    """Write a stamp beside the chains of its run; return its name within the evidence folder.

    Raises:
        EvidenceError: it cannot be written.

    """
    name = f"run-{run_id}/head-{now:%Y%m%dT%H%M%S%f}Z"
    try:
        make_folder((folder / name).parent)
        for ending, data in ((".txt", lines.encode()), (".tsr", response)):
            with (folder / f"{name}{ending}").open("xb") as file:
                file.write(data)
        sync_folder((folder / name).parent)
    except OSError as error:
        raise EvidenceError(f"{folder / name} cannot be written: {error.strerror}") from error
    return name


def stamps_of(folder: Path, run_id: int | None = None) -> list[Stamp]:
    """List the stamps of a run, or all, oldest first. Half of one is given too: its other half is empty."""
    runs = "run-*" if run_id is None else f"run-{run_id}"
    names = {each.with_suffix("") for each in folder.glob(f"{runs}/head-*Z.*")}
    return [
        Stamp(
            run_id=int(each.parent.name.removeprefix("run-")),
            name=each.relative_to(folder).as_posix(),
            lines=_bytes(each.with_suffix(".txt")),
            response=_bytes(each.with_suffix(".tsr")),
        )
        for each in sorted(names)
    ]


def check_stamp(stamp: Stamp, values: Mapping[str, Sequence[str]], authority: bytes | None) -> StampReport:
    """Check that the stamp holds for its lines, and that the chains still pass through the stamped heads.

    Args:
        stamp: as it stands in the folder.
        values: the chain values of each chain of the run, in order, by its file.
        authority: certificates that the caller trusts, PEM; without them the signature is not checked.

    """
    problems = [
        Problem(stamp.name, "stamped-head", found=file, expected=head)
        for file, records, head in _heads(stamp.lines)
        if not 0 < records <= len(values.get(file, ())) or values[file][records - 1] != head
    ]
    if stamps_digest(stamp.response) != hashlib.sha256(stamp.lines).hexdigest():
        problems.append(Problem(stamp.name, "stamp", detail="it is not for these lines"))
    at = None
    try:
        client = _client()
        response = client.decode_timestamp_response(stamp.response)
        at = response.tst_info.gen_time
        if authority is not None:
            _verifier(client, authority).verify_message(response, stamp.lines)
    except EvidenceError as error:
        if authority is not None:
            problems.append(Problem(stamp.name, "stamp", detail=error))
    except Exception as error:  # noqa: BLE001 - whatever the library makes of bytes that a stranger may have edited
        problems.append(Problem(stamp.name, "stamp", detail=error))
    checked = authority is not None and not problems
    return StampReport(name=stamp.name, at=at, signature_checked=checked, problems=tuple(problems))


def _heads(lines: bytes) -> list[tuple[str, int, str]]:
    found = []
    for line in lines.decode("utf-8", "replace").splitlines():
        file, _, rest = line.partition(" ")
        records, _, head = rest.partition(" ")
        found.append((file, int(records) if records.isdecimal() else 0, head))
    return found or [("", 0, "")]


def _client() -> Any:  # noqa: ANN401 - the library, where it is installed
    try:
        import rfc3161_client  # noqa: PLC0415 - an extra
    except ImportError:
        raise EvidenceError(_MISSING) from None
    return rfc3161_client


def _verifier(client: Any, authority: bytes) -> Any:  # noqa: ANN401 - the library's
    from cryptography.x509 import load_pem_x509_certificates  # noqa: PLC0415 - comes with the extra

    return client.VerifierBuilder(roots=load_pem_x509_certificates(authority)).build()


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *arguments: Any, **named: Any) -> None:  # noqa: ANN401 - urllib's
        del arguments, named


def _post(url: str, body: bytes, timeout: float) -> bytes:
    if not url.lower().startswith(("http://", "https://")):
        raise EvidenceError(f"{url!r} is no address of a time-stamping authority: it begins with http(s)://")
    request = urllib.request.Request(  # noqa: S310 - the scheme was checked
        url, data=body, headers={"Content-Type": "application/timestamp-query"}
    )
    opener = urllib.request.build_opener(_NoRedirects, urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=timeout) as answer:
            data: bytes = answer.read(_LARGEST + 1)
    except (OSError, ValueError) as error:
        raise EvidenceError(f"{url} could not be asked for a time stamp: {error}") from None
    if len(data) > _LARGEST:
        raise EvidenceError(f"{url} answered with more than {_LARGEST} bytes: that is no time stamp")
    return data


def _bytes(file: Path) -> bytes:
    return file.read_bytes() if file.is_file() else b""
