"""After a run: listings that look like one that is gone are found and linked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.matching.relisting import find_relistings
from monitor.storage.engine import reading, writing
from monitor.storage.relistings import REMEMBERED, gone_suspects, newcomers, save_relistings

if TYPE_CHECKING:
    from datetime import datetime

    from monitor.storage import Engine


def link_relistings(engine: Engine, threshold: float, now: datetime) -> int:
    """Hold every suspect that is gone against the listings that came up later; return how many links are new.

    Args:
        engine: the database.
        threshold: score from which a pair is linked, 0–1.
        now: when they are found.

    """
    with reading(engine) as connection:
        gone = gone_suspects(connection, now - REMEMBERED)
        if not gone:
            return 0
        later = newcomers(connection, min(offer.last_seen_at for offer in gone))
    links = find_relistings(gone, later, threshold)
    if not links:
        return 0
    with writing(engine) as connection:
        return save_relistings(connection, links, now)
