"""Feeds (`scrapy crawl … -O out.jsonl`): listings as plain values, without what only the crawl needs."""

from __future__ import annotations

from typing import Any

from scrapy.exporters import CsvItemExporter, JsonItemExporter, JsonLinesItemExporter

from monitor.listing import Listing


def _plain(item: Any) -> Any:  # noqa: ANN401 - any item passes
    return item.plain() if isinstance(item, Listing) else item


class ListingLines(JsonLinesItemExporter):
    """One listing a line."""

    def export_item(self, item: Any) -> None:  # noqa: ANN401 - as above
        """Write one item."""
        super().export_item(_plain(item))


class ListingJson(JsonItemExporter):
    """One JSON list."""

    def export_item(self, item: Any) -> None:  # noqa: ANN401 - as above
        """Write one item."""
        super().export_item(_plain(item))


class ListingCsv(CsvItemExporter):
    """A table; its columns are those of the first listing."""

    def export_item(self, item: Any) -> None:  # noqa: ANN401 - as above
        """Write one item."""
        super().export_item(_plain(item))
