"""A third-party shop to crawl: django-oscar as it comes from PyPI, stock theme, filled with goods of ours.

`shop.py` starts it as a process of its own and knows no Django; `settings.py`, `urls.py`, `seed.py`,
`search.py`, `images.py` and `serve.py` are the Django project and run in that process only. Nothing here
knows spiders or profiles.
"""

from monitor.demo.oscar.products import Product, ProductsError
from monitor.demo.oscar.shop import OscarError, OscarMissing, OscarShop, ShopProduct

__all__ = ["OscarError", "OscarMissing", "OscarShop", "Product", "ProductsError", "ShopProduct"]
