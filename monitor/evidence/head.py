"""The head of a run: one value over the heads of its chains, short enough to print in a letter."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def run_head(chains: Iterable[tuple[str, int, str]]) -> str:
    """Return SHA-256 of the lines of `head_lines`, in UTF-8."""
    return hashlib.sha256(head_lines(chains).encode()).hexdigest()


def head_lines(chains: Iterable[tuple[str, int, str]]) -> str:
    """Return the lines ``FILE SP RECORDS SP HEAD LF``, sorted.

    Args:
        chains: file, number of records and head of each chain of the run.

    """
    return "".join(sorted(f"{file} {records} {head}\n" for file, records, head in chains))
