"""Which site a supplied listing belongs to."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from monitor.extraction.reading import recognise

if TYPE_CHECKING:
    from collections.abc import Sequence

    from monitor.extraction import Page
    from monitor.extraction.profile import SiteProfile

#: Length of a site's name in the database.
LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class ImportSite:
    """A site as its row in the database names it."""

    name: str
    title: str
    base_url: str
    profile: SiteProfile | None = None


class Sites:
    """Finds the site of a row or page: what the person said, what the table says, else by the address."""

    def __init__(self, profiles: Sequence[SiteProfile], named: str | None = None) -> None:
        """Take the profiles there are, and the site that a person named for all, if they did."""
        self._profiles = profiles
        self._by_name = {key: each for each in profiles for key in (each.name, each.title)}
        self.named = named
        self.of_host = functools.lru_cache(maxsize=4096)(self._of_host)

    def of(self, url: str, stated: str | None = None) -> ImportSite:
        """Name the site of a listing.

        Args:
            url: its address, with http or https.
            stated: what the table says of its platform, in any spelling.

        """
        if self.named is not None:
            return self._named(self.named, url)
        profile = self._by_name.get(stated) if stated else None
        return _of_profile(profile, url) if profile is not None else self.of_host(_origin(url))

    def reader(self, page: Page) -> tuple[SiteProfile | None, ImportSite]:
        """Say with which profile a page is read, if any, and to which site it belongs."""
        profile = self._by_name.get(self.named) if self.named else None
        profile = profile or recognise(page, self._profiles)
        if profile is None or profile.base_url is None:
            origin = _origin(page.url)
            name = self.named or (urlsplit(origin).hostname or "")[:LONGEST_NAME]
            site = ImportSite(name, name, origin)
        else:
            site = self.of(page.url) if self.named else _of_profile(profile, page.url)
        if profile is not None and profile.base_url is None:
            # an engine's template, recognised by its signs: the shop is the site
            profile = profile.model_copy(update={"name": site.name, "base_url": site.base_url})
        return profile, site

    def _named(self, name: str, url: str) -> ImportSite:
        profile = self._by_name.get(name)
        return ImportSite(name, name, _origin(url)) if profile is None else _of_profile(profile, url)

    def _of_host(self, origin: str) -> ImportSite:
        profile = next((each for each in self._profiles if each.matches(origin)), None)
        if profile is not None:
            return _of_profile(profile, origin)
        host = (urlsplit(origin).hostname or "")[:LONGEST_NAME]
        return ImportSite(host, host, origin)


def _of_profile(profile: SiteProfile, url: str) -> ImportSite:
    return ImportSite(profile.name, profile.title, profile.base_url or _origin(url), profile)


def _origin(url: str) -> str:
    scheme, _, rest = url.partition("://")
    return f"{scheme}://{rest.partition('/')[0]}"
