"""Which listings stand on which page of a list, and how a search finds them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from monitor.demo.mall import Offer


class Paging(StrEnum):
    """How a list turns its pages."""

    #: it ends
    HONEST = "honest"
    #: behind the last page comes the first again, and there is always a next one
    ENDLESS = "endless"
    #: every page number shows the first page
    REPEATING = "repeating"


@dataclass(frozen=True, kw_only=True, slots=True)
class ShelfPage:
    """One page of a list."""

    offers: tuple[Offer, ...]
    number: int
    #: Number of the last page; one more than `number` where there is no end.
    last: int
    #: All results, over all pages.
    total: int

    @property
    def has_next(self) -> bool:
        """Whether the list goes on."""
        return self.number < self.last


def turn(offers: Sequence[Offer], number: int, size: int, paging: Paging = Paging.HONEST) -> ShelfPage:
    """Cut page `number` (from 1) of `size` listings; a page past the end is empty."""
    last = max(1, -(-len(offers) // size))
    shown = number
    if paging is Paging.ENDLESS:
        shown = (number - 1) % last + 1
    elif paging is Paging.REPEATING:
        shown = 1 if number <= last else number
    start = (shown - 1) * size
    return ShelfPage(
        offers=tuple(offers[start : start + size]),
        number=number,
        last=number + 1 if paging is Paging.ENDLESS else last,
        total=len(offers),
    )


def search(offers: Sequence[Offer], query: str) -> list[Offer]:
    """Find listings whose title or brand holds every word of the query, as a plain shop search does.

    Nothing is normalised but upper and lower case: 磁*力*球 is not found by 磁力球.
    """
    words = query.casefold().split()
    return [offer for offer in offers if words and all(_holds(offer, word) for word in words)]


def page_number(text: str | None) -> int:
    """Read a page number from a query string; what is no number is page 1."""
    return int(text) if text and text.isascii() and text.isdigit() and 0 < int(text) < 10**6 else 1


def _holds(offer: Offer, word: str) -> bool:
    return word in offer.title.casefold() or word in (offer.brand or "").casefold()
