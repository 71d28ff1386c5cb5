"""How a unit that asked for a picture ended. Pure."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from monitor.storage.crawl import UnitEnd
from monitor.storage.tables import UnitStatus

if TYPE_CHECKING:
    from monitor.extraction import Page

_REFUSED = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.TOO_MANY_REQUESTS})


def picture_end(page: Page) -> UnitEnd:
    """Name it: a page in a picture's place (a login, a captcha) is none, a refusal is not circumvented."""
    if page.status in _REFUSED:
        return UnitEnd(status=UnitStatus.BLOCKED, reason=f"HTTP {page.status}: the picture's host refuses")
    if page.status >= HTTPStatus.BAD_REQUEST:
        return UnitEnd(status=UnitStatus.FAILED, reason=f"HTTP {page.status}")
    kind = page.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind.startswith("text/"):
        return UnitEnd(status=UnitStatus.FAILED, reason=f"no picture: the answer is {kind}")
    return UnitEnd(status=UnitStatus.DONE)
