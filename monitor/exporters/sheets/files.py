"""Files that appear whole or not at all, under names that nobody else has."""

from __future__ import annotations

import errno
import fcntl
import os
import re
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING

from monitor.config import SHANGHAI
from monitor.mistake import MistakeError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

#: What helps, by what the system said.
_MENDS = {
    errno.ENOSPC: "free some space on that disk and export again",
    errno.EDQUOT: "the quota is used up: free some space and export again",
    errno.EFBIG: "the file grew beyond what this system allows: narrow the filter, or raise the limit",
    errno.EACCES: "make the folder writable, or name another one (MONITOR_EXPORTS_DIR)",
    errno.EPERM: "make the folder writable, or name another one (MONITOR_EXPORTS_DIR)",
    errno.EROFS: "the disk is read-only: name a folder elsewhere (MONITOR_EXPORTS_DIR)",
    errno.ENOTDIR: "a file stands where the folder should be: move it, or name another folder",
    errno.EEXIST: "a file stands where the folder should be: move it, or name another folder",
    errno.EISDIR: "a folder has that name: move it away",
    errno.ENAMETOOLONG: "shorten the campaign's name",
    errno.EAGAIN: "another export is writing it just now: wait for that one to end",
}
_OTHER_MEND = "mend that and export again"

#: Characters that Windows or a shell would not take in a file name.
_UNFIT = re.compile(r'[\x00-\x1f\x7f\ud800-\udfff<>:"/\\|?*]+')
_LONGEST_SCOPE = 60


class ExportError(MistakeError):
    """A file could not be written; nothing of it is left, and what stood there before stands there still."""

    def __init__(self, path: Path, cause: OSError) -> None:
        """Say which file, why, and what helps."""
        self.path = path
        self.cause = cause
        mend = _MENDS.get(cause.errno or 0, _OTHER_MEND)
        super().__init__(f"{path} was not written: {cause.strerror or cause}; {mend}")


@dataclass(frozen=True, kw_only=True, slots=True)
class ExportedFile:
    """A file that stands in the exports folder, whole."""

    path: Path
    #: rows of data, without headers and explanations
    rows: int


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Give a path beside `path` to write to; it takes the name `path` when the block ends well.

    The file is on the disk before it gets its name, so that even a power cut leaves the old file or the new.

    Raises:
        ExportError: the disk is full, the folder is not writable …; `path` is as it was before.

    """
    part = path.with_name(f".{path.name}.part")
    lock = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = _claim(part)
        try:
            yield part
            _settle(part, path)
        except BaseException:  # Ctrl-C too: no part of a file stays behind
            part.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise ExportError(path, error) from error
    finally:
        if lock is not None:
            os.close(lock)


@contextmanager
def fresh_file(folder: Path, stem: str, suffix: str) -> Iterator[tuple[Path, Path]]:
    """Give (the path to write to, the path it will have): `stem` and `suffix`, numbered if that is taken.

    Raises:
        ExportError: as `whole_file`.

    """
    for number in count(1):
        path = folder / (f"{stem}{suffix}" if number == 1 else f"{stem}-{number}{suffix}")
        if path.exists():
            continue
        with whole_file(path) as part:
            # another export may have finished under this name between the look and the lock
            if not path.exists():
                yield part, path
                return
            raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN), str(path))


def file_stem(kind: str, scope: str | None, now: datetime) -> str:
    """Name a list: ``疑似清单_中秋国庆_20260925-0805``, the time being that of Asia/Shanghai.

    Args:
        kind: what the list is.
        scope: the campaign; None for everything.
        now: a time with its zone.

    """
    if now.tzinfo is None:
        raise ValueError(f"naive datetime {now!r}: give it a timezone, e.g. datetime.now(UTC)")
    fit = _UNFIT.sub("_", scope or "全部")[:_LONGEST_SCOPE].strip(" .") or "全部"
    return f"{kind}_{fit}_{now.astimezone(SHANGHAI):%Y%m%d-%H%M}"


def _claim(part: Path) -> int:
    """Open `part` for us alone; one that a killed export left is taken over."""
    lock = os.open(part, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if not part.exists() or not os.path.samestat(os.fstat(lock), part.stat()):
            # its owner finished between our two calls: what we hold is the finished file
            raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN), str(part))
    except OSError:
        os.close(lock)
        raise
    return lock


def _settle(part: Path, path: Path) -> None:
    written = os.open(part, os.O_RDONLY)
    try:
        os.fsync(written)
    finally:
        os.close(written)
    part.replace(path)
    with suppress(OSError):  # some network disks cannot; the file is there all the same
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
