"""Apply rules: from a page or one item of it to texts."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

import jmespath
import jmespath.exceptions
import parsel
from lxml import etree
from w3lib.html import remove_tags, replace_entities

from monitor.extraction.plain_css import marks_of
from monitor.extraction.rules import css_to_xpath

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from monitor.extraction.plain_css import Marks
    from monitor.extraction.rules import Rule

_BLANKS = re.compile(r"[ \t\r\n\f]+")
_WHOLE_TEXT = etree.XPath(".//text()[not(parent::script or parent::style)]", smart_strings=False)
_SILENT = frozenset({"script", "style"})
#: Prefixes of the functions that parsel adds to XPath.
_OF_PARSEL = re.compile(r"\b(?:re|set):")


@dataclass(slots=True)
class Scope:
    """What rules are applied to: a whole page or one item, as tree and, where there is any, as JSON."""

    #: An element of lxml, or what else an XPath expression finds.
    tree: Any
    json: Any = None
    #: It is an item of a page: small enough to walk over once for all its plain selectors.
    is_item: bool = False
    _marks: Marks | None = None

    def marks(self) -> Marks:
        """Return its elements by tag and class."""
        if self._marks is None:
            self._marks = marks_of(self.tree)
        return self._marks


def scopes(rules: Iterable[Rule], scope: Scope) -> list[Scope]:
    """Items that the first of `rules` which finds any finds within `scope`."""
    for rule in rules:
        found = list(_items(rule, scope))
        if found:
            return found
    return []


def first(rules: Iterable[Rule], scope: Scope) -> str | None:
    """Value that the first of `rules` which finds any finds: stripped, never empty."""
    for rule in rules:
        value = _value(rule, scope)
        if value:
            return value
    return None


def every(rules: Iterable[Rule], scope: Scope) -> list[str]:
    """All values that the first of `rules` which finds any finds."""
    for rule in rules:
        found = [value for text in _texts(rule, scope) if (value := _processed(rule, text))]
        if found:
            return found
    return []


def _items(rule: Rule, scope: Scope) -> Iterator[Scope]:
    if rule.jmespath is not None:
        found = _search(rule.jmespath, scope.json)
        if isinstance(found, list):
            yield from (Scope(scope.tree, item) for item in found if isinstance(item, dict | list))
    else:
        for node in _nodes(rule, scope):
            yield Scope(node, scope.json, is_item=hasattr(node, "iter"))


def _value(rule: Rule, scope: Scope) -> str | None:
    if scope.is_item and rule.join is None and (plain := rule.plain) is not None:
        for node in plain.find(scope.marks()):
            text = _node_text(node)
            if text and (value := text if rule.verbatim else _processed(rule, text)):
                return value
        return None
    if rule.join is not None:
        # a short description is often repeated in the long one
        return _processed(rule, rule.join.join(dict.fromkeys(_texts(rule, scope))))
    for text in _texts(rule, scope):
        value = _processed(rule, text)
        if value:
            return value
    return None


def _processed(rule: Rule, text: str) -> str | None:
    if rule.regex is not None:
        match = re.search(rule.regex, text)
        if match is None:
            return None
        text = (match[1] if match.re.groups else match[0]) or ""
    text = text.strip()
    if rule.scale is not None:
        text = _scaled(text, rule.scale)
    return rule.template.replace("{}", text) if rule.template and text else text or None


def _scaled(text: str, scale: float) -> str:
    try:
        return f"{(Decimal(text) * Decimal(str(scale))).normalize():f}"
    except InvalidOperation:
        return ""


def _texts(rule: Rule, scope: Scope) -> Iterator[str]:
    if rule.value is not None:
        yield rule.value
    elif rule.jmespath is not None:
        yield from _json_texts(_search(rule.jmespath, scope.json))
    else:
        for node in _nodes(rule, scope):
            text = _node_text(node)
            if text:
                yield text


def _nodes(rule: Rule, scope: Scope) -> list[Any]:
    """Elements, texts, numbers or truths that the rule's expression finds."""
    if scope.is_item and rule.plain is not None:
        return rule.plain.find(scope.marks())
    tree = scope.tree
    if not hasattr(tree, "xpath"):
        return []
    expression = css_to_xpath(rule.css) if rule.css is not None else rule.xpath
    assert expression is not None
    try:
        found = _evaluator(expression)(tree)
    except etree.XPathError as error:
        raise ValueError(f"XPath error: {error} in {expression}") from None
    return found if isinstance(found, list) else [found]


@functools.lru_cache(maxsize=2048)
def _evaluator(expression: str) -> Callable[[Any], Any]:
    """Compile an expression. On a list of forty rows parsel's own way takes twice the time."""
    if _OF_PARSEL.search(expression):
        return lambda tree: [each.root for each in parsel.Selector(root=tree, type="html").xpath(expression)]
    compiled: Callable[[Any], Any] = etree.XPath(expression, smart_strings=False)
    return compiled


def _node_text(node: Any) -> str:  # noqa: ANN401 - see Scope
    if isinstance(node, str):  # an attribute or a text
        return node.strip()
    tag = getattr(node, "tag", None)
    if tag is None:  # a number or a truth that XPath computed
        return str(int(node) if isinstance(node, bool) else node)
    if len(node) or not isinstance(tag, str):
        text = "".join(_WHOLE_TEXT(node))
    else:
        text = "" if tag in _SILENT else node.text or ""
    # white space in the source means one blank, as browsers show it
    return _BLANKS.sub(" ", text).strip()


def _search(expression: str, data: Any) -> Any:  # noqa: ANN401 - JSON
    if data is None:
        return None
    try:
        return jmespath.search(expression, data)
    except jmespath.exceptions.JMESPathError:  # a function met a type that it does not take
        return None


def _json_texts(found: Any) -> Iterator[str]:  # noqa: ANN401 - JSON
    for value in found if isinstance(found, list) else [found]:
        if isinstance(value, bool):
            yield "true" if value else "false"
        elif isinstance(value, int | float):
            yield f"{Decimal(str(value)):f}"
        elif isinstance(value, str):
            text = replace_entities(remove_tags(value)) if "<" in value or "&" in value else value
            if text.strip():
                yield text.strip()
