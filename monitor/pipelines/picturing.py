"""What a picture that came gives: its fingerprint, or why there is none."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from monitor.matching.picture_print import print_of
from monitor.storage.crawl import PageOutcome
from monitor.storage.pictures import FetchedPicture
from monitor.storage.tables import UnitStatus

if TYPE_CHECKING:
    from monitor.pipelines.items import PictureRead


def picture_outcome(run_id: int, read: PictureRead) -> PageOutcome:
    """Say what is to be written of a picture; of an answer that is none, only how its unit ended."""
    assert read.page.seen_at is not None, "spiders say when a picture came"
    return PageOutcome(
        run_id=run_id,
        unit_id=read.unit.id,
        received_at=read.page.seen_at,
        page=1,
        picture=_fetched(read) if read.end.status is UnitStatus.DONE else None,
        end=read.end,
    )


def _fetched(read: PictureRead) -> FetchedPicture:
    body = read.page.body
    said = print_of(body)
    return FetchedPicture(
        url=read.unit.key,
        sha256=hashlib.sha256(body).hexdigest(),
        size=len(body),
        width=said.width,
        height=said.height,
        fingerprint=said.fingerprint,
        why_none=said.why_none,
    )
