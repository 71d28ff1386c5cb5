"""Writing a chain: one file, one process, one record after the other, nothing ever changed."""

from __future__ import annotations

import fcntl
import hashlib
import os
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from monitor.evidence.description import exchange_facts
from monitor.evidence.members import Part, description, http_parts
from monitor.evidence.verifier import FORMAT, GENESIS, chain_value
from monitor.mistake import MistakeError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from monitor.evidence.exchange import Exchange


class EvidenceError(MistakeError):
    """Evidence cannot be written or read; the message names the file and the mend."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One record of a chain, as the database refers to it."""

    #: 0 for the record that opens the chain
    sequence: int
    #: ``opening``, ``robots``, ``page``, ``licence``, ``gone``, ``screenshot``, ``recovery``, or ``rows``
    #: (of a supplied table)
    kind: str
    at: datetime
    url: str | None
    #: where it stands in the file, bytes
    offset: int
    length: int
    #: of the stored bytes
    sha256: str
    #: value of the chain after it
    chain: str
    #: of the exchange's response as received, for those that refer to it; None without one
    response_sha256: str | None


class Chain:
    """A chain that is being written; `sync` before anything refers to what was appended."""

    def __init__(self, file: Path, descriptor: int) -> None:
        self.file = file
        self._descriptor = descriptor
        self._length = 0
        self._next = 0
        self._head = GENESIS

    @classmethod
    def create(cls, file: Path) -> Self:
        """Make the file, readable by its owner only, and hold it locked until `close`.

        Raises:
            EvidenceError: the folder cannot be written to, or the file is there already.

        """
        try:
            make_folder(file.parent)
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC
            descriptor = os.open(file, flags, 0o600)
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            sync_folder(file.parent)
        except OSError as error:
            raise _cannot_write(file, error) from error
        return cls(file, descriptor)

    @property
    def head(self) -> str:
        """Value of the chain after its last record."""
        return self._head

    def append(
        self,
        kind: str,
        at: datetime,
        facts: Mapping[str, Any],
        *,
        exchanges: Sequence[Exchange] = (),
        parts: Sequence[Part] = (),
        url: str | None = None,
    ) -> Entry:
        """Write a record; it is not safe before `sync`.

        Args:
            kind: see `Entry.kind`.
            at: when it was collected.
            facts: what its description says, beside what the chain adds itself.
            exchanges: kept as request and response members; the description lists them in order.
            parts: further members, before those.
            url: of the page that the last of `parts` is, where it came by no exchange.

        Raises:
            EvidenceError: it cannot be written; the file is as it was before.

        """
        told = []
        every = list(parts)
        for exchange in exchanges:
            request, response = http_parts(exchange)
            every += [request, response]
            told.append({"request": request.id, "response": response.id, **exchange_facts(exchange)})
        whole = {
            **facts,
            "format": FORMAT,
            "kind": kind,
            "sequence": self._next,
            "previous": self._head,
            "collected_at": at.isoformat(),
            "exchanges": told,
            "parts": [part.facts() for part in every],
        }
        raw = b"".join(part.raw for part in every) + description(whole, at)
        self._write(raw)
        sha256 = hashlib.sha256(raw).hexdigest()
        entry = Entry(
            sequence=self._next,
            kind=kind,
            at=at,
            url=exchanges[-1].url if exchanges else url,
            offset=self._length,
            length=len(raw),
            sha256=sha256,
            chain=chain_value(self._head, sha256),
            response_sha256=every[-1].sha256 if exchanges or (parts and url) else None,
        )
        self._next, self._head, self._length = self._next + 1, entry.chain, self._length + len(raw)
        return entry

    def sync(self) -> None:
        """Bring everything that was appended to the disk.

        Raises:
            EvidenceError: the disk refuses.

        """
        try:
            os.fsync(self._descriptor)
        except OSError as error:
            raise _cannot_write(self.file, error) from error

    def close(self) -> None:
        """Close the file and let go of its lock."""
        os.close(self._descriptor)

    def _write(self, raw: bytes) -> None:
        left = memoryview(raw)
        try:
            while left:
                left = left[os.write(self._descriptor, left) :]
        except OSError as error:
            with suppress(OSError):
                os.ftruncate(self._descriptor, self._length)
            raise _cannot_write(self.file, error) from error


def make_folder(folder: Path) -> None:
    """Make a folder of the evidence store, for its owner only: raw responses may hold personal data."""
    folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.mkdir(mode=0o700, exist_ok=True)


def sync_folder(folder: Path) -> None:
    """Bring the names in a folder to the disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _cannot_write(file: Path, error: OSError) -> EvidenceError:
    return EvidenceError(
        f"evidence cannot be written to {file}: {error.strerror or error}; the page is not committed. "
        "Free some space or set evidence_dir to a folder that can be written to, then run again"
    )
