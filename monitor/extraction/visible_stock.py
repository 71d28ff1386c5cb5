"""Whether the page's product can be bought: what people read near its title, and the button beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.extraction.visible import own_names, short_text
from monitor.extraction.vocabulary import text_pattern

if TYPE_CHECKING:
    from monitor.extraction.document import Document
    from monitor.extraction.visible import HtmlElement, VisiblePage
    from monitor.extraction.visible_title import Title

#: A statement about stock is short; a sentence that mentions it is not one.
_LONGEST = 90
_BUTTON_TEXT = 30
#: Code points after the title within which the product's own box stands.
_NEAR = 3_000
_CHOICES = frozenset({"option", "select", "label"})


def visible_stock(
    document: Document, page: VisiblePage, title: Title | None, stated: str | None
) -> str | None:
    """Weigh what structured data `stated` against what the page shows; None where nothing is known.

    A button that cannot be pressed, or words such as 缺货 near the title while there is no button, outweigh
    an ``InStock`` that the shop's software states of every product.
    """
    pressable, disabled = _buttons(document, page)
    if pressable:
        return stated or "InStock"
    if _says(page, title, "out_of_stock"):
        return "OutOfStock"
    if disabled and stated is None:
        return "OutOfStock"
    return stated or ("InStock" if _says(page, title, "in_stock") else None)


def _says(page: VisiblePage, title: Title | None, kind: str) -> bool:
    start = title.offset if title is not None else 0
    for piece in page.main_pieces:
        if not start - 300 <= piece.offset <= start + _NEAR or len(piece.text) > _LONGEST:
            continue
        if piece.element.tag not in _CHOICES and text_pattern(kind).search(piece.text):
            return True
    return False


def _buttons(document: Document, page: VisiblePage) -> tuple[bool, bool]:
    """Whether there is a button to buy with that can be pressed, and one that cannot."""
    pressable = disabled = False
    for selected in document.selector.xpath(
        "//button | //input[@type='submit' or @type='button'] | //a[@href]"
    ):
        element: HtmlElement = selected.root
        if not _buys(element) or page.is_aside(element):
            continue
        names = own_names(element)
        if "disabled" in element.attrib or "disabled" in names.split():
            disabled = True
        else:
            pressable = True
    return pressable, disabled


def _buys(element: HtmlElement) -> bool:
    words = (short_text(element, _BUTTON_TEXT) or element.attrib.get("value") or "").strip()
    return 0 < len(words) <= _BUTTON_TEXT and text_pattern("buy").search(words) is not None
