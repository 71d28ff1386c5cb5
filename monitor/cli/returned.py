"""What a command says of a file that people filled in and gave back: how many rows became what."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from enum import StrEnum


def counted(outcomes: Iterable[StrEnum]) -> dict[str, int]:
    """Count the rows, for a program: outcome → number."""
    return dict(Counter(outcome.value for outcome in outcomes))


def summary(outcomes: Iterable[StrEnum], *, recorded: bool) -> str:
    """Count the rows, for people; the outcomes of every kind of file have the same names."""
    counts = Counter(outcome.name for outcome in outcomes)
    new = "recorded" if recorded else "would be recorded"
    return (
        f"{counts['NEW']} {new}, {counts['RECORDED']} already there, {counts['OPEN']} still open, "
        f"{counts['CONFLICT']} in conflict, {counts['WRONG']} wrong"
    )
