"""Which column of a handed-in table is which field: by its name, in the form in which names are compared."""

from __future__ import annotations

import re
import unicodedata
from functools import cached_property

from pydantic import Field

from monitor.classifiers.lexicon.source import Strict

_NOISE = re.compile(r"[\s:：*＊_\-/]+")
_BRACKETS = re.compile(r"[(\[【][^()\[\]【】]*[)\]】]$")


class ColumnName(Strict):
    """One field and the names that columns of it have."""

    field: str = Field(pattern=r"^[a-z_]+$")
    #: what people are shown
    title: str
    names: tuple[str, ...] = ()
    source: str


class ColumnNames(Strict):
    """The fields of one kind of list."""

    fields: tuple[ColumnName, ...]

    def field_of(self, column: str) -> str | None:
        """Return the field that a column is by its name."""
        return self._by_name.get(normal(column))

    @cached_property
    def _by_name(self) -> dict[str, str]:
        known: dict[str, str] = {}
        for each in self.fields:
            for name in (each.field, each.title, *each.names):
                known.setdefault(normal(name), each.field)
        return known


def normal(name: str) -> str:
    """Bring a column's name to the form in which names are compared."""
    plain = _NOISE.sub("", unicodedata.normalize("NFKC", name)).casefold()
    return _BRACKETS.sub("", plain) or plain
