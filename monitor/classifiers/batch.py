r"""`monitor classify --input FILE --output FILE.jsonl`: many titles from a file, one JSON object a line.

Lines end at ``\n`` only. ``.txt`` holds one title a line; ``.tsv`` has a header and no quoting; ``.csv``
has a header and the usual quoting. A blank line is an empty title, and gives a line of output like any other.
"""

from __future__ import annotations

import csv
import io
import json
import tempfile
from dataclasses import dataclass
from itertools import tee
from pathlib import Path
from typing import TYPE_CHECKING, Any

from monitor.classifiers.contract import to_contract
from monitor.listing import Listing, Seller
from monitor.mistake import MistakeError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from monitor.classifiers.classify import Classifier

    _Unify = Callable[[Iterable[tuple[str, str]]], dict[str, str]]

#: Columns that are tried in this order where none is named.
TEXT_COLUMNS = ("title", "text", "query")
#: Rows between two reports of progress.
_STEP = 500


class InputError(MistakeError):
    """The input cannot be used; the message names file and line, and the mend."""


@dataclass(frozen=True, kw_only=True, slots=True)
class BatchSummary:
    """What a batch came to."""

    rows: int
    #: Rows with a hazard.
    hazards: int
    suspects: int


def classify_file(
    input: Path,  # noqa: A002 - the contract's word
    output: Path,
    column: str | None,
    classifier: Classifier,
    progress: Callable[[int], None] | None = None,
    *,
    unify: _Unify = dict,
) -> BatchSummary:
    """Classify every row of `input` into a line of `output`, in order; `output` appears whole or not at all.

    Args:
        input: UTF-8; ``.txt``, ``.tsv`` or ``.csv`` (see the module).
        output: JSON lines; written aside, then renamed.
        column: name of the text column; None for the first of title, text, query.
        classifier: what to classify with.
        progress: called with the number of rows done, now and then and at the end.
        unify: names of attributes as published → keys of `Listing.attributes`; by default they are keys.

    Raises:
        InputError: a file that cannot be read or written, is not UTF-8, lacks the column, or is torn.

    """
    rows = hazards = suspects = 0
    try:
        handle = tempfile.NamedTemporaryFile(  # noqa: SIM115 - renamed, not closed, at the end
            "w", encoding="utf-8", newline="\n", dir=output.parent, prefix=f".{output.name}.", delete=False
        )
    except OSError as error:
        raise InputError(f"{output}: cannot be written ({error.strerror}): choose another place") from None
    try:
        with handle:
            listings, ahead = tee(_listings(input, column, unify))
            for listing, result in zip(listings, classifier.classify_all(ahead), strict=True):
                rows += 1
                hazards += bool(result.hazards)
                suspects += result.suspect
                handle.write(_line(to_contract(listing.title, result)))
                if progress is not None and rows % _STEP == 0:
                    progress(rows)
        Path(handle.name).replace(output)
    except OSError as error:
        raise InputError(
            f"{output}: cannot be written ({error.strerror}): make room, or choose another place"
        ) from None
    finally:
        Path(handle.name).unlink(missing_ok=True)
    if progress is not None:
        progress(rows)
    return BatchSummary(rows=rows, hazards=hazards, suspects=suspects)


def _line(contract: dict[str, Any]) -> str:
    """One line of JSON; a lone surrogate, which UTF-8 cannot hold, is written as its escape."""
    line = json.dumps(contract, ensure_ascii=False)
    if not line.isascii() and any("\ud800" <= c <= "\udfff" for c in line):
        line = json.dumps(contract)
    return line + "\n"


def _listings(path: Path, column: str | None, unify: _Unify) -> Iterator[Listing]:
    text = _text(path)
    if path.suffix.lower() == ".txt":
        for title in _lines(text):
            yield Listing(site="file", url="", title=title)
        return
    if path.suffix.lower() == ".tsv":
        rows: Iterator[list[str]] = (line.split("\t") for line in _lines(text))
    elif path.suffix.lower() == ".csv":
        rows = _csv_rows(path, text)
    else:
        raise InputError(f"{path}: not .txt, .tsv or .csv: rename the file to what it is")
    header = next(rows, None)
    if header is None:
        raise InputError(f"{path}: empty: the first line must name the columns")
    chosen = _column(path, header, column)
    for number, row in enumerate(rows, start=2):
        if len(row) > len(header):
            raise InputError(
                f"{path}, line {number}: {len(row)} columns where the header has {len(header)}: "
                "mend the line, or take a tab out of the text"
            )
        cells = dict(zip(header, row, strict=False))
        attributes = _attributes(cells.get("attributes") or "", path, number)
        yield _listing(cells, chosen, unify(attributes.items()))


def _text(path: Path) -> str:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}): check the name") from None
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise InputError(
            f"{path}, line {line}: not UTF-8: save the file as UTF-8 (Excel: CSV UTF-8)"
        ) from None


def _lines(text: str) -> Iterator[str]:
    r"""Lines end at ``\n`` only; a last line without one counts."""
    if text.endswith("\n"):
        text = text[:-1]
    elif not text:
        return iter(())
    return iter(text.split("\n"))


def _csv_rows(path: Path, text: str) -> Iterator[list[str]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    while True:
        try:
            yield next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise InputError(f"{path}, line {reader.line_num}: {error}: mend the quotes") from None


def _column(path: Path, header: list[str], column: str | None) -> str:
    if column is not None:
        if column not in header:
            raise InputError(
                f"{path}, line 1: no column {column!r}; there are {', '.join(header)}: name one of them"
            )
        return column
    for name in TEXT_COLUMNS:
        if name in header:
            return name
    raise InputError(
        f"{path}, line 1: none of {', '.join(TEXT_COLUMNS)} among {', '.join(header)}: give --column"
    )


def _listing(row: dict[str, str], column: str, attributes: dict[str, str]) -> Listing:
    return Listing(
        site="file",
        url="",
        title=row.get(column, ""),
        description=row.get("description") or None,
        seller=Seller(name=row["shop"]) if row.get("shop") else None,
        attributes=attributes,
    )


def _attributes(text: str, path: Path, number: int) -> dict[str, str]:
    if not text.strip():
        return {}
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        raise InputError(
            f'{path}, line {number}: attributes are no JSON ({error.msg}): write {{"名称": "值"}}'
        ) from None
    if not isinstance(value, dict):
        raise InputError(f'{path}, line {number}: attributes are no JSON object: write {{"名称": "值"}}')
    return {str(key): str(item) for key, item in value.items()}
