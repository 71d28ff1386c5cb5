"""Reading plans from files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import ValidationError

from monitor.campaigns import calendar as calendars
from monitor.campaigns import yaml_lines
from monitor.campaigns.plan import Plan
from monitor.campaigns.problem import PlanError, Problem

if TYPE_CHECKING:
    from pathlib import Path

    from monitor.campaigns.calendar import Calendar


def load_plan(path: Path, calendar: Calendar | None = None) -> Plan:
    """Read one plan. `calendar` tells its days, else the shipped one with the ``calendar.yaml`` beside it.

    Raises:
        PlanError: the file is no plan; every problem is named by file, line and key.

    """
    if calendar is None:
        calendar = calendars.load(path.parent / calendars.OVERRIDE_NAME)
    data, lines = yaml_lines.read(path)
    if not isinstance(data, dict):
        raise PlanError([Problem(str(path), 1, "", "a plan is a list of keys like title: and windows:")])
    data.setdefault("name", path.stem)
    try:
        return Plan.model_validate(data, context={"calendar": calendar})
    except ValidationError as error:
        raise PlanError(yaml_lines.problems(error, lines, path)) from None


def load_plans(folder: Path) -> dict[str, Plan]:
    """Read every ``*.yaml`` of a folder but ``calendar.yaml``: campaign's name → plan, in order of the names.

    Raises:
        PlanError: the folder is missing, a file is no plan, or two say the same name.

    """
    if not folder.is_dir():
        raise PlanError([Problem(str(folder), 0, "", "there is no such folder of plans")])
    calendar = calendars.load(folder / calendars.OVERRIDE_NAME)
    plans: dict[str, Plan] = {}
    problems: list[Problem] = []
    for path in plan_files(folder):
        try:
            plan = load_plan(path, calendar)
        except PlanError as error:
            problems += error.problems
            continue
        if plan.name in plans:
            problems.append(Problem(str(path), 1, "name", f"another plan is called {plan.name!r} too"))
        plans[plan.name] = plan
    if problems:
        raise PlanError(problems)
    return dict(sorted(plans.items()))


def plan_files(folder: Path) -> list[Path]:
    """The files of a folder that are plans."""
    files = [*folder.glob("*.yaml"), *folder.glob("*.yml")]
    return sorted(path for path in files if path.name != calendars.OVERRIDE_NAME)
