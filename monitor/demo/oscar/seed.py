"""Fills an empty shop with our goods, once; runs in the shop's own process after ``django.setup()``."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import oscar
from django.conf import settings
from django.core.management import call_command
from django.db import transaction
from oscar.apps.catalogue.categories import create_from_sequence
from oscar.core.loading import get_model

from monitor.demo.oscar.products import load

if TYPE_CHECKING:
    from collections.abc import Iterable

    from monitor.demo.oscar.products import Product

#: Written last: its presence says that the shop is full, and with which goods.
PLACED = "placed.json"


def fill(folder: Path) -> None:
    """Make database, goods and index in `folder`, unless they are there and of today's making.

    A shop that was filled by other code, other goods or another Oscar, or only half filled, is made anew.
    """
    mark = fingerprint()
    placed = folder / PLACED
    if placed.is_file() and json.loads(placed.read_text(encoding="utf-8"))["fingerprint"] == mark:
        return
    placed.unlink(missing_ok=True)
    for database in folder.glob("shop.sqlite3*"):
        database.unlink()
    shutil.rmtree(folder / "index", ignore_errors=True)
    call_command("migrate", verbosity=0)
    with transaction.atomic():
        products = _place(load())
    call_command("rebuild_index", interactive=False, verbosity=0)
    fresh = placed.with_suffix(".new")
    fresh.write_text(
        json.dumps({"fingerprint": mark, "products": products}, ensure_ascii=False), encoding="utf-8"
    )
    fresh.replace(placed)


def fingerprint() -> str:
    """Hash everything that decides what a filled shop holds: our code and goods, and Oscar's version."""
    digest = hashlib.sha256(oscar.get_version().encode())
    for file in sorted(Path(__file__).parent.iterdir()):
        if file.suffix in {".py", ".yaml"}:
            digest.update(file.read_bytes())
    return digest.hexdigest()


def _place(products: Iterable[Product]) -> list[dict[str, object]]:
    """Put `products` on the shelves; their numbers count from 1 in the order given."""
    kind = get_model("catalogue", "ProductClass").objects.create(name="商品", requires_shipping=True)
    partner = get_model("partner", "Partner").objects.create(name=settings.OSCAR_SHOP_NAME)
    attributes: dict[str, object] = {}
    return [
        _place_one(number, product, kind, partner, attributes)
        for number, product in enumerate(products, start=1)
    ]


def _place_one(
    number: int, product: Product, kind: object, partner: object, attributes: dict[str, object]
) -> dict[str, object]:
    placed = get_model("catalogue", "Product").objects.create(
        id=number,
        upc=f"XR{number:04}",
        title=product.title,
        description=f"<p>{product.description}</p>",
        product_class=kind,
    )
    placed.categories.add(create_from_sequence(list(product.category))[-1])
    get_model("partner", "StockRecord").objects.create(
        product=placed,
        partner=partner,
        partner_sku=f"XR{number:04}",
        price_currency=settings.OSCAR_DEFAULT_CURRENCY,
        price=product.price,
        num_in_stock=100,
    )
    for name, value in product.attributes.items():
        if name not in attributes:
            attributes[name] = get_model("catalogue", "ProductAttribute").objects.create(
                product_class=kind, name=name, code=f"a{len(attributes) + 1}", type="text"
            )
        get_model("catalogue", "ProductAttributeValue").objects.create(
            product=placed, attribute=attributes[name], value_text=value
        )
    return {"id": number, "slug": placed.slug, "path": placed.get_absolute_url()}
