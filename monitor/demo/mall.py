"""The truth behind the demo sites: which shop offers what on which day.

Day 0 is the base. With each further day exactly one listing vanishes, one changes its price and title, and
one new seller appears with one new listing. All of it follows from the number of the day alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from monitor.demo.catalogue import load

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

    from monitor.demo.catalogue import Catalogue, Day, Expect, Goods, Licence, Seller, Shelf

MALL = "demo_mall"
GBK = "demo_gbk"
#: The two sites, by the names of their profiles.
SITES = (MALL, GBK)

#: The modern site's item ids are its own; the old site counts plainly.
_MALL_OFFSET = 100_000
#: New sellers and listings of day d are numbered from here, plus d.
_NEW_SELLER, _NEW_GOODS = 3000, 7000
_CARRIED_BY = {"mall": (MALL,), "gbk": (GBK,), "both": SITES}


@dataclass(frozen=True, kw_only=True, slots=True)
class Shop:
    """A seller as one site shows it."""

    site: str
    id: str
    name: str
    #: 发货地
    place: str
    licence: Licence | None
    #: Path of the shop and of its licence page on the site.
    path: str
    licence_path: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Offer:
    """One listing on one site, as it stands today."""

    site: str
    #: The site's own identifier.
    item_id: str
    #: Path and query of the detail page.
    path: str
    title: str
    price: Decimal
    price_max: Decimal | None
    #: As a reader can know it: from 10,000 on, the sites round down to a tenth of 万.
    sales: int
    brand: str | None
    shelf: Shelf
    shop: Shop
    #: 产品参数, under the names that the site uses.
    attributes: Mapping[str, str]
    description: str
    #: For tests only.
    expect: Expect


class Move(StrEnum):
    """What one step of time does to a listing."""

    VANISHED = "vanished"
    CHANGED = "changed"
    APPEARED = "appeared"


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """One listing that moved between yesterday and today."""

    move: Move
    site: str
    item_id: str
    before: Offer | None
    after: Offer | None


#: The old site names the attributes in its own way.
_OLD_NAMES = {
    "3C证书编号": "商品3C认证码",
    "适用年龄": "适用年龄段",
    "执行标准": "产品标准",
    "生产企业": "生产厂家",
    "厂址": "生产地址",
    "安全类别": "安全等级",
}


class Mall:
    """Both sites on one day."""

    def __init__(self, day: int = 0, catalogue: Catalogue | None = None) -> None:
        """Raise ValueError for a day before the first."""
        if day < 0:
            raise ValueError(f"day {day}: the mall opens on day 0")
        self.day = day
        self._catalogue = catalogue or load()
        goods, sellers = _goods_on(day, self._catalogue)
        self._offers: dict[str, dict[str, Offer]] = {site: {} for site in SITES}
        for one in goods:
            for site in _CARRIED_BY[one.site]:
                offer = _offer(one, site, sellers[one.seller], self._catalogue.shelves[one.shelf])
                self._offers[site][offer.item_id] = offer

    @property
    def shelves(self) -> tuple[Shelf, ...]:
        """All categories, in the order of the menus."""
        return tuple(self._catalogue.shelves.values())

    def listings(self, site: str) -> tuple[Offer, ...]:
        """All listings of a site, in the order in which it shows them."""
        offers = self._offers[site].values()
        if site == MALL:  # what sells best comes first
            return tuple(sorted(offers, key=lambda offer: (-offer.sales, offer.item_id)))
        return tuple(sorted(offers, key=lambda offer: -int(offer.item_id)))  # what is newest comes first

    def offer(self, site: str, item_id: str) -> Offer | None:
        """One listing, or None when it is not (or no longer) there."""
        return self._offers[site].get(item_id)

    def shops(self, site: str) -> dict[str, Shop]:
        """Shops of a site by their ids."""
        return {offer.shop.id: offer.shop for offer in self._offers[site].values()}

    def changes(self) -> tuple[Change, ...]:
        """What moved since the day before; nothing on day 0."""
        if self.day == 0:
            return ()
        before = Mall(self.day - 1, self._catalogue)
        return tuple(
            change for site in SITES for change in _compare(site, before._offers[site], self._offers[site])
        )


def _compare(site: str, before: Mapping[str, Offer], after: Mapping[str, Offer]) -> list[Change]:
    moved = []
    for item_id in sorted(before.keys() | after.keys()):
        old, new = before.get(item_id), after.get(item_id)
        if old == new:
            continue
        move = Move.VANISHED if new is None else Move.APPEARED if old is None else Move.CHANGED
        moved.append(Change(move=move, site=site, item_id=item_id, before=old, after=new))
    return moved


def _goods_on(day: int, catalogue: Catalogue) -> tuple[list[Goods], dict[str, Seller]]:
    """Take all steps up to `day`, going round the prepared ones.

    The first round removes listings of the base; a later one removes what the round before it brought, so
    the mall keeps its size for ever.
    """
    goods = {one.id: one for one in catalogue.goods}
    sellers = dict(catalogue.sellers)
    prepared = len(catalogue.days)
    for number in range(1, day + 1):
        round_, slot = divmod(number - 1, prepared)
        step = catalogue.days[slot]
        del goods[step.vanishes if round_ == 0 else _NEW_GOODS + number - prepared]
        retitled = step.into[round_ % 2]
        goods[step.changes] = goods[step.changes].model_copy(
            update={"title": retitled.title, "price": retitled.price, "price_max": None}
        )
        seller, brought = _newcomer(number, round_, step)
        sellers[brought.seller] = seller
        goods[brought.id] = brought
    return list(goods.values()), sellers


def _newcomer(number: int, round_: int, step: Day) -> tuple[Seller, Goods]:
    """Return the seller and the listing that appear on day `number`.

    From the second round on the same people come back under another shop name: the licence is the same.
    """
    name = step.seller.name if round_ == 0 else f"{step.seller.name}{round_ + 1}店"
    seller = step.seller.model_copy(update={"id": _NEW_SELLER + number, "name": name})
    goods = step.goods.model_copy(update={"id": _NEW_GOODS + number, "seller": name})
    return seller, goods


def _offer(goods: Goods, site: str, seller: Seller, shelf: Shelf) -> Offer:
    modern = site == MALL
    item_id = str(goods.id + _MALL_OFFSET if modern else goods.id)
    names = {} if modern else _OLD_NAMES
    return Offer(
        site=site,
        item_id=item_id,
        path=f"/item/{item_id}.html" if modern else f"/product.asp?id={item_id}",
        title=goods.title,
        price=goods.price,
        price_max=goods.price_max,
        sales=goods.sales if goods.sales < 10_000 else goods.sales // 1000 * 1000,
        brand=goods.brand,
        shelf=shelf,
        shop=_shop(site, seller),
        attributes={names.get(name, name): value for name, value in goods.attributes.items()},
        description=goods.description,
        expect=goods.expect,
    )


def _shop(site: str, seller: Seller) -> Shop:
    modern = site == MALL
    return Shop(
        site=site,
        id=str(seller.id),
        name=seller.name,
        place=seller.place,
        licence=seller.licence,
        path=f"/shop/{seller.id}" if modern else f"/company.asp?id={seller.id}",
        licence_path=f"/shop/{seller.id}/licence" if modern else f"/zhizhao.asp?id={seller.id}",
    )


__all__ = ["GBK", "MALL", "SITES", "Change", "Mall", "Move", "Offer", "Shop"]
