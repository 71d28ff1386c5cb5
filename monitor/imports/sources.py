"""What a person named on the command line → the files in it, each of one kind, nothing unpacked in vain."""

from __future__ import annotations

import shutil
import zipfile
import zlib
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from monitor.imports.limits import DEEPEST, MOST_FILES, check_archive
from monitor.imports.problem import ImportProblemError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


class FileKind(StrEnum):
    """What a file is."""

    CSV = "csv"
    XLSX = "xlsx"
    JSONL = "jsonl"
    #: one saved page: HTML, or the JSON of an API's answer
    PAGE = "page"
    MHTML = "mhtml"
    HAR = "har"
    WARC = "warc"

    @property
    def is_table(self) -> bool:
        """Whether it has rows and not pages."""
        return self in (FileKind.CSV, FileKind.XLSX, FileKind.JSONL)

    @property
    def is_single_page(self) -> bool:
        """Whether it has one page at most."""
        return self in (FileKind.PAGE, FileKind.MHTML)


_KINDS = {
    ".csv": FileKind.CSV,
    ".tsv": FileKind.CSV,
    ".xlsx": FileKind.XLSX,
    ".xlsm": FileKind.XLSX,
    ".jsonl": FileKind.JSONL,
    ".ndjson": FileKind.JSONL,
    ".jl": FileKind.JSONL,
    ".html": FileKind.PAGE,
    ".htm": FileKind.PAGE,
    ".xhtml": FileKind.PAGE,
    ".json": FileKind.PAGE,
    ".mhtml": FileKind.MHTML,
    ".mht": FileKind.MHTML,
    ".har": FileKind.HAR,
    ".warc": FileKind.WARC,
    ".warc.gz": FileKind.WARC,
}
#: What unpacking a damaged archive comes to; RuntimeError where a part has a password.
_DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    OSError,
    EOFError,
    ValueError,
    NotImplementedError,
    RuntimeError,
)
_ARCHIVES = frozenset({".zip", ".wacz"})
#: Folders that browsers put beside a saved page: its pictures and frames.
_BELONGINGS = ("_files", ".files", "_file")


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """One file to be read."""

    #: for people and the evidence; within a folder or archive with its path there
    name: str
    kind: FileKind
    #: where it is, or the archive that it is in
    path: Path
    #: name within the archive
    member: str | None = None

    @contextmanager
    def on_disk(self) -> Iterator[Path]:
        """Give a path to read it from; what is in an archive is unpacked for that long.

        Raises:
            ImportProblemError: the archive is damaged.

        """
        if self.member is None:
            yield self.path
            return
        with TemporaryDirectory(prefix="monitor-import-") as folder:
            place = Path(folder) / f"member{PurePosixPath(self.member).suffix}"
            _unpack(self.path, self.member, place, self.name)
            yield place


@dataclass(slots=True)
class Sources:
    """The files found, and what was passed over."""

    files: list[Source] = field(default_factory=list)
    #: names of files of kinds that are not read
    passed_over: list[str] = field(default_factory=list)


@contextmanager
def sources(paths: Iterable[Path]) -> Iterator[Sources]:
    """Find the files in what a person named: files, folders, zip and WACZ archives, archives within them.

    Raises:
        ImportProblemError: one is not there, is of no kind that is read, or is an archive that is refused.

    """
    found = Sources()
    with TemporaryDirectory(prefix="monitor-import-") as scratch:
        for path in paths:
            if path.is_dir():
                _folder(path, found, Path(scratch))
            elif not path.is_file():
                raise ImportProblemError(f"{path}: there is no such file or folder")
            elif path.suffix.lower() in _ARCHIVES:
                _archive(path, path.name, found, Path(scratch), depth=1)
            else:
                found.files.append(Source(name=path.name, kind=_named_kind(path), path=path))
        yield found


def kind_of(name: str) -> FileKind | None:
    """Tell a file's kind by its name; None when it is not read."""
    suffixes = PurePosixPath(name.lower()).suffixes
    return _KINDS.get("".join(suffixes[-2:])) or _KINDS.get("".join(suffixes[-1:]))


def _named_kind(path: Path) -> FileKind:
    kind = FileKind.CSV if path.suffix.lower() == ".txt" else kind_of(path.name)
    if kind is None:
        mend = "save it as .xlsx" if path.suffix.lower() == ".xls" else f"these are read: {' '.join(_KINDS)}"
        raise ImportProblemError(f"{path}: files of this kind are not read; {mend}, .zip .wacz and folders")
    return kind


def _folder(folder: Path, found: Sources, scratch: Path) -> None:
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        if path.is_dir() or any(part.startswith(".") for part in inside.parts) or _belongs(inside.parts):
            continue
        name = f"{folder.resolve().name}/{inside.as_posix()}"
        if path.is_symlink() or not path.is_file():
            found.passed_over.append(name)
        elif path.suffix.lower() in _ARCHIVES:
            _archive(path, name, found, scratch, depth=1)
        else:
            _add(found, name, path, None)


def _archive(path: Path, name: str, found: Sources, scratch: Path, *, depth: int) -> None:
    if depth > DEEPEST:
        raise ImportProblemError(f"{name}: archives within archives within archives are refused")
    try:
        with zipfile.ZipFile(path) as archive:
            check_archive(archive, name)
            entries = [each for each in archive.infolist() if not each.is_dir()]
    except (zipfile.BadZipFile, OSError, NotImplementedError) as error:
        raise ImportProblemError(f"{name}: cannot be opened as a zip archive: {error}") from None
    whole = any(each.filename == "datapackage.json" for each in entries)
    for each in entries:
        parts = PurePosixPath(each.filename).parts
        if (path.suffix.lower() == ".wacz" or whole) and parts[0] != "archive":
            continue  # indexes and page lists of a web archive
        if any(part.startswith((".", "__MACOSX")) for part in parts) or _belongs(parts):
            continue
        if each.flag_bits & 1:
            raise ImportProblemError(f"{name}: {each.filename} has a password: unpack it first")
        inner = f"{name}/{each.filename}"
        if PurePosixPath(each.filename).suffix.lower() in _ARCHIVES:
            place = scratch / f"{len(list(scratch.iterdir()))}{PurePosixPath(each.filename).suffix.lower()}"
            _unpack(path, each.filename, place, inner)
            _archive(place, inner, found, scratch, depth=depth + 1)
        else:
            _add(found, inner, path, each.filename)


def _add(found: Sources, name: str, path: Path, member: str | None) -> None:
    kind = kind_of(name)
    if kind is None:
        found.passed_over.append(name)
        return
    found.files.append(Source(name=name, kind=kind, path=path, member=member))
    if len(found.files) > MOST_FILES:
        raise ImportProblemError(f"{name}: more than {MOST_FILES} files; hand them in in parts")


def _unpack(archive: Path, member: str, place: Path, name: str) -> None:
    try:
        with zipfile.ZipFile(archive) as opened, opened.open(member) as packed, place.open("wb") as plain:
            shutil.copyfileobj(packed, plain, 1 << 20)
    except _DAMAGED as error:
        raise ImportProblemError(f"{name}: cannot be unpacked: {error}") from None


def _belongs(parts: tuple[str, ...]) -> bool:
    return any(part.lower().endswith(_BELONGINGS) for part in parts[:-1])
