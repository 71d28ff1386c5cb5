"""Plain YAML, straight from the parser's events: in two fifths of the time that PyYAML's nodes take.

Plain is what the lexicon is: mappings with text for keys, sequences and scalars, without tags, anchors or
merge keys. Whatever else a file has, mistakes included, is left to PyYAML.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator

_TEXT_TAG = "tag:yaml.org,2002:str"


class NotPlainError(Exception):
    """The text is more than plain YAML, or none."""


def load_plain(text: str) -> object:
    """What PyYAML's safe loader makes of `text`, where it is plain.

    Raises:
        NotPlainError: it is not, or a key stands twice in a mapping.

    """
    loader = yaml.CSafeLoader(text)
    try:
        events = iter(loader.get_event, None)
        for opening in (yaml.StreamStartEvent, yaml.DocumentStartEvent):
            if not isinstance(next(events), opening):
                raise NotPlainError
        value = _value(next(events), events, loader)
        for closing in (yaml.DocumentEndEvent, yaml.StreamEndEvent):
            if not isinstance(next(events), closing):
                raise NotPlainError
    except yaml.YAMLError:
        raise NotPlainError from None
    finally:
        loader.dispose()
    return value


def _value(event: yaml.Event, events: Iterator[yaml.Event], loader: yaml.CSafeLoader) -> object:
    if isinstance(event, yaml.ScalarEvent):
        return _scalar(event, loader)
    if not isinstance(event, yaml.CollectionStartEvent) or _is_marked(event):
        raise NotPlainError
    if isinstance(event, yaml.SequenceStartEvent):
        values = []
        while type(item := next(events)) is not yaml.SequenceEndEvent:
            values.append(_value(item, events, loader))
        return values
    mapping: dict[object, object] = {}
    seen = set()
    while type(item := next(events)) is not yaml.MappingEndEvent:
        if not isinstance(item, yaml.ScalarEvent) or item.value == "<<" or item.value in seen:
            raise NotPlainError
        seen.add(item.value)
        key = _scalar(item, loader)
        if key in mapping:
            raise NotPlainError
        mapping[key] = _value(next(events), events, loader)
    return mapping


def _scalar(event: yaml.ScalarEvent, loader: yaml.CSafeLoader) -> object:
    if _is_marked(event):
        raise NotPlainError
    value: str = event.value
    plain, _ = event.implicit
    if not plain or (value and value[0] not in loader.yaml_implicit_resolvers):
        return value
    tag = loader.resolve(yaml.ScalarNode, value, (True, False))  # type: ignore[no-untyped-call]
    return value if tag == _TEXT_TAG else loader.construct_object(yaml.ScalarNode(tag, value))


def _is_marked(event: yaml.ScalarEvent | yaml.CollectionStartEvent) -> bool:
    return event.anchor is not None or event.tag is not None
