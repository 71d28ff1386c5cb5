from __future__ import annotations

import errno
import os
import subprocess
import sys
import textwrap
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.exporters.sheets.files import ExportError, file_stem, fresh_file, whole_file


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_file_appears_when_it_is_whole(tmp_path):
    target = tmp_path / "new folder" / "list.txt"
    with whole_file(target) as part:
        part.write_text("half")
        assert not target.exists()
        part.write_text("whole")
    assert target.read_text() == "whole"
    assert names(target.parent) == ["list.txt"]


@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)), RuntimeError("mine")])
def test_failure_leaves_what_was_there(tmp_path, error):
    target = tmp_path / "list.txt"
    target.write_text("old")

    def write():
        with whole_file(target) as part:
            part.write_text("half of the new")
            raise error

    with pytest.raises((ExportError, RuntimeError)):
        write()
    assert target.read_text() == "old"
    assert names(tmp_path) == ["list.txt"]


def test_error_names_file_cause_and_mend(tmp_path):
    with pytest.raises(ExportError) as caught, whole_file(tmp_path / "list.txt"):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    message = str(caught.value)
    assert str(tmp_path / "list.txt") in message
    assert "No space left" in message
    assert "free some space" in message
    assert caught.value.cause.errno == errno.ENOSPC


def test_folder_that_is_a_file(tmp_path):
    (tmp_path / "exports").write_text("")
    inside = tmp_path / "exports" / "list.txt"
    with pytest.raises(ExportError, match="a file stands where the folder should be"), whole_file(inside):
        pass


def test_second_file_of_a_name_is_numbered(tmp_path):
    for _ in range(3):
        with fresh_file(tmp_path, "list", ".csv") as (part, path):
            part.write_text(path.name)
    assert names(tmp_path) == ["list-2.csv", "list-3.csv", "list.csv"]
    assert (tmp_path / "list-2.csv").read_text() == "list-2.csv"


def test_two_at_once_do_not_share_a_file(tmp_path):
    with fresh_file(tmp_path, "list", ".csv") as (part, path):
        part.write_text("mine")
        with pytest.raises(ExportError, match="another export"), whole_file(path) as other:
            other.write_text("yours")
    assert path.read_text() == "mine"


def test_part_of_a_killed_export_is_in_nobodys_way(tmp_path):
    (tmp_path / ".list.csv.part").write_text("left by a killed process, longer than what follows")
    with whole_file(tmp_path / "list.csv") as part:
        part.write_text("whole")
    assert (tmp_path / "list.csv").read_text() == "whole"
    assert names(tmp_path) == ["list.csv"]


def test_a_full_disk_at_the_last_moment(tmp_path, monkeypatch):
    def full(_descriptor):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ExportError), whole_file(tmp_path / "list.csv") as part:
        part.write_text("whole")
    assert names(tmp_path) == []


def test_stem_says_what_where_and_when_in_shanghai():
    at = datetime(2026, 9, 24, 23, 30, tzinfo=UTC)
    assert file_stem("疑似清单", "中秋国庆", at) == "疑似清单_中秋国庆_20260925-0730"
    assert file_stem("疑似清单", None, at) == "疑似清单_全部_20260925-0730"


@pytest.mark.parametrize("scope", ["a/../../b", "x" * 500, "..", "a\nb", 'q"<>|?*:\\', "\ud800"])
def test_stem_of_any_campaign_is_a_file_name(scope, tmp_path):
    stem = file_stem("疑似清单", scope, datetime(2026, 9, 24, tzinfo=UTC))
    with fresh_file(tmp_path, stem, ".csv") as (part, path):
        part.write_text("x")
    assert path.parent == tmp_path
    assert names(tmp_path) == [path.name]


def test_naive_time_is_refused():
    with pytest.raises(ValueError, match="naive"):
        file_stem("疑似清单", None, datetime(2026, 9, 24))  # noqa: DTZ001


@pytest.mark.parametrize("limit", [2_000, 20_000, 60_000])
def test_real_writes_that_fail_leave_nothing(tmp_path, limit):
    """The system refuses to let any file grow beyond `limit` bytes, at whatever write that happens."""
    script = textwrap.dedent(
        f"""
        import resource, sys
        from datetime import UTC, datetime
        from pathlib import Path
        from monitor.exporters import ExportError
        from monitor.exporters.sheets.columns import Column, Kind
        from monitor.exporters.lists import ListPlan, write_list
        from monitor.exporters.sheets.notes import Notes
        resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}))
        column = Column(title="t", kind=Kind.TEXT, width=9, about="",
                        value=lambda n: f"{{n * 7919 % 104729}} text")
        plan = ListPlan(name="list", scope=None, columns=[column], frozen=1)
        try:
            write_list(plan, range(20_000), lambda: Notes(title="n", sections=[]), folder=Path(sys.argv[1]),
                       formats=["xlsx", "csv"], now=datetime.now(UTC))
        except ExportError as error:
            print(error)
            sys.exit(3)
        """
    )
    done = subprocess.run(
        [sys.executable, "-X", "dev", "-c", script, str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[2],
        timeout=120,
    )
    assert done.returncode == 3, done.stderr
    assert "was not written" in done.stdout
    assert done.stderr == ""
    assert names(tmp_path) == []
