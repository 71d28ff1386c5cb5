"""`monitor alerts check | test | list | send`: who is told of what, and what waits."""

from __future__ import annotations

import dataclasses
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import typer
from rich.table import Table

from monitor.classifiers.lexicon.lexicon import load_lexicon
from monitor.cli.console import AS_JSON, errors, output, print_json
from monitor.cli.context import database, load_settings
from monitor.cli.mistakes import UsageMistakeError
from monitor.config import SHANGHAI
from monitor.health.alert_rules import load_alert_rules
from monitor.health.sending import by_apprise, channel_url, is_address, send_due
from monitor.storage.alerts import alert_lines
from monitor.storage.engine import reading

if TYPE_CHECKING:
    from collections.abc import Sequence

    from monitor.health.alert_rules import AlertRules
    from monitor.storage.alerts import AlertLine

app = typer.Typer(help="Alerts: who is told of what, and what waits (docs/health.md).", no_args_is_help=True)

_TEST_TITLE = "监测系统测试消息"


def register(parent: typer.Typer) -> None:
    """Add these commands to the command line."""
    parent.add_typer(app, name="alerts")


@app.command()
def check(
    file: Path | None = typer.Argument(None, help="A rule file, instead of the configured one."),
) -> None:
    """Say what is wrong with the rule file and the channels' addresses; nothing is sent."""
    rules = _rules(file)
    wrong = [f"channel {name}: {said}" for name in rules.channels if (said := _wrong(rules, name))]
    for line in wrong:
        errors.print(line, highlight=False, markup=False)
    if wrong:
        raise typer.Exit(1)
    output.print(f"{len(rules.channels)} channels and {len(rules.rules)} rules, nothing to mend")


@app.command("test")
def try_channels(
    channel: str | None = typer.Option(None, "--channel", help="Only this one, instead of all."),
) -> None:
    """Send a test message to the channels, now."""
    rules = _rules(None)
    if channel is not None and channel not in rules.channels:
        raise UsageMistakeError(f"no channel is called {channel!r}; there are: {', '.join(rules.channels)}")
    failed = False
    for name in [channel] if channel else rules.channels:
        url, said = channel_url(rules, name, os.environ)
        at = f"{datetime.now(SHANGHAI):%Y-%m-%d %H:%M}"
        body = f"收到即表示通道“{rules.channels[name].title or name}”可用（{at}）。"
        problem = by_apprise(url, _TEST_TITLE, body) if url else said
        failed = failed or problem is not None
        output.print(f"{name}: {problem or 'sent'}", highlight=False, markup=False)
    if failed:
        raise typer.Exit(1)


@app.command("list")
def list_alerts(
    sent: bool = typer.Option(False, "--sent", help="Those that went out, instead of those that wait."),
    limit: int = typer.Option(50, min=1, help="How many to list, newest first."),
    as_json: bool = AS_JSON,
) -> None:
    """List the alerts that wait, with what went wrong the last time; or those that went out."""
    with database(load_settings()) as engine, reading(engine) as connection:
        lines = alert_lines(connection, sent=sent, limit=limit)
    if as_json:
        print_json([dataclasses.asdict(line) for line in lines])
    else:
        output.print(_table(lines, sent=sent))


@app.command()
def send(as_json: bool = AS_JSON) -> None:
    """Send what is due, now. The schedule service does it by itself."""
    settings = load_settings()
    rules = _rules(None)
    with database(settings) as engine:
        done = send_due(engine, rules, datetime.now(UTC))
    if as_json:
        print_json(dataclasses.asdict(done))
    else:
        output.print(f"{done.sent} alerts sent, {done.failed} wait for another try", highlight=False)
        for problem in done.problems:
            errors.print(problem, highlight=False, markup=False)
    if done.problems:
        raise typer.Exit(1)


def _rules(file: Path | None) -> AlertRules:
    path = file or load_settings().alerts_file
    if not path.is_file():
        raise UsageMistakeError(
            f"there is no rule file {path}: copy docs/alerts.example.yaml there and edit it, "
            "or set alerts_file"
        )
    return load_alert_rules(path, load_lexicon())


def _wrong(rules: AlertRules, name: str) -> str | None:
    url, said = channel_url(rules, name, os.environ)
    if url is None:
        return said
    known = is_address(url)
    return None if known else f"{rules.channels[name].url_env} holds no address that Apprise knows"


def _table(lines: Sequence[AlertLine], *, sent: bool) -> Table:
    table = Table(title="Alerts that went out" if sent else "Alerts that wait")
    for name in ("alert", "channel", "urgent", "about", "sent" if sent else "due", "tries", "problem"):
        table.add_column(name, overflow="fold")
    for line in lines:
        at = line.sent_at or line.due_at
        table.add_row(
            str(line.id),
            line.channel,
            "yes" if line.urgent else "",
            line.text,
            f"{at.astimezone(SHANGHAI):%m-%d %H:%M}",
            str(line.attempts),
            line.problem or "",
        )
    return table
