from __future__ import annotations

import os
import socket
import subprocess
import sys
from datetime import UTC, datetime

import pytest
import time_machine

from monitor.storage.engine import writing
from monitor.storage.leases import LeaseHeldError, LeaseLostError, acquire, release, renew, this_process
from monitor.storage.runs import ensure_site

START = datetime(2026, 9, 25, 4, tzinfo=UTC)


@pytest.fixture
def site(engine) -> int:
    with writing(engine) as connection:
        return ensure_site(connection, name="shop", title="商城", base_url="http://shop.test/")


def take(engine, site: int, owner: str):
    with writing(engine) as connection:
        return acquire(connection, site, owner, 60)


def test_a_second_owner_waits_until_the_lease_expires(engine, site):
    with time_machine.travel(START, tick=False) as clock:
        first = take(engine, site, "elsewhere:1:0")
        with pytest.raises(LeaseHeldError, match="site shop is being crawled by elsewhere:1:0"):
            take(engine, site, "elsewhere:2:0")
        clock.shift(59)
        with writing(engine) as connection:
            renew(connection, first)
        clock.shift(59)
        with pytest.raises(LeaseHeldError):
            take(engine, site, "elsewhere:2:0")
        clock.shift(2)
        second = take(engine, site, "elsewhere:2:0")
    assert second.token > first.token
    with pytest.raises(LeaseLostError), writing(engine) as connection:
        renew(connection, first)


def test_a_released_lease_is_free_and_tokens_keep_growing(engine, site):
    first = take(engine, site, "elsewhere:1:0")
    with writing(engine) as connection:
        release(connection, first)
    assert take(engine, site, "elsewhere:2:0").token == first.token + 1


def test_a_process_that_died_here_is_recognised(engine, site):
    done = subprocess.run(
        [sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, text=True, check=True
    )
    take(engine, site, f"{socket.gethostname()}:{done.stdout.strip()}:12345")
    assert take(engine, site, this_process()).token == 2


def test_a_reused_process_number_is_no_sign_of_life(engine, site):
    take(engine, site, f"{socket.gethostname()}:{os.getpid()}:1")
    assert take(engine, site, this_process()).token == 2


def test_a_living_process_keeps_its_lease(engine, site):
    take(engine, site, this_process())
    with pytest.raises(LeaseHeldError):
        take(engine, site, "elsewhere:2:0")
