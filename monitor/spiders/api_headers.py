"""Headers that an open API wants; its keys come from the environment and go to the API alone."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Self

from scrapy.exceptions import IgnoreRequest, NotConfigured

from monitor.pipelines.capture import SECRETS
from monitor.pipelines.redirects import origin

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler

    from monitor.extraction.profile import SiteProfile


class ApiHeaders:
    """Downloader middleware, after the one that follows redirects: what it adds it also takes off again."""

    def __init__(self, profile: SiteProfile) -> None:
        """Take the profile.

        Raises:
            NotConfigured: its site has no API.

        """
        if profile.api is None:
            raise NotConfigured
        self._headers = dict(profile.api.headers)
        self._credentials = dict(profile.api.credentials)
        self._origins = {origin(url) for url in api_urls(profile)}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way in."""
        spider: Any = crawler.spider
        profile = getattr(spider, "profile", None)
        if profile is None:
            raise NotConfigured
        return cls(profile)

    def process_request(self, request: Request) -> None:
        """Put the headers on, or take the keys off.

        Raises:
            IgnoreRequest: an environment variable is not set.

        """
        for name in self._credentials:
            request.headers.pop(name, None)
        request.meta.pop(SECRETS, None)
        if origin(request.url) not in self._origins:
            return
        for name, value in self._headers.items():
            request.headers[name] = value
        if request.meta.get("dont_obey_robotstxt"):
            return  # robots.txt is for everybody
        for name, credential in self._credentials.items():
            value = os.environ.get(credential.env, "")
            if not value:
                raise IgnoreRequest(f"the environment variable {credential.env} is not set: header {name}")
            request.headers[name] = credential.template.replace("{}", value)
        request.meta[SECRETS] = tuple(self._credentials)


def api_urls(profile: SiteProfile) -> list[str]:
    """Return addresses whose origins are the API's."""
    lists = [profile.absolute(url) for url in profile.shop.lists]
    return [profile.search_url("x"), *lists] if profile.search is not None else lists
