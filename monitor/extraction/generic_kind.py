"""What a page is for, where neither a profile nor structured data says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.extraction.page import PageKind
from monitor.extraction.repeated_items import RepeatedItems
from monitor.extraction.visible import VisiblePage
from monitor.extraction.visible_price import ENOUGH, visible_amounts
from monitor.extraction.visible_seller import visible_licence
from monitor.extraction.visible_table import visible_pairs

if TYPE_CHECKING:
    from monitor.extraction.document import Document


def generic_kind(document: Document) -> PageKind:
    """A list if like rows with prices are all there is; a licence if there is a credit code and no price."""
    if RepeatedItems(document).is_the_page():
        return PageKind.LIST
    page = VisiblePage(document)
    if visible_licence(visible_pairs(document, page)):
        amounts = visible_amounts(page, None)
        if not amounts or amounts[0].weight < ENOUGH:
            return PageKind.LICENCE
    return PageKind.DETAIL
