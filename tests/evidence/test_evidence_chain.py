"""A chain is written whole records at a time, by one process, for its owner's eyes."""

from __future__ import annotations

import errno
import os
import stat

import pytest

from monitor.evidence.chain import Chain, EvidenceError
from monitor.evidence.recovery import cut, is_being_written, set_tails_aside

from .conftest import FILE, START, Store, exchange


def test_raw_bytes_are_for_their_owner_only(filled):
    assert stat.S_IMODE(filled.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(filled.path.parent.stat().st_mode) == 0o700


def test_a_file_that_is_there_is_never_written_over(filled):
    with pytest.raises(EvidenceError, match="cannot be written"):
        Chain.create(filled.path)


def test_a_full_disk_leaves_the_chain_as_it_was(filled, tmp_path, monkeypatch):
    store = Store(tmp_path / "other")
    store.page(exchange())
    before = store.path.read_bytes()
    write = os.write

    def full(descriptor: int, data: memoryview) -> int:
        if len(data) < 400:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return write(descriptor, data[: len(data) // 2])

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(EvidenceError, match=r"No space left.*not committed.*run again"):
        store.page(exchange(b"x" * 100))
    monkeypatch.undo()
    assert store.path.read_bytes() == before
    # room again: the chain goes on where it was
    store.page(exchange(b"after"))
    store.done()
    assert store.check().problems == ()


def test_a_torn_tail_is_set_aside_and_the_rest_stays(filled):
    whole = filled.path.read_bytes()
    with filled.path.open("ab") as file:
        file.write(b"\x1f\x8btorn")
    anchored = [(FILE, len(whole)), ("run-1/never-made.warc.gz", 0)]
    (tail,) = set_tails_aside(filled.folder, anchored)
    assert tail.aside.read_bytes() == b"\x1f\x8btorn"
    assert stat.S_IMODE(tail.aside.stat().st_mode) == 0o600
    assert filled.path.stat().st_size > len(whole), "cut only once the event is recorded"

    after = Store(filled.folder, "run-1/after.warc.gz")
    facts = {**after.facts(), "torn": tail.facts(filled.folder)}
    after.entries.append(after.chain.append("recovery", START, facts))
    after.done()
    cut(tail)
    assert filled.path.read_bytes() == whole
    assert filled.check().problems == ()
    report = after.check()
    assert report.problems == ()
    assert "6 bytes of run-1/mall-1.warc.gz" in report.recovered[0]
    assert set_tails_aside(filled.folder, anchored) == []

    tail.aside.write_bytes(b"other")
    assert [each.code for each in after.check().problems] == ["torn-file"]


def test_a_living_process_keeps_its_tail(store):
    length = store.path.stat().st_size
    store.page(exchange())
    assert is_being_written(store.path)
    assert set_tails_aside(store.folder, [(FILE, length)]) == []
    store.chain.close()
    assert not is_being_written(store.path)
    assert len(set_tails_aside(store.folder, [(FILE, length)])) == 1
