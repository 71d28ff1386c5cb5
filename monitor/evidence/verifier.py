"""Checks preserved records with nothing but Python's standard library; a pack carries this file as verify.py.

    python verify.py [--head HEAD] [FOLDER or FILE.zip]

Exit status 0: everything is as it was preserved; 1: something differs, and the lines say what. HEAD is the
head of the chain as it was printed in a letter or a report: given, the chain must lead to it.

How records are chained. A record is a run of WARC members (gzip) that ends with a JSON member of type
``metadata``. With R the SHA-256 of the record's stored bytes and P the chain value before it, both in
lower-case hexadecimal, its chain value is SHA-256 of the ASCII text ``P LF R LF``. The first P is 64 zeros.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import io
import json
import sys
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

FORMAT = "monitor-evidence/1"
GENESIS = "0" * 64
#: Largest member that is taken for a record and not for a bomb, bytes after decompression.
LARGEST_MEMBER = 256 * 1024 * 1024
_CHUNK = 64 * 1024

#: What can be wrong: in English for the command line, in Chinese for those who receive a pack.
WORDS = {
    "missing-file": ("the file is not there", "文件不存在"),
    "foreign-file": ("no anchor in the database knows this file", "数据库中没有该文件的锚定记录"),
    "unlisted": ("the file is not in the manifest", "文件未列入清单"),
    "changed-file": (
        "the file's SHA-256 is {found}, the manifest says {expected}",
        "文件 SHA-256 与清单不符",
    ),
    "manifest": ("the manifest cannot be read: {detail}", "清单无法读取：{detail}"),
    "changed": (
        "the stored bytes changed: SHA-256 is {found}, was {expected}{detail}",
        "存储内容被改动：SHA-256 现为 {found}，原为 {expected}{detail}",
    ),
    "misplaced": (
        "record {found} stands where record {expected} should be",
        "第 {expected} 号记录的位置上是第 {found} 号记录",
    ),
    "gap": ("record {expected} is missing", "缺少第 {expected} 号记录"),
    "short": (
        "the file ends at byte {found}, its anchor says {expected}: the tail was removed",
        "文件在第 {found} 字节处结束，锚定为 {expected}：尾部被删除",
    ),
    "long": (
        "{detail} bytes stand after the last anchored record: left by a crash, or added by hand",
        "最后一条锚定记录之后多出 {detail} 字节",
    ),
    "broken": ("the record cannot be read: {detail}", "记录无法读取：{detail}"),
    "part": (
        "part {detail}: SHA-256 is {found}, the record says {expected}",
        "组成部分 {detail} 的 SHA-256 现为 {found}，记录载明为 {expected}",
    ),
    "parts": (
        "the parts are not those that the record names: {detail}",
        "组成部分与记录载明的不一致：{detail}",
    ),
    "sequence": (
        "the record says it is number {found}, not {expected}",
        "记录自称第 {found} 号，应为第 {expected} 号",
    ),
    "previous": (
        "the record follows chain value {found}, the one before it has {expected}",
        "记录所接的前一链值为 {found}，实际前一条为 {expected}",
    ),
    "chain": (
        "the chain value is {found}, the list says {expected}",
        "链值计算为 {found}，登记为 {expected}",
    ),
    "head": (
        "the chain leads to {found}, its anchor says {expected}: the chain was rewritten",
        "链头计算为 {found}，锚定为 {expected}：链被改写",
    ),
    "printed-head": ("no chain passes through the head {expected}", "没有任何一条链经过链头 {expected}"),
    "stamp": ("the time stamp does not hold: {detail}", "时间戳不成立：{detail}"),
    "stamped-head": (
        "the chain {found} does not pass through the head that was time-stamped: {expected}",
        "链 {found} 不经过加盖时间戳的链头 {expected}",
    ),
    "row": (
        "{detail}: the file says {found}, the database {expected}",
        "{detail}：文件为 {found}，数据库为 {expected}",
    ),
    "torn-file": (
        "the tail set aside from it is gone or changed: {detail}",
        "被隔离的残尾缺失或被改动：{detail}",
    ),
}


@dataclass(frozen=True)
class Problem:
    """One thing that is not as it was preserved."""

    file: str
    code: str
    #: number of the record within its chain
    record: int | None = None
    found: object = ""
    expected: object = ""
    detail: object = ""

    def english(self) -> str:
        """For the command line."""
        return self._say(0, "record")

    def chinese(self) -> str:
        """For those who receive a pack."""
        return self._say(1, "记录")

    def _say(self, language: int, record: str) -> str:
        where = self.file if self.record is None else f"{self.file}, {record} {self.record}"
        what = WORDS[self.code][language]
        return f"{where}: {what.format(found=self.found, expected=self.expected, detail=self.detail)}"


class BrokenRecordError(Exception):
    """Bytes that are no WARC record of ours; the message says at which byte and why."""


@dataclass(frozen=True)
class Member:
    """One WARC record, decompressed."""

    headers: Mapping[str, str]
    block: bytes

    @property
    def kind(self) -> str:
        """WARC-Type."""
        return self.headers.get("warc-type", "")

    @property
    def sha256(self) -> str:
        """Of the block, hexadecimal."""
        return hashlib.sha256(self.block).hexdigest()


@dataclass(frozen=True)
class Record:
    """What was preserved at one moment: the members, and the JSON that describes them."""

    members: Sequence[Member]
    facts: Mapping[str, Any]


def chain_value(previous: str, record_sha256: str) -> str:
    """Return the chain value of a record, see the top of this file."""
    return hashlib.sha256(f"{previous}\n{record_sha256}\n".encode("ascii")).hexdigest()


def read_members(stream: BinaryIO) -> Iterator[Member]:
    """Give the members of a WARC file, whole or in part.

    Raises:
        BrokenRecordError: the bytes are no WARC members.

    """
    pending = b""
    while data := pending or stream.read(_CHUNK):
        text, pending = _decompress(data, stream)
        yield _parse(text)


def read_record(raw: bytes) -> Record:
    """Read one record from its stored bytes.

    Raises:
        BrokenRecordError: it cannot be read, or is not one record and nothing else.

    """
    members = list(read_members(io.BytesIO(raw)))
    if (
        not members
        or [each.kind for each in members].count("metadata") != 1
        or members[-1].kind != "metadata"
    ):
        raise BrokenRecordError("it does not end with its one description")
    try:
        facts = json.loads(members[-1].block)
    except ValueError as error:
        raise BrokenRecordError(f"its description is no JSON: {error}") from None
    if not isinstance(facts, dict) or facts.get("format") != FORMAT:
        raise BrokenRecordError(f"its description is not of format {FORMAT}")
    return Record(members=members[:-1], facts=facts)


def check_parts(file: str, number: int, record: Record) -> list[Problem]:
    """Compare the parts of a record with what its description says of them."""
    said = record.facts.get("parts", [])
    found = [(each.kind, each.headers.get("warc-record-id", "")) for each in record.members]
    if found != [(each.get("type"), each.get("id")) for each in said]:
        return [Problem(file, "parts", number, detail=f"{len(found)} found, {len(said)} named")]
    problems = [
        Problem(file, "part", number, each.sha256, part.get("sha256"), part.get("id"))
        for each, part in zip(record.members, said, strict=True)
        if each.sha256 != part.get("sha256") or len(each.block) != part.get("bytes")
    ]
    for each in record.members:
        digest = "sha256:" + base64.b32encode(hashlib.sha256(each.block).digest()).decode("ascii")
        if each.headers.get("warc-block-digest") != digest:
            where = each.headers.get("warc-record-id")
            problems.append(
                Problem(file, "part", number, digest, each.headers.get("warc-block-digest"), where)
            )
    return problems


def check_record(file: str, number: int, raw: bytes, previous: str) -> tuple[Record | None, list[Problem]]:
    """Read one record and check that it is whole, has its number and follows the chain value `previous`."""
    try:
        record = read_record(raw)
    except BrokenRecordError as error:
        return None, [Problem(file, "broken", number, detail=error)]
    problems = check_parts(file, number, record)
    if record.facts.get("sequence") != number:
        problems.append(Problem(file, "sequence", number, record.facts.get("sequence"), number))
    if record.facts.get("previous") != previous:
        problems.append(Problem(file, "previous", number, record.facts.get("previous"), previous))
    return record, problems


#: ``MessageImprint`` of SHA-256 in DER up to the digest, with and without NULL parameters (RFC 3161 §2.4.2).
_IMPRINTS = tuple(
    bytes.fromhex(each)
    for each in ("3031300d060960864801650304020105000420", "302f300b06096086480165030402010420")
)


def stamps_digest(response: bytes) -> str | None:
    """Return the SHA-256 that a time stamp (RFC 3161) is for, hexadecimal; None if it is for none.

    Its signature is another matter: `openssl ts -verify` checks that.
    """
    for imprint in _IMPRINTS:
        at = response.find(imprint)
        if at >= 0:
            digest = response[at + len(imprint) : at + len(imprint) + 32]
            return digest.hex() if len(digest) == 32 else None
    return None


def _decompress(data: bytes, stream: BinaryIO) -> tuple[bytes, bytes]:
    unpacker = zlib.decompressobj(zlib.MAX_WBITS + 16)
    text = bytearray()
    try:
        while True:
            text += unpacker.decompress(data, LARGEST_MEMBER - len(text) + 1)
            if len(text) > LARGEST_MEMBER:
                raise BrokenRecordError(f"a member is larger than {LARGEST_MEMBER} bytes")
            if unpacker.eof:
                return bytes(text), unpacker.unused_data
            data = stream.read(_CHUNK)
            if not data:
                raise BrokenRecordError("it is cut short")
    except zlib.error as error:
        raise BrokenRecordError(f"not readable as gzip: {error}") from None


def _parse(text: bytes) -> Member:
    head, found, rest = text.partition(b"\r\n\r\n")
    lines = head.decode("utf-8", "replace").split("\r\n")
    if not found or not lines[0].startswith("WARC/1."):
        raise BrokenRecordError("not a WARC record")
    headers = {}
    for line in lines[1:]:
        name, _, value = line.partition(":")
        headers[name.strip().lower()] = value.strip()
    length = headers.get("content-length", "")
    if not length.isdecimal() or len(rest) != int(length) + 4 or not rest.endswith(b"\r\n\r\n"):
        raise BrokenRecordError("its length is not the one it states")
    return Member(headers=headers, block=rest[:-4])


# --- packs -------------------------------------------------------------------------------------------------


class Pack:
    """A pack, unpacked or not."""

    def __init__(self, place: Path) -> None:
        self._place = place
        self._zip = zipfile.ZipFile(place) if place.is_file() else None

    def names(self) -> list[str]:
        """Files in it, as the manifest names them."""
        if self._zip is not None:
            return [each.filename for each in self._zip.infolist() if not each.is_dir()]
        files = (each for each in self._place.rglob("*") if each.is_file())
        return [each.relative_to(self._place).as_posix() for each in files]

    def read(self, name: str) -> bytes:
        """One file's bytes."""
        if self._zip is not None:
            return self._zip.read(name)
        return (self._place / name).read_bytes()


def check_pack(pack: Pack, printed_head: str | None = None) -> list[Problem]:
    """Check a pack: files against the manifest, records against the chain, the chain against its head."""
    try:
        manifest = json.loads(pack.read("manifest.json"))
        files, chains = manifest["files"], manifest["chains"]
        names = pack.names()
        problems = _check_files(pack, names, files)
        heads: set[str] = set()
        values: dict[str, list[str]] = {}
        for chain in chains:
            passed = values[chain["file"].removeprefix("warc/")] = _values(chain["records"])
            problems += _check_chain(pack, chain, passed)
            heads.update(passed)
        for stamp in manifest.get("stamps", []):
            problems += _check_stamp(pack, stamp, values)
    except (OSError, KeyError, TypeError, ValueError, zipfile.BadZipFile, zlib.error) as error:
        return [Problem("manifest.json", "manifest", detail=f"{type(error).__name__}: {error}")]
    if printed_head is not None and printed_head.strip().lower() not in heads:
        problems.append(Problem("manifest.json", "printed-head", expected=printed_head))
    return problems


def _check_files(pack: Pack, names: list[str], files: Mapping[str, str]) -> list[Problem]:
    problems = [Problem(name, "missing-file") for name in files if name not in names]
    for name in names:
        if name == "manifest.json" or name.startswith("__pycache__/"):
            continue
        if names.count(name) > 1 or name not in files:
            problems.append(Problem(name, "unlisted"))
            continue
        found = hashlib.sha256(pack.read(name)).hexdigest()
        if found != files[name]:
            problems.append(Problem(name, "changed-file", found=found, expected=files[name]))
    return problems


def _check_chain(pack: Pack, chain: Mapping[str, Any], values: Sequence[str]) -> list[Problem]:
    """Check a chain, whose values are these, against its head, and read those records that the pack holds."""
    file = chain["file"]
    data = pack.read(file)
    held = {each["sequence"]: each for each in chain["held"]}
    previous, problems = GENESIS, []
    for number, (sha256, value) in enumerate(zip(chain["records"], values, strict=True)):
        if number in held:
            place = held.pop(number)
            raw = data[place["offset"] : place["offset"] + place["length"]]
            problems += _check_held(file, number, raw, sha256, previous)
        previous = value
    problems += [Problem(file, "gap", expected=number) for number in held]
    if previous != chain["head"]:
        problems.append(Problem(file, "head", found=previous, expected=chain["head"]))
    if sum(each["length"] for each in chain["held"]) != len(data):
        expected = sum(each["length"] for each in chain["held"])
        problems.append(Problem(file, "short", found=len(data), expected=expected))
    return problems


def _values(records: Sequence[str]) -> list[str]:
    """Follow a whole chain by its hashes: the values that it passes through, its head last."""
    values, previous = [], GENESIS
    for sha256 in records:
        previous = chain_value(previous, sha256)
        values.append(previous)
    return values


def _check_stamp(pack: Pack, stamp: Mapping[str, str], values: Mapping[str, list[str]]) -> list[Problem]:
    """Check that a time stamp is for the heads that stand beside it, and that the chains held lead there."""
    lines = pack.read(stamp["heads"])
    if stamps_digest(pack.read(stamp["response"])) != hashlib.sha256(lines).hexdigest():
        return [Problem(stamp["response"], "stamp", detail=stamp["heads"])]
    problems = []
    for line in lines.decode("utf-8").splitlines():
        file, records, head = line.split(" ")
        passed = values.get(file)
        if passed is not None and head not in passed[int(records) - 1 : int(records)]:
            problems.append(Problem(stamp["heads"], "stamped-head", found=file, expected=head))
    return problems


def _check_held(file: str, number: int, raw: bytes, sha256: str, previous: str) -> list[Problem]:
    found = hashlib.sha256(raw).hexdigest()
    problems = [] if found == sha256 else [Problem(file, "changed", number, found, sha256)]
    return problems + check_record(file, number, raw, previous)[1]


def main(arguments: Sequence[str] | None = None) -> int:
    """Check the pack in the folder of this file, or the one that is named."""
    parser = argparse.ArgumentParser(description="核验电子证据包：清单、记录、哈希链、链头。")
    parser.add_argument("pack", nargs="?", type=Path, default=Path(__file__).parent, help="文件夹或 ZIP 文件")
    parser.add_argument("--head", help="函件或报告上印出的链头（64 位十六进制）")
    chosen = parser.parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        pack = Pack(chosen.pack)
    except (OSError, zipfile.BadZipFile) as error:
        sys.stderr.write(f"无法打开 {chosen.pack}：{error}\n")
        return 1
    problems = check_pack(pack, chosen.head)
    for problem in problems:
        sys.stdout.write(f"不符 MISMATCH  {problem.chinese()}\n")
    sys.stdout.write("核验未通过 FAILED\n" if problems else "核验通过 OK\n")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
