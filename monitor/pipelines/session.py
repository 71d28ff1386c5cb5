"""What those who write for one crawl share: the settings, the database, the run, the site's lease."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.storage import open_database

if TYPE_CHECKING:
    from monitor.config import Settings
    from monitor.storage import Engine
    from monitor.storage.leases import Lease


class CrawlSession:
    """One per process and crawl; `run_id` and `lease` are there once it has begun."""

    def __init__(self, settings: Settings, engine: Engine | None = None) -> None:
        self.settings = settings
        self.engine: Engine = engine or open_database(
            settings.database_url, timeout=settings.database_timeout
        )
        #: Why the crawl had to stop; None while it may go on.
        self.stopped_by: Exception | None = None
        self._run_id: int | None = None
        self._lease: Lease | None = None

    def begin(self, run_id: int, lease: Lease) -> None:
        """Say which run is worked on, under which lease."""
        self._run_id, self._lease = run_id, lease

    @property
    def begun(self) -> bool:
        """Whether run and lease are there."""
        return self._lease is not None

    @property
    def run_id(self) -> int:
        """Run that is worked on."""
        assert self._run_id is not None, "the Checkpoint extension is not enabled"
        return self._run_id

    @property
    def lease(self) -> Lease:
        """Lease that every write is guarded by."""
        assert self._lease is not None, "the Checkpoint extension is not enabled"
        return self._lease
