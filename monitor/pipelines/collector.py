"""Python's collector of cycles in a crawl: it is kept away from what stays, and called less often."""

from __future__ import annotations

import gc
from functools import cache

#: Objects that a process makes before the collector looks through the young ones; a page of forty listings
#: makes some four thousand. Python 3.12's own number: with 3.11's 700, and the lexicon on its rounds, the
#: collector took 1.2 ms of a page's 20, now 0.2. With 10,000 the memory that it found too late cost as much.
_YOUNG = 2_000


@cache
def relieve_collector() -> None:
    """Take what the process has loaded by now, the lexicon above all, off the collector's rounds.

    It lives as long as the process, and walking over it found nothing. What comes later is collected as ever.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG, *gc.get_threshold()[1:])
