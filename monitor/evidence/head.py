"""The head of a run: one value over the heads of its chains, short enough to print in a letter."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def run_head(chains: Iterable[tuple[str, int, str]]) -> str:
    """Return SHA-256 of the lines ``FILE SP RECORDS SP HEAD LF``, sorted, in UTF-8.

    Args:
        chains: file, number of records and head of each chain of the run.

    """
    lines = sorted(f"{file} {records} {head}\n" for file, records, head in chains)
    return hashlib.sha256("".join(lines).encode()).hexdigest()
