"""YAML as text with line numbers.

Every scalar stays the text that was written: YAML 1.1 would make a number of ``618`` and of ``15:00`` (900),
a date of ``2020-10-31`` and a truth value of ``on``. The schemas say what each text means.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml
from pydantic_core import PydanticCustomError

from monitor.campaigns.problem import PlanError, Problem, nearest

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pydantic import BaseModel, ValidationError

#: Path of keys and indexes → 1-based line.
Lines = dict[tuple[str | int, ...], int]

#: A plan is read by people; what is longer than this, or has more values (by aliases of aliases), is no plan.
MAX_BYTES = 1_000_000
MAX_VALUES = 20_000

#: What pydantic says of a wrong shape, said for people who write YAML.
_SHAPES = {
    "tuple_type": "a list is expected here, like [a, b] or lines that begin with a dash",
    "dict_type": "keys with values are expected here, like name: value",
    "model_type": "keys with values are expected here, like name: value",
    "string_type": "plain text is expected here",
    "string_too_short": "this is empty; write something or leave the key out",
    "too_short": "this list is empty",
}


def read(path: Path) -> tuple[Any, Lines]:
    """Read one YAML document; None for an empty file.

    Raises:
        PlanError: the file is missing, is not UTF-8, is not YAML, or says a key twice.

    """
    try:
        raw = path.read_bytes()
        text = raw.decode("utf-8-sig")
    except OSError as error:
        raise PlanError([Problem(str(path), 0, "", f"cannot be read: {error.strerror}")]) from None
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        message = "this is not UTF-8; save the file as UTF-8 (记事本: 另存为, 编码 UTF-8)"
        raise PlanError([Problem(str(path), line, "", message)]) from None
    if len(raw) > MAX_BYTES:
        raise PlanError([Problem(str(path), 0, "", f"{len(raw)} bytes: a plan has at most {MAX_BYTES}")])
    lines: Lines = {}
    try:
        node = yaml.compose(text, Loader=yaml.BaseLoader)
        return _value(node, (), lines, path) if node is not None else None, lines
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise PlanError([Problem(str(path), line, "", f"not valid YAML: {error.problem}")]) from None
    except yaml.YAMLError as error:
        raise PlanError([Problem(str(path), 0, "", f"not valid YAML: {error}")]) from None
    except RecursionError:
        raise PlanError([Problem(str(path), 0, "", "nested too deeply")]) from None


def problems(error: ValidationError, lines: Lines, path: Path) -> list[Problem]:
    """Turn pydantic's complaints into lines of the file."""
    complaints = error.errors()
    found = []
    for each in complaints:
        if each["type"] == "too_short" and any(_inside(other["loc"], each["loc"]) for other in complaints):
            continue  # the list is short only because what it holds was refused
        context = each.get("ctx", {})
        loc = (*each["loc"], *context.get("key", ()))
        message = _SHAPES.get(each["type"], each["msg"].removeprefix("Value error, "))
        if each["type"] == "missing":
            message = f"{loc[-1]!r} is missing"
        found.append(Problem(str(path), line_of(loc, lines), ".".join(map(str, loc)), message))
    return sorted(found, key=lambda problem: problem.line)


def _inside(loc: tuple[str | int, ...], outer: tuple[str | int, ...]) -> bool:
    return len(loc) > len(outer) and loc[: len(outer)] == outer


def line_of(loc: Sequence[str | int], lines: Lines) -> int:
    """The line of a path, or of what encloses it."""
    for length in range(len(loc), 0, -1):
        if (line := lines.get(tuple(loc[:length]))) is not None:
            return line
    return 1


def check_keys(data: object, model: type[BaseModel]) -> None:
    """Refuse a key that `model` does not have, and say which was probably meant."""
    if not isinstance(data, dict):
        return
    keys = [field.alias or name for name, field in model.model_fields.items()]
    for key in data:
        if key not in keys:
            meant = nearest(key, keys) or f"; the keys are {', '.join(keys)}"
            raise PydanticCustomError(
                "unknown_key",
                "no key {shown} here{meant}",
                {"key": (key,), "shown": repr(key), "meant": meant},
            )


def _value(node: yaml.Node, path: tuple[str | int, ...], lines: Lines, file: Path) -> Any:  # noqa: ANN401 - YAML
    lines.setdefault(path, node.start_mark.line + 1)
    if len(lines) > MAX_VALUES:
        raise PlanError([Problem(str(file), 0, "", f"more than {MAX_VALUES} values: this is no plan")])
    if isinstance(node, yaml.MappingNode):
        mapping = {}
        for key_node, value_node in node.value:
            key = str(key_node.value)
            line = key_node.start_mark.line + 1
            if key in mapping:
                raise PlanError([Problem(str(file), line, key, "this key stands here twice; keep one")])
            lines[(*path, key)] = line
            mapping[key] = _value(value_node, (*path, key), lines, file)
        return mapping
    if isinstance(node, yaml.SequenceNode):
        return [_value(child, (*path, index), lines, file) for index, child in enumerate(node.value)]
    return node.value
