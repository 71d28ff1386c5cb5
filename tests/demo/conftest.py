from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from monitor.demo.mall import Mall
from monitor.demo.server import DemoServer, serve

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def mall() -> Mall:
    return Mall(0)


@pytest.fixture
def server(mall: Mall) -> Iterator[DemoServer]:
    with serve(mall) as running:
        yield running
