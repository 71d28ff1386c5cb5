"""`monitor locate`: where a seller is, and which bureau is competent."""

from __future__ import annotations

import dataclasses

import typer
from rich.markup import escape

from monitor.cli.console import output, print_json
from monitor.cli.mistakes import UsageMistakeError
from monitor.leads.jurisdiction.jurisdiction import PENDING, Location, Role, locate


def register(parent: typer.Typer) -> None:
    """Add these commands to the command line."""
    parent.command(name="locate")(locate_command)


def locate_command(
    address: str | None = typer.Argument(None, help="Published address of the place of business."),
    code: str | None = typer.Option(
        None, help="Unified social credit code (统一社会信用代码), if published."
    ),
    ships_from: str | None = typer.Option(
        None, help="The platform's 发货地: shown as a hint, decides nothing."
    ),
    role: Role = typer.Option(Role.PLATFORM_SELLER, help="In what capacity the subject is to be located."),
    as_json: bool = typer.Option(False, "--json", help="Print one JSON document."),
) -> None:
    """Say area code, 省市区县, competent bureau, the rule it rests on and why; or 待核, and why."""
    if address is None and code is None and ships_from is None:
        raise UsageMistakeError("give an address, --code CODE, or both")
    location = locate(address, code=code, stated_place=ships_from, role=role)
    if as_json:
        print_json(location_json(location))
        return
    _print(location)


def location_json(location: Location) -> dict[str, object]:
    """Return a location for a program; `bureau` is null and `status` 待核 when the bureau is open."""
    return {"status": PENDING if location.pending else "已定", **dataclasses.asdict(location)}


def _print(location: Location) -> None:
    names = (location.province, location.city, location.county)
    path = " ".join(dict.fromkeys(name for name in names if name))
    bureau = location.bureau or PENDING
    if location.bureau_confidence:
        bureau += f"  [dim]{escape(location.bureau_confidence)}[/]"
    rows = [
        ("区划代码", location.area_code or PENDING),
        ("省市区县", path or PENDING),
        ("受理机关", bureau),
        ("当地县级局", location.county_bureau and f"{location.county_bureau}  [dim]推断(按命名惯例)[/]"),
        ("规则", location.rule or PENDING),
        ("代码与地址", "不一致" if location.contradictory else None),
    ]
    for label, value in rows:
        if value:
            output.print(f"[bold]{label}[/]  {value}", highlight=False, soft_wrap=True)
    for number, reason in enumerate(location.why, start=1):
        output.print(f"  {number}. {escape(reason)}", highlight=False, soft_wrap=True)
