"""Whatever is done to a preserved file afterwards is found, and said where."""

from __future__ import annotations

import dataclasses
import hashlib
import os

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.evidence.head import run_head
from monitor.evidence.verifier import GENESIS, chain_value, read_record
from monitor.evidence.verify import unknown_files, warc_files

from .conftest import Store, exchange


def codes(report) -> list[tuple[str, int | None]]:
    return [(each.code, each.record) for each in report.problems]


def test_what_is_untouched_is_right(filled):
    report = filled.check()
    assert report.problems == ()
    assert report.records == 6
    assert report.bytes == filled.path.stat().st_size
    assert report.values[-1] == filled.chain.head


def test_the_chain_value_can_be_computed_by_hand(filled):
    raw = filled.path.read_bytes()
    value = GENESIS
    for each in filled.entries:
        digest = hashlib.sha256(raw[each.offset : each.offset + each.length]).hexdigest()
        value = hashlib.sha256(f"{value}\n{digest}\n".encode()).hexdigest()
        assert value == each.chain


def test_any_warc_reader_reads_it(filled):
    from warcio.archiveiterator import ArchiveIterator

    with filled.path.open("rb") as stream:
        kinds = [
            (each.rec_type, each.digest_checker.passed)
            for each in ArchiveIterator(stream, check_digests="raise")
            if each.content_stream().read() is not None
        ]
    assert [kind for kind, _ in kinds] == ["warcinfo", "metadata"] + ["request", "response", "metadata"] * 5


def test_bytes_are_kept_as_they_came(store):
    odd = b"HTTP/1.1 200 \xce\xdeOK\nX-oDD:a\r\n\r\n\x00\x1f\x8b\r\n\r\nrest\r\n\r\n"
    entry = store.page(exchange(received=odd, sent=b"GET / HTTP/1.1\r\nHOST: x\r\n\r\n"))
    store.done()
    raw = store.path.read_bytes()[entry.offset :]
    request, response = read_record(raw).members
    assert response.block == odd
    assert request.block == b"GET / HTTP/1.1\r\nHOST: x\r\n\r\n"
    assert entry.response_sha256 == hashlib.sha256(odd).hexdigest()


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.data())
def test_a_flipped_bit_anywhere_is_found_in_its_record(filled, data):
    raw = filled.path.read_bytes()
    place = data.draw(st.integers(0, len(raw) - 1))
    bit = data.draw(st.integers(0, 7))
    filled.path.write_bytes(raw[:place] + bytes([raw[place] ^ 1 << bit]) + raw[place + 1 :])
    hit = next(each.sequence for each in filled.entries if place < each.offset + each.length)
    try:
        assert codes(filled.check()) == [("changed", hit)]
    finally:
        filled.path.write_bytes(raw)


def test_a_changed_page_is_named_to_the_part(filled):
    raw = filled.path.read_bytes()
    victim = filled.entries[3]
    other = Store(filled.folder, "run-1/other.warc.gz")
    # the same record with another body, packed as carefully as ours
    for number in range(5):
        other.page(exchange(b"<html>%d" % (number if number != 2 else 9)), keys=(str(number),))
    other.done()
    forged = other.path.read_bytes()[other.entries[3].offset :][: other.entries[3].length]
    filled.path.write_bytes(raw[: victim.offset] + forged + raw[victim.offset + victim.length :])
    report = filled.check()
    assert ("changed", 3) in codes(report)
    assert report.records < 6
    assert f"{filled.file}, record 3" in report.problems[0].english()


def pieces(filled) -> list[bytes]:
    raw = filled.path.read_bytes()
    return [raw[each.offset : each.offset + each.length] for each in filled.entries]


def test_a_removed_record_is_found(filled):
    parts = pieces(filled)
    filled.path.write_bytes(b"".join(parts[:2] + parts[3:]))
    found = codes(filled.check())
    assert found[-1] == ("short", None)
    assert {record for _, record in found if record is not None} >= {2}


def test_a_removed_record_of_the_database_is_found(filled):
    expected = filled.expected()
    without = dataclasses.replace(expected, records=[each for each in expected.records if each.sequence != 2])
    assert ("gap", None) in codes(filled.check(without))


@pytest.mark.parametrize("forgotten", [0, 1], ids=["file only", "file and rows"])
def test_a_removed_tail_is_found(filled, forgotten):
    last = filled.entries[-1]
    expected = filled.expected()
    os.truncate(filled.path, last.offset)
    if forgotten:
        expected = dataclasses.replace(expected, records=expected.records[:-1])
    found = codes(filled.check(expected))
    assert ("short", None) in found
    assert (("gap", None) if forgotten else ("changed", 5)) in found


def test_a_reordered_chain_is_found(filled):
    # of equal length, so that everything stands at the right byte
    parts = pieces(filled)
    assert codes(filled.check()) == []
    swapped = [*parts[:2], parts[3], parts[2], *parts[4:]]
    filled.path.write_bytes(b"".join(swapped))
    found = codes(filled.check())
    assert {record for _, record in found} >= {2, 3}


def test_a_reordered_chain_with_the_rows_to_match_is_found(filled):
    parts = pieces(filled)
    expected = filled.expected()
    order = [0, 1, 3, 2, 4, 5]
    filled.path.write_bytes(b"".join(parts[number] for number in order))
    rows, place, value = [], 0, GENESIS
    for number, old in enumerate(order):
        row = expected.records[old]
        value = chain_value(value, row.sha256)
        rows.append(dataclasses.replace(row, sequence=number, offset=place, chain=value))
        place += row.length
    found = codes(filled.check(dataclasses.replace(expected, records=rows)))
    assert ("head", None) in found
    assert ("sequence", 2) in found
    assert ("previous", 2) in found


def test_a_rewritten_chain_no_longer_meets_its_anchor(filled):
    forged = Store(filled.folder, "run-1/forged.warc.gz")
    for number in range(5):
        forged.page(exchange(b"<html>forged %d" % number), keys=(str(number),))
    rewritten = forged.done()
    forged.path.replace(filled.path)
    genuine = filled.expected()
    # file and rows agree with each other: only the anchor knows better
    report = filled.check(
        dataclasses.replace(rewritten, file=filled.file, head=genuine.head, length=rewritten.length)
    )
    assert codes(report) == [("head", None)]
    assert genuine.head not in report.values


def test_an_added_tail_is_found(filled):
    with filled.path.open("ab") as file:
        file.write(pieces(filled)[-1])
    assert codes(filled.check()) == [("long", None)]


def test_a_file_that_is_being_written_may_be_ahead(store):
    store.page(exchange())
    expected = store.expected()
    store.page(exchange())
    assert codes(store.check(expected)) == []
    store.chain.close()
    assert codes(store.check(expected)) == [("long", None)]


def test_a_missing_and_a_foreign_file_are_found(filled):
    stranger = filled.path.with_name("stranger.warc.gz")
    filled.path.rename(stranger)
    assert codes(filled.check())[0] == ("missing-file", None)
    found = unknown_files(warc_files(filled.folder), [filled.file])
    assert [each.file for each in found] == ["run-1/stranger.warc.gz"]
    assert warc_files(filled.folder, run_id=2) == []


def test_listings_that_the_database_took_away_are_found(filled):
    expected = filled.expected()
    rows = list(expected.records)
    rows[2] = dataclasses.replace(rows[2], listing_keys=frozenset({"other"}))
    assert codes(filled.check(dataclasses.replace(expected, records=rows))) == [("row", 2)]


@settings(max_examples=40, deadline=None)
@given(bodies=st.lists(st.lists(st.binary(max_size=300), min_size=1, max_size=3), max_size=6))
def test_whatever_comes_over_the_wire_is_kept_and_checked(tmp_path_factory, bodies):
    store = Store(tmp_path_factory.mktemp("evidence"))
    for each in bodies:
        store.page(*(exchange(received=body) for body in each))
    store.done()
    report = store.check()
    assert report.problems == ()
    raw = store.path.read_bytes()
    for entry, each in zip(store.entries[1:], bodies, strict=True):
        record = read_record(raw[entry.offset : entry.offset + entry.length])
        assert [member.block for member in record.members if member.kind == "response"] == each


def test_the_head_of_a_run_depends_on_every_chain():
    one, two = ("a", 1, "0" * 64), ("b", 2, "1" * 64)
    assert run_head([one, two]) == run_head([two, one])
    assert (
        len({run_head([]), run_head([one]), run_head([one, two]), run_head([one, ("b", 3, "1" * 64)])}) == 4
    )
