"""Torn tails: what a crash left in a file beyond its anchor is set aside, and recorded as an event."""

from __future__ import annotations

import fcntl
import hashlib
import os
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from monitor.evidence.chain import EvidenceError, sync_folder

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path


@dataclass(frozen=True, kw_only=True, slots=True)
class TornTail:
    """Bytes that a process wrote and did not live to anchor."""

    file: Path
    #: where they begin: the anchored length
    offset: int
    length: int
    sha256: str

    @property
    def aside(self) -> Path:
        """Where they are kept."""
        return torn_file(self.file, self.offset)

    def facts(self, folder: Path) -> dict[str, Any]:
        """As the chain that goes on records it; names are within the evidence folder."""
        return {
            "file": self.file.relative_to(folder).as_posix(),
            "aside": self.aside.relative_to(folder).as_posix(),
            "offset": self.offset,
            "length": self.length,
            "sha256": self.sha256,
        }


def torn_file(file: Path, offset: int) -> Path:
    """Where a tail that begins at `offset` is kept."""
    return file.with_name(f"{file.name}.torn-{offset}")


def is_being_written(file: Path) -> bool:
    """Whether a living process holds the file."""
    try:
        descriptor = os.open(file, os.O_RDONLY)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


@contextmanager
def recovering_alone(folder: Path) -> Iterator[None]:
    """Keep other processes from setting aside, and recording, the same tails until they are cut off.

    Raises:
        EvidenceError: the evidence folder cannot be written to.

    """
    try:
        descriptor = os.open(folder / ".recovery.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise EvidenceError(f"{folder}: evidence cannot be written to: {error.strerror}") from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)  # a process that dies lets go of it
        yield
    finally:
        os.close(descriptor)


def set_tails_aside(folder: Path, anchored: Iterable[tuple[str, int]]) -> list[TornTail]:
    """Copy what stands beyond its anchor in files that no living process writes.

    Nothing is cut off yet: `cut` does that, once the event is recorded.

    Args:
        folder: the evidence folder.
        anchored: file within it, and the bytes of it that the database knows.

    Raises:
        EvidenceError: a tail cannot be copied.

    """
    found = []
    for name, length in anchored:
        file = folder / name
        try:
            if file.stat().st_size <= length or is_being_written(file):
                continue
            found.append(_set_aside(file, length))
        except FileNotFoundError:
            continue
        except OSError as error:
            raise EvidenceError(f"the torn tail of {file} cannot be set aside: {error.strerror}") from error
    return found


def cut(tail: TornTail) -> None:
    """Cut off a tail that was set aside and whose event is recorded."""
    with tail.file.open("r+b") as file:
        file.truncate(tail.offset)
        os.fsync(file.fileno())


def _set_aside(file: Path, offset: int) -> TornTail:
    with file.open("rb") as whole:
        whole.seek(offset)
        data = whole.read()
    aside = torn_file(file, offset)
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as copy:
        copy.write(data)
        copy.flush()
        os.fsync(copy.fileno())
    sync_folder(file.parent)
    return TornTail(file=file, offset=offset, length=len(data), sha256=hashlib.sha256(data).hexdigest())
