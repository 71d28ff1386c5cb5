"""Read a page by the layouts of its site's profile."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from monitor.extraction.selection import Scope, every, first, scopes
from monitor.extraction.statement import Statement

if TYPE_CHECKING:
    from collections.abc import Iterator

    from monitor.extraction.document import Document
    from monitor.extraction.rules import AttributeTable, Layout
    from monitor.extraction.statement import Pair

_NAME_AND_VALUE = re.compile(r"^\s*([^:：]{1,30}?)\s*[:：]\s*(\S.*)$", re.DOTALL)
_MANY = frozenset({"breadcrumb"})


def page_scope(layout: Layout, document: Document) -> Scope:
    """The whole page, as `layout` sees it."""
    return Scope(document.selector.root, document.embedded(layout.embedded))


def rows(layout: Layout, document: Document) -> list[Statement]:
    """What a list page says about each of its listings, in order."""
    return [statement(layout, item) for item in scopes(layout.items, page_scope(layout, document))]


def statement(layout: Layout, scope: Scope) -> Statement:
    """What `scope`, a detail page or one item of a list, says about a listing."""
    fields = layout.fields
    single = {name: first(rules, scope) for name, rules in fields.given if name not in _MANY}
    sellers = ((name, first(rules, scope)) for name, rules in fields.seller.given)
    return Statement(
        **single,
        breadcrumb=tuple(every(fields.breadcrumb, scope)),
        attributes=tuple(pair for table in layout.attributes for pair in _pairs(table, scope)),
        seller={name: value for name, value in sellers if value},
        looked_for=layout.looked_for,
    )


def _pairs(table: AttributeTable, scope: Scope) -> Iterator[Pair]:
    if not table.name:
        for text in every(table.rows, scope):
            found = _NAME_AND_VALUE.match(text)
            if found and found[1] not in table.ignore:
                yield found[1], found[2].strip()
        return
    for row in scopes(table.rows, scope):
        name = (first(table.name, row) or "").strip().rstrip(":：").strip()
        value = first(table.value, row)
        if name and value and name not in table.ignore:
            yield name, value
