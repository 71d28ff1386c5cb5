"""What most commands begin with: the settings and the database."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from monitor import config
from monitor.storage import open_database
from monitor.storage.migrate import require_current

if TYPE_CHECKING:
    from collections.abc import Iterator

    from monitor.config import Settings
    from monitor.storage import Engine


@contextmanager
def database(settings: Settings, *, checked: bool = True) -> Iterator[Engine]:
    """Open the configured database; with `checked`, refuse one of another version."""
    engine = open_database(settings.database_url, timeout=settings.database_timeout)
    try:
        if checked:
            require_current(engine)
        yield engine
    finally:
        engine.dispose()


def load_settings() -> Settings:
    """Read the settings, once, here."""
    return config.load()
