"""Spider traps: addresses that a site makes up without end. A unit that walks into one ends, and says which.

The page budget would end it too, but only after hundreds of pages, and it would look like a long list.
The limits are our own inference; `tests/spiders/test_traps.py` has the traps.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from monitor.listing import Listing

#: Characters of a URL: more than shops use, fewer than servers refuse.
_LONGEST = 2000
#: Pages in a row, each with a longer address than the last. Page numbers grow once in a while, at 10 and 100.
_GROWING = 8
#: Times that a path repeats the same segments on the spot; twice occurs (/shop/shop/).
_REPEATED = 3
#: Goods on a page from which "the same goods" is no accident.
_TELLING = 3
#: Sitemaps within sitemaps; the protocol knows one index above the sitemaps (sitemaps.org).
_DEEPEST = 3
#: Sitemaps of one unit: as many as the protocol allows an index to name.
_MOST_SITEMAPS = 50_000
#: Parameters that name a visit, not a page.
_VISIT = re.compile(
    r"(?i)(js|php|asp)?_?sess(ion)?_?(id)?|aspsessionid\w*|sid|zenid|oscsid|cfid|cftoken|osCsid"
)
_IN_PATH = re.compile(r"(?i);jsessionid=[^/?#]*|/\(S\([^)/]*\)\)")


@dataclass(slots=True)
class TrapWatch:
    """What one unit has seen of addresses and pages."""

    _pages: set[str] = field(default_factory=set)
    _goods: set[bytes] = field(default_factory=set)
    _length: int = 0
    _growing: int = 0
    _depth: dict[str, int] = field(default_factory=dict)

    def page(self, url: str) -> str | None:
        """Note a page that is to be asked for; name the trap that its address shows."""
        name = without_visit(url)
        seen = name in self._pages and name != url
        self._pages.add(name)
        self._growing = self._growing + 1 if len(url) > self._length else 0
        self._length = len(url)
        if len(url) > _LONGEST:
            return f"spider trap: an address of {len(url)} characters"
        if (segments := repeated_path(url)) is not None:
            return f"spider trap: the path repeats itself ({segments})"
        if seen:
            return "spider trap: the same page under another session id"
        if self._growing > _GROWING:
            return "spider trap: the address grows with every page"
        return None

    def goods(self, listings: Sequence[Listing]) -> str | None:
        """Note what a list shows; name the trap when these very goods were shown under other addresses."""
        if len(listings) < _TELLING:
            return None
        shown = repr([(each.title, each.price) for each in listings]).encode("utf-8", "surrogatepass")
        digest = hashlib.sha256(shown).digest()
        if digest in self._goods:
            return "spider trap: the same goods under other addresses"
        self._goods.add(digest)
        return None

    def sitemaps(self, index: str, named: Iterable[str]) -> tuple[list[str], str | None]:
        """Return what is new among the sitemaps that an index names, and the trap if it is one."""
        depth = self._depth.setdefault(index, 0) + 1
        new = [url for url in dict.fromkeys(named) if url not in self._depth]
        if new and depth > _DEEPEST:
            return [], f"spider trap: sitemaps within sitemaps, more than {_DEEPEST} deep"
        room = _MOST_SITEMAPS - len(self._depth)
        self._depth.update(dict.fromkeys(new[:room], depth))
        full = f"spider trap: more than {_MOST_SITEMAPS} sitemaps" if len(new) > room else None
        return new[:room], full


def without_visit(url: str) -> str:
    """Take off a URL what names the visit (session ids), so that the same page has the same address."""
    parts = urlsplit(url)
    query = parse_qsl(parts.query, keep_blank_values=True)
    kept = [(name, value) for name, value in query if not _VISIT.fullmatch(name)]
    path = _IN_PATH.sub("", parts.path)
    if path == parts.path and len(kept) == len(query):
        return url
    return parts._replace(path=path, query=urlencode(kept), fragment="").geturl()


def repeated_path(url: str) -> str | None:
    """Return the segments that the path repeats on the spot, ``a/b`` of ``/a/b/a/b/a/b``; None if none."""
    segments = [each for each in urlsplit(url).path.split("/") if each]
    for period in range(1, len(segments) // _REPEATED + 1):
        run = 0
        for at, (before, after) in enumerate(zip(segments, segments[period:], strict=False)):
            run = run + 1 if before == after else 0
            if run >= period * (_REPEATED - 1):
                first = at - run + 1
                return "/".join(segments[first : first + period])
    return None
