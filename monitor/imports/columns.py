"""Which column of a table is which field of a listing: guessed by `columns.yaml`, corrected by people."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

from pydantic import Field, model_validator

from monitor.classifiers.lexicon.source import Strict, read
from monitor.imports.problem import ImportProblemError
from monitor.matching.column_names import normal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_FILE = Path(__file__).with_name("columns.yaml")
#: Target of columns that are not read: numbers of people.
PERSONAL = "personal"
#: Target of columns that are not read because they say nothing, and the word for it in ``--map``.
LEFT_OUT = "-"
#: What stands before the name of an attribute in a target.
ATTRIBUTE = "attributes."


class FieldNames(Strict):
    """One field and the names that columns of it have."""

    #: of `Listing`, or of `Seller` with ``seller.`` before it
    field: str = Field(pattern=r"^(seller\.)?[a-z_]+$")
    #: what people are shown
    title: str
    names: tuple[str, ...]
    identifier: bool = False
    source: str


class Names(Strict):
    """Names of columns that are not read."""

    names: tuple[str, ...]
    source: str


class Keys(Strict):
    """Unified keys of attributes."""

    keys: frozenset[str]
    source: str


class ColumnBook(Strict):
    """The whole file."""

    fields: tuple[FieldNames, ...]
    personal: Names
    left_out: Names
    identifier_attributes: Keys

    @model_validator(mode="after")
    def _names_are_told_apart(self) -> Self:
        seen: dict[str, str] = {}
        lists = [(entry.field, entry.names) for entry in self.fields]
        for field, names in (*lists, (PERSONAL, self.personal.names), (LEFT_OUT, self.left_out.names)):
            for name in map(normal, names):
                if seen.setdefault(name, field) != field:
                    raise ValueError(f"{name} stands for {seen[name]} and for {field}")
        return self

    @functools.cached_property
    def identifiers(self) -> frozenset[str]:
        """Fields whose values are numbers that are text."""
        return frozenset(entry.field for entry in self.fields if entry.identifier)


@functools.cache
def column_book() -> ColumnBook:
    """Read the shipped file."""
    return read(_FILE, ColumnBook)


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """What each column of a table is read as: field, ``attributes.<name>``, ``-`` or ``personal``."""

    targets: Mapping[str, str]

    def fields(self) -> dict[str, str]:
        """Field → column, of those that are a field of the listing."""
        return {
            target: column
            for column, target in self.targets.items()
            if target not in (PERSONAL, LEFT_OUT) and not target.startswith(ATTRIBUTE)
        }

    def target(self, column: str) -> str:
        """What a column is read as; one that turned up late is an attribute, or personal."""
        return self.targets.get(column) or _late(column)


def guess(columns: Sequence[str]) -> ColumnMap:
    """Say what each column is, by its name alone."""
    targets: dict[str, str] = {}
    taken: dict[str, tuple[int, str]] = {}
    for column in columns:
        target, rank = _known(column) or (_attribute(column), 0)
        targets[column] = target
        if target in (PERSONAL, LEFT_OUT) or target.startswith(ATTRIBUTE):
            continue
        if target in taken and taken[target][0] <= rank:
            targets[column] = ATTRIBUTE + column
            continue
        if target in taken:
            targets[taken[target][1]] = ATTRIBUTE + taken[target][1]
        taken[target] = (rank, column)
    return ColumnMap(targets)


def corrected(guessed: ColumnMap, corrections: Mapping[str, str]) -> ColumnMap:
    """Put what a person says in place of the guess.

    Args:
        guessed: of all columns of the table.
        corrections: column → field, ``attributes.<name>``, or ``-`` to leave it out.

    Raises:
        ImportProblemError: there is no such column or field, or two columns are to be one field.

    """
    targets = dict(guessed.targets)
    fields = [entry.field for entry in column_book().fields]
    for column, target in corrections.items():
        if column not in targets:
            raise ImportProblemError(f"--map {column}={target}: the columns are {', '.join(targets)}")
        if target not in fields and target != LEFT_OUT and not target.removeprefix(ATTRIBUTE) != target:
            raise ImportProblemError(
                f"--map {column}={target}: the fields are {', '.join(fields)}, attributes.NAME, "
                "and - to leave a column out"
            )
        for other, current in targets.items():
            if current == target and target in fields and other != column:
                if corrections.get(other) == target:
                    raise ImportProblemError(f"--map: {other} and {column} cannot both be {target}")
                targets[other] = ATTRIBUTE + other
        targets[column] = target
    return ColumnMap(targets)


def recognised(columns: Iterable[str]) -> int:
    """Count the columns whose names are known: tells a header from a heading or from data."""
    return sum(_known(column) is not None for column in columns)


@functools.lru_cache(maxsize=4096)
def _late(column: str) -> str:
    known = _known(column)
    return known[0] if known is not None and known[0] in (PERSONAL, LEFT_OUT) else _attribute(column)


def _attribute(column: str) -> str:
    """Name the attribute of a column; what monitor wrote itself names it already."""
    return column if column.startswith(ATTRIBUTE) else ATTRIBUTE + column


def _known(column: str) -> tuple[str, int] | None:
    return _by_name().get(normal(column))


@functools.cache
def _by_name() -> dict[str, tuple[str, int]]:
    book = column_book()
    lists = [(entry.field, entry.names) for entry in book.fields]
    return {
        normal(name): (target, rank)
        for target, names in (*lists, (PERSONAL, book.personal.names), (LEFT_OUT, book.left_out.names))
        for rank, name in enumerate(names)
    }
