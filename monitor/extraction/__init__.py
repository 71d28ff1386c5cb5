"""Page in, listings out: structured data, site profiles, attribute tables, prices.

The room knows nothing of Scrapy, of databases or of what is dangerous. Everything here is a plain function
over frozen objects:

    >>> from monitor.extraction import Page, load_profile, read_page
    >>> page = Page(url="https://shop.example/item/1", body=b"<html>…</html>")
    >>> read_page(page).listings
    ()

Names are fetched from their modules when they are asked for: who only names a kind of page, as the process
that stores pages does, need not wait for parsers.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from monitor.extraction.page import Page, PageKind, Reading, Verdict
    from monitor.extraction.profile import (
        ProfileError,
        SiteProfile,
        all_profiles,
        check_profile,
        load_profile,
    )
    from monitor.extraction.reading import read_page, recognise

__all__ = [
    "Page",
    "PageKind",
    "ProfileError",
    "Reading",
    "SiteProfile",
    "Verdict",
    "all_profiles",
    "check_profile",
    "load_profile",
    "read_page",
    "recognise",
]

_MODULES = {
    "page": ("Page", "PageKind", "Reading", "Verdict"),
    "profile": ("ProfileError", "SiteProfile", "all_profiles", "check_profile", "load_profile"),
    "reading": ("read_page", "recognise"),
}
_HOMES = {name: module for module, names in _MODULES.items() for name in names}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found: object = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = found
    return found
