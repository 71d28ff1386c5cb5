"""The project's settings are current: Scrapy finds nothing deprecated in them."""

from __future__ import annotations

import warnings
from types import ModuleType
from typing import Any

from scrapy import Spider
from scrapy.core.downloader import _default_jitter
from scrapy.settings import Settings, default_settings
from scrapy.utils.test import get_crawler

from monitor import settings as ours


def project(module: ModuleType = ours) -> dict[str, Any]:
    return {name: getattr(module, name) for name in dir(module) if name.isupper()}


def test_the_delay_is_a_limit_and_no_mean():
    settings = Settings()
    settings.setdict(project(), priority="project")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert _default_jitter(settings) == 0
        crawler = get_crawler(Spider, project())
    assert crawler.settings.getfloat("DOWNLOAD_DELAY_JITTER") == 0


def test_every_setting_is_one_that_scrapy_or_we_know():
    own = {"MONITOR", "ALLOW_PRIVATE", "RETRY_BACKOFF", "RETRY_LONGEST_WAIT"}
    theirs = {name for name in dir(default_settings) if name.isupper()}
    unknown = set(project()) - theirs - own
    assert unknown == set()
