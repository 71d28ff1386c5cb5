"""Page in, listings out: structured data, site profiles, attribute tables, prices.

The room knows nothing of Scrapy, of databases or of what is dangerous. Everything here is a plain function
over frozen objects:

    >>> from monitor.extraction import Page, load_profile, read_page
    >>> page = Page(url="https://shop.example/item/1", body=b"<html>…</html>")
    >>> read_page(page).listings
    ()
"""

from monitor.extraction.page import Page, PageKind, Reading, Verdict

__all__ = ["Page", "PageKind", "Reading", "Verdict"]
