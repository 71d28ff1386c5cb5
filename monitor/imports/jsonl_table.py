"""JSON lines: an object a line; nested names are joined with a dot (``seller.name``)."""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING, Any

from monitor.imports.problem import ImportProblemError
from monitor.imports.rejects import Reason
from monitor.imports.rows import MOST_COLUMNS, Row
from monitor.imports.values import plain

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from monitor.imports.fingerprint import Fingerprint

#: Bytes of one line.
_LONGEST_LINE = 2_000_000
#: Lines whose names are shown before the import; names that come later are read all the same.
_LOOKED_AT = 200
_DEEPEST = 4


class JsonlTable:
    """A file of JSON lines, in UTF-8 or GB18030."""

    def __init__(self, path: Path, found: Fingerprint) -> None:
        """Collect the names of the first objects.

        Raises:
            ImportProblemError: no line of the first ones is an object.

        """
        self._path = path
        self._encoding = found.encoding
        self._size = max(found.size, 1)
        self._read = 0.0
        names: dict[str, None] = {}
        for row in itertools.islice(self.rows(), _LOOKED_AT):
            if row.broken is None:
                names.update(dict.fromkeys(row.values))
        if not names:
            raise ImportProblemError(f'{path.name}: no line of it is a JSON object such as {{"title": "…"}}')
        self.columns = tuple(names)

    def rows(self) -> Iterator[Row]:
        """Give a row an object."""
        with self._path.open("rb") as file:
            for number in itertools.count(1):
                line = file.readline(_LONGEST_LINE)
                if not line:
                    break
                too_long = len(line) == _LONGEST_LINE and not line.endswith(b"\n")
                while line and not line.endswith(b"\n") and (rest := file.readline(_LONGEST_LINE)):
                    line = line[:200] + rest[-1:]
                self._read = file.tell() / self._size
                if too_long:
                    yield Row(number, {}, (Reason.TOO_LONG, "the line"))
                elif line.strip():
                    yield self._row(number, line)
        self._read = 1.0

    def position(self) -> float:
        """Say how far the file is read."""
        return min(self._read, 1.0)

    def _row(self, number: int, line: bytes) -> Row:
        try:
            text = line.decode("utf-8-sig" if number == 1 else self._encoding)
        except UnicodeDecodeError as error:
            return Row(number, {}, (Reason.UNDECODABLE, str(error)))
        try:
            value = json.loads(text, parse_float=str, parse_int=str)
        except (ValueError, RecursionError) as error:
            return Row(number, {"+": text[:1000]}, (Reason.BROKEN, str(error)))
        if not isinstance(value, dict):
            return Row(number, {"+": text[:1000]}, (Reason.BROKEN, "no object"))
        values = {plain(name): cell for name, cell in _flat(value, "", 1) if cell}
        values.pop("", None)
        if len(values) > MOST_COLUMNS:
            return Row(number, {}, (Reason.TOO_MANY_CELLS, f"{len(values)} > {MOST_COLUMNS}"))
        return Row(number, values)


def _flat(value: dict[str, Any], before: str, depth: int) -> Iterator[tuple[str, str]]:
    for name, each in value.items():
        if isinstance(each, dict) and depth < _DEEPEST:
            yield from _flat(each, f"{before}{name}.", depth + 1)
        elif isinstance(each, list) and all(isinstance(one, str) for one in each):
            yield before + name, " > ".join(each)
        elif isinstance(each, dict | list):
            yield before + name, json.dumps(each, ensure_ascii=False)
        elif isinstance(each, bool):
            yield before + name, "true" if each else "false"
        elif each is not None:
            yield before + name, str(each)
