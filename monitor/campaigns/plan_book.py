"""The plans of a service that runs for months: read again when a file changes, the last good one kept."""

from __future__ import annotations

import hashlib
import logging
from typing import TYPE_CHECKING

from monitor.campaigns import calendar as calendars
from monitor.campaigns import site_groups
from monitor.campaigns.loading import load_plan, plan_files
from monitor.campaigns.problem import PlanError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from monitor.campaigns.plan import Plan

_log = logging.getLogger(__name__)


class PlanBook:
    """Every plan of a folder, by campaign; a file that cannot be read keeps the plan it last said."""

    def __init__(self, folder: Path, *, logs: bool = True) -> None:
        """Take the folder; nothing is read before the first `refresh`.

        Args:
            folder: of the plans.
            logs: problems and changes are logged; who shows them itself says no.

        """
        self._folder = folder
        self._logs = logs
        self._digest = ""
        self._by_file: dict[Path, Plan] = {}
        #: what a person should mend, one line a thing
        self.problems: tuple[str, ...] = ()

    @property
    def plans(self) -> dict[str, Plan]:
        """Campaign's name → plan, in order of the names. Of two files of one name the first one counts."""
        by_name = {plan.name: plan for _, plan in sorted(self._by_file.items(), reverse=True)}
        return dict(sorted(by_name.items()))

    def refresh(self) -> None:
        """Read the folder again if a file in it changed, appeared or vanished."""
        try:
            files = plan_files(self._folder)
            digest = self._digest_of(files)
        except (PlanError, OSError) as error:
            # a disk that is away for a moment is no reason to forget the plans
            self._complain((f"{error}; the plans read before stay in force",))
            self._digest = ""
            return
        if digest == self._digest:
            return
        problems: list[str] = []
        before = self.plans
        self._by_file = {path: plan for path in files for plan in self._read(path, problems)}
        problems += self._doubles()
        self._digest = digest
        self._complain(tuple(problems))
        if self._logs:
            self._tell(before)

    def _read(self, path: Path, problems: list[str]) -> Iterator[Plan]:
        try:
            yield load_plan(path)
        except PlanError as error:
            kept = self._by_file.get(path)
            force = "what it said before stays in force" if kept else "it does not fire until it is mended"
            problems += [f"{problem}; {force}" for problem in error.problems]
            if kept is not None:
                yield kept

    def _doubles(self) -> Iterator[str]:
        seen: dict[str, Path] = {}
        for path, plan in sorted(self._by_file.items()):
            if plan.name in seen:
                yield f"{path}: name: {seen[plan.name]} is called {plan.name!r} too, and that one counts"
            seen.setdefault(plan.name, path)

    def _digest_of(self, files: list[Path]) -> str:
        beside = (self._folder / name for name in (calendars.OVERRIDE_NAME, site_groups.GROUPS_NAME))
        whole = hashlib.sha256()
        for path in (*files, *(path for path in beside if path.exists())):
            content = path.read_bytes()
            whole.update(f"{path.name}\0{len(content)}\0".encode())
            whole.update(content)
        return whole.hexdigest()

    def _complain(self, problems: tuple[str, ...]) -> None:
        for problem in problems:
            if self._logs and problem not in self.problems:
                _log.error("%s", problem)
        self.problems = problems

    def _tell(self, before: dict[str, Plan]) -> None:
        now = self.plans
        for name in sorted(before.keys() | now.keys()):
            if name not in now:
                _log.warning("plan %s is gone: it fires no more", name)
            elif name not in before:
                _log.info("plan %s is in force", name)
            elif before[name].digest != now[name].digest:
                _log.info("plan %s was edited: the new one is in force", name)
