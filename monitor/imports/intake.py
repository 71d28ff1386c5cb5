"""From named files to a run: what each is, whether it is known, and reading those that are not."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from monitor.imports.columns import ColumnMap, corrected, guess
from monitor.imports.fingerprint import Fingerprint, fingerprint
from monitor.imports.problem import ImportProblemError
from monitor.imports.sources import FileKind
from monitor.imports.tables import open_table
from monitor.storage.imports import SuppliedFile

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from monitor.imports.sources import Source

#: Fields without which no row is a listing.
NEEDED = ("title", "url")


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """How files are read, as a person asked for it."""

    #: site that all listings are filed under; None leaves it to the file
    site: str | None = None
    #: name of the campaign
    campaign: str = "import"
    #: address of a single saved page
    url: str | None = None
    #: column → field, in place of the guess
    corrections: Mapping[str, str] | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Prepared:
    """A file that can be read."""

    source: Source
    found: Fingerprint
    #: of a table
    names: tuple[str, ...] = ()
    columns: ColumnMap = field(default_factory=lambda: ColumnMap({}))
    #: the map was confirmed for an earlier table with the same columns
    remembered: bool = False
    #: values of its first rows, by column
    samples: Mapping[str, str] | None = None

    def supplied(self, how: Reading) -> SuppliedFile:
        """Say what it is to the database."""
        reading = [how.site, how.campaign, how.url, sorted(self.columns.targets.items())]
        return SuppliedFile(
            name=self.source.name,
            kind=self.source.kind.value,
            size=self.found.size,
            sha256=self.found.sha256,
            reading=_digest(reading),
            columns=_digest(list(self.names)) if self.names else None,
            mapping=dict(self.columns.targets),
        )

    def facts(self) -> dict[str, Any]:
        """Say what it is to the evidence."""
        return {
            "file": self.source.name,
            "sha256": self.found.sha256,
            "bytes": self.found.size,
            "format": self.source.kind.value,
            "note": "handed in by a person; not fetched by this program",
        }


def prepare(
    source: Source, how: Reading, remembered: Callable[[str], Mapping[str, str] | None] = lambda _: None
) -> Prepared:
    """Read a file once for what it is; of a table, guess the columns.

    Args:
        source: the file.
        how: with corrections of the guess.
        remembered: gives the map that a table with these columns (their digest) was imported with before.

    Raises:
        ImportProblemError: it cannot be read, has no header, or a correction does not fit it.

    """
    with source.on_disk() as path:
        with path.open("rb") as file:
            found = fingerprint(source.name, file)
        if not source.kind.is_table:
            return Prepared(source=source, found=found)
        table = open_table(path, source.kind, found)
        names = table.columns
        samples: dict[str, str] = {}
        for _, row in zip(range(20), table.rows(), strict=False):
            samples = {**row.values, **samples}
    before = remembered(_digest(list(names)))
    columns = ColumnMap(dict(before)) if before is not None else guess(names)
    if how.corrections:
        columns = corrected(columns, how.corrections)
    # of JSON lines, a later one may have keys that the first ones lack
    if source.kind is not FileKind.JSONL:
        _check_needed(source.name, columns)
    return Prepared(
        source=source,
        found=found,
        names=names,
        columns=columns,
        remembered=before is not None and columns.targets == before,
        samples=samples,
    )


def _check_needed(name: str, columns: ColumnMap) -> None:
    lacking = [field for field in NEEDED if field not in columns.fields()]
    if lacking:
        maps = " ".join(f"--map 列={field}" for field in lacking)
        raise ImportProblemError(
            f"{name}: no column is read as {' or '.join(lacking)}, and a row needs it: "
            f"{maps} says which one is; there are {', '.join(columns.targets)[:300]}. "
            "A header of two rows is read by one of them"
        )


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value, ensure_ascii=True).encode()).hexdigest()
