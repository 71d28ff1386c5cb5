"""What a crawler process and who starts it agree on; nothing here is slow to import."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from monitor.config import Settings

#: Exit status: the crawl had to stop; the reason is the last line of standard error.
STOPPED = 3
#: Exit status: another crawler has the site.
HELD = 4


def log_file(settings: Settings, run: int, site: str) -> Path:
    """Return the file that the crawl of one site of one run logs to."""
    return settings.log_dir / f"run-{run}-{site}.log"
