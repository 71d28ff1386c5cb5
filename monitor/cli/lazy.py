"""Commands are read when they are asked for: reading all of them takes longer than most of them run."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup

#: Name of a command or a group → module of `monitor.cli` whose `register` adds it, in the order of the help.
COMMANDS = {
    "demo": "demo_commands",
    "crawl": "crawl_commands",
    "recheck": "recheck_commands",
    "relistings": "relisting_commands",
    "alerts": "alert_commands",
    "certificates": "certificate_commands",
    "classify": "classify_commands",
    "extract": "extract_commands",
    "import": "import_commands",
    "export": "export_commands",
    "review": "review_commands",
    "reviews": "review_commands",
    "import-review": "review_commands",
    "draw": "draw_commands",
    "import-results": "result_commands",
    "refer": "refer_commands",
    "notice": "refer_commands",
    "leads": "lead_commands",
    "import-feedback": "feedback_commands",
    "watchlist": "watchlist_commands",
    "schedule": "schedule_commands",
    "runs": "run_commands",
    "queries": "query_commands",
    "site": "site_commands",
    "evidence": "evidence_commands",
    "lexicon": "lexicon_commands",
    "locate": "locate_commands",
    "db": "database_commands",
}


class LazyCommands(TyperGroup):
    """The commands of `COMMANDS`: a module is read when its command is wanted, all of them for the help."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ANN401 - Typer keeps the type to itself
        """Name all commands."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ANN401 - as above
        """Read one command; None when there is none of that name."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        if cmd_name not in self.commands:
            parent = typer.Typer(pretty_exceptions_enable=False, rich_markup_mode="rich")
            parent.callback()(_only_a_group)
            import_module(f"monitor.cli.{COMMANDS[cmd_name]}").register(parent)
            group = typer.main.get_group(parent)
            self.commands[cmd_name] = group.commands[cmd_name]
        return self.commands[cmd_name]


def _only_a_group() -> None:
    """Keep Typer from taking a parent with a single command for that command."""
