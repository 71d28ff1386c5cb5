"""Page in, listings out: structured data, site profiles, attribute tables, prices.

The room knows nothing of Scrapy, of databases or of what is dangerous. Everything here is a plain function
over frozen objects:

    >>> from monitor.extraction import Page, load_profile, read_page
    >>> page = Page(url="https://shop.example/item/1", body=b"<html>…</html>")
    >>> read_page(page).listings
    ()
"""

from monitor.extraction.describe import describe
from monitor.extraction.page import Page, PageKind, Reading, Verdict
from monitor.extraction.profile import ProfileError, SiteProfile, all_profiles, check_profile, load_profile
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
    "describe",
    "load_profile",
    "read_page",
    "recognise",
]
