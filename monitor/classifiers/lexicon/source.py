"""One YAML file of the lexicon → one checked model, or an error that says where and how to mend it."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from monitor.classifiers.lexicon.plain_yaml import NotPlainError, load_plain
from monitor.mistake import MistakeError

if TYPE_CHECKING:
    from pathlib import Path


class LexiconError(MistakeError):
    """The lexicon cannot be used; the message names file, line and key, and the mend."""


class Strict(BaseModel):
    """Base of everything in the lexicon: frozen, and a key that is not known is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


Model = TypeVar("Model", bound=BaseModel)

#: pydantic's error types → what to do about it.
_MENDS = {
    "extra_forbidden": "this key is not known here: remove it, or mend its spelling",
    "missing": "this key is missing: add it",
    "enum": "write one of the values named",
    "literal_error": "write one of the values named",
    "string_type": "write text; put it in quotes if it looks like a number",
    "date_from_datetime_parsing": "write a date as 2026-11-01",
}


def read(path: Path, model: type[Model]) -> Model:
    """Read and check one file.

    Raises:
        LexiconError: the file is missing, not UTF-8, not YAML, or does not fit `model`.

    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise LexiconError(f"{path}: cannot be read ({error.strerror}): put the file there") from None
    except UnicodeDecodeError as error:
        raise LexiconError(f"{path}: not UTF-8 at byte {error.start}: save it as UTF-8") from None
    try:
        return model.model_validate(_loaded(text))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = f"line {mark.line + 1}, column {mark.column + 1}" if mark else "somewhere"
        raise LexiconError(f"{path}, {where}: not YAML ({error.problem}): mend the line") from None
    except ValidationError as error:
        first = error.errors()[0]
        key, kind = first["loc"], first["type"]
        mend = _MENDS.get(kind, "mend the value")
        spelled = ".".join(str(part) for part in key)
        line = _line(text, key)
        raise LexiconError(f"{path}, line {line}, key {spelled}: {first['msg']}: {mend}") from None


def _loaded(text: str) -> object:
    try:
        return load_plain(text)
    except NotPlainError:
        return yaml.load(text, Loader=_Loader)  # noqa: S506 - a SafeLoader


class _Loader(yaml.CSafeLoader):
    """Refuses a key that stands twice in one mapping, which YAML would silently let the last one win."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[object, object]:
        seen = set()
        for key, _ in node.value:
            if key.value in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"key {key.value!r} stands twice", key.start_mark
                )
            seen.add(key.value)
        return super().construct_mapping(node, deep=deep)


def _line(text: str, location: tuple[int | str, ...]) -> int:
    """Line of the innermost part of `location` that stands in the file."""
    node = yaml.compose(text, Loader=yaml.CSafeLoader)
    line = 1
    for part in location:
        found = _child(node, part)
        if found is None:
            break
        node = found
        line = node.start_mark.line + 1
    return line


def _child(node: yaml.Node | None, part: int | str) -> yaml.Node | None:
    if isinstance(node, yaml.MappingNode):
        return next((value for key, value in node.value if key.value == str(part)), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        return node.value[part]  # type: ignore[no-any-return]
    return None
