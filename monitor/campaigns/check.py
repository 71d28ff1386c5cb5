"""What a plan says that cannot be, or that its author can hardly want."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from monitor.campaigns.calendar_file import NamedPeriod
from monitor.campaigns.loading import load_written
from monitor.campaigns.lunar import CalendarError
from monitor.campaigns.plan import Via
from monitor.campaigns.problem import PlanError, Problem, Weight, nearest
from monitor.campaigns.windows import dated_years, open_in

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from datetime import date
    from pathlib import Path

    from monitor.campaigns.cadence import Cadence
    from monitor.campaigns.loading import Written
    from monitor.campaigns.plan import Window
    from monitor.campaigns.windows import Opening

#: Years for which windows that recur are tried.
_TRIED_YEARS = range(2020, 2061)


@dataclass(frozen=True, kw_only=True)
class Known:
    """Names that other rooms know; None where they were not asked, and nothing is said about those."""

    sites: Collection[str] | None = None
    hazards: Collection[str] | None = None
    groups: Collection[str] | None = None
    categories: Collection[str] | None = None


def check_plan(path: Path, known: Known | None = None, today: date | None = None) -> list[Problem]:
    """Every problem of one plan, in order of the lines: errors that keep it from running, and warnings.

    Args:
        path: the plan.
        known: names that other rooms know.
        today: whose year's dates of promotions should be in the calendar; None asks for every year's.

    """
    try:
        written = load_written(path)
    except PlanError as error:
        return list(error.problems)
    known = known or Known()
    problems = [
        *_names(written, known),
        *_reach(written),
        *_windows(written),
        *_doubtful_periods(written, today),
        *_impact(written),
    ]
    return sorted(problems, key=lambda problem: problem.line)


def _names(written: Written, known: Known) -> Iterator[Problem]:
    """Names of sites, hazards, groups and categories that nobody knows."""
    for index, use in enumerate(written.plan.sites):
        if known.sites is not None and use.site not in known.sites:
            message = f"there is no site profile {use.site!r}{nearest(use.site, known.sites)}"
            yield _problem(written, ("sites", index, "site"), message, Weight.ERROR)
    for index, query in enumerate(written.plan.search):
        for key, names in (
            ("hazard", known.hazards),
            ("group", known.groups),
            ("category", known.categories),
        ):
            name = getattr(query, key)
            if name is not None and names is not None and name not in names:
                message = f"the lexicon has no {key} {name!r}{nearest(name, names)}"
                yield _problem(written, ("search", index, key), message, Weight.ERROR)


def _reach(written: Written) -> Iterator[Problem]:
    """A campaign that would look at nothing."""
    plan = written.plan
    for name in written.empty_groups:
        message = f"group {name!r} lists no site yet: add the shops you watch to sites.yaml"
        yield _problem(written, ("sites",), message)
    if not plan.sites and not written.empty_groups:
        yield _problem(written, ("sites",), "names no site")
    if not plan.sites:
        yield _problem(
            written, ("sites",), "until a site is named, every firing is a run that looks at nothing"
        )
    if not plan.search and any(Via.SEARCH in use.via for use in plan.sites):
        yield _problem(written, ("search",), "sites are to be searched, but there is nothing to search for")


def _windows(written: Written) -> Iterator[Problem]:
    """Windows that end before they begin, and peaks that lie outside their window."""
    plan = written.plan
    for index, window in enumerate(plan.windows):
        where = ("windows", index)
        years = sorted(dated_years(window) or plan.years or _TRIED_YEARS)
        found = {year: _opening(written, window, year) for year in years}
        without = [year for year, opening in found.items() if opening is None]
        if without:
            message = f"window {window.name!r} ends before it begins in {_listed(without)}"
            weight = Weight.ERROR if without == years else Weight.WARNING
            yield _problem(written, where, message, weight)
        if window.peak and not any(opening and opening.peaks for opening in found.values()):
            yield _problem(written, (*where, "peak"), f"no peak day ever lies inside window {window.name!r}")


def _opening(written: Written, window: Window, year: int) -> Opening | None:
    try:
        return open_in(window, year, written.plan.calendar)
    except CalendarError:
        return None


def _doubtful_periods(written: Written, today: date | None) -> Iterator[Problem]:
    """Promotions whose dates platforms announce anew each year, and nobody has entered this year's."""
    for index, window in enumerate(written.plan.windows):
        entry = written.plan.calendar.entry(window.period) if window.period else None
        if not isinstance(entry, NamedPeriod) or not entry.confidence.startswith("low"):
            continue
        if today is not None and today.year in entry.years:
            continue
        message = (
            f"the days of {entry.name!r} follow a rule of {entry.confidence} confidence: put the dates "
            "that the platforms announce into calendar.yaml"
        )
        yield _problem(written, ("windows", index, "period"), message)


def _impact(written: Written) -> Iterator[Problem]:
    """网络数据安全管理条例 §18: rate × pages × window, approved before anything is fetched."""
    impact = written.plan.impact
    if impact is None:
        yield _problem(
            written,
            (),
            "there is no impact assessment; say impact: requests_per_minute, pages_per_run, approved_by",
        )
        return
    if not impact.approved_by:
        yield _problem(written, ("impact",), "the impact assessment is not approved: approved_by is missing")
    for index, window in enumerate(written.plan.windows):
        for cadence in (window.cadence, *(peak.cadence for peak in window.peak)):
            room = _room(cadence)
            if room is not None and impact.longest > room:
                message = (
                    f"{impact.pages_per_run} pages at {impact.requests_per_minute:g} a minute take "
                    f"{_hours(impact.longest)} on one site, and {cadence} leaves {_hours(room)}"
                )
                yield _problem(written, ("windows", index, "cadence"), message)


def _room(cadence: Cadence) -> timedelta | None:
    """Time until the next firing, or until the allowed hours are over."""
    lengths = [cadence.every, cadence.between.length if cadence.between else None]
    return min((length for length in lengths if length is not None), default=None)


def _hours(length: timedelta) -> str:
    return f"{length / timedelta(hours=1):.1f} h"


def _listed(years: list[int]) -> str:
    return ", ".join(map(str, years[:5])) + (f" and {len(years) - 5} more years" if len(years) > 5 else "")


def _problem(
    written: Written, key: tuple[str | int, ...], message: str, weight: Weight = Weight.WARNING
) -> Problem:
    return Problem(str(written.path), written.line(*key), ".".join(map(str, key)), message, weight)
