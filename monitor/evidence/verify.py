"""Checking the evidence store: every byte of every chain against what the database says of it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO

from monitor.evidence.recovery import is_being_written, torn_file
from monitor.evidence.verifier import (
    GENESIS,
    BrokenRecordError,
    Problem,
    Record,
    chain_value,
    check_record,
    read_record,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path


@dataclass(frozen=True, kw_only=True, slots=True)
class ExpectedRecord:
    """What the database says of one record."""

    sequence: int
    kind: str
    offset: int
    length: int
    sha256: str
    chain: str
    #: keys of the listings that it is evidence of
    listing_keys: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True, slots=True)
class ExpectedChain:
    """What the database says of one chain."""

    run_id: int
    #: within the evidence folder
    file: str
    records: Sequence[ExpectedRecord]
    #: the anchor
    count: int
    length: int
    head: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ChainReport:
    """What a check of one chain found."""

    file: str
    #: how many were read and found right
    records: int
    bytes: int
    problems: tuple[Problem, ...]
    #: torn tails of other chains that were recorded here, for people
    recovered: tuple[str, ...]
    #: values that the chain passes through, its head last
    values: tuple[str, ...]


def check_chain(folder: Path, expected: ExpectedChain) -> ChainReport:
    """Read one chain whole, a record at a time, and compare."""
    file = folder / expected.file
    problems = _check_list(expected)
    good, recovered = 0, []
    size = file.stat().st_size if file.is_file() else 0
    if not file.is_file():
        # a process may die between the word that its chain begins and its first record
        if expected.length:
            problems.append(Problem(expected.file, "missing-file"))
    else:
        values = {each.sequence: each.chain for each in expected.records}
        with file.open("rb") as stream:
            for record in expected.records:
                previous = values.get(record.sequence - 1, GENESIS)
                found, wrong = _check_one(stream, expected, record, previous)
                if found is not None and "torn" in found.facts:
                    wrong += _check_torn(folder, found.facts["torn"])
                problems += wrong
                good += not wrong
                if found is not None and "torn" in found.facts:
                    recovered.append(_recovered(found.facts["torn"]))
        problems += _check_size(file, expected, size)
    return ChainReport(
        file=expected.file,
        records=good,
        bytes=size,
        problems=tuple(problems),
        recovered=tuple(recovered),
        values=tuple(each.chain for each in expected.records),
    )


def warc_files(folder: Path, run_id: int | None = None) -> list[str]:
    """List the WARC files of a run, or all, by their names within the evidence folder."""
    runs = "run-*" if run_id is None else f"run-{run_id}"
    return sorted(each.relative_to(folder).as_posix() for each in folder.glob(f"{runs}/*.warc.gz"))


def unknown_files(files: Iterable[str], known: Iterable[str]) -> list[Problem]:
    """Name the files that no anchor knows; list files first, for a chain is anchored before its file."""
    names = set(known)
    return [Problem(name, "foreign-file") for name in files if name not in names]


def _check_list(expected: ExpectedChain) -> list[Problem]:
    """Check what the database says against itself: numbers, places, chain values, the anchor."""
    problems = []
    previous, place = GENESIS, 0
    numbers = {each.sequence for each in expected.records}
    missing = sorted(set(range(expected.count)) - numbers)
    problems += [Problem(expected.file, "gap", expected=number) for number in missing]
    for each in expected.records:
        if each.sequence - 1 in numbers or each.sequence == 0:
            value = chain_value(previous, each.sha256)
            if value != each.chain:
                problems.append(Problem(expected.file, "chain", each.sequence, value, each.chain))
            if each.offset != place:
                problems.append(
                    Problem(expected.file, "row", each.sequence, each.offset, place, "its place, byte")
                )
        previous, place = each.chain, each.offset + each.length
    if not missing and previous != expected.head:
        problems.append(Problem(expected.file, "head", found=previous, expected=expected.head))
    return problems


def _check_one(
    stream: BinaryIO, chain: ExpectedChain, expected: ExpectedRecord, previous: str
) -> tuple[Record | None, list[Problem]]:
    stream.seek(expected.offset)
    raw = stream.read(expected.length)
    number = expected.sequence
    found = hashlib.sha256(raw).hexdigest()
    if found != expected.sha256:
        return None, [_changed(chain.file, number, raw, found, expected.sha256)]
    record, problems = check_record(chain.file, number, raw, previous)
    if record is None:
        return None, problems
    return record, problems + _check_row(chain, expected, record.facts)


def _changed(file: str, number: int, raw: bytes, found: str, expected: str) -> Problem:
    """Say what stands in the place of a record that is not as it was."""
    try:
        record = read_record(raw)
    except BrokenRecordError as error:
        return Problem(file, "changed", number, found, expected, f"; {error}")
    other = record.facts.get("sequence")
    if other != number:
        return Problem(file, "misplaced", number, other, number)
    wrong = [
        part.get("id")
        for member, part in zip(record.members, record.facts.get("parts", ()), strict=False)
        if member.sha256 != part.get("sha256")
    ]
    where = f"; differs in {', '.join(map(str, wrong))}" if wrong else "; differs outside its parts"
    return Problem(file, "changed", number, found, expected, where)


def _check_row(chain: ExpectedChain, expected: ExpectedRecord, facts: Mapping[str, Any]) -> list[Problem]:
    pairs = [("run", facts.get("run"), chain.run_id), ("kind", facts.get("kind"), expected.kind)]
    if expected.kind in {"page", "licence", "gone", "picture", "screenshot", "rows"}:
        shown = frozenset(each["key"] for each in facts["inference"]["suspects"])
        pairs.append(("listings", sorted(shown), sorted(expected.listing_keys)))
    return [
        Problem(chain.file, "row", expected.sequence, found, said, what)
        for what, found, said in pairs
        if found != said
    ]


def _check_torn(folder: Path, torn: Mapping[str, Any]) -> list[Problem]:
    aside = torn_file(folder / torn["file"], torn["offset"])
    if aside.is_file() and hashlib.sha256(aside.read_bytes()).hexdigest() == torn["sha256"]:
        return []
    return [Problem(torn["file"], "torn-file", detail=torn["aside"])]


def _check_size(file: Path, expected: ExpectedChain, size: int) -> list[Problem]:
    if size < expected.length:
        return [Problem(expected.file, "short", found=size, expected=expected.length)]
    if size > expected.length and not is_being_written(file):
        return [Problem(expected.file, "long", detail=size - expected.length)]
    return []


def _recovered(torn: Mapping[str, Any]) -> str:
    return f"{torn['length']} bytes of {torn['file']} from byte {torn['offset']}, kept as {torn['aside']}"
