"""The visible page: its texts in reading order, each with where it stands; what heuristics look at."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeAlias

from monitor.extraction.vocabulary import name_pattern

if TYPE_CHECKING:
    from collections.abc import Iterator

    from monitor.extraction.document import Document

#: `lxml.html.HtmlElement`, for which there are no types.
HtmlElement: TypeAlias = Any

_UNSEEN = frozenset(
    {"script", "style", "noscript", "template", "svg", "head", "iframe", "textarea", "object"}
)
_BLANKS = re.compile(r"\s+")
#: A page longer than this has its product in the first part (text nodes).
_LONGEST = 8_000
#: Elements looked at: what stands further down a page is not its product.
_MOST_NODES = 100_000
#: Elements, or code points of white space, that a short text may be wrapped in.
_MARKUP = 200
#: Code points of a class that are read.
_LONGEST_NAME = 200
#: How far up names are read; further up they describe the page.
_NAMES_UP = 4
_ASIDE_UP = 14
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden")
#: Names of parts that hold the product or the whole page, whatever else they say.
_WHOLE_PAGE = frozenset({"html", "body", "main", "form"})


@dataclass(frozen=True, slots=True)
class Piece:
    """One text node, white space made single blanks."""

    text: str
    #: The element it stands in; for a tail, the parent of the element it follows.
    element: HtmlElement
    #: Position in reading order.
    order: int
    #: Code points of visible text before it.
    offset: int


class VisiblePage:
    """Texts of a page in reading order."""

    def __init__(self, document: Document) -> None:
        """Prepare; walking happens at first use."""
        self._root: HtmlElement = document.selector.root
        self._aside: dict[HtmlElement, bool] = {}

    @cached_property
    def pieces(self) -> list[Piece]:
        """All visible text nodes, up to a limit."""
        found: list[Piece] = []
        offset = 0
        for element, text in _texts(self._root):
            plain = _BLANKS.sub(" ", text).strip()
            if plain:
                found.append(Piece(plain, element, len(found), offset))
                offset += len(plain)
                if len(found) >= _LONGEST:
                    break
        return found

    @cached_property
    def main_pieces(self) -> list[Piece]:
        """Those that do not stand in a part about something else."""
        return [piece for piece in self.pieces if not self.is_aside(piece.element)]

    def is_aside(self, element: HtmlElement) -> bool:
        """Say whether `element` belongs to navigation, recommendations, reviews, a footer."""
        path: list[HtmlElement] = []
        node: HtmlElement | None = element
        verdict = False
        while node is not None and len(path) < _ASIDE_UP:
            if node in self._aside:
                verdict = self._aside[node]
                break
            path.append(node)
            if node.tag in ("nav", "footer", "aside"):
                verdict = True
                break
            names_aside = node.tag not in _WHOLE_PAGE and name_pattern("aside").search(own_names(node))
            # a part that holds the page's heading is the product's, however it is called
            if names_aside and node.find(".//h1") is None:
                verdict = True
                break
            node = node.getparent()
        for node in path:
            self._aside[node] = verdict
        return verdict


def own_names(element: HtmlElement) -> str:
    """Class, id and the like of one element, in lower case."""
    get = element.attrib.get
    parts = (get("class"), get("id"), get("itemprop"), get("data-testid"), get("data-test"))
    return " ".join(part[:_LONGEST_NAME] for part in parts if part).lower()


def names_around(element: HtmlElement, levels: int = _NAMES_UP) -> str:
    """Names of an element and its next ancestors."""
    parts: list[str] = []
    node: HtmlElement | None = element
    while node is not None and levels > 0 and node.tag not in _WHOLE_PAGE:
        parts.append(own_names(node))
        node, levels = node.getparent(), levels - 1
    return " ".join(parts)


def short_text(element: HtmlElement, limit: int) -> str | None:
    """All text in `element`, if that is no longer than `limit`; None otherwise."""
    if not few_descendants(element, limit + _MARKUP):
        return None
    parts: list[str] = []
    length = 0
    for _, text in _texts(element):
        if len(text) > 20 * limit + _MARKUP:
            return None
        plain = _BLANKS.sub(" ", text)
        if not plain.strip():
            continue
        parts.append(plain)
        length += len(plain.strip())
        if length > limit:
            return None
    return _BLANKS.sub(" ", "".join(parts)).strip()


def few_descendants(element: HtmlElement, most: int) -> bool:
    """Say whether `element` holds at most `most` others."""
    return sum(1 for _ in itertools.islice(element.iterdescendants(), most + 1)) <= most


def _texts(root: HtmlElement) -> Iterator[tuple[HtmlElement, str]]:
    """Text nodes below `root` in reading order, from its first elements.

    It keeps its own stack, so that no depth of nesting breaks it.
    """
    stack: list[tuple[HtmlElement, bool]] = [(root, False)]
    nodes = _MOST_NODES
    while stack:
        element, left = stack.pop()
        if left:
            parent = element.getparent()
            if element.tail and parent is not None:
                yield parent, element.tail
            continue
        nodes -= 1
        if nodes < 0:
            return
        if element is not root:
            stack.append((element, True))
        if not isinstance(element.tag, str) or element.tag in _UNSEEN or is_hidden(element):
            continue
        if element.text:
            yield element, element.text
        stack.extend((child, False) for child in reversed(element))


def is_hidden(element: HtmlElement) -> bool:
    """Say whether the element itself says that it is not shown."""
    style = element.attrib.get("style")
    return bool(style and _HIDDEN.search(style)) or "hidden" in element.attrib
