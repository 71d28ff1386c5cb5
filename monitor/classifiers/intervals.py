"""Spans that can be asked what overlaps or contains a place, in time that does not grow with their number."""

from __future__ import annotations

from bisect import bisect_left
from operator import itemgetter
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Thing = TypeVar("Thing")
_PLACE = itemgetter(0, 1)


class Intervals(Generic[Thing]):
    """Things with a start and an end each, none of them much longer than the longest."""

    def __init__(self, things: Iterable[tuple[int, int, Thing]] = ()) -> None:
        """Take ``(start, end, thing)`` in any order."""
        self._things = list(things)
        if len(self._things) > 1:
            self._things.sort(key=_PLACE)
        self._starts = [start for start, _, _ in self._things]
        self._longest = max([end - start for start, end, _ in self._things]) if self._things else 0

    def beginning(self, first: int, last: int) -> Iterator[Thing]:
        """What begins at `first` or later, and at `last` or before."""
        for index in range(bisect_left(self._starts, first), len(self._things)):
            start, _, thing = self._things[index]
            if start > last:
                return
            yield thing

    def overlapping(self, start: int, end: int) -> Iterator[Thing]:
        """What shares a character with ``start:end``."""
        for index in range(bisect_left(self._starts, start - self._longest), len(self._things)):
            first, last, thing = self._things[index]
            if first >= end:
                return
            if last > start:
                yield thing

    def ending(self, first: int, last: int) -> Iterator[Thing]:
        """What ends at `first` or later, and at `last` or before."""
        for index in range(bisect_left(self._starts, first - self._longest), len(self._things)):
            start, end, thing = self._things[index]
            if start > last:
                return
            if first <= end <= last:
                yield thing

    def contains(self, start: int, end: int) -> bool:
        """Say whether one of them contains ``start:end``."""
        for index in range(bisect_left(self._starts, end - self._longest), len(self._things)):
            first, last, _ = self._things[index]
            if first > start:
                return False
            if last >= end:
                return True
        return False
