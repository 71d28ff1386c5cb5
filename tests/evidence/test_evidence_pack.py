"""A pack can be checked by anybody who has Python, and no change to it goes unseen."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from typing import TYPE_CHECKING

import pytest

from monitor.evidence.chain import EvidenceError
from monitor.evidence.pack import Held, PackedChain, write_pack
from monitor.evidence.transcript import PackedListing

from .conftest import FILE, START

if TYPE_CHECKING:
    from pathlib import Path


def packed(filled, to: Path, sequences: tuple[int, ...] = (2, 4)) -> Path:
    chain = PackedChain(
        run_id=1,
        file=FILE,
        head=filled.entries[-1].chain,
        records=tuple(each.sha256 for each in filled.entries),
        held=tuple(
            Held(sequence=each.sequence, offset=each.offset, length=each.length, sha256=each.sha256)
            for each in filled.entries
            if each.sequence in {0, *sequences}
        ),
    )
    listings = [
        PackedListing(
            listing_id=7, key=str(number - 1), file=FILE, sequence=number, run_id=1, campaign="开学前专项"
        )
        for number in sequences
    ]
    write_pack(to, filled.folder, [chain], listings, now=START)
    return to


def verify(folder: Path, *arguments: str) -> tuple[int, str]:
    """With no site-packages, no environment, no working directory on the path."""
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-X", "utf8", str(folder / "verify.py"), *arguments],
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
        cwd="/",
        env={},
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, done.stdout


@pytest.fixture
def unpacked(filled, tmp_path) -> Path:
    folder = tmp_path / "pack"
    zipfile.ZipFile(packed(filled, tmp_path / "p.zip")).extractall(folder)
    return folder


def test_a_good_pack_is_right(filled, unpacked, tmp_path):
    assert verify(unpacked) == (0, "核验通过 OK\n")
    assert verify(unpacked, str(tmp_path / "p.zip"))[0] == 0
    head = filled.entries[-1].chain
    assert verify(unpacked, "--head", head.upper())[0] == 0
    status, said = verify(unpacked, "--head", "0" * 64)
    assert (status, "没有任何一条链经过链头" in said) == (1, True)


def test_it_holds_what_it_says(unpacked):
    names = {each.relative_to(unpacked).as_posix() for each in unpacked.rglob("*") if each.is_file()}
    assert names == {
        "manifest.json",
        "verify.py",
        "说明.txt",
        "电子数据提取笔录-7.html",
        f"warc/{FILE}",
    }
    html = (unpacked / "电子数据提取笔录-7.html").read_text(encoding="utf-8")
    for field in ("网络地址", "目标 IP 地址", "提取时间", "时间校对", "提取工具", "原始响应 SHA-256", "链头"):
        assert field in html
    assert "磁力球&lt;b&gt;1" in html
    title = html.index("商品标题")
    assert "推断" in html[title : title + 60]


def rewrite_manifest(folder: Path, change) -> None:
    file = folder / "manifest.json"
    manifest = json.loads(file.read_text(encoding="utf-8"))
    change(manifest)
    file.write_text(json.dumps(manifest), encoding="utf-8")


def flip(folder: Path) -> None:
    file = folder / "warc" / FILE
    raw = bytearray(file.read_bytes())
    raw[len(raw) // 2] ^= 1
    file.write_bytes(raw)


def flip_and_say_so(folder: Path) -> None:
    import hashlib

    flip(folder)
    digest = hashlib.sha256((folder / "warc" / FILE).read_bytes()).hexdigest()
    rewrite_manifest(folder, lambda each: each["files"].update({f"warc/{FILE}": digest}))


TAMPERED = {
    "a flipped byte": flip,
    "a flipped byte and a manifest to match": flip_and_say_so,
    "a cut file": lambda f: (f / "warc" / FILE).write_bytes((f / "warc" / FILE).read_bytes()[:-9]),
    "no file": lambda f: (f / "warc" / FILE).unlink(),
    "an edited record": lambda f: (f / "电子数据提取笔录-7.html").write_text("无"),
    "another file": lambda f: (f / "warc" / "more.warc.gz").write_bytes(b""),
    "a removed hash": lambda f: rewrite_manifest(f, lambda each: each["chains"][0]["records"].pop(1)),
    "a removed tail": lambda f: rewrite_manifest(f, lambda each: each["chains"][0]["records"].pop()),
    "swapped hashes": lambda f: rewrite_manifest(f, lambda each: each["chains"][0]["records"].reverse()),
    "another head": lambda f: rewrite_manifest(f, lambda each: each["chains"][0].update(head="0" * 64)),
    "a hidden record": lambda f: rewrite_manifest(f, lambda each: each["chains"][0]["held"].pop()),
    "no manifest": lambda f: (f / "manifest.json").unlink(),
    "a manifest of another kind": lambda f: (f / "manifest.json").write_text("[1]"),
}


@pytest.mark.parametrize("how", TAMPERED)
def test_a_tampered_pack_is_wrong(unpacked, how):
    TAMPERED[how](unpacked)
    status, said = verify(unpacked)
    assert status == 1
    assert "不符" in said
    assert said.endswith("核验未通过 FAILED\n")


def test_what_is_no_longer_as_preserved_is_not_packed(filled, tmp_path):
    raw = bytearray(filled.path.read_bytes())
    raw[filled.entries[2].offset + 40] ^= 1
    filled.path.write_bytes(raw)
    with pytest.raises(EvidenceError, match="record 2 is not as it was preserved"):
        packed(filled, tmp_path / "p.zip")
    assert not list(tmp_path.glob("*.zip*"))
