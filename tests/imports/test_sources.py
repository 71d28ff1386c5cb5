"""Folders and archives: what is found in them, and those that are refused."""

from __future__ import annotations

import stat
import zipfile

import pytest

from monitor.imports import limits
from monitor.imports.problem import ImportProblemError
from monitor.imports.sources import FileKind, sources


def found(*paths):
    with sources(paths) as each:
        return [(source.name, source.kind) for source in each.files], each.passed_over


def test_a_folder_is_gone_through_without_the_pictures_of_saved_pages(tmp_path):
    folder = tmp_path / "存证"
    for name in ("b.html", "b_files/frame.html", "sub/a.csv", ".git/x.html", "notes.docx"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("x")
    (folder / "link.html").symlink_to("/etc/passwd")
    files, passed = found(folder)
    assert files == [("存证/b.html", FileKind.PAGE), ("存证/sub/a.csv", FileKind.CSV)]
    assert sorted(passed) == ["存证/link.html", "存证/notes.docx"]


def test_archives_within_archives_and_wacz(tmp_path):
    inner = tmp_path / "inner.zip"
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("页/c.mhtml", "x")
    wacz = tmp_path / "w.wacz"
    with zipfile.ZipFile(wacz, "w") as archive:
        archive.writestr("archive/data.warc.gz", "x")
        archive.writestr("pages/pages.jsonl", "{}")
        archive.writestr("datapackage.json", "{}")
    with zipfile.ZipFile(tmp_path / "outer.zip", "w") as archive:
        archive.write(inner, "inner.zip")
        archive.writestr("a.html", "x")
        archive.writestr("__MACOSX/._a.html", "x")
    files, _ = found(tmp_path / "outer.zip", wacz)
    assert files == [
        ("outer.zip/inner.zip/页/c.mhtml", FileKind.MHTML),
        ("outer.zip/a.html", FileKind.PAGE),
        ("w.wacz/archive/data.warc.gz", FileKind.WARC),
    ]


def test_what_is_in_an_archive_can_be_read_and_leaves_nothing_behind(tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path / "scratch"))
    (tmp_path / "scratch").mkdir()
    monkeypatch.setattr("tempfile.tempdir", None)
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x/a.csv", "标题,链接\n")
    with sources([tmp_path / "a.zip"]) as each, each.files[0].on_disk() as path:
        assert path.read_text(encoding="utf-8") == "标题,链接\n"
    assert list((tmp_path / "scratch").iterdir()) == []


def link(name):
    entry = zipfile.ZipInfo(name)
    entry.create_system = 3
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    return entry


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("../../etc/cron.d/x.html", "leads out of the archive"),
        ("a/../../x.html", "leads out of the archive"),
        ("..\\..\\x.html", "leads out of the archive"),
        ("/etc/x.html", "is an absolute name"),
        ("C:\\x.html", "is an absolute name"),
        ("\\\\server\\share\\x.html", "is an absolute name"),
        (link("x.html"), "is a symbolic link"),
    ],
)
def test_names_that_lead_out_are_refused(tmp_path, entry, said):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("ok.html", "x")
        archive.writestr(entry, "/etc/passwd")
    with pytest.raises(ImportProblemError, match=f"{said}: refused, nothing was unpacked"):
        found(tmp_path / "a.zip")


def test_a_bomb_by_ratio(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.html", b"0" * 60_000_000)
    with pytest.raises(ImportProblemError, match=r"would grow .* times when unpacked: refused as a bomb"):
        found(tmp_path / "a.zip")


def test_a_bomb_of_many_files_each_of_which_is_harmless(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(12):
            archive.writestr(f"{number}.html", b"0" * 5_000_000)
    with pytest.raises(ImportProblemError, match=r"would grow .* times: refused as a bomb"):
        found(tmp_path / "a.zip")


def test_a_bomb_by_total_and_one_by_count(tmp_path, monkeypatch):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for number in range(5):
            archive.writestr(f"{number}.html", "x" * 100)
    monkeypatch.setattr(limits, "MOST_BYTES", 400)
    with pytest.raises(ImportProblemError, match="GB unpacked: refused as a bomb"):
        found(tmp_path / "a.zip")
    monkeypatch.setattr(limits, "MOST_FILES", 4)
    with pytest.raises(ImportProblemError, match="5 files, more than 4: refused as a bomb"):
        found(tmp_path / "a.zip")


def test_a_bomb_by_nesting(tmp_path):
    path = tmp_path / "0.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.html", "x")
    for number in range(1, 4):
        outer = tmp_path / f"{number}.zip"
        with zipfile.ZipFile(outer, "w") as archive:
            archive.write(path, path.name)
        path = outer
    with pytest.raises(ImportProblemError, match="archives within archives within archives"):
        found(path)


def test_an_entry_that_lies_about_its_size_is_not_unpacked_beyond_it(tmp_path):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.html", b"0" * 3_000_000)
    # both headers say 10 bytes
    path.write_bytes(path.read_bytes().replace((3_000_000).to_bytes(4, "little"), (10).to_bytes(4, "little")))
    with (
        sources([path]) as each,
        pytest.raises(ImportProblemError, match="cannot be unpacked"),
        each.files[0].on_disk(),
    ):
        pytest.fail("unpacked")


def test_a_damaged_part_of_an_archive_is_explained(tmp_path):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", "标题,链接\n" * 500)
        at = archive.getinfo("a.csv").header_offset + 30 + len("a.csv")
    content = bytearray(path.read_bytes())
    content[at : at + 8] = b"\xff" * 8
    path.write_bytes(content)
    with (
        sources([path]) as each,
        pytest.raises(ImportProblemError, match=r"a\.zip/a\.csv: cannot be unpacked"),
        each.files[0].on_disk(),
    ):
        pass


def test_what_cannot_be_opened_is_explained(tmp_path):
    (tmp_path / "a.zip").write_bytes(b"PK\x03\x04 broken")
    (tmp_path / "a.xls").write_bytes(b"old")
    (tmp_path / "a.exe").write_bytes(b"MZ")
    for name, said in [
        ("a.zip", "cannot be opened as a zip archive"),
        ("a.xls", r"save it as \.xlsx"),
        ("a.exe", "these are read: .csv"),
        ("gone.csv", "there is no such file or folder"),
    ]:
        with pytest.raises(ImportProblemError, match=said):
            found(tmp_path / name)
