"""units: whatever a run wants of one site; what `monitor crawl` starts, one process a site."""

from __future__ import annotations

from typing import ClassVar

from monitor.spiders.unit_spider import UnitSpider
from monitor.storage.tables import UnitKind


class UnitsSpider(UnitSpider):
    """`scrapy crawl units -a site=PROFILE -a run=N`: the open units of a run, of every kind."""

    name = "units"
    kinds: ClassVar[tuple[UnitKind, ...]] = tuple(UnitKind)
