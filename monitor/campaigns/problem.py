"""What is wrong with a file that a person wrote: where it is, and what was probably meant."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from monitor.mistake import MistakeError

if TYPE_CHECKING:
    from collections.abc import Iterable


class Weight(StrEnum):
    """Whether a plan with this problem can run."""

    #: the plan cannot be used
    ERROR = "error"
    #: the plan can be used, but it does not do what its author probably wants
    WARNING = "warning"


@dataclass(frozen=True)
class Problem:
    """One thing to mend."""

    file: str
    #: 1-based; 0 when no line can be named
    line: int
    #: dotted path of the key, e.g. ``windows.0.from``; empty for the file itself
    key: str
    message: str
    weight: Weight = Weight.ERROR

    def __str__(self) -> str:
        """Say it in one line, in the form that editors turn into a link."""
        where = f"{self.file}:{self.line}" if self.line else self.file
        return f"{where}: {self.key}: {self.message}" if self.key else f"{where}: {self.message}"


class PlanError(MistakeError):
    """A plan or calendar file cannot be used; the message lists what to mend, one thing a line."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


def nearest(word: str, known: Iterable[str]) -> str:
    """Finish an error message: ``; did you mean 'x'?``, or nothing when nothing is near."""
    candidates = {name.lower(): name for name in known}
    close = difflib.get_close_matches(word.lower(), list(candidates), n=1, cutoff=0.6)
    return f"; did you mean {candidates[close[0]]!r}?" if close else ""
