"""Words of shop pages (`vocabulary.yaml`), as compiled patterns."""

from __future__ import annotations

import functools
import re
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict

from monitor.extraction.rules import Regex

_FILE = Path(__file__).with_name("vocabulary.yaml")


class Names(BaseModel):
    """Class, id and itemprop values as page authors write them."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    price: Regex
    current_price: Regex
    old_price: Regex
    #: Money, but not what the product costs: instalments, shipping, savings.
    other_amount: Regex
    #: Parts of a page about other things than its product.
    aside: Regex
    code: Regex
    seller: Regex
    place: Regex
    next_page: Regex


class Texts(BaseModel):
    """What people see."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    currency: Regex
    current_price: Regex
    old_price: Regex
    other_amount: Regex
    out_of_stock: Regex
    buy: Regex
    in_stock: Regex
    code: Regex
    no_attribute: Regex
    sales_label: Regex
    seller: Regex
    place: Regex
    licence_link: Regex
    next_page: Regex
    #: Its groups hold the number of results.
    total: Regex
    sales: Regex


class Vocabulary(BaseModel):
    """The whole file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    source: str
    names: Names
    texts: Texts


@functools.cache
def vocabulary() -> Vocabulary:
    """Read the shipped file."""
    return Vocabulary.model_validate(yaml.safe_load(_FILE.read_text(encoding="utf-8")))


@functools.cache
def name_pattern(key: str) -> re.Pattern[str]:
    """Pattern for names of kind `key`, to be searched in lower-case text."""
    return re.compile(getattr(vocabulary().names, key))


@functools.cache
def text_pattern(key: str) -> re.Pattern[str]:
    """Pattern for visible words of kind `key`, without regard to case."""
    return re.compile(getattr(vocabulary().texts, key), re.IGNORECASE)


@functools.cache
def label_pattern(key: str) -> re.Pattern[str]:
    """Pattern for a whole label of kind `key`: ``货号：``, ``Item number:``."""
    return re.compile(rf"\W*(?:{getattr(vocabulary().texts, key)})\s*[:：.#]*\s*", re.IGNORECASE)
