"""Attribute tables (产品参数): many names for one thing become one key, by `attributes.yaml`."""

from __future__ import annotations

import functools
import re
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING

import yaml
from pydantic import BaseModel, ConfigDict, Field

if TYPE_CHECKING:
    from collections.abc import Iterable

_FILE = Path(__file__).with_name("attributes.yaml")
_NOISE = re.compile(r"[\s:：*＊]+")


class UnifiedKey(BaseModel):
    """One key and all the names it is published under."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    #: As in `Listing.attributes`: ``ccc_number``.
    key: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    #: What analysts are shown: ``CCC证书编号``.
    title: str
    names: tuple[str, ...]
    #: Where the names were seen; ``K`` is common knowledge of the trade (domain report, list of sources).
    source: str


def unify(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Make one mapping of the rows of attribute tables, in order: unified key, or name as published → value.

    The first value of a key stands. Another name for the same key keeps its published name if its value
    differs, so that nothing is lost; rows without a value are dropped.
    """
    found: dict[str, str] = {}
    for name, value in pairs:
        published, stated = name.strip().rstrip(":：").strip(), value.strip()
        if not published or not stated:
            continue
        key = _by_name().get(_normal(published), published)
        if found.get(key, stated) != stated:
            key = published
        found.setdefault(key, stated)
    return found


@functools.cache
def unified_keys() -> tuple[UnifiedKey, ...]:
    """All keys, in the order of the file."""
    data = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return tuple(UnifiedKey.model_validate(entry) for entry in data["keys"])


@functools.cache
def _by_name() -> dict[str, str]:
    return {_normal(name): entry.key for entry in unified_keys() for name in (entry.title, *entry.names)}


def _normal(name: str) -> str:
    return _NOISE.sub("", unicodedata.normalize("NFKC", name)).casefold()
