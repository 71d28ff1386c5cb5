from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.spiders.patience import retry_after

NOW = datetime(2026, 9, 25, 4, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        (b"7", 7.0),
        (b" 120 ", 120.0),
        (b"Fri, 25 Sep 2026 04:00:30 GMT", 30.0),
        (b"Fri, 25 Sep 2026 03:00:00 GMT", 0.0),
        (b"soon", None),
        (b"-5", None),
        (b"", None),
    ],
)
def test_retry_after(header, seconds):
    assert retry_after(header, NOW) == seconds


@given(st.binary(max_size=60))
def test_whatever_a_site_sends_is_a_wait_or_nothing(header):
    found = retry_after(header, NOW)
    assert found is None or found >= 0
