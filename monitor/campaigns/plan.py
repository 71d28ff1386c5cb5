"""A campaign plan (专项行动方案): what one YAML file in `schedules/` may say, and what each key means."""

from __future__ import annotations

import hashlib
import json
from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import (
    BeforeValidator,
    Field,
    PrivateAttr,
    ValidationInfo,
    field_validator,
    model_validator,
)

from monitor.campaigns.cadence import Cadence  # noqa: TC001 - pydantic needs it at run time
from monitor.campaigns.calendar import Calendar, shipped
from monitor.campaigns.calendar_file import NamedPeriod
from monitor.campaigns.plan_values import Block, Day, Lengths, Words, calendar_of, listed
from monitor.storage.watching import RECHECK


class Via(StrEnum):
    """How the listings of a site are reached."""

    #: its search, once per search word
    SEARCH = "search"
    #: its sitemap, categories and pages, without a search word
    SHOP = "shop"


class Overlap(StrEnum):
    """What happens to a firing that comes while the campaign's last run is still going."""

    #: it waits for its turn
    WAIT = "wait"
    #: it is recorded as covered by the run that is going
    COALESCE = "coalesce"


class Export(StrEnum):
    """A file that comes out of a run or a campaign."""

    #: suspects with reasons (疑似商品清单)
    SUSPECTS = "suspects"
    #: population for online sampling (网络抽样清单)
    SAMPLING = "sampling"
    #: run report (采集任务报告)
    REPORT = "report"


class SiteUse(Block):
    """A site that a campaign visits."""

    #: name of a site profile
    site: str = Field(min_length=1)
    #: ways to reach its listings, in this order
    via: Annotated[tuple[Via, ...], BeforeValidator(listed)] = (Via.SEARCH,)
    #: where the shop stands, when the profile is one of a shop engine (``https://shop.example.cn``)
    base_url: str | None = None
    #: what this shop is called, in tables and lists, when the profile serves several shops
    name: str | None = Field(default=None, pattern=r"^[a-z0-9]+([-_][a-z0-9]+)*$", max_length=64)

    #: seconds between two requests, when the shop agreed to another pace than its profile's
    delay: float | None = Field(default=None, ge=0)
    #: requests under way at once, likewise
    concurrency: int | None = Field(default=None, ge=1, le=16)

    @property
    def label(self) -> str:
        """What the site is called: its own name, else the profile's."""
        return self.name or self.site

    @model_validator(mode="before")
    @classmethod
    def _name_alone(cls, data: object) -> object:
        return {"site": data} if isinstance(data, str) else data

    @field_validator("base_url")
    @classmethod
    def _is_url(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith(("http://", "https://")):
            raise ValueError(f"{value!r}: write the whole address, https://…")
        return value


class Query(Block):
    """What to search for; exactly one key."""

    #: all terms of one hazard of the lexicon, by its id
    hazard: str | None = None
    #: all terms of every hazard of a group; ``seven`` are the seed's seven dangerous toys
    group: str | None = None
    #: products of a category, by id of the taxonomy; whole branches too (``MASK``, ``TOY.SHOOT``)
    category: str | None = None
    #: words of one's own
    words: Words = ()

    @model_validator(mode="after")
    def _one(self) -> Self:
        if len(self.model_fields_set) != 1:
            raise ValueError("one line says one thing: hazard, group, category or words")
        return self


class Peak(Block):
    """Days within a window that have a cadence of their own.

    Without `days`, `from` and `to` they are the busiest days that the calendar names for the window's period.
    """

    days: Annotated[tuple[Day, ...], BeforeValidator(listed)] = ()
    from_: Day | None = Field(default=None, alias="from")
    to: Day | None = None
    cadence: Cadence

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if (self.from_ is None) != (self.to is None):
            raise ValueError("from and to belong together")
        return self

    @property
    def of_the_period(self) -> bool:
        """Whether the calendar says which days."""
        return not self.days and self.from_ is None


class Window(Block):
    """A stretch of days, inclusive, in which the campaign fires; every year anew unless dated in full."""

    #: as people call it; shown with every firing
    name: str = Field(min_length=1)
    from_: Day | None = Field(default=None, alias="from")
    to: Day | None = None
    #: a named period of the calendar, instead of `from` and `to`
    period: str | None = None
    cadence: Cadence
    peak: Annotated[
        tuple[Peak, ...], BeforeValidator(lambda value: [value] if isinstance(value, dict) else value)
    ] = ()

    @field_validator("period")
    @classmethod
    def _known_period(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is not None and (complaint := calendar_of(info).knows(value)) is not None:
            raise ValueError(complaint)
        return value

    @model_validator(mode="after")
    def _bounded(self, info: ValidationInfo) -> Self:
        edges = (self.from_, self.to)
        if self.period is not None and edges != (None, None):
            raise ValueError("says both a period and from/to; keep one of them")
        if self.period is None and None in edges:
            raise ValueError("say from and to, or period: and the name of one")
        if any(peak.of_the_period for peak in self.peak):
            entry = calendar_of(info).entry(self.period) if self.period else None
            if not isinstance(entry, NamedPeriod) or entry.peak is None:
                raise ValueError("peak: say which days, like days: [double-11]")
        return self


class Budget(Block):
    """Where a run stops by itself. What it leaves out is shown as not looked at."""

    #: result pages of one search, or pages of one shop
    pages_per_unit: int = Field(default=5, ge=1)
    #: units of one run; the least promising are left out
    units_per_run: int | None = Field(default=None, ge=1)
    #: pages of one site on one day, over all runs of the campaign
    pages_per_site_per_day: int | None = Field(default=None, ge=1)


class Exports(Block):
    """Files that are written without being asked for."""

    after_each_run: Annotated[tuple[Export, ...], BeforeValidator(listed)] = (Export.SUSPECTS,)
    at_the_end: Annotated[tuple[Export, ...], BeforeValidator(listed)] = ()


class Deadline(Block):
    """A day by which something is to be reported."""

    date: Day
    what: str
    #: who is to get it
    to: str | None = None
    #: how many days before to remind
    remind: Lengths = (timedelta(days=7), timedelta(days=1))

    @field_validator("remind")
    @classmethod
    def _whole_days(cls, value: tuple[timedelta, ...]) -> tuple[timedelta, ...]:
        if any(each % timedelta(days=1) for each in value):
            raise ValueError("reminders come whole days before, like [7d, 1d]")
        return value


class Impact(Block):
    """Impact assessment (网络数据安全管理条例 §18): rate × pages × window, and who approved it."""

    #: requests to one site in a minute, at most
    requests_per_minute: float = Field(gt=0)
    #: pages of one site in one run, at most
    pages_per_run: int = Field(gt=0)
    note: str | None = None
    approved_by: str | None = None
    approved_on: date | None = None

    @property
    def longest(self) -> timedelta:
        """How long a run visits one site at that rate."""
        return timedelta(minutes=self.pages_per_run / self.requests_per_minute)


class Plan(Block):
    """One campaign."""

    #: identifies the campaign in the database; letters, digits and hyphens; the file's name by default
    name: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=64)
    #: as people call it
    title: str = Field(min_length=1)
    #: why there is such a campaign, and on whose decision
    why: str | None = None
    #: only in these years; every year when empty
    years: Annotated[tuple[int, ...], BeforeValidator(listed)] = ()
    windows: tuple[Window, ...] = Field(min_length=1)
    sites: tuple[SiteUse, ...] = ()
    search: tuple[Query, ...] = ()
    budget: Budget = Budget()
    #: when a suspect's page is fetched again after it was found, to see whether it was taken down
    recheck: Lengths = ()
    exports: Exports = Exports()
    deadlines: tuple[Deadline, ...] = ()
    overlap: Overlap = Overlap.COALESCE
    impact: Impact | None = None

    _calendar: Calendar = PrivateAttr(default_factory=shipped)

    @field_validator("name")
    @classmethod
    def _not_taken(cls, value: str) -> str:
        if value == RECHECK:
            raise ValueError(f"{RECHECK!r} is the name of the runs of rechecks: call the campaign otherwise")
        return value

    @model_validator(mode="after")
    def _keep_calendar(self, info: ValidationInfo) -> Self:
        self._calendar = calendar_of(info)
        for what, names in (
            ("windows", [window.name for window in self.windows]),
            ("sites", [use.label for use in self.sites]),
        ):
            if doubles := sorted({name for name in names if names.count(name) > 1}):
                raise ValueError(f"two {what} are called {doubles[0]!r}; give each a name of its own")
        return self

    @property
    def calendar(self) -> Calendar:
        """The calendar that the plan's days are told by."""
        return self._calendar

    @property
    def digest(self) -> str:
        """SHA-256 of what the plan says, and the section's own calendar with it.

        Equal when nothing but comments or layout changed.
        """
        own = self._calendar.own
        said = [self.as_dict(), own and own.model_dump(mode="json", exclude_defaults=True)]
        return hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).hexdigest()

    def as_dict(self) -> dict[str, Any]:
        """Everything the plan says, fit for JSON."""
        return self.model_dump(mode="json", by_alias=True, exclude_defaults=True)
