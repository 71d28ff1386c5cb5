"""Every command has help, stands in the docs, and both READMEs tell of the first two."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
import typer

from monitor.cli import lazy
from monitor.cli.app import app

ROOT = Path(__file__).parent.parent.parent


def walk(command, path: tuple[str, ...] = ()):
    if hasattr(command, "commands"):
        if command.invoke_without_command:
            yield " ".join(("monitor", *path)), command
        for name in command.list_commands(None):
            yield from walk(command.get_command(None, name), (*path, name))
    else:
        yield " ".join(("monitor", *path)), command


COMMANDS = dict(walk(typer.main.get_command(app)))


def test_there_are_commands():
    assert {"monitor crawl", "monitor demo", "monitor db upgrade", "monitor export suspects"} <= set(COMMANDS)


def test_every_command_that_a_module_has_is_known():
    for module in set(lazy.COMMANDS.values()):
        parent = typer.Typer()
        import_module(f"monitor.cli.{module}").register(parent)
        names = [each.name or each.callback.__name__ for each in parent.registered_commands]
        names += [each.name for each in parent.registered_groups]
        assert {lazy.COMMANDS.get(name) for name in names} == {module}, (module, names)


def test_every_module_of_commands_is_known():
    there = {file.stem for file in (ROOT / "monitor" / "cli").glob("*_commands.py")}
    assert there - {"service_commands"} == set(lazy.COMMANDS.values()), "service_commands adds to schedule"


def test_one_command_reads_no_other():
    heavy = "('scrapy', 'pandas', 'jieba')"
    code = f"import monitor.cli.app, sys; print([m for m in sys.modules if m.startswith({heavy})])"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_option_has_help(name):
    command = COMMANDS[name]
    assert command.help, f"{name} has no help"
    for parameter in command.params:
        assert getattr(parameter, "help", None), f"{name}: {parameter.name} has no help"


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_in_the_docs(name):
    assert f"`{name}" in (ROOT / "docs" / "commands.md").read_text(encoding="utf-8"), (
        f"{name} is missing in docs/commands.md"
    )


def test_the_docs_name_no_command_that_is_gone():
    import re

    documented = re.findall(r"^\| `(monitor [a-z -]+?)(?: [A-Z\[\"-].*?)?`", _docs(), flags=re.MULTILINE)
    assert documented
    assert set(documented) <= set(COMMANDS)


def _docs() -> str:
    return (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("readme", ["README.md", "README.zh-CN.md"])
def test_readmes_begin_with_the_two_commands(readme):
    text = (ROOT / readme).read_text(encoding="utf-8")
    assert text.index("make demo") < text.index("make test") < 6000
