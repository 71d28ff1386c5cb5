"""The roster of inspectors (检查人员名录库), from a spreadsheet."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.classifiers.lexicon.source import read
from monitor.leads.sampling.draw import DrawError
from monitor.leads.sampling.inspectors import Inspector
from monitor.matching.column_names import ColumnNames
from monitor.matching.list_file import read_list

if TYPE_CHECKING:
    from collections.abc import Mapping

_COLUMNS = Path(__file__).with_name("roster_columns.yaml")
_BETWEEN = re.compile(r"[、,，;；|\n]+")


def read_roster(path: Path, mapped: Mapping[str, str] | None = None) -> tuple[Inspector, ...]:
    """Read a roster; a person without a number of their own is known by name and unit.

    Raises:
        ListFileError: the file cannot be read or has no column of names.
        DrawError: a row has no name, or there are no rows.

    """
    found = read_list(path, read(_COLUMNS, ColumnNames), required=["name"], mapped=mapped)
    people = []
    for row in found.rows:
        name, unit = row.values.get("name"), row.values.get("unit", "")
        if name is None:
            raise DrawError(f"{path}, row {row.number}: no name: fill it in, or remove the row")
        recusals = tuple(filter(None, map(str.strip, _BETWEEN.split(row.values.get("recusals", "")))))
        id_ = row.values.get("id") or "/".join(filter(None, (name, unit)))
        people.append(Inspector(id=id_, name=name, unit=unit, recusals=recusals))
    if not people:
        raise DrawError(f"{path}: the roster is empty: list the inspectors below its header")
    return tuple(people)
