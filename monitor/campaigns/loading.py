"""Reading plans from files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import ValidationError

from monitor.campaigns import calendar as calendars
from monitor.campaigns import site_groups, yaml_lines
from monitor.campaigns.plan import Plan
from monitor.campaigns.problem import PlanError, Problem

if TYPE_CHECKING:
    from pathlib import Path

    from monitor.campaigns.calendar import Calendar
    from monitor.campaigns.site_groups import SiteGroups
    from monitor.campaigns.yaml_lines import Lines


@dataclass(frozen=True)
class Written:
    """A plan together with where its words stand."""

    plan: Plan
    path: Path
    lines: Lines
    #: groups that the plan names and that list no site
    empty_groups: tuple[str, ...]

    def line(self, *key: str | int) -> int:
        """1-based line of a key, or of what encloses it."""
        return yaml_lines.line_of(key, self.lines)


def load_plan(path: Path) -> Plan:
    """Read one plan, together with the ``calendar.yaml`` and ``sites.yaml`` beside it.

    Raises:
        PlanError: the file is no plan; every problem is named by file, line and key.

    """
    return load_written(path).plan


def load_written(path: Path) -> Written:
    """Read one plan and keep the lines.

    Raises:
        PlanError: the file is no plan; every problem is named by file, line and key.

    """
    folder = path.parent
    calendar = calendars.load(folder / calendars.OVERRIDE_NAME)
    return _read(path, calendar, site_groups.read(folder / site_groups.GROUPS_NAME))


def load_plans(folder: Path) -> dict[str, Plan]:
    """Read every plan of a folder: campaign's name → plan, in order of the names.

    Raises:
        PlanError: the folder is missing, a file is no plan, or two say the same name.

    """
    plans: dict[str, Plan] = {}
    problems: list[Problem] = []
    files = plan_files(folder)
    calendar = calendars.load(folder / calendars.OVERRIDE_NAME)
    groups = site_groups.read(folder / site_groups.GROUPS_NAME)
    for path in files:
        try:
            written = _read(path, calendar, groups)
        except PlanError as error:
            problems += error.problems
            continue
        name = written.plan.name
        if name in plans:
            problems.append(
                Problem(str(path), written.line("name"), "name", f"another plan is called {name!r} too")
            )
        plans[name] = written.plan
    if problems:
        raise PlanError(problems)
    return dict(sorted(plans.items()))


def plan_files(folder: Path) -> list[Path]:
    """The files of a folder that are plans: every ``.yaml`` but ``calendar.yaml`` and ``sites.yaml``.

    Raises:
        PlanError: there is no such folder.

    """
    if not folder.is_dir():
        raise PlanError(
            [Problem(str(folder), 0, "", "there is no such folder of plans: make it, or set schedules_dir")]
        )
    files = [*folder.glob("*.yaml"), *folder.glob("*.yml")]
    beside = (calendars.OVERRIDE_NAME, site_groups.GROUPS_NAME)
    return sorted(path for path in files if path.name not in beside)


def _read(path: Path, calendar: Calendar, groups: SiteGroups) -> Written:
    data, lines = yaml_lines.read(path)
    if not isinstance(data, dict):
        raise PlanError([Problem(str(path), 1, "", "a plan is made of keys like title: and windows:")])
    data.setdefault("name", path.stem)
    empty = site_groups.put_in(data, lines, groups, path)
    try:
        plan = Plan.model_validate(data, context={"calendar": calendar})
    except ValidationError as error:
        raise PlanError(yaml_lines.problems(error, lines, path)) from None
    return Written(plan, path, lines, tuple(empty))
