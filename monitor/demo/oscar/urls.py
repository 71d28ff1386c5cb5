"""Addresses of the shop: Oscar's own, the sitemaps that its documentation proposes, and the pictures."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.sitemaps import Sitemap, views
from django.urls import include, path
from django.views.static import serve
from oscar.core.loading import get_model


class ProductSitemap(Sitemap):
    """Every product, newest first."""

    protocol = "http"

    def items(self) -> Any:  # noqa: ANN401 - Django ships no types
        """Give what a buyer can see."""
        return get_model("catalogue", "Product").objects.browsable().order_by("-id")

    def lastmod(self, product: Any) -> Any:  # noqa: ANN401
        """Give the time of the last change."""
        return product.date_updated


class CategorySitemap(Sitemap):
    """Every category."""

    protocol = "http"

    def items(self) -> Any:  # noqa: ANN401
        """Give what a buyer can see."""
        return get_model("catalogue", "Category").objects.browsable()


SITEMAPS = {"products": ProductSitemap, "categories": CategorySitemap}

urlpatterns = [
    path("i18n/", include("django.conf.urls.i18n")),
    path("sitemap.xml", views.index, {"sitemaps": SITEMAPS, "sitemap_url_name": "sitemap"}),
    path("sitemap-<section>.xml", views.sitemap, {"sitemaps": SITEMAPS}, name="sitemap"),
    path("media/<path:path>", serve, {"document_root": settings.MEDIA_ROOT}),
    path("", include(apps.get_app_config("oscar").urls[0])),
]
