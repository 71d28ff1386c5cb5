from __future__ import annotations

import io
import json
import os
import shutil
import signal
import subprocess
import sys
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from sqlalchemy import select, text

from monitor.cli import main
from monitor.storage import open_database
from monitor.storage.engine import reading
from monitor.storage.suspects import ListingFilter, listings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from monitor.storage.suspects import SuspectRow


@dataclass
class Workplace:
    """A folder of one's own with a database, plans and the `monitor` command."""

    folder: Path
    database_url: str
    settings: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        (self.folder / "schedules").mkdir(parents=True, exist_ok=True)

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("MONITOR_")}
        ours = {"MONITOR_DATABASE_URL": self.database_url, "MONITOR_LEASE_SECONDS": "5", **self.settings}
        return {**kept, **ours}

    def start(self, *arguments: str, **options: Any) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "monitor", *arguments],
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            **options,
        )

    def process(
        self, *arguments: str, status: int = 0, timeout: float = 120
    ) -> subprocess.CompletedProcess[str]:
        """Run a command in a process of its own, as a person does."""
        process = self.start(*arguments)
        out, err = process.communicate(timeout=timeout)
        return _as_said(subprocess.CompletedProcess(process.args, process.returncode, out, err), status)

    def monitor(
        self, *arguments: str, status: int = 0, timeout: float = 120
    ) -> subprocess.CompletedProcess[str]:
        """Run a command in this process, which has read the modules; crawlers are processes all the same."""
        out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2))
        returned: Any = 0
        with self._entered(arguments), _at_most(timeout), redirect_stdout(out), redirect_stderr(err):
            try:
                main()
            except SystemExit as end:
                returned = end.code or 0
        said = [each.buffer.getvalue().decode() for each in (out, err)]
        return _as_said(subprocess.CompletedProcess(arguments, returned, *said), status)

    @contextmanager
    def _entered(self, arguments: tuple[str, ...]) -> Iterator[None]:
        """Folder, environment and arguments of a process that `start` starts."""
        handler = signal.getsignal(signal.SIGTERM)
        with pytest.MonkeyPatch.context() as patch:
            for name in os.environ.keys() - self.environment.keys():
                patch.delenv(name)
            for name, value in self.environment.items():
                patch.setenv(name, value)
            patch.chdir(self.folder)
            patch.setattr(sys, "argv", ["monitor", *arguments])
            try:
                yield
            finally:
                signal.signal(signal.SIGTERM, handler)

    def plan(
        self, name: str, sites: list[dict[str, Any]], words: list[str] | None = None, **more: Any
    ) -> None:
        """Write a plan that is fired by hand."""
        said = {
            "title": name,
            "windows": [{"name": "全年", "from": "01-01", "to": "12-31", "cadence": "daily 03:00"}],
            "sites": [{"delay": 0, "concurrency": 4, **site} for site in sites],
            "search": [{"words": words}] if words else [{"group": "seven"}],
            "budget": {"pages_per_unit": 50},
            **more,
        }
        file = self.folder / "schedules" / f"{name}.yaml"
        file.write_text(yaml.safe_dump(said, allow_unicode=True), encoding="utf-8")

    def rows(self, **wanted: Any) -> list[SuspectRow]:
        engine = open_database(self.database_url)
        with reading(engine) as connection:
            found = list(listings(connection, ListingFilter(**wanted)))
        engine.dispose()
        return found

    def count(self, table: str, where: str = "1=1") -> int:
        engine = open_database(self.database_url)
        with reading(engine) as connection:
            number = connection.execute(select(text("count(*)")).select_from(text(table)).where(text(where)))
            found = int(number.scalar_one())
        engine.dispose()
        return found

    def times(self, where: str) -> tuple[str, str]:
        """When the first unit of some began and the last one ended."""
        engine = open_database(self.database_url)
        with reading(engine) as connection:
            query = text(f"SELECT min(started_at), max(finished_at) FROM unit WHERE {where}")
            first, last = connection.execute(query).one()
        engine.dispose()
        return first, last

    def units(self, run: int) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(self.monitor("runs", str(run), "--json").stdout)["units"]
        return found


def _as_said(done: subprocess.CompletedProcess[str], status: int) -> subprocess.CompletedProcess[str]:
    assert "Traceback" not in done.stderr, done.stderr
    assert done.returncode == status, f"status {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done


@contextmanager
def _at_most(seconds: float) -> Iterator[None]:
    def too_long(signum, frame) -> None:
        raise TimeoutError(f"not done after {seconds} s")

    before = signal.signal(signal.SIGALRM, too_long)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _workplace(folder: Path, migrated_file: Path) -> Workplace:
    database = folder / "monitor.db"
    shutil.copy(migrated_file, database)
    return Workplace(folder / "work", f"sqlite:///{database}")


@pytest.fixture
def workplace(tmp_path: Path, migrated_file: Path) -> Workplace:
    return _workplace(tmp_path, migrated_file)


@pytest.fixture(scope="module")
def shared_workplace(tmp_path_factory: pytest.TempPathFactory, migrated_file: Path) -> Workplace:
    """One for tests that only read, or that look at one thing after another."""
    return _workplace(tmp_path_factory.mktemp("shared"), migrated_file)
