"""What a catalogue file may say, and how the files become one catalogue."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

FOLDER = Path(__file__).parent

#: Which of the two sites carries a listing.
Where = Literal["mall", "gbk", "both"]
#: Top-level categories of the classify contract.
Category = Literal["TOY", "STA", "APP", "MASK", "INF"]


class CatalogueError(Exception):
    """A catalogue file cannot be used; the message names the file, the entry and the mend."""


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=False)


class Expect(_Model):
    """What the classifiers should make of a listing. Tests read it; it is never served."""

    #: Category of the goods; null for what is not for children.
    category: Category | None = None
    #: Lexicon ids of the dangerous goods that are offered. Complete for the seven of the seed.
    hazards: tuple[str, ...] = ()
    #: Key products of the campaign.
    focus: tuple[str, ...] = ()
    #: true: must be found; false: must not be; null: the rules may say either, with good reason.
    suspect: bool | None = False
    #: How the spelling evades, as in the classify contract; null for plain spelling.
    evasion: str | None = None
    #: Lexicon id that a hard negative is easily mistaken for.
    trap: str | None = None


class Licence(_Model):
    """What a seller publishes of its business licence (亮照)."""

    #: Name of the legal subject (主体名称).
    name: str
    #: Unified social credit code, 18 characters, GB 32100-2015.
    code: str = Field(pattern=r"^[0-9A-HJ-NPQRTUWXY]{18}$")
    #: Place of business (经营场所/住所).
    address: str
    #: What kind of subject it is (类型).
    kind: Literal["有限责任公司", "个体工商户", "个人独资企业"]
    #: Date of registration, as printed.
    since: str


class Seller(_Model):
    """A shop."""

    #: Number within both sites.
    id: int
    name: str
    #: Place shown beside the goods (发货地).
    place: str
    #: null: the seller publishes none.
    licence: Licence | None = None


class Shelf(_Model):
    """A category of the sites."""

    #: Number in the old site's URLs.
    id: int
    #: Name in the modern site's URLs.
    slug: str
    name: str
    #: Group of shelves, the outer step of the breadcrumb.
    parent: str


class Goods(_Model):
    """One listing."""

    id: int
    site: Where = "mall"
    seller: str
    shelf: str
    title: str
    price: Decimal = Field(gt=0, decimal_places=2)
    #: Highest price, when the shop states a range.
    price_max: Decimal | None = None
    sales: int = Field(default=0, ge=0)
    brand: str | None = None
    attributes: dict[str, str] = {}
    description: str = ""
    expect: Expect = Expect()


class Retitled(_Model):
    """What a changed listing says instead."""

    title: str
    price: Decimal


class Day(_Model):
    """One step of time: what goes, what changes, who comes."""

    #: Id of the listing that vanishes when this step is taken for the first time.
    vanishes: int
    #: Id of the listing that changes, and what it says in turn.
    changes: int
    into: tuple[Retitled, Retitled]
    #: The new seller and its first listing.
    seller: Seller
    goods: Goods


class Catalogue(_Model):
    """Everything the mall starts from."""

    shelves: dict[str, Shelf]
    sellers: dict[str, Seller]
    goods: tuple[Goods, ...]
    days: tuple[Day, ...]


class _Group(_Model):
    """Goods that share a shelf and what goes with it; a listing's own words win."""

    shelf: str
    seller: str | None = None
    maker: str | None = None
    attributes: dict[str, str] = {}
    description: str = ""
    expect: Expect = Expect()
    goods: tuple[dict[str, Any], ...]


@cache
def load(folder: Path = FOLDER) -> Catalogue:
    """Read all catalogue files.

    Raises:
        CatalogueError: a file is no YAML or breaks the schema, an id is used twice, or a name is unknown.

    """
    makers: dict[str, dict[str, str]] = _read(folder / "makers.yaml")
    sellers = _read(folder / "sellers.yaml")
    shelves = _read(folder / "shelves.yaml")
    goods = [one for path in sorted(folder.glob("goods_*.yaml")) for one in _goods(path, makers)]
    days = [_day(folder / "days.yaml", entry, makers) for entry in _read(folder / "days.yaml")]
    try:
        catalogue = Catalogue(shelves=shelves, sellers=sellers, goods=tuple(goods), days=tuple(days))
    except ValidationError as error:
        raise CatalogueError(f"{folder}: {_first(error)}") from None
    _check_names(folder, catalogue)
    return catalogue


def _read(path: Path) -> Any:  # noqa: ANN401 - whatever the YAML holds; checked by the models
    try:
        return yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise CatalogueError(f"{path}: not valid YAML: {error}") from None


def _goods(path: Path, makers: dict[str, dict[str, str]]) -> list[Goods]:
    found: list[Goods] = []
    for number, entry in enumerate(_read(path), start=1):
        try:
            group = _Group.model_validate(entry)
        except ValidationError as error:
            raise CatalogueError(f"{path}, group {number}: {_first(error)}") from None
        found.extend(_one(path, item, group, makers) for item in group.goods)
    return found


def _one(path: Path, item: dict[str, Any], group: _Group, makers: dict[str, dict[str, str]]) -> Goods:
    """Complete a listing with what its group says; an attribute set to null is left out."""
    item = dict(item)
    maker = item.pop("maker", group.maker)
    if maker is not None and maker not in makers:
        raise CatalogueError(f"{path}, id {item.get('id')}: maker {maker!r} is not in makers.yaml")
    made_by = makers[maker] if maker else {}
    merged = {**group.attributes, **made_by, **item.get("attributes", {})}
    whole = {
        "seller": group.seller,
        "shelf": group.shelf,
        "description": group.description,
        **item,
        "attributes": {name: str(value) for name, value in merged.items() if value is not None},
        "expect": {**group.expect.model_dump(), **item.get("expect", {})},
    }
    try:
        return Goods.model_validate(whole)
    except ValidationError as error:
        raise CatalogueError(f"{path}, id {item.get('id')}: {_first(error)}") from None


def _day(path: Path, entry: dict[str, Any], makers: dict[str, dict[str, str]]) -> Day:
    group = _Group(shelf=entry["goods"]["shelf"], goods=())
    goods = {"seller": entry["seller"]["name"], **entry["goods"]}
    try:
        return Day.model_validate({**entry, "goods": _one(path, goods, group, makers)})
    except ValidationError as error:
        raise CatalogueError(f"{path}, id {goods.get('id')}: {_first(error)}") from None


def _check_names(folder: Path, catalogue: Catalogue) -> None:
    seen: set[int] = set()
    for goods in catalogue.goods:
        if goods.id in seen:
            raise CatalogueError(f"{folder}: id {goods.id} is used twice: give one of them another number")
        seen.add(goods.id)
        if goods.seller not in catalogue.sellers:
            raise CatalogueError(f"{folder}, id {goods.id}: seller {goods.seller!r} is not in sellers.yaml")
        if goods.shelf not in catalogue.shelves:
            raise CatalogueError(f"{folder}, id {goods.id}: shelf {goods.shelf!r} is not in shelves.yaml")


def _first(error: ValidationError) -> str:
    first = error.errors()[0]
    return f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}"
