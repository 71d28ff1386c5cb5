"""YAML with memory of its lines, so that an error in it can say where it stands and how to mend it."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any, TypeAlias, get_args

import yaml
from pydantic import BaseModel

from monitor.mistake import MistakeError

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable
    from pathlib import Path

    from pydantic import ValidationError
    from pydantic_core import ErrorDetails

#: Where a value stands in the YAML: keys and list positions from the top.
Location: TypeAlias = "tuple[Hashable, ...]"


class ProfileError(MistakeError):
    """A site profile cannot be used; the message names file, line, key and the mend."""


class YamlSource:
    """One YAML file: its data, and the line of each of its keys.

    Raises:
        ProfileError: unreadable, not UTF-8, not YAML, a key that stands twice, or not a mapping.

    """

    def __init__(self, path: Path) -> None:
        """Read `path`."""
        self.path = path
        self._lines: dict[Location, int] = {}
        self.data: dict[str, Any] = self._read()

    def _read(self) -> dict[str, Any]:
        try:
            loader = yaml.SafeLoader(self.path.read_text(encoding="utf-8-sig"))
        except OSError as error:
            raise ProfileError(f"{self.path}: cannot be read: {error.strerror}") from None
        except UnicodeDecodeError as error:
            raise ProfileError(
                f"{self.path}: not UTF-8 at byte {error.start}: save the file as UTF-8"
            ) from None
        except yaml.YAMLError as error:
            raise ProfileError(_yaml_message(self.path, error)) from None
        try:
            node = loader.get_single_node()
            if not isinstance(node, yaml.MappingNode):
                raise ProfileError(
                    f"{self.path}: line 1: a profile is a mapping of keys, e.g. `name: my_shop`"
                )
            self._remember(node, ())
            data: dict[str, Any] = loader.construct_document(node)
        except yaml.YAMLError as error:
            raise ProfileError(_yaml_message(self.path, error)) from None
        finally:
            loader.dispose()
        return data

    def line(self, location: Iterable[Hashable]) -> int:
        """Line of the value at `location`, or of the nearest thing around it that is written down."""
        where = tuple(location)
        while where and where not in self._lines:
            where = where[:-1]
        return self._lines.get(where, 1)

    def problems(self, error: ValidationError, model: type[BaseModel]) -> list[str]:
        """Say each error that `model` found as one line with file, line, key and mend."""
        messages = {self._problem(detail, model): None for detail in error.errors()}
        return [f"{self.path}: line {line}: {said}" for line, said in sorted(messages)]

    def _problem(self, detail: ErrorDetails, model: type[BaseModel]) -> tuple[int, str]:
        # pydantic numbers the one layout or rule that YAML wrote without a list; the file has no such level
        location = self._as_written(detail["loc"])
        key = ".".join(str(part) for part in location) or "the file"
        return self.line(location), f"{key}: {_mend(detail, model)}"

    def _as_written(self, location: Location) -> Location:
        written: Location = ()
        for part in location:
            if isinstance(part, int) and (*written, part) not in self._lines:
                continue
            written = (*written, part)
        return written

    def _remember(self, node: yaml.Node, location: Location) -> None:
        if isinstance(node, yaml.MappingNode):
            for key_node, value_node in node.value:
                here = (*location, key_node.value)
                line = key_node.start_mark.line + 1
                if here in self._lines:
                    raise ProfileError(
                        f"{self.path}: line {line}: {key_node.value} stands twice (first in line"
                        f" {self._lines[here]}): keep one"
                    )
                self._lines[here] = line
                self._remember(value_node, here)
        elif isinstance(node, yaml.SequenceNode):
            for position, child in enumerate(node.value):
                self._lines[(*location, position)] = child.start_mark.line + 1
                self._remember(child, (*location, position))


def _yaml_message(path: Path, error: yaml.YAMLError) -> str:
    if not isinstance(error, yaml.MarkedYAMLError) or error.problem_mark is None:
        return f"{path}: not YAML: {error}"
    mark = error.problem_mark
    return (
        f"{path}: line {mark.line + 1}, column {mark.column + 1}: not YAML: {error.problem}."
        " Put text that contains : # [ { or quotes, e.g. a selector or an address, between '…'"
    )


def _mend(detail: ErrorDetails, model: type[BaseModel]) -> str:
    if detail["type"] == "extra_forbidden":
        known = _keys_at(model, detail["loc"][:-1])
        close = difflib.get_close_matches(str(detail["loc"][-1]), known, n=1, cutoff=0.5)
        return (
            f"no such key: did you mean {close[0]}?" if close else f"no such key; known: {', '.join(known)}"
        )
    if detail["type"] == "missing":
        return "is missing: add it"
    return detail["msg"].removeprefix("Value error, ")


def _keys_at(model: type[BaseModel], location: Location) -> list[str]:
    for part in location:
        if isinstance(part, str):
            model = _model_within(model.model_fields[part].annotation) or model
    return list(model.model_fields)


def _model_within(annotation: Any) -> type[BaseModel] | None:  # noqa: ANN401 - types have no common type
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    found = (_model_within(inner) for inner in get_args(annotation))
    return next((model for model in found if model is not None), None)
