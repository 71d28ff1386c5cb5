"""How many dangerous goods the filter missed: estimated from a random sample of what it filtered out.

Of each category, the share of misses among the decided listings of the sample stands for the share among
all that were filtered out, with the score interval of Wilson ("Probable inference, the law of succession, and
statistical inference", Journal of the American Statistical Association 22, 1927, 209–212), which holds for
few and for no misses. Over several categories the shares are weighed by the number filtered out, and their
intervals are joined by the method of variance estimates recovery (Zou, Huang and Zhang, "A note on confidence
interval estimation for a linear function of binomial proportions", Computational Statistics & Data Analysis
53, 2009, 1080–1085). A category of which all were looked at has no uncertainty left. Nothing decided means
that nothing is known: never 0 %.

It rests on this: the sample is random within its category, reviewers do not see which rows are sampled, and
what they cannot decide is no more dangerous than the rest. The last cannot be checked, so the undecided are
counted.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from monitor.storage.review_lists import SampledCategory

#: Of the intervals.
CONFIDENCE = 0.95
#: Two-sided quantile of the standard normal distribution at that confidence.
_Z = 1.959964


@dataclass(frozen=True, kw_only=True, slots=True)
class Interval:
    """An estimate and its limits, at `CONFIDENCE`."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Misses:
    """What is known of the misses among `filtered_out` listings."""

    filtered_out: int
    sampled: int
    decided: int
    #: found among the decided
    missed: int
    #: share among those filtered out; None while nothing is decided
    rate: Interval | None
    #: number among those filtered out; None while nothing is decided
    number: Interval | None


@dataclass(frozen=True, kw_only=True, slots=True)
class MissEstimate:
    """Misses by category, and over those categories of which something is decided."""

    by_category: tuple[tuple[str | None, Misses], ...]
    total: Misses
    #: listings filtered out in categories of which nothing is decided: the total says nothing of them
    unknown: int


def wilson(hits: int, of: int) -> Interval:
    """Give the share of `hits` in `of` with Wilson's score interval.

    Raises:
        ValueError: `of` is 0: nothing is known then.

    """
    if of <= 0:
        raise ValueError("no share of nothing: say that it is not known")
    share, square = hits / of, _Z * _Z
    middle = (share + square / (2 * of)) / (1 + square / of)
    reach = _Z * math.sqrt(share * (1 - share) / of + square / (4 * of * of)) / (1 + square / of)
    # rounding may leave the limit of none or all on the wrong side of it
    low = 0.0 if hits == 0 else middle - reach
    high = 1.0 if hits == of else middle + reach
    return Interval(value=share, low=min(low, share), high=max(high, share))


def estimate_misses(results: Iterable[SampledCategory]) -> MissEstimate:
    """Estimate the misses of a campaign from the decisions on its samples."""
    found = list(results)
    by_category = tuple((each.category, _of(each)) for each in found)
    known = [misses for _, misses in by_category if misses.decided]
    whole, missed = sum(each.filtered_out for each in known), sum(each.missed for each in known)
    rate = _joined(known, whole)
    return MissEstimate(
        by_category=by_category,
        total=Misses(
            filtered_out=whole,
            sampled=sum(each.sampled for each in found),
            decided=sum(each.decided for each in found),
            missed=missed,
            rate=rate,
            number=None if rate is None else _number(rate, whole, missed),
        ),
        unknown=sum(each.filtered_out for each in found if not each.decided),
    )


def _of(found: SampledCategory) -> Misses:
    rate = number = None
    if found.decided:
        rate = wilson(found.missed, found.decided)
        if found.decided >= found.filtered_out:
            rate = Interval(value=rate.value, low=rate.value, high=rate.value)
        number = _number(rate, found.filtered_out, found.missed)
    return Misses(
        filtered_out=found.filtered_out,
        sampled=found.sampled,
        decided=found.decided,
        missed=found.missed,
        rate=rate,
        number=number,
    )


def _joined(known: Sequence[Misses], whole: int) -> Interval | None:
    if not whole:
        return None
    value = down = up = 0.0
    for each in known:
        assert each.rate is not None
        weight = each.filtered_out / whole
        value += weight * each.rate.value
        down += (weight * (each.rate.value - each.rate.low)) ** 2
        up += (weight * (each.rate.high - each.rate.value)) ** 2
    low, high = value - math.sqrt(down), value + math.sqrt(up)
    return Interval(value=value, low=max(low, 0.0), high=min(high, 1.0))


def _number(rate: Interval, filtered_out: int, missed: int) -> Interval:
    # those that were found are there
    low, value, high = (max(filtered_out * share, missed) for share in (rate.low, rate.value, rate.high))
    return Interval(value=value, low=low, high=high)
