"""Document: one page's text, and what is parsed out of it on demand: tree, JSON, visible text."""

from __future__ import annotations

import json
import re
from functools import cached_property
from typing import TYPE_CHECKING, Any

import parsel
from lxml import etree
from parsel.selector import create_root_node
from w3lib.html import get_base_url

from monitor.extraction.encoding import decode
from monitor.extraction.structured import schema_org

if TYPE_CHECKING:
    from monitor.extraction.page import Page
    from monitor.extraction.rules import Embedded

#: ``callback({…});`` around an API's answer.
_JSONP = re.compile(r"^\s*[\w$.]+\s*\(\s*(?=[{\[])")
_DECODER = json.JSONDecoder(strict=False)


#: Of the 77 saved pages that we develop on, the largest has 8,328 elements and the deepest nests 36 deep.
_MOST_ELEMENTS = 40_000
_DEEPEST = 300


class Document:
    """A decoded page. Parsing happens at first use; nothing here fails on any content."""

    def __init__(self, page: Page, encoding: str | None = None) -> None:
        """Decode `page`; `encoding` is the profile's word on its encoding."""
        self.page = page
        self.text = decode(page, encoding)

    @cached_property
    def selector(self) -> parsel.Selector:
        """The tree of an HTML or XML page; an empty one for JSON."""
        html = self.text if self.json is None and self.text.strip() else "<html></html>"
        # parsel's own parser asks Python for the class of every element, and nothing here needs one
        return parsel.Selector(root=create_root_node(html, etree.HTMLParser), type="html")

    @cached_property
    def json(self) -> Any:  # noqa: ANN401 - whatever the JSON holds
        """The body, where it is JSON or JSONP; else None."""
        start = self.text.lstrip()[:200]
        if start.startswith(("{", "[")):
            return _json_at(self.text.lstrip(), 0)
        wrapped = _JSONP.match(start)
        return _json_at(self.text.lstrip(), wrapped.end()) if wrapped else None

    @cached_property
    def base_url(self) -> str:
        """What relative links are relative to: the page's URL, or its ``base`` element."""
        return get_base_url(self.text, self.page.url)

    @cached_property
    def visible_text(self) -> str:
        """The text people can see, white space as it stands."""
        parts = self.selector.xpath(
            "//body//text()[not(parent::script or parent::style or parent::noscript)]"
        )
        return "".join(parts.getall())

    @cached_property
    def unwieldy(self) -> bool:
        """Whether it has more elements, or deeper nested ones, than pages made for people.

        What looks at a page by sight walks up and down its tree; on such a page that would take minutes.
        """
        depth = elements = 0
        for event, _ in etree.iterwalk(self.selector.root, events=("start", "end")):
            depth += 1 if event == "start" else -1
            elements += event == "start"
            if elements > _MOST_ELEMENTS or depth > _DEEPEST:
                return True
        return False

    @cached_property
    def schema_org(self) -> list[Any]:
        """What the page states about itself as JSON-LD or microdata."""
        return [] if self.json is not None else schema_org(self.text, self.base_url)

    def embedded(self, where: Embedded | None) -> Any:  # noqa: ANN401 - whatever the JSON holds
        """JSON that the page carries at `where`; the whole body without it. None if it is not there."""
        if where is None:
            return self.json
        if where.after is not None:
            return self._json_after(where.after)
        assert where.css is not None
        script = self.selector.css(where.css).xpath("string()").get()
        return _json_at(script.strip(), 0) if script else None

    def _json_after(self, marker: str) -> Any:  # noqa: ANN401 - whatever the JSON holds
        position = self.text.find(marker)
        while position >= 0:
            start = re.compile(r"\s*[=:(]?\s*").match(self.text, position + len(marker))
            found = _json_at(self.text, start.end() if start else position + len(marker))
            if isinstance(found, dict | list):
                return found
            position = self.text.find(marker, position + 1)
        return None


def _json_at(text: str, start: int) -> Any:  # noqa: ANN401 - whatever the JSON holds
    try:
        return _DECODER.raw_decode(text, start)[0]
    except (ValueError, RecursionError):
        return None
