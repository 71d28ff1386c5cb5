"""Statement: what one source on a page (structured data, layout, OpenGraph) says of one listing, as text."""

from __future__ import annotations

import dataclasses
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Pair = tuple[str, str]

#: What JSON can spell and no database or file takes: NUL and halves of surrogate pairs.
_UNSOUND = re.compile(r"[\x00\ud800-\udfff]")


@dataclass(frozen=True, kw_only=True, slots=True)
class Statement:
    """Texts as found; what they mean is `monitor.extraction.listings`' business."""

    title: str | None = None
    url: str | None = None
    item_id: str | None = None
    price: str | None = None
    #: Upper end of a range, where the source states it apart.
    price_max: str | None = None
    currency: str | None = None
    sales: str | None = None
    available: str | None = None
    image_url: str | None = None
    brand: str | None = None
    sku: str | None = None
    description: str | None = None
    breadcrumb: tuple[str, ...] = ()
    attributes: tuple[Pair, ...] = ()
    #: Fields of `monitor.listing.Seller`.
    seller: Mapping[str, str] = field(default_factory=dict)
    #: Names of fields that the source has a place for; those of the seller as ``seller.<name>``.
    looked_for: frozenset[str] = frozenset()

    def filled_by(self, other: Statement) -> Statement:
        """Take from `other` what this one is silent about; attributes of both, this one's first."""
        changes = {
            f.name: getattr(other, f.name)
            for f in dataclasses.fields(self)
            if getattr(self, f.name) in (None, (), {})
        }
        if self.price is not None:  # a price, its upper end and its currency belong together
            changes["price_max"], changes["currency"] = self.price_max, self.currency or other.currency
        changes |= {
            "attributes": (*self.attributes, *other.attributes),
            "seller": {**other.seller, **self.seller},
            "looked_for": self.looked_for | other.looked_for,
        }
        return dataclasses.replace(self, **changes)

    def sound(self) -> Statement:
        """The same with U+FFFD for characters that cannot be stored."""
        if not _UNSOUND.search("".join(self._all_texts())):
            return self
        changes = {f.name: _sound(getattr(self, f.name)) for f in dataclasses.fields(self)}
        return dataclasses.replace(self, **changes | {"looked_for": self.looked_for})

    def _all_texts(self) -> Iterator[str]:
        for name in _TEXTS:
            if text := getattr(self, name):
                yield text
        yield from self.breadcrumb
        for pair in self.attributes:
            yield from pair
        yield from self.seller.values()


_TEXTS = tuple(f.name for f in dataclasses.fields(Statement) if f.type == "str | None")


def _sound(value: Any) -> Any:  # noqa: ANN401 - whatever the fields hold
    if isinstance(value, str):
        return _UNSOUND.sub("\ufffd", value)
    if isinstance(value, tuple):
        return tuple(_sound(part) for part in value)
    return {key: _sound(part) for key, part in value.items()} if isinstance(value, dict) else value
