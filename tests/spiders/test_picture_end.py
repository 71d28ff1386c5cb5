from __future__ import annotations

import pytest

from monitor.extraction import Page
from monitor.spiders.picture_end import picture_end
from monitor.storage.tables import UnitStatus


@pytest.mark.parametrize(
    ("status", "kind", "end", "why"),
    [
        (200, "image/jpeg", UnitStatus.DONE, None),
        (200, "application/octet-stream", UnitStatus.DONE, None),
        (200, None, UnitStatus.DONE, None),
        (200, "text/html; charset=utf-8", UnitStatus.FAILED, "no picture: the answer is text/html"),
        (403, "image/png", UnitStatus.BLOCKED, "HTTP 403: the picture's host refuses"),
        (429, None, UnitStatus.BLOCKED, "HTTP 429: the picture's host refuses"),
        (404, "image/png", UnitStatus.FAILED, "HTTP 404"),
        (503, None, UnitStatus.FAILED, "HTTP 503"),
    ],
)
def test_every_end_of_a_picture_has_a_name(status, kind, end, why):
    headers = {} if kind is None else {"content-type": kind}
    said = picture_end(Page(url="http://cdn.test/a.jpg", body=b"", status=status, headers=headers))
    assert (said.status, said.reason) == (end, why)
