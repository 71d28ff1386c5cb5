"""Listings against lists: by barcode, licences, enterprise, producer and model, then by name.

Entries are found through what tells them apart (numbers, models, brands, names no dictionary has), so that a
listing is compared with the few entries that share such a thing with it, never with all. A name that any
maker's product may bear (儿童玩具, 固体胶 without a brand) matches nothing by itself.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING

from ahocorasick_rs import AhoCorasick, MatchKind
from rapidfuzz import fuzz

from monitor.classifiers.normalise import normalise, spelled
from monitor.matching.watchlist_names import (
    ProductName,
    brand_names,
    enterprise_of,
    is_ordinary_word,
    match_words,
    model_of,
    plain,
    product_name,
    stated,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from monitor.matching.watchlist_entry import Entry, Goods

_DIGITS = re.compile(r"\D+")
_NOT_ALNUM = re.compile(r"[^0-9a-z]+")
_SHORTEST_BARCODE = 8
_SHORTEST_NUMBER = 8
#: A producer's field may say more than its name; so long a name in it is the name.
_WHOLE_ENTERPRISE = 8


class By(StrEnum):
    """What a match rests on, surest first."""

    BARCODE = "barcode"
    CCC = "ccc"
    LICENCE = "licence"
    PRODUCER_MODEL = "producer and model"
    BRAND_MODEL = "brand and model"
    ENTERPRISE = "enterprise and name"
    NAME = "name"


#: Scores of what needs no comparison of names. Inference: one number can be printed on several goods.
SCORES = {
    By.BARCODE: 100.0,
    By.CCC: 95.0,
    By.LICENCE: 92.0,
    By.PRODUCER_MODEL: 96.0,
    By.BRAND_MODEL: 92.0,
}


@dataclass(frozen=True, slots=True)
class Match:
    """A listing that is, or may be, the product of an entry."""

    entry: Entry
    by: By
    #: 0–100
    score: float
    #: field of the listing that the match rests on, and the words there
    field: str
    start: int
    end: int
    matched: str


@dataclass(frozen=True, slots=True)
class _Known:
    """An entry as it is compared."""

    entry: Entry
    brands: tuple[str, ...]
    model: str | None
    producer: str | None
    seller: str | None
    name: ProductName


class _Offered:
    """Goods in the forms that are compared with entries: each is worked out once, when it is first asked."""

    def __init__(self, goods: Goods) -> None:
        self.goods = goods

    @cached_property
    def names(self) -> tuple[str, ...]:
        return tuple(map(plain, (self.goods.title, *self.goods.names.values())))

    @cached_property
    def brands(self) -> tuple[str, ...]:
        return tuple(plain(text) for text in map(stated, self.goods.brands.values()) if text is not None)

    @cached_property
    def models(self) -> frozenset[str]:
        return frozenset(filter(None, map(model_of, self.goods.models.values())))

    @cached_property
    def title_words(self) -> frozenset[str]:
        words = re.findall(r"[0-9a-z][0-9a-z.\-_/]*", spelled(self.goods.title))
        return frozenset(_NOT_ALNUM.sub("", word) for word in words)


class WatchlistIndex:
    """Entries by what tells them apart; immutable, and safe to share between threads.

    A brand that is a word of the dictionary (掌握) counts where a brand stands: in the brand's own field, or
    at the very beginning of the title.
    """

    def __init__(self, entries: Iterable[Entry]) -> None:
        """Take the entries apart once."""
        self._by: dict[tuple[str, str], list[_Known]] = defaultdict(list)
        anchors: dict[str, list[_Known]] = defaultdict(list)
        self.size = 0
        #: entries that nothing tells apart: no listing can match them
        self.too_general: list[Entry] = []
        for entry in entries:
            self.size += 1
            known = _known(entry)
            keys = list(_keys(entry))
            for key in keys:
                self._by[key].append(known)
            names = _anchors(known)
            for name in names:
                anchors[name].append(known)
            if not keys and not names:
                self.too_general.append(entry)
        self._anchors = list(anchors)
        self._entries = [anchors[name] for name in self._anchors]
        self._ordinary = {name for name in self._anchors if is_ordinary_word(name)}
        self._scan = AhoCorasick(self._anchors, matchkind=MatchKind.Standard) if self._anchors else None

    def match(self, goods: Goods) -> tuple[Match, ...]:
        """Return the best match with every entry that the goods match, best first."""
        best: dict[str, Match] = {}
        offered = _Offered(goods)
        for match in (*self._by_numbers(offered), *self._by_names(offered)):
            digest = match.entry.digest
            if digest not in best or best[digest].score < match.score:
                best[digest] = match
        ranked = sorted(best.items(), key=lambda each: (-each[1].score, each[1].entry.kind, each[0]))
        return tuple(match for _, match in ranked)

    def _by_numbers(self, offered: _Offered) -> Iterator[Match]:
        goods = offered.goods
        numbers = (
            (By.BARCODE, goods.barcodes, _barcode),
            (By.CCC, goods.ccc_numbers, _number),
            (By.LICENCE, goods.licences, _number),
        )
        for by, fields, form in numbers:
            for field, text in fields.items():
                key = form(text)
                for known in self._by.get((by, key), ()) if key else ():
                    if by is By.BARCODE or not _other_model(known, offered):
                        yield _whole(known.entry, by, SCORES[by], field, text)
        for field, text in goods.credit_codes.items():
            for known in self._by.get((By.ENTERPRISE, _number(text) or ""), ()):
                yield from _same_enterprise(known, offered, field, text)

    def _by_names(self, offered: _Offered) -> Iterator[Match]:
        if self._scan is None:
            return
        goods = offered.goods
        texts = {"title": goods.title, **goods.names, **goods.brands, **goods.producers, **goods.sellers}
        for field, text in texts.items():
            reading = normalise(text)
            places = [at for at, character in enumerate(reading.text) if not character.isspace()]
            dense = "".join(map(reading.text.__getitem__, places))
            for number, start, end in self._scan.find_matches_as_indexes(dense, overlapping=True):
                first, last = places[start], places[end - 1] + 1
                name = self._anchors[number]
                if not _stands_alone(reading.text, first, last):
                    continue
                if name in self._ordinary and not (field in goods.brands or start <= 1):
                    continue
                span = reading.span(first, last)
                for known in self._entries[number]:
                    yield from _named(known, name, offered, (field, *span, text[slice(*span)]))


def _known(entry: Entry) -> _Known:
    brands = brand_names(entry.brand)
    return _Known(
        entry=entry,
        brands=brands,
        model=model_of(entry.model),
        producer=enterprise_of(entry.producer),
        seller=enterprise_of(entry.seller),
        name=product_name(entry.product_name, brands),
    )


def _keys(entry: Entry) -> Iterator[tuple[str, str]]:
    if barcode := _barcode(entry.barcode):
        yield By.BARCODE, barcode
    if number := _number(entry.ccc_number):
        yield By.CCC, number
    if number := _number(entry.licence):
        yield By.LICENCE, number
    if code := _number(entry.credit_code):
        yield By.ENTERPRISE, code


def _anchors(known: _Known) -> set[str]:
    """Texts of which one must stand in a listing before its names are compared."""
    if not (known.name.specific or known.model):
        return set()
    names = {name for name in (*known.brands, known.producer, known.seller) if name}
    return names.union(known.name.own) if known.name.specific and not known.brands else names


def _named(
    known: _Known, anchor: str, offered: _Offered, where: tuple[str, int, int, str]
) -> Iterator[Match]:
    """Compare an entry with goods that bear its brand, or name its producer or seller."""
    field, goods = where[0], offered.goods
    enterprise = anchor in (known.producer, known.seller)
    if enterprise and not _is_enterprise(anchor, field, goods):
        return
    if not enterprise and (
        _other_brand(known, offered) or field in goods.producers or field in goods.sellers
    ):
        # a brand in a shop's name says whose shop it is, not whose product
        return
    if _other_model(known, offered):
        return
    if _same_model(known, offered):
        by = By.PRODUCER_MODEL if anchor == known.producer else By.BRAND_MODEL
        yield Match(known.entry, by, SCORES[by], *where)
        return
    if not known.name.specific:
        return
    alike = likeness(known.name, offered.names)
    if enterprise:
        if alike >= match_words().enterprise_floor:
            yield Match(known.entry, By.ENTERPRISE, round(70 + 0.25 * alike, 1), *where)
    elif alike >= match_words().floor:
        yield Match(known.entry, By.NAME, round(min(alike, 99.0) * 0.9, 1), *where)


def _is_enterprise(name: str, field: str, goods: Goods) -> bool:
    """Whether a field names the enterprise, and no other that has its name in its own (快乐童年旗舰二店)."""
    if field in goods.producers:
        return enterprise_of(goods.producers[field]) == name or len(name) >= _WHOLE_ENTERPRISE
    return field in goods.sellers and enterprise_of(goods.sellers[field]) == name


def _same_enterprise(known: _Known, offered: _Offered, field: str, text: str) -> Iterator[Match]:
    if _other_model(known, offered):
        return
    if _same_model(known, offered):
        yield _whole(known.entry, By.PRODUCER_MODEL, SCORES[By.PRODUCER_MODEL], field, text)
    elif (
        known.name.specific
        and (alike := likeness(known.name, offered.names)) >= match_words().enterprise_floor
    ):
        yield _whole(known.entry, By.ENTERPRISE, round(70 + 0.25 * alike, 1), field, text)


def likeness(name: ProductName, borne: Iterable[str]) -> float:
    """Say how much of a product's name goods bear in theirs, 0–100: as one stretch, or word by word."""
    best = 0.0
    for dense in borne:
        stretch = (
            fuzz.partial_ratio(name.text, dense)
            if len(name.text) <= len(dense)
            else fuzz.ratio(name.text, dense)
        )
        total = sum(map(len, name.specific))
        there = sum(len(word) for word in name.specific if word in dense)
        best = max(best, min(stretch, 100.0 * there / total + 20), 100.0 * there / total)
    return best


def _other_brand(known: _Known, offered: _Offered) -> bool:
    """Whether the goods state a brand, and it is none of the entry's."""
    if not offered.brands or not known.brands:
        return False
    return not any(ours in theirs or theirs in ours for ours in known.brands for theirs in offered.brands)


def _same_model(known: _Known, offered: _Offered) -> bool:
    return known.model is not None and (known.model in offered.models or known.model in offered.title_words)


def _other_model(known: _Known, offered: _Offered) -> bool:
    if known.model is None or not offered.models:
        return False
    return not any(_variant(known.model, each) or _variant(each, known.model) for each in offered.models)


def _variant(model: str, longer: str) -> bool:
    """Whether `longer` is the model with more behind it (s500 → s500b); another number is another model."""
    return longer.startswith(model) and not longer[len(model) : len(model) + 1].isdigit()


def _whole(entry: Entry, by: By, score: float, field: str, text: str) -> Match:
    return Match(entry, by, score, field, 0, len(text), text)


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Whether a name in Latin letters or digits is no part of a longer one."""
    before = start > 0 and _is_latin(text[start]) and _is_latin(text[start - 1])
    after = end < len(text) and _is_latin(text[end - 1]) and _is_latin(text[end])
    return not before and not after


def _is_latin(character: str) -> bool:
    return character.isascii() and character.isalnum()


def _barcode(text: str | None) -> str | None:
    digits = _DIGITS.sub("", text or "").lstrip("0")
    return digits if len(digits) >= _SHORTEST_BARCODE and len(set(digits)) > 1 else None


def _number(text: str | None) -> str | None:
    value = stated(text)
    number = _NOT_ALNUM.sub("", plain(value)) if value else ""
    return number if len(number) >= _SHORTEST_NUMBER and len(set(number)) > 1 else None


def best_of_kind(matches: Iterable[Match]) -> Mapping[str, Match]:
    """List kind → the best match with a list of that kind; `matches` come best first."""
    best: dict[str, Match] = {}
    for match in matches:
        best.setdefault(match.entry.kind, match)
    return best
