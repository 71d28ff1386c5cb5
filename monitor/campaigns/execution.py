"""How the service really brings a run to its end: crawler processes, then the files that the plan wants."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeAlias

from monitor.campaigns.closing import is_last
from monitor.campaigns.launch import run_crawlers
from monitor.campaigns.orders import site_orders
from monitor.campaigns.queries import search_words
from monitor.campaigns.service import RunLeftError
from monitor.classifiers.lexicon.lexicon import load_lexicon
from monitor.storage.engine import reading
from monitor.storage.suspects import ListingFilter

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from monitor.campaigns.orders import SiteOrder
    from monitor.campaigns.plan import Export, Plan
    from monitor.campaigns.service import MustStop
    from monitor.config import Settings
    from monitor.exporters.sheets.files import ExportedFile
    from monitor.storage import Connection, Engine
    from monitor.storage.progress import SiteProgress
    from monitor.storage.service_runs import Claim

    #: Writes one kind of list: connection, folder, which listings, the time.
    ListWriter: TypeAlias = Callable[[Connection, Path, ListingFilter, datetime], Sequence[ExportedFile]]

_log = logging.getLogger(__name__)


def orders_of(plan: Plan, settings: Settings) -> tuple[tuple[SiteOrder, ...], str]:
    """Say what a run of `plan` wants of each site, and with which lexicon, as they are now.

    Raises:
        OrderError: the plan cannot be turned into a run.
        PlanError: it names a hazard, group or category that the lexicon does not have.
        ProfileError: a site has no profile, or a broken one.
        LexiconError: the lexicon cannot be read.

    """
    lexicon = load_lexicon()
    words = [each.word for each in search_words(plan, lexicon)]
    return site_orders(plan, words, [settings.sites_dir]), lexicon.version


@dataclass(frozen=True, kw_only=True)
class Crawling:
    """The executor of `monitor schedule run`."""

    engine: Engine
    settings: Settings
    #: what can be written; kinds that are not here are not written, and the log says so
    writers: Mapping[Export, ListWriter]

    def crawl(self, run_id: int, must_stop: MustStop) -> None:
        """Crawl what is left of a run, a process a site.

        Raises:
            RunLeftError: `must_stop` gave a reason; the crawlers ended their open pages.
            CrawlError: a site could not be crawled to its end; the others were.

        """

        def look(_: Sequence[SiteProgress]) -> None:
            if (why := must_stop()) is not None:
                raise RunLeftError(why)

        run_crawlers(self.engine, run_id, self.settings, look)

    def write_files(self, claim: Claim, plan: Plan) -> None:
        """Write the lists that the plan wants after each run and, after a window's last firing, at the end.

        Raises:
            ExportError: a file could not be written; none of its list is there.

        """
        if claim.ran:
            wanted = ListingFilter(run_id=claim.run_id, campaign=plan.name)
            self._write(plan.exports.after_each_run, wanted)
        if is_last(plan, claim.scheduled_at):
            _log.info("%s: a window is over", plan.name)
            self._write(plan.exports.at_the_end, ListingFilter(campaign=plan.name))

    def _write(self, kinds: Sequence[Export], wanted: ListingFilter) -> None:
        for kind in kinds:
            writer = self.writers.get(kind)
            if writer is None:
                _log.warning("%s: this version writes no list of kind %r", wanted.campaign, kind.value)
                continue
            with reading(self.engine) as connection:
                files = writer(connection, self.settings.exports_dir, wanted, datetime.now(UTC))
            for file in files:
                _log.info("%s: %s written, %s rows", wanted.campaign, file.path, file.rows)
