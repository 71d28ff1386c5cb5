"""A pack: what is handed to those who decide, with everything they need to check it themselves."""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from monitor import __version__
from monitor.evidence import verifier
from monitor.evidence.chain import EvidenceError
from monitor.evidence.transcript import PackedListing, Page, transcript
from monitor.evidence.verifier import BrokenRecordError, Record, read_record

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from monitor.evidence.timestamp import Stamp


@dataclass(frozen=True, kw_only=True, slots=True)
class Held:
    """A record that goes into a pack: where it stands in the store."""

    sequence: int
    offset: int
    length: int
    sha256: str


@dataclass(frozen=True, kw_only=True, slots=True)
class PackedChain:
    """A chain: by its hashes whole, so that its head can be recomputed; by its records in part."""

    run_id: int
    #: within the evidence folder
    file: str
    head: str
    #: SHA-256 of every record, in order
    records: tuple[str, ...]
    held: tuple[Held, ...]


def write_pack(
    to: Path,
    folder: Path,
    chains: Sequence[PackedChain],
    listings: Sequence[PackedListing],
    *,
    now: datetime,
    stamps: Sequence[Stamp] = (),
) -> None:
    """Write a pack, whole or not at all, readable by its owner only.

    Args:
        to: the ZIP file.
        folder: the evidence folder.
        chains: with the records that go in.
        listings: the pages of the listings, in the order of the document.
        now: when it is made.
        stamps: time stamps on heads of the runs that the chains belong to.

    Raises:
        EvidenceError: a record is not as it was preserved, or the file cannot be written.

    """
    records: dict[tuple[str, int], Record] = {}
    files: dict[str, bytes] = {}
    told: list[dict[str, Any]] = []
    for chain in chains:
        raw = _cut_out(folder, chain)
        files[f"warc/{chain.file}"] = b"".join(raw)
        for held, each in zip(chain.held, raw, strict=True):
            records[chain.file, held.sequence] = _read(chain.file, held.sequence, each)
        told.append(_chain_facts(chain))
    heads = {chain.file: chain.head for chain in chains}
    by_listing: dict[int, list[Page]] = defaultdict(list)
    for listing in listings:
        facts = records[listing.file, listing.sequence].facts
        by_listing[listing.listing_id].append(
            Page(listing=listing, facts=facts, head=heads[listing.file], warc=f"warc/{listing.file}")
        )
        if facts["kind"] == "screenshot":
            picture = records[listing.file, listing.sequence].members[-1].block
            files[f"截图-{listing.listing_id}-{listing.run_id}-{listing.sequence}.png"] = picture
    for number, pages in by_listing.items():
        files[f"电子数据提取笔录-{number}.html"] = transcript(number, pages, now).encode()
    for stamp in stamps:
        files[f"stamps/{stamp.name}.txt"], files[f"stamps/{stamp.name}.tsr"] = stamp.lines, stamp.response
    files["verify.py"] = Path(verifier.__file__).read_bytes()
    files["说明.txt"] = _README.encode()
    manifest = {
        "format": verifier.FORMAT,
        "software": f"monitor {__version__}",
        "made_at": now.isoformat(),
        "listings": sorted(by_listing),
        "files": {name: hashlib.sha256(data).hexdigest() for name, data in files.items()},
        "chains": told,
        "stamps": [
            {"run": each.run_id, "heads": f"stamps/{each.name}.txt", "response": f"stamps/{each.name}.tsr"}
            for each in stamps
        ],
    }
    files["manifest.json"] = json.dumps(manifest, ensure_ascii=False, indent=1).encode()
    _write(to, files, now)


_README = """本包为电子证据包。

warc/                     采集到的原始请求和响应（WARC 格式，gzip 压缩），未作任何改动
电子数据提取笔录-*.html   可读的提取笔录，标“推断”者为程序推断，不是网站公布的内容
截图-*.png                浏览器显示的整页截图，如有；与 warc/ 内所存相同
manifest.json             清单：各文件的 SHA-256，各链的全部记录哈希和链头
stamps/                   可信时间戳（RFC 3161），如有：链头清单（txt）及时间戳机构的答复（tsr）
verify.py                 核验程序，只需要 Python 3.11 以上，不需要安装其他软件

核验：python verify.py --head 链头
链头以函件或报告上印出的为准；不给 --head 时只核对包内是否自洽。
核验程序核对时间戳所载的哈希，不核对时间戳机构的签名；签名用 OpenSSL 核对：
openssl ts -verify -data 清单.txt -in 答复.tsr -CAfile 时间戳机构根证书.pem
原始响应可能含个人信息，请按涉密要求保管，不得外传。
"""


def _cut_out(folder: Path, chain: PackedChain) -> list[bytes]:
    found = []
    file = folder / chain.file
    try:
        with file.open("rb") as stream:
            for held in chain.held:
                stream.seek(held.offset)
                raw = stream.read(held.length)
                if hashlib.sha256(raw).hexdigest() != held.sha256:
                    raise EvidenceError(
                        f"{file}, record {held.sequence} is not as it was preserved: nothing is packed. "
                        "Run `monitor evidence verify`"
                    )
                found.append(raw)
    except OSError as error:
        raise EvidenceError(f"{file} cannot be read: {error.strerror}; nothing is packed") from error
    return found


def _read(file: str, sequence: int, raw: bytes) -> Record:
    try:
        return read_record(raw)
    except BrokenRecordError as error:
        raise EvidenceError(f"{file}, record {sequence}: {error}; nothing is packed") from error


def _chain_facts(chain: PackedChain) -> dict[str, Any]:
    place, held = 0, []
    for each in chain.held:
        held.append({"sequence": each.sequence, "offset": place, "length": each.length})
        place += each.length
    return {
        "run": chain.run_id,
        "file": f"warc/{chain.file}",
        "head": chain.head,
        "records": list(chain.records),
        "held": held,
    }


def _write(to: Path, files: Mapping[str, bytes], now: datetime) -> None:
    partial = to.with_name(f".{to.name}.partial")
    try:
        to.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "wb") as stream:
            with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
                for name, data in files.items():
                    info = zipfile.ZipInfo(name, date_time=now.timetuple()[:6])
                    info.compress_type = zipfile.ZIP_STORED if name.endswith(".gz") else zipfile.ZIP_DEFLATED
                    archive.writestr(info, data)
            stream.flush()
            os.fsync(stream.fileno())
        partial.replace(to)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise EvidenceError(f"{to} cannot be written: {error.strerror}") from error
