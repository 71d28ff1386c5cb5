"""Attribute tables (产品参数): many names for one thing become one key, by `attributes.yaml`."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Mapping
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
    #: Names that mean this only where the value looks so: name → regular expression for the whole value.
    if_value: Mapping[str, str] = {}
    #: Names that mean this only on a licence page, where 名称 is the shop's and not the product's.
    on_licence: tuple[str, ...] = ()
    #: Where the names were seen; ``K`` is common knowledge of the trade (domain report, list of sources).
    source: str


def unify(pairs: Iterable[tuple[str, str]], *, licence: bool = False) -> dict[str, str]:
    """Make one mapping of the rows of attribute tables, in order: unified key, or name as published → value.

    The first value of a key stands. Another name for the same key keeps its published name if its value
    differs, and a name that stands twice has both values with ``；`` between them, so that nothing is lost.
    Rows without a value are dropped. `licence` says that the table stands on a licence page (亮照).
    """
    found: dict[str, str] = {}
    for name, value in pairs:
        published, stated = name.strip().rstrip(":：").strip(), value.strip()
        if not published or not stated:
            continue
        key = _key(published, stated, licence=licence)
        if found.get(key, stated) != stated:
            key = published
        known = found.get(key, stated)
        found[key] = known if stated in known.split("；") else f"{known}；{stated}"
    return found


@functools.cache
def unified_keys() -> tuple[UnifiedKey, ...]:
    """All keys, in the order of the file."""
    data = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return tuple(UnifiedKey.model_validate(entry) for entry in data["keys"])


def _key(published: str, value: str, *, licence: bool) -> str:
    name = _normal(published)
    conditional = next((key for key, pattern in _by_value().get(name, ()) if pattern.fullmatch(value)), None)
    on_licence = _by_name_on_licence().get(name) if licence else None
    return on_licence or _by_name().get(name) or conditional or published


@functools.cache
def _by_name() -> dict[str, str]:
    return {_normal(name): entry.key for entry in unified_keys() for name in (entry.title, *entry.names)}


@functools.cache
def _by_name_on_licence() -> dict[str, str]:
    return {_normal(name): entry.key for entry in unified_keys() for name in entry.on_licence}


@functools.cache
def _by_value() -> dict[str, list[tuple[str, re.Pattern[str]]]]:
    patterns: dict[str, list[tuple[str, re.Pattern[str]]]] = {}
    for entry in unified_keys():
        for name, pattern in entry.if_value.items():
            patterns.setdefault(_normal(name), []).append((entry.key, re.compile(pattern)))
    return patterns


# the same few names stand in every row of a table
@functools.lru_cache(maxsize=4096)
def _normal(name: str) -> str:
    return _NOISE.sub("", unicodedata.normalize("NFKC", name)).casefold()
