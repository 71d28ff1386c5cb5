"""The goods of the demo mall: invented listings, sellers and makers in YAML, and the schema they follow.

Every listing is labelled (`expect`) with what the classifiers should make of it. The labels are for tests;
no page shows them.
"""

from monitor.demo.catalogue.schema import (
    Catalogue,
    CatalogueError,
    Day,
    Expect,
    Goods,
    Licence,
    Retitled,
    Seller,
    Shelf,
    load,
)

__all__ = [
    "Catalogue",
    "CatalogueError",
    "Day",
    "Expect",
    "Goods",
    "Licence",
    "Retitled",
    "Seller",
    "Shelf",
    "load",
]
