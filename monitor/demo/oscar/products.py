"""The goods of the shop, from `products.yaml`."""

from decimal import Decimal
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from monitor.demo.catalogue.schema import Expect

#: The goods we ship.
FILE = Path(__file__).with_name("products.yaml")


class ProductsError(Exception):
    """The goods cannot be read; the message names the file, the product and the mend."""


class Product(BaseModel):
    """One product as the shop is filled with it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str = Field(min_length=1, max_length=255)
    #: Category path, outermost first.
    category: tuple[str, ...] = Field(min_length=1)
    #: Yuan.
    price: Decimal = Field(gt=0, decimal_places=2)
    #: Attribute table: name → value, both as shown.
    attributes: dict[str, str]
    description: str
    #: What the classifiers should make of it; the shop never shows it.
    expect: Expect


class _Goods(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    products: tuple[Product, ...]


def load(file: Path = FILE) -> tuple[Product, ...]:
    """Read the goods; their order is their identity in the shop.

    Raises:
        ProductsError: `file` is no YAML or a product does not follow the schema.

    """
    try:
        return _Goods.model_validate(yaml.safe_load(file.read_text(encoding="utf-8"))).products
    except yaml.YAMLError as error:
        raise ProductsError(f"{file}: not valid YAML: {error}") from None
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise ProductsError(f"{file}: {where}: {first['msg']}") from None
