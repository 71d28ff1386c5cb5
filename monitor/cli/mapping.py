"""``--map COLUMN=FIELD``: which column of a list is which field, where its name does not tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.cli.mistakes import UsageMistakeError

if TYPE_CHECKING:
    from collections.abc import Sequence


def mapped_columns(given: Sequence[str]) -> dict[str, str]:
    """Read the options.

    Raises:
        UsageMistakeError: one has no ``=``.

    """
    mapped = {}
    for each in given:
        column, equals, field = each.rpartition("=")
        if not equals or not column.strip() or not field.strip():
            raise UsageMistakeError(f"--map {each!r}: write COLUMN=FIELD, such as 产品=product_name")
        mapped[column.strip()] = field.strip()
    return mapped
