"""What archives may be: no bombs, no names that lead out of them."""

from __future__ import annotations

import stat
from pathlib import PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING

from monitor.imports.problem import ImportProblemError

if TYPE_CHECKING:
    import zipfile

#: Files of one archive, those in archives within it included.
MOST_FILES = 50_000
#: Unpacked bytes of one archive.
MOST_BYTES = 20 * 1024**3
#: How many times larger than packed an archive may become; text packs 5 to 30 times.
MOST_GROWTH = 200
#: Growth below this many bytes is no bomb.
_HARMLESS = 50 * 1024**2
#: Archives within archives.
DEEPEST = 2


def check_archive(archive: zipfile.ZipFile, name: str) -> None:
    """Refuse an archive by its directory, before anything of it is unpacked.

    Raises:
        ImportProblemError: it is a bomb, or a name in it is absolute, leads out of it, or is a link.

    """
    entries = archive.infolist()
    if len(entries) > MOST_FILES:
        raise ImportProblemError(f"{name}: {len(entries)} files, more than {MOST_FILES}: refused as a bomb")
    for each in entries:
        if (why := unsafe_name(each)) is not None:
            raise ImportProblemError(f"{name}: {each.filename!r} {why}: refused, nothing was unpacked")
    total, packed = sum(each.file_size for each in entries), sum(each.compress_size for each in entries)
    if total > MOST_BYTES:
        raise ImportProblemError(f"{name}: {total >> 30} GB unpacked: refused as a bomb; pack it in parts")
    for each in entries:
        if each.file_size > _HARMLESS and each.file_size > MOST_GROWTH * max(each.compress_size, 1):
            raise ImportProblemError(
                f"{name}: {each.filename!r} would grow {each.file_size // max(each.compress_size, 1)} times "
                "when unpacked: refused as a bomb"
            )
    if total > _HARMLESS and total > MOST_GROWTH * max(packed, 1):
        raise ImportProblemError(f"{name}: would grow {total // max(packed, 1)} times: refused as a bomb")


def unsafe_name(entry: zipfile.ZipInfo) -> str | None:
    """Say what is wrong with the name of an entry; None when nothing is."""
    name = entry.filename
    if stat.S_ISLNK(entry.external_attr >> 16):
        return "is a symbolic link"
    windows = PureWindowsPath(name)
    if PurePosixPath(name).is_absolute() or windows.drive or windows.root:
        return "is an absolute name"
    if ".." in windows.parts:
        return "leads out of the archive"
    if "\0" in name:
        return "has a NUL in its name"
    return None
