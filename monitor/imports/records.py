"""Pages out of a supplied file, whatever kind it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator

    from monitor.evidence.supplied import SuppliedPage
    from monitor.extraction import Page
    from monitor.imports.rejects import Reject

#: Bytes of one page, unpacked.
LARGEST_PAGE = 64 * 1024 * 1024


@dataclass(frozen=True, kw_only=True, slots=True)
class PageRecord:
    """One page, as the file holds it."""

    #: place within the file, from 1
    number: int
    page: Page
    #: facts without those of the file
    supplied: SuppliedPage


#: A page, why there is none, or a part that is no page (a picture, a script): its number.
Found: TypeAlias = "PageRecord | Reject | int"


class PageFile(Protocol):
    """A file that is read page by page."""

    def records(self) -> Iterator[Found]:
        """Give what is in it, in order; anew at every call.

        Raises:
            ImportProblemError: it is damaged from here on.

        """

    def position(self) -> float:
        """Say how far the last call of `records` has read, 0–1."""


def may_be_page(content_type: str) -> bool:
    """Whether a part of that type may show listings."""
    kind = content_type.partition(";")[0].strip().lower()
    return kind in {"text/html", "application/xhtml+xml", "application/json", "text/json", "text/plain", ""}


def claimed_time(text: object) -> str | None:
    """Return a time with its zone, as the file claims it; None for anything else."""
    try:
        at = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return at.isoformat() if at.tzinfo is not None else None
