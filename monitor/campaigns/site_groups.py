"""Groups of sites: ``schedules/sites.yaml`` says which shops a section watches, plans name the group."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import Field, ValidationError

from monitor.campaigns import yaml_lines
from monitor.campaigns.plan import SiteUse  # noqa: TC001 - pydantic needs it at run time
from monitor.campaigns.plan_values import Block
from monitor.campaigns.problem import PlanError, Problem, nearest

if TYPE_CHECKING:
    from pathlib import Path

    from monitor.campaigns.yaml_lines import Lines

#: Name of the file, beside the plans, that lists the groups.
GROUPS_NAME = "sites.yaml"


class SiteGroup(Block):
    """Sites that are watched together."""

    #: what they have in common
    title: str = Field(min_length=1)
    sites: tuple[SiteUse, ...] = ()


class SiteGroups(Block):
    """The whole file."""

    groups: dict[str, SiteGroup] = Field(default_factory=dict)


def read(path: Path) -> SiteGroups:
    """Read the groups; none when the file does not exist.

    Raises:
        PlanError: the file says something else; file, line and key are named.

    """
    if not path.is_file():
        return SiteGroups()
    data, lines = yaml_lines.read(path)
    try:
        return SiteGroups.model_validate(data or {})
    except ValidationError as error:
        raise PlanError(yaml_lines.problems(error, lines, path)) from None


def put_in(data: dict[str, Any], lines: Lines, groups: SiteGroups, path: Path) -> list[str]:
    """Replace each ``group: NAME`` among a plan's sites by the group's sites; return the empty groups.

    Raises:
        PlanError: there is no such group.

    """
    written = data.get("sites")
    if not isinstance(written, list):
        return []
    sites: list[Any] = []
    empty = []
    for index, entry in enumerate(written):
        if not (isinstance(entry, dict) and set(entry) == {"group"}):
            lines |= _moved(lines, index, len(sites))
            sites.append(entry)
            continue
        name = str(entry["group"])
        if name not in groups.groups:
            message = f"there is no group {name!r} in {GROUPS_NAME}{nearest(name, groups.groups)}"
            line = yaml_lines.line_of(("sites", index), lines)
            raise PlanError([Problem(str(path), line, f"sites.{index}.group", message)])
        if not groups.groups[name].sites:
            empty.append(name)
        sites += groups.groups[name].sites
    data["sites"] = sites
    return empty


def _moved(lines: Lines, index: int, to: int) -> Lines:
    old = ("sites", index)
    return {("sites", to, *where[2:]): line for where, line in lines.items() if where[:2] == old}
